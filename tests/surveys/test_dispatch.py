"""Whom a campaign asks."""

from datetime import date

import pytest

from seniors.models import Objection
from surveys import dispatch
from surveys.models import Invitation
from tests.make import make_dwelling, make_residence, make_senior, make_territory
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
OPENED = date(2026, 10, 1)


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


def invited(campaign):
    return set(campaign.invitations.values_list("senior__reference", flat=True))


def test_seniors_housed_in_the_territories_are_asked_and_no_others(brest, home):
    make_senior(home, reference="ici")
    make_senior(reference="ailleurs")
    make_senior(reference="partie", ended_on=date(2026, 1, 1), end="left")
    assert invited(make_campaign(brest)) == {"ici"}


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"born_on": date(1961, 10, 1)}, True),
        ({"born_on": date(1961, 10, 2)}, False),
        ({"born_on": None, "birth_year": 1961}, True),
        ({"born_on": None, "birth_year": 1962}, False),
        ({"born_on": None, "birth_year": None}, True),
    ],
)
def test_the_least_age_counts_on_the_opening_day_and_an_unknown_age_is_asked(
    brest, home, fields, asked
):
    make_senior(home, reference="P", **fields)
    assert invited(make_campaign(brest, least_age=65)) == ({"P"} if asked else set())


@pytest.mark.parametrize(
    ("objection", "asked"),
    [
        ({}, False),
        ({"until": date(2026, 10, 1)}, False),
        ({"until": date(2026, 9, 30)}, True),
        ({"lifted_on": date(2026, 9, 1)}, True),
        ({"since": date(2026, 10, 2)}, True),
    ],
)
def test_who_objected_is_not_asked_while_the_objection_runs(brest, home, objection, asked):
    senior = make_senior(home, reference="P")
    fields = {"since": date(2025, 1, 1), "reason": "ne veut pas"} | objection
    Objection.objects.create(senior=senior, **fields)
    assert invited(make_campaign(brest)) == ({"P"} if asked else set())


def test_inviting_again_adds_only_newcomers(brest, home):
    make_senior(home)
    campaign = make_campaign(brest)
    assert dispatch.invite(campaign, on=OPENED) == 0
    make_senior(home, reference="nouvelle")
    assert dispatch.invite(campaign, on=date(2026, 11, 1)) == 1
    newcomer = Invitation.objects.get(senior__reference="nouvelle")
    assert newcomer.sent_on == date(2026, 11, 1)


def test_the_count_before_opening_is_that_of_the_invitations(brest, home):
    for _ in range(3):
        make_senior(home)
    empty = make_territory("Crozon")
    counts = dispatch.count_to_ask([brest, empty], least_age=60, on=OPENED)
    assert counts == [("Brest", 3), ("Crozon", 0)]
    assert make_campaign(brest, empty).invitations.count() == 3


def test_sixty_on_a_leap_day_is_read_without_error(brest, home):
    make_senior(home, born_on=date(1963, 2, 28))
    assert dispatch.whom_to_ask([brest], least_age=65, on=date(2028, 2, 29)).count() == 1
