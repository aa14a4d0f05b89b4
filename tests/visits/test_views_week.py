"""The page of the week: every gesture, its undo, its refusal."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from tests.visits.week_pages import address, moments, plan, post, report, undo
from tests.visits.weekly import add_person, make_week, today
from visits.agenda import planning
from visits.agenda.weeks import monday_of
from visits.enums import Slot
from visits.models import Appointment, Neighbour

pytestmark = pytest.mark.django_db


def test_the_page_shows_each_half_day_in_order_and_who_waits(client, officer, week):
    first, second = plan(week, 1), plan(week, 0, slot=Slot.AFTERNOON)
    shown = client.get(address("week-show", week=week)).context["week"]
    halves = shown.days[0].half_days
    assert [[card.appointment for card in half.cards] for half in halves] == [[first], [second]]
    assert [card.entry for card in shown.tray] == list(week.entries.all()[2:])
    assert len(shown.days) == 5


def test_a_weekend_is_shown_only_with_someone_on_it(client, officer, week):
    plan(week, day=week.starts_on + timedelta(days=5))
    shown = client.get(address("week-show", week=week)).context["week"]
    assert [day.day.weekday() for day in shown.days] == [0, 1, 2, 3, 4, 5]


def test_the_page_of_today_shows_today_first(client, officer):
    shown = client.get(reverse("visits:week-show")).context["week"]
    names = [day.name for day in shown.days]
    expected = today().isoformat()
    assert shown.shown == (expected if expected in names else names[0])


@pytest.mark.parametrize("asked", ["a-placer", "n’importe quoi", "2026-13-45"])
def test_a_day_asked_for_is_shown_if_the_week_has_it(client, officer, week, asked):
    shown = client.get(address("week-show", week=week, jour=asked)).context["week"]
    assert shown.shown == (asked if asked == "a-placer" else week.starts_on.isoformat())


def test_the_page_reads_as_much_for_one_as_for_many(client, django_assert_num_queries):
    for people in (3, 30):
        week = make_week(people)
        for n in range(people // 2):
            plan(week, n, day=week.starts_on + timedelta(days=n % 5))
        client.force_login(week.officer)
        with django_assert_num_queries(QUERIES):
            client.get(address("week-show", week=week))


QUERIES = 18


def test_placed_moved_and_cancelled_from_the_page(client, officer, week):
    entry = week.entries.first()
    day = week.starts_on + timedelta(days=2)
    made = {"entry": entry.pk, "day": day, "slot": "morning", "hour": "10:30"}
    answer = post(client, "week-plan", week=week, **made)
    assert answer.status_code == 200
    one = Appointment.objects.get()
    assert (one.day, f"{one.starts_at:%H:%M}", one.entry) == (day, "10:30", entry)
    post(client, "week-move", one.uid, week=week, day=day, slot="afternoon", hour="", place=0)
    assert moments() == [(one.senior_id, day, "afternoon", None)]
    answer = post(client, "week-cancel", one.uid, week=week)
    assert moments() == []
    assert "Rendez-vous annulé." in answer.content.decode()


def test_drawn_within_its_half_day_it_keeps_its_hour(client, officer, week):
    plan(week, 1)
    one = plan(week, 0, starts_at=time(10))
    fields = {"day": one.day, "slot": one.slot, "place": 0}
    post(client, "week-move", one.uid, week=week, **fields)
    assert moments()[0] == (one.senior_id, one.day, "morning", time(10))
    post(client, "week-move", one.uid, week=week, **fields | {"slot": "afternoon"})
    assert moments()[1] == (one.senior_id, one.day, "afternoon", None)


@pytest.mark.parametrize("htmx", [True, False])
def test_each_gesture_is_undone_from_the_page(client, officer, week, htmx):
    """Plan, move, cancel, tell, propose, order: what stood before stands again."""
    first, second, third = plan(week, 2), plan(week, 0), plan(week, 1)
    monday = week.starts_on
    gestures = [
        ("week-plan", (), {"entry": week.entries.last().pk, "day": monday, "slot": "morning"}),
        ("week-move", (second.uid,), {"day": monday, "slot": "afternoon", "hour": "15:00"}),
        ("week-move", (third.uid,), {"day": monday, "slot": "morning", "place": 0}),
        ("week-tell", (), {"uid": [first.uid, second.uid], "how": "phone"}),
        ("week-propose", (), {"list": week.uid}),
        ("week-order", (), {"day": monday}),
    ]
    before = moments()
    for name, args, fields in gestures:
        answer = post(client, name, *args, week=week, htmx=htmx, **fields)
        if not htmx:
            answer = client.get(answer["Location"])
        assert answer.context["said"], name
        undo(client, answer, week, htmx=htmx)
        assert moments() == before, name
        assert not Appointment.objects.exclude(told="").exists()


def test_what_was_cancelled_is_placed_again(client, officer, week):
    one = plan(week)
    answer = post(client, "week-cancel", one.uid, week=week)
    undo(client, answer, week)
    assert moments() == [(one.senior_id, one.day, "morning", None)]
    assert planning.standing().get().entry == one.entry


@pytest.mark.parametrize("gesture", ["week-move", "week-cancel"])
def test_undone_she_is_still_told_of_the_day_she_was(client, officer, week, gesture):
    one = plan(week)
    yesterday = today() - timedelta(days=1)
    planning.tell([one], how="letter", on=yesterday, by=officer)
    plan(week, 1)
    fields = {"day": one.day, "slot": "afternoon"} if gesture == "week-move" else {}
    answer = post(client, gesture, one.uid, week=week, **fields)
    assert not planning.standing().exclude(told="").exists()
    undo(client, answer, week)
    back = planning.standing().order_by(*planning.IN_ORDER).first()
    assert (back.senior, back.slot) == (one.senior, "morning")
    assert (back.told, back.told_on) == ("letter", yesterday)


def test_a_refusal_is_said_and_changes_nothing(client, officer, week):
    one = plan(week)
    yesterday = today() - timedelta(days=1)
    answer = post(client, "week-move", one.uid, week=week, day=yesterday, slot="morning")
    assert (answer.status_code, moments()[0][1]) == (422, one.day)
    assert "Ce jour est passé" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"day": "jamais", "slot": "morning"}, "date"),
        ({"slot": "morning"}, "Choisissez un jour."),
        ({"day": "2026-12-01"}, "Choisissez le matin ou l’après-midi."),
        ({"day": "2026-12-01", "slot": "morning", "hour": "tôt"}, "Écrivez l’heure comme 10:30."),
        ({"day": "2026-12-01", "slot": "morning", "place": "-1"}, "0"),
    ],
)
def test_what_cannot_be_read_is_refused(client, officer, week, fields, said):
    answer = post(client, "week-plan", week=week, entry=week.entries.first().pk, **fields)
    assert (answer.status_code, moments()) == (422, [])
    assert said in answer.context["refused"]


@pytest.mark.parametrize("sent", ["", "x", "999999", "9" * 40, "\x00", "-1"])
def test_who_cannot_be_found_is_not_found(client, officer, week, sent):
    made = {"day": week.starts_on, "slot": "morning"}
    for name in ("entry", "senior"):
        assert post(client, "week-plan", week=week, **made, **{name: sent}).status_code == 404
    assert post(client, "week-outcome", week=week, entry=sent, outcome="absent").status_code == 404
    assert client.get(reverse("visits:week-show"), {"pour": sent or "x"}).status_code == 404


def test_a_neighbour_is_added_to_the_same_half_day(client, officer, week):
    one = plan(week)
    home = one.senior.dwelling
    beside = add_person(week, residence=home.residence).senior
    week.entries.filter(senior=beside).delete()
    Neighbour.objects.create(
        visit_list=week, near=one.entry, senior=beside, closeness=2, reason="88 ans, seule."
    )
    page = client.get(address("week-show", week=week)).context["week"]
    (card,) = page.days[0].cards
    assert [near.senior for near in card.near] == [beside]
    answer = post(
        client, "week-plan", week=week, senior=beside.uid, day=one.day, slot=one.slot,
        place=card.next_place,
    )  # fmt: skip
    assert [who for who, *_ in moments()] == [one.senior_id, beside.pk]
    shown = answer.context["week"].days[0].cards
    assert (shown[1].reason, list(shown[0].near)) == ("88 ans, seule.", [])


def test_the_piece_is_the_page_it_stands_in(client, officer, week):
    plan(week)
    page = client.get(address("week-show", week=week)).content.decode()
    piece = client.get(
        address("week-show", week=week), headers={"HX-Request": "true"}
    ).content.decode()
    token = 'name="csrfmiddlewaretoken" value="'

    def plain(text: str) -> str:
        parts = text.split(token)
        return token.join([parts[0], *(part[64:] for part in parts[1:])]).strip()

    assert plain(piece) in plain(page)


def test_a_published_list_leads_to_its_week(client, officer, week):
    """Whichever week of the year it is."""
    page = client.get(reverse("visits:list-show", args=[week.uid])).content.decode()
    (named,) = re.findall(r"semaine=([\w-]+)\"", page)
    assert monday_of(named, otherwise=today()) == week.starts_on


def test_a_person_merged_since_keeps_her_appointment(client, officer, week):
    """She was two records: everything is said of the one kept, and counts once."""
    one = plan(week)
    kept = add_person(week).senior
    kept.last_name = "ABGRALL"
    kept.save()
    one.senior.merged_into = kept
    one.senior.save()
    page = client.get(address("week-show", week=week))
    assert [card.senior for card in page.context["week"].cards] == [kept]
    assert kept.pk not in [card.senior.pk for card in page.context["week"].tray]
    assert "ABGRALL" in page.context["week"].cards[0].sms
    for name in ("week-letter", "week-event"):
        assert client.get(reverse(f"visits:{name}", args=[one.uid])).status_code == 200
    report(one.senior)
    assert client.get(reverse("home")).context["board"].shown[0].since.appointment == one
