"""What a cell of an answers file means for one question. Pure text.

Files come from paper keyed by a provider, LimeSurvey or KoboToolbox: codes, words, crosses,
« A1 », « Y ».
"""

import re

from seniors.extract.cells import NO, YES, is_unknown, squeeze
from seniors.extract.text import plain
from surveys.questionnaires.questionnaire import Item

NO_ANSWER = {"nr", "sans reponse", "pas de reponse", "n a pas repondu"}
CROSSES = {"✓", "✔", "☑", "☒", "✗", "✘", "x", "X"}
TICKED = ("tick", "yes_no")

_WHOLE = re.compile(r"(\d{1,3})(?:[.,]0+)?")
# LimeSurvey's own answer codes: A1, A01, AO01 is the first reply.
_RANK = re.compile(r"AO?0*(\d{1,2})")


class NotAChoice(ValueError):
    """The cell is none of the replies; the message is a French reason without its content."""


def words_of(item: Item) -> dict[str, int]:
    """{plain words: value} of every reply of the question."""
    return {
        plain(word): choice.value
        for choice in item.choices
        for word in (choice.label, *choice.aliases)
    }


def read_cell(item: Item, cell: str, words: dict[str, int]) -> int | None:
    """The value of a cell, None when nothing was answered. Raises NotAChoice.

    A number is the value printed in the questionnaire; for yes or no, 1 is yes, 2 and 0 are no.
    `words` is `words_of(item)`, given so that a column computes it once.
    """
    text = squeeze(cell)
    name = plain(text)
    if item.kind in TICKED and text in CROSSES:
        return 1
    if match := _WHOLE.fullmatch(text):
        return _number(item, int(match[1]), words)
    if name in words:
        return words[name]
    if item.kind in TICKED and name in YES | NO:
        return int(name in YES)
    if match := _RANK.fullmatch(text.upper()):
        rank = int(match[1])
        if 1 <= rank <= len(item.choices):
            return item.choices[rank - 1].value
    if not name or is_unknown(text) or name in NO_ANSWER:
        return None
    raise NotAChoice(_reason(item))


def _number(item: Item, number: int, words: dict[str, int]) -> int | None:
    """A whole number as a value of the question."""
    if item.kind in TICKED and number in (0, 1, 2):
        return int(number == 1)
    if item.kind not in TICKED and number in {choice.value for choice in item.choices}:
        return number
    if str(number) in words:
        return words[str(number)]
    if number in (99, 999):
        return None
    raise NotAChoice(_reason(item))


def _reason(item: Item) -> str:
    """What may be written in this column."""
    if item.kind in TICKED:
        return "ce n’est ni oui ni non (oui, non, 1 ou 2)"
    replies = ", ".join(f"{choice.value} {choice.label}" for choice in item.choices)
    return f"ce n’est pas une réponse possible ({replies})"
