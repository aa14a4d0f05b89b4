"""What a mean drawn from few is worth: its 95 % interval by Student's t. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

LEAST = 10  # under it, the least and the most are said in place of an interval


@dataclass(frozen=True)
class Mean:
    """A mean of `count` values, between `low` and `high`: its 95 % interval, or the least and the
    most of them when they are too few for one (`is_range`). None where these may not be said."""

    count: int
    value: float
    low: float | None
    high: float | None
    is_range: bool


def mean_of(values: Sequence[float]) -> Mean | None:
    """Their mean; None of nothing."""
    count = len(values)
    if not count:
        return None
    value = fmean(values)
    if count < LEAST:
        return Mean(count, value, min(values), max(values), is_range=True)
    from scipy.special import stdtrit  # noqa: PLC0415

    half = float(stdtrit(count - 1, 0.975)) * stdev(values) / sqrt(count)
    return Mean(count, value, value - half, value + half, is_range=False)
