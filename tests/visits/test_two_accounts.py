"""A page left open on a shared computer: nobody signs what another typed, nor loses it."""

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from tests.make import make_user
from tests.visits.makers import make_agency
from tests.visits.sending import days_ago
from visits.models import Need, Signal, VisitDraft
from visits.views import actions, form, watch

pytestmark = pytest.mark.django_db
NOT_HERS = "Cette page est celle d’un autre compte"


def hidden_in(page, name: str) -> str:
    return re.search(f'name="{name}" value="([^"]*)"', page.content.decode())[1]


@pytest.fixture
def desk(client):
    """The form of a visit that an officer left open, with what she typed in it; a colleague."""
    territory, officer, (jeanne,) = make_agency(1)
    client.force_login(officer)
    address = reverse("visits:form-fill", args=[jeanne.uid]) + "?papier=1"
    page = client.get(address)
    told = {name: hidden_in(page, name) for name in ("account", "fields")}
    told |= {"made_on": days_ago(3).isoformat(), "outcome": "done", "item.online": "1"}
    colleague = make_user(Role.OFFICER, territory)
    return SimpleNamespace(
        officer=officer, colleague=colleague, jeanne=jeanne, address=address, told=told
    )


def log_in(client, user, page, **more):
    """What the log-in page sends, with what it keeps."""
    kept = {name: page.context[name] for name in ("kept", "next")}
    return client.post(
        reverse("login"), kept | {"username": user.username, "password": "mot-de-passe"} | more
    )


def sent_again(client, page):
    """What the page that sends it again sends."""
    fields: dict[str, list[str]] = {"account": [hidden_in(page, "account")]}
    for name, value in page.context["fields"]:
        fields.setdefault(name, []).append(value)
    return client.post(page.context["then"], fields)


def is_draft_of(desk) -> bool:
    """Whether what she typed is in a draft of hers, whole, and in no other."""
    draft = VisitDraft.objects.get()
    told = (draft.content["item.online"], draft.content["made_on"])
    is_whole = told == (1, days_ago(3).isoformat())
    return is_whole and (draft.officer, draft.channel) == (desk.officer, "paper")


def test_a_page_left_open_is_not_signed_by_who_logged_in_since(client, desk):
    client.force_login(desk.colleague)
    page = client.post(desk.address, desk.told)
    assert (page.status_code, NOT_HERS in page.content.decode()) == (409, True)
    assert "no-store" in page["Cache-Control"]
    review = reverse("visits:form-review", args=[desk.jeanne.uid])
    assert client.post(review, {"account": desk.told["account"]}).status_code == 409
    by_script = {"X-Account": desk.told["account"]}
    for address, more in (
        (reverse("visits:form-save", args=[desk.jeanne.uid]), {"HX-Request": "true"}),
        (reverse("visits:photo-add", args=[desk.jeanne.uid, "bathroom"]), {}),
    ):
        headers = by_script | {"Sec-Fetch-Dest": "empty"} | more
        refused = client.post(address, b"", content_type="image/jpeg", headers=headers)
        assert refused.status_code == 409
        assert refused.json()["said"].startswith("Cette page a été ouverte par un autre compte")
    # A page that holds nothing to keep is refused as well; she may log out from any.
    signal = reverse("visits:signal-take", args=[uuid4()])
    plain = client.post(signal, {"account": desk.told["account"]})
    assert (plain.status_code, 'name="password"' in plain.content.decode()) == (409, False)
    # Her own password does not make it hers; a wrong one keeps it.
    wrong = log_in(client, desk.colleague, page, password="mauvais")
    again = log_in(client, desk.colleague, wrong)
    assert again.status_code == 409
    for one in (wrong, again):
        assert (one.context["kept"], NOT_HERS in one.content.decode()) == (
            page.context["kept"],
            True,
        )
    assert not VisitDraft.objects.exists()
    back = log_in(client, desk.officer, again)
    assert hidden_in(back, "account") == desk.told["account"]
    assert sent_again(client, back).status_code == 302
    assert is_draft_of(desk)
    client.force_login(desk.colleague)
    left = client.post(reverse("logout"), {"account": desk.told["account"]})
    assert left["Location"] == reverse("login")


def test_what_waited_in_the_log_in_page_goes_to_who_typed_it(client, desk):
    client.logout()
    by_script = {"HX-Request": "true", "Sec-Fetch-Dest": "empty"}
    stays = client.post(desk.address, desk.told, headers=by_script)
    assert (stays.status_code, "HX-Redirect" in stays) == (401, False)
    assert stays.json()["said"].startswith("Votre session est terminée")
    page = client.post(desk.address, desk.told)
    assert page.status_code == 403
    other = log_in(client, desk.colleague, page)
    assert (other.status_code, NOT_HERS in other.content.decode()) == (409, True)
    assert not VisitDraft.objects.exists()
    assert sent_again(client, log_in(client, desk.officer, other)).status_code == 302
    assert is_draft_of(desk)


def test_without_a_script_the_page_of_another_session_is_offered_to_its_author_alone(desk):
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    told = desk.told | {"csrfmiddlewaretoken": "a" * 32}
    browser.force_login(desk.officer)
    mine = browser.post(desk.address, told)
    assert (mine.status_code, "Envoyer ma saisie" in mine.content.decode()) == (403, True)
    assert mine.context["then"] == desk.address
    nameless = {name: value for name, value in told.items() if name != "account"}
    refused = [browser.post(desk.address, nameless)]
    browser.force_login(desk.colleague)
    refused.append(browser.post(desk.address, told))
    for page in refused:
        assert (page.status_code, NOT_HERS in page.content.decode()) == (409, True)
    assert not VisitDraft.objects.exists()


@pytest.mark.parametrize("name", ["action-new", "signal-new"])
def test_what_is_typed_beside_a_visit_waits_for_the_log_in_too(client, desk, name):
    today = timezone.localdate().isoformat()
    told = {
        "action-new": {"need": "bars", "state": "accepted", "on": today},
        "signal-new": {
            "form_uid": f"{uuid4()}", "kind": "fall", "urgency": "now", "reporter": "officer",
            "seen_on": today,
        },
    }[name]  # fmt: skip
    address = reverse(f"visits:{name}") + f"?senior={desk.jeanne.uid}"
    client.logout()
    page = client.post(address, told | {"account": desk.told["account"]})
    assert (page.status_code, page.context["next"]) == (403, address)
    assert sent_again(client, log_in(client, desk.officer, page)).status_code == 302
    made = Need.objects if name == "action-new" else Signal.objects
    assert made.get().senior == desk.jeanne


def test_no_gesture_that_takes_words_loses_them():
    for view in (form.review, form.save, actions.step_on, actions.many, watch.close):
        assert view.keeps_form
