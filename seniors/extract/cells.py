"""One cell of text to one value, and a whole column through its distinct cells.

Each reader takes stripped text and returns the value, None when the cell says « unknown » or
is empty, or raises Unread with a French reason when it cannot be understood.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract.text import plain


class Unread(ValueError):
    """A cell that cannot be understood; the reason is a French sentence without its content."""


# DATA.md: missing is coded, not blank.
UNKNOWN = {"", "na", "nc", "nd", "n a", "n c", "z", "na na", "inconnu", "inconnue", "null", "none",
           "nan", "non renseigne", "non renseignee", "sans objet", "neant", "x x", "vide", "ns",
           "nsp", "ne sait pas", "non communique"}  # fmt: skip
# Most cells: no word for « unknown » begins so.
_NEVER_UNKNOWN = frozenset("0123456789abcdefghjklmopqrtuwyABCDEFGHJKLMOPQRTUWY")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\ufeff\x00]+")
_UNTIDY = ("\n ", " \n", "  ", "\n'", '\n="', *"\t\r\v\f\x00\x1c\x1d\x1e\x1f")
_KEPT_AS_TEXT = re.compile(r'="([^"=]*)"')
_RARE_BLANK = re.compile(r"[^\S \n]|\ufeff")
_FEW = 50
_DATE = re.compile(r"(\d{1,4})[/.\-\s](\d{1,2})[/.\-\s](\d{1,4})(?:[ T]\d.*)?")
# A serial may carry its hour after the mark.
_DIGITS_DATE = re.compile(r"(\d{5})[.,]\d+|(\d+)")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_USUAL_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[1-9][0-9]{3}")
_NO_SUCH_DAY = "cette date n’existe pas"
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_WORD_DATE = re.compile(r"(\d{1,2})(?:er)?[ \-./]([a-z]{3,9})[ \-./](\d{2,4})")
_MONTHS = {"jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5,
           "juin": 6, "jun": 6, "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10,
           "nov": 11, "dec": 12}  # fmt: skip
_NO_DAY = {dt.date(1900, 1, 1), dt.date(1901, 1, 1), dt.date(9999, 12, 31), dt.date(1899, 12, 30),
           dt.date(1899, 12, 31)}  # fmt: skip
_EXCEL_EPOCH = dt.date(1899, 12, 30)


def column(series: pd.Series, reader: Callable[[str], Any]) -> tuple[np.ndarray, np.ndarray]:
    """(values, reasons) of a column, each distinct cell read once: values is an object array
    with None for unknown, reasons holds "" or the French reason of a cell not understood."""
    values, unread = read_column(series, reader)
    reasons = np.full(len(values), "", dtype=object)
    reasons[list(unread)] = list(unread.values())
    return values, reasons


def read_column(
    series: pd.Series, reader: Callable[[str], Any]
) -> tuple[np.ndarray, dict[int, str]]:
    """The same, with the reasons by place of the row, for the rows that have one."""
    codes, cells = pd.factorize(series.to_numpy(dtype=object))
    texts = squeezed(cells.tolist())
    values: list[Any] = []
    reasons: dict[int, str] = {}
    read = map(reader, texts)
    while len(values) < len(texts):
        try:
            values.extend(read)  # up to the first that cannot be read, then from the next
        except Unread as error:
            reasons[len(values)] = str(error)
            values.append(None)
    unread = np.flatnonzero(np.isin(codes, list(reasons))).tolist() if reasons else []
    return as_objects(values)[codes], {row: reasons[codes[row]] for row in unread}


def as_objects(values: list[Any]) -> np.ndarray:
    """An array of these very values, lists and tuples included."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def squeezed(cells: list[str]) -> list[str]:
    """`squeeze` of each; most columns need none, which is seen on the whole column at once."""
    joined = "\n".join(("", *cells, ""))
    is_tidy = (
        joined.count("\n") == len(cells) + 1
        and not any(mark in joined for mark in _UNTIDY)
        and (joined.isascii() or not _RARE_BLANK.search(joined))
    )
    return cells if is_tidy else [squeeze(cell) for cell in cells]


def not_codes(cells: list[str], most: int) -> list[int]:
    """Places of the cells that `read_code` might not give back as they are, of at most `most`
    characters. Usual columns of references have none: they are matched at once."""
    first = cells[:_FEW]
    is_usual = sum(map(bool, map(_CODE.fullmatch, first))) > len(first) / 2
    if not is_usual or len(set(first)) < len(first) / 2:  # words, or few values: read as such
        return list(range(len(cells)))
    if _are_codes(cells) and max(map(len, cells)) <= most:
        return []
    return [
        place for place, cell in enumerate(cells) if len(cell) > most or not _CODE.fullmatch(cell)
    ]


# Letters and figures, which no word for « unknown » begins as: those have no figure.
_CODE = re.compile(
    f"(?:[{''.join(sorted(_NEVER_UNKNOWN))}][0-9A-Za-z]*|[A-Za-z]{{1,3}}[0-9][0-9A-Za-z]*)?"
)
_SURE = "".join(sorted(_NEVER_UNKNOWN)).encode() + b"\n"


def _are_codes(cells: list[str]) -> bool:
    """Whether every cell plainly is one, seen on the whole column at once."""
    text = "\n".join(("", *cells))
    others = set(text.encode("ascii", "replace").translate(None, _SURE))
    return text.count("\n") == len(cells) and all(
        chr(code).isalpha() and f"\n{chr(code)}" not in text for code in others
    )


def squeeze(cell: str) -> str:
    """The cell with single plain blanks, without the quote that keeps Excel from reading it as
    a formula, nor the « ="0123" » by which exports keep its zeros."""
    if cell.isalnum():
        return cell
    text = cell.strip()
    if not text.isascii() or "  " in text or "\n" in text or "\t" in text:
        text = _SPACES.sub(" ", text).strip()
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    if match := _KEPT_AS_TEXT.fullmatch(text):
        text = match[1].strip()
    return text


def is_unknown(text: str) -> bool:
    """Whether the cell says that nothing is known."""
    if not text or text[0] in _NEVER_UNKNOWN:
        return not text
    return len(text) < 18 and plain(text) in UNKNOWN


def refuse_formula(text: str, marks: str = "=@") -> None:
    """A spreadsheet's formula instead of its value."""
    if text[:1] in marks and text:
        raise Unread(
            f"commence par «\u00a0{text[0]}\u00a0»\u00a0: écrivez la valeur, pas une formule"
        )


def read_text(most: int) -> Callable[[str], str]:
    """A reader of free text of at most `most` characters; unknown gives ""."""

    def read(text: str) -> str:
        if is_unknown(text):
            return ""
        refuse_formula(text)
        if len(text) > most:
            raise Unread(f"plus de {most} caractères")
        return text

    return read


_BARE_NUMBER = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_WHOLE = re.compile(r"[+-]?\d+[.,]0+")


def read_code(text: str) -> str:
    """An identifier: text as it is, « 19.0 » without its decimals."""
    if text.isalnum() and text[0] in _NEVER_UNKNOWN:
        return text
    if _WHOLE.fullmatch(text):
        text = re.split("[.,]", text)[0]
    refuse_formula(text)
    return "" if is_unknown(text) and text.upper() != "Z" else text


def read_number(text: str) -> float | None:
    """A number with a decimal comma or point, thousands parted by blanks, « € » or unit after."""
    if _BARE_NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if is_unknown(text):
        return None
    bare = _SPACES.sub("", text).lower().replace("€", "").replace("eur", "").replace("m²", "")
    bare = bare.removesuffix("m2").replace("'", "").replace("’", "")
    if "," in bare and "." in bare:  # the last mark is the decimal one
        bare = bare.replace("." if bare.rfind(",") > bare.rfind(".") else ",", "")
    try:
        number = float(bare.replace(",", "."))
    except ValueError:
        raise Unread("nombre illisible") from None
    if not np.isfinite(number):
        raise Unread("nombre illisible")
    return number


def read_whole(text: str) -> int | None:
    """A whole number, « 19.0 » included."""
    number = read_number(text)
    if number is None:
        return None
    if number != int(number):
        raise Unread("nombre entier attendu")
    return int(number)


def read_date(text: str) -> dt.date | None:
    """dd/mm/yyyy, mm/yyyy (the first), ddmmyyyy, ddmmyy, ISO, Excel serial, « 3 mars 2020 ».

    A two-digit year is the latest one not in the next ten years. 01/01/1900 and the like are
    unknown.
    """
    day = _date(text, lambda year: year + (2000 if year < 36 else 1900))
    return None if day in _NO_DAY else day


def read_birth_date(text: str, *, today: dt.date) -> dt.date | None:
    """As `read_date`; a two-digit year is of the last century, unless that makes over 110."""
    day = _date(text, lambda year: year + (2000 if 1900 + year < today.year - 110 else 1900))
    return None if day in _NO_DAY else day


def usual_date(text: str) -> dt.date | None:
    """The day of dd/mm/yyyy, None for any other text. Raises Unread when there is no such day."""
    if not _USUAL_DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(f"{text[6:]}-{text[3:5]}-{text[:2]}")
    except ValueError:
        raise Unread(_NO_SUCH_DAY) from None


def _date(text: str, pivot: Callable[[int], int]) -> dt.date | None:
    if day := usual_date(text):
        return day
    if is_unknown(text) or set(text) <= set("0/-. :"):  # 00/00/0000
        return None
    if match := _DIGITS_DATE.fullmatch(text):
        return _date_of_digits(match[1] or match[2], pivot)
    if match := _DATE.fullmatch(text):
        first, month, last = match.groups()
        if len(first) == 4:
            return _day(int(first), int(month), int(last))
        return _day(_year(last, pivot), int(month), int(first))
    if match := _MONTH_YEAR.fullmatch(text):
        return _day(int(match[2]), int(match[1]), 1)
    if match := _YEAR_MONTH.fullmatch(text):
        return _day(int(match[1]), int(match[2]), 1)
    return _date_in_words(text, pivot)


def _date_in_words(text: str, pivot: Callable[[int], int]) -> dt.date:
    match = _WORD_DATE.fullmatch(plain(text).replace(" ", "-"))
    month = match and (_MONTHS.get(match[2][:4]) or _MONTHS.get(match[2][:3]))
    if not month:
        raise Unread("date illisible")
    return _day(_year(match[3], pivot), month, int(match[1]))


def _date_of_digits(bare: str, pivot: Callable[[int], int]) -> dt.date | None:
    """ddmmyyyy, yyyymmdd, ddmmyy, or the serial of a spreadsheet (1 is 1 January 1900)."""
    if len(bare) == 8:
        if int(bare[4:]) >= 1850 and 1 <= int(bare[2:4]) <= 12:
            return _day(int(bare[4:]), int(bare[2:4]), int(bare[:2]))
        return _day(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    if len(bare) == 7:  # the first zero lost
        return _day(int(bare[3:]), int(bare[1:3]), int(bare[0]))
    if len(bare) == 6:
        return _day(pivot(int(bare[4:])), int(bare[2:4]), int(bare[:2]))
    if len(bare) <= 5 and int(bare) < 80_000:
        return _EXCEL_EPOCH + dt.timedelta(days=int(bare))
    raise Unread("date illisible")


def _year(digits: str, pivot: Callable[[int], int]) -> int:
    if len(digits) == 3:
        raise Unread("année illisible")
    return int(digits) if len(digits) == 4 else pivot(int(digits))


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Unread(_NO_SUCH_DAY) from None


YES = {"o", "oui", "y", "yes", "true", "vrai", "x"}
NO = {"n", "non", "no", "false", "faux"}


def read_yes_no(text: str, *, codes: dict[str, bool] | None = None) -> bool | None:
    """Yes or no as words or a cross; numbers only by `codes`, the column's own rule."""
    name = plain(text)
    if codes and text in codes:
        return codes[text]
    if is_unknown(text):
        return None
    if name in YES:
        return True
    if name in NO:
        return False
    raise Unread("ni oui ni non\u00a0: indiquez ce que ce code veut dire")
