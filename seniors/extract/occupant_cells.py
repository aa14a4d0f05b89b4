"""Rows of text about occupants to values: who is a senior first, the rest for seniors only."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract import cells, person_cells
from seniors.extract.cleaner import Cleaner
from seniors.extract.occupant_fields import SAYS_SOMEONE, SECOND
from seniors.extract.text import search_key

_PERSON = ("reference", "title", "last_name", "first_name", "full_name", "sex", "born_on",
           "birth_year", "age", "phone", "mobile", "email", "role", "died_on")  # fmt: skip


def one_row_each(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """(rows, slots): a row that tells of two people becomes two, the second in slot 1."""
    said = [code for code in sorted(SAYS_SOMEONE) if code in frame.columns]
    own = frame.drop(columns=[code for code in SECOND if code in frame.columns])
    if not said:
        return frame, np.zeros(len(frame), dtype=np.int64)
    filled = np.logical_or.reduce([frame[code].str.strip().to_numpy() != "" for code in said])
    seconds = _seconds(frame[filled], own[filled])
    slots = np.r_[np.zeros(len(own), dtype=np.int64), np.ones(len(seconds), dtype=np.int64)]
    both = pd.concat([own, seconds]).fillna("")
    order = np.argsort(both.index.to_numpy(), kind="stable")
    return both.iloc[order], slots[order]


def _seconds(frame: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """The second person of each of these rows, in the columns of the first; she has the first
    one's last name when hers is not written."""
    seconds = own.copy()
    for code in _PERSON:
        if f"{code}_2" in frame.columns:
            seconds[code] = frame[f"{code}_2"]
        elif code in seconds.columns:
            seconds[code] = ""
    if "full_name_2" not in frame.columns:
        lasts = own["last_name"] if "last_name" in own.columns else _last_names(own["full_name"])
        hers = seconds["last_name"] if "last_name" in seconds.columns else lasts
        seconds["last_name"] = hers.where(hers.str.strip() != "", lasts)
    if "role" in own.columns:
        seconds.loc[seconds["role"] == "", "role"] = "conjoint"
    return seconds


def _last_names(full_names: pd.Series) -> pd.Series:
    parts, _ = cells.column(full_names, _split)
    return pd.Series([part[1] if part else "" for part in parts], index=full_names.index)


@dataclass
class Presence:
    """What every row tells, seniors or not: who counts as living in a dwelling."""

    dwellings: np.ndarray  # reference as text, "" when the cell is empty
    is_home: np.ndarray  # not a garage, not ended
    ended_on: np.ndarray  # date or None, only when it has come
    died: np.ndarray
    born_on: np.ndarray
    birth_year: np.ndarray
    is_senior: np.ndarray
    is_ageless: np.ndarray
    household: np.ndarray | None  # what the file says, None where it does not


def presence(cleaner: Cleaner, *, extract_on: date, senior_age: int) -> Presence:
    """Read the few columns that decide who is there and who is a senior on `extract_on`."""
    size = len(cleaner.frame)
    none = np.full(size, None, dtype=object)
    garage = np.zeros(size, dtype=bool)
    if cleaner.has("lease_type"):
        garage = cleaner.read("lease_type", person_cells.is_not_a_home).astype(bool)
    ended_on, died = _ends(cleaner, extract_on)
    born_on, birth_days, birth_year = _births(cleaner, extract_on)
    ages = _ages(birth_days, birth_year, extract_on)
    household = None
    if cleaner.has("household_size"):
        found = cleaner.read("household_size", _household, refuse=False)
        household = cleaner.implausible(found, 1, 30)
    ended = np.array([day is not None for day in ended_on], dtype=bool)
    return Presence(
        dwellings=cleaner.texts("dwelling"),
        is_home=~garage & ~ended,
        ended_on=np.where(garage, none, ended_on),
        died=died,
        born_on=born_on,
        birth_year=birth_year,
        is_senior=ages >= senior_age,
        is_ageless=np.isnan(ages),
        household=household,
    )


def _household(text: str) -> int | None:
    count = cells.read_whole(text)
    return None if count in (0, 99, 999, 9999) else count


def _ends(cleaner: Cleaner, extract_on: date) -> tuple[np.ndarray, np.ndarray]:
    """(day, by death): the end of a lease that has come, or a death."""
    size = len(cleaner.frame)
    none, died = np.full(size, None, dtype=object), np.zeros(size, dtype=bool)
    ends = cleaner.read("ended_on", cells.read_date) if cleaner.has("ended_on") else none
    ends = np.array([day if day and day <= extract_on else None for day in ends], dtype=object)
    if cleaner.has("end_reason"):
        death = cleaner.read("end_reason", person_cells.says_death).astype(bool)
        died = death & np.array([day is not None for day in ends], dtype=bool)
    if cleaner.has("died_on"):
        days = cleaner.read("died_on", partial(person_cells.read_death, today=extract_on))
        told = np.array([day is not None for day in days], dtype=bool)
        ends, died = np.where(told, days, ends), died | told
    return ends, died


def _births(cleaner: Cleaner, extract_on: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(born on, the same as numpy's days, birth year): the year alone when the day is not known."""
    size = len(cleaner.frame)
    born = years = np.full(size, None, dtype=object)
    days = np.full(size, "NaT", dtype="datetime64[D]")
    if cleaner.has("born_on"):
        found = cleaner.read("born_on", _birth_reader(extract_on))
        born, alone = found, np.zeros(size, dtype=bool)
        if _Year in set(map(type, found.tolist())):
            alone = np.array([isinstance(one, _Year) for one in found], dtype=bool)
            born = np.where(alone, None, found)
        days = _days(born)
        if cleaner.has("role"):
            _correct_children(cleaner, born, days, extract_on)
        years = _years(days)
        years[alone] = [one.year for one in found[alone]]
    if cleaner.has("birth_year"):
        told = cleaner.read("birth_year", partial(person_cells.read_birth_year, today=extract_on))
        years = np.where(years == None, told, years)  # noqa: E711 - element by element
    if cleaner.has("age"):
        ages = cleaner.read("age", person_cells.read_age)
        told = np.array([extract_on.year - age if age else None for age in ages], dtype=object)
        years = np.where(years == None, told, years)  # noqa: E711
    return born, days, years


_SHORT_YEAR = re.compile(r"\D\d\d$|^\d{6}$")


_FIRST_DAY = date(1970, 1, 1).toordinal()


def _days(dates: np.ndarray) -> np.ndarray:
    """Dates or None as numpy's days."""
    ordinals = np.array([day.toordinal() if day else 0 for day in dates.tolist()], dtype=np.int64)
    days = (ordinals - _FIRST_DAY).view("datetime64[D]")
    days[ordinals == 0] = np.datetime64("NaT")
    return days


def _years(days: np.ndarray) -> np.ndarray:
    """The year of each day, None for NaT."""
    years = (days.astype("datetime64[Y]").astype(np.int64) + 1970).astype(object)
    years[np.isnat(days)] = None
    return years


def _correct_children(cleaner: Cleaner, born: np.ndarray, days: np.ndarray, today: date) -> None:
    """Move births where « 18 » for a child is 2018: of the last century, she would be over 100."""
    wild = days < np.datetime64(date(today.year - 99, 1, 1))
    for place in np.flatnonzero(wild).tolist():
        cell, role = (cleaner.frame[code].iloc[place].strip() for code in ("born_on", "role"))
        if _SHORT_YEAR.search(cell) and person_cells.is_child(role):
            born[place] = born[place].replace(year=born[place].year + 100)
            days[place] = born[place]


@dataclass(frozen=True)
class _Year:
    """A birth of which only the year was written in the column of dates."""

    year: int


@lru_cache(maxsize=2)
def _birth_reader(today: date) -> Callable[[str], date | _Year | None]:
    """The same births come in each piece: each is read once."""
    return lru_cache(maxsize=1 << 16)(partial(_born_or_year, today=today))


def _born_or_year(text: str, *, today: date) -> date | _Year | None:
    born = cells.usual_date(text)
    if born and max(today.year - person_cells.OLDEST, 1901) < born.year < today.year:
        return born  # most births
    if len(text) == 4 and text.isdigit() and text[:2] in ("19", "20", "18"):
        year = person_cells.read_birth_year(text, today=today)
        return _Year(year) if year else None
    return person_cells.read_birth(text, today=today)


def _ages(days: np.ndarray, birth_year: np.ndarray, day: date) -> np.ndarray:
    """Completed years, NaN when unknown; from the year alone, the years between the two years."""
    months = days.astype("datetime64[M]")
    place = months.astype(np.int64) % 12 * 31 + (days - months).astype(np.int64)
    is_later = ~np.isnat(days) & (place > (day.month - 1) * 31 + day.day - 1)
    return day.year - birth_year.astype(float) - is_later


def values_of(cleaner: Cleaner, here: Presence, *, extract_on: date) -> dict[str, np.ndarray]:
    """Values by attribute of Senior, for the columns that the file has."""
    values = names_of(cleaner)
    values |= {"born_on": here.born_on, "birth_year": here.birth_year}
    values |= _phones(cleaner)
    if cleaner.has("email"):
        values["email"] = cleaner.read("email", person_cells.read_email)
    if cleaner.has("role"):
        values["role"] = cleaner.read("role", person_cells.read_role)
    if cleaner.has("lease_reference"):
        values["lease_reference"] = cleaner.texts("lease_reference", 60)
    for code in ("housed_since", "last_contact_on"):
        if cleaner.has(code):
            values[code] = cleaner.read(code, partial(_past, today=extract_on))
    if cleaner.has("has_arrears"):
        values["has_arrears"] = cleaner.read("has_arrears", person_cells.read_arrears, refuse=False)
    if cleaner.has("very_low_income"):
        values["very_low_income"] = cleaner.read("very_low_income", cells.read_yes_no, refuse=False)
    return values


def _past(text: str, *, today: date) -> date | None:
    """A day that has come; a later one is not known yet."""
    day = cells.read_date(text)
    return day if day and day <= today else None


def names_of(cleaner: Cleaner) -> dict[str, np.ndarray]:
    """Names, title, sex, and the key by which a name is searched."""
    size = len(cleaner.frame)
    empty = np.full(size, "", dtype=object)
    lasts = _text(cleaner, "last_name", person_cells.read_name)
    firsts = _text(cleaner, "first_name", person_cells.read_name)
    titles = _text(cleaner, "title", person_cells.read_title)
    if cleaner.has("full_name"):
        parts = [part or ("", "", "") for part in cleaner.read("full_name", _split)]
        whole = lasts == ""
        lasts = np.where(whole, [part[1] for part in parts], lasts)
        firsts = np.where(whole & (firsts == ""), [part[2] for part in parts], firsts)
        titles = np.where(titles == "", [part[0] for part in parts], titles)
    sexes = _text(cleaner, "sex", person_cells.read_sex)
    sexes = np.where(sexes == "", [person_cells.sex_of_title(title) for title in titles], sexes)
    told = {line for line, _, _ in cleaner.told}
    nameless = (line for line in cleaner.lines[lasts == ""] if line not in told)
    cleaner.told += [(line, "last_name", "nom vide") for line in nameless]
    values = {"last_name": lasts, "first_name": firsts}
    if (titles != empty).any() or cleaner.has("title"):
        values["title"] = titles
    if (sexes != empty).any() or cleaner.has("sex") or cleaner.has("title"):
        values["sex"] = sexes
    values = {code: found.astype(object) for code, found in values.items()}
    pairs = zip(values["last_name"], values["first_name"], strict=True)
    values["search_name"] = np.array([search_key(*pair) for pair in pairs], dtype=object)
    return values


def _split(text: str) -> tuple[str, str, str]:
    return person_cells.split_name(text)


def _text(cleaner: Cleaner, code: str, reader: Any) -> np.ndarray:
    if not cleaner.has(code):
        return np.full(len(cleaner.frame), "", dtype=object)
    found = cleaner.read(code, reader)
    found[found == None] = ""  # noqa: E711 - element by element
    return found


def _phones(cleaner: Cleaner) -> dict[str, np.ndarray]:
    """A line at home and a mobile, whichever column they were written in."""
    columns = [code for code in ("phone", "mobile") if cleaner.has(code)]
    if not columns:
        return {}
    cells_of = [cleaner.read(code, person_cells.read_phones) for code in columns]
    homes, mobiles = [], []
    for row in zip(*cells_of, strict=True):
        mobile, home = [], []
        for cell in row:
            for number in cell or ():
                (mobile if person_cells.is_mobile(number) else home).append(number)
        # Two mobiles and no line at home: both are kept.
        homes.append((home or mobile[1:] or [""])[0])
        mobiles.append((mobile or [""])[0])
    return {
        "phone": np.array(homes, dtype=object),
        "mobile": np.array(mobiles, dtype=object),
    }


def explains(code: str, cell: str) -> bool:
    """Whether a cell of a yes or no column has a meaning without asking on screen."""
    readers = {"has_arrears": person_cells.read_arrears, "very_low_income": cells.read_yes_no}
    if code not in readers:
        return True
    try:
        readers[code](cells.squeeze(cell))
    except cells.Unread:
        return False
    return True


def at(here: Presence, rows: np.ndarray) -> Presence:
    """The same, for some rows."""
    return Presence(
        **{name: None if values is None else values[rows] for name, values in vars(here).items()}
    )
