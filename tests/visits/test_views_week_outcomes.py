"""What an outcome does from the page of the week, and the pauses that follow."""

from datetime import timedelta

import pytest
from django.urls import reverse

from seniors.enums import Role
from tests.make import make_territory, make_user
from tests.visits.sending import send
from tests.visits.week_pages import address, plan, post, undo
from tests.visits.weekly import people_of, today
from visits.agenda import mutes
from visits.models import Appointment, Clash, Mute, Visit

pytestmark = pytest.mark.django_db


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


def test_a_tap_that_another_form_gainsays_says_so_and_leads_to_the_choice(
    client, officer, week, at_her_door
):
    senior = at_her_door.senior
    send(senior, make_user(Role.OFFICER, senior.dwelling.residence.territory))
    gesture = {"appointment": at_her_door.uid, "outcome": "refused"}
    for _ in range(2):  # doubled, it says the same
        answer = post(client, "week-outcome", week=week, **gesture)
        (clash,) = Clash.objects.all()
        page = answer.content.decode().split('id="week-said"')[1].split("</a>")[0]
        assert "c’est à trancher" in page
        assert reverse("visits:clash-settle", args=[clash.pk]) in page
        assert "undo" not in answer.context
    page = client.post(address("week-outcome", week=week), gesture, follow=True).content.decode()
    assert "Trancher</a>" in page
    gesture["outcome"] = "absent"
    answer = post(client, "week-outcome", week=week, **gesture)
    assert "est déjà notée «\u00a0faite\u00a0»" in answer.content.decode()


def test_the_card_shows_how_it_ended(client, officer, week, at_her_door):
    post(client, "week-outcome", week=week, appointment=at_her_door.uid, outcome="unsafe")
    page = client.get(reverse("visits:week-show"))
    (card,) = page.context["week"].cards
    assert (card.visit.outcome, card.is_left) == ("unsafe", False)
    assert "Ne pas y aller seul." in page.content.decode()


def test_the_session_keeps_nobodys_name_between_two_pages(client, officer, week):
    entry = week.entries.first()
    post(client, "week-outcome", week=week, htmx=False, entry=entry.pk, outcome="absent")
    assert entry.senior.last_name not in str(dict(client.session))
    page = client.get(reverse("visits:week-show"))
    said = page.content.decode().split('id="week-said"')[1].split("</p>")[0]
    assert f"{entry.senior}. " in said
    assert page.context["undo"]["url"] == reverse("visits:week-outcome-undo")
    assert "week_said" not in client.session


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


def test_the_managers_first_page_counts_the_departures(client, week):
    mutes.mute(people_of(week)[0], why="deceased", by=week.officer)
    client.force_login(make_user(Role.MANAGER, week.territories.get()))
    page = client.get(reverse("home"))
    assert page.context["departures"] == 1
    assert reverse("visits:departure-list") in page.content.decode()
