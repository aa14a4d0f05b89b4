"""Which level of the label a dwelling reaches, from what is known of its criteria. Pure.

What nobody knows is never counted as met: it is « to check », and the level that it could still
bring is told apart from the one that is reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One level: its id, its rank (the higher the better), the criteria that it asks for."""

    pk: int
    rank: int
    criteria: frozenset[int]


@dataclass(frozen=True)
class Standing:
    """`level` is the id of the highest level reached, `possible` that of the highest that nothing
    known forbids, None without one. `to_check`: the criteria unknown that could lift it; `lacking`:
    those known as not met of the next level above, sorted like `to_check`."""

    level: int | None
    possible: int | None
    to_check: tuple[int, ...]
    lacking: tuple[int, ...]


def standing(levels: Sequence[Level], met: Mapping[int, bool | None]) -> Standing:
    """Where a dwelling stands; `met` is {criterion: yes, no, unknown}, absent is unknown.

    A level without criteria is reached by none: it says nothing.
    """
    asked = sorted((one for one in levels if one.criteria), key=lambda one: one.rank)
    reached = possible = None
    for level in asked:
        said = {met.get(one) for one in level.criteria}
        if said == {True}:
            reached = level
        if False not in said:
            possible = level
    above = [one for one in asked if reached is None or one.rank > reached.rank]
    open_ = [one for one in above if all(met.get(c) is not False for c in one.criteria)]
    unknown = {c for one in open_ for c in one.criteria if met.get(c) is None}
    lacking = {c for c in above[0].criteria if met.get(c) is False} if above else set()
    return Standing(
        reached.pk if reached else None,
        possible.pk if possible else None,
        tuple(sorted(unknown)),
        tuple(sorted(lacking)),
    )
