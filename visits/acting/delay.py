"""How long an action takes, from its request to its end: said once, for screens, exports, papers.

The delay of an action runs from the first day on which it stands as « demandée » to the last on
which it stands as « faite ». It is known once the action is done or confirmed, and only then: what
was cancelled since, or taken up again because the person says that it is not done, has no end yet.
A step taken back never was. An end before the request is a step made again: not counted.
`DELAY` tells the reader the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import sqrt

from django.db.models import Aggregate, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from seniors.shares import Z
from visits.enums import State
from visits.models import Action

DELAY = (
    "du premier jour où l’action est demandée au dernier jour où elle est notée faite, pour celles "
    "qui sont faites ou confirmées"
)
FEW = 10  # under it, a 90th percentile is not given and the count is said to be small
EXACT = 1000  # values up to which the interval of a median is by the binomial law
ENDED = (State.DONE, State.CONFIRMED)
STANDS = Q(steps__taken_back_at=None)
# The day an action was decided: that of its first step, whenever it was typed.
DECIDED_ON = Coalesce(Min("steps__on", filter=STANDS), "need__found_on")


def _days(steps: Q) -> dict[str, Aggregate]:
    return {
        "asked": Min("steps__on", filter=steps & Q(steps__to_state=State.REQUESTED)),
        "ended": Max("steps__on", filter=steps & Q(steps__to_state=State.DONE)),
    }


DAYS = _days(STANDS)  # what `days_to_end` takes, of each action


@dataclass(frozen=True)
class Spread:
    """Durations in days: how many, their median and 90th percentile, and the 95 % interval of the
    median, from `low` to `high` (None of too few)."""

    count: int
    median: float | None
    ninetieth: float | None
    low: int | None = None
    high: int | None = None

    @property
    def is_small(self) -> bool:
        return 0 < self.count < FEW


def days_until(day: date) -> dict[str, Aggregate]:
    """`DAYS`, as they were at the end of that day."""
    return _days(STANDS & Q(steps__on__lte=day))


def days_to_end(asked: date | None, ended: date | None, state: str) -> int | None:
    """The delay of an action in this state, by its `DAYS`; None while it is not known."""
    if state not in ENDED or asked is None or ended is None or ended < asked:
        return None
    return (ended - asked).days


def spread_of(actions: QuerySet[Action]) -> Spread:
    """The delays of these actions that have one."""
    rows = actions.order_by().values("pk", "state").annotate(**DAYS)
    days = (days_to_end(row["asked"], row["ended"], row["state"]) for row in rows)
    return spread(one for one in days if one is not None)


def spread(durations: Iterable[int]) -> Spread:
    """Their count, median with its interval, and 90th percentile (the smallest that 90 % do not
    exceed)."""
    ordered = sorted(durations)
    count = len(ordered)
    if not count:
        return Spread(0, None, None)
    median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    ninetieth = ordered[-(-9 * count // 10) - 1] if count >= FEW else None
    rank = median_rank(count)
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (None, None)
    return Spread(count, median, ninetieth, low, high)


@lru_cache(maxsize=4096)
def median_rank(count: int) -> int | None:
    """Which of so many values, from the least and from the most, hold the median between them in
    95 samples of a hundred whatever it is drawn from; None under 6, of which none do.

    The number of values under the median is that of heads: those of `count` tosses in which fewer
    than this come up are at most 2.5 %. Beyond `EXACT` tosses, by the normal law, which is the same
    rank or one wider.
    """
    if count > EXACT:
        return int((count + 1 - Z * sqrt(count)) / 2)
    rank, so_many, fewer = 0, 1, 1  # tosses with `rank` heads, and with no more than that
    while 40 * fewer <= 2**count:
        so_many = so_many * (count - rank) // (rank + 1)
        rank, fewer = rank + 1, fewer + so_many
    return rank or None
