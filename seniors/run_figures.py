"""The figures of one computation of scores: how many people in each band, and what is known.

One query for all of them. An evaluator gets them with the small groups hidden, and never fewer
than two at a time, so that none can be computed back from the total.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Avg, Count, Q

from seniors.fragility.grid import Indicator, Level
from seniors.models import ScoreRun, Territory

# The bound of a level with the word that follows it: « {value} ans ».
_BOUND = re.compile(r"\{(?:value|rank)\}(?:\s\w+)?")
UNRANKED = ""  # the band of those of whom too little is known


@dataclass(frozen=True)
class BandFigure:
    """People in one band; None is a group too small to be shown."""

    code: str
    label: str
    people: int | None
    length: int = 0  # of its bar, in thousandths of the longest


@dataclass(frozen=True)
class RunFigures:
    """What one page says of a run. `known_share` is 0…1; `invisible` of None is not shown."""

    bands: tuple[BandFigure, ...]
    people: int | None
    invisible: int | None
    known_share: float | None

    @property
    def known_percent(self) -> int | None:
        """The known share as a whole number out of 100."""
        return None if self.known_share is None else round(100 * self.known_share)

    @property
    def hides_some(self) -> bool:
        """Is a group left out because it is too small?"""
        return any(band.people is None for band in self.bands)


def run_figures(
    run: ScoreRun,
    labels: Sequence[tuple[str, str]],
    *,
    territories: Sequence[Territory] | None = None,
) -> RunFigures:
    """Count the people of `run` by band, in the order of `labels` (code, French label).

    Only those housed in `territories` today are counted, when these are given.
    """
    scores = run.scores.all()
    if territories is not None:
        scores = scores.filter(senior__dwelling__residence__territory__in=territories)
    rows = list(
        scores.order_by()
        .values("band")
        .annotate(
            people=Count("id"),
            invisible=Count("id", filter=Q(silence__isnull=False)),
            known=Avg("known_share"),
        )
    )
    counts = {row["band"]: row["people"] for row in rows}
    people = sum(counts.values())
    known = sum(row["known"] * row["people"] for row in rows) / people if people else None
    return RunFigures(
        bands=_with_lengths(BandFigure(code, label, counts.get(code, 0)) for code, label in labels),
        people=people,
        invisible=sum(row["invisible"] for row in rows),
        known_share=known,
    )


def without_small_groups(figures: RunFigures) -> RunFigures:
    """The same figures for someone who may not single a person out."""
    least = settings.SMALL_CELL
    shown = hide_small([band.people for band in figures.bands], least=least)
    people, invisible = figures.people or 0, figures.invisible or 0
    seen = people - invisible
    return replace(
        figures,
        bands=_with_lengths(
            replace(band, people=count) for band, count in zip(figures.bands, shown, strict=True)
        ),
        people=people if people == 0 or people >= least else None,
        invisible=invisible if _is_large(invisible, least) and _is_large(seen, least) else None,
        known_share=figures.known_share if people >= least else None,
    )


def hide_small(counts: Sequence[int | None], *, least: int) -> list[int | None]:
    """Hide every count from 1 to `least` - 1, then the next smallest until two are hidden.

    The hidden ones together hold at least `least` people, so their sum says nothing of a few,
    and are so many that none can be computed back by who knows this rule (`blurs`).
    """
    numbers = [count or 0 for count in counts]
    order = sorted(range(len(numbers)), key=lambda i: (numbers[i] == 0, numbers[i]))
    hidden: set[int] = {i for i in order if not _is_large(numbers[i], least)}
    for i in order:
        together = sum(numbers[j] for j in hidden)
        if not hidden or (together >= least and blurs(together, len(hidden), numbers[i], least)):
            break
        hidden.add(i)
    return [None if i in hidden else number for i, number in enumerate(numbers)]


def blurs(together: int, groups: int, smallest_shown: int, least: int) -> bool:
    """Whether the sum of some hidden groups leaves each of them unknown.

    A hidden group is at most the smallest one shown, or it would be shown in its place: one
    group fewer must be able to make the same sum. With nobody in those shown, nothing bounds it.
    """
    if smallest_shown == 0:
        return groups > 1
    return groups > 1 and together <= (groups - 1) * max(smallest_shown, least - 1)


@dataclass(frozen=True)
class ReplayCheck:
    """How many scores computed again are not those that were kept."""

    people: int
    different: int

    @property
    def same(self) -> bool:
        """Is every number the one that was kept?"""
        return self.different == 0


def check_replay(run: ScoreRun) -> ReplayCheck:
    """Compute the run again from its inputs and compare every number with the one kept."""
    from seniors.fragility import store  # noqa: PLC0415

    again, kept = store.replay(run), store.stored(run)
    same = (again == kept) | (again.isna() & kept.isna())
    return ReplayCheck(people=len(kept), different=int((~same.all(axis=1)).sum()))


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator of a grid, as the page of a run prints it."""

    indicator: Indicator
    levels: tuple[tuple[str, float], ...]  # (French words, points)


def grid_lines(indicators: Iterable[Indicator]) -> list[IndicatorLine]:
    """The indicators with the situations that bring points, in words that need no person."""
    return [
        IndicatorLine(
            indicator=each,
            levels=tuple((_in_general(level, rising=each.rising), level.points)
                         for level in each.levels),
        )
        for each in indicators
    ]  # fmt: skip


def _in_general(level: Level, *, rising: bool) -> str:
    """The words of a level without a person: « {value} ans » from 70 is « 70 ans ou plus »."""
    words = level.words.replace("{e}", "(e)")
    if "{value}" not in words and "{rank}" not in words:
        return words
    bound = f"{level.bound:g}".replace(".", ",")
    rank = "1er" if bound == "1" else f"{bound}e"
    words = _BOUND.sub(rf"\g<0> ou {'plus' if rising else 'moins'}", words, count=1)
    return words.replace("{value}", bound).replace("{rank}", rank)


def _with_lengths(bands: Iterable[BandFigure]) -> tuple[BandFigure, ...]:
    """The bands with the lengths of their bars; a hidden one has none."""
    bands = tuple(bands)
    most = max((band.people or 0 for band in bands), default=0) or 1
    return tuple(replace(band, length=1000 * (band.people or 0) // most) for band in bands)


def _is_large(count: int, least: int) -> bool:
    """Nobody, or enough people."""
    return count == 0 or count >= least
