"""Leave: a colleague of the same territories stands in, for these days and no others."""

import uuid
from datetime import timedelta

import pytest

from seniors.enums import Role
from seniors.models import User
from tests.make import make_territory, make_user
from tests.visits.weekly import make_week, people_of, today
from visits import access
from visits.agenda import cover, planning
from visits.agenda.cover import CoverRefusal
from visits.enums import Slot
from visits.models import Cover, VisitList
from visits.visiting import form
from visits.visiting.recording import record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def week() -> VisitList:
    """A list to come, of an officer about to leave."""
    return make_week(2)


@pytest.fixture
def colleague(week) -> User:
    """Another officer of the territory."""
    return make_user(Role.OFFICER, week.territories.get())


def hand_over(week: VisitList, colleague: User, **fields) -> Cover:
    """From today for a week, by the officer herself."""
    fields = {"starts_on": today(), "ends_on": today() + timedelta(days=6)} | fields
    return cover.hand_over(week.officer, colleague, **{"by": week.officer} | fields)


def refused(*args, **fields) -> str:
    """The code of a refusal, after which nothing was written."""
    before = Cover.objects.count()
    with pytest.raises(CoverRefusal) as refusal:
        hand_over(*args, **fields)
    assert Cover.objects.count() == before
    return refusal.value.code


def planned(week: VisitList):
    """An appointment of the officer who leaves."""
    return planning.plan(
        people_of(week)[0],
        officer=week.officer,
        day=week.starts_on,
        slot=Slot.MORNING,
        by=week.officer,
    )


def test_during_the_dates_the_colleague_has_lists_and_appointments(week, colleague):
    appointment = planned(week)
    assert list(access.visible_lists(colleague)) == []
    hand_over(week, colleague)
    assert list(access.visible_lists(colleague)) == [week]
    assert list(access.visible_appointments(colleague)) == [appointment]
    assert access.works_for(colleague, week.officer)
    planning.cancel(appointment, by=colleague)


@pytest.mark.parametrize(("starts", "ends"), [(1, 6), (-6, -1)])
def test_before_and_after_the_dates_she_has_nothing(week, colleague, starts, ends):
    Cover.objects.create(
        officer=week.officer,
        colleague=colleague,
        starts_on=today() + timedelta(days=starts),
        ends_on=today() + timedelta(days=ends),
        created_by=week.officer,
    )
    planned(week)
    assert list(access.visible_lists(colleague)) == []
    assert list(access.visible_appointments(colleague)) == []
    assert not access.works_for(colleague, week.officer)


@pytest.mark.parametrize("days", [(0, 0), (-3, 0), (0, 3)])
def test_both_ends_are_included(week, colleague, days):
    first, last = (today() + timedelta(days=n) for n in days)
    Cover.objects.create(
        officer=week.officer, colleague=colleague, starts_on=first, ends_on=last,
        created_by=week.officer,
    )  # fmt: skip
    assert access.works_for(colleague, week.officer)


def test_the_officer_keeps_her_own(week, colleague):
    appointment = planned(week)
    hand_over(week, colleague)
    assert list(access.visible_lists(week.officer)) == [week]
    assert list(access.visible_appointments(week.officer)) == [appointment]


def test_it_gives_nothing_outside_the_territories_that_both_hold(week, colleague):
    """A territory taken from her later closes what stands there."""
    planned(week)
    hand_over(week, colleague)
    colleague.territories.clear()
    assert list(access.visible_lists(colleague)) == []
    assert list(access.visible_appointments(colleague)) == []


def test_the_colleague_holds_every_territory(week):
    elsewhere = make_user(Role.OFFICER, make_territory())
    assert refused(week, elsewhere) == "territories"
    other = make_territory()
    week.officer.territories.add(other)
    half = make_user(Role.OFFICER, week.territories.get())
    assert refused(week, half) == "territories"
    assert half not in cover.colleagues_of(week.officer)
    half.territories.add(other)
    assert list(cover.colleagues_of(week.officer)) == [half]


@pytest.mark.parametrize("days", [(0, 6), (3, 3), (6, 9), (-2, 0)])
def test_an_officer_has_one_stand_in_at_a_time(week, colleague, days):
    hand_over(week, colleague)
    other = make_user(Role.OFFICER, week.territories.get())
    first, last = (today() + timedelta(days=n) for n in days)
    assert refused(week, other, starts_on=first, ends_on=last) == "overlap"


def test_one_leave_after_the_other(week, colleague):
    hand_over(week, colleague)
    after = today() + timedelta(days=7)
    other = make_user(Role.OFFICER, week.territories.get())
    assert hand_over(week, other, starts_on=after, ends_on=after).colleague == other


def test_nobody_who_is_away_stands_in(week, colleague):
    """Neither the one who left for another, nor another for one who left."""
    third = make_user(Role.OFFICER, week.territories.get())
    hand_over(week, colleague)
    days = {"starts_on": today(), "ends_on": today()}
    for absent, stand_in in ((third, week.officer), (colleague, third)):
        with pytest.raises(CoverRefusal) as refusal:
            cover.hand_over(absent, stand_in, by=absent, **days)
        assert refusal.value.code == "overlap"


def test_dates_that_cannot_be_meant_are_refused(week, colleague):
    yesterday = today() - timedelta(days=1)
    assert refused(week, colleague, ends_on=yesterday) == "dates"
    assert refused(week, colleague, starts_on=yesterday, ends_on=yesterday) == "dates"


def test_nobody_stands_in_for_herself(week):
    assert refused(week, week.officer) == "who"


def test_the_officer_or_a_manager_of_hers_decides(week, colleague):
    manager = make_user(Role.MANAGER, week.territories.get())
    stranger = make_user(Role.MANAGER, make_territory())
    for by in (colleague, stranger):
        assert refused(week, colleague, by=by) == "who"
    assert hand_over(week, colleague, by=manager).created_by == manager


def test_it_is_taken_back_before_it_begins_and_ends_tonight_after(week, colleague):
    later = today() + timedelta(days=3)
    cover.end(hand_over(week, colleague, starts_on=later, ends_on=later))
    assert Cover.objects.count() == 0
    begun = hand_over(week, colleague)
    Cover.objects.update(starts_on=today() - timedelta(days=2))
    begun.refresh_from_db()
    assert cover.end(begun) == "Le remplacement finit ce soir."
    begun.refresh_from_db()
    assert begun.ends_on == today()


def test_each_sees_the_hand_overs_that_concern_her(week, colleague):
    made = hand_over(week, colleague)
    manager = make_user(Role.MANAGER, week.territories.get())
    stranger = make_user(Role.OFFICER, week.territories.get())
    for user in (week.officer, colleague, manager):
        assert list(cover.covers_for(user)) == [made]
    for user in (stranger, make_user(Role.MANAGER, make_territory())):
        assert list(cover.covers_for(user)) == []


def test_what_the_absent_officer_had_not_sent_is_accepted(week, colleague):
    """Filled in before her leave, sent during it; and the colleague's own the same day."""
    hand_over(week, colleague)
    for by, senior in zip((week.officer, colleague), people_of(week), strict=True):
        entry = week.entries.get(senior=senior)
        sent = {
            "uid": str(uuid.uuid4()),
            "senior": str(senior.uid),
            "entry": entry.pk,
            "made_on": (today() - timedelta(days=1)).isoformat(),
            "outcome": "done",
            "channel": "phone",
            "version": form.VERSION,
            "content": {"present.senior": 1, "consent.visit": 1},
        }
        made = record_visit(sent, by=by)
        assert (made.is_new, made.visit.made_by, made.visit.entry) == (True, by, entry)
