"""Charts as numbers that a template draws: whole units of a view box, nothing to localise. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from visits.steering.periods import month_words

WIDTH, HEIGHT = 600, 240
LEFT, BOTTOM, TOP = 44, 30, 14


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where on it, and what it says."""

    at: int
    label: str


@dataclass(frozen=True)
class Column:
    """A month: a bar for all, the part of it that is filled, its name below."""

    x: int
    width: int
    y: int
    height: int
    part_y: int
    part_height: int
    middle: int
    label: str


@dataclass(frozen=True)
class Columns:
    """A chart of months."""

    columns: list[Column]
    ticks: list[Tick]


def months_chart(by_month: Sequence[tuple[date, Mapping[str, Any]]]) -> Columns:
    """Doors knocked at in each month, and those that opened."""
    most = nice(max((told["knocked"].count for _, told in by_month), default=0))
    slot = (WIDTH - LEFT) // max(len(by_month), 1)
    columns = []
    for place, (month, told) in enumerate(by_month):
        x, all_, part = LEFT + slot * place, told["knocked"].count, told["visited"].count
        columns.append(
            Column(
                x=x + slot // 6,
                width=slot - slot // 3,
                y=height_of(all_, most),
                height=HEIGHT - BOTTOM - height_of(all_, most),
                part_y=height_of(part, most),
                part_height=HEIGHT - BOTTOM - height_of(part, most),
                middle=x + slot // 2,
                label=month_words(month),
            )
        )
    return Columns(columns, ticks(most))


def ticks(most: int) -> list[Tick]:
    """Zero, the half and the top."""
    said = [0, most // 2, most] if most % 2 == 0 else [0, most]
    return [Tick(height_of(n, most), _spaced(n)) for n in said]


def height_of(value: float, most: float) -> int:
    """Where a value stands, from the top of the view box."""
    return HEIGHT - BOTTOM - round((HEIGHT - BOTTOM - TOP) * value / most)


def nice(value: float) -> int:
    """The first round number that holds a value: 1, 2, 4, 5, 6 or 8 tens, hundreds…; 1 for none."""
    unit = 1
    while unit * 10 < value:
        unit *= 10
    return next(unit * step for step in (1, 2, 4, 5, 6, 8, 10) if unit * step >= value)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


@dataclass(frozen=True)
class Lines:
    """A chart over years: an interval, a line per variant, each as points of the view box."""

    band: str
    lines: list[tuple[str, str]]
    ticks: list[Tick]
    years: list[Tick]


def lines_chart(
    years: Sequence[int],
    variants: Mapping[str, Sequence[int]],
    interval: Sequence[tuple[int, int]],
) -> Lines:
    """One figure by year: its variants, and the interval of the one chosen."""
    most = nice(max(max(high for _, high in interval), *(max(one) for one in variants.values())))
    step = (WIDTH - LEFT - 20) / max(len(years) - 1, 1)
    xs = [LEFT + round(step * place) for place in range(len(years))]

    def points(values: Sequence[int]) -> list[str]:
        return [f"{x},{height_of(value, most)}" for x, value in zip(xs, values, strict=True)]

    upper, lower = points([high for _, high in interval]), points([low for low, _ in interval])
    return Lines(
        band=" ".join([*upper, *reversed(lower)]),
        lines=[(code, " ".join(points(values))) for code, values in variants.items()],
        ticks=ticks(most),
        years=[Tick(xs[place], str(years[place])) for place in range(0, len(years), 5)],
    )
