"""The projection: what it must always hold, and that it grows as the whole country does."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.steering.projection import (
    COUNTED,
    FIGURES,
    LAST,
    OLD,
    SIXTY,
    People,
    expect,
    mortality,
    project,
)
from visits.steering.rates import VARIANTS, rates_of, supposed

CENTRAL = rates_of("central")
CLOSED = replace(CENTRAL, leave=0, leave_old=0, enter=0)
POPULATION = Path(__file__).parents[1] / "data/personnes_agees_departements.csv"


def people(ages, *, women=True, group=None, homes=1.0, free=1.0):
    """Tenants of these ages, in one group unless told otherwise."""
    count = len(ages)
    return People(
        group=np.zeros(count, dtype=int) if group is None else np.array(group),
        age=np.array(ages, dtype=int),
        woman=np.full(count, women),
        homes=np.full(count, homes),
        free=np.full(count, free),
    )


def stock(count=400, groups=4):
    """A stock of every age."""
    rng = np.random.default_rng(3)
    return replace(
        people(rng.integers(SIXTY, 99, count), group=rng.integers(0, groups, count)),
        woman=rng.random(count) < 0.6,
        free=np.full(count, 0.9),
    )


def test_today_is_what_is_counted_today():
    told = project(people([62, 74, 75, 91]), 1, CENTRAL, seed=1)
    assert told.mean["seniors"][-1, 0] == 4
    assert told.mean["oldest"][-1, 0] == 2
    assert told.least["oldest"][-1, 0] == told.most["oldest"][-1, 0] == 2
    assert [told.mean[code][-1, 0] for code in ("works", "cost", "spent")] == [0, 0, 0]


def test_the_same_seed_gives_the_same_numbers():
    first, again = (project(stock(), 4, CENTRAL, seed=7) for _ in range(2))
    for code in FIGURES:
        assert (first.least[code] == again.least[code]).all()
        assert (first.most[code] == again.most[code]).all()


def test_the_mean_is_within_the_interval_of_every_year_and_place():
    told = project(stock(4000), 4, CENTRAL, seed=7)
    for code in FIGURES:
        assert (told.least[code] <= told.mean[code] + 1e-6).all()
        assert (told.mean[code] <= told.most[code] + 1e-6).all()


def test_all_together_is_the_sum_of_the_places():
    told = project(stock(), 4, CENTRAL, seed=7)
    for code in FIGURES:
        assert told.mean[code][-1] == pytest.approx(told.mean[code][:-1].sum(axis=0))


def test_a_place_where_nobody_lives_stays_empty():
    told = project(people([70, 80], group=[0, 2]), 3, CENTRAL, seed=1)
    assert all((told.mean[code][1] == 0).all() and (told.most[code][1] == 0).all()
               for code in FIGURES)  # fmt: skip


def test_nobody_at_all_is_no_error():
    told = project(people([]), 2, CENTRAL, seed=1)
    assert not told.mean["seniors"].any()


def test_an_adapted_home_needs_nothing():
    told = project(people([85] * 50, free=0.0), 1, replace(CLOSED, reach_sixty=0), seed=1)
    assert not told.most["to_adapt"].any()
    assert not told.most["works"].any()


def test_two_seniors_of_one_home_count_for_one():
    alone = expect(people([80, 80]), 1, CLOSED)["to_adapt"][-1, 0]
    assert expect(people([80, 80], homes=0.5), 1, CLOSED)["to_adapt"][-1, 0] == alone / 2


def test_with_nobody_coming_people_only_go():
    told = expect(stock(), 4, replace(CENTRAL, enter=0, reach_sixty=0))
    assert (np.diff(told["seniors"], axis=1) <= 0).all()


def test_the_high_variant_is_above_the_central_one_and_that_above_the_low_one():
    low, central, high = (expect(stock(), 4, rates_of(one)) for one in VARIANTS)
    for code in ("seniors", "oldest", "to_adapt", "spent"):
        assert (low[code][-1, 1:] < central[code][-1, 1:]).all()
        assert (central[code][-1, 1:] < high[code][-1, 1:]).all()


def test_the_needs_of_today_are_met_once_within_the_years_to_catch_up():
    """With nobody going or coming, and no age at which needs rise: what is asked is done once."""
    still = replace(
        CLOSED, mortality=dict.fromkeys("FM", (1e-12,) * 5), reach_sixty=0,
        need_ages=(60, 110), need=(0.4, 0.4),
    )  # fmt: skip
    told = project(people([70] * 1000), 1, still, seed=1)
    done = told.mean["works"][-1]
    assert done[1 : still.catch_up + 1].sum() == pytest.approx(1000 * 0.4 * still.adopted)
    assert done[still.catch_up + 1 :] == pytest.approx(0)
    assert told.most["works"][-1, still.catch_up + 1 :].max() == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(SIXTY, LAST), min_size=1, max_size=40), st.integers(0, 99))
def test_no_interval_is_upside_down_nor_below_nobody(ages, seed):
    told = project(people(ages), 1, replace(CENTRAL, draws=40), seed=seed)
    for code in FIGURES:
        assert (told.least[code] >= -1e-6).all()
        assert (told.least[code] <= told.most[code]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(SIXTY, 100))
def test_one_more_tenant_never_lowers_a_figure(age):
    less, more = (expect(people([70] * 5 + more), 1, CENTRAL) for more in ([], [age]))
    for code in COUNTED:
        assert (more[code][-1] >= less[code][-1] - 1e-9).all()


def test_mortality_rises_with_age_and_is_higher_for_men():
    men, women = mortality(CENTRAL)[:, SIXTY:100]
    assert (np.diff(men) > 0).all()
    assert (men > women).all()


def test_what_has_no_published_source_says_so():
    assert all(one.is_assumption or one.source for one in supposed())
    assert {len(one.values) for one in supposed()} == {3}


def population(place):
    """{(women, group): {year: people}} of the INSEE's projections."""
    with POPULATION.open(encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = [row for row in csv.DictReader(lines, delimiter=";") if row["departement"] == place]
    return {(row["sexe"] == "2", row["groupe"]): row for row in rows}


def _ages(count, women, group):
    """That many ages: as many of each from 60 to 74; beyond, as mortality leaves them."""
    if group == "60-74":
        span = np.arange(SIXTY, OLD)
        parts = np.ones(len(span))
    else:
        span = np.arange(OLD, 106)
        parts = np.cumprod(1 - mortality(CLOSED)[int(women), OLD - 1 : 105])
    place = np.searchsorted(np.cumsum(parts) / parts.sum(), (np.arange(count) + 0.5) / count)
    return span[np.minimum(place, len(span) - 1)]


@pytest.mark.parametrize(("place", "scale", "gap"), [("France", 2000, 5), ("29", 20, 7)])
def test_the_older_ones_grow_as_in_the_projections_of_the_insee(place, scale, gap):
    """75 and over from 2024 to 2039, nobody leaving or coming but by age: within a few points.

    The Finistère draws retired people, which this closed population does not see.
    """
    told = population(place)
    parts = [
        people(_ages(int(row["2024"]) // scale, *who), women=who[0]) for who, row in told.items()
    ]
    everyone = People(
        *(np.concatenate([getattr(one, name) for one in parts]) for name in
          ("group", "age", "woman", "homes", "free"))
    )  # fmt: skip
    oldest = expect(everyone, 1, CLOSED)["oldest"][-1]
    theirs = [sum(int(row[year]) for who, row in told.items() if who[1] == "75+")
              for year in ("2024", "2039")]  # fmt: skip
    growth, expected = oldest[15] / oldest[0], theirs[1] / theirs[0]
    assert 100 * abs(growth - expected) <= gap
