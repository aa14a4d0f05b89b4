"""A versioned questionnaire: sections, items and choices, read from TOML and checked on loading.

Pure: no database. An item's code is the code of the indicator it tells about.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from seniors.extract.text import plain
from seniors.fragility import items as catalogue
from surveys.questionnaires import checking
from surveys.questionnaires.checking import CONSENT_CODES, CONSENTS

FOLDER = Path(__file__).parent
KINDS = ("yes_no", "choice", "scale", "tick")
DOMAINS = ("home", "autonomy", "isolation", "rights")
# What the texts may name between braces; the printing says what stands for each.
WORDS = {"landlord", "phone", "closes_on", "return_address", "least_age"}
# A stored value is one byte; 255 is « on ne sait pas ».
GREATEST = 254
MOST_PAGES = 20

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_CODE_LINE = re.compile(r'^\s*code\s*=\s*"([^"]*)"')
_SECTION_LINE = re.compile(r"^\s*(\[\[\s*sections\s*\]\]|sections\s*=)")


class QuestionnaireError(Exception):
    """A definition that cannot be used; `problems` are (line, French sentence)."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"Ligne {line}\u00a0: {text}" for line, text in problems))


@dataclass(frozen=True)
class Choice:
    """One possible reply: the value kept, the words printed, other words that mean it."""

    value: int
    label: str
    aliases: tuple[str, ...] = ()


YES_NO = (Choice(1, "oui", ("y", "yes", "vrai")), Choice(0, "non", ("n", "no", "faux")))
TICK = (Choice(1, "coché", ("oui", "x", "y", "yes", "vrai")), Choice(0, "non coché", ("non", "n")))


@dataclass(frozen=True)
class Item:
    """One question."""

    code: str
    text: str
    kind: str
    choices: tuple[Choice, ...]
    help: str = ""
    lead: str = ""
    # The lead of the table that the item is a line of: its own, or that of a line above.
    group: str = ""
    domain: str = ""
    sensitive: bool = False
    measures: str = ""
    consent: str = ""
    objection: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def is_answer(self) -> bool:
        """Kept among the answers; a consent or an objection is kept elsewhere."""
        return not self.consent and not self.objection

    @property
    def wording(self) -> str:
        """The whole question, the words before a group of items included."""
        return f"{self.group} {self.text}".strip()


@dataclass(frozen=True)
class Section:
    """Questions under one title."""

    title: str
    items: tuple[Item, ...]
    note: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """One version, as asked."""

    code: str
    version: str
    title: str
    pages: int
    introduction: str
    help_line: str
    closing: str
    sections: tuple[Section, ...]

    @property
    def name(self) -> str:
        """What a campaign and a consent's wording keep."""
        return f"{self.code}-{self.version}"

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its code, in the order asked."""
        return {item.code: item for section in self.sections for item in section.items}


def available() -> list[Questionnaire]:
    """Every questionnaire shipped, the latest name first."""
    return [named(path.stem) for path in sorted(FOLDER.glob("*.toml"), reverse=True)]


@lru_cache
def named(name: str) -> Questionnaire:
    """The questionnaire of that name. Raises QuestionnaireError when it is missing or wrong."""
    path = FOLDER / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise QuestionnaireError([(0, f"le questionnaire «\u00a0{name}\u00a0» n’existe pas.")])
    found = load(path.read_text(encoding="utf-8"))
    if found.name != name:
        raise QuestionnaireError(
            [(0, f"le fichier devrait s’appeler «\u00a0{found.name}.toml\u00a0».")]
        )
    return found


def load(text: str) -> Questionnaire:
    """Read a definition. Raises QuestionnaireError naming every line to mend."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # endless figures, brackets without end
        line = int(m.group(1)) if (m := re.search(r"line (\d+)", str(error))) else 0
        raise QuestionnaireError([(line, "ce n’est pas du TOML lisible.")]) from None
    reader = _Reader(text, data)
    questionnaire = reader.questionnaire()
    if reader.problems:
        raise QuestionnaireError(reader.problems)
    return questionnaire


def quoted(text: str, problems: Iterable[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """The problems of a text with the line that each one is about: [(line, its text, sentence)]."""
    rows = text.splitlines()
    return [
        (line, rows[line - 1].strip() if 0 < line <= len(rows) else "", sentence)
        for line, sentence in sorted(problems)
    ]


class _Reader:
    """Turns parsed TOML into a questionnaire and gathers all that is wrong on the way."""

    def __init__(self, text: str, data: dict[str, Any]) -> None:
        self.data = data
        self.problems: list[tuple[int, str]] = []
        rows = list(enumerate(text.splitlines(), 1))
        self.code_lines = [(m.group(1), n) for n, row in rows if (m := _CODE_LINE.match(row))]
        self.section_lines = [n for n, row in rows if _SECTION_LINE.match(row)]
        self.line = 1  # of the section being read
        self.seen: set[str] = set()

    def questionnaire(self) -> Questionnaire:
        """The whole definition; meaningless when problems were gathered."""
        data = self.data
        for key in ("code", "version", "title", "introduction"):
            if not checking.text(data, key).strip():
                self.problems.append((1, f"«\u00a0{key}\u00a0» manque en tête du questionnaire."))
        self._tell(checking.wrong_texts(data, ("help_line", "closing")))
        pages = data.get("pages", 4)
        if type(pages) is not int or not 1 <= pages <= MOST_PAGES:
            self.problems.append((1, "«\u00a0pages\u00a0» doit être un nombre de pages."))
        sections = self._sections()
        asked = [item for section in sections for item in section.items]
        if not asked:
            self.problems.append((1, "il n’y a aucune question."))
        elif "consent_visit" not in self.seen:
            self.problems.append((1, "la question «\u00a0consent_visit\u00a0» (l’accord) manque."))
        if "consent_health" not in self.seen and any(item.sensitive for item in asked):
            self.problems.append(
                (1, "la question «\u00a0consent_health\u00a0» (l’accord sur la santé) manque.")
            )
        texts = {
            key: checking.text(data, key).strip()
            for key in ("introduction", "help_line", "closing")
        }
        for text in texts.values():
            self._tell(_word_complaints(text))
        names = {key: checking.text(data, key) for key in ("code", "version", "title")}
        return Questionnaire(pages=pages, sections=sections, **names, **texts)

    def _sections(self) -> tuple[Section, ...]:
        """Every section, in order."""
        given = checking.tables(self.data.get("sections", []))
        if given is None:
            self.line = next(iter(self.section_lines), 1)
            self._tell(["les parties s’écrivent l’une après l’autre, chacune sous [[sections]]."])
        found = []
        for place, raw in enumerate(given or []):
            self.line = self.section_lines[place] if place < len(self.section_lines) else 1
            found.append(self._section(raw))
        self.line = 1
        return tuple(found)

    def _section(self, raw: dict[str, Any]) -> Section:
        """One section; its domain is that of its items unless they say otherwise."""
        items: list[Item] = []
        self._tell(checking.wrong_texts(raw, ("title", "note", "domain")))
        given = checking.tables(raw.get("items", []))
        if given is None:
            self._tell(["les questions s’écrivent chacune sous [[sections.items]]."])
        for one in given or []:
            item = self._item(one, checking.text(raw, "domain"))
            above = items[-1].group if items and items[-1].kind == item.kind else ""
            if item.kind in ("scale", "tick"):
                item = replace(item, group=item.lead or above)
            items.append(item)
        title, note = checking.text(raw, "title"), checking.text(raw, "note")
        if "{" in note or "}" in note:
            self._tell(["«\u00a0note\u00a0» s’écrit sans accolades\u00a0: rien n’y est remplacé."])
        return Section(title=title, note=note, items=tuple(items))

    def _item(self, raw: dict[str, Any], domain: str) -> Item:
        """One item, with every complaint that can be made about it."""
        code, kind = checking.text(raw, "code"), checking.text(raw, "kind")
        item = Item(
            code=code,
            text=checking.text(raw, "text").strip(),
            kind=kind,
            choices=self._choices(raw, code, kind),
            help=checking.text(raw, "help"),
            lead=checking.text(raw, "lead"),
            domain=checking.text(raw, "domain", domain),
            sensitive=raw.get("sensitive", False) is True,
            measures=checking.text(raw, "measures"),
            consent=checking.text(raw, "consent"),
            objection=raw.get("objection", False) is True,
            aliases=checking.texts(raw, "aliases"),
        )
        for sentence in self._complaints(raw, item):
            self._complain(code, sentence)
        self.seen.add(code)
        return item

    def _complaints(self, raw: dict[str, Any], item: Item) -> Iterator[str]:
        """What is wrong with one item, as French sentences."""
        known = set(Item.__dataclass_fields__) - {"group"} | {"scale"}
        yield from (
            f"le mot «\u00a0{key}\u00a0» n’est pas connu." for key in raw if key not in known
        )
        if not _CODE.fullmatch(item.code):
            allowed = "minuscules, chiffres et tirets bas"
            yield f"le code «\u00a0{item.code}\u00a0» doit être en {allowed}."
        if item.code in self.seen:
            yield f"le code «\u00a0{item.code}\u00a0» sert deux fois."
        if not item.text:
            yield "le texte de la question manque."
        if item.kind not in KINDS:
            yield f"«\u00a0kind\u00a0» doit être l’un de\u00a0: {', '.join(KINDS)}."
        if item.domain and item.domain not in DOMAINS:
            yield f"«\u00a0domain\u00a0» doit être l’un de\u00a0: {', '.join(DOMAINS)}."
        if item.consent and item.consent not in CONSENTS:
            yield f"«\u00a0consent\u00a0» doit être l’un de\u00a0: {', '.join(CONSENTS)}."
        yield from checking.wrong_types(raw)
        yield from checking.wrong_consent(item.code, item.consent)
        if item.consent and item.kind in KINDS and item.kind != "yes_no":
            yield "un accord se demande par oui ou non."
        if item.objection and item.code in catalogue.TOLD:
            yield "ce code est celui d’une réponse\u00a0: une opposition en porte un autre."
        if item.is_answer and _CODE.fullmatch(item.code) and item.code not in CONSENT_CODES:
            values = [choice.value for choice in item.choices]
            yield from checking.wrong_answer(item.code, values, sensitive=item.sensitive)

    def _choices(self, raw: dict[str, Any], code: str, kind: str) -> tuple[Choice, ...]:
        """The replies of an item, from its kind, its scale or its own list."""
        if kind in ("yes_no", "tick"):
            return YES_NO if kind == "yes_no" else TICK
        given = raw.get("choices")
        if kind == "scale":
            name, scales = checking.text(raw, "scale"), self.data.get("scales")
            given = scales.get(name) if isinstance(scales, dict) else None
            if given is None:
                self._complain(code, f"l’échelle «\u00a0{name}\u00a0» n’existe pas.")
        if given is None and kind != "choice":
            return ()
        replies = checking.tables(given or [])
        if replies is None:
            self._complain(code, 'les réponses s’écrivent [{ value = 1, label = "…" }, …].')
            return ()
        choices = tuple(_choice(one) for one in replies)
        for sentence in (*checking.wrong_replies(replies), *_choice_complaints(choices)):
            self._complain(code, sentence)
        return choices

    def _tell(self, sentences: Iterable[str]) -> None:
        """Keep complaints about the section being read, or the head."""
        self.problems += [(self.line, sentence) for sentence in sentences]

    def _complain(self, code: str, sentence: str) -> None:
        """Keep a complaint with the line of the item's code (its second one when doubled)."""
        lines = [line for found, line in self.code_lines if found == code]
        line = lines[-1] if code in self.seen and lines else (lines or [self.line])[0]
        self.problems.append((line, f"question «\u00a0{code}\u00a0»\u00a0: {sentence}"))


def _word_complaints(text: str) -> Iterator[str]:
    """What is wrong with the `{words}` of a text."""
    try:
        found = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        yield "une accolade est ouverte ou fermée seule dans un texte."
        return
    if any(form or conversion for _, form, conversion in found):
        yield "un mot entre accolades s’écrit seul, sans «\u00a0:\u00a0» ni «\u00a0!\u00a0»."
    known = ", ".join(sorted(WORDS))
    for name in sorted({name for name, _, _ in found} - WORDS):
        unknown = f"«\u00a0{{{name}}}\u00a0» n’est pas connu dans un texte"
        yield f"{unknown}\u00a0; on peut écrire\u00a0: {known}."


def _choice(raw: dict[str, Any]) -> Choice:
    """One reply; a value that is not a whole number becomes -1, complained about later."""
    value = raw.get("value")
    whole = isinstance(value, int) and not isinstance(value, bool)
    label, aliases = checking.text(raw, "label"), checking.texts(raw, "aliases")
    return Choice(value if whole else -1, label, aliases)


def _choice_complaints(choices: tuple[Choice, ...]) -> Iterator[str]:
    """What is wrong with the replies of one item."""
    if len(choices) < 2:
        yield "il faut au moins deux réponses possibles."
    if any(not 0 <= choice.value <= GREATEST for choice in choices):
        yield f"chaque réponse porte une valeur entière de 0 à {GREATEST}."
    if len({choice.value for choice in choices}) < len(choices):
        yield "deux réponses portent la même valeur."
    words = [
        word
        for choice in choices
        for word in {plain(text) for text in (choice.label, *choice.aliases)}
    ]
    if not all(choice.label.strip() for choice in choices):
        yield "une réponse n’a pas de texte."
    elif len(set(words)) < len(words):
        yield "deux réponses se disent avec les mêmes mots."
