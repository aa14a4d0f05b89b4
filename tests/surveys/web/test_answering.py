"""A whole answer, step by step or in one page; what is unknown or cut loses nothing."""

import re

import pytest
from django.test import Client

from seniors.models import Observation
from surveys.models import Draft, Response
from surveys.receiving import drafts
from tests.surveys.web.pages import (
    YES,
    answer,
    come_in,
    fill_all,
    hidden,
    send,
    text_of,
    url,
)

pytestmark = pytest.mark.django_db


def test_a_whole_answer_one_question_at_a_time(inside, invitation, jeanne):
    answer_to = inside.post(url("web-start", invitation), {"helper": "", "go": "one"})
    asked, codes = drafts.questionnaire_of(invitation), []
    while "/question/" in answer_to["Location"]:
        code = answer_to["Location"].split("/")[-2]
        codes.append(code)
        values = {
            one.item.code: str(one.options[0].value)
            for block in drafts.blocks_of(drafts.steps(asked, {**YES_CODED}))
            if block.code == code
            for one in block.fields
        }
        answer_to = answer(inside, invitation, code, values.pop(code), **values)
    assert len(codes) == len(set(codes)) > 30
    assert "filled_by" not in codes
    check = inside.get(answer_to["Location"]).content.decode()
    assert "une douche sans marche" in check
    receipt = inside.post(answer_to["Location"], hidden(check))
    page = inside.get(receipt["Location"]).content.decode()
    assert "votre réponse est arrivée" in page
    assert invitation.reference not in page
    assert "douche" not in page
    response = Response.objects.get()
    assert (response.senior, response.channel) == (jeanne, "web")
    assert response.observation.values["bathing"] == 1
    assert response.observation.values["filled_by"] == drafts.ALONE
    assert not Draft.objects.exists()
    assert inside.get(url("web-start", invitation)).status_code == 302  # let out


YES_CODED = {"consent_visit": 1, "consent_health": 1}


def test_a_helper_says_so(inside, invitation):
    inside.post(url("web-start", invitation), {"helper": "home_help", "go": "all"})
    fill_all(inside, invitation, **YES, cold_home="1")
    assert Draft.objects.get().helper == "home_help"
    send(inside, invitation)
    assert Observation.objects.get().values == {"cold_home": 1, "filled_by": drafts.HELPED}


def test_each_step_is_kept_and_found_again_on_another_day(inside, invitation):
    answer(inside, invitation, "consent_visit", "1")
    answer(inside, invitation, "cold_home", "1", go="later")
    again = Client()
    come_in(again, invitation)
    start = again.get(url("web-start", invitation))
    assert "2 réponses" in text_of(start)
    # One touch erases nothing: what goes is said first, and the button comes with it.
    assert "<summary>Effacer ce que j’ai commencé</summary>" in start.content.decode()
    there = again.post(url("web-start", invitation), {"helper": "", "go": "one"})["Location"]
    assert there == url("web-question", invitation, "cold_home")
    assert 'name="cold_home" value="1" checked' in text_of(again.get(there))


def test_without_agreement_health_is_neither_asked_nor_kept(inside, invitation):
    fill_all(inside, invitation, consent_visit="1", consent_health="0", falls="1", cold_home="1")
    assert Draft.objects.get().values == {"consent_visit": 1, "consent_health": 0, "cold_home": 1}
    assert "chute" not in inside.get(url("web-check", invitation)).content.decode()
    fill_all(inside, invitation, consent_visit="0", confirm="1", cold_home="1")
    assert Draft.objects.get().values == {"consent_visit": 0}
    send(inside, invitation)
    assert Response.objects.get().observation is None


def test_a_refusal_that_would_erase_answers_asks_once_more(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1", falls="2", unsteady="1")
    page = answer(inside, invitation, "consent_health", "0")
    assert page.status_code == 422
    assert "les 2 réponses" in page.content.decode()
    assert Draft.objects.get().values["falls"] == 2
    answer(inside, invitation, "consent_health", "0", page=page)
    assert Draft.objects.get().values == {"consent_visit": 1, "consent_health": 0, "cold_home": 1}


def test_an_unknown_choice_and_a_missing_agreement_lose_nothing(inside, invitation):
    page = fill_all(inside, invitation, **YES, cold_home="9", falls="1")
    assert page.status_code == 422
    assert "n’est pas dans la liste" in page.content.decode()
    assert Draft.objects.get().values == {**YES_CODED, "falls": 1}
    page = answer(inside, invitation, "falls", "7")
    assert page.status_code == 422
    assert Draft.objects.get().values["falls"] == 1


def test_the_first_agreement_must_be_answered_yes_or_no(inside, invitation):
    page = answer(inside, invitation, "consent_visit", "")
    assert (page.status_code, "oui ou non" in page.content.decode()) == (422, True)
    page = fill_all(inside, invitation, cold_home="1")
    assert page.status_code == 422
    assert re.search(r'name="cold_home" value="1" checked', page.content.decode())
    assert inside.post(url("web-check", invitation), {"version": "1"}).status_code == 409


def test_to_finish_later_what_was_said_without_its_agreement_is_not_let_go(inside, invitation):
    page = fill_all(inside, invitation, cold_home="1", falls="1", go="later")
    assert page.status_code == 422
    assert "Rien n’est encore gardé. Répondez oui ou non" in text_of(page)
    assert re.search(r'name="cold_home" value="1" checked', page.content.decode())
    # About health: asked once, then what can be kept is.
    address, told = url("web-all", invitation), {"consent_visit": "1", "cold_home": "1"}
    told |= {"falls": "1", "go": "later"}
    page = inside.post(address, hidden(page.content.decode()) | told)
    assert page.status_code == 422
    assert "celui sur la santé" in text_of(page)
    assert re.search(r'name="falls" value="1" checked', page.content.decode())
    assert not Draft.objects.filter(version__gt=0).exists()
    out = inside.post(address, hidden(page.content.decode()) | told)
    assert Draft.objects.get().values == {"consent_visit": 1, "cold_home": 1}
    later = text_of(inside.get(out["Location"]))
    assert "C’est enregistré, pas encore envoyé" in later
    assert "sera effacé 12 mois après" in later


def test_an_empty_page_is_left_for_later_and_nothing_is_said_to_be_kept(inside, invitation):
    out = fill_all(inside, invitation, go="later")
    assert out["Location"] == url("web-later", invitation)
    assert "rien n’est encore enregistré" in text_of(inside.get(out["Location"]))


def test_a_half_sent_form_keeps_what_came_and_erases_nothing(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1", falls="1")
    address = url("web-all", invitation)
    told = hidden(inside.get(address).content.decode()) | YES | {"night_light": "1"}
    told.pop("whole")
    page = inside.post(address, told)
    assert page.status_code == 422
    assert "incomplète" in page.content.decode()
    kept = {**YES_CODED, "cold_home": 1, "falls": 1, "night_light": 1}
    assert Draft.objects.get().values == kept
    # Sent again as it is shown, what had not come is still there.
    text = page.content.decode()
    shown = dict(re.findall(r'name="([a-z_]+)" value="(\d)" checked', text))
    assert inside.post(address, hidden(text) | shown).status_code == 302
    assert Draft.objects.get().values == kept
