"""Cases that must be found to the cent: set in the answers of a few people who live alone.

Each stands on a bound where a rule of thumb goes wrong: LSNS-6 at 11 and 12, EPICES at 16.56 and
30.17, PRISMA's sixth item, 85 years to the last day and 86 from the first.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from seniors.demo.answers import CONSENTS, LSNS

_EPICES = (
    "social_worker",
    "health_cover",
    "couple",
    "money_trouble",
    "sport",
    "show",
    "holiday",
    "relatives",
    "lodging",
    "material_help",
)


@dataclass(frozen=True)
class Case:
    """What is set: answers, and for some the age in completed years and days since a birthday."""

    code: str
    answers: dict[str, int]
    age: int | None = None
    days_since_birthday: int = 200
    sex: str = ""


def _items(codes: list[str] | tuple[str, ...], values: str) -> dict[str, int]:
    return {code: int(value) for code, value in zip(codes, values, strict=True)}


_PRISMA = _items(("limited_activities", "needs_help", "stays_home", "walking_aid"), "1001")
CASES = (
    Case("lsns_11", _items(LSNS, "321221")),
    Case("lsns_12", _items(LSNS, "322221")),
    Case("epices_16_56", _items(_EPICES, "0100111111")),
    Case("epices_30_17", _items(_EPICES, "0100001111")),
    Case("prisma_supported", _PRISMA | {"can_count_on": 1}, age=78, sex="F"),
    Case("prisma_alone", _PRISMA | {"can_count_on": 0}, age=78, sex="F"),
    Case("age_85", _PRISMA | {"can_count_on": 1}, age=85, days_since_birthday=364),
    Case("age_86", _PRISMA | {"can_count_on": 1}, age=86, days_since_birthday=0),
)


def plant(people: pd.DataFrame, truth: pd.DataFrame, back: pd.DataFrame, as_of: date) -> None:
    """Give each case to one respondent who lives alone; the three frames are changed in place.

    `truth` gains the column `planted`; with fewer such respondents, the last cases are left out.
    """
    truth["planted"] = ""
    free = [
        reference
        for reference in back.index
        if truth.at[reference, "alone"] and truth.at[reference, "role"] == "holder"
    ]
    places = pd.Series(people.index, people["reference"])
    for case in CASES:
        fitting = [one for one in free if case.sex in ("", truth.at[one, "sex"])]
        if not fitting:
            continue
        reference = fitting[0]
        free.remove(reference)
        truth.at[reference, "planted"] = case.code
        for code, answer in (case.answers | dict.fromkeys(CONSENTS, 1) | {"no_contact": 0}).items():
            back.loc[reference, code] = answer
        if case.age is not None:
            born = _born(case, as_of)
            people.loc[places[reference], ["age", "born_on"]] = [case.age, born]
            truth.loc[reference, ["age", "born_on"]] = [case.age, born]


def _born(case: Case, as_of: date) -> np.datetime64:
    """The day of birth that gives this age, so many days after the birthday."""
    birthday = pd.Timestamp(as_of) - pd.Timedelta(days=case.days_since_birthday)
    return (birthday - pd.DateOffset(years=case.age)).to_datetime64().astype("datetime64[s]")
