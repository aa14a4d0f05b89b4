"""Paper typed in: whose it is, what is kept, and one in twenty typed twice and compared."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role
from seniors.fragility import items
from seniors.models import AccessLog, Consent, Objection, Observation
from seniors.signing_in import account_of
from seniors.withdrawal import Channel, withdraw
from surveys.models import Aside, Invitation, Keying, Response
from surveys.questionnaires import questionnaire
from surveys.receiving import keying
from surveys.sending import links
from tests.make import make_senior, make_territory, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign, territory_of

pytestmark = pytest.mark.django_db
AGREED = {"consent_visit": 1, "consent_health": 1, "consent_sharing": 0, "consent_evaluation": 1}
TOLD = AGREED | {"bathing": 3, "grab_bars": 0, "falls": 2, "wish_shower": 1}
TODAY = timezone.localdate()


@pytest.fixture
def senior():
    return make_senior()


@pytest.fixture
def campaign(senior):
    return make_campaign(
        territory_of(senior), opened_on=TODAY - timedelta(30), closes_on=TODAY + timedelta(30)
    )


@pytest.fixture
def paper(campaign):
    return Invitation.objects.select_related("campaign", "senior").get(campaign=campaign)


@pytest.fixture
def typist(senior):
    return make_user(Role.OFFICER, territory_of(senior), first_name="Anne")


@pytest.fixture
def colleague(senior):
    """Somebody else who typed a paper of this campaign before."""
    return make_user(Role.OFFICER, territory_of(senior), first_name="Loïc")


def type_in(paper, by, coded=TOLD, **more):
    more = {"received_on": TODAY, "draw": lambda: False} | more
    return keying.record(paper, coded, by=by, **more)


def posted(coded=TOLD, **more):
    return {code: f"{value}" for code, value in coded.items()} | {
        "whole": "1",
        "received_on": f"{TODAY}",
    } | more  # fmt: skip


def another_typist(campaign, colleague):
    """A colleague types the paper of a neighbour."""
    neighbour = make_senior(make_senior().dwelling)
    campaign.territories.add(territory_of(neighbour))
    colleague.territories.add(territory_of(neighbour))
    other = Invitation.objects.create(campaign=campaign, senior=neighbour, sent_on=TODAY)
    return type_in(other, colleague)


@pytest.mark.parametrize("written", ["{}", "{grouped}", " {lower} ", "https://ex.fr/enquete/{}/"])
def test_a_reference_is_typed_or_scanned_in_any_of_its_forms(
    client, campaign, paper, typist, written
):
    grouped = links.in_groups(paper.reference).replace("\u00a0", " ")
    text = written.format(paper.reference, grouped=grouped, lower=paper.reference.lower())
    client.force_login(typist)
    start = reverse("surveys:keying-start", args=[campaign.uid])
    answer = client.post(start, {"reference": text, "received_on": f"{TODAY}"})
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    assert (answer.status_code, answer["Location"]) == (302, sheet)
    page = client.get(sheet).content.decode()
    order = re.findall(r'<div class="ask" role="group" id="ask-(\w+)"', page)
    assert order == list(questionnaire.named(QUESTIONNAIRE).items)


def test_a_reference_that_is_not_to_be_typed_here_is_said_so_and_nothing_is_lost(
    client, campaign, paper, typist
):
    far = make_senior()
    elsewhere = make_campaign(territory_of(far), name="Enquête 2025")
    strange = Invitation.objects.get(campaign=elsewhere)
    out_of_reach = Invitation.objects.create(campaign=campaign, senior=make_senior(), sent_on=TODAY)
    client.force_login(typist)
    start = reverse("surveys:keying-start", args=[campaign.uid])
    for text, said in (
        ("ABCD", "Aucun envoi ne porte cette référence"),
        (strange.reference, "Enquête 2025"),
        (out_of_reach.reference, "dans vos territoires"),
    ):
        answer = client.post(start, {"reference": text, "received_on": f"{TODAY}"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert text in answer.content.decode()
    late = {"reference": paper.reference, "received_on": f"{TODAY + timedelta(60)}"}
    assert "terminée" in client.post(start, late).content.decode()
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, out_of_reach.reference])
    assert client.get(sheet).status_code == 404
    assert not Response.objects.exists()


def test_after_the_last_day_only_a_paper_that_came_before_is_kept(client, campaign, paper, typist):
    campaign.closes_on = TODAY - timedelta(1)
    campaign.save()
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    page = client.post(sheet, posted())
    assert page.status_code == 422
    assert "terminée" in page.content.decode()
    assert page.content.decode().count(" checked") >= len(TOLD)  # what was typed is still there
    assert not Response.objects.exists()
    kept = client.post(sheet, posted(received_on=f"{campaign.closes_on}"))
    assert kept.status_code == 302
    assert Response.objects.get().received_on == campaign.closes_on


def test_an_answer_that_cannot_be_stored_is_said_and_what_was_typed_is_still_there(
    client, campaign, paper, typist, monkeypatch
):
    monkeypatch.delitem(items.TOLD, "bathing")
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    page = client.post(sheet, posted())
    said = page.content.decode()
    assert page.status_code == 422
    assert "n’existe pas. Rien n’est enregistré." in said
    assert said.count(" checked") >= len(TOLD)
    assert not Response.objects.exists()


def test_a_paper_is_kept_with_its_consents_and_sent_twice_counts_once(
    client, campaign, paper, typist
):
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    for said in ("enregistré. Au suivant", "rien n’est doublé"):
        answer = client.post(sheet, posted(), follow=True)
        assert said in answer.content.decode()
    response = Response.objects.get()
    assert (response.channel, response.received_on) == ("paper", TODAY)
    assert Observation.objects.get().values == {
        "bathing": 3, "grab_bars": 0, "falls": 2, "wish_shower": 1,
    }  # fmt: skip
    assert Consent.objects.count() == 4
    assert Keying.objects.get().by == typist
    assert AccessLog.objects.filter(gesture="survey-keying", senior=paper.senior).exists()


def test_what_cannot_be_read_or_arrives_cut_is_shown_again_with_the_rest(
    client, campaign, paper, typist
):
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    wrong = client.post(sheet, posted(bathing="9"))
    assert wrong.status_code == 422
    assert "choisissez parmi" in wrong.content.decode()
    assert re.search(r'id="falls-2"[^>]* checked', wrong.content.decode())
    cut = {code: value for code, value in posted().items() if code != "whole"}
    assert "qu’en partie" in client.post(sheet, cut).content.decode()
    empty = client.post(sheet, posted({}))
    assert "papier vide" in empty.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("kind", "left"), [("visit", {}), ("health", {"bathing", "grab_bars", "wish_shower"})]
)
def test_a_paper_whose_agreement_is_left_empty_is_asked_about_once(
    client, campaign, paper, typist, kind, left
):
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    told = posted({code: v for code, v in TOLD.items() if code != f"consent_{kind}"})
    page = client.post(sheet, told)
    said = page.content.decode()
    assert page.status_code == 422
    assert "n’est pas coché" in said
    assert "n’est pas comprise" not in said
    assert re.search(rf'id="consent_{kind}-1"[^>]* aria-invalid', said)  # where the focus goes
    assert re.search(r'id="bathing-3"[^>]* checked', said)
    assert not Response.objects.exists()
    looked_at = re.search(r'name="looked_at" value="(\w+)"', said)[1]
    assert client.post(sheet, told | {"looked_at": looked_at}).status_code == 302
    kept = Response.objects.get().observation
    assert set(kept.values if kept else {}) == set(left)


def test_another_answer_than_the_first_is_set_aside(client, campaign, paper, typist):
    type_in(paper, typist)
    client.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    assert "déjà saisi ce papier" in client.get(sheet).content.decode()
    page = client.post(sheet, posted(TOLD | {"bathing": 1}), follow=True)
    assert "répondu autrement" in page.content.decode()
    assert Observation.objects.get().values["bathing"] == 3
    assert Aside.objects.get().values["bathing"] == 1


@pytest.mark.parametrize("says", [{}, {"cold_home": 0}])
def test_a_paper_after_an_answer_by_another_way_is_counted_and_never_drawn(
    campaign, paper, typist, colleague, says
):
    type_in(paper, typist)
    Keying.objects.all().delete()
    Response.objects.update(channel="web")
    for _ in range(2):
        done = type_in(paper, colleague, TOLD | says, draw=lambda: True)
        assert (done.known, done.aside is not None) == (not says, bool(says))
    told = keying.figures(campaign, typist)
    assert (told.typed, told.again, told.waiting) == (1, 0, 0)
    assert Keying.objects.get().values == {}


def test_a_paper_drawn_is_typed_again_by_somebody_else_who_sees_nothing_of_the_first(
    client, campaign, paper, typist, colleague
):
    another_typist(campaign, colleague)
    type_in(paper, typist, draw=lambda: True)
    assert Keying.objects.get(response__senior=paper.senior).values == TOLD
    lists = {
        user: [one.reference for one in keying.waiting(campaign, user)]
        for user in (typist, colleague)
    }
    assert lists == {typist: [], colleague: [paper.reference]}
    client.force_login(colleague)
    again = client.get(reverse("surveys:keying-again", args=[campaign.uid])).content.decode()
    assert links.in_groups(paper.reference) in again
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    page = client.get(sheet).content.decode()
    assert "Seconde saisie" in page
    assert not re.search(r'id="bathing-3"[^>]* checked', page)
    done = client.post(sheet, posted(again="1"), follow=True)
    assert "identiques" in done.content.decode()
    typed = Keying.objects.get(response__senior=paper.senior)
    assert (typed.compared, typed.different, typed.values) == (len(TOLD), 0, {})
    assert (typed.by, typed.again_by) == (typist, colleague)
    assert not Aside.objects.exists()
    # Sent twice, it is compared once.
    client.post(sheet, posted(again="1"))
    assert keying.figures(campaign, colleague).again == 1


def test_two_typings_that_differ_are_counted_shown_and_settled_by_a_person(
    client, campaign, paper, typist, colleague
):
    another_typist(campaign, colleague)
    type_in(paper, typist, draw=lambda: True)
    client.force_login(colleague)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    second = posted(TOLD | {"bathing": 2, "loose_rugs": 1}, again="1")
    page = client.post(sheet, second, follow=True)
    settle = reverse("surveys:aside-show", args=[Aside.objects.get().uid])
    assert page.redirect_chain == [(settle, 302)]
    assert "2 réponses diffèrent" in page.content.decode()
    assert Observation.objects.get(senior=paper.senior).values["bathing"] == 3
    found = keying.figures(campaign, typist)
    assert (found.typed, found.again, found.waiting) == (1, 1, 0)
    assert (found.compared, found.different) == (len(TOLD) + 1, 2)
    least, most = found.interval
    assert 0 < least < found.percent < most < 100
    client.post(settle, {"decision": "merged", "bathing": "second", "loose_rugs": "first"})
    assert Observation.objects.get(senior=paper.senior).values["bathing"] == 2
    assert keying.figures(campaign, typist).different == 2


def test_alone_to_type_she_types_it_again_herself_and_two_tabs_do_not_count_as_twice(
    campaign, paper, typist
):
    type_in(paper, typist, draw=lambda: True)
    type_in(paper, typist)  # the same page sent twice
    assert keying.figures(campaign, typist).waiting == 1
    assert type_in(paper, typist, again=True).again
    assert keying.figures(campaign, typist).waiting == 0


@pytest.mark.parametrize(
    ("consents", "kept"),
    [
        ({"consent_visit": 0}, {"consent_visit"}),
        ({"consent_visit": 1, "consent_health": 0},
         {"consent_visit", "consent_health", "bathing", "grab_bars", "wish_shower"}),
    ],
)  # fmt: skip
def test_what_waits_for_the_second_typing_is_what_the_consents_allow(
    campaign, paper, typist, consents, kept
):
    answers = {code: value for code, value in TOLD.items() if code not in AGREED}
    type_in(paper, typist, answers | consents, draw=lambda: True)
    assert set(Keying.objects.get().values) == kept


def test_a_paper_whose_agreement_is_taken_back_is_not_typed_again(campaign, paper, typist):
    type_in(paper, typist, draw=lambda: True)
    assert keying.figures(campaign, typist).waiting == 1
    withdraw(paper.senior, [ConsentKind.VISIT], by=typist, channel=Channel.PHONE)
    assert Keying.objects.get().values == {}
    assert keying.figures(campaign, typist).waiting == 0
    assert not keying.waiting(campaign, typist).exists()


def test_an_agreement_taken_back_between_the_day_of_the_paper_and_its_typing_holds(
    campaign, paper, typist, colleague
):
    day = TODAY - timedelta(days=3)
    Consent.objects.create(
        senior=paper.senior, kind="health", given=False, decided_on=TODAY - timedelta(days=1)
    )
    type_in(paper, typist, received_on=day, draw=lambda: True)
    assert "bathing" in Keying.objects.get().values
    assert "falls" not in Keying.objects.get().values
    done = type_in(paper, colleague, again=True, received_on=day)
    assert (done.again, done.different, done.aside) == (True, 0, None)
    assert "falls" not in Response.objects.get().observation.values


def test_where_the_consents_typed_differ_only_they_and_what_both_kept_are_compared(campaign):
    first = keying.storable(campaign, TOLD)
    second = keying.storable(campaign, TOLD | {"consent_health": 0})
    compared, different = keying.compare(campaign, first, second)
    assert different == ["consent_health"]
    assert compared == len(TOLD) - 1  # the fall was kept by one typing only


def test_one_paper_in_twenty_is_drawn():
    assert 0.03 < sum(keying.one_in_twenty() for _ in range(10_000)) / 10_000 < 0.07


def test_an_objection_on_paper_counts_at_once(campaign, paper, typist):
    objecting = next(
        code for code, item in questionnaire.named(QUESTIONNAIRE).items.items() if item.objection
    )
    type_in(paper, typist, TOLD | {objecting: 1})
    assert Objection.objects.get().senior == paper.senior
    assert Consent.objects.filter(kind=ConsentKind.VISIT, given=True).exists()


def test_papers_of_other_territories_are_neither_listed_nor_counted(campaign, paper, typist):
    type_in(paper, typist, draw=lambda: True)
    stranger = make_user(Role.OFFICER, make_territory())
    assert not keying.waiting(campaign, stranger).exists()
    assert keying.figures(campaign, stranger).typed == 0


def test_a_sheet_sent_after_the_session_ended_is_kept_and_goes_on(client, campaign, paper, typist):
    typist.set_password("une vague de trop")
    typist.save()
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    told = posted() | {"account": account_of(typist)}
    page = client.post(sheet, told)  # her session ended while she typed
    assert page.status_code == 403
    assert "Votre session était terminée" in page.content.decode()
    assert not Response.objects.exists()
    log_in = {"username": typist.username, "next": sheet, "kept": page.context["kept"]}
    wrong = client.post(reverse("login"), log_in | {"password": "mauvais"})
    assert wrong.context["kept"] == page.context["kept"]
    back = client.post(reverse("login"), log_in | {"password": "une vague de trop"})
    assert "Envoyer ma saisie" in back.content.decode()
    fields = dict(back.context["fields"])
    assert client.post(back.context["then"], fields).status_code == 302
    assert Response.objects.get().observation.values["bathing"] == 3
    # What was tampered with is forgotten, and nothing leads to another site.
    client.logout()
    log_in |= {"password": "une vague de trop", "kept": "[1]", "next": "https://ailleurs.example/"}
    assert client.post(reverse("login"), log_in)["Location"] == "/"


def test_a_sheet_left_open_whose_author_came_back_by_another_tab_is_kept(campaign, paper, typist):
    """Without a script, its token is that of the session before."""
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(typist)
    sheet = reverse("surveys:keying-sheet", args=[campaign.uid, paper.reference])
    told = posted() | {"csrfmiddlewaretoken": "a" * 32, "account": account_of(typist)}
    page = browser.post(sheet, told)
    assert page.status_code == 403
    assert "Envoyer ma saisie" in page.content.decode()
    assert not Response.objects.exists()
    fields = dict(page.context["fields"])
    assert fields == posted()
    again = fields | {"csrfmiddlewaretoken": f"{page.context['csrf_token']}"}
    assert browser.post(page.context["then"], again).status_code == 302
    assert Response.objects.get().observation.values["bathing"] == 3
    # What another site would have her confirm is not shown, nor what no page of hers was typing.
    elsewhere = browser.post(sheet, told, headers={"Sec-Fetch-Site": "cross-site"})
    other = browser.post(reverse("logout"), told)
    for refused in (elsewhere, other):
        assert refused.status_code == 403
        assert "Envoyer ma saisie" not in refused.content.decode()
    browser.logout()
    assert browser.post(sheet, told).context["kept"]
