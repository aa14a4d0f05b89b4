"""The curve of answers as numbers that a template draws in a view box of whole units. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from surveys.campaigns.silence import Week

WIDTH, HEIGHT = 600, 240
LEFT, BOTTOM, TOP, RIGHT = 52, 30, 14, 12
MOST_LABELS = 6


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where on it, and what it says."""

    at: int
    label: str


@dataclass(frozen=True)
class Curve:
    """Answers per hundred asked, from the opening day on: points of a line, and both axes."""

    points: str
    ticks: list[Tick]
    days: list[Tick]


def curve(opened_on: date, weeks: Sequence[Week]) -> Curve:
    """The cumulative share at the end of each week, from nobody on the opening day."""
    most = _nice(max((week.rate.percent or 0 for week in weeks), default=0))
    length = max((weeks[-1].until - opened_on).days, 1) if weeks else 1

    def x(day: date) -> int:
        return LEFT + round((WIDTH - LEFT - RIGHT) * (day - opened_on).days / length)

    def y(percent: float) -> int:
        return HEIGHT - BOTTOM - round((HEIGHT - BOTTOM - TOP) * percent / most)

    points = [(LEFT, y(0))]
    points += [
        (x(week.until), y(100 * week.rate.answered / week.rate.asked))
        for week in weeks
        if week.rate.asked
    ]
    step = -(-len(weeks) // MOST_LABELS) or 1
    return Curve(
        " ".join(f"{left},{top}" for left, top in points),
        [Tick(y(value), f"{value}\u00a0%") for value in (0, most // 2, most)],
        [Tick(x(week.until), f"{week.until:%d/%m}") for week in weeks[step - 1 :: step]],
    )


def _nice(percent: int) -> int:
    """The first even bound that holds a percentage."""
    return next(bound for bound in (10, 20, 30, 40, 50, 60, 80, 100) if bound >= percent)
