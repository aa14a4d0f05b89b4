"""Lots of works: choose, confirm, launch; the order sheet; what becomes of a lot."""

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import DECIDERS, roles
from seniors.french import plural
from seniors.models import AccessLog, Senior
from seniors.web import download
from visits.acting.hand_over import has_moved, home_of
from visits.acting.waiting import LINKS, dress
from visits.enums import State
from visits.models import Action, WorksLot
from visits.works import lots as door
from visits.works.backlog import ACTION, lines
from visits.works.lot_forms import CancelForm, ChoiceForm, OrderForm
from visits.works.order_sheet import order_of

PAGE = 25
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@roles(*DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """The lots, the last one first, and how far each is."""
    page = Paginator(door.visible_lots(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "visits/works_lots.html", {"page": page})


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Choose the works; say the count and the estimate; launch them in one gesture."""
    asked = request.POST or request.GET
    choice = ChoiceForm(request.user, asked)
    if not choice.is_valid():
        return render(request, "visits/works_lot_new.html", {"choice": choice})
    told = choice.cleaned_data
    found = door.candidates(request.user, told["kind"], told["residence"])
    works = dress(found.select_related(*LINKS, "dwelling__residence")[: door.MOST + 1])
    if request.method == "GET":
        _log(request, "works-lot-new", [action.person for action in works])
        return _choose(request, choice, works, OrderForm(initial={"label": _label(told)}))
    ticked = set(request.POST.getlist("action"))
    chosen = [action for action in works if str(action.uid) in ticked][: door.MOST]
    form = OrderForm(request.POST)
    if not chosen:
        form.add_error(None, "Aucun chantier n’est coché\u00a0: cochez-en au moins un.")
    if not form.is_valid():
        return _choose(request, choice, works, form, ticked)
    if "confirmed" in request.POST:
        return _launch(request, choice, chosen, form)
    tried = door.preview(chosen, on=timezone.localdate(), by=request.user)
    context = {"choice": choice, "chosen": chosen, "form": form, "tried": tried}
    return render(request, "visits/works_lot_confirm.html", context)


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One lot: its works, how far each is, what may be cancelled."""
    return _show(request, _lot(request, uid), CancelForm())


@require_http_methods(["POST"])
@roles(*DECIDERS)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cancel what nobody has begun."""
    lot, form = _lot(request, uid), CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, lot, form, status=422)
    try:
        moved = door.cancel(
            lot, note=form.cleaned_data["note"], on=timezone.localdate(), by=request.user
        )
        count = len(moved.moved)
        said = plural(count, "travail annulé", "travaux annulés")
        messages.success(request, f"{count} {said}\u00a0: les besoins restent ouverts.")
    except door.LotRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:works-lot-show", lot.uid)


@require_GET
@roles(*DECIDERS)
def sheet(request: HttpRequest, uid: UUID) -> FileResponse:
    """The order sheet as a PDF; who is in it is journalled."""
    from visits.documents.lot_order import print_order  # noqa: PLC0415

    order = order_of(_lot(request, uid), request.user)
    _log(request, "works-lot-pdf", [one.senior for one in order.works])
    return download(BytesIO(print_order(order)), f"bon-de-travaux-{str(uid)[:8]}.pdf", PDF)


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest, uid: UUID) -> FileResponse:
    """The same sheet as a workbook."""
    from visits.works.exports import write_order  # noqa: PLC0415

    order = order_of(_lot(request, uid), request.user)
    _log(request, "works-lot-xlsx", [one.senior for one in order.works])
    return download(write_order(order), f"bon-de-travaux-{str(uid)[:8]}.xlsx", XLSX)


def _launch(
    request: HttpRequest, choice: ChoiceForm, chosen: list[Action], form: OrderForm
) -> HttpResponse:
    """The gesture itself, and what it left aside."""
    try:
        lot, refused = door.launch(
            chosen,
            **choice.cleaned_data,
            **form.cleaned_data,
            on=timezone.localdate(),
            by=request.user,
        )
    except door.LotRefusal as refusal:
        form.add_error(None, str(refusal))
        return _choose(request, choice, chosen, form)
    count = len(chosen) - len(refused)
    said = plural(count, "travail demandé", "travaux demandés")
    messages.success(request, f"Le lot «\u00a0{lot.label}\u00a0» est lancé\u00a0: {count} {said}.")
    for action, why in refused:
        messages.warning(request, f"{action.person.full_name}, laissé de côté. {why}")
    return redirect("visits:works-lot-show", lot.uid)


def _choose(
    request: HttpRequest,
    choice: ChoiceForm,
    works: list[Action],
    form: OrderForm,
    ticked: set[str] | None = None,
) -> HttpResponse:
    """The works to tick, those that can be asked for ticked at first."""
    for action in works:
        action.home, action.has_moved = home_of(action), has_moved(action)
        action.why_not = "" if action.state == State.ACCEPTED else door.WHY_NOT[action.state]
        # Who lives there now said yes to nothing: to be ticked by hand.
        ready = not (action.why_not or action.has_moved)
        action.ticked = ready if ticked is None else str(action.uid) in ticked
    context = {
        "choice": choice,
        "works": works[: door.MOST],
        "form": form,
        "more": len(works) > door.MOST,
        "most": door.MOST,
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/works_lot_new.html", context, status=status)


def _show(
    request: HttpRequest, lot: WorksLot, form: CancelForm, *, status: int = 200
) -> HttpResponse:
    works = door.works_in(lot, request.user).values_list("pk", flat=True)
    shown = lines((ACTION, pk) for pk in works)
    _log(request, "works-lot-show", [line.person for line in shown])
    context = {
        "lot": lot,
        "lines": shown,
        "in_sight": {line.person.pk for line in shown},
        "waiting": sum(line.action.state == State.REQUESTED for line in shown),
        "estimate": sum(line.estimate for line in shown if line.estimate is not None),
        "form": form,
    }
    return render(request, "visits/works_lot_show.html", context, status=status)


def _lot(request: HttpRequest, uid: UUID) -> WorksLot:
    """A lot of one's territories."""
    return get_object_or_404(door.visible_lots(request.user), uid=uid)


def _label(told: dict) -> str:
    """« Barres d’appui, Résidence d’Armor », as a lot is called unless told otherwise."""
    parts = (told["kind"].label, str(told["residence"] or ""))
    return ", ".join(part for part in parts if part)[:120]


def _log(request: HttpRequest, gesture: str, people: list[Senior]) -> None:
    """A line in the journal for each person shown."""
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture=gesture, senior_id=pk)
        for pk in dict.fromkeys(person.pk for person in people)
    )
