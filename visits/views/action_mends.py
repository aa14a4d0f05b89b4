"""What mends an action: a step taken back, a need open again, someone else to follow it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from seniors.access import DECIDERS, STAFF, roles, visible_seniors
from seniors.french import counted, plural
from seniors.person import rows_of
from visits.acting.action_forms import GiveForm
from visits.acting.charge import give, give_many, try_giving
from visits.acting.follow_up import FollowUpRefusal
from visits.acting.taking_back import open_again, take_back
from visits.acting.waiting import dress
from visits.models import Need
from visits.views.action_page import action_of
from visits.views.actions import chosen_of


@require_POST
@roles(*STAFF)
def step_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back the last step, one's own, made today."""
    action = action_of(request, uid)
    step = request.POST.get("step", "")
    seen = int(step) if step.isdecimal() and len(step) <= 18 else 0
    try:
        action = take_back(action, seen=seen, by=request.user)
        messages.success(
            request,
            f"L’étape est annulée et ne compte plus\u00a0: {action.kind} est de nouveau "
            f"{action.get_state_display()}.",
        )
    except FollowUpRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:action-show", action.uid)


@require_POST
@roles(*STAFF)
def need_open(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A need closed today by mistake is open again, with what was cancelled with it."""
    need = get_object_or_404(rows_of(visible_seniors(request.user), Need.objects.all()), uid=uid)
    senior = get_object_or_404(visible_seniors(request.user), pk=need.person)
    try:
        open_again(need, by=request.user)
        messages.success(request, "Ce besoin est de nouveau ouvert, avec ses actions.")
    except FollowUpRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("seniors:senior-show", senior.uid)


@require_POST
@roles(*STAFF)
def hand_on(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have one action followed by someone else."""
    action = action_of(request, uid)
    form = GiveForm(request.user, action, request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez à qui confier cette action\u00a0: rien n’a changé.")
        return redirect("visits:action-show", action.uid)
    try:
        action = give(action, form.cleaned_data["officer"], by=request.user)
        messages.success(request, f"C’est noté\u00a0: {action.officer} suit cette action.")
    except FollowUpRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:action-show", action.uid)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def hand_on_many(request: HttpRequest) -> HttpResponse:
    """Have the actions ticked followed by someone else: the count is said first."""
    chosen = chosen_of(request) if request.method == "POST" else []
    form = GiveForm(request.user, None, request.POST)
    if not chosen or not form.is_valid():
        missing = "Choisissez à qui les confier" if chosen else "Aucune action n’est cochée"
        messages.error(request, f"{missing}\u00a0: rien n’a changé.")
        return redirect("visits:action-list")
    officer = form.cleaned_data["officer"]
    if "confirmed" in request.POST:
        made = give_many(chosen, officer, by=request.user)
        count = len(made.given)
        verb = plural(count, "est suivie", "sont suivies")
        messages.success(request, f"{counted(count, 'action')} {verb} par {officer}.")
        if made.refused:
            left = counted(len(made.refused), "action laissée", "actions laissées")
            messages.warning(request, f"{left} en l’état.")
        return redirect("visits:action-list")
    tried = try_giving(chosen, officer, by=request.user)
    dress([action for action, _ in tried.refused])
    context = {"form": form, "chosen": chosen, "tried": tried, "officer": officer}
    return render(request, "visits/action_give.html", context)
