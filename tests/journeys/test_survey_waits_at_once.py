"""Calls, letters, merges, withdrawals and answers of the same people at the same moment, on the
server that production runs on: one order of locks, so that none is refused as a deadlock."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from seniors import merge, withdrawal
from seniors.enums import ConsentKind, Role
from seniors.models import Consent, Observation, Senior
from surveys.models import Call, Response, Wave
from surveys.receiving import calls, drafts, intake
from surveys.sending import reminder_letters, waves
from tests.journeys.test_at_once import at_once
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
AGREED = dict.fromkeys(ConsentKind, True)
ROUNDS = 3


@pytest.fixture
def here():
    return make_territory()


@pytest.fixture
def manager(here):
    return make_user(Role.MANAGER, here)


@pytest.fixture
def people(here):
    residence = make_residence(here)
    return [make_senior(make_dwelling(residence), phone="0298001122") for _ in range(12)]


@pytest.fixture
def campaign(here, people):
    today = timezone.localdate()
    return make_campaign(here, opened_on=today - timedelta(9), closes_on=today + timedelta(9))


def failures(given) -> list[Exception]:
    return [one for one in given if isinstance(one, Exception)]


def answer(campaign, senior, value):
    return intake.record_or_set_aside(
        senior,
        campaign=campaign,
        channel=Response.Channel.WEB,
        received_on=timezone.localdate(),
        values={"cold_home": value},
        consents=AGREED,
    )


def test_letters_calls_merges_and_answers_never_wait_for_each_other(campaign, people, manager):
    now = timezone.now()
    asked = list(campaign.invitations.select_related("campaign", "senior").order_by("pk"))
    wave = waves.plan(campaign, channel="letter", planned_on=timezone.localdate(), by=manager)
    ids = [one.pk for one in people]

    def join(kept, absorbed):
        chosen = {clash.field: "kept" for clash in merge.clashes(kept, absorbed)}
        merge.undo(merge.merge(kept, absorbed, chosen, by=manager), by=manager)

    for known in range(ROUNDS):
        Wave.objects.get(pk=wave.pk).sendings.all().delete()
        given = at_once(
            lambda: reminder_letters._some(wave, ids, timezone.localdate()),
            *(
                lambda one=one, known=known: calls.note(
                    one, "nobody", by=manager, now=now, known=known
                )
                for one in (asked[11], asked[3], asked[0])
            ),
            lambda: join(people[10], people[2]),
            lambda known=known: answer(campaign, people[9], known % 2),
            lambda known=known: answer(campaign, people[2], known % 2),
        )
        assert not failures(given)
    assert Call.objects.count() == 3 * ROUNDS
    assert Senior.objects.filter(merged_into=None).count() == 12


def test_what_is_sent_while_she_withdraws_is_erased_or_agreed_anew(campaign, people, manager):
    """Either her answer came first, and goes; or it came after, and is a new agreement."""
    for number, senior in enumerate(people[:6]):
        invitation = campaign.invitations.select_related("campaign", "senior").get(senior=senior)
        page = drafts.Page({"consent_visit": 1, "cold_home": number % 2}, {}, 0)
        draft = drafts.save(invitation, page)
        given = at_once(
            lambda one=invitation, draft=draft: drafts.send(one, version=draft.version),
            lambda senior=senior: withdrawal.withdraw(
                senior, [ConsentKind.VISIT], by=manager, channel=withdrawal.Channel.PHONE
            ),
        )
        assert not [one for one in failures(given) if not isinstance(one, drafts.Gone)]
        last = Consent.objects.filter(senior=senior, kind="visit").latest("pk")
        assert Observation.objects.filter(senior=senior).exists() == last.given
