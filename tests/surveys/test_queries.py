"""Response rates, small groups, who is silent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.enums import Role
from surveys.campaigns import frozen, queries
from surveys.campaigns.queries import Rate
from surveys.models import Response
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign, settle

SMALL = 11


@pytest.fixture
def brest():
    return make_territory("Brest")


def people(territory, count, **fields):
    home = make_dwelling(make_residence(territory))
    return [make_senior(home, **fields) for _ in range(count)]


def answer(campaign, *seniors):
    intake.record_many(
        campaign,
        [
            intake.Answer(senior.pk, Response.Channel.PAPER, date(2026, 11, 2), {}, {})
            for senior in seniors
        ],
    )


@pytest.mark.django_db
def test_rates_by_territory_and_age_on_the_opening_day(brest):
    crozon = make_territory("Crozon")
    young = people(brest, 2, born_on=date(1966, 10, 1))
    old = people(crozon, 3, born_on=date(1936, 10, 1))
    people(crozon, 1, born_on=date(1936, 10, 2))
    people(crozon, 1, born_on=None, birth_year=None)
    campaign = make_campaign(brest, crozon)
    answer(campaign, young[0], *old[:2])
    rates = queries.campaign_rates(make_user(Role.ADMINISTRATOR), campaign)
    assert (rates.total.asked, rates.total.answered, rates.total.percent) == (7, 3, 43)
    assert rates.by_territory == [Rate("Brest", 2, 1), Rate("Crozon", 5, 2)]
    assert rates.by_age == [
        Rate("60 à 69 ans", 2, 1),
        Rate("70 à 79 ans", 0, 0),
        Rate("80 à 89 ans", 1, 0),
        Rate("90 ans et plus", 3, 2),
        Rate("âge inconnu", 1, 0),
    ]


@pytest.mark.django_db
def test_an_answer_of_someone_not_asked_does_not_raise_the_rate(brest):
    people(brest, 2)
    campaign = make_campaign(brest)
    answer(campaign, *people(make_territory("ailleurs"), 1))
    total = queries.campaign_rates(make_user(Role.ADMINISTRATOR), campaign).total
    assert (total.asked, total.answered) == (2, 0)


@pytest.mark.django_db
def test_an_officer_counts_only_own_territories(brest):
    quimper = make_territory("Quimper")
    people(brest, 2)
    people(quimper, 5)
    campaign = make_campaign(brest, quimper)
    officer = make_user(Role.OFFICER, brest)
    assert queries.campaign_rates(officer, campaign).total.asked == 2
    assert queries.campaign_totals(officer, [campaign])[campaign.pk].asked == 2


@pytest.mark.django_db
def test_the_list_and_the_page_give_one_figure(brest):
    seniors = people(brest, 4)
    campaign = make_campaign(brest)
    answer(campaign, *seniors[:3])
    admin = make_user(Role.ADMINISTRATOR)
    total = queries.campaign_rates(admin, campaign).total
    listed = queries.campaign_totals(admin, [campaign])[campaign.pk]
    assert (listed.asked, listed.answered) == (total.asked, total.answered) == (4, 3)


@pytest.mark.django_db
def test_silent_are_those_asked_housed_and_without_answer_eldest_first(brest):
    old, *others = people(brest, 3, born_on=date(1940, 1, 1))
    older = people(brest, 1, born_on=date(1930, 1, 1))[0]
    campaign = make_campaign(brest)
    people(brest, 1)
    answer(campaign, others[0])
    officer = make_user(Role.OFFICER, brest)
    assert list(queries.silent_seniors(officer, campaign)) == [older, old, others[1]]
    stranger = make_user(Role.OFFICER, make_territory())
    assert not queries.silent_seniors(stranger, campaign).exists()


@pytest.mark.parametrize(
    ("rates", "hidden"),
    [
        ([Rate("a", 50, 25), Rate("b", 50, 25)], set()),
        ([Rate("a", 10, 5), Rate("b", 50, 25), Rate("c", 60, 30)], {"a", "b"}),
        ([Rate("a", 50, 3), Rate("b", 50, 25), Rate("c", 60, 30)], {"a", "b"}),
        ([Rate("a", 50, 47), Rate("b", 50, 25), Rate("c", 60, 30)], {"a", "b"}),
        ([Rate("a", 50, 0), Rate("b", 50, 25)], set()),
        ([Rate("a", 3, 1), Rate("b", 3, 1), Rate("c", 60, 30), Rate("d", 90, 40)], {"a", "b", "c"}),
        ([Rate("a", 0, 0), Rate("b", 50, 25)], set()),
    ],
)
def test_small_groups_are_hidden_and_cannot_be_computed_back(rates, hidden):
    shown = queries.hide_small(rates, SMALL)
    assert {rate.label for rate in shown if rate.hidden} == hidden


COUNTS = st.tuples(st.integers(0, 80), st.integers(0, 80)).map(sorted)


@given(cells=st.lists(COUNTS, min_size=1, max_size=8))
def test_what_is_hidden_is_never_a_small_group_by_difference(cells):
    rates = [Rate(str(n), asked, answered) for n, (answered, asked) in enumerate(cells)]
    shown = queries.hide_small(rates, SMALL)
    for rate in shown:
        if not rate.hidden:
            assert all(n == 0 or n >= SMALL for n in (rate.asked, rate.answered, rate.silent))
    hidden = [rate for rate, seen in zip(rates, shown, strict=True) if seen.hidden]
    left = [rate for rate, seen in zip(rates, shown, strict=True) if not seen.hidden and rate.asked]
    if hidden and left:
        assert len(hidden) >= 2
        for name in ("asked", "answered", "silent"):
            total = sum(getattr(rate, name) for rate in hidden)
            assert total == 0 or total >= SMALL


@pytest.mark.django_db
def test_an_evaluator_of_a_small_campaign_sees_no_figure(brest):
    seniors = people(brest, 30)
    campaign = make_campaign(brest)
    answer(campaign, *seniors[:3])
    evaluator = make_user(Role.EVALUATOR)
    rates = queries.shown(queries.campaign_rates(evaluator, campaign), evaluator)
    assert (rates.total.hidden, rates.by_age, rates.by_territory) == (True, [], [])
    assert frozen.totals(evaluator, [settle(campaign)])[campaign.pk].hidden
