"""The survey's gestures at the same moment, on the server that production runs on: nothing is
lost, doubled or left waiting for ever."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from seniors import merge
from seniors.enums import ConsentKind, Role
from surveys.campaigns import counting, dispatch, queries
from surveys.models import Aside, Campaign, Invitation, Keying, Response, Tally
from surveys.receiving import asides, intake, keying
from surveys.sending import waves
from tests.journeys.test_at_once import at_once
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
AGREED = dict.fromkeys(ConsentKind, True)
TOLD = {"consent_visit": 1, "consent_health": 0, "bathing": 3}


@pytest.fixture
def here():
    return make_territory()


@pytest.fixture
def people(here):
    residence = make_residence(here)
    return [make_senior(make_dwelling(residence)) for _ in range(4)]


@pytest.fixture
def manager(here):
    return make_user(Role.MANAGER, here)


@pytest.fixture
def campaign(here, people):
    today = timezone.localdate()
    return make_campaign(here, opened_on=today - timedelta(9), closes_on=today + timedelta(9))


def answer(campaign, senior, value, channel="web"):
    return intake.record_or_set_aside(
        senior,
        campaign=campaign,
        channel=Response.Channel(channel),
        received_on=timezone.localdate(),
        values={"cold_home": value},
        consents=AGREED,
    )


def agree(campaign) -> None:
    """What is kept is what a recount finds."""
    rows = Tally.objects.filter(campaign=campaign, people__gt=0)
    fields = ("people", "by", "territory", *counting._WHOLE)
    kept = {tuple(key): people for people, *key in rows.values_list(*fields)}
    assert kept == +counting.counted(campaign)


def test_opened_by_two_clicks_and_asked_by_two_tasks_it_asks_once(here, people, manager):
    today = timezone.localdate()
    fields = {
        "name": "Enquête",
        "questionnaire": QUESTIONNAIRE,
        "territories": [here],
        "opened_on": today,
        "closes_on": today + timedelta(30),
        "least_age": 60,
    }
    made = at_once(*[lambda: waves.launch(fields, [], by=manager)] * 3)
    refused = [one for one in made if isinstance(one, waves.WaveRefusal)]
    assert [one.code for one in refused] == ["taken", "taken"]
    campaign = Campaign.objects.get()
    assert sorted(at_once(*[lambda: dispatch.ask_everyone(campaign)] * 3)) == [0, 0, 4]
    assert Invitation.objects.count() == 4
    agree(campaign)


def test_records_joined_while_both_answer_end_as_one_person(campaign, people, manager):
    kept, absorbed = people[:2]
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, absorbed)}
    given = at_once(
        lambda: merge.merge(kept, absorbed, chosen, by=manager),
        lambda: answer(campaign, kept, 1),
        lambda: answer(campaign, absorbed, 0, "paper"),
        lambda: answer(campaign, people[2], 1),
    )
    assert not [one for one in given if isinstance(one, Exception)]
    assert queries.campaign_rates(manager, campaign).total == queries.Rate("Total", 3, 2)
    assert Aside.objects.filter(decision="").count() == 1
    agree(campaign)


def test_two_people_decide_one_comparison_and_one_is_told_so(campaign, people, manager):
    answer(campaign, people[0], 1)
    aside = answer(campaign, people[0], 0)
    given = at_once(
        lambda: asides.decide(aside, "first", by=manager),
        lambda: asides.decide(aside, "second", by=manager),
    )
    refused = [one for one in given if isinstance(one, asides.AsideRefusal)]
    assert [one.code for one in refused] == ["decided"]
    agree(campaign)


def test_a_paper_typed_a_second_time_by_two_is_compared_once(campaign, people, here, manager):
    paper = Invitation.objects.select_related("campaign", "senior").first()
    today = timezone.localdate()
    keying.record(paper, TOLD, received_on=today, by=manager, draw=lambda: True)
    other = TOLD | {"bathing": 1}
    typists = [make_user(Role.OFFICER, here) for _ in range(2)]
    told = {"received_on": today, "again": True}
    given = at_once(
        *(lambda who=who: keying.record(paper, other, by=who, **told) for who in typists)
    )
    assert not [one for one in given if isinstance(one, Exception)]
    assert sorted(one.again for one in given) == [False, True]
    assert Keying.objects.get().compared
    assert Aside.objects.count() == 1
