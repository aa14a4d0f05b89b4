"""From tenant records and latest answers to one byte per indicator: what a score is computed from.

A byte is the value itself, 0 to 254, and 255 stands for unknown. What is read from a record is
reckoned in floats, NaN unknown, then brought to the nearest bound when it is out of 0 to 254.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from seniors.fragility import items, scales

UNKNOWN_BYTE = 255
ALL = items.INDICATORS
ITEM_CODES = tuple(items.ITEMS)
# The value that each byte stands for.
VALUES = np.array([*map(float, range(UNKNOWN_BYTE)), np.nan])


def latest(
    positions: np.ndarray, told: np.ndarray, people: int, unknown: int = UNKNOWN_BYTE
) -> np.ndarray:
    """The latest known value of each code for each person.

    `told` has one row per observation, one byte per code, 255 where nothing was said;
    `positions` gives the person (0 to `people` - 1) of each row, in growing order, and the
    oldest row of a person comes first. An observation that does not speak of a code leaves what
    an older one said of it.
    """
    answers = np.full((people, told.shape[1]), unknown, dtype=np.uint8)
    depth = np.arange(len(positions)) - np.searchsorted(positions, positions)
    for step in range(depth.max() + 1 if len(depth) else 0):
        rows = depth == step
        who, said = positions[rows], told[rows]
        answers[who] = np.where(said == unknown, answers[who], said)
    return answers


def compute(
    people: Mapping[str, np.ndarray],
    answers: np.ndarray,
    as_of: date,
    *,
    codes: Sequence[str] = ALL,
) -> np.ndarray:
    """One row of bytes per person, one column per indicator of `codes`, in their order.

    `people` has born_on, housed_since, last_news_on (datetime64, NaT unknown), birth_year,
    household_size, floor, has_lift, has_arrears, very_low_income (float, NaN unknown) and
    shares_home (True when another senior lives in the dwelling). `answers` is what `latest`
    answers, one column per item in the order of `ITEM_CODES`.
    """
    told = dict(zip(ITEM_CODES, answers.T, strict=True))
    known = {code: VALUES[told[code]] for code in ("couple", *scales.ITEMS)}
    record = _record(people, known["couple"], as_of)
    scaled = scales.compute(known, record["age"], [code for code in items.SCALES if code in codes])
    reckoned = record | scaled
    inputs = np.empty((len(answers), len(codes)), dtype=np.uint8)
    for column, code in enumerate(codes):
        inputs[:, column] = told[code] if code in told else to_bytes(reckoned[code])
    return inputs


def told_anew(inputs: np.ndarray, answers: np.ndarray, codes: Sequence[str]) -> np.ndarray:
    """What `compute` gave for `codes`, had these people told these `answers` and nothing else; what
    is read from their records stays."""
    told = dict(zip(ITEM_CODES, answers.T, strict=True))
    columns = {code: inputs[:, at] for at, code in enumerate(codes)}
    age = VALUES[columns["age"]] if "age" in codes else np.full(len(inputs), np.nan)
    known = {code: VALUES[told[code]] for code in scales.ITEMS}
    asked = [code for code in items.SCALES if code in codes]
    scaled = {code: to_bytes(one) for code, one in scales.compute(known, age, asked).items()}
    return np.column_stack([(told | scaled).get(code, columns[code]) for code in codes])


def to_bytes(values: np.ndarray) -> np.ndarray:
    """One byte per value; what is out of 0 to 254 is brought to the bound."""
    return np.where(np.isnan(values), UNKNOWN_BYTE, np.clip(values, 0, 254)).astype(np.uint8)


def _record(
    people: Mapping[str, np.ndarray], couple: np.ndarray, as_of: date
) -> dict[str, np.ndarray]:
    """The indicators read from the tenant record."""
    floor, lift = np.maximum(people["floor"], 0), people["has_lift"]
    return {
        "age": _age(people["born_on"], people["birth_year"], as_of),
        "alone": _alone(people["household_size"], people["shares_home"], couple),
        "floor": floor,
        "lift": lift,
        # On the ground floor or with a lift the stairs do not matter, whatever else is unknown.
        "floor_no_lift": np.where(
            (lift == 1) | (floor == 0), 0.0, np.where(lift == 0, floor, np.nan)
        ),
        "tenure": np.maximum(_months_since(people["housed_since"], as_of) // 12, 0),
        "arrears": people["has_arrears"],
        "very_low_income": people["very_low_income"],
        "months_silent": np.maximum(_months_since(people["last_news_on"], as_of), 0),
    }


def _age(born_on: np.ndarray, birth_year: np.ndarray, as_of: date) -> np.ndarray:
    """Completed years; from the birth year alone, years between the two years."""
    exact = _months_since(born_on, as_of) // 12
    age = np.where(np.isnan(exact), as_of.year - birth_year, exact)
    return np.where(age >= 0, age, np.nan)


def _months_since(days: np.ndarray, as_of: date) -> np.ndarray:
    """Completed months since the day."""
    firsts = days.astype("datetime64[M]")
    month = np.where(np.isnat(days), np.nan, firsts.astype(np.int64))  # from January 1970
    is_later = (days - firsts).astype("timedelta64[D]").astype(np.int64) >= as_of.day
    return (as_of.year - 1970) * 12 + as_of.month - 1 - month - is_later


def _alone(household_size: np.ndarray, shares_home: np.ndarray, couple: np.ndarray) -> np.ndarray:
    """1 for a household of one; someone who shares the home, or says so, is not alone."""
    alone = np.where(np.isnan(household_size), np.nan, household_size == 1)
    return np.where(shares_home | (couple == 1), 0.0, alone)
