"""How French writes names, numbers and addresses: elision, agreement, streets. Pure."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

# First names in « ha » are breathed more often than not (Hassan, Hamid, Halima); others are mute.
_ELIDED = re.compile(r"[aàâeéèêëiîïoôuûœæ]|h[eéèêioôuy]|y[^aàâeéèêiîoôuû\W]", re.IGNORECASE)
_KINDS = {
    "ALL": "allée", "ALLEE": "allée", "AV": "avenue", "AVENUE": "avenue", "BD": "boulevard",
    "BLD": "boulevard", "BOULEVARD": "boulevard", "CHE": "chemin", "CHEM": "chemin",
    "CHEMIN": "chemin", "CITE": "cité", "COUR": "cour", "CRS": "cours", "COURS": "cours",
    "ESP": "esplanade", "ESPLANADE": "esplanade", "IMP": "impasse", "IMPASSE": "impasse",
    "LOT": "lotissement", "LOTISSEMENT": "lotissement", "MAIL": "mail", "PAS": "passage",
    "PASSAGE": "passage", "PL": "place", "PLACE": "place", "PROM": "promenade",
    "PROMENADE": "promenade", "QU": "quai", "QUAI": "quai", "RES": "résidence",
    "RESIDENCE": "résidence", "RTE": "route", "ROUTE": "route", "RUE": "rue", "SQ": "square",
    "SQUARE": "square", "VEN": "venelle", "VENELLE": "venelle",
}  # fmt: skip
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
           "septembre", "octobre", "novembre", "décembre")  # fmt: skip
_SMALL = {"DE", "DU", "DES", "LA", "LE", "LES", "ET", "AU", "AUX", "EN", "SUR", "SOUS"}
_ROMAN = re.compile(r"[IVX]{2,}$")


def of_name(name: object) -> str:
    """« de Nolwenn », « d’Erwan »: what follows a noun."""
    said = str(name)
    return f"d’{said}" if _ELIDED.match(said) else f"de {said}"


def that(words: str) -> str:
    """« qu’un loyer est en retard », « que les fins de mois… »: what follows « parce »."""
    return f"qu’{words}" if _ELIDED.match(words) else f"que {words}"


def plural(count: float | None, single: str, many: str) -> str:
    """`many` from 2 upwards, else `single`."""
    return many if count is not None and abs(count) >= 2 else single


def counted(count: int, single: str, many: str = "") -> str:
    """« 1 personne », « 12 300 personnes »: a number and its noun, blanks that do not break;
    `many` is `single` with an s when it is not given."""
    number = f"{count:,}".replace(",", "\u202f")
    return f"{number}\u00a0{plural(count, single, many or f'{single}s')}"


def day_words(day: date, *, weekday: bool = True, year: bool = False) -> str:
    """« mardi 1er décembre », with the year when asked; blanks inside the date do not break."""
    number = "1er" if day.day == 1 else str(day.day)
    words = f"{number}\u00a0{_MONTHS[day.month - 1]}"
    words = f"{_WEEKDAYS[day.weekday()]} {words}" if weekday else words
    return f"{words} {day.year}" if year else words


def clock(at: datetime) -> str:
    """« 9 h 05 », of a moment in local time."""
    return f"{at:%-H}\u00a0h\u00a0{at:%M}"


def full_day(day: date) -> str:
    """« 1er décembre 2026 », as a sentence says it."""
    return day_words(day, weekday=False, year=True)


def euros(amount: Decimal | None) -> str:
    """« 1 250,00 € »; nothing when the amount is unknown."""
    if amount is None:
        return ""
    said = f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",").replace("-", "−")
    return f"{said}\u00a0€"


def ago(at: datetime, now: datetime) -> str:
    """« il y a 3 h », as one says how long something has waited."""
    minutes = max(int((now - at).total_seconds() // 60), 0)
    if minutes < 60:
        return f"il y a {minutes}\u00a0min" if minutes else "à l’instant"
    if minutes < 24 * 60:
        return f"il y a {minutes // 60}\u00a0h"
    days = minutes // (24 * 60)
    return f"il y a {days}\u00a0{plural(days, 'jour', 'jours')}"


@lru_cache(maxsize=20_000)
def readable_street(line: str) -> str:
    """« 100 RUE DE LA PTE DE KERNERS » as « 100 rue de la Pte de Kerners ».

    Only what is written in capitals throughout is rewritten; accents are not guessed.
    """
    if line != line.upper():
        return line
    words = re.sub(r"\b([LD])[ '](?=[AEIOUYHÉÈÊÀÂÎÔÛ])", r"\1’", line).split()
    kind = next((n for n, word in enumerate(words) if word in _KINDS), None)
    said = " ".join(_street_word(word, n, kind) for n, word in enumerate(words))
    return said[:1].upper() + said[1:]


def _street_word(word: str, place: int, kind: int | None) -> str:
    """One word of a street: `kind` is the place of « rue » or its like."""
    if place == kind:
        return _KINDS[word]
    if (place and word in _SMALL) or word in ("BIS", "TER"):
        return word.lower()
    if _ROMAN.match(word) or any(one.isdigit() for one in word):
        return word
    head, mark, rest = word.partition("’")
    if mark:
        return f"{head.lower()}’{_capitals(rest)}"
    return _capitals(word)


def _capitals(word: str) -> str:
    """« SAINT-BRIEUC » as « Saint-Brieuc »."""
    return "-".join(part[:1] + part[1:].lower() for part in word.split("-"))
