"""Leave and pauses: who stands in for whom, what the file has to confirm, pauses lifted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.enums import Role
from seniors.person import rows_of
from visits.access import officers_for
from visits.agenda import closing, cover, mutes
from visits.agenda.week_forms import CoverForm
from visits.models import Mute


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """The hand-overs of today and to come; say another."""
    officers = officers_for(request.user)
    asked = request.POST.get("officer") or request.GET.get("pour") or ""
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else request.user.pk
    officer = officers.filter(pk=number).first() or officers.first() or request.user
    form = CoverForm(request.POST or None, officers=officers, officer=officer)
    if form.is_valid():
        filled = form.cleaned_data
        try:
            cover.hand_over(
                filled["officer"],
                filled["colleague"],
                starts_on=filled["starts_on"],
                ends_on=filled["ends_on"],
                by=request.user,
            )
        except cover.CoverRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"C’est noté\u00a0: {filled['colleague']} aura ses listes et ses rendez-vous "
                "sur ces dates.",
            )
            return redirect("visits:cover-list")
    context = {"form": form, "officer": officer, "covers": cover.covers_for(request.user)}
    context |= {"chooses": request.user.role != Role.OFFICER, "officers": officers}
    status = 422 if form.errors else 200
    return render(request, "visits/cover_list.html", context, status=status)


@require_POST
@roles(*STAFF)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a hand-over back, or end it tonight."""
    covers = cover.covers_for(request.user).exclude(colleague=request.user)
    messages.success(request, cover.end(get_object_or_404(covers, pk=pk)))
    return redirect("visits:cover-list")


@require_GET
@roles(*STAFF)
def departures(request: HttpRequest) -> HttpResponse:
    """Who was said gone or dead at the door and is still housed in the tenant file."""
    context = {"departures": mutes.departures(request.user)}
    return render(request, "visits/departure_list.html", context)


@require_POST
@roles(*STAFF)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a pause: she may be called on again."""
    pauses = rows_of(visible_seniors(request.user), Mute.objects.select_related("senior"))
    pause = get_object_or_404(pauses, pk=pk)
    try:
        messages.success(request, closing.call_again(pause, by=request.user))
    except mutes.MuteRefusal as refusal:
        messages.error(request, str(refusal))
    if request.POST.get("back") == "departures":
        return redirect("visits:departure-list")
    senior = pause.senior.merged_into or pause.senior
    return redirect("seniors:senior-show", senior.uid)
