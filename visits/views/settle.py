"""What two forms of one day tell otherwise, to settle; and forms set aside, to read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import STAFF, roles
from seniors.models import AccessLog
from seniors.refusal import Refusal
from visits.visiting import settling
from visits.visiting.form_page import Names
from visits.visiting.recording import Refused, settle


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """All that waits for a choice, what was set aside, the last choices made."""
    names = Names.read()
    context = {
        "clashes": settling.open_clashes(request.user, names),
        "asides": settling.unread_asides(request.user),
        "settled": settling.settled_clashes(request.user, names),
    }
    return render(request, "visits/clash_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Who said what, and when; posted, what stands. A choice may be made again."""
    clash = get_object_or_404(settling.visible_clashes(request.user), pk=pk)
    refusal = ""
    if request.method == "POST":
        both = {str(one.pk): one for one in (clash.first, clash.second)}
        kept = both.get(request.POST.get("keep", ""))
        try:
            if kept is None:
                raise Refused("choice", "Choisissez l’une des deux réponses. Rien n’a changé.")
            instead_of = both.get(request.POST.get("instead_of", ""))
            settle(clash, keep=kept, by=request.user, instead_of=instead_of)
            messages.success(
                request, "Votre choix est noté\u00a0: les deux fiches restent lisibles."
            )
            return redirect("visits:clash-list")
        except Refusal as refused:
            refusal = str(refused)
            clash.refresh_from_db()
    AccessLog.objects.create(
        user=request.user, gesture="clash-show", senior_id=clash.visit.senior_id
    )
    context = {"clash": settling.with_past(clash, Names.read()), "refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "visits/clash_settle.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """A form set aside beside the one that stands; posted, it has been read."""
    found = get_object_or_404(settling.visible_asides(request.user), pk=pk)
    if request.method == "POST":
        settling.mark_read(found, by=request.user)
        messages.success(request, "La fiche mise de côté est classée comme relue.")
        return redirect("visits:clash-list")
    AccessLog.objects.create(user=request.user, gesture="aside-show", senior=found.senior)
    context = {"aside": found, "lines": settling.compared(found)}
    return render(request, "visits/aside_show.html", context)
