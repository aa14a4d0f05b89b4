"""Two budgets side by side: what each launches first, and who waits longer."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from seniors.access import DECIDERS, roles
from seniors.web import download, page_or_piece
from visits.steering.forms import MeansForm, TerritoryFilter
from visits.steering.scenario import RULE, Plan, differences, plan, waits
from visits.views.workbooks import XLSX

BEGIN = {
    "a": {"budget": 30_000, "capacity": 4, "months": 12},
    "b": {"budget": 60_000, "capacity": 8, "months": 12},
}
SHOWN = 40


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest) -> HttpResponse:
    """Both scenarios, and the requests that do not wait as long in both."""
    context = _scenarios(request) | {"rule": RULE, "shown": SHOWN}
    page, piece = "visits/steering_scenarios.html", "visits/_steering_scenarios.html"
    status = 200 if context["plans"] else 422
    return page_or_piece(request, page, piece, context, status=status)


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest) -> HttpResponse | FileResponse:
    """The same as a workbook; back to the page, which says why, when something makes no sense."""
    from visits.steering.scenario_exports import write_scenarios  # noqa: PLC0415

    told = _scenarios(request)
    if not told["plans"]:
        return redirect(f"{request.path.rpartition('/')[0]}/?{request.GET.urlencode()}")
    content = write_scenarios(*told["plans"], told["backlog"], where=told["where"])
    name = f"scenarios-{timezone.localdate():%Y-%m-%d}.xlsx"
    return download(BytesIO(content), name, XLSX)


def _scenarios(request: HttpRequest) -> dict[str, Any]:
    """Both forms and, when they make sense, both plans of the same backlog."""
    from visits.steering.backlog_read import backlog_of  # noqa: PLC0415

    filters = TerritoryFilter(request.user, request.GET)
    forms = [MeansForm(request.GET, prefix=code, begin=begin) for code, begin in BEGIN.items()]
    backlog = backlog_of(request.user, filters.only)
    means = [form.means for form in forms]
    plans: list[Plan] = []
    if all(means):
        told = {"today": timezone.localdate(), "until": max(one.months for one in means)}
        plans = [plan(backlog.requests, one, **told) for one in means]
    apart = differences(*plans) if plans else []
    named = list(zip(("A", "B"), forms, plans or [None, None], strict=True))
    asked = [form.query for form in forms] + [{"territory": request.GET.get("territory", "")}]
    return {
        "filters": filters,
        "named": named,
        "backlog": backlog,
        "unpriced": backlog.unpriced[:SHOWN],
        "unpriced_more": max(len(backlog.unpriced) - SHOWN, 0),
        "plans": plans,
        "waits": list(zip(*map(waits, plans), strict=True)),
        "differences": apart[:SHOWN],
        "more": max(len(apart) - SHOWN, 0),
        "longer": sum(one.months > 0 for one in apart),
        "shorter": sum(one.months < 0 for one in apart),
        "where": str(filters.only or "tous mes territoires"),
        "query": urlencode({name: value for part in asked for name, value in part.items()}),
    }
