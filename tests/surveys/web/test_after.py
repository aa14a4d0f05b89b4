"""After an answer: a second one, agreements taken back, also once the survey is closed."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from seniors.models import Consent, Observation
from surveys.models import Aside, Response
from surveys.receiving import intake
from tests.surveys.test_intake import ALL_YES
from tests.surveys.web.pages import YES, come_in, fill_all, send, text_of, url

pytestmark = pytest.mark.django_db


def test_an_answer_given_before_is_said_and_the_second_is_set_aside(
    inside, invitation, jeanne, campaign
):
    fill_all(inside, invitation, **YES, cold_home="0")
    intake.record_response(
        jeanne, campaign=campaign, channel=Response.Channel.PAPER, received_on=date(2026, 11, 2),
        values={"cold_home": 1}, consents=ALL_YES,
    )  # fmt: skip
    page = inside.get(url("web-check", invitation)).content.decode()
    assert "sur papier le 2" in page.replace("&nbsp;", " ")
    receipt = send(inside, invitation)["Location"]
    assert "a pas été remplacée" in inside.get(receipt).content.decode()
    assert Observation.objects.get().values == {"cold_home": 1}
    assert Aside.objects.get().values == {"cold_home": 0, "filled_by": 1}


def test_she_takes_an_agreement_back_from_her_page(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1")
    send(inside, invitation)
    come_in(inside, invitation)
    address = url("web-agreements", invitation)
    assert "préparer une visite" in inside.get(address).content.decode()
    assert inside.post(address, {}).status_code == 422
    page = inside.post(address, {"kind": ["visit"]}).content.decode()
    assert "questionnaire" in page
    assert Observation.objects.exists()
    page = inside.post(address, {"kind": ["visit"], "confirm": "1"}).content.decode()
    assert "C’est fait" in page
    assert not Observation.objects.exists()
    last = Consent.objects.filter(kind="visit").latest("pk")
    assert (last.given, last.source) == (False, "survey")


def test_what_a_refusal_left_to_be_compared_is_erased_from_her_page(inside, invitation, jeanne):
    """Yes on paper, then no on line: the first answers are still there, and she may end that."""
    intake.record_response(
        jeanne, campaign=invitation.campaign, channel=Response.Channel.PAPER,
        received_on=date(2026, 11, 2), values={"cold_home": 1}, consents=ALL_YES,
    )  # fmt: skip
    fill_all(inside, invitation, consent_visit="0")
    send(inside, invitation)
    come_in(inside, invitation)
    address = url("web-agreements", invitation)
    assert "préparer une visite" in inside.get(address).content.decode()
    page = inside.post(address, {"kind": ["visit"], "confirm": "1"}).content.decode()
    assert "1 questionnaire rempli" in page
    assert (Observation.objects.count(), Aside.objects.count()) == (0, 0)
    assert "préparer une visite" not in inside.get(address).content.decode()


def test_once_the_survey_is_closed_her_link_still_takes_an_agreement_back(
    client, invitation, campaign
):
    come_in(client, invitation)
    fill_all(client, invitation, **YES, cold_home="1")
    send(client, invitation)
    campaign.closes_on = timezone.localdate() - timedelta(days=1)
    campaign.save()
    client.cookies.clear()
    address = url("web-agreements", invitation)
    assert come_in(client, invitation, "1941").status_code == 422
    assert client.get(address)["Location"] == url("web-open", invitation)
    assert come_in(client, invitation)["Location"] == address
    page = text_of(client.get(address))
    assert "Cette enquête est terminée" in page
    assert "Nous avons votre réponse, reçue en ligne" in page
    assert "Revenir au questionnaire" not in page
    for name, more in (("web-start", []), ("web-question", ["falls"]), ("web-check", [])):
        shut = client.get(url(name, invitation, *more))
        assert shut.status_code == 410
        assert "<h1>Cette enquête est terminée</h1>" in shut.content.decode()
        assert address in shut.content.decode()
    client.post(address, {"kind": ["visit"], "confirm": "1"})
    assert not Observation.objects.exists()
    assert "ce que vous avez dit n’est pas gardé" in text_of(client.get(address))
    # A year after, the link opens nothing, not even for who came in before.
    campaign.closes_on = timezone.localdate() - timedelta(days=400)
    campaign.opened_on = campaign.closes_on - timedelta(days=30)
    campaign.save()
    assert client.get(address)["Location"] == url("web-open", invitation)
    assert come_in(client, invitation).status_code == 422
