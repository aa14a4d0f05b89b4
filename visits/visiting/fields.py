"""What a field of a form is, and how its value is read: typed, bounded, guarded. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from seniors import guard
from seniors.phones import readable
from seniors.refusal import Refusal

OK = "ok"  # a known thing, confirmed
NONE = "aucun"  # a number that is no longer hers
FIGURES_MOST = 10
# A zero byte, and the half of an emoji that a phone cut: neither is stored, nor shown.
_BROKEN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `choices` are (value, label); a tick is 1 or absent.

    `confirms`: something known, that « ok » confirms and anything else corrects. `sensitive`: it
    tells of health and is kept only with that consent. `need` is suggested when the answer is
    one of `when`. `most` bounds a number or the length of a text, `least` a number.
    """

    code: str
    label: str
    kind: str  # "choice", "tick", "text", "date", "number"
    choices: tuple[tuple[int | str, str], ...] = ()
    sensitive: bool = False
    help: str = ""
    confirms: bool = False
    default: int | str | None = None
    need: str = ""
    when: tuple[int, ...] = ()
    least: int = 0
    most: int = 0
    # What is said before it and those that follow, on a screen as on paper.
    heading: str = ""
    # An action: the needs that it answers.
    answers: tuple[str, ...] = ()
    # On a page that is filled in: what is answered, what is known and from where, whether it is
    # proposed from the other answers, and why it was refused.
    value: int | str | None = None
    known: str = ""
    source: str = ""
    is_suggested: bool = False
    refusal: str = ""

    @property
    def family(self) -> str:
        """What kind of thing it is: « item », « hazard », « action »…"""
        return self.code.partition(".")[0]

    @property
    def name(self) -> str:
        """The code without its family."""
        return self.code.partition(".")[2]

    @property
    def shown(self) -> int | str:
        """What stands in the box where it is typed; a confirmation leaves it empty."""
        return "" if self.value is None or (self.confirms and self.value == OK) else self.value

    @property
    def slug(self) -> str:
        """The code as an identifier of a page."""
        return self.code.replace(".", "-")


@dataclass(frozen=True)
class Section:
    """One step. `clear` is what one tap says of every field still unanswered: its label."""

    code: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""
    clear: str = ""
    clear_to: int | str = 0
    room: bool = False

    @property
    def clear_code(self) -> str:
        """The name of that tap in a form sent without script."""
        return f"clear.{self.code}"


class Refused(Refusal):
    """The form cannot be stored; `field` is the code of the one to mend, "" for the whole."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(code, sentence)
        self.field = field


def read(one: Field, value: object) -> int | str | None:
    """A value as it is stored, None when it says nothing. Raises Refused: bad_value, too_long,
    nir, diagnosis, judgement."""
    if one.confirms and value == OK:
        return OK
    return _READ[one.kind](one, value)


def whole(text: str) -> str:
    """The text without what no database keeps."""
    return _BROKEN.sub("", text)


def _choice(one: Field, value: object) -> int | str:
    for stored, _ in one.choices:
        if str(value) == str(stored):
            return stored
    raise _bad(one, "n’est pas une des réponses possibles")


def _tick(one: Field, value: object) -> int | None:
    if str(value) in ("1", "on", "True"):
        return 1
    if str(value) in ("0", "False"):
        return None
    raise _bad(one, "est cochée ou ne l’est pas")


def _number(one: Field, value: object) -> int:
    text = str(value).strip()
    is_number = text.removeprefix("-").isdecimal() and len(text) < FIGURES_MOST
    if not is_number or not one.least <= int(text) <= one.most:
        raise _bad(one, f"attend un nombre entre {one.least} et {one.most}")
    return int(text)


def _date(one: Field, value: object) -> str:
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise _bad(one, "attend une date") from None
    if not 2020 <= day.year <= 2100:
        raise _bad(one, "attend une date proche")
    return day.isoformat()


def _text(one: Field, value: object) -> str:
    text = " ".join(whole(str(value)).split())
    if len(text) > one.most:
        sentence = f"« {one.label} » est trop long : {one.most} caractères au plus."
        raise Refused("too_long", sentence, one.code)
    if found := guard.found(text):
        raise Refused(found[0].kind, guard.explain(found), one.code)
    if one.name in ("phone", "mobile"):
        return _telephone(one, text)
    if one.name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise _bad(one, "n’est pas une adresse de courriel")
    return text


def _telephone(one: Field, text: str) -> str:
    """A number as one reads it; « aucun » when there is none any more."""
    if text.lower() == NONE:
        return NONE
    if not re.fullmatch(r"\+?[\d\s.\-()/]{8,20}", text) or sum(c.isdigit() for c in text) < 8:
        raise _bad(one, "n’est pas un numéro de téléphone")
    return readable(text)


def _bad(one: Field, why: str) -> Refused:
    return Refused("bad_value", f"« {one.label} » {why}. Rien n’a été enregistré.", one.code)


_READ = {"choice": _choice, "tick": _tick, "number": _number, "date": _date, "text": _text}
