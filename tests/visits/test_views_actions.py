"""The gestures on needs and actions: moved, added, closed; the count said before the many."""

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from tests.make import make_territory, make_user
from tests.visits.acting import (
    WORDING,
    ago,
    as_officer,
    kind_of,
    make_action,
    make_partner,
    make_person,
    page_of,
    step_of,
    territory_of,
)
from visits.enums import State
from visits.models import Action, Agreement, Need

pytestmark = pytest.mark.django_db
LIST = "/actions/"
S = State


# Moving


def test_one_touch_moves_an_action_and_gives_back_its_line(client):
    action = make_action("grab_bars", S.REQUESTED)
    browser = as_officer(client, action)
    htmx = {"HX-Request": "true", "HX-Target": f"action-line-{action.uid}"}
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY}, headers=htmx)
    assert answer.status_code == 200
    assert answer.content.decode().startswith(f'<li id="action-line-{action.uid}"')
    assert "en cours" in answer.content.decode()
    # The same touch again changes nothing more; a touch from an old page is refused in words.
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY}, headers=htmx)
    assert (answer.status_code, action.steps.count()) == (200, 4)
    answer = browser.post(step_of(action), {"to": S.REQUESTED}, headers=htmx)
    assert answer.status_code == 422
    assert "n’est plus possible" in answer.content.decode()
    assert action.steps.count() == 4


def test_without_script_a_gesture_comes_back_to_the_page(client):
    action = make_action("grab_bars", S.ACCEPTED)
    answer = as_officer(client, action).post(step_of(action), {"to": S.REQUESTED}, follow=True)
    assert answer.redirect_chain == [(page_of(action), 302)]
    assert "Barres d’appui est demandée" in answer.content.decode()


def test_a_step_is_dated_from_the_page(client):
    action = make_action("grab_bars", S.ACCEPTED)
    browser = as_officer(client, action)
    told = {"to": S.REQUESTED, "on": ago(3).isoformat(), "note": "Bon de travaux 12"}
    browser.post(step_of(action), told)
    step = action.steps.last()
    assert (step.on, step.note, step.by) == (ago(3), "Bon de travaux 12", action.created_by)
    tomorrow = ago(-1).isoformat()
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY, "on": tomorrow}, follow=True)
    assert "pas encore passée" in answer.content.decode()
    answer = browser.post(step_of(action), {"to": S.CANCELLED, "note": ""})
    assert answer.status_code == 422
    answer = browser.post(step_of(action), {"to": S.CANCELLED, "note": "Alzheimer"}, follow=True)
    assert "aucune maladie" in answer.content.decode()
    assert action.steps.last() == step


def test_a_partner_is_asked_with_the_tenants_yes_in_one_gesture(client):
    action = make_action("home_help", S.ACCEPTED)
    browser, partner = as_officer(client, action), action.partner
    told = {"to": S.REQUESTED, "on": ago(1).isoformat(), "partner": partner.pk}
    answer = browser.post(step_of(action), told, follow=True)
    assert "Il manque l’accord" in answer.content.decode()
    assert not Agreement.objects.exists()
    browser.post(step_of(action), told | {"agreed": "on"})
    agreement = Agreement.objects.get()
    assert (agreement.partner, agreement.given_on, agreement.wording, agreement.recorded_by) == (
        partner, ago(1), WORDING, action.created_by,
    )  # fmt: skip
    action.refresh_from_db()
    assert action.state == S.REQUESTED


def test_a_yes_is_not_kept_when_the_request_is_refused(client):
    action = make_action("home_help", S.ACCEPTED)
    told = {"to": S.REQUESTED, "on": ago(30).isoformat(), "partner": action.partner_id}
    as_officer(client, action).post(step_of(action), told | {"agreed": "on"})
    assert not Agreement.objects.exists()


def test_only_partners_of_her_territory_who_do_this_are_proposed(client):
    action = make_action("home_help", S.ACCEPTED)
    territory = territory_of(action.senior)
    make_partner("home_help", name="D’ailleurs", territory=make_territory())
    make_partner("meals", name="Autre métier", territory=territory)
    make_partner("home_help", name="Parti", territory=territory, is_active=False)
    page = as_officer(client, action).get(page_of(action))
    form = page.context["moves"][0]
    assert list(form.fields["partner"].queryset) == [action.partner]


# Adding, closing


def new_for(senior) -> str:
    return f"{reverse('visits:action-new')}?senior={senior.uid}"


def test_a_need_and_its_action_are_added_from_a_persons_sheet(client):
    senior, officer = make_person()
    client.force_login(officer)
    told = {"kind": kind_of("handrail").pk, "state": S.ACCEPTED, "on": ago(2).isoformat()}
    answer = client.post(new_for(senior), told)
    action = Action.objects.get()
    assert answer["Location"] == page_of(action)
    assert (action.need.code, action.state, action.state_on) == ("bars", S.ACCEPTED, ago(2))
    client.post(new_for(senior), told | {"need": "floor"})
    assert sorted(Need.objects.values_list("code", flat=True)) == ["bars", "floor"]


def test_a_need_may_stand_alone_and_an_action_answers_its_need(client):
    senior, officer = make_person()
    client.force_login(officer)
    day = {"state": S.ACCEPTED, "on": ago(2).isoformat()}
    assert client.post(new_for(senior), day).status_code == 422
    wrong = day | {"kind": kind_of("apa").pk, "need": "bars"}
    assert client.post(new_for(senior), wrong).status_code == 422
    assert not Need.objects.exists()
    client.post(new_for(senior), day | {"need": "bars"})
    assert (Need.objects.get().code, Action.objects.count()) == ("bars", 0)
    later = day | {"need": "light", "on": ago(-2).isoformat()}
    assert client.post(new_for(senior), later).status_code == 422


def test_a_need_that_is_gone_says_what_it_takes_with_it(client):
    action = make_action("grab_bars", S.REQUESTED)
    browser = as_officer(client, action)
    address = reverse("visits:action-need-close", args=[action.need.uid])
    assert "1 action en cours sera annulée" in browser.get(address).content.decode()
    browser.post(address)
    action.refresh_from_db()
    action.need.refresh_from_db()
    assert (action.state, action.need.closed_on) == (S.CANCELLED, timezone.localdate())


# Many at once


def test_many_are_moved_once_their_number_is_said(client):
    senior, officer = make_person()
    bars = make_action("grab_bars", S.ACCEPTED, senior=senior, by=officer)
    shower = make_action("shower", S.ACCEPTED, senior=senior, by=officer)
    help_ = make_action("home_help", S.ACCEPTED, senior=senior, by=officer)
    stranger = make_action("grab_bars", S.ACCEPTED)
    client.force_login(officer)
    told = {
        "action": [one.uid for one in (bars, shower, help_, stranger)],
        "to": S.REQUESTED,
        "on": ago(0).isoformat(),
    }
    answer = client.post(reverse("visits:action-many"), told)
    page = answer.content.decode()
    assert "2 actions à marquer comme demandées" in page
    assert "Il manque l’accord de la personne" in page
    assert set(Action.objects.values_list("state", flat=True)) == {"accepted"}
    answer = client.post(reverse("visits:action-many"), told | {"confirmed": "1"}, follow=True)
    assert "2 actions à jour" in answer.content.decode()
    states = dict(Action.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (bars, shower, help_, stranger)] == [
        "requested", "requested", "accepted", "accepted",
    ]  # fmt: skip


def test_many_say_what_is_missing(client):
    action = make_action("grab_bars", S.ACCEPTED)
    browser, address = as_officer(client, action), reverse("visits:action-many")
    answer = browser.post(address, {"to": S.DONE, "on": ago(0).isoformat()}, follow=True)
    assert "Aucune action n’est cochée" in answer.content.decode()
    told = {"action": [action.uid], "to": S.CANCELLED, "on": ago(0).isoformat()}
    assert browser.post(address, told).status_code == 422
    assert browser.post(address, told | {"action": ["x"]}).status_code == 302


def test_the_address_of_the_many_alone_leads_back_to_the_list(client):
    client.force_login(make_user(Role.OFFICER))
    answer = client.get(reverse("visits:action-many"), follow=True)
    assert answer.redirect_chain == [(reverse("visits:action-list"), 302)]
    assert "Rien n’a été changé" in answer.content.decode()
