"""Two tabs, a page open for a day, a campaign that closes meanwhile: nothing is lost or doubled."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seniors.models import Observation
from surveys.models import Aside, Draft, Response
from surveys.receiving import web
from tests.surveys.web.pages import (
    YES,
    answer,
    come_in,
    fill_all,
    hidden,
    send,
    url,
)

pytestmark = pytest.mark.django_db


def test_two_tabs_never_write_over_each_other_unseen(inside, invitation):
    answer(inside, invitation, "consent_visit", "1")
    first = inside.get(url("web-question", invitation, "cold_home"))
    second = inside.get(url("web-question", invitation, "cold_home"))
    answer(inside, invitation, "cold_home", "1", page=first)
    clash = answer(inside, invitation, "cold_home", "0", page=second)
    assert clash["Location"] == url("web-clash", invitation)
    draft = Draft.objects.get()
    assert (draft.values["cold_home"], draft.clashing) == (1, {"cold_home": 0})
    assert inside.get(url("web-check", invitation))["Location"] == url("web-clash", invitation)
    assert inside.post(clash["Location"], {}).status_code == 422
    inside.post(clash["Location"], {"cold_home": "second"})
    draft = Draft.objects.get()
    assert (draft.values["cold_home"], draft.clashing) == (0, {})


def test_to_choose_no_between_two_pages_erases_nothing_before_it_is_confirmed(inside, invitation):
    first, second = (inside.get(url("web-question", invitation, "consent_visit")) for _ in "12")
    answer(inside, invitation, "consent_visit", "1", page=first)
    fill_all(inside, invitation, **YES, cold_home="1", falls="1")
    answer(inside, invitation, "consent_visit", "0", page=second)
    clash, chosen = url("web-clash", invitation), {"consent_visit": "second"}
    page = inside.post(clash, chosen)
    assert page.status_code == 422
    assert "les 2 réponses déjà données" in page.content.decode()
    assert 'value="second" checked' in page.content.decode()
    draft = Draft.objects.get()
    assert (draft.values["cold_home"], draft.clashing) == (1, {"consent_visit": 0})
    assert inside.post(clash, chosen | hidden(page.content.decode())).status_code == 302
    assert Draft.objects.get().values == {"consent_visit": 0, "consent_health": 1}
    # Sent meanwhile from another page.
    Draft.objects.all().delete()
    assert inside.post(clash, chosen).status_code == 409


def test_two_tabs_on_different_questions_are_both_kept(inside, invitation):
    answer(inside, invitation, "consent_visit", "1")
    old = inside.get(url("web-all", invitation))
    answer(inside, invitation, "cold_home", "1")
    told = hidden(old.content.decode()) | {"consent_visit": "1", "night_light": "0", "go": "check"}
    assert inside.post(url("web-all", invitation), told)["Location"] == url("web-check", invitation)
    assert Draft.objects.get().values == {"consent_visit": 1, "cold_home": 1, "night_light": 0}


def test_sent_from_two_tabs_it_counts_once(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1")
    checks = [hidden(inside.get(url("web-check", invitation)).content.decode()) for _ in range(2)]
    step = inside.get(url("web-question", invitation, "cold_home"))
    assert "/recu/" in inside.post(url("web-check", invitation), checks[0])["Location"]
    come_in(inside, invitation)
    again = inside.post(url("web-check", invitation), checks[1])
    assert (again.status_code, "déjà envoyée" in again.content.decode()) == (409, True)
    late = answer(inside, invitation, "cold_home", "0", page=step)
    assert (late.status_code, "Ce que disait cette page" in late.content.decode()) == (409, True)
    assert (Response.objects.count(), Aside.objects.count(), Draft.objects.count()) == (1, 0, 0)


def test_what_another_tab_changed_is_read_again_before_it_is_sent(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1")
    check = hidden(inside.get(url("web-check", invitation)).content.decode())
    answer(inside, invitation, "cold_home", "0")
    assert inside.post(url("web-check", invitation), check).status_code == 409
    assert not Response.objects.exists()
    send(inside, invitation)
    assert Observation.objects.get().values["cold_home"] == 0


@pytest.mark.parametrize("lost", ["access", "csrf"])
def test_a_page_left_open_for_a_day_loses_nothing(invitation, lost):
    client = Client(enforce_csrf_checks=True)

    def token(page) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]

    def posted(address, page, **told):
        return client.post(address, told | {"csrfmiddlewaretoken": token(page)})

    address = url("web-open", invitation)
    posted(address, client.get(address), year="1940")
    question = url("web-question", invitation, "consent_visit")
    page = client.get(question)
    sent = hidden(page.content.decode()) | {"consent_visit": "1", "go": "next"}
    del client.cookies[web.COOKIE if lost == "access" else "csrftoken"]
    asked = posted(question, page, **sent)
    assert asked.status_code == 403
    assert "Rien n’est perdu" in asked.content.decode().replace("&nbsp;", " ")
    assert not Draft.objects.exists()
    kept = {k: v.replace("&quot;", '"') for k, v in hidden(asked.content.decode()).items()}
    resume = posted(address, asked, year="1940", **kept)
    fields = hidden(resume.content.decode())
    assert fields == sent
    assert posted(question, resume, **fields).status_code == 302
    assert Draft.objects.get().values == {"consent_visit": 1}


def test_what_waits_in_a_page_goes_only_to_a_page_of_the_same_reference(client, invitation):
    for then in (
        "https://example.org/",
        "/administration/",
        "/enquete/ABCDEFGHJKMN/debut/",
        "//x/",
    ):
        told = {"year": "1940", "then": then, "kept": '[["go", "next"]]'}
        page = client.post(url("web-open", invitation), told)
        assert page["Location"] == url("web-start", invitation)


def test_half_a_character_that_a_page_kept_is_left_out(client, invitation):
    then = url("web-question", invitation, "cold_home")
    told = {"year": "1940", "then": then, "kept": r'[["\ud800cold_home", "1\udfff"]]'}
    page = client.post(url("web-open", invitation), told)
    assert hidden(page.content.decode())["cold_home"] == "1"


def test_a_campaign_that_closes_meanwhile_says_so(inside, invitation, campaign):
    answer(inside, invitation, "consent_visit", "1")
    step = inside.get(url("web-question", invitation, "cold_home"))
    campaign.closes_on = timezone.localdate() - timedelta(days=1)
    campaign.save()
    page = inside.get(url("web-check", invitation))
    assert page.status_code == 410
    assert "Rien n’a été envoyé" in page.content.decode()
    late = answer(inside, invitation, "cold_home", "1", page=step)
    assert (late.status_code, "Ce que disait cette page" in late.content.decode()) == (410, True)
    assert "trop tard" in late.content.decode()
    assert Draft.objects.count() == 1
