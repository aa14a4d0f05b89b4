"""The backlog of adaptations: the list, a residence, the workbook, the views one keeps."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from seniors.access import DECIDERS, roles, visible_residences, visible_seniors
from seniors.models import AccessLog
from seniors.web import page_or_piece
from visits.acting.delay import DELAY, FEW
from visits.enums import State
from visits.models import SavedView
from visits.programmes import surroundings
from visits.programmes.recording import programmes_of
from visits.programmes.services import WITHIN
from visits.views.workbooks import offer_workbook, send_workbook
from visits.workbooks import is_long
from visits.works.backlog import in_order, lines, works_of
from visits.works.delays import BY_KIND, BY_TERRITORY, delays
from visits.works.forms import BacklogFilter, PeriodForm
from visits.works.residence import counts_of, residents, rows_and_totals
from visits.works.saved_views import SavedViewRefusal, save_view
from visits.works.totals import BAND_LABELS, ROW, WIDTH, bars, totals

PAGE = 25
NAMED = 300
VIEWS = "works"


@require_GET
@roles(*DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """Works and needs of one's territories, the late ones first."""
    form = BacklogFilter(request.user, request.GET)
    context = _listed(form, request.GET.get("page")) | {
        "views": SavedView.objects.filter(user=request.user, page=VIEWS),
        "query": form.query(),
    }
    return page_or_piece(request, "visits/works_list.html", "visits/_works_list.html", context)


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest) -> FileResponse | HttpResponse:
    """The same rows as a workbook; nobody is named in it. A long list is written apart."""
    from visits.works.exports import every_line, write_backlog  # noqa: PLC0415

    form = BacklogFilter(request.user, request.GET)
    count = sum(half.count() for half in form.halves())
    if is_long(count):
        return offer_workbook(request, "works", form.query(), count)
    return send_workbook("works", write_backlog(every_line(form)))


@require_GET
@roles(*DECIDERS)
def residence(request: HttpRequest, pk: int) -> HttpResponse:
    """All the works of a residence and who lives there; who is named is journalled."""
    seen = visible_residences(request.user).select_related("territory")
    place = get_object_or_404(seen, pk=pk)
    people = list(residents(place)[: NAMED + 1])
    rows, whole = rows_and_totals(request.user, place)
    shown = lines(rows)
    told = {line.person.pk for line in shown}
    in_sight = set(visible_seniors(request.user).filter(pk__in=told).values_list("pk", flat=True))
    named = in_sight | {person.pk for person in people[:NAMED]}
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture="works-residence", senior_id=pk)
        for pk in sorted(named)
    )
    context = {
        "residence": place,
        "people": people[:NAMED],
        "more_people": len(people) > NAMED,
        "lines": shown,
        "in_sight": in_sight,
        "counts": counts_of(place, shown),
        "totals": whole,
        "programmes": programmes_of(place),
        "surroundings": surroundings.lines_of(place),
        "within": WITHIN,
    }
    return render(request, "visits/works_residence.html", context)


@require_GET
@roles(*DECIDERS)
def delays_page(request: HttpRequest) -> HttpResponse:
    """How long works take and why some are refused, by kind and by territory."""
    form = PeriodForm(request.GET)
    since, until = form.period
    works = works_of(request.user)
    groups = [
        (title, delays(works, by, since=since, until=until))
        for title, by in (("Par travail", BY_KIND), ("Par territoire", BY_TERRITORY))
    ]
    context = {"form": form, "groups": groups, "since": since, "until": until}
    context |= {"few": FEW, "delay": DELAY}
    return render(request, "visits/works_delays.html", context)


@require_POST
@roles(*DECIDERS)
def view_save(request: HttpRequest) -> HttpResponse:
    """Give a name to the filters of the list."""
    form = BacklogFilter(request.user, request.POST)
    try:
        kept = save_view(
            request.user, VIEWS, request.POST.get("name", ""), request.POST, list(form.fields)
        )
        messages.success(request, f"La vue «\u00a0{kept.name}\u00a0» est enregistrée.")
    except SavedViewRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('visits:works-list')}?{form.query()}")


@require_POST
@roles(*DECIDERS)
def view_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a view no more."""
    kept = get_object_or_404(SavedView, pk=pk, user=request.user, page=VIEWS)
    kept.delete()
    messages.success(request, f"La vue «\u00a0{kept.name}\u00a0» est retirée.")
    return redirect("visits:works-list")


def _listed(form: BacklogFilter, number: str | None) -> dict[str, Any]:
    """A page of the list, and what the whole amounts to."""
    halves = form.halves()
    whole = totals(*halves)
    done = None if form.value("state") else form.done().count()
    page = Paginator(range(whole.count), PAGE).get_page(number)
    # Only the rows up to this page are sorted.
    rows = in_order(*halves, form.order_asked, first=page.end_index())
    return {
        "form": form,
        "totals": whole,
        "done": done,
        "done_query": form.query(state=State.DONE),
        "page": page,
        "lines": lines(
            rows[page.end_index() - len(page.object_list) : page.end_index()], seen_by=form.user
        ),
        "bars": bars(whole.kinds),
        "band_labels": BAND_LABELS,
        "picture": {"width": WIDTH, "height": len(whole.kinds) * ROW},
    }
