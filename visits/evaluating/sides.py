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
    """One side of a comparison: people measured before and after, those lost, their residences,
    those left out because they told « before » once it had begun.

    None where they are too few to be said. Of visits there is no change.
    """

    people: int | None
    lost: int | None
    places: int
    change: Change | None = None
    left_out: int | None = 0

    @property
    def words(self) -> str:
        """« 48 personnes, 12 perdues de vue, 3 réponses trop tardives »."""
        if self.people is None:
            return "trop peu de personnes pour être dit"
        people = f"{self.people} {plural(self.people, 'personne', 'personnes')}"
        if self.lost is None:
            lost = "quelques-unes perdues de vue"
        elif not self.lost:
            lost = "aucune perdue de vue"
        else:
            lost = f"{self.lost} {plural(self.lost, 'perdue', 'perdues')} de vue"
        if self.left_out is None:
            return f"{people}, {lost}, quelques réponses trop tardives"
        late = f"{self.left_out} {plural(self.left_out, 'réponse', 'réponses')} trop "
        late += plural(self.left_out, "tardive", "tardives")
        return f"{people}, {lost}, {late}" if self.left_out else f"{people}, {lost}"


def sides_of(rows: pd.DataFrame) -> tuple[Side, Side]:
    """Those reached, then the others: `place`, `exposed`, `change` (NaN when lost), `late` (told
    too late to be compared), and `before` where there is one. Who names several rows counts once.
    """
    reached = rows["exposed"].astype(bool)
    return _side(rows[reached]), _side(rows[~reached])


def _side(mine: pd.DataFrame) -> Side:
    told = mine[mine["change"].notna()]
    late = mine.index[mine["late"].astype(bool)].difference(told.index)
    return Side(
        people=told.index.nunique(),
        lost=mine.index.nunique() - told.index.nunique() - len(late),
        left_out=len(late),
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
        return Side(people=None, lost=None, places=0, left_out=None)
    told = {name: getattr(side, name) for name in ("lost", "left_out")}
    return replace(side, **{name: None for name, one in told.items() if one and one < least})


def points_words(value: float) -> str:
    """« −6,0 »."""
    return f"{value:+.1f}".replace(".", ",").replace("-", "−")
