"""The only door of an Appointment: who is expected when, in which order, and whether she knows.

An officer plans his own lists, and those of whom he stands in for; a manager plans for the officers
of her territories. An appointment that changes after the person was told is no longer « prévenu ».
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from seniors.models import Senior, User
from seniors.queries import records_of
from visits import access
from visits.agenda import appointment_rules, rounds
from visits.agenda.appointment_rules import PlanRefusal, standing
from visits.agenda.rounds import Stop
from visits.enums import Slot
from visits.models import Appointment, Visit, VisitListEntry

# "morning" comes after "afternoon" in the alphabet.
IN_ORDER = ("day", "-slot", "position", "pk")
# An entry of `tray.to_place`, and when.
Wish = tuple[VisitListEntry, date, str]


@transaction.atomic
def plan(
    senior: Senior,
    *,
    officer: User,
    day: date,
    slot: str,
    by: User,
    starts_at: time | None = None,
    entry: VisitListEntry | None = None,
    place: int | None = None,
) -> Appointment:
    """Expect `officer` at her door that day, at that place of the round (from 0; None: the last).

    Raises PlanRefusal: officer, past, far, slot, hour, elsewhere, muted, objection, planned.
    """
    hold(officer, by)
    senior = _person(senior)
    appointment_rules.check_moment(officer, day, slot, starts_at)
    appointment_rules.check_person(senior, officer, day)
    appointment_rules.check_free(senior, day)
    if entry and (
        entry.visit_list.officer_id != officer.pk or entry.visit_list.published_at is None
    ):
        raise PlanRefusal(
            "officer",
            f"Cette visite n’est pas sur une liste publiée de {officer}\u00a0: rien n’est changé.",
        )
    made = Appointment.objects.create(
        senior=senior,
        entry=entry,
        officer=officer,
        day=day,
        slot=slot,
        starts_at=starts_at,
        position=_last(officer, day, slot) + 1,
        created_by=by,
    )
    if place is not None:
        _put(made, place)
    return made


@transaction.atomic
def plan_many(officer: User, wished: Iterable[Wish], *, by: User) -> list[Appointment]:
    """Expect `officer` at these doors; those of `tray.to_place` alone are given here.

    Raises PlanRefusal: officer.
    """
    hold(officer, by)
    ahead = standing().filter(officer=officer, day__gte=timezone.localdate())
    kept = ahead.order_by().values_list("day", "slot")
    last = {(day, slot): top for day, slot, top in kept.annotate(Max("position"))}
    rows = []
    for entry, day, slot in wished:
        last[day, slot] = last.get((day, slot), -1) + 1
        rows.append(
            Appointment(
                senior_id=entry.person,
                entry=entry,
                officer=officer,
                day=day,
                slot=slot,
                position=last[day, slot],
                created_by=by,
            )
        )
    return Appointment.objects.bulk_create(rows)


@transaction.atomic
def move(
    appointment: Appointment,
    *,
    day: date,
    slot: str,
    by: User,
    starts_at: time | None = None,
    place: int | None = None,
) -> Appointment:
    """Put it on another day, slot, hour, or place in the round (from 0; None: its own or last).

    Whoever was told of the former moment is to be told again. Raises PlanRefusal as `plan`, and
    cancelled.
    """
    hold(appointment.officer, by)
    appointment = _standing(appointment)
    officer, former = appointment.officer, (appointment.day, appointment.slot)
    changed = (*former, appointment.starts_at) != (day, slot, starts_at)
    if changed:
        appointment_rules.check_moment(officer, day, slot, starts_at, but=appointment)
    if day != appointment.day:
        senior = _person(appointment.senior)
        appointment_rules.check_person(senior, officer, day)
        appointment_rules.check_free(senior, day, but=appointment)
    if (day, slot) != former:
        appointment.position = _last(officer, day, slot) + 1
    appointment.day, appointment.slot, appointment.starts_at = day, slot, starts_at
    if changed:
        appointment.told, appointment.told_on = "", None
        appointment.revision += 1
    appointment.save()
    if place is not None:
        _put(appointment, place)
    return appointment


@transaction.atomic
def cancel(appointment: Appointment, *, by: User) -> Appointment:
    """It no longer stands; it stays in the base. Raises PlanRefusal: officer, cancelled."""
    hold(appointment.officer, by)
    appointment = _standing(appointment)
    appointment.cancelled_at, appointment.cancelled_by = timezone.now(), by
    appointment.revision += 1
    appointment.save()
    return appointment


@transaction.atomic
def tell(appointments: Iterable[Appointment], *, how: str, by: User, on: date | None = None) -> int:
    """Say that these people were told, by letter, SMS or telephone, or not yet ("").

    `on` is the day they were, today unless told otherwise.
    """
    told = list(appointments)
    for officer in {one.officer for one in told}:
        hold(officer, by)
    day = (on or timezone.localdate()) if how else None
    rows = standing().filter(pk__in=[one.pk for one in told])
    return rows.update(told=how, told_on=day, changed_at=timezone.now())


@transaction.atomic
def take_back(appointments: Iterable[Appointment], *, by: User) -> int:
    """Undo a proposal: forget those nobody was told of and that did not change since."""
    rows = list(appointments)
    for officer in {one.officer for one in rows}:
        hold(officer, by)
    fresh = standing().filter(pk__in=[one.pk for one in rows], told="", revision=0)
    return fresh.delete()[0]


@transaction.atomic
def set_order(officer: User, day: date, uids: Sequence[UUID], *, by: User) -> None:
    """Number the rounds of a day as these appointments come; those not named come after."""
    hold(officer, by)
    rank = {uid: n for n, uid in enumerate(uids)}
    for slot in Slot:
        _number(sorted(_round(officer, day, slot), key=lambda one: rank.get(one.uid, len(rank))))


@transaction.atomic
def order_round(officer: User, day: date, *, by: User) -> tuple[float, float]:
    """Put the rounds of a day in order of distance; hours that were agreed go forward.

    The day becomes longer only where hours went backwards. Gives the metres as the crow flies
    before and after. Raises PlanRefusal: officer, empty.
    """
    hold(officer, by)
    given = [_stops(_round(officer, day, slot)) for slot in (Slot.MORNING, Slot.AFTERNOON)]
    before = [stop for stops in given for stop in stops]
    if not before:
        raise PlanRefusal("empty", "Aucun rendez-vous ce jour-là\u00a0: rien à ordonner.")
    morning, afternoon = min(_ways(*given), key=lambda way: rounds.length([*way[0], *way[1]]))
    for stops in (morning, afternoon):
        _number([stop.key for stop in stops])
    return rounds.length(before), rounds.length([*morning, *afternoon])


def _ways(morning: list[Stop], afternoon: list[Stop]) -> Iterator[tuple[list[Stop], list[Stop]]]:
    """The ways of a day to choose from: each half ordered by distance, or as it was given."""
    for first in (_by_hour(rounds.order(morning)), _by_hour(morning)):
        last = next((stop.point for stop in reversed(first) if stop.point), None)
        for then in (_by_hour(rounds.order(afternoon, start=last)), _by_hour(afternoon)):
            yield first, then


def _stops(round_: Iterable[Appointment]) -> list[Stop]:
    """The homes of these appointments, in their order."""
    return [stop_of(one, one.senior) for one in round_]


def stop_of(key: object, senior: Senior) -> Stop:
    """Where someone lives, as a stop of a round."""
    home = senior.dwelling
    if home is None:
        return Stop(key, "", "", None)
    known = home.latitude is not None
    return Stop(
        key=key,
        residence=str(home.residence_id),
        stair=f"{home.building} {home.stair}",
        point=(home.latitude, home.longitude) if known else None,
    )


@transaction.atomic
def cancel_within(
    senior: Senior, since: date, until: date | None, *, by: User, visit: Visit | None = None
) -> int:
    """What is planned for her from today or `since`, up to `until`, no longer stands; how many.

    After `visit`, which was made instead of that day's: taken back, they stand again. What was kept
    today stays as it was.
    """
    records, today = records_of(senior), timezone.localdate()
    first = max(since + timedelta(days=1) if visit else since, today)
    later = standing().filter(senior__in=records, day__gte=first)
    if Visit.objects.filter(senior__in=records, made_on=today).exists():
        later = later.exclude(day=today)
    if until:
        later = later.filter(day__lte=until)
    return later.update(
        cancelled_at=timezone.now(),
        cancelled_by=by,
        cancelled_for=visit,
        revision=F("revision") + 1,
        changed_at=timezone.now(),
    )


@transaction.atomic
def restore_after(visit: Visit) -> list[Appointment]:
    """Have what this visit had cancelled stand again; those whose day or hour was taken since do
    not, and are given back."""
    if visit.pk is None:
        return []
    freed = list(visit.cancelled_appointments.order_by("day"))
    hers = standing().filter(senior__in=records_of(visit.senior))
    days = set(hers.values_list("day", flat=True))
    lost = [one for one in freed if one.day in days or _is_taken(one)]
    back = visit.cancelled_appointments.exclude(pk__in=[one.pk for one in lost])
    back.update(
        cancelled_at=None,
        cancelled_by=None,
        cancelled_for=None,
        revision=F("revision") + 1,
        changed_at=timezone.now(),
    )
    return lost


def _is_taken(appointment: Appointment) -> bool:
    """Whether its officer expects someone else at that hour."""
    if appointment.starts_at is None:
        return False
    same = {"officer": appointment.officer_id, "day": appointment.day}
    return standing().filter(**same, starts_at=appointment.starts_at).exists()


def hold(officer: User, by: User) -> None:
    """Changes to one officer's days wait for each other; refused to who does not work for her."""
    if not access.works_for(by, officer):
        raise PlanRefusal(
            "officer", f"Vous ne remplacez pas {officer} aujourd’hui\u00a0: rien n’est changé."
        )
    # "no key": whoever writes a row that names her does not wait.
    User.objects.select_for_update(no_key=True).get(pk=officer.pk)


def _person(senior: Senior) -> Senior:
    """The record kept of this person, held: two officers may want her on one day."""
    held = Senior.objects.select_for_update(no_key=True, of=("self",))
    return held.select_related("dwelling__residence").get(pk=senior.merged_into_id or senior.pk)


def _standing(appointment: Appointment) -> Appointment:
    """The appointment as it is now; refused once cancelled."""
    links = ("officer", "senior__dwelling")
    found = Appointment.objects.select_related(*links).get(pk=appointment.pk)
    if found.cancelled_at:
        raise PlanRefusal(
            "cancelled",
            "Ce rendez-vous est déjà annulé\u00a0: rechargez la page pour voir la semaine.",
        )
    return found


def _last(officer: User, day: date, slot: str) -> int:
    """The highest position of a round; -1 when it is empty."""
    rows = standing().filter(officer=officer, day=day, slot=slot)
    last = rows.aggregate(last=Max("position"))["last"]
    return -1 if last is None else last


def _round(officer: User, day: date, slot: str) -> list[Appointment]:
    """The appointments of a half-day, in order, with their homes."""
    rows = standing().filter(officer=officer, day=day, slot=slot)
    return list(rows.select_related("senior__dwelling").order_by("position", "pk"))


def _put(appointment: Appointment, place: int) -> None:
    """Have it stand at that place of its round."""
    round_ = _round(appointment.officer, appointment.day, appointment.slot)
    round_ = [one for one in round_ if one.pk != appointment.pk]
    round_.insert(min(place, len(round_)), appointment)
    _number(round_)


def _number(round_: Sequence[Appointment]) -> None:
    """Write this order."""
    for position, one in enumerate(round_):
        one.position = position
    Appointment.objects.bulk_update(round_, ["position"])


def _by_hour(stops: list[Stop]) -> list[Stop]:
    """The same places, those with an hour exchanged so that the hours go forward."""
    timed = [stop for stop in stops if stop.key.starts_at]
    timed = iter(sorted(timed, key=lambda stop: stop.key.starts_at))
    return [next(timed) if stop.key.starts_at else stop for stop in stops]
