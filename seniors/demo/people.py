"""Invented households: who lives in each let dwelling, since when, and how to reach them."""

import unicodedata
from datetime import date

import numpy as np
import pandas as pd

from seniors.demo.names import FIRST_NAMES, LAST_NAMES
from seniors.demo.parameters import series, value
from seniors.demo.stock import first_day

SENIOR_AGE = 60
BAND_STARTS = (60, 70, 80, 90)
_BAND_ENDS = (70, 80, 90, 101)


def make_people(stock: pd.DataFrame, rng: np.random.Generator, as_of: date) -> pd.DataFrame:
    """One row per occupant of the let dwellings, by dwelling, the lease's holder first.

    Columns: reference, lease, dwelling, role (holder, spouse, other), sex, age (completed years
    at `as_of`), born_on, first_name, last_name, alone, household_size, entered_on, phone, mobile,
    email, arrears, very_low_income, last_contact_on (NaT: none known).
    """
    homes = _households(stock[stock["mode"] == 1], rng, as_of)
    people = pd.concat([_holders(homes, rng), _spouses(homes, rng), _others(homes, rng)])
    people = people.sort_values(["household", "rank"], kind="stable", ignore_index=True)
    people["lease"] = [f"B{number:07d}" for number in people["household"] + 200_001]
    people["reference"] = [
        f"T{household + 300_001:07d}{letter}"
        for household, letter in zip(
            people["household"],
            np.array(list("ABCDEFGH"))[people.groupby("household").cumcount()],
            strict=True,
        )
    ]
    people["household_size"] = people.groupby("household")["rank"].transform("size")
    people["alone"] = people["household_size"] == 1
    people["born_on"] = born_on(people["age"].to_numpy(), rng, as_of)
    _name(people, rng)
    _reach(people, rng, as_of)
    return people.drop(columns=["rank"])


def band_of(age: np.ndarray) -> np.ndarray:
    """The number of the age band 60–69, 70–79, 80–89, 90+; −1 under 60."""
    return np.searchsorted(BAND_STARTS, age, side="right") - 1


def by_band(code: str, age: np.ndarray) -> np.ndarray:
    """A parameter given by age band, for each person of 60 and over (0 under 60)."""
    return np.append(series(code), 0.0)[band_of(age)]


def born_on(age: np.ndarray, rng: np.random.Generator, as_of: date) -> np.ndarray:
    """A day of birth that gives exactly this age at `as_of`."""
    years = as_of.year - np.asarray(age)
    # The birthday of that year, moved back by up to 364 days, never past the birthday before.
    anniversary = pd.to_datetime(
        pd.DataFrame({"year": years, "month": as_of.month, "day": min(as_of.day, 28)})
    ).to_numpy()
    return (anniversary - rng.integers(0, 364, len(years)).astype("timedelta64[D]")).astype(
        "datetime64[D]"
    )


def _households(let: pd.DataFrame, rng: np.random.Generator, as_of: date) -> pd.DataFrame:
    """One row per let dwelling: the holder's age, the kind of household, the years there."""
    count = len(let)
    homes = let[["reference", "floor", "lift", "built", "rooms"]].reset_index(drop=True)
    homes["household"] = np.arange(count)
    senior = rng.random(count) < value("senior_households") / value("let")
    band = rng.choice(4, count, p=series("age_bands"))
    starts, ends = np.array(BAND_STARTS)[band], np.array(_BAND_ENDS)[band]
    # Inside a band the young are more numerous than the old.
    place = 1 - np.sqrt(1 - rng.random(count) * np.where(band == 3, 0.999, 0.75))
    elder = (starts + (ends - starts) * place / np.where(band == 3, 1, 0.5)).astype(int)
    other = np.clip(rng.normal(41, 11, count), 19, 59).astype(int)
    homes["age"] = np.where(senior, np.minimum(elder, ends - 1), other)
    homes["senior"] = senior
    draw = rng.random(count)
    alone = np.where(senior, by_band("alone_by_band", homes["age"]), 0.34)
    homes["spouse"] = (draw >= alone) & (
        draw < np.where(senior, 1 - value("with_adult_child"), alone + 0.36)
    )
    homes["children"] = np.where(
        senior,
        draw >= 1 - value("with_adult_child"),
        (draw >= alone + 0.1) * rng.integers(1, 4, count),
    )
    homes["lone"] = draw < alone
    median = np.where(senior, value("tenure_median_senior"), value("tenure_median_other"))
    years = rng.lognormal(np.log(median), 0.75)
    longest = np.minimum(value("longest_tenure"), homes["age"] - 18)
    years = np.minimum(years, np.minimum(longest, as_of.year - homes["built"] + 1)).clip(lower=0.1)
    homes["entered_on"] = first_day(years, as_of)
    homes["very_low_income"] = rng.random(count) < np.where(
        homes["lone"], value("very_low_income") * 1.15, value("very_low_income") * 0.7
    )
    homes["arrears"] = rng.random(count) < value("arrears") * np.where(
        homes["very_low_income"], 2, 0.8
    )
    return homes


def _members(homes: pd.DataFrame, role: str, rank: int) -> pd.DataFrame:
    """The columns that everyone in a home shares."""
    people = homes[
        ["household", "age", "entered_on", "very_low_income", "arrears", "lone", "senior"]
    ].copy()
    people["dwelling"] = homes["reference"]
    people["role"] = role
    people["rank"] = rank
    return people


def _holders(homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The first person of each lease."""
    people = _members(homes, "holder", 0)
    lone_woman = np.where(homes["senior"], by_band("lone_women_by_band", homes["age"]), 0.55)
    woman = rng.random(len(people)) < np.where(homes["lone"], lone_woman, 0.42)
    people["sex"] = np.where(woman, "F", "M")
    return people


def _spouses(homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The second adult of couples."""
    couples = homes[homes["spouse"]]
    people = _members(couples, "spouse", 1)
    gap = np.round(rng.normal(0, 3.5, len(couples))).astype(int)
    people["age"] = np.clip(couples["age"] + gap, 19, 103)
    people["sex"] = ""
    return people


def _others(homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Children, and the grown-up children who stayed with an elder."""
    index = np.repeat(np.arange(len(homes)), homes["children"].astype(int))
    people = _members(homes.iloc[index], "other", 2)
    young = rng.integers(0, 20, len(people))
    people["age"] = np.where(
        people["senior"], people["age"] - rng.integers(22, 40, len(people)), young
    )
    people["sex"] = rng.choice(["F", "M"], len(people))
    return people


def _name(people: pd.DataFrame, rng: np.random.Generator) -> None:
    """Sex of spouses, first and last names: one last name per home, mostly."""
    holder_sex = people.groupby("household")["sex"].transform("first")
    opposite = np.where(holder_sex == "F", "M", "F")
    people["sex"] = np.where(people["sex"] == "", opposite, people["sex"])
    last = np.array(LAST_NAMES, dtype=object)
    of_home = rng.integers(0, len(last), int(people["household"].max()) + 1)
    own = rng.integers(0, len(last), len(people))
    shares = (people["role"] != "spouse") | (rng.random(len(people)) < 0.75)
    people["last_name"] = last[np.where(shares, of_home[people["household"]], own)]
    first = np.empty(len(people), dtype=object)
    for (sex, elder), names in FIRST_NAMES.items():
        wanted = (people["sex"] == sex) & ((people["age"] >= 50) == elder)
        first[wanted] = np.array(names, dtype=object)[rng.integers(0, len(names), wanted.sum())]
    people["first_name"] = first


def _reach(people: pd.DataFrame, rng: np.random.Generator, as_of: date) -> None:
    """Phones (of the numbers kept for fiction), mail, and the last contact with the landlord."""
    count = len(people)
    adult = people["age"] >= 18
    known = adult & (rng.random(count) < value("phone_known"))
    tail = [f"{number:04d}" for number in rng.integers(0, 10_000, count)]
    # 02 61 91 and 06 39 98 are kept by the regulator for fiction: nobody answers.
    people["phone"] = ("026191" + pd.Series(tail)).where(
        known & (rng.random(count) < np.where(people["age"] >= 70, 0.8, 0.35)), ""
    )
    people["mobile"] = ("063998" + pd.Series(tail)).where(
        known & (rng.random(count) < np.where(people["age"] >= 70, 0.45, 0.9)), ""
    )
    mail = adult & (rng.random(count) < np.where(people["age"] >= 75, 0.15, 0.5))
    address = [
        f"{ascii_only(first)}.{ascii_only(last)}{household}@exemple.fr".lower().replace(" ", "")
        for first, last, household in zip(
            people["first_name"], people["last_name"], people["household"], strict=True
        )
    ]
    people["email"] = pd.Series(address).where(mail, "")
    heard = rng.random(count) < 0.72
    days = rng.exponential(260, count).astype(int).clip(max=3000)
    contact = np.datetime64(as_of) - days.astype("timedelta64[D]")
    contact = np.maximum(contact, people["entered_on"].to_numpy().astype("datetime64[D]"))
    people["last_contact_on"] = pd.Series(contact).where(heard & (people["role"] == "holder"))


def ascii_only(text: str) -> str:
    """The text without accents."""
    return unicodedata.normalize("NFD", text.replace("œ", "oe")).encode("ascii", "ignore").decode()
