"""Urgent signals on top of the week and of the first page, as soon as they arrive."""

import pytest
from django.db import connection
from django.urls import reverse

from seniors.enums import Role
from tests.make import make_user
from tests.visits.week_pages import moments, plan, post, report
from tests.visits.weekly import make_week, people_of, today
from visits.enums import Slot
from visits.field_watch import watch
from visits.models import Appointment, Signal, SignalSeen, Visit

pytestmark = pytest.mark.django_db


def polled(client, page, **changes) -> object:
    """What the page gets when it asks again."""
    board = page.context["board"]
    asked = {"pouls": board.pulse, "vu": board.mark, "dernier": board.newest} | changes
    return client.get(reverse("visits:week-urgent"), asked, headers={"HX-Request": "true"})


def names(board) -> list:
    """Whom the board is about, in order, with whether it is new."""
    return [(one.person, one.is_new) for one in board.shown]


def test_an_urgent_signal_appears_when_it_arrives_and_is_sent_once(client, officer, week):
    page = client.get(reverse("visits:week-show"))
    assert polled(client, page).status_code == 204
    report(people_of(week)[0])
    answer = polled(client, page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in text
    assert f"courrier qui s’accumule, {people_of(week)[0].full_name}." in text
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


def test_the_latest_comes_first_until_it_is_seen_then_the_oldest(client, officer):
    """With more than fit, the newest is on top at once, and every one can be reached."""
    week = make_week(8)
    client.force_login(week.officer)
    people = people_of(week)
    signals = [report(one) for one in people[:7]]
    page = client.get(reverse("visits:week-show"))
    board = page.context["board"]
    assert names(board) == [(one, True) for one in people[6:1:-1]]
    assert (board.count, board.unseen, board.more) == (7, 7, 2)
    assert "Voir les 7 signalements urgents" in page.content.decode()
    posted = {"signal": [one.signal.uid for one in board.new]}
    seen = client.post(reverse("visits:week-urgent-see"), posted, headers={"HX-Request": "true"})
    assert names(seen.context["board"])[:2] == [(people[1], True), (people[0], True)]
    assert names(seen.context["board"])[2:] == [(one, False) for one in people[2:5]]
    last = report(people[7])
    board = polled(client, seen).context["board"]
    assert (names(board)[0], board.unseen, board.newest) == ((people[7], True), 3, last.pk)
    # Its page, once read, says so; a colleague has seen none.
    opened = client.get(reverse("visits:signal-show", args=[last.uid])).content.decode()
    assert SignalSeen.objects.filter(signal=last).count() == 0
    assert f'hx-vals=\'{{"signal": "{last.uid}"}}\' hx-trigger="load"' in opened
    client.post(reverse("visits:week-urgent-see"), {"signal": last.uid})
    assert client.get(reverse("home")).context["board"].unseen == 2
    assert SignalSeen.objects.filter(signal=signals[6]).count() == 1
    client.force_login(make_user(Role.MANAGER, week.territories.get()))
    assert client.get(reverse("home")).context["board"].unseen == 8


def test_what_one_answers_for_is_not_new(client, officer, week):
    signal = report(people_of(week)[0])
    watch.take(signal, by=officer)
    assert client.get(reverse("home")).context["board"].unseen == 0


@pytest.mark.parametrize("htmx", [True, False])
def test_seen_one_stays_on_the_page_one_was_on(client, officer, week, htmx):
    signal = report(people_of(week)[0])
    headers = {"HX-Request": "true"} if htmx else {}
    posted = {"signal": signal.uid, "back": "home"}
    answer = client.post(reverse("visits:week-urgent-see"), posted, headers=headers)
    page = answer if htmx else client.get(answer["Location"])
    assert page.context["board"].unseen == 0
    if htmx:
        assert "retour=home" in page.content.decode()


@pytest.mark.parametrize("change", ["new", "taken", "closed", "matched"])
def test_whatever_changes_reaches_the_page(client, officer, week, change):
    people = people_of(week)
    signal = report(None, residence=people[0].dwelling.residence)
    page = client.get(reverse("visits:week-show"))
    assert polled(client, page).status_code == 204
    {
        "new": lambda: report(people[1]),
        "taken": lambda: watch.take(signal, by=make_user()),
        "closed": lambda: watch.close(signal, outcome="fine", by=officer),
        "matched": lambda: watch.match(signal, people[2], by=officer),
    }[change]()
    assert polled(client, page).status_code == 200


def test_a_page_of_another_territory_is_not_disturbed(client, officer, week):
    """It only learns the new pulse, in a piece that shows nothing."""
    page = client.get(reverse("visits:week-show"))
    report(people_of(make_week(1))[0])
    answer = polled(client, page)
    assert answer["HX-Retarget"] == "#urgent-pulse"
    assert "signalement" not in answer.content.decode()
    assert polled(client, answer).status_code == 204


def test_once_a_minute_ages_and_visits_are_looked_at_whole(client, officer, week):
    """A visit made changes the board, and not the pulse."""
    senior = people_of(week)[0]
    report(senior)
    page = client.get(reverse("visits:week-show"))
    Visit.objects.create(senior=senior, made_on=today(), outcome="done", made_by=officer)
    board = page.context["board"]
    assert polled(client, page).status_code == 204
    asked = {"vu": board.mark, "dernier": board.newest}
    answer = client.get(reverse("visits:week-urgent"), asked)
    assert "Dire la suite" in answer.content.decode()
    assert 'role="alert"' not in answer.content.decode()


def test_an_unchanged_page_costs_one_query_beside_the_session(
    client, officer, week, django_assert_num_queries
):
    """Every five seconds, for each open page: who asks (2), then one aggregate on one index."""
    for senior in people_of(week):
        report(senior)
    page = client.get(reverse("visits:week-show"))
    with django_assert_num_queries(3) as asked:
        assert polled(client, page).status_code == 204
    assert sum("visits_signal" in one["sql"] for one in asked.captured_queries) == 1


def test_the_pulse_reads_the_index_of_open_urgent_signals():
    plan = Signal.objects.filter(urgency="now", closed_on=None).values("pk").explain()
    assert connection.vendor != "sqlite" or "signal_urgent" in plan


def test_the_board_reads_as_much_for_one_as_for_many(client, django_assert_num_queries):
    for people in (1, 9):
        week = make_week(people)
        for senior in people_of(week):
            report(senior)
        client.force_login(week.officer)
        with django_assert_num_queries(BOARD_QUERIES):
            client.get(reverse("visits:week-urgent"))


BOARD_QUERIES = 9


# --- on the phone


def test_the_phone_is_told_without_anyones_name(client, officer, week):
    """Its page may be open before the code is typed."""
    url = reverse("visits:field-urgent")
    senior = people_of(week)[0]
    empty = client.get(url).json()
    assert (empty["count"], empty["signals"]) == (0, [])
    report(senior, kind="fall", what="Mme Le Goff est tombée")
    told = client.get(url, {"pouls": empty["pulse"]}).json()
    (one,) = told["signals"]
    assert (one["what"], one["where"]) == ("chute", str(senior.dwelling.residence))
    assert (one["is_new"], told["unseen"], told["newest"]) == (True, 1, Signal.objects.get().pk)
    assert senior.last_name not in str(told)
    assert client.get(url, {"pouls": told["pulse"]}).status_code == 204


def test_the_phone_without_a_session_is_told_to_log_in(client):
    answer = client.get(reverse("visits:field-urgent"))
    assert (answer.status_code, answer.json()["login"]) == (401, reverse("login"))
