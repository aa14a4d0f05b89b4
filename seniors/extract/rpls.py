"""What the RPLS codes say, and how a flat is written in an address (DATA.md section 1).

Readers as in `cells`: stripped text in, value or None out, Unread when not understood.
"""

import re
from functools import lru_cache

import numpy as np

from seniors.extract.cells import Unread, is_unknown, read_number, read_whole
from seniors.extract.text import plain

_FLOOR_WORDS = {"rc": 0, "rdc": 0, "rdj": 0, "rch": 0, "rez de chaussee": 0, "rdch": 0,
                "rez de jardin": 0, "rez": 0, "r": 0, "ss": -1, "sous sol": -1, "entresol": 0,
                "es": 0, "eso": 0, "s s": -1, "ssol": -1, "plain pied": 0, "premier": 1,
                "deuxieme": 2, "troisieme": 3}  # fmt: skip
# What follows a floor and does not change it: the side of the landing, half a ground floor.
_FLOOR_ENDS = re.compile(r" (?:haut|bas|sureleve|sur|surel|droite?|gauche|d|g|face|centre)$")
_FLOOR_NUMBER = re.compile(
    r"(?:etage|etg|et|niveau|niv|r)? ?(?:n )?(\d{1,2})(?: 0)?(?: ?(?:er|e|eme|nd|ieme))?"
    r"(?: (?:etage|etg|et))?"
)
_BASEMENT = re.compile(r"(?:r ?|ss ?|sous[ -]sol ?)?-([1-5])(?:\.0)?|(?:ss|sous[ -]sol) ?([1-5])",
                       re.IGNORECASE)  # fmt: skip


def read_floor(text: str) -> int | None:
    """A floor: RC, RDC, RDJ and 0 are the ground floor, « R+3 » and « 3ème » are 3, « R-1 » is
    a basement; DUPLEX and the like say none."""
    if is_unknown(text):
        return None
    if match := _BASEMENT.fullmatch(text):
        return -int(match[1] or match[2])
    name = _FLOOR_ENDS.sub("", plain(text))
    if name in _FLOOR_WORDS:
        return _FLOOR_WORDS[name]
    if name in {"duplex", "triplex", "999", "9999"}:
        return None
    match = _FLOOR_NUMBER.fullmatch(name)
    if not match:
        raise Unread("étage illisible")
    floor = int(match[1])
    return floor if floor <= 60 else None


def read_construction(text: str) -> bool | None:
    """TYPECONST: I individual, C collective, E student residence; 1 and 2 as in the rent
    observatory's format."""
    name = plain(text)
    if is_unknown(text):
        return None
    if name in {"c", "e", "2", "collectif", "etudiant", "immeuble", "appartement", "appt"}:
        return True
    if name in {"i", "1", "individuel", "maison", "pavillon", "individuelle"}:
        return False
    raise Unread(f"code «\u00a0{text[:12]}\u00a0» inconnu\u00a0: I ou C attendu")


def read_energy(text: str) -> str:
    """The class A to G; « N », « vierge » and the like are unknown."""
    name = plain(text).upper()
    if is_unknown(text) or name in {"N", "VIERGE", "V", "NON REQUIS", "0", "NON"}:
        return ""
    if len(name) == 1 and name in "ABCDEFG":
        return name
    raise Unread(f"code «\u00a0{text[:12]}\u00a0» inconnu\u00a0: A à G attendu")


_MODE_WORDS = {"loue": 1, "occupe": 1, "vacant": 2, "vide": 3, "sorti": 9}


def read_mode(text: str) -> int | None:
    """MODE: 1 let, 2 vacant on offer, 3 empty, 4 association, 5 other, 9 gone."""
    if is_unknown(text):
        return None
    name = plain(text).removesuffix(" 0")
    if name in {"1", "2", "3", "4", "5", "9"}:
        return int(name)
    if name in _MODE_WORDS:
        return _MODE_WORDS[name]
    raise Unread(f"code «\u00a0{text[:12]}\u00a0» inconnu\u00a0: 1, 2, 3, 4, 5 ou 9 attendu")


_ROOMS = re.compile(r"(?:[tf]|type [tf]?)? ?(\d{1,2})(?: 0)?(?: ?(?:bis|p|pieces?|ter))?")


def read_rooms(text: str) -> int | None:
    """Main rooms: « 3 », « T3 », « F3 bis », « 3 P », « studio »."""
    if is_unknown(text):
        return None
    name = plain(text)
    if name.startswith("studio"):
        return 1
    match = _ROOMS.fullmatch(name)
    if not match:
        raise Unread("nombre de pièces illisible")
    return int(match[1])


def read_year(text: str) -> int | None:
    """A year of construction, or the year of a date."""
    match = re.search(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)", text)
    if match:
        return int(match[1])
    if is_unknown(text) or text.strip("0. ") in {"", "9999", "999"}:
        return None
    raise Unread("année illisible")


@lru_cache(maxsize=1 << 15)  # the same rents come in each piece
def read_rent(text: str) -> float | None:
    """Euros a month; 9999 is « not concerned »."""
    rent = read_number(text)
    return None if rent is None or rent in (9999.0, 999.0) else rent


def read_count(text: str) -> int | None:
    """A number of people; 0 and 99 are unknown."""
    count = read_whole(text)
    return None if count in (0, 99, 999, 9999) else count


_HALF_DAY = re.compile(r"(\d{1,2}):00(?::00)? ?(AM|PM|am|pm)?")
_SHORT_DATE = re.compile(r"\d{4}-(\d{2})-(\d{2})(?: 00:00)?")
_MONTH_NAMES = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct",
                "nov", "dec")  # fmt: skip


def read_street_number(text: str) -> str:
    """A street number as written; what a spreadsheet made of « 12 A » (12:00 AM) or « 1-2 »
    (1 February) is put back."""
    if is_unknown(text) or text in {"0", "0.0", "9999", "99999"}:
        return ""
    if match := _HALF_DAY.fullmatch(text):
        hour, half = int(match[1]), (match[2] or "").upper()
        if not half:
            half = "AM" if hour < 12 else "PM"
            hour = (hour - 1) % 12 + 1
        return f"{hour} {half[0]}"
    if match := _SHORT_DATE.fullmatch(text):
        return f"{int(match[2])}-{int(match[1])}"
    words = plain(text).split()
    if len(words) == 2 and words[0].isdigit():
        for place, month in enumerate(_MONTH_NAMES, start=1):
            if words[1] in {month, month[:3], month[:4]}:
                return f"{int(words[0])}-{place}"
    text = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", text) or re.fullmatch(r"\d{6,}", text):
        return ""  # « 3E5 » became a number: what was written is lost
    return text


_INSEE = re.compile(r"(?!20)(?:0[1-9]|[1-8]\d|9[0-5]|2[AB])\d{3}|97[1-8]\d{2}|98\d{3}")


def read_insee(text: str) -> str:
    """An INSEE commune code of 5 characters; a lost first zero is put back."""
    code = re.sub(r"\.0+$", "", text).upper().replace(" ", "")
    if is_unknown(code) or not code.strip("0"):
        return ""
    if re.fullmatch(r"\d{4}", code):
        code = "0" + code
    if not _INSEE.fullmatch(code):
        raise Unread("code INSEE de commune impossible")
    return code


def read_postcode(text: str) -> str:
    """A postcode of 5 digits; a lost first zero is put back."""
    code = re.sub(r"\.0+$", "", text).replace(" ", "")
    if is_unknown(code) or not code.strip("0"):
        return ""
    if re.fullmatch(r"\d{4}", code):
        code = "0" + code
    if not re.fullmatch(r"\d{5}", code):
        raise Unread("code postal impossible")
    return code


_TYPES = {"r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard",
          "bvd": "boulevard", "imp": "impasse", "che": "chemin", "chem": "chemin", "ch": "chemin",
          "all": "allee", "pl": "place", "rte": "route", "sq": "square", "qu": "quai",
          "crs": "cours", "res": "residence", "lot": "lotissement", "pass": "passage",
          "psg": "passage", "fg": "faubourg", "qua": "quartier"}  # fmt: skip


def full_type(text: str) -> str:
    """The type of a street, plain and whole: « R » and « RUE » are one, to compare addresses."""
    name = plain(text)
    return _TYPES.get(name, name)


_NUMBERED_TYPE = re.compile(rf"(\d+ (?:[a-z] |bis |ter )?)({'|'.join(_TYPES)})(?= )")


def same_address(text: str) -> str:
    """An address or a name, plain, the type after the number whole: « 3 AV FOCH » and
    « 3 Avenue Foch » are one."""
    return _NUMBERED_TYPE.sub(lambda match: match[1] + full_type(match[2]), plain(text), count=1)


@lru_cache(maxsize=1 << 14)  # a street has many dwellings
def repair_type(kind: str, name: str) -> str:
    """« RUE » and « RUE DE SIAM » make « RUE DE SIAM »: the type is sometimes said twice."""
    if not kind or plain(name).startswith(plain(kind) + " "):
        return name
    return f"{kind} {name}".strip()


_RESIDENCE = re.compile(r"\bRES(?:IDENCE|ID\.?|\.)?\s+(.+)$", re.IGNORECASE)
_ONLY_FLAT = re.compile(
    r"(?:APPARTEMENT|APP?T?|LOGT?|LOGEMENT|PORTE|N)[ .°N]*[0-9A-Z]{0,6}\.?|\d*\.?\d*|"
    r"(?:ENSEMBLE|BAT(?:IMENT)?S?|ENTREE|ESC(?:ALIER)?)[ .]*[0-9A-Z]*",
    re.IGNORECASE,
)
_FLAT = re.compile(r"^(?:APPARTEMENT|APPT|APT|LOGT)[ .°N]*[0-9A-Z]+\s*-?\s*", re.IGNORECASE)


def says_residence(text: str) -> bool:
    """Whether the word « RESIDENCE » introduces a name."""
    return bool(_RESIDENCE.search(text))


def residence_in(text: str) -> str:
    """The name of an estate in a free complement of address: what follows « RESIDENCE », else
    the text without the flat's number; "" when only a flat or a building is named."""
    if is_unknown(text):
        return ""
    if match := _RESIDENCE.search(text):
        return match[1].strip(" -,.")
    rest = _FLAT.sub("", text).strip(" -,.")
    return "" if _ONLY_FLAT.fullmatch(rest) else rest


def to_wgs84(x: np.ndarray, y: np.ndarray, epsg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes (NaN when unknown) of points in the systems `epsg` names."""
    from pyproj import Transformer  # noqa: PLC0415 - slow to load, needed by few files
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    latitude, longitude = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for code in set(epsg[np.isfinite(x) & np.isfinite(y)]):
        here = (epsg == code) & np.isfinite(x) & np.isfinite(y) & (x != 0) & (y != 0)
        try:
            change = Transformer.from_crs(int(code), 4326, always_xy=True)
        except CRSError:
            continue
        longitude[here], latitude[here] = change.transform(x[here], y[here])
    bad = ~(np.isfinite(latitude) & np.isfinite(longitude)) | (abs(latitude) > 90)
    latitude[bad], longitude[bad] = np.nan, np.nan
    return latitude.round(6), longitude.round(6)
