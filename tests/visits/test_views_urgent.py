"""Urgent signals on top of the week and of the first page, as soon as they arrive."""

import pytest
from django.urls import reverse

from tests.visits.week_pages import moments, plan, post, report
from tests.visits.weekly import make_week, people_of, today
from visits.enums import Slot
from visits.models import Appointment, Visit

pytestmark = pytest.mark.django_db


def polled(client, page) -> object:
    """What the page gets when it asks again."""
    board = page.context["board"]
    return client.get(
        reverse("visits:week-urgent"), {"vu": board.mark, "nombre": board.count},
        headers={"HX-Request": "true"},
    )  # fmt: skip


def test_an_urgent_signal_appears_when_it_arrives_and_is_sent_once(client, officer, week):
    page = client.get(reverse("visits:week-show"))
    assert polled(client, page).status_code == 204
    report(people_of(week)[0])
    answer = polled(client, page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Un nouveau signalement urgent" in text
    assert "Placer aujourd’hui" in text
    assert polled(client, answer).status_code == 204


def test_the_first_page_shows_it_too(client, officer, week):
    report(people_of(week)[0])
    assert "1 signalement urgent" in client.get(reverse("home")).content.decode()


def test_placed_today_it_is_answered_for_and_comes_first(client, officer, week):
    plan(week, 1, day=today(), slot=Slot.AFTERNOON)
    signal = report(people_of(week)[0])
    post(
        client, "week-plan", week=week, senior=people_of(week)[0].uid, signal=signal.uid,
        day=today(), slot="afternoon", place=0,
    )  # fmt: skip
    signal.refresh_from_db()
    assert signal.taken_by == officer
    assert [who for who, *_ in moments()] == [people_of(week)[0].pk, people_of(week)[1].pk]
    board = client.get(reverse("visits:week-show")).context["board"]
    assert board.shown[0].since.is_for_today


def test_placed_from_the_first_page_one_stays_there(client, officer, week):
    signal = report(people_of(week)[0])
    fields = {"senior": people_of(week)[0].uid, "signal": signal.uid, "back": "home"}
    fields |= {"day": today(), "slot": "afternoon"}
    answer = post(client, "week-plan", week=week, htmx=False, **fields)
    assert answer["Location"] == reverse("home")
    assert Appointment.objects.get().day == today()


def test_a_signal_answered_by_a_visit_asks_what_came_of_it(client, officer, week):
    senior = people_of(week)[0]
    report(senior)
    Visit.objects.create(senior=senior, made_on=today(), outcome="done", made_by=officer)
    page = client.get(reverse("visits:week-show"))
    assert page.context["board"].shown[0].since.is_done
    assert "Dire la suite" in page.content.decode()
    assert "Placer aujourd’hui" not in page.content.decode()


def test_the_board_reads_as_much_for_one_as_for_many(client, django_assert_num_queries):
    for people in (1, 9):
        week = make_week(people)
        for senior in people_of(week):
            report(senior)
        client.force_login(week.officer)
        with django_assert_num_queries(BOARD_QUERIES[people]):
            client.get(reverse("visits:week-urgent"))


# One more counts those that are not shown.
BOARD_QUERIES = {1: 7, 9: 8}
