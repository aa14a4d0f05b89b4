"""Occupants as a landlord's software exports them: text, habits and mistakes included.

One row per occupant, headings in French, dates dd/mm/yyyy. What real files hold is planted: a
social security number, two-digit years, phones without their zero, leases of garages, people who
left or died, rows twice, births that cannot be, cells that begin with an equals sign.
"""

from datetime import date

import numpy as np
import pandas as pd

QUALITIES = {"holder": "Titulaire", "spouse": "Conjoint", "other": "Autre occupant"}
DEATH, DEPARTURE = "Décès", "Départ"


def export(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows of `people` as text; columns left_on and left_why say who is no longer there."""
    adult = people["age"] >= 18
    born = pd.to_datetime(people["born_on"])
    text = pd.DataFrame(
        {
            "N° locataire": people["reference"],
            "N° bail": people["lease"],
            "Code UG": people["dwelling"],
            "Civilité": _titles(people),
            "Nom": people["last_name"].str.upper(),
            "Prénom": people["first_name"],
            "Date naissance": born.dt.strftime("%d/%m/%Y"),
            "Tél. fixe": people["phone"],
            "Portable": people["mobile"],
            "Courriel": people["email"],
            "Qualité": people["role"].map(QUALITIES),
            "Nb occupants": people["household_size"].astype(str),
            "Type bail": "HABITATION",
            "Date entrée": _day(people["entered_on"]),
            "Date sortie": _day(people["left_on"]),
            "Motif sortie": people["left_why"],
            "Impayé": np.where(people["arrears"], "O", "N"),
            "Revenus très modestes": np.where(people["very_low_income"], "O", "N"),
            "Dernier contact": _day(people["last_contact_on"]),
            "NIR": _social_numbers(people, born, rng).where(adult, ""),
            "Observations": "",
        },
        index=people.index,
    )
    return text


def spoil(text: pd.DataFrame, rng: np.random.Generator, as_of: date) -> pd.DataFrame:
    """The same export after years of typing by many hands."""
    text = _add_garages(text, rng)
    _mangle_phones(text, rng)
    _mangle_births(text, rng)
    _plant_impossible(text, rng, as_of)
    rows = rng.choice(len(text), 4, replace=False)
    again = text.iloc[rows[:2]]
    other = text.iloc[rows[2:]].assign(Prénom="INCONNU")
    blank = pd.DataFrame([dict.fromkeys(text.columns, "")])
    return pd.concat([text.iloc[:40], blank, text.iloc[40:], again, other], ignore_index=True)


def _day(days: pd.Series) -> pd.Series:
    """dd/mm/yyyy, empty when unknown."""
    return pd.to_datetime(days).dt.strftime("%d/%m/%Y").fillna("")


def _titles(people: pd.DataFrame) -> np.ndarray:
    """M. and Mme, as several hands wrote them; the same for one home in each extract."""
    hand = people["household"].to_numpy()
    women = np.array(["MME", "MME", "MME", "Mme", "MLE"])[hand % 97 % 5]
    men = np.array(["M.", "M.", "MR", "M"])[hand % 4]
    return np.where(people["sex"] == "F", women, men)


def _social_numbers(people: pd.DataFrame, born: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Numbers of the right shape with a right key, of a department and town that do not exist."""
    sex = np.where(people["sex"] == "F", 2, 1).astype(np.int64)
    number = (
        sex * 10**12
        + (born.dt.year % 100).to_numpy(np.int64) * 10**10
        + born.dt.month.to_numpy(np.int64) * 10**8
        + 99_990 * 10**3
        + rng.integers(1, 999, len(people))
    )
    key = 97 - number % 97
    return pd.Series([f"{n}{k:02d}" for n, k in zip(number, key, strict=True)], people.index)


def _add_garages(text: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Some tenants also rent a garage: a second row for the same person."""
    holders = text[(text["Qualité"] == "Titulaire") & (rng.random(len(text)) < 0.06)]
    number = pd.Series(range(1, len(holders) + 1), holders.index)
    garages = holders.assign(
        **{
            "N° bail": number.map("G{:06d}".format),
            "Code UG": number.map("9{:06d}".format),
            "Type bail": "GARAGE",
            "Nb occupants": "",
        }
    )
    return pd.concat([text, garages]).sort_index(kind="stable").reset_index(drop=True)


def _mangle_phones(text: pd.DataFrame, rng: np.random.Generator) -> None:
    """Dots, blanks, +33, the first zero lost to a spreadsheet, « liste rouge »."""
    for column in ("Tél. fixe", "Portable"):
        phone = text[column]
        known = phone != ""
        draw = rng.random(len(text))
        dotted = phone.str.replace(r"(\d\d)(?=\d)", r"\1.", regex=True)
        text[column] = np.select(
            [known & (draw < 0.05), known & (draw < 0.35), known & (draw < 0.4)],
            [phone.str[1:], dotted, "+33 " + phone.str[1:]],
            default=phone,
        )
    red = (text["Tél. fixe"] == "") & (rng.random(len(text)) < 0.004)
    text.loc[red, "Tél. fixe"] = "liste rouge"


def _mangle_births(text: pd.DataFrame, rng: np.random.Generator) -> None:
    """Years of two digits, births unknown or coded as unknown."""
    born = text["Date naissance"]
    draw = rng.random(len(text))
    adult = born.str[-4:].astype(int) < 2005
    text["Date naissance"] = np.select(
        [draw < 0.006, draw < 0.008, adult & (draw < 0.03)],
        ["", "01/01/1900", born.str[:6] + born.str[-2:]],
        default=born,
    )


def _plant_impossible(text: pd.DataFrame, rng: np.random.Generator, as_of: date) -> None:
    """A birth in 1840, one next year, two unknown dwellings, cells that look like formulas."""
    rows = rng.choice(text.index[text["Type bail"] == "HABITATION"], 8, replace=False)
    text.loc[rows[0], "Date naissance"] = "12/03/1840"
    text.loc[rows[1], "Date naissance"] = f"02/01/{as_of.year + 1}"
    text.loc[rows[2:4], "Code UG"] = ["7999998", "7999999"]
    text.loc[rows[4:6], "Nom"] = "=" + text.loc[rows[4:6], "Nom"]
    text.loc[rows[6], "Courriel"] = '=HYPERLINK("http://exemple.fr")'
    text.loc[rows[7], "Observations"] = "+ rappeler la fille le soir"
