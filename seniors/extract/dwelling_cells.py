"""Rows of text about dwellings to values: cleaned column by column, refused row by row."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract import cells, rpls
from seniors.extract.address_keys import Ranks, keys_of
from seniors.extract.cleaner import Cleaner, bounded
from seniors.extract.kinds import refusals
from seniors.extract.text import plain

# Least and most that can be believed; beyond, the value is unknown and counted.
PLAUSIBLE = {"rooms": (1, 20), "surface": (8, 500), "built_in": (1100, 2100), "floor": (-5, 60),
             "rent": (1, 5000), "household_size": (1, 30)}  # fmt: skip

# A code that no rule explains refuses the row here; elsewhere it refuses it too, except for
# yes or no, where the meaning is asked on screen and the value is unknown until then.
READERS: dict[str, Callable[[str], Any]] = {
    "rpls_id": cells.read_code,
    "insee_code": rpls.read_insee,
    "postcode": rpls.read_postcode,
    "city": cells.read_text(80),
    "building": cells.read_code,
    "stair": cells.read_code,
    "door": cells.read_code,
    "floor": rpls.read_floor,
    "is_collective": rpls.read_construction,
    "rooms": rpls.read_rooms,
    "surface": cells.read_number,
    "built_in": rpls.read_year,
    "energy_class": rpls.read_energy,
    "energy_on": cells.read_date,
    "mode": rpls.read_mode,
    "rent": rpls.read_rent,
    "household_size": rpls.read_count,
}
YES_NO = ("has_lift", "is_accessible", "is_adapted", "in_priority_district")
MOST = {"rpls_id": 20, "building": 60, "stair": 30, "door": 30, "city": 80, "street": 160,
        "street_number": 20, "complement": 160}  # fmt: skip
# What a heading's own format says of its figures; any other figure is asked on screen.
RULES = {"in_priority_district": {"1": True, "2": False, "1.0": True, "2.0": False}}


@dataclass
class Read:
    """Rows understood. `values` holds, by attribute of Dwelling, one array over all rows;
    `residences` the reference of each row's residence; `homes` what is said of each."""

    lines: np.ndarray
    references: np.ndarray
    values: dict[str, np.ndarray]
    residences: np.ndarray
    homes: dict[str, tuple[str, str, str]]  # reference: (name, territory code, territory name)
    refused: pd.DataFrame
    counts: dict[str, int] = field(default_factory=dict)


def explains(code: str, cell: str) -> bool:
    """Whether a cell of a yes or no column has a meaning without asking on screen."""
    if code not in YES_NO:
        return True
    try:
        cells.read_yes_no(cells.squeeze(cell), codes=RULES.get(code))
    except cells.Unread:
        return False
    return True


def has_address(columns: dict[str, str]) -> bool:
    """Whether the mapped columns give a street, which a key can be built from."""
    return ("street" in columns or "address" in columns) and bool(
        {"insee_code", "postcode", "city"} & set(columns)
    )


def read(
    frame: pd.DataFrame, choices: dict[str, Any], *, extract_on: date, ranks: Ranks | None
) -> Read:
    """Rows of text (columns are field codes) as values. `ranks` tells apart, in a file without
    the landlord's keys, the dwellings of one address."""
    cleaner = Cleaner(frame, choices)
    values = _plain_values(cleaner)
    values |= _address(cleaner)
    values |= _position(cleaner)
    references = _references(cleaner, ranks)
    residences, homes = _residences(cleaner, values, choices.get("options", {}))
    if cleaner.has("mode"):
        gone = np.array([mode == 9 for mode in values["mode"]], dtype=bool)
        values["gone_on"] = np.where(gone, extract_on, None)
    return Read(
        cleaner.lines, references, values, residences, homes, refusals(cleaner.told), cleaner.counts
    )


def _plain_values(cleaner: Cleaner) -> dict[str, np.ndarray]:
    values = {}
    for code, reader in READERS.items():
        if not cleaner.has(code):
            continue
        if reader is cells.read_code:
            values[code] = cleaner.texts(code, MOST[code])
            continue
        if code in MOST:
            reader = partial(bounded, reader=reader, most=MOST[code])
        found = cleaner.read(code, reader)
        values[code] = cleaner.implausible(found, *PLAUSIBLE[code]) if code in PLAUSIBLE else found
    for code in YES_NO:
        if cleaner.has(code):
            rule = partial(cells.read_yes_no, codes=RULES.get(code))
            values[code] = cleaner.read(code, rule, refuse=False)
    if "surface" in values and cleaner.has("dwellings"):
        counts, _ = cells.column(cleaner.frame["dwellings"], _count_or_none)
        several = np.array([count is not None and count > 1 for count in counts], dtype=bool)
        values["surface"] = np.where(several, None, values["surface"])
    return values


def _count_or_none(text: str) -> int | None:
    try:
        return cells.read_whole(text)
    except cells.Unread:
        return None


_NUMBER = r"\d{1,5}(?:\s*[-/]\s*\d{1,5})*(?:\s?(?:bis|ter|quater|[A-HT])\b)?"
_ONE_CELL = re.compile(rf"({_NUMBER})\s*,?\s+(.+)", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r",\s*(?=\d)|\n")


def split_address(text: str) -> tuple[str, str, str]:
    """(number, street, rest) of an address in one cell: « 16-20 RUE X, 3 RUE Y » keeps the
    first street, the others are the rest."""
    first, *rest = _NEXT_ADDRESS.split(text, maxsplit=1)
    match = _ONE_CELL.fullmatch(first.strip())
    number, street = match.groups() if match else ("", first.strip())
    return number.strip(), street.strip(" ,"), rest[0].strip() if rest else ""


def _address(cleaner: Cleaner) -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    if cleaner.has("complement"):
        values["complement"] = cleaner.texts("complement")
    if cleaner.has("street") or cleaner.has("street_number"):
        kinds, names = cleaner.texts("street_type"), cleaner.texts("street")
        values["street"] = np.array(
            [rpls.repair_type(kind, name)[:160] for kind, name in zip(kinds, names, strict=True)],
            dtype=object,
        )
        values["street_number"] = _numbers(cleaner)
    elif cleaner.has("address"):
        parts = cleaner.read("address", _one_cell)
        parts = [part or ("", "", "") for part in parts]
        values["street_number"] = np.array([part[0] for part in parts], dtype=object)
        values["street"] = np.array([part[1] for part in parts], dtype=object)
        if "complement" not in values:
            values["complement"] = np.array([part[2] for part in parts], dtype=object)
    return values


def _one_cell(text: str) -> tuple[str, str, str]:
    number, street, rest = split_address("" if cells.is_unknown(text) else text)
    if len(number) > 20 or len(street) > 160:
        raise cells.Unread("adresse trop longue")
    return number, street, rest[:160]


def _numbers(cleaner: Cleaner) -> np.ndarray:
    if not cleaner.has("street_number"):
        return cleaner.texts("street_number")
    reader = partial(bounded, reader=rpls.read_street_number, most=14)
    numbers, repeats = cleaner.read("street_number", reader), cleaner.texts("street_repeat", 10)
    return np.array(
        [f"{number or ''} {repeat or ''}".strip()[:20]
         for number, repeat in zip(numbers, repeats, strict=True)],
        dtype=object,
    )  # fmt: skip


def _position(cleaner: Cleaner) -> dict[str, np.ndarray]:
    """WGS84 from latitude and longitude, else from X, Y and EPSG (Lambert-93 when not said)."""
    if cleaner.has("latitude") and cleaner.has("longitude"):
        latitude, longitude = _floats(cleaner, "latitude"), _floats(cleaner, "longitude")
    elif cleaner.has("x") and cleaner.has("y"):
        epsg = np.full(len(cleaner.frame), 2154.0)
        if cleaner.has("epsg"):
            said = _floats(cleaner, "epsg")
            epsg = np.where(np.isfinite(said), said, 2154.0)
        latitude, longitude = rpls.to_wgs84(_floats(cleaner, "x"), _floats(cleaner, "y"), epsg)
    else:
        return {}
    bad = ~(np.isfinite(latitude) & np.isfinite(longitude))
    bad |= (abs(latitude) > 90) | (abs(longitude) > 180) | ((latitude == 0) & (longitude == 0))
    return {
        "latitude": np.where(bad, None, latitude.astype(object)),
        "longitude": np.where(bad, None, longitude.astype(object)),
    }


def _floats(cleaner: Cleaner, code: str) -> np.ndarray:
    """A column of numbers as floats, NaN when unknown; a point that is none is unknown."""
    column = cleaner.frame[code]
    joined = "".join(column.tolist())
    if any(mark in joined for mark in ", \u00a0"):
        column = column.str.strip().str.replace(",", ".", regex=False)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


def _references(cleaner: Cleaner, ranks: Ranks | None) -> np.ndarray:
    """The landlord's key, else one built from every part of the address."""
    if ranks:
        return ranks.names(keys_of(cleaner.frame), cleaner.lines)
    found = cleaner.texts("reference")
    empty = np.flatnonzero(found == "")
    told = {line for line, code, _ in cleaner.told if code == "reference"}
    cleaner.told += [
        (line, "reference", "vide") for line in cleaner.lines[empty] if line not in told
    ]
    return np.array([reference or "" for reference in found], dtype=object)


def _residences(
    cleaner: Cleaner, values: dict[str, np.ndarray], options: dict[str, Any]
) -> tuple[np.ndarray, dict[str, tuple[str, str, str]]]:
    """The residence of each row, and for each its name and territory."""
    size = len(cleaner.frame)
    empty = np.full(size, "", dtype=object)
    names, codes = _residence_names(cleaner, values), cleaner.texts("residence_code", 100)
    insee, city = values.get("insee_code", empty), values.get("city", empty)
    agencies = cleaner.texts("territory", 60)
    default = options.get("territory") or ""
    rows = list(zip(names, codes, insee, city, agencies, strict=True))
    known: dict[tuple, str] = {}
    homes: dict[str, tuple[str, str, str]] = {}
    for name, code, insee_code, city_name, agency in dict.fromkeys(rows):
        commune = insee_code or plain(city_name or "")
        reference = plain(code) or f"{commune} {rpls.same_address(name)}".strip()
        reference = reference[:160] if name or code else ""
        place = agency or default or city_name or insee_code or "Parc entier"
        key = plain(place) if agency or default or not insee_code else insee_code
        known[(name, code, insee_code, city_name, agency)] = reference
        homes.setdefault(reference, (name or code, key[:60], place[:120]))
    references = np.array([known[row] for row in rows], dtype=object)
    cleaner.told += [
        (line, "residence", "logement sans résidence") for line in cleaner.lines[references == ""]
    ]
    return references, homes


def _residence_names(cleaner: Cleaner, values: dict[str, np.ndarray]) -> np.ndarray:
    """From its column; in the RPLS, which has none, from the complements of the address, else
    the address of the building."""
    if cleaner.has("residence"):
        return cleaner.texts("residence")
    if cleaner.has("residence_code"):
        return cleaner.texts("residence_code", 100)
    codes = [code for code in ("geo_complement", "estate", "locality", "complement")
             if cleaner.has(code)]  # fmt: skip
    names = np.full(len(cleaner.frame), "", dtype=object)
    for said in (True, False):  # what says « RESIDENCE » first
        for code in codes:
            found, _ = cells.column(cleaner.frame[code], partial(_estate, said=said))
            names = np.where(names == "", found, names)
    if "street" not in values:
        return names
    numbers, streets = values["street_number"], values["street"]
    address = [f"{number or ''} {street or ''}".strip() if street else ""
               for number, street in zip(numbers, streets, strict=True)]  # fmt: skip
    return np.where(names == "", np.array(address, dtype=object), names)


def _estate(text: str, *, said: bool) -> str:
    if said and not rpls.says_residence(text):
        return ""
    return rpls.residence_in(text)[:160]
