"""Why a person is on the list: the computation turned into one true French sentence.

A fact is named only when it counts for clearly more than an unknown answer would: take it away,
and the total drops.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from seniors.fragility.grid import Grid, Indicator
from seniors.fragility.score import is_silent

Values = Mapping[str, float | None]
LONGEST = 300
OPENING = "Visite proposée car\u00a0: "
# Points of the total, out of 100, under which a fact is no reason to come.
LEAST_NAMED = 0.5
NOTHING_SERIOUS = "Aucune difficulté notable signalée à ce jour."
TOO_LITTLE_KNOWN = "On sait encore trop peu de choses sur sa situation."
NEVER_HEARD = "pas de nouvelles connues"
AGREEMENT = {"F": "e", "M": ""}


@dataclass(frozen=True)
class Contribution:
    """What one known answer weighs: `excess` is its points above those of an unknown answer."""

    code: str
    domain: str
    label: str
    points: float
    max_points: float
    value: float
    words: str
    excess: float


def contributions(values: Values, grid: Grid, *, sex: str = "") -> list[Contribution]:
    """The known answers that give points, those that weigh most first.

    `values` is {indicator code: value, None or NaN unknown}; `sex` is "F", "M" or "" (unknown).
    """
    return _contributions(grid.indicators, values, sex)


def named(values: Values, grid: Grid, *, sex: str = "") -> list[Contribution]:
    """The contributions worth naming: known to weigh more than an unknown answer would."""
    least = LEAST_NAMED * grid.max_points / 100
    return [fact for fact in contributions(values, grid, sex=sex) if fact.excess > least]


def sentence(values: Values, grid: Grid, *, sex: str = "", limit: int = 4) -> str:
    """« Visite proposée car : 87 ans, vit seule… », at most `limit` facts and 300 characters.

    Someone silent is said to be, and for how long, in place of one of the facts.
    """
    facts = [fact.words for fact in named(values, grid, sex=sex)]
    if "months_silent" in values and _is_silent(values, grid):
        facts = [*_facts_of_silence(values, grid, sex, facts)[: limit - 1], _silence(values)]
    facts = facts[:limit]
    if not facts:
        return NOTHING_SERIOUS if _is_known_enough(values, grid) else TOO_LITTLE_KNOWN
    while len(text := f"{OPENING}{', '.join(facts)}.") > LONGEST:
        facts.pop(-2 if len(facts) > 1 else -1)
    return text


def _contributions(indicators: Iterable[Indicator], values: Values, sex: str) -> list[Contribution]:
    """The contributions of some indicators; equal ones keep the grid's order."""
    found = []
    for indicator in indicators:
        value = values.get(indicator.code)
        level = indicator.level(value) if _known(value) else None
        if level:
            found.append(
                Contribution(
                    code=indicator.code,
                    domain=indicator.domain,
                    label=indicator.label,
                    points=level.points,
                    max_points=indicator.max_points,
                    value=value,
                    words=_words(level.words, value, sex),
                    excess=level.points - indicator.unknown_points,
                )
            )
    return sorted(found, key=lambda fact: -fact.excess)


def _facts_of_silence(values: Values, grid: Grid, sex: str, facts: list[str]) -> list[str]:
    """What ranks someone among the silent, then what else is known of her."""
    among = _contributions(grid.silence.indicators, values, sex)
    first = [one.words for one in among if one.excess > 0 and one.code != "months_silent"]
    return list(dict.fromkeys([*first, *facts]))


def _is_silent(values: Values, grid: Grid) -> bool:
    """Whether nothing was heard of the person for the grid's months, or ever."""
    months = values["months_silent"]
    return bool(is_silent(np.nan if months is None else months, grid))


def _is_known_enough(values: Values, grid: Grid) -> bool:
    """Whether the known share reaches the grid's minimum."""
    known = sum(one.max_points for one in grid.indicators if _known(values.get(one.code)))
    return known >= grid.minimum_known_share * grid.max_points


def _silence(values: Values) -> str:
    """How long nothing was heard."""
    months = values["months_silent"]
    return f"pas de nouvelles depuis {months:.0f} mois" if _known(months) else NEVER_HEARD


def _words(words: str, value: float, sex: str) -> str:
    """The words of a level, for this value and this person."""
    rank = "1er" if value == 1 else f"{value:.0f}e"
    filled = words.replace("{value}", f"{value:.0f}").replace("{rank}", rank)
    return filled.replace("{e}", AGREEMENT.get(sex, "(e)"))


def _known(value: float | None) -> bool:
    """Neither None nor NaN, which differs from itself."""
    return value is not None and value == value
