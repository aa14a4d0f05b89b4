"""From records and answers to indicators: what is unknown stays unknown."""

from datetime import date

import numpy as np
import pytest

from seniors.fragility import indicators

AS_OF = date(2026, 11, 24)


NUMBERS = (
    "birth_year", "household_size", "floor", "has_lift", "has_arrears", "very_low_income"
)  # fmt: skip
DAYS = ("born_on", "housed_since", "last_news_on")


def compute(person=None, told=None, as_of=AS_OF):
    """The indicators of one person, NaN unknown."""
    values = compute_all([person or {}], [told or {}], as_of)
    return dict(zip(indicators.ALL, values[0], strict=True))


def compute_all(people, told, as_of=AS_OF, codes=indicators.ALL):
    """One row of floats per person, as the bytes stand for."""
    columns = {name: np.array([one.get(name, np.nan) for one in people]) for name in NUMBERS}
    columns |= {
        day: np.array([one.get(day, "NaT") for one in people], dtype="datetime64[D]")
        for day in DAYS
    }
    columns["shares_home"] = np.array([one.get("shares_home", False) for one in people])
    answers = [[one.get(code, 255) for code in indicators.ITEM_CODES] for one in told]
    answers = np.array(answers, dtype=np.uint8)
    return indicators.VALUES[indicators.compute(columns, answers, as_of, codes=codes)]


def born(year, month, day):
    return {"born_on": date(year, month, day)}


def known(row):
    return {code: value for code, value in row.items() if not np.isnan(value)}


def test_nothing_known_is_nowhere_a_zero():
    assert known(compute()) == {}


@pytest.mark.parametrize(
    ("person", "age"),
    [
        (born(1941, 11, 24), 85),
        (born(1941, 11, 25), 84),
        (born(1940, 11, 24), 86),
        (born(1944, 2, 29), 82),
        ({"birth_year": 1941.0}, 85),
        (born(1940, 5, 17) | {"birth_year": 1950.0}, 86),
    ],
)
def test_age_is_in_completed_years(person, age):
    assert compute(person)["age"] == age


@pytest.mark.parametrize(
    ("person", "told", "alone"),
    [
        ({"household_size": 1}, None, 1),
        ({"household_size": 3}, None, 0),
        ({"household_size": np.nan}, None, np.nan),
        ({"household_size": np.nan, "shares_home": True}, None, 0),
        ({"household_size": 1, "shares_home": True}, None, 0),
        ({"household_size": 1}, {"couple": 1}, 0),
        ({"household_size": 1}, {"couple": 0}, 1),
        ({"household_size": np.nan}, {"couple": 0}, np.nan),
    ],
)
def test_alone_is_a_household_of_one_that_no_answer_contradicts(person, told, alone):
    np.testing.assert_equal(compute(person, told)["alone"], alone)


@pytest.mark.parametrize(
    ("floor", "lift", "expected"),
    [
        (4, 0, 4),
        (4, 1, 0),
        (0, np.nan, 0),
        (-1, np.nan, 0),
        (np.nan, 1, 0),
        (4, np.nan, np.nan),
        (np.nan, 0, np.nan),
        (np.nan, np.nan, np.nan),
    ],
)
def test_floor_without_lift_is_unknown_unless_both_or_one_settles_it(floor, lift, expected):
    row = compute({"floor": floor, "has_lift": lift})

    np.testing.assert_equal(row["floor_no_lift"], expected)


@pytest.mark.parametrize(
    ("last", "months"),
    [("2025-11-24", 12), ("2025-11-25", 11), ("2025-09-24", 14), (None, np.nan)],
)
def test_silence_is_counted_in_completed_months(last, months):
    row = compute({"last_news_on": last or "NaT"})

    np.testing.assert_equal(row["months_silent"], months)


def test_tenure_is_in_completed_years():
    assert compute({"housed_since": date(2006, 12, 1)})["tenure"] == 19


def test_items_go_straight_through_and_scales_need_all_their_items():
    told = {"lonely": 4, "ucla_companionship": 2, "ucla_left_out": 2, "ucla_isolated": 2}
    told |= {"lsns_family_seen": 3, "lsns_family_private": 2, "lsns_family_help": 1}

    assert known(compute(told=told)) == told | {"ucla3": 6, "lsns6_family": 6}


def test_someone_who_told_nothing_stands_beside_those_who_did():
    people = [{"birth_year": 1940.0}, {"birth_year": 1950.0}]

    values = compute_all(people, [{}, {"lonely": 3}], codes=["age", "lonely"])

    np.testing.assert_array_equal(values, [[86, np.nan], [76, 3]])


def test_latest_answer_holds_and_what_it_leaves_out_is_kept_from_before():
    unknown = indicators.UNKNOWN_BYTE
    told = np.array([[1, 2], [0, unknown], [unknown, 5]], dtype=np.uint8)

    answers = indicators.latest(np.array([0, 0, 2]), told, people=3)

    assert answers.tolist() == [[0, 2], [unknown, unknown], [unknown, 5]]
