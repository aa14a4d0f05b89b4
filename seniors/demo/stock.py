"""The invented stock: residences and dwellings on real streets, then written as the RPLS does.

`make_stock` gives a clean frame, one row per dwelling; `rpls` gives it as text, with the codes
that the RPLS uses for what is missing and the columns that a landlord's software adds.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from seniors.demo.names import RESIDENCE_NAMES
from seniors.demo.parameters import series, value

_STREETS = Path(__file__).parent / "streets.csv"
# Towns of the agencies and their Lambert-93 place, in kilometres: a residence has the nearest.
AGENCIES = (
    ("Brest", 146, 6837),
    ("Morlaix", 196, 6854),
    ("Quimper", 171, 6788),
    ("Lorient", 222, 6759),
    ("Saint-Brieuc", 275, 6839),
    ("Rennes", 352, 6789),
)


def make_stock(dwellings: int, rng: np.random.Generator) -> pd.DataFrame:
    """`dwellings` rows, one per dwelling, in the order of their reference."""
    residences = _residences(dwellings, rng)
    index = np.repeat(np.arange(len(residences)), residences["size"])[:dwellings]
    stock = residences.iloc[index].reset_index(drop=True)
    stock.insert(
        0, "reference", [f"{number:07d}" for number in range(1_000_001, 1_000_001 + dwellings)]
    )
    stock["residence"] = index
    _place_in_building(stock, rng)
    _describe(stock, rng)
    return stock


def _streets() -> pd.DataFrame:
    streets = pd.read_csv(_STREETS, dtype={"postcode": str, "insee_code": str}).fillna(
        {"street_type": ""}
    )
    places = np.array([place[1:] for place in AGENCIES]) * 1000
    here = streets[["x", "y"]].to_numpy()
    nearest = ((here[:, None, :] - places[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    streets["agency"] = np.array([place[0] for place in AGENCIES])[nearest]
    # A landlord of Finistère above all, with some stock in the rest of Brittany.
    streets["weight"] = streets["population"] ** 0.5 * np.where(
        streets["insee_code"].str.startswith("29"), 3, 1
    )
    return streets.drop(columns="population")


def _residences(dwellings: int, rng: np.random.Generator) -> pd.DataFrame:
    """Enough residences for that many dwellings: street, number, height, lift, year."""
    count = dwellings // 12 + 6
    streets = _streets()
    chosen = rng.choice(len(streets), count, p=streets["weight"] / streets["weight"].sum())
    residences = streets.drop(columns="weight").iloc[chosen].reset_index(drop=True)
    # Houses stand in smaller groups: their share of residences is larger than of dwellings.
    house = rng.random(count) < value("houses") * 2
    size = np.where(house, rng.integers(8, 26, count), rng.integers(12, 66, count))
    tops = np.array(series("top_floors"))
    height = rng.choice(len(tops), count, p=series("top_floor_shares"))
    residences["house"] = house
    residences["size"] = size
    residences["top"] = np.where(house, 0, tops[height])
    residences["lift"] = ~house & (
        rng.random(count) < np.array(series("lift_by_top_floor"))[height]
    )
    residences["first_number"] = rng.integers(1, 120, count)
    residences["built"] = np.clip(rng.normal(1977, 17, count), 1905, 2023).astype(int)
    residences["qpv"] = ~house & (rng.random(count) < 0.22)
    residences["programme"] = [f"{number:04d}" for number in range(count)]
    names = np.array(RESIDENCE_NAMES)[rng.integers(0, len(RESIDENCE_NAMES), count)]
    residences["residence_name"] = names
    residences[["x", "y"]] += rng.normal(0, 120, (count, 2)).round()
    return residences[residences["size"].cumsum().shift(fill_value=0) < dwellings]


def _place_in_building(stock: pd.DataFrame, rng: np.random.Generator) -> None:
    """Floor, stair, door and street number of each dwelling."""
    count = len(stock)
    order = stock.groupby("residence").cumcount().to_numpy()
    # The ground floor holds half as many flats: halls, cellars, shops.
    floor = np.floor(rng.random(count) * (stock["top"] + 0.5) + 0.5).astype(int)
    stock["floor"] = np.where(stock["house"], 0, floor)
    stock["stair"] = np.where(stock["house"], -1, order // 16)
    stock["door"] = order + 1
    stock["number"] = stock["first_number"] + 2 * np.where(stock["house"], order, order // 16)


def _describe(stock: pd.DataFrame, rng: np.random.Generator) -> None:
    """Rooms, surface, bathing, energy class, occupation, rent."""
    count = len(stock)
    rooms = rng.choice([1, 2, 3, 4, 5], count, p=[0.07, 0.24, 0.36, 0.25, 0.08])
    stock["rooms"] = np.where(stock["house"], np.maximum(rooms, 3), rooms)
    stock["surface"] = (16 + stock["rooms"] * 15.5 + rng.normal(0, 4, count)).round()
    worse = (2000 - stock["built"]) / 30 + rng.normal(0, 1.1, count)
    stock["energy"] = np.array(list("ABCDEFG"))[np.clip(np.round(3 + worse), 0, 6).astype(int)]
    stock["energy_known"] = rng.random(count) >= value("no_energy_class")
    stock["energy_year"] = rng.integers(2014, 2026, count)
    step_free = (stock["floor"] == 0) | stock["lift"]
    stock["accessible"] = step_free & (rng.random(count) < value("accessible") / step_free.mean())
    stock["adapted"] = rng.random(count) < value("adapted") * np.where(step_free, 1.4, 0.6)
    vacancy = (1 - value("let")) * np.array([0.5, 0.35, 0.08, 0.05, 0.02])
    modes = [value("let"), *vacancy]
    stock["mode"] = rng.choice([1, 2, 3, 4, 5, 9], count, p=modes)
    stock["rent"] = (stock["surface"] * rng.normal(6.1, 0.6, count)).clip(lower=90).round(2)


def rpls(stock: pd.DataFrame, entered_on: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """The stock as text in RPLS columns, then AGENCE, PROGRAMME and ASC as a landlord adds them.

    `entered_on`: first day of the current lease by dwelling reference; absent when none.
    """
    let = stock["mode"].eq(1)
    lease = pd.to_datetime(stock["reference"].map(entered_on)).dt.strftime("%m/%Y")
    collective = ~stock["house"]
    surface = stock["surface"].map("{:.0f}".format)
    columns = {
        "IDENT_REP": "29" + stock["reference"] + "01",
        "IDENT_INT": stock["reference"],
        "DROIT": "1",
        "DEPCOM": stock["insee_code"],
        "CODEPOSTAL": stock["postcode"],
        "LIBCOM": stock["city"].str.upper(),
        "NUMVOIE": stock["number"].astype(str),
        "INDREP": np.where(rng.random(len(stock)) < 0.04, "B", ""),
        "TYPVOIE": stock["street_type"],
        "NOMVOIE": stock["street"],
        "NUMAPPT": stock["door"].map("{:03d}".format).where(collective, ""),
        "NUMBOITE": "",
        "ESC": stock["stair"].map(lambda stair: chr(65 + stair % 26)).where(collective, ""),
        "COULOIR": "",
        "ETAGE": _floors_as_written(stock, rng),
        "COMPLIDENT": "RESIDENCE " + stock["residence_name"].str.upper(),
        "ENTREE": "",
        "BAT": "",
        "COMPLGEO": "",
        "LIEUDIT": "",
        "QPV": np.where(stock["qpv"], "1", "2"),
        "TYPECONST": np.where(stock["house"], "I", "C"),
        "NBPIECE": stock["rooms"].astype(str),
        "SURFHAB": surface,
        "CONSTRUCT": stock["built"].astype(str),
        "LOCAT": (stock["built"] + 1).astype(str),
        "PATRIMOINE": stock["built"].astype(str),
        "ORIGINE": "1",
        "FINAN": np.where(stock["built"] < 1977, "52", "13"),
        "CONV": "1",
        "MODE": stock["mode"].astype(str),
        "BAIL": lease.where(let & lease.notna(), ""),
        "MODESURF": "1",
        "SURFMODE": surface,
        "LOYERPRINC": stock["rent"].map("{:.2f}".format).str.replace(".", ",").where(let, "9999"),
        "LOYERACC": "999",
        "DPEDATE": ("06/" + stock["energy_year"].astype(str)).where(
            stock["energy_known"], "01/1900"
        ),
        "DPEENERGIE": stock["energy"].where(stock["energy_known"], ""),
        "PMR": np.where(stock["accessible"], "1", "2"),
        "X": stock["x"].map("{:.1f}".format),
        "Y": stock["y"].map("{:.1f}".format),
        "EPSG": "2154",
        "AGENCE": "Agence de " + stock["agency"],
        "CODE PROGRAMME": stock["programme"],
        "PROGRAMME": stock["residence_name"] + " (" + stock["city"] + ")",
        "ASC": np.where(stock["lift"], "O", "N"),
    }
    return pd.DataFrame(columns, index=stock.index)


def _floors_as_written(stock: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Ground floors as 0, RC or RDC; one floor in sixty is not said."""
    said = stock["floor"].astype(str)
    ground = pd.Series(rng.choice(["0", "RC", "RDC"], len(stock)), index=stock.index)
    said = said.where(stock["floor"] > 0, ground)
    return said.where(rng.random(len(stock)) > 1 / 60, "")


def spoil_stock(text: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same rows with what real files hold: a time for a number; then rows to refuse.

    These come on top, so that every dwelling of the stock is read: two that share a key and
    differ, and one without a key.
    """
    text = text.copy()
    rows = rng.choice(len(text), 5, replace=False)
    column = text.columns.get_loc
    text.iloc[rows[0], column("NUMVOIE")] = "12:00 AM"
    text.iloc[rows[1], column("SURFHAB")] += ".0"
    text.iloc[rows[2], column("COMPLGEO")] = "=BAT C"
    twice = text.iloc[[rows[3]] * 2].assign(
        IDENT_INT=f"{text['IDENT_INT'].iloc[rows[3]]}-2", IDENT_REP="", NBPIECE=["2", "9"]
    )
    nobody = text.iloc[[rows[4]]].assign(IDENT_INT="", IDENT_REP="")
    return pd.concat([text, twice, nobody], ignore_index=True)


def first_day(years_ago: np.ndarray, as_of: date) -> np.ndarray:
    """The day that many years before `as_of`, as numpy days."""
    return np.datetime64(as_of) - np.round(np.asarray(years_ago) * 365.2425).astype(
        "timedelta64[D]"
    )
