"""Two people change one week at the same moment, on the server that production runs on."""

from datetime import time, timedelta

import pytest
from django.db import connection

from seniors.enums import Role
from tests.journeys.test_at_once import at_once
from tests.make import make_user
from tests.visits.weekly import make_week, people_of, today
from visits.agenda import cover, outcomes, planning, tray
from visits.agenda.appointment_rules import PlanRefusal, standing
from visits.agenda.cover import CoverRefusal
from visits.enums import Slot
from visits.field_watch.watch import WatchRefusal, close, take
from visits.models import Appointment, Cover, Mute, Signal, Visit, VisitList
from visits.visiting.recording import Recorded, record_attempt

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def plan(week: VisitList, n: int, *, days: int = 0, **fields) -> Appointment:
    """The person of that number expected some days after the Monday."""
    senior = people_of(week)[n]
    fields = {"officer": week.officer, "by": week.officer, "slot": Slot.MORNING} | fields
    return planning.plan(senior, day=week.starts_on + timedelta(days=days), **fields)


def kinds(given: list) -> list[str]:
    """What came of each, in the order of names."""
    return sorted(type(one).__name__ for one in given)


def test_nobody_is_expected_twice_by_two_officers_at_once():
    week = make_week(1)
    other = make_user(Role.OFFICER, week.territories.get())
    gestures = [
        lambda days=days, who=who: plan(week, 0, days=days, officer=who, by=who)
        for days in (0, 1)
        for who in (week.officer, other)
    ]
    assert kinds(at_once(*gestures)) == ["Appointment"] + ["PlanRefusal"] * 3
    assert standing().count() == 1


def test_one_hour_is_given_once():
    week = make_week(4)
    given = at_once(*(lambda n=n: plan(week, n, starts_at=time(10)) for n in range(4)))
    assert kinds(given) == ["Appointment"] + ["PlanRefusal"] * 3


def test_a_week_proposed_twice_at_once_is_proposed_once():
    week = make_week(6)
    given = at_once(*[lambda: tray.propose_week(week, by=week.officer)] * 3)
    refusals = [one for one in given if isinstance(one, PlanRefusal)]
    assert [one.code for one in refusals] == ["nothing"] * 2
    assert standing().count() == 6


def test_places_stay_in_order_when_everything_moves():
    week = make_week(6)
    made = [plan(week, n) for n in range(6)]

    def to_the_top(one: Appointment):
        return lambda: planning.move(one, day=one.day, slot=one.slot, place=0, by=week.officer)

    order = [lambda: planning.order_round(week.officer, week.starts_on, by=week.officer)]
    given = at_once(*map(to_the_top, made), *order)
    assert [one for one in given if isinstance(one, Exception)] == []
    places = standing().order_by("position").values_list("position", flat=True)
    assert list(places) == list(range(6))


def test_a_door_told_while_it_is_planned_neither_hangs_nor_is_lost():
    """Planning holds the officer then the person; a form, the person; a signal, itself."""
    week = make_week(4)
    officer, manager = week.officer, make_user(Role.MANAGER, week.territories.get())
    for n in range(4):
        senior = people_of(week)[n]
        signal = Signal.objects.create(senior=senior, urgency="now", what="chute", seen_on=today())
        given = at_once(
            lambda n=n: plan(week, n, days=1),
            lambda senior=senior: record_attempt(
                senior, outcome="refused", made_on=today(), by=officer
            ),
            lambda signal=signal: close(signal, outcome="fine", by=manager),
            lambda signal=signal: take(signal, by=officer),
        )
        wrong = [
            one
            for one in given
            if isinstance(one, Exception) and not isinstance(one, PlanRefusal | WatchRefusal)
        ]
        assert wrong == []
        assert isinstance(given[1], Recorded)
    # Whoever refused is expected by nobody, whichever came first.
    assert standing().count() == 0
    assert Mute.objects.count() == 4


def test_an_outcome_taken_back_while_it_is_told_again_leaves_one_truth():
    week = make_week(1)
    senior, officer = people_of(week)[0], week.officer
    for _ in range(5):
        visit = record_attempt(senior, outcome="hospital", made_on=today(), by=officer).visit
        at_once(
            lambda visit=visit: outcomes.undo(visit, by=officer),
            lambda: record_attempt(senior, outcome="hospital", made_on=today(), by=officer),
        )
        assert Visit.objects.count() == Mute.objects.count() <= 1
        Visit.objects.all().delete()


def test_an_officer_has_one_stand_in_whoever_asks():
    week = make_week(1)
    others = [make_user(Role.OFFICER, week.territories.get()) for _ in range(3)]
    given = at_once(
        *(
            lambda one=one: cover.hand_over(
                week.officer, one, starts_on=today(), ends_on=today(), by=week.officer
            )
            for one in others
        )
    )
    assert sum(isinstance(one, Cover) for one in given) == 1
    assert sum(isinstance(one, CoverRefusal) for one in given) == 2
