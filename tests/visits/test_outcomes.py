"""Each way a visit ends has its consequence, said in French, and a mistaken tap is taken back."""

from datetime import timedelta

import pytest

from seniors.enums import Role
from seniors.french import day_words
from tests.make import make_user
from tests.visits.weekly import make_visit, make_week, people_of, today
from visits.agenda import mutes, outcomes, planning
from visits.agenda.outcomes import HOSPITAL_DAYS, REFUSED_DAYS, TRY_AGAIN_DAYS, OutcomeRefusal
from visits.enums import Slot
from visits.models import Mute, Visit

pytestmark = pytest.mark.django_db
Outcome = Visit.Outcome


@pytest.fixture
def visit_list():
    """A list to come, whose officer knocks today."""
    return make_week(2)


def knock(visit_list, outcome, **fields) -> tuple[Visit, str]:
    """What the first person's door gave, and the sentence said."""
    officer = visit_list.officer
    visit = make_visit(people_of(visit_list)[0], outcome, by=officer, **fields)
    return visit, outcomes.apply(visit, by=officer)


def test_an_absence_is_to_be_tried_again_after_a_week(visit_list):
    visit, said = knock(visit_list, Outcome.ABSENT)
    again = today() + timedelta(days=TRY_AGAIN_DAYS)
    visit.refresh_from_db()
    assert (visit.try_again_on, Mute.objects.count()) == (again, 0)
    assert said == f"Absence notée\u00a0: à retenter à partir du {day_words(again)}."


def test_the_third_absence_in_a_row_asks_to_write(visit_list):
    senior, officer = people_of(visit_list)[0], visit_list.officer
    make_visit(senior, Outcome.ABSENT, by=officer, on=today() - timedelta(days=16))
    make_visit(senior, Outcome.ABSENT, by=officer, on=today() - timedelta(days=8))
    assert "3e absence de suite" in knock(visit_list, Outcome.ABSENT)[1]


def test_absences_before_a_visit_made_do_not_count(visit_list):
    senior, officer = people_of(visit_list)[0], visit_list.officer
    for days, outcome in ((40, "absent"), (30, "absent"), (20, "done"), (10, "absent")):
        make_visit(senior, outcome, by=officer, on=today() - timedelta(days=days))
    assert "de suite" not in knock(visit_list, Outcome.ABSENT)[1]


@pytest.mark.parametrize(
    ("outcome", "days", "word"),
    [
        (Outcome.REFUSED, REFUSED_DAYS, "Refus noté"),
        (Outcome.HOSPITAL, HOSPITAL_DAYS, "prenez de ses nouvelles"),
        (Outcome.MOVED, None, "plus de visite ni de courrier"),
        (Outcome.DECEASED, None, "plus de visite ni de courrier"),
        (Outcome.UNSAFE, None, "Ne pas y aller seul"),
    ],
)
def test_an_outcome_leaves_her_in_peace_for_its_time(visit_list, outcome, days, word):
    visit, said = knock(visit_list, outcome)
    pause = Mute.objects.get()
    until = today() + timedelta(days=days) if days else None
    assert (pause.senior, pause.visit, pause.until) == (visit.senior, visit, until)
    assert pause.why == outcome
    assert word in said
    assert until is None or day_words(until, year=True) in said


def test_the_tenant_record_is_left_to_the_file(visit_list):
    """Neither a departure nor a death said at the door changes where she lives."""
    for outcome, senior in zip(("moved", "deceased"), people_of(visit_list), strict=True):
        outcomes.apply(make_visit(senior, outcome, by=visit_list.officer), by=visit_list.officer)
        senior.refresh_from_db()
        assert (senior.dwelling_id is not None, senior.ended_on) == (True, None)


def test_departures_wait_for_the_file_in_the_territory_only(visit_list):
    knock(visit_list, Outcome.MOVED)
    territory = visit_list.territories.get()
    manager, stranger = make_user(Role.MANAGER, territory), make_user(Role.MANAGER)
    assert [one.why for one in mutes.departures(manager)] == ["moved"]
    assert list(mutes.departures(stranger)) == []


def test_a_departure_that_the_file_confirmed_is_no_longer_to_confirm(visit_list):
    visit, _ = knock(visit_list, Outcome.MOVED)
    manager = make_user(Role.MANAGER, visit_list.territories.get())
    visit.senior.dwelling, visit.senior.ended_on, visit.senior.end = None, today(), "left"
    visit.senior.save()
    assert list(mutes.departures(manager)) == []


def test_after_hospital_one_asks_for_news(visit_list):
    visit, _ = knock(visit_list, Outcome.HOSPITAL)
    assert visit.next_contact_on == today() + timedelta(days=HOSPITAL_DAYS + 1)


def planned_later(visit_list):
    """An appointment of the first person in the week of the list."""
    return planning.plan(
        people_of(visit_list)[0],
        officer=visit_list.officer,
        day=visit_list.starts_on,
        slot=Slot.MORNING,
        by=visit_list.officer,
    )


def test_what_was_planned_for_her_no_longer_stands(visit_list):
    appointment = planned_later(visit_list)
    _, said = knock(visit_list, Outcome.HOSPITAL)
    appointment.refresh_from_db()
    assert (appointment.cancelled_at is not None, appointment.revision) == (True, 1)
    assert "Son rendez-vous à venir est annulé." in said


def test_an_absence_keeps_what_was_planned(visit_list):
    appointment = planned_later(visit_list)
    knock(visit_list, Outcome.ABSENT)
    appointment.refresh_from_db()
    assert appointment.cancelled_at is None


def test_a_mistaken_tap_is_taken_back_with_all_that_followed(visit_list):
    appointment = planned_later(visit_list)
    visit, _ = knock(visit_list, Outcome.REFUSED)
    said = outcomes.undo(visit, by=visit_list.officer)
    appointment.refresh_from_db()
    assert (Visit.objects.count(), Mute.objects.count()) == (0, 0)
    assert (appointment.cancelled_at, appointment.revision) == (None, 2)
    assert said == "C’est annulé\u00a0: la visite est de nouveau à faire."


@pytest.mark.parametrize(
    ("outcome", "days_ago", "own", "code"),
    [
        ("done", 0, True, "done"),
        ("refused", 1, True, "other_day"),
        ("refused", 0, False, "other_hand"),
    ],
)
def test_only_ones_own_tap_of_the_day_is_taken_back(visit_list, outcome, days_ago, own, code):
    visit, _ = knock(visit_list, outcome, on=today() - timedelta(days=days_ago))
    by = visit_list.officer if own else make_user(Role.OFFICER, visit_list.territories.get())
    with pytest.raises(OutcomeRefusal) as refusal:
        outcomes.undo(visit, by=by)
    assert (refusal.value.code, Visit.objects.count()) == (code, 1)


def test_the_outcome_of_a_day_may_change_without_leaving_a_trace(visit_list):
    """A refusal, then a form filled in the same day: nobody is left in peace any more."""
    appointment = planned_later(visit_list)
    visit, _ = knock(visit_list, Outcome.REFUSED)
    visit.outcome = Outcome.DONE
    visit.save()
    assert outcomes.apply(visit, by=visit_list.officer) == "Visite faite."
    appointment.refresh_from_db()
    assert (Mute.objects.count(), appointment.cancelled_at) == (0, None)


def test_applied_twice_it_counts_once(visit_list):
    visit, _ = knock(visit_list, Outcome.HOSPITAL)
    outcomes.apply(visit, by=visit_list.officer)
    assert Mute.objects.count() == 1
