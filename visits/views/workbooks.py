"""Lists as workbooks: sent at once when they are short, else written apart while one waits."""

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seniors.access import STAFF, roles
from seniors.web import download, page_or_piece
from visits import tasks, workbooks
from visits.models import Workbook
from visits.workbooks import KEPT_FOR, KINDS, WorkbookRefusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(kind: str, content: bytes) -> FileResponse:
    """A workbook just written."""
    return download(BytesIO(content), _name(kind), XLSX)


def offer_workbook(request: HttpRequest, kind: str, query: str, count: int) -> HttpResponse:
    """The page that says how long a list is, and has it written apart on a press of the button."""
    context = {
        "kind": kind,
        "list": KINDS[kind],
        "query": query,
        "count": count,
        "back": _list(kind, query),
        "last": workbooks.last_of(kind, query, by=request.user),
    }
    return render(request, "visits/workbook_ask.html", context)


@require_POST
@roles(*STAFF)
def ask(request: HttpRequest) -> HttpResponse:
    """Have a long list written."""
    kind, query = request.POST.get("kind", ""), request.POST.get("query", "")[:1000]
    count = request.POST.get("count", "")
    count = int(count) if count.isdecimal() and len(count) < 9 else 0
    try:
        book = workbooks.ask(kind, query, count, by=request.user)
    except WorkbookRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:action-list")
    tasks.start_workbook(book)
    return redirect("visits:workbook-show", book.uid)


@require_GET
@roles(*STAFF)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far it is; then the file."""
    book = _book(request, uid)
    pulse = tasks.workbook_pulse(book)
    context = {
        "book": book,
        "list": KINDS[book.kind],
        "back": _list(book.kind, book.query),
        "pulse": pulse,
        "polls": book.made_at is None and not (pulse and pulse.is_dead),
        "gone_at": book.asked_at + KEPT_FOR,
    }
    return page_or_piece(request, "visits/workbook_show.html", "visits/_workbook.html", context)


@require_GET
@roles(*STAFF)
def file(request: HttpRequest, uid: UUID) -> FileResponse | HttpResponse:
    """The workbook."""
    book = _book(request, uid)
    try:
        path = workbooks.read(book, by=request.user)
    except WorkbookRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:workbook-show", uid)
    return download(path.open("rb"), _name(book.kind), XLSX)


def _book(request: HttpRequest, uid: UUID) -> Workbook:
    """One that this person asked for, of a list that her role opens."""
    book = get_object_or_404(Workbook, uid=uid, user=request.user)
    if not workbooks.is_open(book.kind, request.user):
        raise Http404
    return book


def _list(kind: str, query: str) -> str:
    """The address of the list, with its filters."""
    return f"{reverse(KINDS[kind].page)}?{query}"


def _name(kind: str) -> str:
    return f"{KINDS[kind].file}-{timezone.localdate():%Y-%m-%d}.xlsx"
