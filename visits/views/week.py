"""« Ma semaine »: who is expected when. Read, one gesture, answer; each gesture can be undone."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.french import day_words
from seniors.models import Senior, User
from seniors.web import page_or_piece
from visits.access import (
    opens_on_own_week,
    visible_appointments,
    visible_lists,
    visible_signals,
    weeks_for,
)
from visits.agenda import planning
from visits.agenda.appointment_rules import PlanRefusal, moment_words
from visits.agenda.outcomes import LAST_TAPS, TAPS
from visits.agenda.tray import propose_week
from visits.agenda.urgent import board_for
from visits.agenda.week import Week, read_week
from visits.agenda.week_choice import choices_for
from visits.agenda.week_forms import MomentForm, uids
from visits.agenda.weeks import half_day_at, monday_of, week_name
from visits.enums import Slot
from visits.field_watch import watch
from visits.models import Appointment, VisitListEntry

PIECE = "visits/_week_body.html"
SAID = "week_said"
Fields = list[tuple[str, str]]


@require_GET
@roles(*STAFF)
def show(request: HttpRequest) -> HttpResponse:
    """One week of one officer; which one is asked of who works for several."""
    if "pour" not in request.GET and not opens_on_own_week(request.user):
        return _choose(request)
    said = request.session.pop(SAID, {})
    if "about" in said:
        said["about"] = visible_seniors(request.user).filter(uid=said["about"]).first()
    return answer(request, **said)


@require_POST
@roles(*STAFF)
def propose(request: HttpRequest) -> HttpResponse:
    """Give a half-day to each visit of a list that has none."""
    visit_list = get_object_or_404(visible_lists(request.user), uid=_one(request, "list"))
    made: list[Appointment] = []

    def gesture() -> str:
        made.extend(propose_week(visit_list, by=request.user))
        many = "s" if len(made) > 1 else ""
        return f"{len(made)} visite{many} placée{many}, les plus proches ensemble."

    return make(request, gesture, undo=lambda: (reverse("visits:week-take-back"), _uids(made)))


@require_POST
@roles(*STAFF)
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo a proposal."""

    def gesture() -> str:
        count = planning.take_back(_appointments(request), by=request.user)
        many = "s" if count > 1 else ""
        return f"Proposition retirée\u00a0: {count} visite{many} de nouveau à placer."

    return make(request, gesture)


@require_POST
@roles(*STAFF)
def plan(request: HttpRequest) -> HttpResponse:
    """Expect someone: an entry of a list, a neighbour of one, or anyone for an urgent visit."""
    form = MomentForm(request.POST)
    made: list[Appointment] = []

    def gesture() -> str:
        made.append(_planned(request, _filled(form)))
        return f"Rendez-vous placé {day_words(made[0].day)}, {moment_words(made[0])}."

    def undo() -> tuple[str, Fields]:
        return reverse("visits:week-take-back"), _uids(made)

    return make(request, gesture, undo=undo)


@require_POST
@roles(*STAFF)
def move(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an appointment elsewhere."""
    before = get_object_or_404(visible_appointments(request.user), uid=uid)
    place = _place_of(before)
    form = MomentForm(request.POST)

    def gesture() -> str:
        filled = _filled(form)
        same = (filled["day"], filled["slot"]) == (before.day, before.slot)
        hour = filled["hour"] if "hour" in request.POST else before.starts_at if same else None
        after = planning.move(
            before,
            day=filled["day"],
            slot=filled["slot"],
            starts_at=hour,
            place=filled["place"],
            by=request.user,
        )
        _tell_again(request, after)
        again = " Prévenez-la du changement." if before.told and not after.told else ""
        return f"Rendez-vous déplacé {day_words(after.day)}, {moment_words(after)}.{again}"

    return make(request, gesture, undo=lambda: (request.path, _moment(before, place)))


@require_POST
@roles(*STAFF)
def cancel(request: HttpRequest, uid: str) -> HttpResponse:
    """Take an appointment out of the week."""
    appointment = get_object_or_404(visible_appointments(request.user), uid=uid)
    place = _place_of(appointment)

    def gesture() -> str:
        planning.cancel(appointment, by=request.user)
        again = " Elle avait été prévenue\u00a0: dites-le lui." if appointment.told else ""
        return f"Rendez-vous annulé.{again}"

    def undo() -> tuple[str, Fields]:
        who = ("entry", str(appointment.entry_id)) if appointment.entry_id else (
            "senior", str(appointment.senior.uid)
        )  # fmt: skip
        return reverse("visits:week-plan"), [who, *_moment(appointment, place)]

    return make(request, gesture, undo=undo)


@require_POST
@roles(*STAFF)
def tell(request: HttpRequest) -> HttpResponse:
    """Say that people were told of their appointment, or not."""
    how = request.POST.get("how", "")
    how = how if how in Appointment.Told.values else ""
    told = _appointments(request)

    def gesture() -> str:
        count = planning.tell(told, how=how, by=request.user)
        many = "s" if count > 1 else ""
        if not how:
            return f"{count} personne{many} de nouveau à prévenir."
        return f"{count} personne{many} prévenue{many} {Appointment.Told(how).label}."

    def undo() -> tuple[str, Fields]:
        return request.path, [*_uids(told), ("how", "")]

    return make(request, gesture, undo=undo if how else None)


@require_POST
@roles(*STAFF)
def order(request: HttpRequest) -> HttpResponse:
    """Put a day's rounds in order of distance."""
    officer, day = officer_of(request), _day(request)
    rows = planning.standing().filter(officer=officer, day=day).order_by(*planning.IN_ORDER)
    before = list(rows)

    def gesture() -> str:
        was, now = planning.order_round(officer, day, by=request.user)
        if now - was >= 50:
            return (
                f"Tournée remise dans l’ordre des heures convenues\u00a0: {_km(now)} à vol "
                f"d’oiseau, {_km(was)} avant."
            )
        if was - now < 50:
            return f"Aucun ordre plus court n’est trouvé pour {day_words(day)}."
        return f"Tournée ordonnée\u00a0: {_km(now)} à vol d’oiseau au lieu de {_km(was)}."

    def undo() -> tuple[str, Fields]:
        return reverse("visits:week-set-order"), [*_uids(before), ("day", day.isoformat())]

    return make(request, gesture, undo=undo)


@require_POST
@roles(*STAFF)
def set_order(request: HttpRequest) -> HttpResponse:
    """Put a day back in the order it had."""

    def gesture() -> str:
        officer = officer_of(request)
        planning.set_order(officer, _day(request), uids(request.POST), by=request.user)
        return "La tournée a retrouvé son ordre."

    return make(request, gesture)


def make(
    request: HttpRequest,
    gesture: Callable[[], str],
    *,
    undo: Callable[[], tuple[str, Fields] | None] | None = None,
    more: Callable[[], dict[str, str]] | None = None,
    about: Senior | None = None,
    card: UUID | None = None,
    refusals: tuple[type[Exception], ...] = (PlanRefusal, watch.WatchRefusal),
) -> HttpResponse:
    """Make a gesture and answer with what it says, and how it is undone, or with its refusal.

    `about`: whom it is about. Her name is put before what is said, and never kept in the session.
    `card`: the appointment whose card says it under htmx, so that nothing moves under the thumb.
    `more`: what else the page shows once it is made (`to_settle`: where to choose).
    """
    said: dict[str, Any] = {}
    try:
        said["said"] = gesture()
        if undo and (way := undo()):
            said["undo"] = {"url": way[0], "fields": way[1]}
        said |= more() if more else {}
    except refusals as refusal:
        said = {"refused": str(refusal)}
    if request.POST.get("back") == "home" and not request.htmx:
        level = messages.ERROR if "refused" in said else messages.SUCCESS
        messages.add_message(request, level, next(iter(said.values())))
        return redirect("home")
    if request.htmx:
        status = 422 if "refused" in said else 200
        said["said_on"] = card if "undo" in said else None  # else that card has nothing new to say
        return answer(request, status=status, about=about, **said)
    request.session[SAID] = said | ({"about": str(about.uid)} if about else {})
    query = request.GET.copy()
    if not opens_on_own_week(request.user):
        query.setdefault("pour", request.user.pk)
    return redirect(f"{reverse('visits:week-show')}?{query.urlencode()}")


def answer(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page of the week, or its body under htmx."""
    week = week_of(request)
    context |= {
        "week": week,
        "board": board_for(request.user),
        "officers": weeks_for(request.user),
        "placing_for": week.officer,
        "half_day": half_day_at(timezone.localtime()),
        "slots": Slot.choices,
        "ways": Appointment.Told.choices,
        "taps": TAPS,
        "last_taps": LAST_TAPS,
    }
    return page_or_piece(request, "visits/week_show.html", PIECE, context, status=status)


def week_of(request: HttpRequest) -> Week:
    """The week that the address names: whose, when, and the day shown on a narrow screen."""
    monday = monday_of(request.GET.get("semaine"), otherwise=timezone.localdate())
    shown = request.GET.get("jour", "")
    return read_week(officer_of(request), monday, viewer=request.user, shown=shown)


def officer_of(request: HttpRequest) -> User:
    """Whose week the address names, one's own without a name."""
    asked = request.GET.get("pour")
    if not asked or asked == str(request.user.pk):
        return request.user
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    return get_object_or_404(weeks_for(request.user), pk=number)


def _choose(request: HttpRequest) -> HttpResponse:
    """Whose week to open, with what each one holds."""
    monday = monday_of(request.GET.get("semaine"), otherwise=timezone.localdate())
    context = {
        "monday": monday,
        "friday": monday + timedelta(days=4),
        "before": week_name(monday - timedelta(days=7)),
        "after": week_name(monday + timedelta(days=7)),
        "choices": choices_for(request.user, monday),
        "board": board_for(request.user),
        "placing_for": request.user,
        "half_day": half_day_at(timezone.localtime()),
    }
    return render(request, "visits/week_choice.html", context)


@transaction.atomic
def _planned(request: HttpRequest, filled: dict[str, Any]) -> Appointment:
    """The appointment asked for; the signal that asked for it is answered for."""
    senior, entry, officer = _who(request)
    made = planning.plan(
        senior,
        officer=officer,
        day=filled["day"],
        slot=filled["slot"],
        starts_at=filled["hour"],
        place=filled["place"],
        entry=entry,
        by=request.user,
    )
    if "signal" in request.POST:
        waiting = visible_signals(request.user).filter(taken_by=None, closed_on=None)
        for one in waiting.filter(uid=_one(request, "signal")):
            watch.take(one, by=request.user)
    _tell_again(request, made)
    return made


def _tell_again(request: HttpRequest, appointment: Appointment) -> None:
    """Undone, a gesture gives back what the person had been told of."""
    how = request.POST.get("told", "")
    if how in Appointment.Told.values:
        on = min(_day(request, "told_on"), timezone.localdate())
        planning.tell([appointment], how=how, on=on, by=request.user)


def _who(request: HttpRequest) -> tuple[Any, VisitListEntry | None, User]:
    """The person, her entry if she comes from a list, and whose day it is."""
    if "entry" in request.POST:
        entries = VisitListEntry.objects.filter(visit_list__in=visible_lists(request.user))
        entry = get_object_or_404(
            entries.select_related("senior", "visit_list__officer"), pk=_one(request, "entry")
        )
        return entry.senior, entry, entry.visit_list.officer
    senior = get_object_or_404(visible_seniors(request.user), uid=_one(request, "senior"))
    return senior, None, officer_of(request)


def _one(request: HttpRequest, name: str) -> Any:
    """An identity sent by the page: a number, or a UUID; one that names nothing otherwise."""
    text = request.POST.get(name, "")
    if text.isdecimal() and len(text) < 10:
        return int(text)
    return next(iter(uids(request.POST, name)), None)


def _appointments(request: HttpRequest) -> list[Appointment]:
    """Those that the page names and that one may change."""
    rows = visible_appointments(request.user).filter(uid__in=uids(request.POST))
    return list(rows.select_related("officer", "senior"))


def _filled(form: MomentForm) -> dict[str, Any]:
    """What was filled in. Raises PlanRefusal: form."""
    if not form.is_valid():
        raise PlanRefusal("form", form.problem)
    return form.cleaned_data


def _day(request: HttpRequest, name: str = "day") -> date:
    """The day that the page names, today for anything else."""
    try:
        return parse_date(request.POST.get(name, "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _uids(appointments: Iterable[Appointment]) -> Fields:
    """Fields that name these appointments."""
    return [("uid", str(one.uid)) for one in appointments]


def _moment(appointment: Appointment, place: int) -> Fields:
    """Fields that bring an appointment back to where it was."""
    hour = f"{appointment.starts_at:%H:%M}" if appointment.starts_at else ""
    told_on = appointment.told_on.isoformat() if appointment.told_on else ""
    return [
        ("day", appointment.day.isoformat()),
        ("slot", appointment.slot),
        ("hour", hour),
        ("place", str(place)),
        *([("told", appointment.told), ("told_on", told_on)] if appointment.told else []),
    ]


def _place_of(appointment: Appointment) -> int:
    """Its place in its half-day, from 0."""
    officer, day, slot = appointment.officer_id, appointment.day, appointment.slot
    same = planning.standing().filter(officer=officer, day=day, slot=slot)
    return same.filter(position__lt=appointment.position).count()


def _km(metres: float) -> str:
    """« 2,3 km », « 400 m »."""
    if metres < 1000:
        return f"{round(metres, -2):.0f}\u00a0m"
    return f"{metres / 1000:.1f}\u00a0km".replace(".", ",")
