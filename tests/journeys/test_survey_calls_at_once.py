"""Officers who call, and type, at the same moment, on the server that production runs on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from seniors.enums import Role
from surveys.models import Call, Draft, Hold, Invitation, Keying, Response
from surveys.receiving import call_form, call_queue, calls, keying
from tests.journeys.test_at_once import at_once
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
TOLD = {"consent_visit": 1, "consent_health": 0, "bathing": 3}


@pytest.fixture
def here():
    return make_territory()


@pytest.fixture
def campaign(here):
    residence, today = make_residence(here), timezone.localdate()
    for _ in range(4):
        make_senior(make_dwelling(residence), phone="0298001122")
    return make_campaign(here, opened_on=today - timedelta(9), closes_on=today + timedelta(9))


@pytest.fixture
def officers(here):
    return [make_user(Role.OFFICER, here) for _ in range(4)]


def test_four_officers_at_once_are_given_four_people(campaign, officers):
    now = timezone.now()
    given = at_once(
        *(lambda who=who: call_queue.next_person(campaign, who, now=now) for who in officers)
    )
    assert len({one.pk for one in given}) == 4
    assert Hold.objects.count() == 4


def test_a_hold_that_has_ended_is_taken_once(campaign, officers):
    now, invitation = timezone.now(), Invitation.objects.first()
    Hold.objects.create(invitation=invitation, by=officers[0], until=now - timedelta(minutes=1))
    takes = (lambda who=who: calls.take(invitation, by=who, now=now) for who in officers[1:])
    assert sorted(at_once(*takes)) == [False, False, True]


def test_two_tabs_begin_one_form_and_one_is_told_so(campaign, officers):
    now, invitation = timezone.now(), Invitation.objects.select_related("campaign").first()
    saves = [
        lambda value=value: call_form.save(
            invitation, {"consent_visit": value}, version=0, by=officers[0], now=now
        )
        for value in (0, 1)
    ]
    assert sorted(type(one).__name__ for one in at_once(*saves)) == ["Draft", "Elsewhere"]
    assert Draft.objects.get().version == 1


def test_one_answer_finished_on_the_telephone_and_typed_at_once_is_one(campaign, officers):
    now, today = timezone.now(), timezone.localdate()
    invitation = Invitation.objects.select_related("campaign", "senior").first()
    at_once(
        lambda: call_form.finish(invitation, TOLD, version=0, by=officers[0], now=now),
        lambda: keying.record(invitation, TOLD, received_on=today, by=officers[1]),
        lambda: keying.record(invitation, TOLD, received_on=today, by=officers[2]),
    )
    assert Response.objects.count() == 1
    assert Keying.objects.count() <= 1
    assert Call.objects.get().outcome == Call.Outcome.ANSWERED
