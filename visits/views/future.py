"""What comes: senior tenants, homes to adapt and cost over fifteen years."""

from io import BytesIO
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from seniors.access import DECIDERS, roles
from seniors.web import download, page_or_piece
from visits.steering.charts import Lines, lines_chart
from visits.steering.forms import FutureFilter
from visits.steering.rates import VARIANTS, supposed
from visits.views.workbooks import XLSX

if TYPE_CHECKING:
    from visits.steering.future import Future

CHARTS = (
    ("oldest", "Locataires de 75 ans et plus"),
    ("to_adapt", "Logements à adapter si rien n’est fait"),
)


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest) -> HttpResponse:
    """The coming years, all together, then by territory or by residence."""
    from visits.steering.future import future_for  # noqa: PLC0415

    form = FutureFilter(request.user, request.GET)
    future = future_for(request.user, form.chosen, form.only)
    context = {
        "form": form,
        "future": future,
        "query": form.query(),
        "variant": VARIANTS[form.chosen],
        "variants": VARIANTS,
        "supposed": supposed(),
        "charts": [(title, code, _chart(future, code)) for code, title in CHARTS] if future else [],
    }
    page, piece = "visits/steering_future.html", "visits/_steering_future.html"
    return page_or_piece(request, page, piece, context)


@require_GET
@roles(*DECIDERS)
def workbook(request: HttpRequest) -> FileResponse:
    """The same figures as a workbook, with what they suppose."""
    from visits.steering.future import future_for  # noqa: PLC0415
    from visits.steering.future_exports import write_future  # noqa: PLC0415

    form = FutureFilter(request.user, request.GET)
    future = future_for(request.user, form.chosen, form.only)
    content = write_future(future, variant=VARIANTS[form.chosen])
    name = f"avenir-{timezone.localdate():%Y-%m-%d}.xlsx"
    return download(BytesIO(content), name, XLSX)


def _chart(future: "Future", code: str) -> Lines:
    """One figure by year: every variant, and the interval of the one shown."""
    interval = [(told[code].least, told[code].most) for told in future.together.years]
    variants = {name: means[code] for name, means in future.variants.items()}
    return lines_chart(future.years, variants, interval)
