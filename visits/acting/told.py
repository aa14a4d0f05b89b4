"""What is done for a senior, as her sheet tells it: needs, actions with each step and who follows
them, agreements, what partners opened, attendance, homes proposed, invoices of her own works.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from seniors.french import euros, readable_street
from seniors.known import Event, EventKind
from visits.models import (
    ActionCharge,
    ActionStep,
    Agreement,
    Attendance,
    HomeOffer,
    Invoice,
    Need,
    Referral,
    ReferralRead,
)
from visits.needs import NEEDS
from visits.works.funders import funder_label

OPENED = {"read": "Demande lue par", "pdf": "Feuille de la demande prise par"}


def _needs(records: Sequence[int]) -> Iterator[Event]:
    """Needs found, and gone."""
    for one in Need.objects.filter(senior__in=records).select_related("found_by", "closed_by"):
        label = NEEDS[one.code].label if one.code in NEEDS else one.code
        origin = "signalement" if one.signal_id else "visite" if one.form_id else ""
        by = f"par {one.found_by}" if one.found_by else ""
        what = f"Besoin repéré\u00a0: {label}"
        yield Event(one.found_on, what, joined([origin, by]), kind=EventKind.ACTION)
        if one.closed_on:
            by = f"par {one.closed_by}" if one.closed_by else ""
            yield Event(one.closed_on, f"Besoin clos\u00a0: {label}", by, kind=EventKind.ACTION)


def _steps(records: Sequence[int]) -> Iterator[Event]:
    """Each change of each action, signed; those taken back too, with who did."""
    steps = ActionStep.objects.filter(action__senior__in=records)
    for one in steps.select_related("action__kind", "by", "partner", "taken_back_by").order_by(
        "-id"
    ):
        by = f"par {one.by}" if one.by else f"par {one.signed}, {one.partner}"
        url = reverse("visits:action-show", args=[one.action.uid])
        what = f"{one.action.kind}\u00a0: {one.get_to_state_display()}"
        yield Event(one.on, what, joined([one.note, by]), url, EventKind.ACTION)
        if one.taken_back_at:
            day, detail = timezone.localdate(one.taken_back_at), f"par {one.taken_back_by}"
            back = f"Étape annulée, elle ne compte plus\u00a0: {what}"
            yield Event(day, back, detail, url, EventKind.ACTION)


def _agreements(records: Sequence[int]) -> Iterator[Event]:
    """Her yes to hand an action over to a partner, and when she took it back."""
    given = Agreement.objects.filter(action__senior__in=records)
    for one in given.select_related("action__kind", "partner", "recorded_by", "withdrawn_by"):
        about = f"{one.action.kind} à {one.partner}"
        url = reverse("visits:action-show", args=[one.action.uid])
        what = f"Accord pour transmettre\u00a0: {about}"
        yield Event(one.given_on, what, f"noté par {one.recorded_by}", url, EventKind.CONSENT)
        if one.withdrawn_on:
            what = f"Accord de transmission retiré\u00a0: {about}"
            by = f"noté par {one.withdrawn_by}" if one.withdrawn_by else "par la personne, en ligne"
            yield Event(one.withdrawn_on, what, by, url, EventKind.CONSENT)


def _referrals(records: Sequence[int]) -> Iterator[Event]:
    """What was handed over."""
    made = Referral.objects.filter(agreement__action__senior__in=records)
    for one in made.select_related("agreement__action__kind", "agreement__partner", "created_by"):
        action = one.agreement.action
        what = f"Transmis à {one.agreement.partner}\u00a0: {action.kind}"
        url = reverse("visits:action-show", args=[action.uid])
        day = timezone.localdate(one.created_at)
        yield Event(day, what, f"par {one.created_by}", url, EventKind.ACTION)


def _attendances(records: Sequence[int]) -> Iterator[Event]:
    """Places and activities."""
    rows = Attendance.objects.filter(senior__in=records)
    for one in rows.select_related("partner", "recorded_by"):
        what = f"{one.partner}\u00a0: {'présence' if one.came else 'absence'}"
        yield Event(one.on, what, f"noté par {one.recorded_by}", kind=EventKind.ACTION)


def _charges(records: Sequence[int]) -> Iterator[Event]:
    """To whom an action was given."""
    given = ActionCharge.objects.filter(action__senior__in=records)
    for one in given.select_related("action__kind", "officer", "by"):
        what = f"{one.action.kind}\u00a0: suivi confié à {one.officer}"
        url = reverse("visits:action-show", args=[one.action.uid])
        yield Event(timezone.localdate(one.at), what, f"par {one.by}", url, EventKind.ACTION)


def _reads(records: Sequence[int]) -> Iterator[Event]:
    """Each day a partner opened what was handed over; what he answers is a step, signed."""
    rows = ReferralRead.objects.filter(
        referral__agreement__action__senior__in=records, gesture__in=OPENED
    ).select_related("referral__agreement__action__kind", "referral__agreement__partner")
    times = Counter((one.referral, timezone.localdate(one.at), one.gesture) for one in rows)
    for (referral, day, gesture), count in times.items():
        agreement = referral.agreement
        what = f"{OPENED[gesture]} {agreement.partner}\u00a0: {agreement.action.kind}"
        detail = "par son lien" if count == 1 else f"par son lien, {count} fois ce jour-là"
        url = reverse("visits:action-show", args=[agreement.action.uid])
        yield Event(day, what, detail, url, EventKind.ACTION)


def _offers(records: Sequence[int]) -> Iterator[Event]:
    """Vacant homes proposed, and declined."""
    rows = HomeOffer.objects.filter(action__senior__in=records)
    for one in rows.select_related("action", "dwelling", "offered_by"):
        home = f"{readable_street(one.dwelling.address_line)}, {one.dwelling.city_line}"
        url = reverse("visits:action-show", args=[one.action.uid])
        what = f"Logement proposé\u00a0: {home}"
        yield Event(one.offered_on, what, f"par {one.offered_by}", url, EventKind.ACTION)
        if one.declined_on:
            what = f"Logement décliné\u00a0: {home}"
            yield Event(one.declined_on, what, "par la personne", url, EventKind.ACTION)


def _invoices(records: Sequence[int]) -> Iterator[Event]:
    """What her own works cost, and who helped to pay."""
    rows = Invoice.objects.filter(works__action__senior__in=records)
    for one in rows.select_related("works__action__kind", "recorded_by"):
        action = one.works.action
        url = reverse("visits:action-show", args=[action.uid])
        paid = f"payée le {one.paid_on:%d/%m/%Y}" if one.paid_on else ""
        parts = [one.supplier, f"facture {one.number}", paid, f"noté par {one.recorded_by}"]
        what = f"Facture de travaux\u00a0: {action.kind}, {euros(one.gross)}"
        yield Event(one.billed_on, what, joined(parts), url, EventKind.ACTION)
        if one.subsidy:
            what = f"Subvention des travaux\u00a0: {action.kind}, {euros(one.subsidy)}"
            detail = joined([funder_label(one.subsidy_from), *parts[1:2], parts[3]])
            yield Event(one.billed_on, what, detail, url, EventKind.ACTION)


SOURCES: tuple[Callable[[Sequence[int]], Iterator[Event]], ...] = (
    _needs,
    _steps,
    _charges,
    _agreements,
    _referrals,
    _reads,
    _attendances,
    _offers,
    _invoices,
)


def joined(parts: Sequence[str]) -> str:
    """What is known, after one another."""
    return ", ".join(part for part in parts if part)
