"""Needs and actions: the list, one action, what moves them. Read, form, one gesture, answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, STAFF, roles, visible_seniors
from seniors.french import plural
from seniors.models import AccessLog, Senior
from seniors.person import rows_of
from seniors.signing_in import keeps_form
from seniors.web import page_or_piece
from visits.acting.action_forms import ActionFilter, GiveForm, ManyForm, MoveForm, NewActionForm
from visits.acting.catalogue import HOMES
from visits.acting.charge import late_by_officer
from visits.acting.follow_up import FollowUpRefusal, add_need, agree, close_need, decide, move
from visits.acting.hand_over import WORDING
from visits.acting.many_moves import MOST, move_many, try_many
from visits.acting.steps import OPEN, step
from visits.acting.waiting import (
    dress,
    in_order,
    late,
    left_behind,
    silent,
    visible_actions,
    waiting_list,
)
from visits.models import Action, ActionKind, Need
from visits.needs import NEEDS
from visits.views.action_page import action_context, action_of
from visits.views.workbooks import offer_workbook, send_workbook
from visits.workbooks import is_long

PAGE = 10


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """The actions of one's territories, the late ones first."""
    form = ActionFilter(request.user, request.GET)
    seen = visible_actions(request.user)
    decides = request.user.role in DECIDERS
    found = form.filter(form.seen())
    page = Paginator(in_order(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "actions": dress(page.object_list),
        "late": late(seen).count(),
        "silent": silent(seen).count(),
        "query": form.query(),
        "many_form": ManyForm(),
        "most": MOST,
        "give_form": GiveForm(request.user),
        "late_by": late_by_officer(seen) if decides else [],
        "gone": left_behind(request.user).filter(state__in=OPEN).count() if decides else 0,
    }
    return page_or_piece(request, "visits/action_list.html", "visits/_action_list.html", context)


@require_GET
@roles(*STAFF)
def workbook(request: HttpRequest) -> FileResponse | HttpResponse:
    """The same list as a workbook; who is in it is journalled. A long list is written apart."""
    from visits.acting.action_exports import every_action, write_actions  # noqa: PLC0415

    form = ActionFilter(request.user, request.GET)
    count = form.filter(form.seen()).count()
    if is_long(count):
        return offer_workbook(request, "actions", form.query(), count)
    return send_workbook("actions", write_actions(every_action(form)))


@require_GET
@roles(*STAFF)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One action: where it stands, what may follow, what was handed over."""
    action = action_of(request, uid)
    AccessLog.objects.create(user=request.user, gesture="action-show", senior=action.person_kept)
    context = action_context(action, reader=request.user)
    return render(request, "visits/action_show.html", context)


@keeps_form
@require_POST
@roles(*STAFF)
def step_on(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an action one step further, from its line of the list (today) or from its page."""
    action = action_of(request, uid)
    told = request.POST.copy()
    told.setdefault("on", timezone.localdate().isoformat())
    to = told.get("to", "")
    allowed = step(action.state, to, by_partner=action.kind.by_partner)
    form = MoveForm(action, allowed, told) if allowed else None
    if form and not form.is_valid():
        return _page(request, action, form=form, status=422)
    try:
        _move(request, action, to, form)
    except FollowUpRefusal as refusal:
        if refusal.code != "step" or action.state != to:  # touched twice: it is done
            return _moved(request, action, refused=str(refusal))
    return _moved(request, action)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Write down a need and what is decided for it, from a person's sheet."""
    senior = _senior(request)
    form = NewActionForm(request.POST or None, initial={"need": request.GET.get("besoin", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return _add(request, senior, form.cleaned_data)
        except FollowUpRefusal as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.errors else 200
    needs = rows_of(Senior.objects.filter(pk=senior.pk), Need.objects.filter(closed_on=None))
    context = {"form": form, "senior": senior, "open_needs": [NEEDS[one.code] for one in needs]}
    return render(request, "visits/action_new.html", context, status=status)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def many(request: HttpRequest) -> HttpResponse:
    """One gesture on the actions ticked: the count is said first, then it is made."""
    if request.method == "GET":  # the address alone, kept or reloaded after the session ended
        messages.info(request, "Rien n’a été changé : cochez des actions dans la liste.")
        return redirect("visits:action-list")
    form, chosen = ManyForm(request.POST), chosen_of(request)
    if not chosen:
        messages.error(request, "Aucune action n’est cochée : cochez-en au moins une.")
        return redirect("visits:action-list")
    if not form.is_valid():
        context = {"form": form, "chosen": chosen}
        return render(request, "visits/action_many.html", context, status=422)
    asked = {name: form.cleaned_data[name] for name in ("to", "on", "note")}
    if "confirmed" in request.POST:
        made = move_many(chosen, by=request.user, **asked)
        _say(request, len(made.moved), len(made.refused))
        return redirect("visits:action-list")
    tried = try_many(chosen, by=request.user, **asked)
    dress([action for action, _ in tried.refused])
    context = {
        "form": form,
        "chosen": chosen,
        "tried": tried,
        "asked": dict(form["to"].field.choices),
    }
    context["label"] = context["asked"][asked["to"]]
    return render(request, "visits/action_many.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def need_close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that a need is gone; what it takes with it is said first."""
    need = get_object_or_404(rows_of(visible_seniors(request.user), Need.objects.all()), uid=uid)
    senior = get_object_or_404(visible_seniors(request.user), pk=need.person)
    if request.method == "POST":
        try:
            close_need(need, on=timezone.localdate(), by=request.user)
            messages.success(request, "C’est noté : ce besoin est clos.")
        except FollowUpRefusal as refusal:
            messages.error(request, str(refusal))
        return redirect("seniors:senior-show", senior.uid)
    going = list(need.actions.filter(state__in=OPEN).select_related("kind"))
    context = {"need": need, "label": NEEDS[need.code].label, "senior": senior, "going": going}
    return render(request, "visits/action_need_close.html", context)


@require_GET
@roles(*STAFF)
def homes(request: HttpRequest) -> HttpResponse:
    """Who waits for a better placed home, or for shared housing, in order of date."""
    kinds = {kind.code: kind for kind in ActionKind.objects.filter(code__in=HOMES)}
    lists = [(kinds[code], waiting_list(request.user, code)) for code in HOMES if code in kinds]
    return render(request, "visits/action_homes.html", {"lists": lists})


def _senior(request: HttpRequest) -> Senior:
    """The person named in the address, of one's territories."""
    try:
        uid = UUID(request.GET.get("senior", ""))
    except ValueError:
        uid = None
    return get_object_or_404(visible_seniors(request.user).select_related("dwelling"), uid=uid)


def _move(request: HttpRequest, action: Action, to: str, form: MoveForm | None) -> None:
    """The step, after the tenant's yes when it was ticked with it. Raises FollowUpRefusal."""
    told = form.cleaned_data if form else {"on": timezone.localdate(), "note": ""}
    partner = told.get("partner")
    with transaction.atomic():
        if partner and told["agreed"]:
            agree(action, partner, given_on=told["on"], by=request.user, wording=WORDING)
        words = {name: told.get(name) or "" for name in ("note", "satisfied")}
        move(action, to, on=told["on"], by=request.user, partner=partner, **words)


def _moved(request: HttpRequest, action: Action, *, refused: str = "") -> HttpResponse:
    """The line or the page as it now stands, with the refusal if there was one."""
    fresh = action_of(request, action.uid)
    status = 422 if refused else 200
    if request.htmx and (request.htmx.target or "").startswith("action-line-"):
        context = {"action": dress([fresh])[0], "refused": refused, "pick": "pick" in request.POST}
        return render(request, "visits/_action_line.html", context, status=status)
    if request.htmx:
        return _page(request, fresh, refused=refused, status=status)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, f"C’est noté : {fresh.kind} est {fresh.get_state_display()}.")
    return redirect("visits:action-show", fresh.uid)


def _page(request: HttpRequest, action: Action, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an action, or its body under htmx."""
    context = action_context(action, reader=request.user, **more)
    return page_or_piece(
        request, "visits/action_show.html", "visits/_action_body.html", context, status=status
    )


@transaction.atomic
def _add(request: HttpRequest, senior: Senior, told: dict[str, Any]) -> HttpResponse:
    """The need, and the action if there is one."""
    need = add_need(senior, told["need"], found_on=told["on"], by=request.user)
    if told["kind"] is None:
        messages.success(request, f"Besoin noté : {NEEDS[need.code].label}.")
        return redirect("seniors:senior-show", senior.uid)
    action = decide(need, told["kind"], state=told["state"], on=told["on"], by=request.user)
    messages.success(request, f"C’est noté : {action.kind} est {action.get_state_display()}.")
    return redirect("visits:action-show", action.uid)


def chosen_of(request: HttpRequest) -> list[Action]:
    """The actions ticked, of those one may see; at most `MOST`."""
    uids = []
    for text in request.POST.getlist("action")[:MOST]:
        try:
            uids.append(UUID(text))
        except ValueError:
            continue
    there = Q(pk__in=visible_actions(request.user).filter(uid__in=uids).values("pk"))
    there |= Q(pk__in=left_behind(request.user).filter(uid__in=uids).values("pk"))
    return dress(in_order(Action.objects.filter(there)))


def _say(request: HttpRequest, moved: int, refused: int) -> None:
    """How many were moved, and how many were not."""
    messages.success(request, f"{moved} {plural(moved, 'action', 'actions')} à jour.")
    if refused:
        said = plural(refused, "action laissée", "actions laissées")
        messages.warning(request, f"{refused} {said} en l’état.")
