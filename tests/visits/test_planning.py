"""Appointments: who may be expected when, in which order, and who was told."""

import random
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import Objection
from tests.make import make_residence, make_senior, make_user
from tests.visits.weekly import add_person, make_visit, make_week, people_of, today
from visits.agenda import mutes, outcomes, planning, tray
from visits.agenda.appointment_rules import PlanRefusal, standing
from visits.agenda.weeks import week_name
from visits.enums import Slot
from visits.models import Appointment, VisitList

pytestmark = pytest.mark.django_db
PROPOSED_IN = 10
MORNING, AFTERNOON = Slot.MORNING, Slot.AFTERNOON


@pytest.fixture
def week() -> VisitList:
    """A published list of four people for a week to come."""
    return make_week(4)


def plan(week: VisitList, n: int = 0, **fields) -> Appointment:
    """The person of that number expected on the Monday morning, unless told otherwise."""
    fields = {"day": week.starts_on, "slot": MORNING, "by": week.officer} | fields
    fields = {"officer": week.officer, "entry": week.entries.all()[n]} | fields
    return planning.plan(people_of(week)[n], **fields)


def refused(gesture, *args, **fields) -> str:
    """The code of the refusal of a gesture, after which nothing stands that did not before."""
    before = list(Appointment.objects.values())
    with pytest.raises(PlanRefusal) as refusal:
        gesture(*args, **fields)
    assert list(Appointment.objects.values()) == before
    assert str(refusal.value).endswith(".")
    return refusal.value.code


def round_of(week: VisitList, slot: str = MORNING, day: int = 0) -> list[int]:
    """Numbers of the people of that half-day, in order."""
    numbers = {senior.pk: n for n, senior in enumerate(people_of(week))}
    rows = standing().filter(slot=slot, day=week.starts_on + timedelta(days=day))
    return [numbers[one.senior_id] for one in rows.order_by(*planning.IN_ORDER)]


def test_each_new_appointment_ends_the_round_of_its_half_day(week):
    plan(week, 2)
    plan(week, 0)
    plan(week, 1, slot=AFTERNOON)
    assert (round_of(week), round_of(week, AFTERNOON)) == ([2, 0], [1])


def test_an_appointment_may_be_for_today(week):
    assert plan(week, day=today(), slot=AFTERNOON).day == today()


def test_a_day_gone_by_is_refused(week):
    assert refused(plan, week, day=today() - timedelta(days=1)) == "past"


@pytest.mark.parametrize(
    ("slot", "hour", "fine"),
    [
        (MORNING, time(8), True),
        (MORNING, time(7, 59), False),
        (MORNING, time(12, 59), True),
        (MORNING, time(13), False),
        (AFTERNOON, time(13), True),
        (AFTERNOON, time(19), True),
        (AFTERNOON, time(19, 1), False),
    ],
)
def test_nobody_rings_too_early_or_too_late(week, slot, hour, fine):
    if fine:
        assert plan(week, slot=slot, starts_at=hour).starts_at == hour
    else:
        assert refused(plan, week, slot=slot, starts_at=hour) == "slot"


def test_an_unknown_half_day_is_refused(week):
    assert refused(plan, week, slot="evening") == "slot"


def test_two_people_never_wait_at_the_same_hour(week):
    plan(week, 0, starts_at=time(10))
    assert refused(plan, week, 1, starts_at=time(10)) == "hour"
    assert plan(week, 1, day=week.starts_on + timedelta(days=1), starts_at=time(10))


def test_an_hour_given_up_is_free_again(week):
    planning.cancel(plan(week, 0, starts_at=time(10)), by=week.officer)
    assert plan(week, 1, starts_at=time(10)).starts_at == time(10)


def test_nobody_is_expected_twice_a_day_nor_twice_a_week(week):
    plan(week)
    assert refused(plan, week) == "planned"
    assert refused(plan, week, day=week.starts_on + timedelta(days=2)) == "planned"
    assert plan(week, day=week.starts_on + timedelta(days=7))


def test_an_absence_of_today_leaves_room_for_another_day(week):
    plan(week, day=today())
    outcomes.apply(make_visit(people_of(week)[0], "absent", by=week.officer), by=week.officer)
    again = today() + timedelta(days=1)
    assert plan(week, day=again).day == again


def test_a_second_record_of_one_person_counts_as_hers(week):
    plan(week)
    absorbed = make_senior(people_of(week)[0].dwelling, merged_into=people_of(week)[0])
    gesture = {"officer": week.officer, "by": week.officer, "slot": AFTERNOON}
    assert refused(planning.plan, absorbed, day=week.starts_on, **gesture) == "planned"


def test_the_base_itself_refuses_two_on_one_day(week):
    """What the rule says, the constraint holds when two come at once."""
    appointment = plan(week)
    appointment.pk, appointment.uid = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError), transaction.atomic():
        appointment.save(force_insert=True)


def test_whoever_is_left_in_peace_is_not_expected(week):
    until = week.starts_on
    mutes.mute(people_of(week)[0], why="hospital", until=until, by=week.officer)
    assert refused(plan, week) == "muted"
    assert plan(week, day=until + timedelta(days=1))


def test_whoever_said_no_is_not_expected(week):
    Objection.objects.create(senior=people_of(week)[0], since=today(), reason="non merci")
    assert refused(plan, week) == "objection"


def test_whoever_left_or_lives_elsewhere_is_not_expected(week):
    stranger = make_senior()
    gone = make_senior(ended_on=today(), end="left")
    gesture = {"officer": week.officer, "by": week.officer, "day": today(), "slot": MORNING}
    assert refused(planning.plan, stranger, **gesture) == "elsewhere"
    assert refused(planning.plan, gone, **gesture) == "elsewhere"


def test_an_entry_of_someone_elses_list_is_refused(week):
    colleague = make_user(Role.OFFICER, week.territories.get())
    assert refused(plan, week, officer=colleague, by=colleague) == "officer"


def test_an_entry_of_a_draft_is_refused(week):
    VisitList.objects.update(published_at=None, published_by=None)
    week.refresh_from_db()
    assert refused(plan, week) == "officer"


def test_the_manager_plans_and_a_colleague_does_not(week):
    manager = make_user(Role.MANAGER, week.territories.get())
    colleague = make_user(Role.OFFICER, week.territories.get())
    assert plan(week, by=manager).created_by == manager
    for gesture in (planning.cancel, planning.move):
        fields = {} if gesture is planning.cancel else {"day": week.starts_on, "slot": MORNING}
        assert refused(gesture, Appointment.objects.get(), by=colleague, **fields) == "officer"
    assert refused(plan, week, 1, by=colleague) == "officer"


def test_moved_it_goes_last_or_where_it_is_put(week):
    first, second, third = (plan(week, n) for n in range(3))
    planning.move(third, day=week.starts_on, slot=MORNING, place=0, by=week.officer)
    assert round_of(week) == [2, 0, 1]
    planning.move(first, day=week.starts_on, slot=AFTERNOON, by=week.officer)
    planning.move(second, day=week.starts_on, slot=AFTERNOON, by=week.officer, place=9)
    assert (round_of(week), round_of(week, AFTERNOON)) == ([2], [0, 1])


def test_moved_in_time_she_is_to_be_told_again_and_the_calendar_follows(week):
    appointment = plan(week)
    planning.tell([appointment], how="letter", by=week.officer)
    moved = planning.move(
        appointment, day=week.starts_on, slot=MORNING, starts_at=time(9), by=week.officer
    )
    assert (moved.told, moved.told_on, moved.revision) == ("", None, 1)


def test_moved_in_the_round_only_she_stays_told(week):
    plan(week, 1)
    appointment = plan(week)
    planning.tell([appointment], how="phone", by=week.officer)
    moved = planning.move(appointment, day=week.starts_on, slot=MORNING, place=0, by=week.officer)
    moved.refresh_from_db()
    assert (moved.told, moved.told_on, moved.revision) == ("phone", today(), 0)
    assert round_of(week) == [0, 1]


def test_cancelled_it_stays_in_the_base_and_no_longer_moves(week):
    appointment = planning.cancel(plan(week), by=week.officer)
    assert (appointment.cancelled_by, appointment.revision) == (week.officer, 1)
    assert refused(planning.cancel, appointment, by=week.officer) == "cancelled"
    fields = {"day": week.starts_on, "slot": MORNING, "by": week.officer}
    assert refused(planning.move, appointment, **fields) == "cancelled"


def test_told_then_not_told(week):
    appointment = plan(week)
    assert planning.tell([appointment], how="sms", by=week.officer) == 1
    planning.tell([appointment], how="", by=week.officer)
    appointment.refresh_from_db()
    assert (appointment.told, appointment.told_on) == ("", None)


def test_a_round_is_put_in_order_of_distance(week):
    for n in (0, 3, 1, 2):
        plan(week, n)
    before, after = planning.order_round(week.officer, week.starts_on, by=week.officer)
    assert round_of(week) in ([0, 1, 2, 3], [3, 2, 1, 0])
    assert (round(before / after, 1), round(after, -2)) == (2.0, 3300)


def test_the_afternoon_goes_on_from_where_the_morning_ended(week):
    for n, slot in ((2, AFTERNOON), (3, AFTERNOON), (0, MORNING), (1, MORNING)):
        plan(week, n, slot=slot)
    planning.order_round(week.officer, week.starts_on, by=week.officer)
    assert (round_of(week), round_of(week, AFTERNOON)) in (([0, 1], [2, 3]), ([1, 0], [2, 3]))


def test_hours_that_were_agreed_keep_their_order(week):
    for n, hour in ((0, time(11)), (1, None), (2, time(9)), (3, None)):
        plan(week, n, starts_at=hour)
    planning.order_round(week.officer, week.starts_on, by=week.officer)
    found = round_of(week)
    assert found.index(2) < found.index(0)


@pytest.mark.parametrize("seed", [1, 2, 10, 15, 16])
def test_whatever_is_given_no_day_becomes_longer(seed):
    """In both halves, with or without hours that go forward."""
    chance = random.Random(seed)
    week = make_week(0)
    for slot, first in ((MORNING, 8), (AFTERNOON, 14)):
        hours = iter(range(first, first + 5))
        for _ in range(chance.randint(2, 4)):
            place = {"latitude": 48 + chance.random() / 50, "longitude": -4 + chance.random() / 50}
            entry = add_person(week, **place)
            planning.plan(
                entry.senior, officer=week.officer, day=week.starts_on, slot=slot, entry=entry,
                by=week.officer, starts_at=chance.choice([None, time(next(hours))]),
            )  # fmt: skip
    before, after = planning.order_round(week.officer, week.starts_on, by=week.officer)
    assert after <= before
    kept = planning.standing().filter(starts_at__isnull=False).order_by(*planning.IN_ORDER)
    hours = list(kept.values_list("starts_at", flat=True))
    assert hours == sorted(hours)


def test_hours_that_went_backwards_are_put_forward_though_longer(client, week):
    for n, hour in ((0, time(11)), (1, None), (2, time(9)), (3, None)):
        plan(week, n, starts_at=hour)
    client.force_login(week.officer)
    address = f"{reverse('visits:week-order')}?semaine={week_name(week.starts_on)}"
    page = client.post(address, {"day": week.starts_on}, follow=True).content.decode()
    assert "ordre des heures convenues\u00a0: " in page


def test_an_order_is_written_back_as_it_was(week):
    made = [plan(week, n) for n in (2, 0, 1)]
    planning.order_round(week.officer, week.starts_on, by=week.officer)
    uids = [one.uid for one in made]
    planning.set_order(week.officer, week.starts_on, uids, by=week.officer)
    assert round_of(week) == [2, 0, 1]


def test_there_is_nothing_to_order_on_an_empty_day(week):
    assert refused(planning.order_round, week.officer, today(), by=week.officer) == "empty"


# --- a week proposed


def before_the_week(week: VisitList) -> datetime:
    """The Sunday evening before."""
    return timezone.make_aware(datetime.combine(week.starts_on - timedelta(days=1), time(20)))


def propose(week: VisitList, now: datetime | None = None) -> list[Appointment]:
    """The week as proposed from that moment."""
    return tray.propose_week(week, by=week.officer, now=now or before_the_week(week))


def test_a_week_gives_each_visit_a_half_day_and_leaves_the_end_free(week):
    for _ in range(9):
        add_person(week)
    made = propose(week)
    counts = [len(round_of(week, slot, day)) for day in range(5) for slot in (MORNING, AFTERNOON)]
    assert (len(made), counts) == (13, [2, 2, 2, 2, 2, 2, 1, 0, 0, 0])


def test_urgent_visits_come_first_with_their_neighbours():
    week = make_week(6)
    place = make_residence(week.territories.get())
    urgent = add_person(week, why="urgent", residence=place, latitude=48.9, longitude=-4.0)
    near = add_person(week, residence=place, latitude=48.9, longitude=-4.0)
    propose(week)
    first = standing().filter(day=week.starts_on, slot=MORNING).values_list("entry_id", flat=True)
    assert set(first) >= {urgent.pk}
    days = standing().filter(entry__in=[urgent, near]).values_list("day", flat=True)
    assert set(days) == {week.starts_on}


def test_a_week_is_not_proposed_on_a_public_holiday_nor_in_the_past(week):
    now = timezone.make_aware(datetime.combine(week.starts_on + timedelta(days=2), time(11)))
    made = propose(week, now)
    assert min((one.day, one.slot) for one in made) == (now.date(), AFTERNOON)


def test_what_has_a_day_already_keeps_it(week):
    kept = plan(week, 2, day=week.starts_on + timedelta(days=4), slot=AFTERNOON)
    made = propose(week)
    kept.refresh_from_db()
    assert (len(made), kept.slot, kept.cancelled_at) == (3, AFTERNOON, None)
    assert refused(propose, week) == "nothing"


def test_a_proposal_is_taken_back_save_what_was_told_or_changed(week):
    made = propose(week)
    planning.tell(made[:1], how="phone", by=week.officer)
    assert planning.take_back(made, by=week.officer) == 3
    assert list(Appointment.objects.values_list("pk", flat=True)) == [made[0].pk]


def test_no_week_without_days_left_nor_before_publication(week):
    over = timezone.make_aware(datetime.combine(week.ends_on, time(18)))
    assert refused(propose, week, over) == "no_day"
    VisitList.objects.update(published_at=None, published_by=None)
    week.refresh_from_db()
    assert refused(propose, week) == "draft"


def placed(week: VisitList) -> list[int]:
    """Numbers of those who wait for a day."""
    numbers = {entry.pk: n for n, entry in enumerate(week.entries.all())}
    found = tray.to_place(week.officer, week.starts_on, week.ends_on)
    return [numbers[entry.pk] for entry in found]


def test_the_tray_holds_whoever_waits_for_a_day(week):
    people, officer = people_of(week), week.officer
    plan(week, 0)
    mutes.mute(people[1], why="moved", by=officer)
    make_visit(people[2], "done", by=officer, on=week.starts_on)
    assert placed(week) == [3]


def test_the_tray_leaves_out_the_skipped_the_gone_and_those_who_said_no(week):
    people = people_of(week)
    week.entries.filter(senior=people[0]).update(
        skipped_at=timezone.now(), skipped_by=week.officer, skipped_because="déjà vue"
    )
    people[1].dwelling = make_senior().dwelling
    people[1].save()
    Objection.objects.create(senior=people[2], since=today(), reason="non merci")
    assert placed(week) == [3]


def test_an_absence_comes_back_in_the_tray_from_the_day_to_try_again(week):
    visit = make_visit(people_of(week)[0], "absent", by=week.officer)
    visit.try_again_on = week.ends_on
    visit.save()
    assert placed(week) == [0, 1, 2, 3]
    visit.try_again_on = week.ends_on + timedelta(days=1)
    visit.save()
    assert placed(week) == [1, 2, 3]


def test_a_day_gone_by_without_a_visit_counts_for_nothing(week):
    plan(week, 0)
    Appointment.objects.update(day=today() - timedelta(days=1))
    assert placed(week) == [0, 1, 2, 3]


def test_the_tray_reads_as_much_for_one_as_for_many(django_assert_num_queries):
    one, many = make_week(1), make_week(30)
    for week in (one, many):
        with django_assert_num_queries(1):
            len(placed_rows(week))


def placed_rows(week: VisitList) -> list:
    """The rows themselves."""
    return list(tray.to_place(week.officer, week.starts_on, week.ends_on))


def test_a_week_is_proposed_in_as_many_queries_for_few_as_for_many(django_assert_num_queries):
    few, many = make_week(2), make_week(30)
    for week in (few, many):
        with django_assert_num_queries(PROPOSED_IN):
            propose(week)
