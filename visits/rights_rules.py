"""Which rights to check with someone, from dated rules (`rights.toml`). Pure.

A suggestion never says that a right is open: it says with whom to check it, which known fact makes
one think of it, and what is still to be asked. What is unknown stays unknown: it rules nothing
out and proves nothing. Tenants of social housing have no MaPrimeAdapt' (DOMAIN.md 2.3): a rule that
names it is refused on loading, whatever it is called. Each rule says since when it holds (or that
this is not known), when it was last checked, and by when it must be again: past that, it says so.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from seniors.french import full_day

FILE = Path(__file__).parent / "rights.toml"
FORBIDDEN = ("maprimeadapt", "primeadapt", "vous avez droit", "a droit à")
CHECK_WITH = "à vérifier avec"
UNKNOWN = "inconnu"  # the day from which a rule holds, where no source gives it
# A fact is a whole number, or the least and the most it may be; absent, it is unknown.
Facts = Mapping[str, int | tuple[int, int]]


class BadRules(ValueError):
    """The file of rules cannot be used; says where."""


@dataclass(frozen=True)
class Clause:
    """One condition on one fact, bounds included; `words` say it when it holds."""

    fact: str
    least: int
    most: int
    words: str = ""

    def holds(self, facts: Facts) -> bool | None:
        """Whether it does; None when what is known does not tell."""
        known = facts.get(self.fact)
        if known is None:
            return None
        low, high = known if isinstance(known, tuple) else (known, known)
        if self.least <= low and high <= self.most:
            return True
        return False if high < self.least or low > self.most else None


@dataclass(frozen=True)
class Rule:
    """One right, for a period."""

    code: str
    label: str
    check_with: str
    source: str
    domain: str  # the section of DOMAIN.md that gives it
    certain: bool
    since: date | None  # None: no source says since when
    until: date
    checked: date
    review: date  # the last day on which that check is recent enough
    note: str
    right: str
    kinds: tuple[str, ...]
    requires: tuple[Clause, ...]
    because: tuple[Clause, ...]
    notes: tuple[Clause, ...]  # what a known fact adds to the note

    def holds_on(self, day: date) -> bool:
        """Whether that day is within its period."""
        return (self.since or date.min) <= day <= self.until

    def is_stale(self, day: date) -> bool:
        """Whether it should have been checked again by that day."""
        return day > self.review

    def dated(self, day: date) -> str:
        """What that day's reader must know of its age, in one sentence."""
        gesture = "vérifiée" if self.certain else "notée"
        checked = f"{gesture} le {full_day(self.checked)}"
        doubt = "" if self.certain else ", à confirmer"
        if self.is_stale(day):
            due = f"elle devait être revue au plus tard le {full_day(self.review)}"
            return f"Règle à revoir\u00a0: {checked}{doubt}, {due}."
        since = f", en vigueur depuis le {full_day(self.since)}" if self.since else ""
        return f"Règle {checked}{doubt}{since}."


@dataclass(frozen=True)
class Rules:
    """All of them, and how each fact is asked."""

    rules: tuple[Rule, ...]
    asked: Mapping[str, str]


@dataclass(frozen=True)
class Suggestion:
    """A right to check. `to_ask` is what would tell whether it concerns her; `certain` is False
    when the rule itself is to be confirmed; `dated` says when it was checked, and `is_stale` that
    this is too long ago."""

    code: str
    label: str
    check_with: str
    because: tuple[str, ...]
    to_ask: tuple[str, ...]
    note: str
    certain: bool
    source: str
    dated: str
    is_stale: bool
    kinds: tuple[str, ...]

    @property
    def line(self) -> str:
        """In one line, with whom to check it."""
        return f"{self.check_with[0].upper()}{self.check_with[1:]}\u00a0: {self.label}"

    @property
    def asks(self) -> str:
        """What is missing to know; "" when nothing is."""
        return f"À demander\u00a0: {', '.join(self.to_ask)}." if self.to_ask else ""

    @property
    def brief(self) -> str:
        """Beside her: what is missing to know, and that the rule is old; "" when nothing is."""
        return f"{self.asks} {self.dated}".strip() if self.is_stale else self.asks


@lru_cache(maxsize=1)
def shipped() -> Rules:
    """The rules of `rights.toml`. Raises BadRules."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Rules:
    """Rules from their file. Raises BadRules on a fact, a date or a word that cannot be."""
    content = tomllib.loads(text)
    asked = content.get("facts", {})
    rules = tuple(_rule(one, asked) for one in content.get("rules", []))
    for place, one in enumerate(rules):
        for other in rules[:place]:
            first = max(one.since or date.min, other.since or date.min)
            if one.code == other.code and one.holds_on(first) and other.holds_on(first):
                raise BadRules(f"{one.code}, two rules hold on {first}")
    return Rules(rules, asked)


def suggestions(facts: Facts, as_of: date, rules: Rules | None = None) -> list[Suggestion]:
    """What to check with her on that day, in the order of the file.

    A right that a visit noted as already there, or without object (`right.<code>` = 0), is left
    out; one noted as to check (1) is there whatever else is known.
    """
    rules = rules or shipped()
    found = (
        _suggestion(rule, facts, rules.asked, as_of) for rule in rules.rules if rule.holds_on(as_of)
    )
    return [one for one in found if one]


def _suggestion(
    rule: Rule, facts: Facts, asked: Mapping[str, str], as_of: date
) -> Suggestion | None:
    """The rule applied to these facts, None when it does not concern her or nothing says so."""
    noted = facts.get(f"right.{rule.right}") if rule.right else None
    required = [(one, one.holds(facts)) for one in rule.requires]
    if noted == 0 or any(holds is False for _, holds in required):
        return None
    because = [one.words for one in rule.because if one.holds(facts)]
    if noted == 1:
        because.insert(0, "noté à vérifier pendant une visite")
    if not because:
        return None
    return Suggestion(
        code=rule.code,
        label=rule.label,
        check_with=rule.check_with,
        because=tuple(because),
        to_ask=tuple(asked[one.fact] for one, holds in required if holds is None),
        note=" ".join([rule.note, *(one.words for one in rule.notes if one.holds(facts))]).strip(),
        certain=rule.certain,
        source=rule.source,
        dated=rule.dated(as_of),
        is_stale=rule.is_stale(as_of),
        kinds=rule.kinds,
    )


def _rule(line: Mapping[str, Any], asked: Mapping[str, str]) -> Rule:
    """One rule of the file, checked."""
    code = line.get("code", "?")
    try:
        rule = Rule(
            code=code,
            label=line["label"],
            check_with=line["with"],
            source=line["source"],
            domain=line["domain"],
            certain=line["certain"],
            since=None if line["from"] == UNKNOWN else line["from"],
            until=line.get("until", date.max),
            checked=line["checked"],
            review=line["review"],
            note=line.get("note", ""),
            right=line.get("right", ""),
            kinds=tuple(line.get("kinds", ())),
            requires=tuple(_clauses(line.get("requires", ()), asked)),
            because=tuple(_clauses(line["because"], asked)),
            notes=tuple(_clauses(line.get("notes", ()), asked)),
        )
    except KeyError as missing:
        raise BadRules(f"{code}, {missing} is missing or unknown") from missing
    days = [rule.since or date.min, rule.until, rule.checked, rule.review]
    if not all(type(one) is date for one in days):
        raise BadRules(f"{code}, a day is not written as a date")
    if rule.until < days[0]:
        raise BadRules(f"{code}, it ends before it begins")
    if rule.review <= rule.checked:
        raise BadRules(f"{code}, it must be checked again before it was checked")
    if not rule.source:
        raise BadRules(f"{code}, source: it is empty")
    if not all(one.words for one in (*rule.because, *rule.notes)):
        raise BadRules(f"{code}, a reason or a note has no words")
    if not rule.check_with.startswith(CHECK_WITH):
        raise BadRules(f"{code}, with: it does not begin as it should ({CHECK_WITH})")
    notes = (rule.note, *(one.words for one in rule.notes))
    if is_forbidden(" ".join((code, rule.label, rule.check_with, *notes))):
        raise BadRules(f"{code}, it promises a right, or a scheme closed to social tenants")
    return rule


def is_forbidden(text: str) -> bool:
    """Whether it promises a right, or names a scheme closed to social tenants."""
    said = text.casefold()
    return any(word in said.replace(" ", "") or word in said for word in FORBIDDEN)


def _clauses(lines: Iterable[Mapping[str, Any]], asked: Mapping[str, str]) -> Iterable[Clause]:
    """The conditions of a rule. Raises KeyError on a fact that nobody knows how to ask."""
    for line in lines:
        asked[line["fact"]]
        least = line.get("is", line.get("least", -(10**6)))
        most = line.get("is", line.get("most", 10**6))
        yield Clause(line["fact"], least, most, line.get("words", ""))
