"""What leaves the week: letters, calendars, the sheet of a day. Each download is journalled."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from seniors.access import STAFF, roles
from seniors.models import AccessLog
from seniors.web import download
from visits.access import visible_appointments
from visits.agenda import mutes
from visits.agenda.week import HOMES, appointments_of
from visits.agenda.weeks import monday_of, week_name
from visits.models import Appointment
from visits.views.week import officer_of

PDF, CALENDAR = "application/pdf", "text/calendar; charset=utf-8"


@require_GET
@roles(*STAFF)
def letters(request: HttpRequest) -> FileResponse:
    """A letter for each person of the week who was not told and whose day is to come."""
    from visits.agenda.notices import write_letters  # noqa: PLC0415

    first, last = _days(request)
    coming = max(first, timezone.localdate())
    rows = appointments_of(officer_of(request), coming, last, viewer=request.user)
    rows = mutes.to_call_on(rows.filter(told=""), timezone.localdate())
    waiting = [one for one in rows if one.whom.dwelling]
    if not waiting:
        raise Http404
    _log(request, "appointment-letter", waiting)
    name = f"rendez-vous-{week_name(first)}.pdf"
    return download(BytesIO(write_letters(waiting)), name, PDF)


@require_GET
@roles(*STAFF)
def letter(request: HttpRequest, uid: str) -> FileResponse:
    """The letter of one appointment."""
    from visits.agenda.notices import write_letters  # noqa: PLC0415

    one = _one(request, uid)
    if one.cancelled_at or not one.whom.dwelling:
        raise Http404
    _log(request, "appointment-letter", [one])
    return download(BytesIO(write_letters([one])), f"rendez-vous-{one.day:%Y-%m-%d}.pdf", PDF)


@require_GET
@roles(*STAFF)
def event(request: HttpRequest, uid: str) -> FileResponse:
    """One appointment for a calendar; cancelled, it takes away the event."""
    from visits.agenda.calendar import write_calendar  # noqa: PLC0415

    one = _one(request, uid)
    name = f"visite-{one.day:%Y-%m-%d}.ics"
    return download(BytesIO(write_calendar([one])), name, CALENDAR)


@require_GET
@roles(*STAFF)
def calendar(request: HttpRequest) -> FileResponse:
    """The appointments of the week, or of one day of it; those cancelled are taken away."""
    from visits.agenda.calendar import write_calendar  # noqa: PLC0415

    first, last = _days(request)
    rows = visible_appointments(request.user).filter(
        officer=officer_of(request), day__range=(first, last)
    )
    rows = rows.select_related(*HOMES)
    name = f"visites-{first:%Y-%m-%d}.ics" if first == last else f"visites-{week_name(first)}.ics"
    return download(BytesIO(write_calendar(rows)), name, CALENDAR)


@require_GET
@roles(*STAFF)
def round_sheet(request: HttpRequest) -> FileResponse:
    """The sheet of a day, in the order of its rounds."""
    from visits.documents import print_round  # noqa: PLC0415
    from visits.lists.printing import day_of  # noqa: PLC0415

    day = _day(request) or timezone.localdate()
    officer = officer_of(request)
    rows = list(mutes.unopposed(appointments_of(officer, day, day, viewer=request.user), day))
    if not rows:
        raise Http404
    _log(request, "day-pdf", rows)
    content = print_round(day_of(officer, day, rows), forms=False)
    return download(BytesIO(content), f"tournee-{day:%Y-%m-%d}.pdf", PDF)


def _days(request: HttpRequest) -> tuple[date, date]:
    """The day that the address names in `le`, else its whole week."""
    if day := _day(request):
        return day, day
    monday = monday_of(request.GET.get("semaine"), otherwise=timezone.localdate())
    return monday, monday + timedelta(days=6)


def _day(request: HttpRequest) -> date | None:
    """The day in `le`; None for none."""
    try:
        return parse_date(request.GET.get("le", ""))
    except ValueError:
        return None


def _one(request: HttpRequest, uid: str) -> Appointment:
    """An appointment that this person may see."""
    links = ("officer", *HOMES)
    return get_object_or_404(visible_appointments(request.user).select_related(*links), uid=uid)


def _log(request: HttpRequest, gesture: str, appointments: Sequence[Appointment]) -> None:
    """A line in the journal for each person told of."""
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture=gesture, senior_id=one.person) for one in appointments
    )
