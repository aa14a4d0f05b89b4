"""What a form says of a questionnaire, and what a form shows: web, telephone and paper alike. Pure.

A form sends {item code: the value chosen}; an item left empty is unknown. What is not an item of
the questionnaire (a token, a button) is not read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from seniors.enums import ConsentKind
from surveys.questionnaires.questionnaire import Choice, Item, Questionnaire

Coded = dict[str, int]


@dataclass(frozen=True)
class Typed:
    """A form as understood. `problems` is {item code: French sentence}; such an item is in none
    of the others."""

    values: Coded
    consents: dict[ConsentKind, bool]
    objects: bool
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """One reply that can be chosen."""

    choice: Choice
    chosen: bool

    @property
    def value(self) -> int:
        """What the form sends."""
        return self.choice.value

    @property
    def label(self) -> str:
        """What one reads."""
        return self.choice.label


@dataclass(frozen=True)
class Field:
    """One question of a form, with what was answered and what is wrong with it."""

    item: Item
    options: tuple[Option, ...]
    problem: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether something is chosen."""
        return any(option.chosen for option in self.options)

    @property
    def said(self) -> str:
        """The words of the reply chosen, "" without one."""
        return next((option.label for option in self.options if option.chosen), "")


@dataclass(frozen=True)
class Block:
    """What stands on one screen: one question, or the lines of one table under its lead."""

    code: str  # of its first item
    lead: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Part:
    """A section of the questionnaire."""

    title: str
    note: str
    blocks: tuple[Block, ...]


def read(questionnaire: Questionnaire, raw: Mapping[str, str]) -> tuple[Coded, dict[str, str]]:
    """({item code: value chosen}, {item code: French sentence on what cannot be understood})."""
    coded: Coded = {}
    problems: dict[str, str] = {}
    for code, item in questionnaire.items.items():
        text = raw.get(code, "").strip()
        if not text:
            continue
        by_text = {str(choice.value): choice.value for choice in item.choices}
        if text in by_text:
            coded[code] = by_text[text]
        else:
            problems[code] = _unknown(item)
    return coded, problems


def split(questionnaire: Questionnaire, raw: Mapping[str, str]) -> Typed:
    """What a form sent, as answers, consents and « ne plus me contacter »."""
    coded, problems = read(questionnaire, raw)
    values, consents, objects = split_coded(questionnaire, coded)
    return Typed(values, consents, objects, problems)


def split_coded(
    questionnaire: Questionnaire, coded: Mapping[str, int]
) -> tuple[Coded, dict[ConsentKind, bool], bool]:
    """What was coded, as (answers, consents, asks not to be contacted)."""
    values, consents, objects = {}, {}, False
    for code, value in coded.items():
        item = questionnaire.items[code]
        if item.consent:
            consents[ConsentKind(item.consent)] = bool(value)
        elif item.objection:
            objects = objects or bool(value)
        else:
            values[code] = value
    return values, consents, objects


def parts(
    questionnaire: Questionnaire,
    coded: Mapping[str, int] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    without: frozenset[str] = frozenset(),
) -> list[Part]:
    """The whole form, section by section, with what was answered; `without` leaves items out."""
    coded, problems = coded or {}, problems or {}
    found = []
    for section in questionnaire.sections:
        items = [item for item in section.items if item.code not in without]
        blocks = tuple(_blocks([_field(item, coded, problems) for item in items]))
        if blocks:
            found.append(Part(section.title, section.note, blocks))
    return found


def _field(item: Item, coded: Mapping[str, int], problems: Mapping[str, str]) -> Field:
    """One question; a box shows its « coché » only."""
    chosen = coded.get(item.code)
    shown = [one for one in item.choices if item.kind != "tick" or one.value]
    options = tuple(Option(one, one.value == chosen) for one in shown)
    return Field(item, options, problems.get(item.code, ""))


def _blocks(fields: list[Field]) -> Iterator[Block]:
    """Consecutive questions under one lead stand together."""
    together: list[Field] = []
    for one in fields:
        if together and not (one.item.group and one.item.group == together[0].item.group):
            yield _block(together)
            together = []
        together.append(one)
    if together:
        yield _block(together)


def _block(fields: list[Field]) -> Block:
    first = fields[0].item
    return Block(first.code, first.group, tuple(fields))


def _unknown(item: Item) -> str:
    """What to answer, in words; never what was sent."""
    if item.kind == "tick":
        return "Cochez la case, ou laissez-la vide."
    words = ", ".join(f"«\u00a0{choice.label}\u00a0»" for choice in item.choices)
    return f"Cette réponse n’est pas dans la liste\u00a0: choisissez parmi {words}."
