"""Six months on: deaths, departures, moves, new couples, arrivals, phones changed."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from seniors.demo.erp import DEATH, DEPARTURE
from seniors.demo.parameters import value
from seniors.demo.people import SENIOR_AGE, by_band


def half_a_year_on(
    people: pd.DataFrame, rng: np.random.Generator, as_of: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same people at `as_of`, and what happened: (people, events: reference, event, day).

    Half of the dead and of those who left are still in the file with a date, half are not there
    any more. Two neighbours in need of another home exchange theirs, so no dwelling is wanting.
    """
    people = people.copy()
    day = _days(len(people), rng, as_of)
    died = rng.random(len(people)) < by_band("deaths_by_band", people["age"].to_numpy())
    lone = people["alone"] & (people["age"] >= SENIOR_AGE) & ~died
    draw = rng.random(len(people))
    left = lone & (draw < value("departures"))
    moved = _exchange_homes(people, lone & (draw > 1 - value("moves")), day)
    joined = _new_spouses(
        people, lone & (draw > 0.5) & (draw < 0.5 + value("new_couples")), rng, day
    )
    phone = (people["mobile"] != "") & (rng.random(len(people)) < 0.01)
    people.loc[phone, "mobile"] = people.loc[phone, "mobile"].str[:-1] + "0"

    gone = died | left
    people.loc[gone, "left_on"] = day[gone]
    people.loc[died, "left_why"] = DEATH
    people.loc[left, "left_why"] = DEPARTURE
    silent = gone & (rng.random(len(people)) < 0.5)
    events = pd.concat(
        [
            _events(people, died, "died", day),
            _events(people, left, "left", day),
            _events(people, moved, "moved", day),
            pd.DataFrame(
                {"reference": joined["reference"], "event": "joined", "day": joined["entered_on"]}
            ),
        ],
        ignore_index=True,
    )
    people = pd.concat([people[~silent], joined], ignore_index=True)
    people = people.sort_values(["household", "reference"], kind="stable", ignore_index=True)
    return _count_again(people), events


def _days(count: int, rng: np.random.Generator, as_of: date) -> np.ndarray:
    """A day of the last half-year for each row."""
    start = np.datetime64(as_of - timedelta(days=175))
    return start + rng.integers(0, 170, count).astype("timedelta64[D]")


def _events(people: pd.DataFrame, rows: pd.Series, event: str, day: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"reference": people.loc[rows, "reference"], "event": event, "day": day[rows]}
    )


def _exchange_homes(people: pd.DataFrame, rows: pd.Series, day: np.ndarray) -> pd.Series:
    """Each chosen person takes the home of the next one; gives who moved."""
    index = people.index[rows]
    if len(index) < 2:
        return rows & False
    people.loc[index, "dwelling"] = np.roll(people.loc[index, "dwelling"].to_numpy(), 1)
    people.loc[index, "lease"] = ("C" + people.loc[index, "lease"].str[1:]).to_numpy()
    people.loc[index, "entered_on"] = day[rows]
    return rows


def _new_spouses(
    people: pd.DataFrame, rows: pd.Series, rng: np.random.Generator, day: np.ndarray
) -> pd.DataFrame:
    """Someone new in the home of each chosen person."""
    joined = people[rows].copy()
    joined["reference"] = joined["reference"].str[:-1] + "Z"
    joined["role"] = "spouse"
    joined["sex"] = np.where(joined["sex"] == "F", "M", "F")
    joined["first_name"] = np.where(joined["sex"] == "F", "Yvonne", "Yves")
    joined["age"] = np.clip(joined["age"] + rng.integers(-4, 5, len(joined)), SENIOR_AGE, 99)
    joined["born_on"] = joined["born_on"] + rng.integers(-900, 900, len(joined)).astype(
        "timedelta64[D]"
    )
    joined["entered_on"] = day[rows]
    joined[["phone", "mobile", "email"]] = ""
    return joined


def _count_again(people: pd.DataFrame) -> pd.DataFrame:
    """Households counted without those who left; a widow holds the lease alone."""
    here = people["left_why"] == ""
    size = here.groupby(people["household"]).transform("sum")
    people["household_size"] = size.clip(lower=1)
    people["alone"] = people["household_size"] == 1
    people.loc[people["alone"] & here & (people["age"] >= 18), "role"] = "holder"
    return people
