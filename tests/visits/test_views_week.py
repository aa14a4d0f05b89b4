"""The page of the week: every gesture, its undo, its refusal, and who may make it."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from seniors.enums import Role
from seniors.models import AccessLog, User
from tests.make import make_territory, make_user
from tests.visits.weekly import add_person, make_week, people_of, today
from visits.agenda import cover, mutes, planning
from visits.agenda.weeks import monday_of, week_name
from visits.enums import Slot
from visits.models import Appointment, Cover, Mute, Neighbour, Signal, Visit, VisitList

pytestmark = pytest.mark.django_db


@pytest.fixture
def week() -> VisitList:
    """Four people for a week to come."""
    return make_week(4)


@pytest.fixture
def officer(week, client) -> User:
    """Its officer, logged in."""
    client.force_login(week.officer)
    return week.officer


def plan(week: VisitList, n: int = 0, **fields) -> Appointment:
    """The person of that number expected on the Monday morning, unless told otherwise."""
    fields = {"day": week.starts_on, "slot": Slot.MORNING, "by": week.officer} | fields
    entry = week.entries.all()[n]
    return planning.plan(entry.senior, officer=week.officer, entry=entry, **fields)


def address(name: str, *args, week: VisitList | None = None, **query) -> str:
    """The address of a gesture, from the page of that week."""
    if week:
        query["semaine"] = week_name(week.starts_on)
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(f'visits:{name}', args=args)}?{words}"


def post(client, name: str, *args, week: VisitList, htmx: bool = True, **fields):
    """A gesture as the page sends it."""
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(address(name, *args, week=week), fields, headers=headers)


def undo(client, answer, week: VisitList, *, htmx: bool = True):
    """Send back what the page offers to undo the gesture."""
    offered = answer.context["undo"]
    fields: dict[str, list[str]] = {}
    for name, value in offered["fields"]:
        fields.setdefault(name, []).append(value)
    headers = {"HX-Request": "true"} if htmx else {}
    query = f"?semaine={week_name(week.starts_on)}"
    return client.post(offered["url"] + query, fields, headers=headers)


def moments() -> list[tuple]:
    """(person, day, slot, hour) of what stands, in order."""
    rows = planning.standing().order_by(*planning.IN_ORDER)
    return list(rows.values_list("senior_id", "day", "slot", "starts_at"))


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


QUERIES = 15


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


# --- outcomes


@pytest.fixture
def at_her_door(week) -> Appointment:
    """An appointment of today."""
    return plan(week, day=today())


def test_an_outcome_is_one_tap_and_says_its_consequence(client, officer, week, at_her_door):
    answer = post(
        client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="hospital"
    )
    visit = Visit.objects.get()
    assert (visit.outcome, visit.made_on, visit.entry) == ("hospital", today(), at_her_door.entry)
    assert "prenez de ses nouvelles" in answer.context["said"]
    assert Mute.objects.get().visit == visit
    undo(client, answer, week)
    assert (Visit.objects.count(), Mute.objects.count()) == (0, 0)


def test_an_outcome_of_yesterday_is_told_for_yesterday(client, officer, week, at_her_door):
    yesterday = today() - timedelta(days=1)
    Appointment.objects.update(day=yesterday)
    post(client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="absent")
    assert Visit.objects.get().made_on == yesterday


def test_an_outcome_is_not_told_before_its_day(client, officer, week):
    one = plan(week)
    answer = post(client, "week-outcome", week=week, appointment=one.uid, outcome="absent")
    assert (answer.status_code, Visit.objects.count()) == (404, 0)


def test_the_form_alone_says_that_a_visit_was_made(client, officer, week, at_her_door):
    answer = post(client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="done")
    assert (answer.status_code, Visit.objects.count()) == (422, 0)


def test_tapped_twice_it_counts_once(client, officer, week, at_her_door):
    for _ in range(2):
        post(client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="refused")
    assert (Visit.objects.count(), Mute.objects.count()) == (1, 1)


def test_the_card_shows_how_it_ended(client, officer, week, at_her_door):
    post(client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="unsafe")
    page = client.get(reverse("visits:week-show"))
    (card,) = page.context["week"].cards
    assert (card.visit.outcome, card.is_left) == ("unsafe", False)
    assert "Ne pas y aller seul." in page.content.decode()


# --- urgent signals


def report(senior, **fields) -> Signal:
    """A worrying sign seen today."""
    fields = {"urgency": "now", "what": "courrier qui s’accumule", "seen_on": today()} | fields
    return Signal.objects.create(senior=senior, **fields)


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


# --- who


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


# --- leave


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


# --- pauses


def test_departures_are_listed_and_a_mistake_is_lifted(client, week):
    senior = people_of(week)[0]
    pause = mutes.mute(senior, why="moved", by=week.officer)
    client.force_login(make_user(Role.MANAGER, week.territories.get()))
    page = client.get(reverse("visits:departure-list"))
    assert senior.full_name in page.content.decode()
    answer = client.post(reverse("visits:mute-lift", args=[pause.pk]), {"back": "departures"})
    assert answer["Location"] == reverse("visits:departure-list")
    assert list(client.get(reverse("visits:departure-list")).context["departures"]) == []


def test_a_pause_is_lifted_in_ones_territory_only(client, week):
    pause = mutes.mute(people_of(week)[0], why="hospital", by=week.officer)
    client.force_login(make_user(Role.MANAGER, make_territory()))
    assert client.post(reverse("visits:mute-lift", args=[pause.pk])).status_code == 404
    client.force_login(make_user(Role.OFFICER, week.territories.get()))
    client.post(reverse("visits:mute-lift", args=[pause.pk]))
    pause.refresh_from_db()
    assert pause.lifted_on == today()


def test_a_danger_is_not_lifted_by_an_officer_on_screen(client, officer, week):
    pause = mutes.mute(people_of(week)[0], why="unsafe", by=officer)
    answer = client.post(reverse("visits:mute-lift", args=[pause.pk]), follow=True)
    assert "demandez à votre responsable" in answer.content.decode()


# --- papers


def test_letters_of_the_week_are_for_those_not_told_and_are_journalled(client, officer, week):
    told, waiting = plan(week, 0), plan(week, 1)
    planning.tell([told], how="phone", by=officer)
    answer = client.get(address("week-letters", week=week))
    assert answer["Content-Type"] == "application/pdf"
    logged = AccessLog.objects.filter(gesture="appointment-letter").values_list("senior", flat=True)
    assert list(logged) == [waiting.senior_id]
    planning.tell([waiting], how="letter", by=officer)
    assert client.get(address("week-letters", week=week)).status_code == 404


def test_the_sheet_of_a_day_is_journalled_and_an_empty_day_has_none(client, officer, week):
    one = plan(week)
    answer = client.get(address("week-round", week=week, le=one.day))
    assert answer["Content-Type"] == "application/pdf"
    assert AccessLog.objects.get(gesture="day-pdf").senior_id == one.senior_id
    assert client.get(address("week-round", week=week, le=today())).status_code == 404


@pytest.mark.parametrize("day", ["", "x", "2026-02-31"])
def test_a_day_that_is_none_is_the_week_or_today(client, officer, week, day):
    plan(week)
    assert client.get(address("week-calendar", week=week, le=day)).status_code == 200
    assert client.get(address("week-round", week=week, le=day)).status_code == 404


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


def test_the_managers_first_page_counts_the_departures(client, week):
    mutes.mute(people_of(week)[0], why="deceased", by=week.officer)
    client.force_login(make_user(Role.MANAGER, week.territories.get()))
    page = client.get(reverse("home"))
    assert page.context["departures"] == 1
    assert reverse("visits:departure-list") in page.content.decode()


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


def test_the_session_keeps_nobodys_name_between_two_pages(client, officer, week):
    entry = week.entries.first()
    post(client, "week-outcome", week=week, htmx=False, entry=entry.pk, outcome="absent")
    assert entry.senior.last_name not in str(dict(client.session))
    page = client.get(reverse("visits:week-show"))
    said = page.content.decode().split('id="week-said"')[1].split("</p>")[0]
    assert f"{entry.senior}. " in said
    assert page.context["undo"]["url"] == reverse("visits:week-outcome-undo")
    assert "week_said" not in client.session


# --- whose week


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


CHOICE_QUERIES = 9


def test_her_own_week_stays_open_to_a_manager_through_its_gestures(client, week):
    manager = make_user(Role.MANAGER, week.territories.get())
    client.force_login(manager)
    made = {"senior": people_of(week)[0].uid, "day": week.starts_on, "slot": "morning"}
    answer = post(client, "week-plan", week=week, htmx=False, **made)
    page = client.get(answer["Location"])
    assert page.context["week"].officer == manager
    assert page.context["said"]
    assert f"pour={manager.pk}" in page.context["week"].query


# --- too late to write


def test_for_a_visit_of_today_a_call_is_offered_no_letter_nor_text(client, officer, week):
    one = plan(week, day=today())
    page = client.get(reverse("visits:week-show")).content.decode()
    assert "Trop tard pour un SMS ou une lettre" in page
    assert reverse("visits:week-letter", args=[one.uid]) not in page
    assert 'value="sms"' not in page
    assert 'name="how" value="phone"' in page
    later = plan(week, 1)
    page = client.get(address("week-show", week=week)).content.decode()
    assert reverse("visits:week-letter", args=[later.uid]) in page
    assert 'value="sms"' in page
