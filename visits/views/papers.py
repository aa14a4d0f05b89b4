"""What an officer takes along: workbook, round sheet, visit forms. Each download is journalled."""

from collections.abc import Iterable
from io import BytesIO

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from seniors.access import STAFF, roles
from seniors.models import AccessLog
from seniors.web import download
from visits.access import visible_lists
from visits.lists.queries import entries_read
from visits.models import VisitList, VisitListEntry

KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
@roles(*STAFF)
def workbook(request: HttpRequest, uid: str) -> FileResponse:
    """The list as a workbook."""
    from visits.lists.exports import write_list  # noqa: PLC0415

    visit_list = _list(request, uid)
    entries = entries_read(visit_list)
    content = write_list(entries, title=f"Visites de {visit_list.officer}")
    people = [entry.senior_id for entry in entries]
    return _file(request, visit_list, content, "xlsx", people)


@require_GET
@roles(*STAFF)
def round_sheet(request: HttpRequest, uid: str) -> FileResponse:
    """The round sheet alone."""
    return _print(request, _list(request, uid), forms=False)


@require_GET
@roles(*STAFF)
def forms(request: HttpRequest, uid: str) -> FileResponse:
    """The round sheet, then a form per person."""
    return _print(request, _list(request, uid))


@require_GET
@roles(*STAFF)
def form(request: HttpRequest, uid: str, entry: int) -> FileResponse:
    """One person's form."""
    visit_list = _list(request, uid)
    only = get_object_or_404(visit_list.entries, pk=entry)
    return _print(request, visit_list, only=only, sheet=False)


def _list(request: HttpRequest, uid: str) -> VisitList:
    """A list that this person may open."""
    return get_object_or_404(visible_lists(request.user).select_related("officer"), uid=uid)


def _print(
    request: HttpRequest,
    visit_list: VisitList,
    *,
    only: VisitListEntry | None = None,
    **parts: bool,
) -> FileResponse:
    """The papers of a list, or of one entry."""
    from visits.documents import print_round  # noqa: PLC0415
    from visits.lists.printing import trip_of  # noqa: PLC0415

    content = print_round(trip_of(visit_list, only=only), **parts)
    kept = visit_list.entries.filter(skipped_at=None)
    people = [only.senior_id] if only else kept.values_list("senior_id", flat=True)
    return _file(request, visit_list, content, "pdf", people)


def _file(
    request: HttpRequest,
    visit_list: VisitList,
    content: bytes,
    extension: str,
    people: Iterable[int],
) -> FileResponse:
    """The file, named by its period, and a line in the journal for each person it tells of."""
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture=f"list-{extension}", senior_id=pk) for pk in people
    )
    name = f"visites-{visit_list.starts_on:%Y-%m-%d}.{extension}"
    return download(BytesIO(content), name, KINDS[extension])
