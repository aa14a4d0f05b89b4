"""What a measure changed, against people whom it did not reach. Frames in, an `Effect` out.

Outcomes are between 0 (no difficulty) and 100 (the most serious): a negative effect is a gain.
People of one residence share a caretaker, works, neighbours: residuals are clustered by residence
(`statsmodels`, Student's t on the number of residences less one). Nothing is estimated from fewer
than `LEAST_PEOPLE` people or `LEAST_PLACES` residences on either side: below, intervals of this
kind promise more than they hold (`make simulations` measures it).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seniors.french import plural
from seniors.refusal import Refusal

LEAST_PEOPLE = 30
LEAST_PLACES = 10
CONFIDENCE = 0.95


class NoEffect(Refusal):
    """The data cannot carry an estimate; the text says why and what would."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: people measured before and after, those lost, their residences."""

    people: int
    lost: int | None  # None: too few to be said
    places: int


@dataclass(frozen=True)
class Effect:
    """Mean change due to being reached, in points of 0-100, with its 95 % interval."""

    method: str
    points: float
    low: float
    high: float
    reached: Side
    others: Side
    # The same comparison one campaign earlier, when nothing had begun: it should find nothing.
    before: "Effect | None" = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def was_parallel(self) -> bool | None:
        """Whether both sides moved alike before; None when nobody can tell."""
        return None if self.before is None else not self.before.is_clear

    @property
    def said(self) -> tuple[str, str, str]:
        """The effect and the ends of its interval, in figures: « −6,0 »."""
        return _points(self.points), _points(self.low), _points(self.high)

    @property
    def sentence(self) -> str:
        """What it shows and what it does not, for a reader who is no statistician."""
        return " ".join([self._shown(), *self._limits()])

    def _shown(self) -> str:
        points, low, high = self.said
        interval = f"(intervalle à 95 % : de {low} à {high})"
        if not self.is_clear:
            return (
                f"Pas de changement établi : {points} sur 100 {interval}. "
                "Cela ne prouve pas que le dispositif est sans effet."
            )
        way = "moins" if self.points < 0 else "plus"
        size = f"{abs(self.points):.1f}".replace(".", ",")
        many = plural(abs(self.points), "point", "points")
        if self.method == "drawn":
            return (
                f"Sur 100 personnes visitées, {size} de {way} avaient un besoin de ce genre "
                f"que chez les autres {interval}. Les visites comptées sont celles tirées au sort."
            )
        return (
            f"Les difficultés ont évolué de {size} {many} de {way} sur 100 "
            f"que chez les personnes comparables {interval}."
        )

    def _limits(self) -> list[str]:
        said = {
            None: "Une seule enquête précède le début : on ne peut pas vérifier que les deux "
            "groupes évoluaient déjà de la même façon.",
            True: "Avant le début, les deux groupes évoluaient de la même façon.",
            False: "Attention : les deux groupes évoluaient déjà différemment avant le début ; "
            "cet écart n’est pas à attribuer au dispositif.",
        }
        limits = [said[self.was_parallel]] if self.method == "stepped" else []
        if self.method == "alike":
            limits.append(
                "Les personnes touchées ont été comparées à d’autres qui leur ressemblent sur le "
                "dossier ; ce qui les distingue sans y être écrit peut expliquer une part de "
                "l’écart."
            )
        if self.reached.lost is None or self.others.lost is None:
            limits.append("Quelques personnes n’ont pas de seconde réponse : elles manquent ici.")
            return limits
        lost = self.reached.lost + self.others.lost
        if lost:
            total = lost + self.reached.people + self.others.people
            limits.append(
                f"{lost} {plural(lost, 'personne', 'personnes')} sur {total} n’ont pas de seconde "
                "réponse et ne sont pas comptées."
            )
        return limits


def shown_to_evaluator(effect: Effect, least: int) -> Effect:
    """The same, without the count of a few people lost."""
    sides = {}
    for name in ("reached", "others"):
        side = getattr(effect, name)
        few = side.lost is not None and 0 < side.lost < least
        sides[name] = replace(side, lost=None) if few else side
    return replace(effect, **sides)


def compare_places(panel: pd.DataFrame) -> Effect:
    """Difference in differences between residences that had begun and those that had not yet.

    `panel`: one row a person and campaign: `person`, `place` (residence), `period` (rank of the
    campaign, from 0), `value` (0-100, NaN when not told), `start` (rank of the first campaign after
    the residence joined, NaN if it has not). Each wave of residences that joins is compared, from
    the campaign before to the campaign after, with those which have not joined by then; waves are
    stacked (Callaway and Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001, on first differences).
    Raises NoEffect.
    """
    if panel["period"].nunique() < 2:
        raise NoEffect(
            "one_campaign",
            "Une seule enquête a été faite : il en faut une avant et une après le début du "
            "dispositif. Revenez après la prochaine enquête.",
        )
    changes = _changes(panel, lag=0)
    if changes.empty or not changes["exposed"].any():
        raise NoEffect(
            "nobody",
            "Personne n’a répondu à la fois avant et après le début du dispositif : aucun effet "
            "ne peut être mesuré.",
        )
    if changes["exposed"].all():
        raise NoEffect(
            "no_comparison",
            "Toutes les résidences ont commencé en même temps : il n’y a personne à qui comparer. "
            "Faites commencer une partie des résidences plus tard, ou comparez à des personnes "
            "qui ressemblent à celles qui ont été touchées.",
        )
    effect = _estimate("stepped", changes, waves=changes["wave"])
    earlier = _changes(panel, lag=1)
    try:
        before = _estimate("stepped", earlier, waves=earlier["wave"])
    except NoEffect:
        return effect
    return replace(effect, before=before)


def compare_alike(people: pd.DataFrame, records: Sequence[str]) -> Effect:
    """People reached against others with the same record, when there is no other comparison.

    `people`: one row a person: `place`, `exposed`, `before`, `value` (after; NaN when lost) and the
    columns `records` (age band, alone, floor…). Everyone is put with those of the same records and
    the same quarter of `before` (coarsened exact matching: Iacus, King, Porro 2012,
    doi:10.1093/pan/mpr013); who has nobody alike is left out. Raises NoEffect.
    """
    known = people.dropna(subset=["before"]).assign(
        quarter=lambda rows: np.clip(rows["before"] // 25, 0, 3),
        change=lambda rows: rows["value"] - rows["before"],
    )
    alike = [*records, "quarter"]
    told = known[known["change"].notna()]
    counts = told.groupby([*alike, "exposed"], dropna=False, observed=True).size()
    counts = counts.unstack("exposed").reindex(columns=[True, False]).dropna()
    ratio = (counts[True] / counts[False]).rename("ratio")
    known = known.merge(ratio.reset_index(), on=alike)
    if known.empty:
        raise NoEffect(
            "nobody_alike",
            "Personne, parmi ceux que le dispositif n’a pas touchés, ne ressemble à ceux qu’il a "
            "touchés : aucun effet ne peut être mesuré.",
        )
    return _estimate("alike", known, weights=known["ratio"].mask(known["exposed"], 1.0))


def compare_drawn(visits: pd.DataFrame) -> Effect:
    """Needs found in visits drawn at random, between people reached and others.

    `visits`: one row a drawn visit: `place`, `exposed`, `found` (bool), and the `probability` with
    which she was drawn (kept with the list). Weighted by its inverse, the drawn stand for everyone,
    whatever the order of visits was. Points are shares of people in a hundred. Raises NoEffect.
    """
    seen = visits.assign(change=visits["found"].astype(float) * 100)
    return _estimate("drawn", seen, weights=1 / visits["probability"])


def _changes(panel: pd.DataFrame, *, lag: int) -> pd.DataFrame:
    """A row a person and wave: `place`, `exposed`, `wave`, `change` (NaN when lost).

    With `lag` 1, the same people one campaign earlier.
    """
    told = panel.pivot_table(index="person", columns="period", values="value", observed=True)
    told = told.reindex(columns=range(int(panel["period"].max()) + 1))
    people = panel.groupby("person")[["place", "start"]].first().reindex(told.index)
    waves = []
    for wave in sorted({int(start) for start in people["start"].dropna() if start >= 1}):
        first, last = wave - 1 - lag, wave - lag
        if first < 0 or wave >= told.shape[1]:
            continue
        exposed = people["start"] == wave
        waiting = people["start"].isna() | (people["start"] > wave)
        rows = people.assign(
            exposed=exposed, wave=wave, change=told[last] - told[first], had=told[first].notna()
        )
        waves.append(rows[(exposed | waiting) & rows["had"]])
    columns = ["place", "exposed", "wave", "change"]
    return pd.concat(waves, ignore_index=True)[columns] if waves else pd.DataFrame(columns=columns)


def _estimate(
    method: str,
    rows: pd.DataFrame,
    *,
    waves: pd.Series | None = None,
    weights: pd.Series | None = None,
) -> Effect:
    """The coefficient of `exposed` on `change`, clustered by `place`. Raises NoEffect."""
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415

    kept = rows["change"].notna()
    reached, others = (_side(rows, kept, exposed=which) for which in (True, False))
    heard = "ont eu une visite tirée au sort" if method == "drawn" else "ont répondu deux fois"
    _refuse_few(reached, "touchées par le dispositif", heard)
    _refuse_few(others, "à qui comparer", heard)
    told = rows[kept]
    if told["change"].nunique() == 1:
        raise NoEffect(
            "flat",
            "Toutes les réponses comptées ont changé de la même façon, ou n’ont pas changé\u00a0: "
            "aucun intervalle ne peut être calculé.",
        )
    design = pd.DataFrame({"exposed": told["exposed"].astype(float), "constant": 1.0})
    if waves is not None:
        levels = pd.get_dummies(waves[kept], prefix="wave", drop_first=True, dtype=float)
        design = design.join(levels)
    fitted = WLS(
        told["change"].to_numpy(float),
        design.to_numpy(float),
        weights=1.0 if weights is None else weights[kept].to_numpy(float),
    ).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(told["place"])[0]},
        use_t=True,
    )
    low, high = fitted.conf_int(alpha=1 - CONFIDENCE)[0]
    return Effect(method, float(fitted.params[0]), float(low), float(high), reached, others)


def _side(rows: pd.DataFrame, kept: pd.Series, *, exposed: bool) -> Side:
    mine = rows["exposed"] == exposed
    told = rows[mine & kept]
    return Side(people=len(told), lost=int((mine & ~kept).sum()), places=told["place"].nunique())


def _refuse_few(side: Side, words: str, told: str) -> None:
    if side.people < LEAST_PEOPLE:
        raise NoEffect(
            "few_people",
            f"Moins de {LEAST_PEOPLE} personnes {words} {told} : il en faut au moins "
            f"{LEAST_PEOPLE} de chaque côté. Aucun effet n’est calculé.",
        )
    if side.places < LEAST_PLACES:
        raise NoEffect(
            "few_places",
            f"Les personnes {words} habitent moins de {LEAST_PLACES} résidences : il en faut au "
            f"moins {LEAST_PLACES} de chaque côté pour un intervalle honnête. Aucun effet n’est "
            "calculé.",
        )


def _points(value: float) -> str:
    return f"{value:+.1f}".replace(".", ",").replace("-", "−")
