"""How a visit ended, in one tap; and its undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.models import Senior
from seniors.person import rows_of
from visits.access import visible_appointments, visible_lists
from visits.agenda import outcomes
from visits.agenda.outcomes import OutcomeRefusal
from visits.agenda.week_forms import uids
from visits.models import Visit, VisitListEntry
from visits.views.week import make
from visits.visiting.recording import Conflict, Recorded, Refused, record_attempt
from visits.visiting.settling import Tap, tap_of

REFUSALS = (Refused, Conflict, OutcomeRefusal)


@require_POST
@roles(*STAFF)
def outcome(request: HttpRequest) -> HttpResponse:
    """Nobody opened, refused, in hospital, gone, dead, unsafe: note it and say what follows."""
    senior, entry, day = _whose_door(request)
    made: list[Recorded] = []
    taps: list[Tap] = []

    def gesture() -> str:
        how = request.POST.get("outcome", "")
        if how not in dict((*outcomes.TAPS, *outcomes.LAST_TAPS)):
            raise OutcomeRefusal("outcome", "Dites comment la visite s’est passée.")
        made.append(record_attempt(senior, outcome=how, made_on=day, entry=entry, by=request.user))
        taps.append(tap_of(made[0]))
        return taps[0].said

    def undo() -> tuple[str, list[tuple[str, str]]] | None:
        if not taps[0].may_be_undone:
            return None
        return reverse("visits:week-outcome-undo"), [("visit", str(made[0].visit.uid))]

    def to_settle() -> dict[str, str]:
        clash = taps[0].clash
        return {"to_settle": reverse("visits:clash-settle", args=[clash.pk])} if clash else {}

    card = next(iter(uids(request.POST, "appointment")), None)
    return make(
        request, gesture, undo=undo, more=to_settle, about=senior, card=card, refusals=REFUSALS
    )


@require_POST
@roles(*STAFF)
def undo(request: HttpRequest) -> HttpResponse:
    """Take back a tap."""
    rows = rows_of(visible_seniors(request.user), Visit.objects.all())
    visit = get_object_or_404(rows, uid=next(iter(uids(request.POST, "visit")), None))
    return make(request, lambda: outcomes.undo(visit, by=request.user), refusals=REFUSALS)


def _whose_door(request: HttpRequest) -> tuple[Senior, VisitListEntry | None, Any]:
    """Whose door it was, from which list, and on which day: today, or that of the appointment."""
    today = timezone.localdate()
    if "appointment" in request.POST:
        rows = visible_appointments(request.user).select_related("senior__merged_into", "entry")
        uid = next(iter(uids(request.POST, "appointment")), None)
        one = get_object_or_404(rows, uid=uid, day__lte=today)
        return one.whom, one.entry, one.day
    entries = VisitListEntry.objects.filter(visit_list__in=visible_lists(request.user))
    number = request.POST.get("entry", "")
    number = int(number) if number.isdecimal() and len(number) < 10 else 0
    entry = get_object_or_404(entries.select_related("senior__merged_into"), pk=number)
    return entry.senior.merged_into or entry.senior, entry, today
