"""The invented landlord as a whole: made from a size, a seed and a day, then written as files.

What a landlord would hand over goes to the folder itself; what nobody could know goes to its
`truth` folder, read by tests and benchmarks only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from seniors.demo import answers, erp, field, later, needs, planted
from seniors.demo.people import SENIOR_AGE, make_people
from seniors.demo.stock import make_stock, rpls, spoil_stock

LEAST = 100  # dwellings: under that, the planted cases do not find their people
FIRST_EXTRACT = timedelta(days=182)  # before the day of the second
SENIOR_SINCE = pd.DateOffset(years=SENIOR_AGE)
# Before the day of the second: when the survey was opened, and the day of the last answer keyed.
ASKED, ANSWERED = timedelta(days=45), timedelta(days=5)
LASTS, A_YEAR = timedelta(days=60), timedelta(days=364)
STOCK, OCCUPANTS, LATER, ANSWERS, BEFORE, BY_HAND = (
    "stock-rpls.csv",
    "occupants.csv",
    "occupants-6-mois-apres.csv",
    "reponses-enquete.csv",
    "reponses-enquete-precedente.csv",
    "reponses-a-saisir.csv",
)
# Left out of the file of answers, at most: they come by the landlord's own doors.
LEFT = {"papier": 48, "téléphone": 18, "internet": 10}
TRUTH = Path("truth/truth.csv")


@dataclass(frozen=True)
class Landlord:
    """Frames of one invented landlord. `stock`, `occupants`, `later`, both `replies` are text.

    people: clean occupants at the first extract. truth: one row per senior, index reference.
    said: what each senior would answer. events: what happened between the two extracts.
    """

    as_of: date
    stock: pd.DataFrame
    people: pd.DataFrame
    occupants: pd.DataFrame
    later: pd.DataFrame
    replies: pd.DataFrame
    replies_before: pd.DataFrame
    signals: pd.DataFrame
    visits: pd.DataFrame
    objections: pd.DataFrame
    events: pd.DataFrame
    truth: pd.DataFrame
    said: pd.DataFrame


def make_landlord(dwellings: int, *, seed: int, as_of: date) -> Landlord:
    """The landlord of that size; the same arguments give the same people to the last letter.

    `as_of` is the day of the second extract, where ages are counted; the first is half a year
    older. At least LEAST dwellings.
    """
    if dwellings < LEAST:
        raise ValueError(f"an invented landlord has at least {LEAST} dwellings")
    rng = np.random.default_rng(seed)
    stock = make_stock(dwellings, rng)
    people = make_people(stock, rng, as_of)
    before = as_of - FIRST_EXTRACT
    people["entered_on"] = people["entered_on"].clip(upper=np.datetime64(before))
    people["last_contact_on"] = people["last_contact_on"].clip(upper=np.datetime64(before))
    people["left_on"] = pd.Series(pd.NaT, people.index, dtype=people["born_on"].dtype)
    people["left_why"] = ""
    truth = needs.make_truth(people, stock, rng)
    said = answers.say(truth, rng)
    asked = truth[pd.to_datetime(truth["born_on"]) <= pd.Timestamp(before) - SENIOR_SINCE]
    back = answers.answers(said.loc[asked.index], asked, rng)
    planted.plant(people, truth, back, as_of)
    born = people[pd.to_datetime(people["born_on"]) <= pd.Timestamp(before)]
    afterwards, events = later.half_a_year_on(people, rng, as_of)
    here = truth[~truth.index.isin(events.loc[events["event"].isin(["died", "left"]), "reference"])]
    return Landlord(
        as_of=as_of,
        stock=spoil_stock(rpls(stock, _lease_starts(people), rng), rng),
        people=people,
        occupants=erp.spoil(erp.export(_with_past_tenants(born, rng, before), rng), rng, as_of),
        later=erp.export(afterwards, rng),
        replies=_replies(back, as_of, rng),
        replies_before=_replies_before(said, back, truth, as_of, seed),
        signals=field.make_signals(here, rng, as_of),
        visits=field.make_visits(truth, said, rng, before),
        objections=field.make_objections(here, rng, as_of),
        events=events,
        truth=truth,
        said=said,
    )


def write(landlord: Landlord, folder: Path) -> None:
    """The landlord's files in `folder`, the truth in `folder/truth`."""
    (folder / TRUTH).parent.mkdir(parents=True, exist_ok=True)
    _csv(landlord.stock, folder / STOCK, "utf-8-sig")
    _csv(landlord.occupants, folder / OCCUPANTS, "cp1252")
    _csv(landlord.later, folder / LATER, "cp1252")
    left = _left(landlord.replies)
    _csv(landlord.replies[~left], folder / ANSWERS, "utf-8-sig")
    _csv(landlord.replies[left], folder / BY_HAND, "utf-8-sig")
    _csv(landlord.replies_before, folder / BEFORE, "utf-8-sig")
    landlord.truth.to_csv(folder / TRUTH)


def _csv(frame: pd.DataFrame, path: Path, encoding: str) -> None:
    frame.to_csv(path, sep=";", index=False, encoding=encoding, lineterminator="\r\n")


def _lease_starts(people: pd.DataFrame) -> pd.Series:
    """First day of the current lease, by dwelling."""
    return people.drop_duplicates("dwelling").set_index("dwelling")["entered_on"]


def _with_past_tenants(people: pd.DataFrame, rng: np.random.Generator, day: date) -> pd.DataFrame:
    """The export also holds some who left or died before: other keys, a date of departure."""
    gone = people[(people["role"] == "holder") & (rng.random(len(people)) < 0.015)].copy()
    gone["reference"] = "S" + gone["reference"].str[1:]
    gone["lease"] = "A" + gone["lease"].str[1:]
    gone["last_name"] = rng.permutation(gone["last_name"].to_numpy())
    gone["left_on"] = gone["entered_on"]
    gone["entered_on"] = gone["entered_on"] - np.timedelta64(3000, "D")
    gone["left_why"] = np.where(rng.random(len(gone)) < 0.4, erp.DEATH, erp.DEPARTURE)
    return pd.concat([people, gone], ignore_index=True).sort_values(
        "dwelling", kind="stable", ignore_index=True
    )


def _replies(back: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """The answers as a keying provider sends them: reference, channel, day, one column an item.

    Most come in the first weeks; the last before the day of the file.
    """
    spread = (rng.integers(8, 80, len(back)) - 8) / 72
    days = 4 + (spread**1.6 * ((ASKED - ANSWERED).days - 5)).astype(int)
    days = pd.Timestamp(as_of - ASKED) + pd.to_timedelta(days, unit="D")
    replies = back.astype(str).fillna("")
    replies.insert(0, "reference", back.index)
    channel = replies.pop("channel").map(
        {"paper": "papier", "web": "internet", "phone": "téléphone"}
    )
    replies.insert(1, "canal", channel)
    replies.insert(2, "date de réception", pd.DatetimeIndex(days).strftime("%d/%m/%Y"))
    return replies.reset_index(drop=True)


def _replies_before(
    said: pd.DataFrame, back: pd.DataFrame, truth: pd.DataFrame, as_of: date, seed: int
) -> pd.DataFrame:
    """The answers to the survey of the year before, by a draw of their own: the rest of the
    landlord does not depend on it."""
    rng = np.random.default_rng([seed, 1])
    opened = pd.Timestamp(as_of - ASKED - A_YEAR)
    there = pd.to_datetime(truth["entered_on"]) <= opened
    asked = truth[there & (pd.to_datetime(truth["born_on"]) <= opened - SENIOR_SINCE)]
    before = answers.a_year_before(said, back, asked, rng)
    return _replies(before, as_of - A_YEAR, rng)


def _left(replies: pd.DataFrame) -> pd.Series:
    """Some answers of each channel, at most half of them."""
    ways = replies.groupby("canal")["canal"]
    most = replies["canal"].map(LEFT).clip(upper=ways.transform("size") // 2)
    return ways.cumcount() < most
