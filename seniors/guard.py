"""What is never stored: pure checks on text, used by every door, and the words that refuse it.

A social security number, an illness, a judgement of a person: none is kept, whoever said it. The
last two are refused with a sentence that names the words and proposes other ones.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from seniors import guard_words as words

# 13 characters, then perhaps the key of two digits; one to three blanks, dots, dashes or strokes
# anywhere between. Corsica writes its department 2A or 2B.
_BLANKS = r" .·\-–—/_\t\n\r\u00a0\u2009\u202f"
_GAP = f"[{_BLANKS}]{{0,3}}"
NIR_LENGTH = 13  # no shorter text holds one
# Signs that take no room: they come with a copied text, and cut a word or a number unseen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_NIR = re.compile(
    rf"(?<![0-9])([1-478]{_GAP}[0-9]{_GAP}[0-9]{_GAP}[0-9]{_GAP}[0-9]{_GAP}"
    rf"[0-9]{_GAP}[0-9ABab]{_GAP}(?:[0-9]{_GAP}){{5}}[0-9])"
    rf"(?:{_GAP}([0-9]{_GAP}[0-9]))?(?![0-9])"
)
# Written in the groups of the card: meant as such, whatever its key.
_GROUPED = re.compile(rf"\d[{_BLANKS}]+\d\d[{_BLANKS}]+\d\d[{_BLANKS}]+")
_NOT_DIGIT = re.compile(r"[^0-9ABab]")


def contains_nir(text: str) -> bool:
    """Whether `text` holds a social security number: 15 digits with a right key, 13 digits
    whose month and department are possible, or either in the groups of the card. Beside a
    letter, only the first: identifiers mix letters and figures."""
    return any(_is_nir(match) for match in _NIR.finditer(_plain(text)))


def without_nir(text: str) -> str:
    """`text` with each social security number struck out."""
    plain = _plain(text)
    struck = _NIR.sub(lambda match: "[numéro retiré]" if _is_nir(match) else match[0], plain)
    return text if struck == plain else struck


def _plain(text: str) -> str:
    """The text in its plainest signs: wide figures as figures, what is unseen left out."""
    if text.isascii():
        return text
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def _is_nir(match: re.Match[str]) -> bool:
    body = _NOT_DIGIT.sub("", match[1]).upper()
    number = _as_number(body)
    if number is None:
        return False
    month = int(body[3:5])
    # 20 to 42 and 50 to 99 are given when the month of birth is not known.
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) or body[5:7] == "00":
        return False
    has_right_key = bool(match[2]) and int(_NOT_DIGIT.sub("", match[2])) == 97 - number % 97
    if has_right_key or _touches_letter(match):
        return has_right_key
    return not match[2] or bool(_GROUPED.match(match[1]))


def _touches_letter(match: re.Match[str]) -> bool:
    around = match.string[max(match.start() - 1, 0) : match.start()]
    around += match.string[match.end() : match.end() + 1]
    return any(letter.isalpha() for letter in around)


def _as_number(body: str) -> int | None:
    """The 13 characters as the key's rule counts them: 2A is 19, 2B is 18."""
    if body.isdigit():
        return int(body)
    if body[5:7] in {"2A", "2B"} and (body[:5] + body[7:]).isdigit():
        return int(body[:5] + {"2A": "19", "2B": "18"}[body[5:7]] + body[7:])
    return None


NIR, DIAGNOSIS, JUDGEMENT = "nir", "diagnosis", "judgement"


@dataclass(frozen=True)
class Found:
    """Something that is never stored, as it was written; `kind` is nir, diagnosis or judgement."""

    kind: str
    words: str


def found(text: str) -> list[Found]:
    """What `text` says that is never stored, in the order of the kinds; empty when it is fine.

    A word such as « sale » or « pénible » is a fact of a place or a thing (« la cuisine est
    sale ») and a judgement of a person. It is let through when what is spoken of just before it,
    in the same clause, is a thing; said of a person, or of nothing that can be told, it is found.
    A person who only owns the thing (« la cuisine de Madame est sale ») is not spoken of.
    """
    text = _plain(text)
    if contains_nir(text):
        return [Found(NIR, "numéro de sécurité sociale")]
    bare = _without_accents(text)
    diagnoses = [*_DIAGNOSES.finditer(bare), *_RAW_DIAGNOSES.finditer(text)]
    judgements = [*_JUDGEMENTS.finditer(bare), *_RAW_JUDGEMENTS.finditer(text)]
    judgements += [one for one in _AMBIGUOUS.finditer(bare) if not _is_of_a_thing(bare, one)]
    return [
        Found(kind, words)
        for kind, matches in ((DIAGNOSIS, diagnoses), (JUDGEMENT, judgements))
        for words in dict.fromkeys(text[one.start() : one.end()].strip() for one in matches)
    ]


def explain(what: Sequence[Found]) -> str:
    """Why this is not stored and what to write instead, in French; "" when nothing was found."""
    said = []
    for kind, sentence in _WHY.items():
        words = ", ".join(f"« {one.words} »" for one in what if one.kind == kind)
        if words:
            said.append(sentence.format(words=words))
    return " ".join(said)


_WHY = {
    NIR: "Retirez le numéro de sécurité sociale : il n’est jamais gardé.",
    DIAGNOSIS: (
        "{words} : nous ne gardons aucune maladie, même dite par la personne. Écrivez plutôt ce "
        "qui est difficile pour elle, par exemple « a besoin qu’on l’accompagne pour sortir »."
    ),
    JUDGEMENT: (
        "{words} : ces mots jugent la personne, qui peut demander à les lire. Écrivez plutôt ce "
        "que vous avez vu ou entendu, par exemple « a haussé le ton », « le linge n’est pas lavé »."
    ),
}


def _words(pattern: str) -> re.Pattern[str]:
    """Whole words of a list; a hyphen belongs to the word, so « garde-fou » is not « fou »."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE | re.VERBOSE)


_DIAGNOSES, _RAW_DIAGNOSES = _words(words.DIAGNOSES), _words(words.RAW_DIAGNOSES)
_JUDGEMENTS, _RAW_JUDGEMENTS = _words(words.JUDGEMENTS), _words(words.RAW_JUDGEMENTS)
_AMBIGUOUS = _words(words.AMBIGUOUS)
_CLAUSE_ENDS = re.compile(r"[.;:!?\n,()]|\b(?:mais|car|qui|donc)\b")
_TOKEN = re.compile(r"[\w-]+")


def _without_accents(text: str) -> str:
    """The same length, in small letters: « É » as « e »; « œ » is left."""
    bare = (unicodedata.normalize("NFD", char)[0] for char in text)
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in bare)


def _is_of_a_thing(bare: str, match: re.Match[str]) -> bool:
    """Whether an ambiguous word is said of a place or a thing."""
    following = bare[match.end() :].lstrip()
    if match[0].startswith("fo") and following.startswith(("rire", "de ", "d'", "d’")):
        return True  # « folle de joie », « fou rire »
    clause = _CLAUSE_ENDS.split(bare[: match.start()])[-1]
    before = _TOKEN.findall(clause)
    for place in range(len(before) - 1, -1, -1):
        told = _spoken_of(before, place)
        if told is not None:
            return told
    after = _TOKEN.findall(_CLAUSE_ENDS.split(following)[0])[:1]
    # « Sale odeur »: the thing comes after; « sale dame » does not.
    return bool(after) and after[0] not in words.PEOPLE | words.PERSON_PRONOUNS | words.LITTLE


def _spoken_of(before: Sequence[str], place: int) -> bool | None:
    """True when the word at `place` is a thing, False a person, None when it says neither."""
    word, previous = before[place], before[place - 1] if place else ""
    owner = before[place - 2] if place > 1 else ""
    if word in words.THING_PRONOUNS | words.THINGS:
        return True
    if word in words.PERSON_PRONOUNS:
        return None if previous in words.OWNED else False
    if word in words.PEOPLE:
        owned = previous in words.OWNED or (previous in words.DETERMINERS and owner in words.OWNED)
        return None if owned else False
    return True if previous in words.DETERMINERS else None


def for_a_browser() -> dict[str, object]:
    """The same patterns, words and sentences, for a page without network (words.js)."""
    lists = {
        "diagnoses": words.DIAGNOSES,
        "rawDiagnoses": words.RAW_DIAGNOSES,
        "judgements": words.JUDGEMENTS,
        "rawJudgements": words.RAW_JUDGEMENTS,
        "ambiguous": words.AMBIGUOUS,
    }
    sets = {
        "people": words.PEOPLE,
        "pronouns": words.PERSON_PRONOUNS,
        "things": words.THING_PRONOUNS | words.THINGS,
        "determiners": words.DETERMINERS,
        "owned": words.OWNED,
        "little": words.LITTLE,
    }
    return {
        "nir": _NIR.pattern,
        "grouped": _GROUPED.pattern,
        "why": _WHY,
        **{name: _on_one_line(pattern) for name, pattern in lists.items()},
        **{name: sorted(one) for name, one in sets.items()},
    }


def _on_one_line(pattern: str) -> str:
    """A pattern without the blanks that only lay it out: those of a class or after \\ count."""
    parts = re.findall(r"\\.|\[[^\]]*\]|\s+|[^\\\[\s]+", pattern)
    return "".join(part for part in parts if not part.isspace()).replace("\\ ", " ")
