"""What managers steer by: the chain, on screen, as a workbook and as a report."""

from io import BytesIO

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seniors.access import DECIDERS, roles
from seniors.web import download, page_or_piece
from visits import tasks
from visits.steering.charts import months_chart
from visits.steering.figures import FLOWS
from visits.steering.forms import SteeringFilter
from visits.steering.overview import METHOD, Overview, overview_for
from visits.views.workbooks import XLSX

PDF = "application/pdf"


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest) -> HttpResponse:
    """The chain by territory and by month, and what each officer carries."""
    form, overview = _overview(request)
    context = {
        "form": form,
        "overview": overview,
        "query": form.query(),
        "chart": months_chart(overview.by_month),
        "flows": FLOWS,
        "method": METHOD,
        "pulse": tasks.steering_pulse(),
    }
    page, piece = "visits/steering_show.html", "visits/_steering_body.html"
    return page_or_piece(request, page, piece, context)


@require_POST
@roles(*DECIDERS)
def recount(request: HttpRequest) -> HttpResponse:
    """Count every figure again, for everyone."""
    form = SteeringFilter(request.user, request.POST)
    tasks.start_count()
    messages.success(request, "Le calcul est demandé\u00a0: il prend quelques minutes au plus.")
    return redirect(f"{reverse('visits:steering-show')}?{form.query()}")


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest) -> FileResponse:
    """The same figures as a workbook."""
    from visits.steering.exports import write_overview  # noqa: PLC0415

    _, overview = _overview(request)
    return download(BytesIO(write_overview(overview)), _name("xlsx"), XLSX)


@require_GET
@roles(*DECIDERS)
def report(request: HttpRequest) -> FileResponse:
    """The same figures on two pages, to be put on a table."""
    from visits.documents.steering_report import print_report  # noqa: PLC0415

    _, overview = _overview(request)
    content = print_report(overview, landlord=settings.LANDLORD)
    return download(BytesIO(content), _name("pdf"), PDF)


def _overview(request: HttpRequest) -> tuple[SteeringFilter, Overview]:
    """What is asked for, and its figures."""
    form = SteeringFilter(request.user, request.GET)
    return form, overview_for(request.user, form.chosen, form.only)


def _name(suffix: str) -> str:
    """Of a file, with its day."""
    return f"pilotage-{timezone.localdate():%Y-%m-%d}.{suffix}"
