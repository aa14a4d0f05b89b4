"""Who opens whose week, and who changes it: officers, managers, stand-ins."""

from datetime import timedelta

import pytest
from django.urls import reverse

from seniors.enums import Role
from seniors.models import User
from tests.make import make_territory, make_user
from tests.visits.week_pages import address, moments, plan, post
from tests.visits.weekly import make_week, people_of, today
from visits.agenda import cover, planning
from visits.agenda.weeks import monday_of, week_name
from visits.models import Appointment, Cover, Visit, VisitList

pytestmark = pytest.mark.django_db


def gestures(week: VisitList, one: Appointment) -> list[tuple[str, tuple, dict]]:
    """Every gesture on one person's appointment, as its officer would make it."""
    moment = {"day": week.starts_on + timedelta(days=1), "slot": "morning"}
    return [
        ("week-move", (one.uid,), moment),
        ("week-cancel", (one.uid,), {}),
        ("week-plan", (), {"entry": one.entry_id, **moment}),
        ("week-propose", (), {"list": week.uid}),
        ("week-outcome", (), {"appointment": one.uid, "outcome": "absent"}),
    ]


@pytest.mark.parametrize("who", ["stranger", "colleague", "manager elsewhere"])
def test_nobody_else_changes_an_officers_week(client, week, at_her_door, who):
    territory = week.territories.get()
    user = {
        "stranger": lambda: make_user(Role.OFFICER, make_territory()),
        "colleague": lambda: make_user(Role.OFFICER, territory),
        "manager elsewhere": lambda: make_user(Role.MANAGER, make_territory()),
    }[who]()
    client.force_login(user)
    before = moments()
    for name, args, fields in gestures(week, at_her_door):
        assert post(client, name, *args, week=week, **fields).status_code == 404, name
    for name in ("week-letter", "week-event"):
        assert client.get(reverse(f"visits:{name}", args=[at_her_door.uid])).status_code == 404
    asked = {"pour": week.officer.pk}
    for name in ("week-show", "week-letters", "week-calendar", "week-round"):
        assert client.get(reverse(f"visits:{name}"), asked).status_code == 404, name
    post(client, "week-tell", week=week, uid=at_her_door.uid, how="phone")
    post(client, "week-take-back", week=week, uid=at_her_door.uid)
    assert (moments(), Visit.objects.count()) == (before, 0)
    assert planning.standing().get().told == ""


def test_the_manager_sees_and_changes_the_weeks_of_her_officers(client, week):
    one = plan(week)
    manager = make_user(Role.MANAGER, week.territories.get())
    client.force_login(manager)
    page = client.get(address("week-show", week=week, pour=week.officer.pk))
    assert [card.appointment for card in page.context["week"].cards] == [one]
    assert week.officer in page.context["officers"]
    answer = post(client, "week-cancel", one.uid, week=week)
    assert (answer.status_code, moments()) == (200, [])


def test_someone_who_moved_away_is_no_longer_seen(client, officer, week):
    one = plan(week)
    one.senior.dwelling = make_week(1).entries.get().senior.dwelling
    one.senior.save()
    page = client.get(address("week-show", week=week))
    assert page.context["week"].cards == []
    assert post(client, "week-cancel", one.uid, week=week).status_code == 404


@pytest.fixture
def colleague(week) -> User:
    """Another officer of the territory."""
    return make_user(Role.OFFICER, week.territories.get(), first_name="Erwan", last_name="Tanguy")


def test_the_stand_in_sees_and_works_on_the_week(client, week, colleague):
    one = plan(week)
    cover.hand_over(week.officer, colleague, starts_on=today(), ends_on=today(), by=week.officer)
    client.force_login(colleague)
    page = client.get(address("week-show", week=week, pour=week.officer.pk))
    assert [card.appointment for card in page.context["week"].cards] == [one]
    assert client.get(reverse("visits:list-show", args=[week.uid])).status_code == 200
    answer = client.post(
        address("week-cancel", one.uid, week=week, pour=week.officer.pk),
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, moments()) == (200, [])


def test_a_hand_over_is_said_on_screen_and_ended(client, week, colleague, officer):
    fields = {"officer": officer.pk, "colleague": colleague.pk}
    fields |= {"starts_on": today(), "ends_on": today() + timedelta(days=6)}
    assert client.post(reverse("visits:cover-list"), fields).status_code == 302
    made = Cover.objects.get()
    assert (made.colleague, made.created_by) == (colleague, officer)
    assert "Erwan Tanguy" in client.get(reverse("visits:cover-list")).content.decode()
    client.post(reverse("visits:cover-end", args=[made.pk]))
    assert Cover.objects.count() == 0


def test_the_stand_in_does_not_end_it(client, week, colleague):
    made = cover.hand_over(
        week.officer, colleague, starts_on=today(), ends_on=today(), by=week.officer
    )
    client.force_login(colleague)
    assert client.post(reverse("visits:cover-end", args=[made.pk])).status_code == 404


def test_a_refused_hand_over_says_why(client, week, officer):
    elsewhere = make_user(Role.OFFICER, make_territory())
    fields = {"officer": officer.pk, "colleague": elsewhere.pk}
    fields |= {"starts_on": today(), "ends_on": today()}
    answer = client.post(reverse("visits:cover-list"), fields)
    assert (answer.status_code, Cover.objects.count()) == (422, 0)


def test_a_manager_chooses_a_week_with_what_it_holds(client, week, django_assert_num_queries):
    territory = week.territories.get()
    manager = make_user(Role.MANAGER, territory)
    plan(week, 0)
    plan(week, 1)
    done, left = plan(week, 2, day=today()), plan(week, 3, day=today())
    Appointment.objects.filter(pk__in=[done.pk, left.pk]).update(day=week.starts_on - timedelta(7))
    client.force_login(manager)
    page = client.get(address("week-show", week=week))
    assert "Semaine" in page.content.decode()
    found = {one.officer: (one.visits, one.today) for one in page.context["choices"]}
    assert found == {week.officer: (2, 0), manager: (0, 0)}
    (theirs,) = [one for one in page.context["choices"] if one.officer == week.officer]
    opened = client.get(f"{reverse('visits:week-show')}?{theirs.query}").context["week"]
    assert (opened.officer, opened.monday) == (week.officer, week.starts_on)


def test_a_choice_of_weeks_counts_the_past_visits_nobody_told_of(client, week):
    manager = make_user(Role.MANAGER, week.territories.get())
    rows = [plan(week, n, day=today()) for n in range(2)]
    past = today() - timedelta(days=7)
    Appointment.objects.update(day=past)
    Visit.objects.create(
        senior=rows[0].senior, made_on=past, outcome="absent", made_by=week.officer
    )
    client.force_login(manager)
    page = client.get(
        reverse("visits:week-show"), {"semaine": week_name(monday_of(None, otherwise=past))}
    )
    counted = {one.officer: (one.visits, one.untold) for one in page.context["choices"]}
    assert counted[week.officer] == (2, 1)


def test_a_choice_of_weeks_asks_as_much_for_one_as_for_many(client, django_assert_num_queries):
    territory = make_territory()
    manager = make_user(Role.MANAGER, territory)
    client.force_login(manager)
    for people in (1, 10):
        for _ in range(people):
            make_user(Role.OFFICER, territory)
        with django_assert_num_queries(CHOICE_QUERIES):
            client.get(reverse("visits:week-show"))


CHOICE_QUERIES = 11


def test_her_own_week_stays_open_to_a_manager_through_its_gestures(client, week):
    manager = make_user(Role.MANAGER, week.territories.get())
    client.force_login(manager)
    made = {"senior": people_of(week)[0].uid, "day": week.starts_on, "slot": "morning"}
    answer = post(client, "week-plan", week=week, htmx=False, **made)
    page = client.get(answer["Location"])
    assert page.context["week"].officer == manager
    assert page.context["said"]
    assert f"pour={manager.pk}" in page.context["week"].query
