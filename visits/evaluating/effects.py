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
from seniors.readings import moved_by_few
from seniors.refusal import Refusal
from visits.evaluating.sides import (
    CONFIDENCE,
    Side,
    points_words,
    side_shown,
    sides_of,
)

LEAST_PEOPLE = 30
LEAST_PLACES = 10


class NoEffect(Refusal):
    """The data cannot carry an estimate; the text says why and what would. `sides`: who was
    measured all the same, reached then others."""

    def __init__(self, code: str, sentence: str, sides: tuple[Side, ...] = ()) -> None:
        super().__init__(code, sentence)
        self.sides = sides


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
    # Why there is none: a key of `UNCHECKED`.
    unchecked: str = "one_survey"

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def was_parallel(self) -> bool | None:
        """Whether both sides moved alike before; None when nobody can tell."""
        return None if self.before is None else not self.before.is_clear

    @property
    def pre_trend(self) -> str:
        """Whether both sides already differed before the start, or why nobody can tell."""
        if self.before is None:
            return UNCHECKED[self.unchecked]
        return (DRAWN_BEFORE if self.method == "drawn" else TREND)[self.was_parallel]

    @property
    def said(self) -> tuple[str, str, str]:
        """The effect and the ends of its interval, in figures: « −6,0 »."""
        return points_words(self.points), points_words(self.low), points_words(self.high)

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
        limits = [self.pre_trend]
        if self.method == "alike":
            limits.append(
                "Les personnes touchées ont été comparées à d’autres qui leur ressemblent sur le "
                "dossier ; ce qui les distingue sans y être écrit peut expliquer une part de "
                "l’écart."
            )
        limits += self._late()
        drawn = self.method == "drawn"
        if self.reached.lost is None or self.others.lost is None:
            limits.append(SOME_LOST[drawn])
            return limits
        lost = self.reached.lost + self.others.lost
        if lost:
            total = lost + self.reached.people + self.others.people
            one, many, missing = LOST[drawn]
            limits.append(
                f"{lost} {plural(lost, one, many)} sur {total} {plural(lost, 'n’a', 'n’ont')} pas "
                f"{missing} et {plural(lost, 'n’est', 'ne sont')} pas "
                f"{plural(lost, 'comptée', 'comptées')}."
            )
        return limits

    def _late(self) -> list[str]:
        """Who told what was to be « before » once it had begun."""
        if self.reached.left_out is None or self.others.left_out is None:
            return [f"Quelques personnes ont répondu {TOO_LATE}\u00a0: elles ne sont pas comptées."]
        late = self.reached.left_out + self.others.left_out
        if not late:
            return []
        return [
            f"{late} {plural(late, 'personne a', 'personnes ont')} répondu {TOO_LATE}\u00a0: "
            f"{plural(late, 'elle n’est pas comptée', 'elles ne sont pas comptées')}."
        ]


LOST = {
    True: ("visite tirée au sort", "visites tirées au sort", "eu lieu"),
    False: ("personne", "personnes", "de seconde réponse"),
}
SOME_LOST = {
    True: "Quelques visites tirées au sort n’ont pas eu lieu : elles manquent ici.",
    False: "Quelques personnes n’ont pas de seconde réponse : elles manquent ici.",
}
TOO_LATE = "à l’enquête d’avant après le début du dispositif"
TREND = {
    True: "Avant le début, les deux groupes évoluaient de la même façon.",
    False: "Attention : les deux groupes évoluaient déjà différemment avant le début ; "
    "cet écart n’est pas à attribuer au dispositif.",
}
DRAWN_BEFORE = {
    True: "Avant le début, ces besoins étaient repérés aussi souvent dans les deux groupes.",
    False: "Attention : avant le début, ces besoins n’étaient déjà pas repérés aussi souvent "
    "dans les deux groupes ; cet écart n’est pas à attribuer au dispositif.",
}
UNCHECKED = {
    "one_survey": "Une seule enquête précède le début : on ne peut pas vérifier que les deux "
    "groupes évoluaient déjà de la même façon.",
    "few_before": "Trop peu de personnes ont répondu aux deux enquêtes d’avant le début : on "
    "ne peut pas vérifier que les deux groupes évoluaient déjà de la même façon.",
    "few_drawn": "Trop peu de visites ont été tirées au sort avant le début : on ne peut pas "
    "vérifier que ces besoins étaient aussi fréquents dans les deux groupes.",
}


def shown_to_evaluator(effect: Effect, least: int) -> Effect:
    """The same, without the count of a few people lost."""
    sides = {name: side_shown(getattr(effect, name), least) for name in ("reached", "others")}
    return replace(effect, **sides)


def may_follow(before: Effect, after: Effect | str, least: int) -> bool:
    """Whether who read the first may read the second: as many people as a group must have came in
    or went, and nowhere fewer. Otherwise their difference tells of a few answers."""
    if isinstance(after, str):
        return False
    sides = ((before.reached, after.reached), (before.others, after.others))
    pairs = [(old.people, new.people) for old, new in sides]
    pairs += [(old.lost, new.lost) for old, new in sides]
    pairs += [(old.left_out, new.left_out) for old, new in sides]
    moved = any(old != new for old, new in pairs)
    return moved and not any(moved_by_few(old, new, least) for old, new in pairs)


def compare_places(panel: pd.DataFrame) -> Effect:
    """Difference in differences between residences that had begun and those that had not yet.

    `panel`: one row a person and campaign that asked her place: `person`, `place` (residence),
    `period` (rank of the campaign, from 0), `value` (0-100, NaN when not told), `start` (rank of
    the first campaign after the residence joined, NaN if it has not), `late` (told once it had
    begun there, to a campaign opened before: neither before nor after, `value` is then NaN). Each
    wave of residences that joins is compared, from the campaign before to the campaign after that
    asked it, with those asked by both which have not joined by then; waves are stacked (Callaway
    and Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001, on first differences). Raises NoEffect.
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
            sides_of(changes),
        )
    effect = _estimate("stepped", changes)
    earlier = _changes(panel, lag=1)
    if earlier.empty:
        return effect
    try:
        before = _estimate("stepped", earlier)
    except NoEffect:
        return replace(effect, unchecked="few_before")
    return replace(effect, before=before)


def compare_alike(people: pd.DataFrame, records: Sequence[str]) -> Effect:
    """People reached against others with the same record, when there is no other comparison.

    `people`: one row a person: `place`, `exposed`, `before`, `value` (after; NaN when lost), `late`
    (as above) and the columns `records` (age band, alone, floor…). Everyone is put with those of
    the same records and the same quarter of `before` (coarsened exact matching: Iacus, King, Porro
    2012, doi:10.1093/pan/mpr013); who has nobody alike is left out. With a column `earlier` (the
    survey before `before`), the same people are compared one campaign earlier too. Raises NoEffect.
    """
    effect = _alike(people, records)
    if "earlier" not in people:
        return effect
    try:
        before = _alike(people.assign(before=people["earlier"], value=people["before"]), records)
    except NoEffect:
        return replace(effect, unchecked="few_before")
    return replace(effect, before=before)


def _alike(people: pd.DataFrame, records: Sequence[str]) -> Effect:
    """The comparison from `before` to `value`."""
    late = people["late"]
    known = people[people["before"].notna() & ~late].assign(
        quarter=lambda rows: np.clip(rows["before"] // 25, 0, 3),
        change=lambda rows: rows["value"] - rows["before"],
    )
    alike = [*records, "quarter"]
    told = known[known["change"].notna()]
    counts = told.groupby([*alike, "exposed"], dropna=False, observed=True).size()
    counts = counts.unstack("exposed").reindex(columns=[True, False]).dropna()
    ratio = (counts[True] / counts[False]).rename("weight")
    index = known.index.name or "index"
    matched = known.reset_index().merge(ratio.reset_index(), on=alike).set_index(index)
    if matched.empty:
        raise NoEffect(
            "nobody_alike",
            "Personne, parmi ceux que le dispositif n’a pas touchés, ne ressemble à ceux qu’il a "
            "touchés\u00a0: aucun effet ne peut être mesuré.",
            sides_of(known),
        )
    matched["weight"] = matched["weight"].mask(matched["exposed"], 1.0)
    return _estimate("alike", pd.concat([matched, people[late].assign(change=np.nan)]))


def compare_drawn(visits: pd.DataFrame, earlier: pd.DataFrame | None = None) -> Effect:
    """Needs found in visits drawn at random, between people reached and others.

    `visits`: one row a drawn visit: `place`, `exposed`, `found` (NaN of one that was not made), and
    the `probability` with which she was drawn (kept with the list). Weighted by its inverse, the
    drawn stand for everyone, whatever the order of visits was. Points are shares of people in a
    hundred. `earlier`: visits drawn before it began anywhere, `exposed` where it would begin.
    Raises NoEffect.
    """
    effect = replace(_drawn(visits), unchecked="few_drawn")
    if earlier is None or earlier.empty:
        return effect
    try:
        return replace(effect, before=_drawn(earlier))
    except NoEffect:
        return effect


def _drawn(visits: pd.DataFrame) -> Effect:
    points = visits["found"].astype(float) * 100
    seen = visits.assign(change=points, weight=1 / visits["probability"], late=False)
    return _estimate("drawn", seen)


def told_of(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `value` and `late` of a panel, each with a row a person and a column a period."""
    cells = panel.set_index(["person", "period"])
    return cells["value"].unstack(), cells["late"].unstack(fill_value=False)


def surveys_around(panel: pd.DataFrame) -> pd.DataFrame:
    """Of each place of a panel, the ranks of the last two campaigns that asked it before its
    `start`, `earlier` and `before`, and of the first one after, `after`; NaN where there is none.
    One that asked other places only hides none of them."""
    asked = panel[["place", "period", "start"]].drop_duplicates().sort_values("period")
    prior = asked[asked["period"] < asked["start"]].groupby("place")["period"]
    since = asked[asked["period"] >= asked["start"]].groupby("place")["period"]
    earlier = prior.agg(lambda ranks: ranks.iloc[-2] if len(ranks) > 1 else np.nan)
    ranks = {"earlier": earlier, "before": prior.max(), "after": since.min()}
    return pd.DataFrame(ranks).astype(float)


def _changes(panel: pd.DataFrame, *, lag: int) -> pd.DataFrame:
    """A row a person, who names it, and wave: `place`, `exposed`, `wave`, `before`, `change` (NaN
    when lost or late), `late`.

    With `lag` 1, the same people one campaign earlier.
    """
    told, late = told_of(panel)
    people = panel.groupby("person")[["place", "start"]].first().reindex(told.index)
    asked = panel.groupby(["place", "period"]).size().unstack(fill_value=0) > 0
    asked = asked.reindex(people["place"]).set_axis(people.index)
    around = surveys_around(panel).dropna(subset=["before", "after"])
    ends = ["earlier", "before", "after"] if lag else ["before", "after"]
    waves = []
    for wave, (ranks, places) in enumerate(around.dropna(subset=ends).groupby(ends)):
        first, last, after = (*ranks, ranks[-1])[:3]
        exposed = people["place"].isin(places.index)
        waiting = people["start"].isna() | (people["start"] > after)
        waiting &= asked[[first, last, after]].all(axis=1)
        rows = people.assign(
            exposed=exposed,
            wave=wave,
            before=told[first],
            change=told[last] - told[first],
            late=late[first] | late[last],
        )
        waves.append(rows[(exposed | waiting) & (rows["before"].notna() | rows["late"])])
    # One of which nobody answered says nothing; nor does one without others to compare with, unless
    # there is no other wave.
    waves = [rows for rows in waves if rows["exposed"].any()]
    waves = [rows for rows in waves if not rows["exposed"].all()] or waves
    columns = ["place", "exposed", "wave", "before", "change", "late"]
    return pd.concat(waves)[columns] if waves else pd.DataFrame(columns=columns)


def _estimate(method: str, rows: pd.DataFrame) -> Effect:
    """The coefficient of `exposed` on `change`, clustered by `place`, with the columns `wave` and
    `weight` where there are some. Raises NoEffect."""
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415

    reached, others = sides = sides_of(rows)
    heard = "ont eu une visite tirée au sort" if method == "drawn" else "ont répondu deux fois"
    for side, words in zip(sides, ("touchées par le dispositif", "à qui comparer"), strict=True):
        _refuse_few(side, words, heard, sides)
    told = rows[rows["change"].notna()].reset_index()
    if told["change"].nunique() == 1:
        raise NoEffect(
            "flat",
            "Toutes les réponses comptées ont changé de la même façon, ou n’ont pas changé\u00a0: "
            "aucun intervalle ne peut être calculé.",
            sides,
        )
    design = pd.DataFrame({"exposed": told["exposed"].astype(float), "constant": 1.0})
    if "wave" in told:
        levels = pd.get_dummies(told["wave"], prefix="wave", drop_first=True, dtype=float)
        design = design.join(levels)
    fitted = WLS(
        told["change"].to_numpy(float),
        design.to_numpy(float),
        weights=told["weight"].to_numpy(float) if "weight" in told else 1.0,
    ).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(told["place"])[0]},
        use_t=True,
    )
    low, high = fitted.conf_int(alpha=1 - CONFIDENCE)[0]
    return Effect(method, float(fitted.params[0]), float(low), float(high), reached, others)


def _refuse_few(side: Side, words: str, told: str, sides: tuple[Side, Side]) -> None:
    if side.people < LEAST_PEOPLE:
        raise NoEffect(
            "few_people",
            f"Moins de {LEAST_PEOPLE} personnes {words} {told} : il en faut au moins "
            f"{LEAST_PEOPLE} de chaque côté. Aucun effet n’est calculé.",
            sides,
        )
    if side.places < LEAST_PLACES:
        raise NoEffect(
            "few_places",
            f"Les personnes {words} habitent moins de {LEAST_PLACES} résidences : il en faut au "
            f"moins {LEAST_PLACES} de chaque côté pour un intervalle honnête. Aucun effet n’est "
            "calculé.",
            sides,
        )
