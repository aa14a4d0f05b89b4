"""The only door for an answer: identity, consents, nothing kept that was not agreed to."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seniors import sheet
from seniors.enums import ConsentKind
from seniors.letter.content import letter_of
from seniors.models import Consent, Objection, Observation
from seniors.observe import Refused
from seniors.timeline import all_events
from surveys.models import Aside, Response
from surveys.receiving import intake
from tests.make import make_senior
from tests.surveys.make import make_campaign, territory_of

pytestmark = pytest.mark.django_db
ALL_YES = dict.fromkeys(ConsentKind, True)
DAY = date(2026, 11, 2)


@pytest.fixture
def jeanne():
    return make_senior()


@pytest.fixture
def campaign(jeanne):
    return make_campaign(territory_of(jeanne))


def record(senior, campaign, values, consents, **more):
    return intake.record_response(
        senior,
        campaign=campaign,
        channel=Response.Channel.PHONE,
        received_on=DAY,
        values=values,
        consents=consents,
        **more,
    )


def test_an_answer_becomes_one_observation_dated_of_its_day(jeanne, campaign):
    response = record(jeanne, campaign, {"falls": 1, "cold_home": 0}, ALL_YES)
    observation = response.observation
    assert (observation.senior, observation.source) == (jeanne, "survey")
    assert observation.observed_on == DAY
    assert observation.values == {"falls": 1, "cold_home": 0}


def test_an_agreement_is_told_with_the_way_it_was_given(jeanne, campaign):
    record(jeanne, campaign, {}, ALL_YES)
    visit = sheet.agreements([jeanne.pk])[0]
    told = next(one.detail for one in all_events([jeanne.pk]) if "Accord donné" in one.what)
    letter = next(one for one in letter_of(jeanne).chapters if one.title == "Vos accords")
    assert (visit.way, "enquête annuelle, téléphone, questionnaire" in told) == ("téléphone", True)
    assert "oui, le 2\u00a0novembre 2026 (téléphone, questionnaire" in letter.lines[0][1]
    # A second answer, on paper, of the same day: which of them it was is not known.
    second = {"channel": Response.Channel.PAPER, "received_on": DAY, "values": {}}
    refused = ALL_YES | {ConsentKind.SHARING: False}
    intake.record_or_set_aside(jeanne, campaign=campaign, consents=refused, **second)
    assert {one.way for one in sheet.agreements([jeanne.pk])} == {""}


def test_the_same_answer_twice_counts_once(jeanne, campaign):
    first = record(jeanne, campaign, {"cold_home": 1}, ALL_YES)
    assert record(jeanne, campaign, {"cold_home": 1}, ALL_YES) == first
    assert (Observation.objects.count(), Consent.objects.count()) == (1, 4)


def test_another_answer_is_refused_and_the_first_stays(jeanne, campaign):
    record(jeanne, campaign, {"cold_home": 1}, ALL_YES)
    with pytest.raises(intake.Conflict, match="déjà répondu"):
        record(jeanne, campaign, {"cold_home": 0}, ALL_YES)
    assert Observation.objects.get().values == {"cold_home": 1}


def test_next_year_the_same_person_answers_again(jeanne, campaign):
    record(jeanne, campaign, {"cold_home": 1}, ALL_YES)
    later = make_campaign(territory_of(jeanne), name="Enquête 2027")
    record(jeanne, later, {"cold_home": 0}, ALL_YES)
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("visit", [None, False])
def test_without_the_visit_consent_only_the_count_and_the_consents_are_kept(
    jeanne, campaign, visit
):
    consents = {} if visit is None else {ConsentKind.VISIT: visit}
    response = record(jeanne, campaign, {"cold_home": 1}, consents)
    assert response.observation is None
    assert not Observation.objects.exists()
    assert Consent.objects.count() == len(consents)


def test_without_the_health_consent_health_is_not_kept_and_the_rest_is(jeanne, campaign):
    consents = {ConsentKind.VISIT: True, ConsentKind.HEALTH: False}
    response = record(jeanne, campaign, {"falls": 2, "apa": 1, "cold_home": 1}, consents)
    assert response.observation.values == {"cold_home": 1}


def test_what_was_not_kept_leaves_no_trace_in_the_digest(jeanne, campaign):
    consents = {ConsentKind.VISIT: True, ConsentKind.HEALTH: False}
    first = record(jeanne, campaign, {"falls": 2, "cold_home": 1}, consents)
    assert record(jeanne, campaign, {"falls": 0, "cold_home": 1}, consents) == first


def test_a_consent_taken_back_after_the_answer_was_sent_wins(jeanne, campaign):
    Consent.objects.create(
        senior=jeanne,
        kind=ConsentKind.VISIT,
        given=False,
        decided_on=date(2026, 11, 10),
        wording="au téléphone",
        source="officer",
    )
    assert record(jeanne, campaign, {"cold_home": 1}, ALL_YES).observation is None


def test_health_taken_back_after_the_answer_was_sent_leaves_no_trace_in_the_digest(
    jeanne, campaign
):
    """Whoever tries all the answers that there are finds none of them."""
    told = {"cold_home": 1, "falls": 2, "apa": 1}

    def late(**values):
        paper = intake.Answer(jeanne.pk, Response.Channel.PAPER, DAY, told | values, ALL_YES)
        intake.receive_many(campaign, [paper])
        return paper

    Consent.objects.create(
        senior=jeanne, kind=ConsentKind.HEALTH, given=False, decided_on=date(2026, 11, 10),
        wording="au téléphone", source="officer",
    )  # fmt: skip
    first = late()
    response = Response.objects.get()
    assert response.observation.values == {"cold_home": 1}
    assert response.content_digest != first.digest
    second = late(cold_home=0)
    for _ in range(2):  # sent again, either is known, whatever it said of her health
        late()
        late(cold_home=0, falls=0)
    aside = Aside.objects.get()
    assert aside.values == {"cold_home": 0}
    assert aside.content_digest != second.digest
    assert Response.objects.get() == response


def test_who_asks_not_to_be_contacted_has_an_objection_without_end(jeanne, campaign):
    record(jeanne, campaign, {}, {ConsentKind.VISIT: False}, objects=True)
    objection = Objection.objects.get()
    assert (objection.senior, objection.since, objection.until) == (jeanne, DAY, None)


def test_an_impossible_value_writes_nothing_at_all(jeanne, campaign):
    with pytest.raises(Refused):
        record(jeanne, campaign, {"cold_home": 9}, ALL_YES)
    assert not Response.objects.exists()
    assert not Consent.objects.exists()


def test_fifty_answers_take_as_many_queries_as_five(campaign, jeanne, django_assert_num_queries):
    def answers(count):
        return [
            intake.Answer(
                make_senior(jeanne.dwelling).pk, Response.Channel.PAPER, DAY, {"falls": 1}, ALL_YES
            )
            for _ in range(count)
        ]

    few, many = answers(5), answers(50)
    with CaptureQueriesContext(connection) as queries:
        intake.record_many(campaign, few)
    with django_assert_num_queries(len(queries)):
        intake.record_many(campaign, many)
    assert Response.objects.count() == 55
