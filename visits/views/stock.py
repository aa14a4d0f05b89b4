"""The register of the stock: the list, a residence, what is noted of its dwellings."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from seniors.access import DECIDERS, roles, visible_residences
from seniors.french import plural
from seniors.models import Dwelling, Residence
from seniors.web import page_or_piece, pks_among
from visits import tasks
from visits.programmes.services import WITHIN
from visits.programmes.surroundings import lines_of
from visits.stock import proposals
from visits.stock.forms import NoteForm, StockFilter
from visits.stock.homes import detailed, listed
from visits.stock.label import read_label
from visits.stock.register import Noted, RegisterRefusal, is_stale, known_of, note
from visits.stock.stock_list import (
    ORDER,
    PAGE,
    every_row,
    page_rows,
    shares,
    spread_by_residence,
    whole,
)
from visits.views.workbooks import offer_workbook, send_workbook
from visits.workbooks import is_long

RESIDENCE_PAGE = 60


@require_GET
@roles(*DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """The dwellings of one's territories, and how many reach each level."""
    label = read_label()
    form = StockFilter(request.user, label, request.GET)
    found = form.found()
    spreads = spread_by_residence(found)
    total = whole(spreads)
    paginator = Paginator(range(total.count), PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "label": label,
        "total": total,
        "shares": shares(label, total),
        "residences": len(spreads),
        "page": page,
        "homes": listed(label, page_rows(found, spreads, page.number)),
        "query": form.query(),
        "stale": is_stale(label.row),
        "working": tasks.is_stock_refreshing(),
    }
    return page_or_piece(request, "visits/stock_list.html", "visits/_stock_list.html", context)


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest) -> FileResponse | HttpResponse:
    """The same dwellings as a workbook, a criterion a column. A long list is written apart."""
    from visits.stock.exports import rows_of, write_register  # noqa: PLC0415

    label = read_label()
    form = StockFilter(request.user, label, request.GET)
    found = form.found()
    count = found.count()
    if is_long(count):
        return offer_workbook(request, "stock", form.query(), count)
    return send_workbook("stock", write_register(label, rows_of(label, every_row(found))))


@require_GET
@roles(*DECIDERS)
def residence(request: HttpRequest, pk: int) -> HttpResponse:
    """A residence: what its dwellings reach, what could be noted of them."""
    return _residence_page(request, _residence(request, pk), NoteForm())


@require_POST
@roles(*DECIDERS)
def note_many(request: HttpRequest, pk: int) -> HttpResponse:
    """Note criteria of the dwellings ticked, or of the whole residence."""
    place = _residence(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        homes = _dwellings(place)
        if not form.cleaned_data["everywhere"]:
            ticked = pks_among(request.POST.getlist("dwelling"))
            homes = homes.filter(pk__in=ticked[:RESIDENCE_PAGE])
        try:
            return _noted(request, place, form, list(homes.values_list("pk", flat=True)))
        except RegisterRefusal as refusal:
            form.add_error(None, str(refusal))
    return _residence_page(request, place, form, status=422)


@require_POST
@roles(*DECIDERS)
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what works and visits prove, as far as it was ticked."""
    place, label = _residence(request, pk), read_label()
    homes = list(_page(request, place).object_list)
    known = known_of(homes, label.criteria)
    offered = proposals.proposals_for(homes, label.criteria, known)
    try:
        count = proposals.accept(offered, request.POST.getlist("proposal"), by=request.user)
        _say(request, count)
    except RegisterRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:stock-residence", place.pk)


@require_POST
@roles(*DECIDERS)
def refresh(request: HttpRequest) -> HttpResponse:
    """Have the levels brought up to date, after an import or a change of the label."""
    tasks.start_stock_refresh()
    messages.success(request, "Les niveaux sont remis à jour\u00a0: rechargez dans un instant.")
    return redirect("visits:stock-list")


def _residence(request: HttpRequest, pk: int) -> Residence:
    """A residence of one's territories."""
    seen = visible_residences(request.user).select_related("territory")
    return get_object_or_404(seen, pk=pk)


def _dwellings(place: Residence) -> Any:
    """Its dwellings still in the stock, in the order of the stairs."""
    homes = Dwelling.objects.filter(residence=place, gone_on=None)
    return homes.select_related("standing", "residence").order_by(*ORDER)


def _page(request: HttpRequest, place: Residence) -> Any:
    asked = request.POST.get("page") or request.GET.get("page")
    return Paginator(_dwellings(place), RESIDENCE_PAGE).get_page(asked)


def _residence_page(
    request: HttpRequest, place: Residence, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    label = read_label()
    page = _page(request, place)
    dwellings = list(page.object_list)
    known = known_of(dwellings, label.criteria)
    spread = whole(spread_by_residence(Dwelling.objects.filter(residence=place, gone_on=None)))
    context = {
        "residence": place,
        "label": label,
        "page": page,
        "homes": detailed(label, dwellings, known),
        "shares": shares(label, spread),
        "total": spread,
        "proposals": proposals.proposals_for(dwellings, label.criteria, known),
        "form": form,
        "ticked": set(request.POST.getlist("dwelling")),
        "stale": is_stale(label.row),
        "working": tasks.is_stock_refreshing(),
        "surroundings": lines_of(place),
        "within": WITHIN,
    }
    return render(request, "visits/stock_residence.html", context, status=status)


def _noted(
    request: HttpRequest, place: Residence, form: NoteForm, homes: list[int]
) -> HttpResponse:
    """Written, and where it was asked from. Raises RegisterRefusal."""
    if not homes:
        raise RegisterRefusal(
            "nothing",
            "Aucun logement n’est coché\u00a0: rien n’a été noté. Cochez-en, ou choisissez "
            "«\u00a0tous les logements\u00a0».",
        )
    told = form.cleaned_data
    rows = [
        Noted(home, criterion, form.answer, told["evidence"], told["on"], told["words"])
        for home in homes
        for criterion in told["criteria"]
    ]
    _say(request, note(rows, by=request.user))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, None):
        return redirect(back)
    number = request.POST.get("page", "")
    where = reverse("visits:stock-residence", args=[place.pk])
    return redirect(f"{where}?page={number}" if number.isdecimal() else where)


def _say(request: HttpRequest, count: int) -> None:
    if count:
        said = plural(count, "constat noté", "constats notés")
        messages.success(request, f"{count} {said}.")
    else:
        messages.info(request, "Rien n’était coché\u00a0: rien n’a été noté.")
