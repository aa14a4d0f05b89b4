"""What the visits add to a senior's sheet: what holds today, rights to check, what can be done."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from seniors.known import Gesture, Panel
from seniors.models import Senior, User
from visits.acting.steps import OPEN
from visits.agenda import mutes
from visits.enums import State
from visits.field_watch.inbox import with_place
from visits.field_watch.since import since_each
from visits.models import Action, Appointment, Contest, Need, Signal
from visits.needs import NEEDS


def panels(senior: Senior, records: Sequence[int], reader: User) -> Iterator[Panel]:
    """Pauses, signals and the next appointment above; opinions beside the score; then what is
    under way and the rights to check. A fixed number of queries."""
    here = {"senior__in": records}
    today = timezone.localdate()
    appointments = Appointment.objects.filter(**here, day__gte=today, cancelled_at=None)
    pauses = list(mutes.in_force(today).filter(**here))
    for pause in pauses:
        pause.said = mutes.words(pause)
    yield Panel(
        "top",
        "visits/_sheet_today.html",
        {
            "pauses": pauses,
            "signals": _signals(records),
            "appointment": appointments.select_related("officer").order_by("day").first(),
        },
    )
    opinions = Contest.objects.filter(**here).select_related("by", "run").order_by("-at")
    values = {"opinion": opinions.first(), "senior": senior}
    yield Panel("ranking", "visits/_sheet_opinion.html", values)
    needs = _needs(records, reader)
    yield Panel(
        "main",
        "visits/_sheet_needs.html",
        {
            "needs": [one for one in needs if not one.closed_on],
            "closed": [one for one in needs if one.closed_on],
            "senior": senior,
        },
    )
    yield Panel("main", "visits/_sheet_rights.html", {"rights": _rights(senior)})


def _signals(records: Sequence[int]) -> list[Signal]:
    """Those still open, each with what was done `since`."""
    waiting = Signal.objects.filter(senior__in=records, closed_on=None).order_by("recorded_at")
    signals = list(with_place(waiting))
    done = since_each(signals) if signals else {}
    for signal in signals:
        signal.since = done[signal.pk]
    return signals


def gestures(senior: Senior, reader: User) -> list[Gesture]:
    """What can be done for someone who lives here; nothing for who has left."""
    if senior.dwelling_id is None:
        return []
    asked = urlencode({"senior": senior.uid})
    return [
        Gesture(
            "Remplir une fiche", reverse("visits:form-fill", args=[senior.uid]), "journal-text"
        ),
        Gesture(
            "Prévoir une visite", reverse("visits:sheet-plan", args=[senior.uid]), "calendar-plus"
        ),
        Gesture("Signalement", f"{reverse('visits:signal-new')}?{asked}", "megaphone"),
        Gesture("Besoin ou action", f"{reverse('visits:action-new')}?{asked}", "plus-circle"),
        Gesture("Autre logement", reverse("visits:stock-person", args=[senior.uid]), "house-door"),
        Gesture("Corriger", reverse("seniors:senior-correct", args=[senior.uid]), "pencil"),
        Gesture("Mettre en pause", reverse("visits:sheet-mute", args=[senior.uid]), "pause-circle"),
        Gesture(
            "Ne pas visiter", reverse("seniors:objection-new", args=[senior.uid]), "slash-circle"
        ),
    ]


def _needs(records: Sequence[int], reader: User) -> list[Need]:
    """Her open needs, each with its label and its actions under way; and those that `reader`
    closed today, who may have been mistaken."""
    under_way = Action.objects.filter(state__in=OPEN).select_related("kind", "partner")
    confirmed = Exists(Action.objects.filter(need=OuterRef("pk"), state=State.CONFIRMED))
    needs = list(
        Need.objects.filter(
            Q(closed_on=None) | (Q(closed_on=timezone.localdate(), closed_by=reader) & ~confirmed),
            senior__in=records,
        ).prefetch_related(Prefetch("actions", under_way, to_attr="under_way"))
    )
    for need in needs:
        need.label = NEEDS[need.code].label if need.code in NEEDS else need.code
    return needs


def _rights(senior: Senior) -> list:
    """The rights to check with her today."""
    from visits.rights import suggestions_for  # noqa: PLC0415

    return suggestions_for([senior.pk], timezone.localdate())[senior.pk]
