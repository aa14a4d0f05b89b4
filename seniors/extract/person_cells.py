"""Readers of what landlords write about people: names, titles, births, phones, leases.

As in `cells`: stripped text in, value or None out, Unread when not understood.
"""

import datetime as dt
import re

from seniors.enums import OccupantRole, Sex
from seniors.extract import cells
from seniors.extract.cells import Unread, is_unknown
from seniors.extract.text import plain

OLDEST = 115

_TITLES = {"m": "M.", "mr": "M.", "monsieur": "M.", "mons": "M.", "1": "M.", "mme": "Mme",
           "madame": "Mme", "me": "Mme", "mle": "Mme", "mlle": "Mme", "mademoiselle": "Mme",
           "melle": "Mme", "2": "Mme", "ms": "Mme", "mrs": "Mme"}  # fmt: skip
_SEXES = {"f": Sex.FEMALE, "femme": Sex.FEMALE, "feminin": Sex.FEMALE, "2": Sex.FEMALE,
          "m": Sex.MALE, "h": Sex.MALE, "homme": Sex.MALE, "masculin": Sex.MALE,
          "1": Sex.MALE}  # fmt: skip

_SEX_OF_TITLE = {"M.": Sex.MALE.value, "Mme": Sex.FEMALE.value}


def read_title(text: str) -> str:
    """« Mme » or « M. »; SNE codes 1 and 2 included; several people at once is unknown."""
    return _TITLES.get(plain(text), "")


def read_sex(text: str) -> str:
    """F or M, as words, letters or the codes 1 (man) and 2 (woman)."""
    return str(_SEXES.get(plain(text), ""))


def sex_of_title(title: str) -> str:
    """The sex that a title says."""
    return _SEX_OF_TITLE.get(title, "")


def read_name(text: str) -> str:
    """A last or first name as written."""
    if is_unknown(text) and plain(text) not in {"na", "z", "nc", "nd", "ns"}:
        return ""
    cells.refuse_formula(text, "=@+-")
    if len(text) > 80:
        raise Unread("plus de 80 caractères")
    return text


_BOTH_TITLES = re.compile(
    r"(?:M\.?|MR|MONSIEUR)\s*(?:OU|ET|&|/|-)\s*(?:MME|MADAME|MLLE)\b\.?\s*", re.IGNORECASE
)


def split_name(text: str) -> tuple[str, str, str]:
    """(title, last name, first name) of « MME LE GOFF Jeanne »: capitals are the last name; all
    in one case, the last word is the first name."""
    text = read_name(text)
    if both := _BOTH_TITLES.match(text):  # « M. OU MME X »: whose first name is not said
        text = text[both.end() :]
    words = text.split()
    title = read_title(words[0]) if len(words) > 1 and not words[0].isdigit() else ""
    words = words[1:] if title else words
    capitals = [word for word in words if word.isupper()]
    if capitals and len(capitals) < len(words):
        return title, " ".join(capitals), " ".join(w for w in words if not w.isupper())
    if len(words) < 2:
        return title, " ".join(words), ""
    return title, " ".join(words[:-1]), words[-1]


def read_birth(text: str, *, today: dt.date) -> dt.date | None:
    """A date of birth that someone alive may have."""
    born = cells.read_birth_date(text, today=today)
    check_birth_year(born.year if born else None, today=today)
    if born and born > today:
        raise Unread("naissance dans le futur")
    return born


def read_birth_year(text: str, *, today: dt.date) -> int | None:
    """A year of birth alone, of two or four digits, or that of a date."""
    match = re.fullmatch(r"(\d{2}|\d{4})(?:\.0)?", text)
    if not match:
        born = read_birth(text, today=today)
        return born.year if born else None
    year = int(match[1])
    if year < 100:
        year += 2000 if 1900 + year < today.year - 110 else 1900
    if year in (1900, 1901, 9999):
        return None
    check_birth_year(year, today=today)
    return year


def check_birth_year(year: int | None, *, today: dt.date) -> None:
    """Raises Unread for a birth in 1840 or next year."""
    if year is not None and year > today.year:
        raise Unread(f"naissance en {year}\u00a0: dans le futur")
    if year is not None and year < today.year - OLDEST:
        raise Unread(f"naissance en {year}\u00a0: plus de {OLDEST} ans")


def read_age(text: str) -> int | None:
    """Completed years, « 82 » or « 82 ans »."""
    number = cells.read_whole(re.sub(r"\s*ans?$", "", text))
    if number is None or number in (0, 999):
        return None
    if not 0 < number <= OLDEST:
        raise Unread("âge impossible")
    return number


_USUAL_PHONE = re.compile(r"0[1-79][0-9]{8}")
_PHONE = re.compile(r"(?:\+|00)?\d[\d\s.\-/()]*\d")
_OVERSEAS = ("262", "590", "594", "596", "508", "687", "689")


def read_phones(text: str) -> list[str]:
    """The numbers of a cell as 10 digits: +33, a lost first zero and two numbers in a cell are
    understood; « liste rouge », 08 numbers and what is no number give nothing."""
    bare = text.replace(" ", "").replace(".", "").replace("-", "")
    if _USUAL_PHONE.fullmatch(bare) and bare != bare[:2] + bare[2] * 8:
        return [bare]
    found = []
    text = re.sub(r"\.0+$", "", text)
    for part in re.split(r"\s*(?:/|;|,|\bou\b|\bet\b|\n)\s*", text):
        if match := _PHONE.search(part):
            number = _phone(match[0])
            if number and number not in found:
                found.append(number)
    return found


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    for code in ("33", *_OVERSEAS):
        for prefix in (f"00{code}", code if text.startswith("+") or len(digits) > 10 else "-"):
            if digits.startswith(prefix):
                rest = digits[len(prefix) :].removeprefix("0")
                digits = f"0{rest}"
                break
    if len(digits) == 9 and digits[0] != "0":
        digits = "0" + digits
    is_possible = re.fullmatch(r"0[1-79]\d{8}", digits) and len(set(digits[2:])) > 1
    return digits if is_possible else ""


def is_mobile(number: str) -> bool:
    """06 and 07."""
    return number[:2] in ("06", "07")


_MAIL = re.compile(r"[A-Za-z0-9._%+\-']+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}")


def read_email(text: str) -> str:
    """An address, "" when the cell holds none."""
    match = _MAIL.fullmatch(text.strip("<> "))
    return match[0].lower() if match and len(match[0]) <= 254 else ""


def read_role(text: str) -> str:
    """The place in the lease; a word not known is another occupant."""
    name = plain(text)
    if is_unknown(text):
        return ""
    if "cotitulaire" in name or "co titulaire" in name or "colocataire" in name or "cosign" in name:
        return OccupantRole.CO_HOLDER.value
    if name in {"t", "tit"} or "titulaire" in name or name in {"locataire", "signataire", "chef"}:
        return OccupantRole.HOLDER.value
    if re.search(r"conjoint|epou|concub|pacs|mari\b|femme|compagn", name):
        return OccupantRole.SPOUSE.value
    return OccupantRole.OTHER.value


def is_child(role: str) -> bool:
    """Whether a place in the household is a child's; E is the code of the housing request."""
    name = plain(role)
    return name in {"e", "enf"} or bool(
        re.search(r"\b(?:petits? )?(?:enfants?|fils|filles?)\b", name)
    )


_NOT_A_HOME = re.compile(
    r"\b(garages?|gar|parkings?|pkg?|box|boxes|stationnements?|emplacements?|commerc\w*|cave|caves"
    r"|boutique|locaux?|local|professionnel\w*|bureaux?|jardins?|antennes?|celliers?|moto)\b"
)


def is_not_a_home(text: str) -> bool:
    """Whether a lease is for a garage, a shop and the like."""
    return bool(_NOT_A_HOME.search(plain(text)))


def says_death(text: str) -> bool:
    """Whether a reason of leaving is a death."""
    name = plain(text)
    return name.startswith(("dec", "dcd", "mort")) or "deces" in name or "decede" in name


def read_death(text: str, *, today: dt.date) -> dt.date | None:
    """The day of a death; a mere « oui » counts as the day of the extract."""
    name = plain(text)
    if name in cells.NO or is_unknown(text):
        return None
    if name in cells.YES or says_death(text):
        return today
    return cells.read_date(text)


def read_arrears(text: str) -> bool | None:
    """Yes or no, or an amount owed: above zero is arrears; a bare 0 or 1 is asked on screen."""
    if text in ("0", "1", "2"):
        raise Unread("ni oui ni non\u00a0: indiquez ce que ce code veut dire")
    try:
        return cells.read_yes_no(text)
    except Unread:
        owed = cells.read_number(text)
        return None if owed is None else owed > 0
