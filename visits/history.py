"""What the visits tell on a senior's sheet: visits and their forms, signals, lists, appointments,
pauses, opinions on the order; what is done for her is told by `acting.told`.

Each source takes one query, two where rows of many hang on it.
"""

from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from seniors.french import of_name, plural
from seniors.known import Event, EventKind
from visits.acting import told
from visits.acting.told import joined
from visits.agenda.appointment_rules import hour_words
from visits.models import Appointment, Clash, Contest, Mute, Signal, Visit, VisitListEntry


def events(records: Sequence[int]) -> Iterator[Event]:
    """Everything that the visits know happened to the person of these records."""
    for source in SOURCES:
        yield from source(records)


def _visits(records: Sequence[int]) -> Iterator[Event]:
    """Visits made or tried, with the forms that tell of them."""
    visits = Visit.objects.filter(senior__in=records).select_related("made_by")
    for one in visits.prefetch_related("forms"):
        forms = list(one.forms.all())
        parts = [f"par {one.made_by}" if one.made_by else "", _receipts(forms)]
        if one.next_contact_on:
            parts.append(f"prochain contact prévu le {one.next_contact_on:%d/%m/%Y}")
        url = reverse("visits:form-receipt", args=[forms[0].uid]) if forms else ""
        yield Event(
            one.made_on,
            f"Visite à domicile\u00a0: {one.get_outcome_display()}",
            joined(parts),
            url,
            EventKind.VISIT,
        )


def _receipts(forms: Sequence) -> str:
    """« fiche V000012 (téléphone) »."""
    named = [f"{one.receipt} ({one.get_channel_display()})" for one in forms]
    return f"{plural(len(named), 'fiche', 'fiches')} {', '.join(named)}" if named else ""


def _signals(records: Sequence[int]) -> Iterator[Event]:
    """What the field reported, and what came of it."""
    signals = Signal.objects.filter(senior__in=records).select_related("closed_by")
    for one in signals:
        url = reverse("visits:signal-show", args=[one.uid])
        detail = f"{one.get_urgency_display()}, signalé par\u00a0: {one.get_reporter_display()}"
        yield Event(one.seen_on, f"Signalement\u00a0: {one.what}", detail, url, EventKind.SIGNAL)
        if one.closed_on:
            by = f"par {one.closed_by}" if one.closed_by else ""
            what = f"Signalement clos\u00a0: {one.get_outcome_display()}"
            yield Event(one.closed_on, what, joined([one.what, by]), url, EventKind.SIGNAL)


def _lists(records: Sequence[int]) -> Iterator[Event]:
    """The published lists she was on."""
    entries = VisitListEntry.objects.filter(
        senior__in=records, visit_list__published_at__isnull=False
    )
    for one in entries.select_related("visit_list__officer"):
        detail = f"liste {of_name(one.visit_list.officer)}, {one.get_why_display()}"
        if one.skipped_because:
            detail += f"\u00a0; retrait de la liste\u00a0: {one.skipped_because}"
        yield Event(
            one.visit_list.starts_on, "Sur une liste de visites", detail, kind=EventKind.PLAN
        )


def _appointments(records: Sequence[int]) -> Iterator[Event]:
    """When someone was to call on her."""
    for one in Appointment.objects.filter(senior__in=records).select_related("officer"):
        what = "Rendez-vous annulé" if one.cancelled_at else "Rendez-vous"
        when = hour_words(one.starts_at) if one.starts_at else one.get_slot_display()
        told = f"annoncé {one.get_told_display()}" if one.told else ""
        detail = joined([when, f"avec {one.officer}", told])
        yield Event(one.day, what, detail, kind=EventKind.PLAN)


def _mutes(records: Sequence[int]) -> Iterator[Event]:
    """When she was left in peace, and until when."""
    pauses = Mute.objects.filter(senior__in=records).select_related("created_by", "lifted_by")
    for one in pauses:
        until = f"jusqu’au {one.until:%d/%m/%Y}" if one.until else "sans date de fin"
        what = f"Visites en pause\u00a0: {one.get_why_display()}"
        detail = joined([until, one.reason, f"par {one.created_by}"])
        yield Event(one.since, what, detail, kind=EventKind.PAUSE)
        if one.lifted_on:
            yield Event(one.lifted_on, "Pause levée", f"par {one.lifted_by}", kind=EventKind.PAUSE)


def _contests(records: Sequence[int]) -> Iterator[Event]:
    """What officers thought of the order of visit."""
    for one in Contest.objects.filter(senior__in=records).select_related("by"):
        what = f"Avis sur l’ordre de visite\u00a0: {one.get_says_display()}"
        detail = joined([one.reason, f"par {one.by}"])
        yield Event(timezone.localdate(one.at), what, detail, kind=EventKind.PLAN)


def _clashes(records: Sequence[int]) -> Iterator[Event]:
    """Two forms that said different things: which one a person kept."""
    settled = Clash.objects.filter(visit__senior__in=records, settled_at__isnull=False)
    for one in settled.select_related("chosen", "settled_by"):
        yield Event(
            timezone.localdate(one.settled_at),
            "Deux fiches en désaccord\u00a0: choix fait",
            f"fiche {one.chosen.receipt} gardée, par {one.settled_by}",
            reverse("visits:form-receipt", args=[one.chosen.uid]),
            EventKind.VISIT,
        )


SOURCES: tuple[Callable[[Sequence[int]], Iterator[Event]], ...] = (
    _visits,
    _signals,
    _lists,
    _appointments,
    _mutes,
    _contests,
    _clashes,
    *told.SOURCES,
)


def wording_of(code: str) -> str:
    """The name of a visit form on which a consent was given, "" when it is none of ours."""
    version = code.removeprefix("visite-")
    return f"fiche de visite, version {version}" if version != code else ""
