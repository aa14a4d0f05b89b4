"""Who replied to one survey and let the next go by is visited earlier, and it is said."""

from datetime import date

import pytest

from surveys.models import Response
from surveys.receiving import intake
from tests.surveys.make import make_campaign
from tests.visits.makers import make_agency, make_list, names_on

WORDS = "a répondu à l’enquête de 2025, pas à celle de 2026"

pytestmark = pytest.mark.django_db


def test_a_voice_lost_weighs_among_the_silent_and_its_reason_is_true():
    territory, officer, seniors = make_agency(2, last_contact_on=date(2025, 10, 10))
    younger, older = seniors
    for senior in seniors:
        senior.dwelling.floor = 0
        senior.dwelling.save()
    before = make_campaign(
        territory, name="2025", opened_on=date(2025, 9, 1), closes_on=date(2025, 10, 31)
    )
    reply = intake.Answer(younger.pk, Response.Channel.PAPER, date(2025, 10, 10), {}, {})
    intake.record_many(before, [reply])
    make_campaign(territory, name="2026", opened_on=date(2026, 9, 1), closes_on=date(2026, 10, 31))
    made = make_list(territory, officer, capacity=2, silent_share=1.0)
    assert names_on(made) == [younger.pk, older.pk]
    first, second = made.entries.order_by("position")
    assert first.why == "silent"
    assert first.reason.startswith("Visite proposée car")
    assert first.reason.endswith(f", {WORDS}.")
    assert WORDS not in second.reason
    # Take the fact away, and the rank drops.
    made.delete()
    Response.objects.all().delete()
    again = make_list(territory, officer, capacity=2, silent_share=1.0)
    assert names_on(again) == [older.pk, younger.pk]
    assert not any(WORDS in entry.reason for entry in again.entries.all())
