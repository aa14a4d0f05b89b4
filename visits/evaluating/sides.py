"""Both sides of a comparison: who was measured before and after, who was lost, what changed in
each. Pure.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from seniors.french import plural

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Change:
    """Means of the same people at the survey before and at the one after, out of 100, and the mean
    of their changes with its 95 % interval, clustered by residence (None of one residence)."""

    before: float
    after: float
    points: float
    low: float | None
    high: float | None

    @property
    def said(self) -> tuple[str, str, str]:
        """The change and the ends of its interval: « −6,0 »; "" without an interval."""
        low, high = ("" if one is None else points_words(one) for one in (self.low, self.high))
        return points_words(self.points), low, high

    @property
    def levels(self) -> str:
        """« de 42,1 à 38,0 »."""
        before, after = (f"{one:.1f}".replace(".", ",") for one in (self.before, self.after))
        return f"de {before} à {after}"

    @property
    def words(self) -> str:
        """« −4,1 (de −6,0 à −2,2) »."""
        points, low, high = self.said
        return f"{points} (de {low} à {high})" if low else f"{points} (une seule résidence)"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: people measured before and after, those lost, their residences.

    None where they are too few to be said. Of visits there is no change.
    """

    people: int | None
    lost: int | None
    places: int
    change: Change | None = None

    @property
    def words(self) -> str:
        """« 48 personnes, 12 perdues de vue »."""
        if self.people is None:
            return "trop peu de personnes pour être dit"
        people = f"{self.people} {plural(self.people, 'personne', 'personnes')}"
        if self.lost is None:
            return f"{people}, quelques-unes perdues de vue"
        if not self.lost:
            return f"{people}, aucune perdue de vue"
        return f"{people}, {self.lost} {plural(self.lost, 'perdue', 'perdues')} de vue"


def sides_of(rows: pd.DataFrame) -> tuple[Side, Side]:
    """Those reached, then the others: `place`, `exposed`, `change` (NaN when lost), and `before`
    where there is one."""
    reached = rows["exposed"].astype(bool)
    return _side(rows[reached]), _side(rows[~reached])


def _side(mine: pd.DataFrame) -> Side:
    told = mine[mine["change"].notna()]
    return Side(
        people=len(told),
        lost=len(mine) - len(told),
        places=told["place"].nunique(),
        change=_change(told) if "before" in mine and len(told) else None,
    )


def _change(told: pd.DataFrame) -> Change:
    """Their mean change, whatever the other side did; nothing is weighted."""
    before, points = float(told["before"].mean()), float(told["change"].mean())
    low = high = None
    places = told["place"].nunique()
    if places > 1:
        apart = (told["change"] - points).groupby(told["place"]).sum()
        error = np.sqrt(places / (places - 1) * (apart**2).sum()) / len(told)
        half = float(stdtrit(places - 1, (1 + CONFIDENCE) / 2) * error)
        low, high = points - half, points + half
    return Change(before, before + points, points, low, high)


def side_shown(side: Side, least: int) -> Side:
    """The same, without what is told of a few people."""
    if side.people is None or 0 < side.people < least:
        return Side(people=None, lost=None, places=0)
    few = side.lost is not None and 0 < side.lost < least
    return replace(side, lost=None) if few else side


def points_words(value: float) -> str:
    """« −6,0 »."""
    return f"{value:+.1f}".replace(".", ",").replace("-", "−")
