"""What is done from a senior's sheet: expect a visit, leave her in peace, say what one thinks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import STAFF, roles, visible_seniors
from seniors.models import Senior
from visits import contests
from visits.agenda import closing, mutes
from visits.sheet_forms import OpinionForm, PauseForm, PlanForm


@require_GET
@roles(*STAFF)
def plan(request: HttpRequest, senior: UUID) -> HttpResponse:
    """The day and the moment of a visit; the week receives them."""
    context = {"senior": _person(request, senior), "form": PlanForm()}
    return render(request, "visits/sheet_plan.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def mute(request: HttpRequest, senior: UUID) -> HttpResponse:
    """Leave her in peace for a while."""
    person = _person(request, senior)
    form = PauseForm(request.POST or None)
    if form.is_valid():
        try:
            said = closing.leave_in_peace(person, **form.cleaned_data, by=request.user)
            messages.success(request, said)
            return redirect("seniors:senior-show", person.uid)
        except mutes.MuteRefusal as refusal:
            form.add_error("until" if refusal.code == "end" else "reason", str(refusal))
    context = {"senior": person, "form": form}
    status = 422 if form.errors else 200
    return render(request, "visits/sheet_mute.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def contest(request: HttpRequest, senior: UUID) -> HttpResponse:
    """Say that she should be seen sooner, or can wait."""
    person = _person(request, senior)
    form = OpinionForm(request.POST or None, initial={"says": request.GET.get("avis", "")})
    if form.is_valid():
        try:
            contests.contest(person, **form.cleaned_data, by=request.user)
            messages.success(request, "Votre avis est noté, à côté du score.")
            return redirect("seniors:senior-show", person.uid)
        except contests.ContestRefusal as refusal:
            form.add_error("reason", str(refusal))
    context = {"senior": person, "form": form}
    status = 422 if form.errors else 200
    return render(request, "visits/sheet_contest.html", context, status=status)


def _person(request: HttpRequest, uid: UUID) -> Senior:
    """Someone who lives in one's territories."""
    housed = visible_seniors(request.user).filter(dwelling__isnull=False)
    return get_object_or_404(housed.select_related("dwelling"), uid=uid)
