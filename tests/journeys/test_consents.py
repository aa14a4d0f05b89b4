"""A consent is dated and may be taken back: from that day nothing it allowed is used."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.html import escape

from seniors import known, observe
from seniors.enums import ConsentKind, Role, Source
from seniors.fragility import store
from seniors.fragility.store import score_seniors
from seniors.models import Consent
from surveys.models import Response
from surveys.receiving import intake
from tests.make import make_senior, make_user
from tests.surveys.make import make_campaign, territory_of
from tests.visits.makers import TODAY, make_list
from visits.lists.printing import trip_of

pytestmark = pytest.mark.django_db
TOLD = {"falls": 2, "lonely": 4, "bathing": 3}


@pytest.fixture
def jeanne():
    """She replied to the survey on 2 November, all four consents given."""
    senior = make_senior(last_contact_on=None)
    reply(senior, dict.fromkeys(ConsentKind, True))
    return senior


def reply(senior, consents, **more):
    return intake.record_response(
        senior,
        campaign=make_campaign(territory_of(senior)),
        channel=Response.Channel.PAPER,
        received_on=date(2026, 11, 2),
        values=TOLD,
        consents=consents,
        **more,
    )


def say(senior, kind, given, on):
    Consent.objects.create(
        senior=senior, kind=kind, given=given, decided_on=on, wording="v1", source="officer"
    )


def counted(senior) -> dict:
    """What of her words is in a score computed now, and whether she is held for silent."""
    score = score_seniors(as_of=TODAY).scores.get(senior=senior)
    values = store.values_of(score)
    return {code: values[code] for code in ("falls", "lonely")} | {"silent": score.silence}


def test_health_taken_back_leaves_the_rest(jeanne):
    assert counted(jeanne) == {"falls": 2, "lonely": 4, "silent": None}
    say(jeanne, ConsentKind.HEALTH, False, date(2026, 11, 20))
    assert counted(jeanne) == {"falls": None, "lonely": 4, "silent": None}


def test_the_latest_answer_holds_whatever_the_order_of_recording(jeanne):
    say(jeanne, ConsentKind.HEALTH, True, date(2026, 11, 21))
    say(jeanne, ConsentKind.HEALTH, False, date(2026, 11, 20))
    assert counted(jeanne)["falls"] == 2
    say(jeanne, ConsentKind.HEALTH, False, date(2026, 11, 21))
    assert counted(jeanne)["falls"] is None


def test_visit_taken_back_silences_the_survey_and_not_what_a_visitor_saw(jeanne):
    say(jeanne, ConsentKind.VISIT, False, date(2026, 11, 20))
    assert counted(jeanne) == {"falls": None, "lonely": None, "silent": None}
    observe.record(
        jeanne,
        uid=uuid4(),
        source=Source.VISIT,
        observed_on=date(2026, 11, 22),
        values={"falls": 1},
    )
    assert counted(jeanne) == {"falls": 1, "lonely": None, "silent": None}
    assert Response.objects.count() == 1


def test_what_is_taken_back_is_on_no_page_and_no_paper(client, jeanne):
    territory = territory_of(jeanne)
    officer = make_user(Role.OFFICER, territory)
    client.force_login(officer)
    address, asked = reverse("seniors:senior-show", args=[jeanne.uid]), known.words()

    def shown() -> tuple[bool, ...]:
        text = client.get(address).content.decode()
        return tuple(escape(asked[code].question) in text for code in ("falls", "bathing"))

    made = make_list(territory, officer)
    assert shown() == (True, True)
    assert "baignoire" in [one.value for one in trip_of(made).people[0].known]
    say(jeanne, ConsentKind.HEALTH, False, date(2026, 11, 20))
    score_seniors(as_of=TODAY)
    assert shown() == (False, True)
    say(jeanne, ConsentKind.VISIT, False, date(2026, 11, 20))
    score_seniors(as_of=TODAY)
    assert shown() == (False, False)
    assert "baignoire" not in [one.value for one in trip_of(made).people[0].known]


@pytest.mark.parametrize("consents", [{}, {ConsentKind.VISIT: False}])
def test_a_reply_that_allows_nothing_is_counted_and_its_author_is_not_called_silent(consents):
    senior = make_senior(last_contact_on=None)
    response = reply(senior, consents)
    assert response.observation is None
    assert counted(senior) == {"falls": None, "lonely": None, "silent": None}
    assert Response.objects.count() == 1


def test_a_reply_without_the_health_consent_keeps_the_rest():
    senior = make_senior()
    reply(senior, {ConsentKind.VISIT: True, ConsentKind.HEALTH: False})
    assert counted(senior) == {"falls": None, "lonely": 4, "silent": None}
