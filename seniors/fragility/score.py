"""The score: points added by a grid, for a frame of people. An order of visit, never a diagnosis.

Adding only, so that a worse answer never lowers a score. An unknown answer is worth the grid's
expected points in `total`, none in `least`, the highest in `most`.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from seniors.fragility import items
from seniors.fragility.grid import DOMAINS, Grid, Indicator
from seniors.fragility.indicators import UNKNOWN_BYTE, VALUES, to_bytes

# Named on each run: to be changed with any change of the computation or of a scale's rule.
VERSION = "1"
COLUMNS = ("total", "least", "most", "known_share", *DOMAINS, "band", "silence")


class _Sum:
    """Points of a set of indicators, added person by person in the grid's order."""

    def __init__(self, people: int) -> None:
        self.maximum = 0.0
        self.known, self.expected, self.possible = self._points = np.zeros((3, people))

    def add(self, indicator: Indicator, points: np.ndarray) -> None:
        """Count an indicator: what `points_of_bytes` answers."""
        self.maximum += indicator.max_points
        self._points += points

    def share(self, points: np.ndarray) -> np.ndarray:
        """Points out of 100."""
        return np.minimum(100 * points / self.maximum, 100.0) if self.maximum else points

    @property
    def total(self) -> np.ndarray:
        """Known points and what is expected of the unknown, out of 100."""
        return self.share(self.known + self.expected)


def points_of(indicator: Indicator, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points of each value, 0 where it is unknown, and where it is unknown."""
    sign = 1.0 if indicator.rising else -1.0
    bounds = np.array([sign * level.bound for level in indicator.levels])
    points = np.array([0.0, *(level.points for level in indicator.levels)])
    unknown = np.isnan(values)
    reached = np.searchsorted(bounds, sign * values, side="right")
    return points[np.where(unknown, 0, reached)], unknown


def points_of_bytes(indicator: Indicator, column: np.ndarray) -> np.ndarray:
    """Three rows for a column of bytes: the points known, those expected of an unknown answer,
    and the most that it could be worth."""
    points, unknown = points_of(indicator, VALUES)
    maybe = unknown * indicator.unknown_points, unknown * indicator.max_points
    # A byte is never out of the table: to be told so ("clip") makes this five times faster.
    return np.take(np.stack([points, *maybe]), column, axis=1, mode="clip")


def score(values: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """`figures` of a frame of people, NaN unknown; index as `values`, columns of `COLUMNS`."""
    columns = {code: to_bytes(values[code].to_numpy(dtype=float)) for code in values}
    return pd.DataFrame(figures(columns, len(values), grid), index=values.index)


def figures(values: Mapping[str, np.ndarray], people: int, grid: Grid) -> dict[str, np.ndarray]:
    """Total, bounds, known share, domains, band and silence of each person, by `COLUMNS`.

    `values` has one array of bytes per indicator, 255 unknown; one left out is unknown to all.
    `least`, `total`, `most`, domains and `silence` go from 0 to 100, `known_share` from 0 to 1.
    A domain where the person told nothing is NaN, as is the silence of whom we hear from. A band
    is empty for someone whose known share is under the grid's minimum.
    """
    unknown_to_all = np.full(people, UNKNOWN_BYTE, dtype=np.uint8)
    whole, domains = _Sum(people), {domain: _Sum(people) for domain in DOMAINS}
    told = {domain: np.zeros(people, dtype=bool) for domain in DOMAINS}
    for indicator in grid.indicators:
        column = values.get(indicator.code, unknown_to_all)
        points = points_of_bytes(indicator, column)
        whole.add(indicator, points)
        domains[indicator.domain].add(indicator, points)
        if indicator.code not in items.RECORD:
            told[indicator.domain] |= column != UNKNOWN_BYTE
    known_share = 1 - whole.possible / whole.maximum
    return {
        "total": whole.total,
        "least": whole.share(whole.known),
        "most": whole.share(whole.known + whole.possible),
        "known_share": known_share,
        **{d: np.where(told[d], domains[d].total, np.nan) for d in DOMAINS},
        "band": _bands(whole.total, known_share, grid),
        "silence": _silence(values, people, grid),
    }


def is_silent(months_silent: np.ndarray | float, grid: Grid) -> np.ndarray:
    """Whether nothing was heard for the grid's months, or ever (NaN)."""
    return ~(np.asarray(months_silent, dtype=float) < grid.silence.months)


def _bands(total: np.ndarray, known_share: np.ndarray, grid: Grid) -> np.ndarray:
    """The band of each total, empty for those too little known."""
    rising = grid.bands[::-1]
    codes = np.array([band.code for band in rising], dtype=object)
    place = np.searchsorted([band.start for band in rising], total, side="right") - 1
    return np.where(known_share < grid.minimum_known_share, "", codes[place])


def _silence(values: Mapping[str, np.ndarray], people: int, grid: Grid) -> np.ndarray:
    """Order among the silent, NaN for the others and when silence was not looked at."""
    if "months_silent" not in values:
        return np.full(people, np.nan)
    unknown_to_all = np.full(people, UNKNOWN_BYTE, dtype=np.uint8)
    added = _Sum(people)
    for indicator in grid.silence.indicators:
        column = values.get(indicator.code, unknown_to_all)
        added.add(indicator, points_of_bytes(indicator, column))
    return np.where(is_silent(VALUES[values["months_silent"]], grid), added.total, np.nan)
