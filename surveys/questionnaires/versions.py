"""Two versions of a questionnaire side by side: which answers can be compared year to year. Pure.

The code carries the answer from a year to the next; the same words and the same replies make the
figures comparable. Anything else is for a person to judge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from surveys.questionnaires.questionnaire import Choice, Item, Questionnaire


class Verdict(StrEnum):
    """What becomes of one question."""

    SAME = "comparable"
    REWORDED = "à regarder"
    OTHER_REPLIES = "réponses différentes"
    NEW = "nouvelle"
    GONE = "retirée"


_SEVERAL = {
    Verdict.SAME: "comparables",
    Verdict.REWORDED: "à regarder",
    Verdict.OTHER_REPLIES: "réponses différentes",
    Verdict.NEW: "nouvelles",
    Verdict.GONE: "retirées",
}


@dataclass(frozen=True)
class Line:
    """One question in both versions, None where it is not asked."""

    code: str
    verdict: Verdict
    before: Item | None
    after: Item | None
    notes: tuple[str, ...]

    @property
    def wording(self) -> str:
        """The question as last asked."""
        item = self.after or self.before
        return item.wording if item else ""


@dataclass(frozen=True)
class Comparison:
    """Every question of both, in the order of the second, those retired last."""

    before: Questionnaire
    after: Questionnaire
    lines: tuple[Line, ...]

    def counts(self) -> list[tuple[str, int]]:
        """How many questions have each verdict: [(French words, count)]."""
        found = [(one, sum(line.verdict == one for line in self.lines)) for one in Verdict]
        return [(_SEVERAL[one] if count > 1 else one.value, count) for one, count in found]


def compare(before: Questionnaire, after: Questionnaire) -> Comparison:
    """What stays comparable from `before` to `after`."""
    codes = dict.fromkeys([*after.items, *before.items])
    lines = [_line(code, before.items.get(code), after.items.get(code)) for code in codes]
    return Comparison(before, after, tuple(lines))


def _line(code: str, before: Item | None, after: Item | None) -> Line:
    if before is None:
        return Line(code, Verdict.NEW, None, after, ("pas de réponse l’année d’avant",))
    if after is None:
        return Line(
            code, Verdict.GONE, before, None, ("plus de réponse à partir de cette version",)
        )
    replies = _replies_changed(before.choices, after.choices)
    told = [
        note
        for note, changed in (
            ("la question est dite autrement", before.wording != after.wording),
            ("l’aide sous la question change", before.help != after.help),
            ("elle n’est plus posée de la même façon", before.kind != after.kind),
            ("les réponses possibles sont dites autrement", _labels(before) != _labels(after)),
            ("elle touche à la santé dans une version seulement",
             before.sensitive != after.sensitive),
            ("elle sert à un autre accord", (before.consent, before.objection)
             != (after.consent, after.objection)),
        )
        if changed
    ]  # fmt: skip
    if replies:
        return Line(code, Verdict.OTHER_REPLIES, before, after, (*replies, *told))
    return Line(code, Verdict.REWORDED if told else Verdict.SAME, before, after, tuple(told))


def _labels(item: Item) -> list[str]:
    return [choice.label for choice in item.choices]


def _replies_changed(before: Iterable[Choice], after: Iterable[Choice]) -> tuple[str, ...]:
    """Values that one version alone has: their figures cannot be laid side by side."""
    old, new = ({choice.value: choice.label for choice in some} for some in (before, after))
    told = [f"réponse retirée\u00a0: {value} {old[value]}" for value in old if value not in new]
    told += [f"réponse ajoutée\u00a0: {value} {new[value]}" for value in new if value not in old]
    return tuple(told)
