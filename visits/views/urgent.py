"""The urgent signals, on top of the week, of the first page and of the phone as soon as they come.

An open page asks every five seconds, with the pulse it was read at: as long as that is the same,
one query answers (beside those of the session), and nothing is sent.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seniors.access import STAFF, roles
from seniors.french import ago
from visits.access import visible_signals
from visits.agenda import urgent
from visits.agenda.week_forms import uids
from visits.agenda.weeks import half_day_at
from visits.views.field import json_door
from visits.views.week import officer_of

PIECE = "visits/_week_urgent.html"


@require_GET
@roles(*STAFF)
def board(request: HttpRequest) -> HttpResponse:
    """The board when it changed since the page was read; else nothing, or its new pulse."""
    asked = "pouls" in request.GET
    if asked and request.GET["pouls"] == urgent.pulse():
        return HttpResponse(status=204)
    found = urgent.board_for(request.user)
    if request.GET.get("vu") != found.mark:
        return _answer(request, found)
    if not asked:
        return HttpResponse(status=204)
    # It beat for another territory: the board stays as it is under the reader's hand.
    context = {"board": found, "placing_for": officer_of(request), "back": _back(request)}
    answer = render(request, "visits/_week_pulse.html", context)
    answer["HX-Retarget"] = "#urgent-pulse"
    return answer


@require_POST
@roles(*STAFF)
def see(request: HttpRequest) -> HttpResponse:
    """« Vu »: those that the page showed leave their place to the next."""
    shown = visible_signals(request.user).filter(uid__in=uids(request.POST, "signal"))
    urgent.see(shown, by=request.user)
    if request.htmx:
        return _answer(request, urgent.board_for(request.user))
    if _back(request) == "home":
        return redirect("home")
    return redirect(f"{reverse('visits:week-show')}?pour={officer_of(request).pk}")


@require_GET
@json_door
@roles(*STAFF)
def phone(request: HttpRequest) -> HttpResponse:
    """The same for the page that a phone keeps, which may be open before the code is typed: what
    was seen and in which residence, nobody's name. 204 when nothing changed since `pouls`."""
    if request.GET.get("pouls") == urgent.pulse():
        return HttpResponse(status=204)
    found = urgent.board_for(request.user)
    now = timezone.now()
    signals = [
        {
            "what": one.signal.get_kind_display(),
            "where": str(one.home.residence if one.home else one.signal.residence or ""),
            "ago": ago(one.signal.recorded_at, now),
            "is_new": one.is_new,
            "url": reverse("visits:signal-show", args=[one.signal.uid]),
        }
        for one in found.shown
    ]
    told = {"count": found.count, "unseen": found.unseen, "newest": found.newest}
    return JsonResponse({**told, "pulse": found.pulse, "signals": signals})


def _answer(request: HttpRequest, found: urgent.Board) -> HttpResponse:
    """The board; one that has come since is announced."""
    known = request.GET.get("dernier", "")
    come = known.isdecimal() and len(known) < 19 and found.newest > int(known)
    context = {
        "board": found,
        "placing_for": officer_of(request),
        "half_day": half_day_at(timezone.localtime()),
        "back": _back(request),
        "come": found.new[0] if come and found.new else None,
    }
    return render(request, PIECE, context)


def _back(request: HttpRequest) -> str:
    """The page that shows the board: "home", or the week."""
    asked = request.GET.get("retour") or request.POST.get("back")
    return "home" if asked == "home" else ""
