"""What must hold of every score, whoever the person and whatever is unknown."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.fragility import grid as grids
from seniors.fragility import items, score

GRID = grids.load(
    (Path(grids.__file__).parent / "grids" / "bienveille.toml").read_text(encoding="utf-8")
)
BY_CODE = {one.code: one for one in GRID.indicators}
RANGES = {
    code: (items.ITEMS[code].low, items.ITEMS[code].high) if code in items.ITEMS else (0, 120)
    for code in GRID.inputs
}
PERSON = st.fixed_dictionaries(
    {code: st.one_of(st.none(), st.integers(*bounds)) for code, bounds in RANGES.items()}
)
CODE = st.sampled_from(sorted(BY_CODE))


def score_of(*people):
    return score.score(pd.DataFrame(list(people), columns=GRID.inputs, dtype=float), GRID)


def worse(code, one, other):
    """The two values, the less serious first."""
    return sorted((one, other), reverse=not BY_CODE[code].rising)


@given(PERSON, CODE, st.data())
def test_worse_answer_never_lowers_total_bounds_or_domain(person, code, data):
    value = st.integers(*RANGES[code])
    low, high = worse(code, data.draw(value), data.draw(value))

    before, after = (score_of(person | {code: value}).iloc[0] for value in (low, high))

    for column in ("total", "least", "most", *grids.DOMAINS):
        assert not after[column] < before[column]


@given(PERSON, CODE)
def test_unknown_counts_more_than_the_best_answer_and_less_than_the_worst(person, code):
    levels = BY_CODE[code].levels
    best = levels[0].bound - 1 if BY_CODE[code].rising else levels[0].bound + 1

    totals = score_of(*(person | {code: value} for value in (best, None, levels[-1].bound)))[
        "total"
    ]

    assert totals[0] < totals[1] < totals[2]


@given(PERSON)
def test_least_total_and_most_are_in_order_from_0_to_100(person):
    row = score_of(person).iloc[0]

    assert 0 <= row["least"] <= row["total"] <= row["most"] <= 100
    assert 0 <= row["known_share"] <= 1


@given(PERSON, CODE, st.data())
def test_one_more_answer_never_lowers_the_known_share_nor_widens_the_bounds(person, code, data):
    answer = data.draw(st.integers(*RANGES[code]))

    before, after = (score_of(person | {code: value}).iloc[0] for value in (None, answer))

    assert after["known_share"] > before["known_share"]
    assert after["least"] >= before["least"]
    assert after["most"] <= before["most"]


@given(st.lists(PERSON, min_size=1, max_size=6), st.randoms())
def test_order_of_rows_changes_nothing(people, random):
    frame = pd.DataFrame(people, columns=GRID.inputs, dtype=float)
    order = list(range(len(people)))
    random.shuffle(order)

    shuffled = score.score(frame.iloc[order], GRID)

    pd.testing.assert_frame_equal(score.score(frame, GRID), shuffled.sort_index())


@given(PERSON)
def test_band_follows_total_and_is_empty_for_someone_too_little_known(person):
    row = score_of(person).iloc[0]

    if row["known_share"] < GRID.minimum_known_share:
        assert row["band"] == ""
    else:
        reached = [band.code for band in GRID.bands if row["total"] >= band.start]
        assert row["band"] == reached[0]


def test_someone_never_heard_is_not_in_the_lowest_band():
    row = score_of({"age": 72}).iloc[0]

    assert row["band"] == ""
    assert row["total"] > score_of(healthy()).iloc[0]["total"]


def test_domain_where_the_person_told_nothing_is_unknown():
    row = score_of({"age": 90, "alone": 1, "floor_no_lift": 4, "arrears": 1, "lonely": 4}).iloc[0]

    assert row[["home", "autonomy", "rights"]].isna().all()
    assert row["isolation"] > 35


@pytest.mark.parametrize(
    ("months", "silent"), [(11, False), (12, True), (40, True), (None, True), (0, False)]
)
def test_silence_is_ordered_only_for_those_we_no_longer_hear_from(months, silent):
    row = score_of({"age": 80, "alone": 1, "months_silent": months}).iloc[0]

    assert pd.notna(row["silence"]) is silent


def test_among_the_silent_the_older_lonelier_and_longer_silent_come_first():
    base = {"age": 72, "alone": 0, "months_silent": 13, "floor_no_lift": 0}
    rows = score_of(
        base,
        base | {"age": 91},
        base | {"alone": 1},
        base | {"months_silent": 30},
        base | {"months_silent": None},
        base | {"floor_no_lift": 4},
    )["silence"]

    assert (rows[1:] > rows[0]).all()


def test_silence_is_not_looked_at_when_not_asked():
    frame = pd.DataFrame([{"age": 80.0}])

    assert np.isnan(score.score(frame, GRID)["silence"]).all()


def test_nobody_scores_to_an_empty_frame_of_the_same_columns():
    assert list(score_of().columns) == list(score.COLUMNS)
    assert len(score_of()) == 0


def healthy(**changes):
    """Someone of 66 who answered everything and has no difficulty."""
    best = {
        code: one.levels[0].bound - 1 if one.rising else one.levels[0].bound + 1
        for code, one in BY_CODE.items()
    }
    return best | {"age": 66, "months_silent": 1} | changes


PORTRAITS = [
    ("nobody to help, falls", {"falls": 2, "needs_help": 1, "help_enough": 0, "alone": 1}),
    ("housebound, walker, 4th floor", {"stays_home": 1, "walking_aid": 1, "floor_no_lift": 4}),
    ("very isolated and lonely", {"lsns6": 2, "ucla3": 9, "lonely": 4, "can_count_on": 0}),
    ("cannot wash, wants works", {"bath_difficulty": 2, "bathing": 3, "wants_adaptation": 1}),
]


@pytest.mark.parametrize("changes", [case[1] for case in PORTRAITS], ids=[c[0] for c in PORTRAITS])
def test_someone_in_real_need_ranks_before_the_old_and_well(changes):
    old_and_well = healthy(age=86, alone=1, floor_no_lift=1)

    need, well = score_of(healthy(age=74, **changes), old_and_well)["total"]

    assert need > well


def test_two_falls_weigh_much_more_than_one():
    none, once, twice = score_of(*(healthy(falls=falls) for falls in (0, 1, 2)))["total"]

    assert twice - once > once - none


def test_age_is_counted_once():
    assert [one.code for one in GRID.indicators].count("age") == 1
    assert "prisma6" not in BY_CODE
    assert "prisma7" not in BY_CODE
