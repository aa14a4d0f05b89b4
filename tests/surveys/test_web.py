"""The public page of the survey: who comes in, what is kept at each step, what is sent."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors.models import Consent, Observation
from surveys.models import Aside, Draft, Invitation, Miss, Response
from surveys.receiving import drafts, intake, web
from tests.make import make_senior
from tests.surveys.make import make_campaign, territory_of
from tests.surveys.test_intake import ALL_YES

pytestmark = pytest.mark.django_db
YES = {"consent_visit": "1", "consent_health": "1"}


@pytest.fixture
def jeanne():
    return make_senior(born_on=date(1940, 5, 17))


@pytest.fixture
def campaign(jeanne):
    return open_campaign(jeanne)


@pytest.fixture
def invitation(jeanne, campaign):
    return campaign.invitations.get(senior=jeanne)


def open_campaign(senior, **fields):
    """A campaign that is open today."""
    today = timezone.localdate()
    fields = {
        "opened_on": today - timedelta(days=20),
        "closes_on": today + timedelta(days=20),
    } | fields
    return make_campaign(territory_of(senior), **fields)


def url(name: str, invitation: Invitation, *args: str) -> str:
    return reverse(f"surveys:{name}", args=[invitation.reference, *args])


def come_in(client: Client, invitation: Invitation, year: str = "1940"):
    return client.post(url("web-open", invitation), {"year": year})


@pytest.fixture
def inside(client, invitation):
    """A browser that gave the right year."""
    assert come_in(client, invitation).status_code == 302
    return client


def text_of(page) -> str:
    """What the page says, its no-break spaces as spaces."""
    return page.content.decode().replace("&nbsp;", " ").replace("\xa0", " ")


def hidden(html: str) -> dict[str, str]:
    """What the page's main form sends beside her answers."""
    pairs = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', html)
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def answer(client, invitation, code, value="", *, go="next", page=None, **more):
    """Open a question, answer it; `page` is one that was opened before."""
    address = url("web-question", invitation, code)
    page = page or client.get(address)
    told = hidden(page.content.decode()) | {"go": go, code: value} | more
    return client.post(address, {name: one for name, one in told.items() if one != ""})


def fill_all(client, invitation, **values):
    """The whole questionnaire in one page."""
    address = url("web-all", invitation)
    sent = hidden(client.get(address).content.decode()) | {"go": "check"} | values
    return client.post(address, sent)


def send(client, invitation):
    address = url("web-check", invitation)
    return client.post(address, hidden(client.get(address).content.decode()))


# Coming in


def test_the_link_asks_the_year_and_shows_nothing_of_her(client, invitation):
    page = client.get(url("web-open", invitation))
    text = page.content.decode()
    assert "Bonjour" in text
    assert "Jeanne" not in text
    assert "Goff" not in text
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "<script" not in text


def test_the_right_year_opens_and_so_does_a_reference_typed_with_spaces(client, invitation):
    assert come_in(client, invitation)["Location"] == url("web-start", invitation)
    ref = invitation.reference
    typed = f"{ref[:4].lower()} {ref[4:8]}-{ref[8:]}"
    other = Client()
    answer = other.post(reverse("surveys:web-home"), {"reference": typed, "year": "1940"})
    assert answer["Location"] == url("web-start", invitation)
    page = other.get(answer["Location"]).content.decode()
    assert "Jeanne" not in page
    assert "Goff" not in page


def test_whatever_is_wrong_is_answered_with_the_same_words(client, invitation, jeanne):
    unknown_year = make_senior(jeanne.dwelling, born_on=None)
    closed = open_campaign(jeanne, name="Close", closes_on=timezone.localdate() - timedelta(days=1))
    paper = open_campaign(jeanne, name="Papier")
    paper.on_web = False
    paper.save()
    later = open_campaign(jeanne, name="Future", opened_on=timezone.localdate() + timedelta(days=1))
    of = {one: one.invitations.get(senior=jeanne).reference for one in (closed, paper, later)}
    tries = [
        (invitation.reference, "1941"),
        (invitation.reference, ""),
        ("ABCDEFGHJKMN", "1940"),
        ("pas une référence", "1940"),
        *((reference, "1940") for reference in of.values()),
        (closed.invitations.get(senior=unknown_year).reference, ""),
        (closed.invitations.get(senior=unknown_year).reference, web.NOBODY),
    ]
    said = set()
    for reference, year in tries:
        page = client.post(reverse("surveys:web-home"), {"reference": reference, "year": year})
        text = re.sub(r'value="[^"]*"', "", page.content.decode())
        said.add((page.status_code, text, str(sorted(page.cookies.keys()))))
    assert len(said) == 1
    assert next(iter(said))[0] == 422


def test_fifty_wrong_links_a_minute_are_stopped(client, invitation):
    statuses = [
        client.post(
            reverse("surveys:web-open", args=[f"ABCDEFGHJ{n:03d}"]), {"year": "1940"}
        ).status_code
        for n in range(200, 250)
    ]
    assert statuses == [422] * web.FROM_A_PLACE + [429] * (50 - web.FROM_A_PLACE)
    assert come_in(client, invitation).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert come_in(elsewhere, invitation).status_code == 302


def test_the_years_of_one_reference_are_not_tried_out_from_many_places(invitation):
    for n in range(web.ON_A_REFERENCE):
        assert (
            come_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), invitation, f"{1930 + n}").status_code
            == 422
        )
    assert come_in(Client(REMOTE_ADDR="198.51.100.1"), invitation).status_code == 429
    Miss.objects.update(at=timezone.now() - timedelta(hours=2))
    assert come_in(Client(REMOTE_ADDR="198.51.100.1"), invitation).status_code == 302


def test_tries_of_a_month_on_one_reference_shut_it(invitation):
    key = web._digest("reference", invitation.reference)
    made = [Miss(kind="reference", digest=key) for _ in range(web.ON_A_REFERENCE_MOST)]
    Miss.objects.bulk_create(made)
    Miss.objects.update(at=timezone.now() - timedelta(days=9))
    assert come_in(Client(), invitation).status_code == 429
    Miss.objects.update(at=timezone.now() - timedelta(days=31))
    assert come_in(Client(), invitation).status_code == 302


def test_without_the_year_no_page_opens_not_even_with_the_key_of_another(
    client, inside, jeanne, campaign
):
    other = make_senior(jeanne.dwelling)
    theirs = Invitation.objects.create(campaign=campaign, senior=other, sent_on=campaign.opened_on)
    client.cookies[web.COOKIE]["path"] = "/"
    for name, more in [
        ("web-start", []),
        ("web-question", ["falls"]),
        ("web-all", []),
        ("web-check", []),
        ("web-clash", []),
        ("web-later", []),
        ("web-agreements", []),
    ]:
        page = client.get(url(name, theirs, *more))
        assert page["Location"] == url("web-open", theirs)


# Answering


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
    assert "2 réponses" in text_of(again.get(url("web-start", invitation)))
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


def test_a_half_sent_form_keeps_what_came_and_erases_nothing(inside, invitation):
    fill_all(inside, invitation, **YES, cold_home="1", falls="1")
    address = url("web-all", invitation)
    told = hidden(inside.get(address).content.decode()) | YES | {"night_light": "1"}
    told.pop("whole")
    page = inside.post(address, told)
    assert page.status_code == 422
    assert "incomplète" in page.content.decode()
    assert Draft.objects.get().values == {**YES_CODED, "cold_home": 1, "falls": 1, "night_light": 1}


# Two tabs, a day, a closed campaign


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


def test_a_campaign_that_closes_meanwhile_says_so(inside, invitation, campaign):
    answer(inside, invitation, "consent_visit", "1")
    campaign.closes_on = timezone.localdate() - timedelta(days=1)
    campaign.save()
    page = inside.get(url("web-check", invitation))
    assert page.status_code == 410
    assert "Rien n’a été envoyé" in page.content.decode()
    assert Draft.objects.count() == 1


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
