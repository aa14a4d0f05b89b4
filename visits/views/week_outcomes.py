"""How a visit ended, in one tap; and the urgent signals, as soon as they arrive."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.models import Senior
from seniors.person import rows_of
from visits.access import visible_appointments, visible_lists
from visits.agenda import outcomes
from visits.agenda.outcomes import OutcomeRefusal
from visits.agenda.urgent import board_for
from visits.agenda.week_forms import uids
from visits.agenda.weeks import half_day_at
from visits.models import Visit, VisitListEntry
from visits.views.week import make, officer_of
from visits.visiting.recording import Conflict, Recorded, Refused, record_attempt

REFUSALS = (Refused, Conflict, OutcomeRefusal)


@require_POST
@roles(*STAFF)
def outcome(request: HttpRequest) -> HttpResponse:
    """Nobody opened, refused, in hospital, gone, dead, unsafe: note it and say what follows."""
    senior, entry, day = _whose_door(request)
    made: list[Recorded] = []

    def gesture() -> str:
        how = request.POST.get("outcome", "")
        if how not in dict((*outcomes.TAPS, *outcomes.LAST_TAPS)):
            raise OutcomeRefusal("outcome", "Dites comment la visite s’est passée.")
        made.append(record_attempt(senior, outcome=how, made_on=day, entry=entry, by=request.user))
        return made[0].consequence

    def undo() -> tuple[str, list[tuple[str, str]]]:
        return reverse("visits:week-outcome-undo"), [("visit", str(made[0].visit.uid))]

    card = next(iter(uids(request.POST, "appointment")), None)
    return make(request, gesture, undo=undo, about=senior, card=card, refusals=REFUSALS)


@require_POST
@roles(*STAFF)
def undo(request: HttpRequest) -> HttpResponse:
    """Take back a tap."""
    rows = rows_of(visible_seniors(request.user), Visit.objects.all())
    visit = get_object_or_404(rows, uid=next(iter(uids(request.POST, "visit")), None))
    return make(request, lambda: outcomes.undo(visit, by=request.user), refusals=REFUSALS)


@require_GET
@roles(*STAFF)
def urgent(request: HttpRequest) -> HttpResponse:
    """The urgent signals, sent again only when they changed since the page was read."""
    board = board_for(request.user)
    if request.GET.get("vu") == board.mark:
        return HttpResponse(status=204)
    known = request.GET.get("nombre", "")
    context = {
        "board": board,
        "placing_for": officer_of(request),
        "half_day": half_day_at(timezone.localtime()),
        "back": "home" if request.GET.get("retour") == "home" else "",
        "is_new": known.isdecimal() and len(known) < 6 and board.count > int(known),
    }
    return render(request, "visits/_week_urgent.html", context)


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
