"""The list: never over capacity, never an excluded person, drawn with exact probabilities."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.lists import selection
from visits.lists.selection import Recipe, draw, select

MONDAY = date(2026, 11, 30)


def people(*rows: dict) -> pd.DataFrame:
    """Candidates with sane defaults: each in a home and a residence of her own."""
    blank = {
        "age": 80.0,
        "known_share": 0.8,
        "silence": np.nan,
        "urgency": np.nan,
        "signal_on": pd.NaT,
        "last_visit_on": pd.NaT,
        "objects": False,
        "muted": False,
        "on_other_list": False,
        "skipped": False,
        "building": "",
        "stair": "",
        "total": 50.0,
    }
    own = [
        blank | {"senior_id": n, "dwelling_id": n, "residence_id": n} | row
        for n, row in enumerate(rows, 1)
    ]
    frame = pd.DataFrame(own, columns=list(selection.COLUMNS))
    for column in ("signal_on", "last_visit_on"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def recipe(capacity: int = 5, **fields) -> Recipe:
    """A week's recipe by score alone unless told otherwise."""
    return Recipe(
        **{"capacity": capacity, "seed": 7, "starts_on": MONDAY}
        | {"random_share": 0.0, "silent_share": 0.0}
        | fields
    )


def chosen(made: selection.Selection) -> list[int]:
    """Who is on the list, in order."""
    return made.entries["senior_id"].tolist()


days = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2026, 11, 24)))
candidate = st.fixed_dictionaries(
    {
        "dwelling_id": st.integers(1, 15),
        "age": st.one_of(st.just(np.nan), st.integers(60, 104).map(float)),
        "total": st.one_of(st.just(np.nan), st.integers(0, 20).map(float)),
        "known_share": st.sampled_from([0.1, 0.5, 1.0]),
        "silence": st.one_of(st.just(np.nan), st.integers(1, 9).map(float)),
        "urgency": st.sampled_from([np.nan, np.nan, np.nan, 1.0, 2.0]),
        "signal_on": st.dates(date(2026, 10, 1), date(2026, 11, 24)),
        "last_visit_on": days,
        "objects": st.booleans(),
        "muted": st.booleans(),
        "on_other_list": st.sampled_from([False, False, True]),
        "skipped": st.sampled_from([False, False, True]),
        "building": st.sampled_from(["", "A", "B"]),
    }
)
stocks = st.lists(candidate, max_size=40).map(
    lambda rows: people(*(row | {"residence_id": row["dwelling_id"] % 4} for row in rows))
)
recipes = st.builds(
    Recipe,
    capacity=st.integers(1, 12),
    seed=st.integers(0, 2**31 - 1),
    starts_on=st.just(MONDAY),
    random_share=st.sampled_from([0.0, 0.1, 0.25, 0.5]),
    silent_share=st.sampled_from([0.0, 0.2, 0.5]),
    revisit_months=st.integers(0, 24),
)
bounded = settings(max_examples=60)


@bounded
@given(stocks, recipes)
def test_list_never_passes_capacity_nor_leaves_a_place_empty_while_a_home_waits(stock, rule):
    made = select(stock, rule)
    skipped = stock.set_index("senior_id").loc[chosen(made), "skipped"]
    assert (~skipped).sum() <= rule.capacity
    if (~skipped).sum() < rule.capacity:
        assert made.left_out["beyond_capacity"] == 0


@bounded
@given(stocks, recipes)
def test_list_and_neighbours_never_hold_an_excluded_person(stock, rule):
    made = select(stock, rule)
    seen = stock.set_index("senior_id")
    limit = pd.Timestamp(MONDAY) - pd.DateOffset(months=rule.revisit_months)
    drawn = made.entries.loc[made.entries["why"] == "random", "senior_id"]
    for senior_id in [*chosen(made), *made.neighbours["senior_id"]]:
        person = seen.loc[senior_id]
        assert not person["objects"]
        assert not person["muted"]
        assert not person["on_other_list"]
        urgent = person["urgency"] > 0 and not person["last_visit_on"] >= person["signal_on"]
        assert urgent or not person["last_visit_on"] > limit
        assert urgent or person["total"] >= 0
        assert not person["skipped"] or senior_id in set(drawn)
    assert not set(chosen(made)) & set(made.neighbours["senior_id"])


@bounded
@given(stocks, recipes, st.randoms(use_true_random=False))
def test_same_seed_gives_the_same_list_whatever_the_order_of_rows(stock, rule, shuffler):
    rows = list(range(len(stock)))
    shuffler.shuffle(rows)
    first, second = select(stock, rule), select(stock.iloc[rows], rule)
    pd.testing.assert_frame_equal(first.entries, second.entries)
    pd.testing.assert_frame_equal(first.neighbours, second.neighbours)
    assert first.left_out == second.left_out


@bounded
@given(stocks, recipes)
def test_everyone_is_counted_once(stock, rule):
    counts = select(stock, rule).left_out
    parts = [n for reason, n in counts.items() if not reason.startswith(("urgent", "candidates"))]
    assert sum(parts) == counts["candidates"] == len(stock)


@bounded
@given(stocks, recipes)
def test_shares_are_rounded_up_or_down_never_further(stock, rule):
    made = select(stock, rule)
    counts = made.entries["why"].value_counts()
    eligible = stock[
        selection.set_aside(stock.assign(urgent=selection.is_urgent(stock)), rule) == ""
    ]
    free = rule.capacity - counts.get("urgent", 0)
    pool = len(eligible) - selection.is_urgent(eligible).sum()
    expected = min(rule.capacity * rule.random_share, free, pool)
    assert int(expected) <= counts.get("random", 0) <= np.ceil(expected)
    # Silent people take more than their share only once nobody heard from is left to visit.
    if len(made.next_people):
        assert counts.get("silent", 0) <= np.floor(rule.capacity * rule.silent_share + 1)


@bounded
@given(stocks, recipes)
def test_only_drawn_people_carry_a_probability_and_all_the_same(stock, rule):
    entries = select(stock, rule).entries
    drawn = entries["why"] == "random"
    assert entries.loc[~drawn, "probability"].isna().all()
    assert entries.loc[drawn, "probability"].between(0, 1, inclusive="right").all()
    assert entries.loc[drawn, "probability"].nunique() <= 1


@bounded
@given(stocks, recipes)
def test_urgent_signals_come_first_then_each_share_in_its_own_order(stock, rule):
    entries = select(stock, rule).entries
    whys = entries["why"].tolist()
    assert whys == sorted(whys, key=lambda why: why != "urgent")
    totals = entries.loc[entries["why"] == "score", "total"].tolist()
    assert totals == sorted(totals, reverse=True)


def test_urgent_signals_exceed_the_shares_and_the_oldest_of_the_most_pressing_is_first():
    stock = people(
        {"total": 99.0},
        {"urgency": 1.0, "signal_on": "2026-11-01", "total": 10.0},
        {"urgency": 2.0, "signal_on": "2026-11-20", "total": np.nan},
        {"urgency": 2.0, "signal_on": "2026-11-12", "total": 5.0},
    )
    made = select(stock, recipe(3, random_share=0.5))
    assert chosen(made) == [4, 3, 2]
    assert made.left_out["beyond_capacity"] == 1


def test_urgent_signal_already_answered_by_a_visit_does_not_bring_her_back():
    stock = people({"urgency": 2.0, "signal_on": "2026-11-02", "last_visit_on": "2026-11-03"})
    assert select(stock, recipe()).left_out["visited"] == 1


def test_objection_holds_against_an_urgent_signal_and_is_said():
    stock = people({"urgency": 2.0, "signal_on": "2026-11-20", "objects": True})
    made = select(stock, recipe())
    assert chosen(made) == []
    assert made.left_out["urgent_objection"] == 1


def test_a_pause_holds_against_an_urgent_signal_and_is_said():
    stock = people({"urgency": 2.0, "signal_on": "2026-11-20", "muted": True})
    made = select(stock, recipe())
    assert chosen(made) == []
    assert (made.left_out["muted"], made.left_out["urgent_muted"]) == (1, 1)


def test_urgent_signals_beyond_capacity_are_said():
    stock = people(*[{"urgency": 2.0, "signal_on": "2026-11-20"}] * 3)
    assert select(stock, recipe(2)).left_out["urgent_beyond_capacity"] == 1


def test_visit_made_exactly_the_stated_months_ago_can_be_made_again():
    stock = people({"last_visit_on": "2025-11-30"}, {"last_visit_on": "2025-12-01"})
    assert chosen(select(stock, recipe(revisit_months=12))) == [1]


def test_ties_are_broken_by_what_is_known_then_age_then_record():
    stock = people(
        {"known_share": 0.5, "age": 90.0},
        {"known_share": 0.9, "age": 70.0},
        {"known_share": 0.9, "age": np.nan},
        {"known_share": 0.9, "age": 71.0},
        {"known_share": 0.9, "age": 71.0},
    )
    assert chosen(select(stock, recipe())) == [4, 5, 2, 3, 1]


def test_silent_people_are_ranked_among_themselves_only():
    stock = people({"total": 90.0, "silence": 1.0}, {"total": 20.0}, {"total": 5.0, "silence": 8.0})
    made = select(stock, recipe(2, silent_share=0.5))
    assert made.entries[["senior_id", "why"]].to_numpy().tolist() == [[2, "score"], [3, "silent"]]


def test_first_visits_of_a_list_hold_every_share():
    stock = people(*[{"silence": 1.0} if n % 3 == 0 else {} for n in range(60)])
    made = select(stock, recipe(10, silent_share=0.2, random_share=0.1))
    assert made.entries["why"].value_counts().to_dict() == {"score": 7, "silent": 2, "random": 1}
    assert set(made.entries["why"][:6]) == {"score", "silent", "random"}


def test_home_is_visited_once_and_her_partner_is_proposed_with_her():
    stock = people(
        {"dwelling_id": 1, "residence_id": 1, "total": 90.0},
        {"dwelling_id": 1, "residence_id": 1, "total": 80.0},
        {"total": 10.0},
    )
    made = select(stock, recipe(2))
    assert chosen(made) == [1, 3]
    assert made.neighbours.to_numpy().tolist() == [[2, 1, 0]]
    assert made.left_out["same_home"] == 1


def test_neighbours_of_the_same_stair_come_before_those_of_the_residence():
    home = {"residence_id": 1, "building": "A", "stair": "1"}
    stock = people(
        home | {"total": 90.0},
        home | {"stair": "2", "total": 80.0},
        home | {"total": 70.0},
        home | {"total": 75.0},
        home | {"total": 1.0},
        {"total": 2.0},
        {"total": 3.0},
    )
    made = select(stock, recipe(1))
    assert made.neighbours.to_numpy().tolist() == [[4, 1, 1], [3, 1, 1]]


def test_skipped_person_is_replaced_by_the_next_but_the_draw_stays_the_same():
    stock = people(*({"total": float(n)} for n in range(20)))
    rule = recipe(4, random_share=0.25)
    before = select(stock, rule)
    drawn = before.entries.query("why == 'random'")["senior_id"].tolist()
    after = select(stock.assign(skipped=stock["senior_id"].isin([20, *drawn])), rule)
    assert 20 not in chosen(after)
    assert after.entries.query("why == 'random'")["senior_id"].tolist() == drawn
    assert after.entries["why"].value_counts()["score"] == 4


def test_nobody_is_proposed_beside_a_person_who_is_skipped():
    home = {"dwelling_id": 1, "residence_id": 1}
    stock = people(home, home, {"total": 10.0})
    made = select(stock.assign(skipped=[True, False, False]), recipe(3, random_share=1.0))
    assert set(chosen(made)) == {1, 2, 3}
    assert made.neighbours.empty
    made = select(stock.assign(skipped=[True, False, False]), recipe(1))
    assert chosen(made) == [2]
    assert made.neighbours.empty


def test_next_people_are_those_whom_more_visits_would_reach():
    stock = people(*({"total": total} for total in (10.0, 40.0, 30.0, 20.0)))
    made = select(stock, recipe(2))
    assert made.next_people.to_numpy().tolist() == [[4, 20.0], [1, 10.0]]


@pytest.mark.parametrize(("capacity", "lists_with_a_draw"), [(1, 1), (2, 2), (3, 3), (5, 5)])
def test_ten_percent_of_few_visits_is_a_visit_now_and_then(capacity, lists_with_a_draw):
    starts = (np.arange(10) + 0.5) / 10
    strata, order = np.zeros(20), np.arange(20)
    drawn = [draw(strata, capacity * 0.1, start, order).sum() for start in starts]
    assert sum(drawn) == lists_with_a_draw
    assert max(drawn) <= 1


def test_each_person_is_drawn_exactly_as_often_as_her_probability_says():
    strata = np.array(["b", "a", "b", "c", "a", "b", "b"])
    starts = (np.arange(35) + 0.5) / 35
    order = np.array([3, 1, 0, 6, 5, 2, 4])
    times = sum(draw(strata, 1.4, start, order).astype(int) for start in starts)
    assert times.tolist() == [7] * 7  # 35 starts × 1.4/7


@bounded
@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=50),
    st.floats(0, 60),
    st.floats(0, 1, exclude_max=True),
)
def test_each_stratum_gets_its_proportional_number(letters, expected, start):
    strata = np.array(letters)
    drawn = draw(strata, expected, start, np.arange(len(strata)))
    for letter in set(letters):
        share = min(expected, len(strata)) * np.mean(strata == letter)
        assert abs(drawn[strata == letter].sum() - share) < 1 + 1e-9


def test_weighted_estimate_recovers_the_true_prevalence_and_the_naive_one_does_not():
    dice = np.random.default_rng(1)
    totals = dice.uniform(0, 100, 400)
    need = dice.random(400) < (totals / 100) ** 2  # true needs follow the score
    stock = people(*({"total": total} for total in totals))
    weighted, naive = [], []
    for seed in range(120):
        entries = select(stock, recipe(20, seed=seed, random_share=0.5)).entries
        found = need[entries["senior_id"] - 1]
        drawn = (entries["why"] == "random").to_numpy()
        weighted.append((found[drawn] / entries["probability"][drawn]).sum() / len(stock))
        naive.append(found.mean())
    assert np.mean(weighted) == pytest.approx(need.mean(), abs=0.03)
    assert np.mean(naive) > need.mean() + 0.1


@pytest.mark.parametrize(
    "fields", [{"capacity": 0}, {"seed": 2**31}, {"random_share": 0.9, "silent_share": 0.2}]
)
def test_recipe_refuses_what_cannot_be_meant(fields):
    with pytest.raises(ValueError, match=r"capacity|shares"):
        recipe(**fields)
