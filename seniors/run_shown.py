"""The one computation of scores that evaluators read, with its figures as they read them.

A run computed the day after tells of who came in between, and so does one run before and after a
record is erased. So a run is held, with its figures, until a later one differs by nobody or by
enough people in each count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from seniors import held
from seniors.fragility.grid import Grid, load
from seniors.models import ScoreRun
from seniors.readings import moved_by_few
from seniors.run_figures import UNRANKED, RunFigures, run_figures, without_small_groups

KEY = "score run"


@dataclass(frozen=True)
class Shown:
    """A computation of the whole stock, small groups hidden."""

    run: UUID
    figures: RunFigures


def shown_run() -> Shown | None:
    """The latest one that ended well, or the one read before while their difference tells of a few
    people; None when there is none."""
    before = held.among([KEY], Shown).get(KEY)
    whole = ScoreRun.objects.filter(territory=None, finished_at__isnull=False, error="")
    latest = whole.select_related("grid").order_by("-started_at", "-pk").first()
    if latest is None or (before and before.run == latest.uid):
        return before
    labels = labels_of(load(latest.grid.text))
    fresh = Shown(latest.uid, without_small_groups(run_figures(latest, labels)))
    if before and told_apart(before.figures, fresh.figures, settings.SMALL_CELL):
        return before
    held.replace(KEY, fresh)
    return fresh


def labels_of(grid: Grid) -> Sequence[tuple[str, str]]:
    """(code, French label) of each band, those of whom too little is known last."""
    labels = [(band.code, band.label) for band in grid.bands]
    return [*labels, (UNRANKED, grid.band_label(UNRANKED))]


def told_apart(before: RunFigures, after: RunFigures, least: int) -> bool:
    """Whether both, one after the other, tell of fewer than `least` people."""
    old, new = ({band.code: band.people for band in one.bands} for one in (before, after))
    pairs = [(old.get(code, 0), new.get(code, 0)) for code in {**old, **new}]
    pairs += [(before.people, after.people), (before.invisible, after.invisible)]
    if all(one == other for one, other in pairs):  # of as many, what is known of one has changed
        return before.known_percent != after.known_percent
    return any(moved_by_few(one, other, least) for one, other in pairs)
