"""What each kind of sign leads to: received, closed, and how often a need was found. Pure.

The share is that of the closed signals of the kind, save those made by mistake; it comes with its
95 % interval (Wilson), wide when the signals are few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from seniors.shares import wilson


@dataclass(frozen=True)
class Row:
    """One signal: its kind, what came of it ("" while open), and whom or where it was about."""

    kind: str
    outcome: str
    about: str
    # A need that was not known was noted when it was closed.
    left_need: bool = False

    @property
    def found(self) -> bool:
        """Whether a need was found: help may have been called first."""
        return self.outcome == "need" or (self.outcome == "emergency" and self.left_need)


@dataclass(frozen=True)
class Yield:
    """The figures of one kind; None where too few people stand behind them to be shown."""

    kind: str
    received: int | None
    closed: int | None
    found: int | None
    emergencies: int | None
    share: float | None = None
    least: float | None = None
    most: float | None = None


def yields(rows: Iterable[Row], kinds: Sequence[str]) -> list[Yield]:
    """One line per kind, in the order of `kinds`."""
    rows = list(rows)
    return [_of_kind(kind, [row for row in rows if row.kind == kind]) for kind in kinds]


def _of_kind(kind: str, rows: Sequence[Row]) -> Yield:
    """The figures of one kind."""
    closed = [row for row in rows if row.outcome not in ("", "mistaken")]
    found = sum(row.found for row in closed)
    emergencies = sum(row.outcome == "emergency" for row in closed)
    made = Yield(kind, len(rows), len(closed), found, emergencies)
    if not closed:
        return made
    least, most = wilson(found, len(closed))
    return replace(made, share=found / len(closed), least=least, most=most)


def for_evaluators(rows: Iterable[Row], kinds: Sequence[str], small: int) -> list[Yield]:
    """The same, without what would single out fewer than `small` people.

    A kind is shown when enough people stand behind it, and behind each of the parts that could be
    had by taking one figure from another: still open, found, not found. No total is given, so
    nothing hidden can be computed back. Emergencies are never shown: they are too few.
    """
    rows = list(rows)
    return [
        _shown(line, [row for row in rows if row.kind == line.kind], small)
        for line in yields(rows, kinds)
    ]


def _shown(line: Yield, rows: Sequence[Row], small: int) -> Yield:
    """A line, or what of it may be shown."""
    counted = [row for row in rows if row.outcome not in ("", "mistaken")]
    aside = [row for row in rows if row.outcome in ("", "mistaken")]
    found = [row for row in counted if row.found]
    rest = [row for row in counted if not row.found]
    line = replace(line, emergencies=None)
    if _too_few(rows, small):
        return Yield(line.kind, None, None, None, None)
    if _too_few(counted, small) or _too_few(aside, small):
        return Yield(line.kind, line.received, None, None, None)
    if _too_few(found, small) or _too_few(rest, small):
        return Yield(line.kind, line.received, line.closed, None, None)
    return line


def _too_few(rows: Sequence[Row], small: int) -> bool:
    """Whether these are about someone, and about fewer than `small`."""
    return 0 < len({row.about for row in rows}) < small
