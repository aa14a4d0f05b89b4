"""Whom to visit: candidates in, an ordered list cut to capacity out. No database, no clock.

How a list is made, in this order:

1. set aside: those who object, are left in peace for now, are on another list of the period, were
   seen too recently, or have no score (an open signal since the last visit lifts the last two);
2. urgent signals, the most pressing then the oldest first, whatever the shares;
3. the random share, drawn among *all* others who are eligible, each with the same known
   probability: what is found there says what the ranking misses (PEERS.md J1);
4. the silent share, by length and weight of the silence, a voice lost since the last survey first;
5. the rest by score. Silent people are ranked among themselves only: what is unknown about them
   is not compared with what others told us. When one group runs short the other takes its places.

Someone whom an officer has skipped is not chosen again, but stays in the draw: a drawn person who
is not visited is a missing answer, and drawing another in her place would spoil the probabilities.

A home is visited once: whoever lives with a chosen person is proposed with her, beside the list.
Ties: the better known first, then the older, then the older record. The order of the rows given
never matters.

Shares are fair at any capacity: 10 % of 3 visits is 0.3 of a visit, hence one drawn visit on three
lists out of ten, by the seed. The expected number is exact, and so are the probabilities.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

# One row per senior housed in the territories. Unknown is NaN, NaT or "".
COLUMNS = (
    "senior_id",  # unique
    "dwelling_id",
    "residence_id",
    "building",
    "stair",
    "age",  # years
    "total",  # 0-100
    "known_share",  # 0-1
    "silence",  # rank among the silent; NaN for those we hear from
    "urgency",  # of the most pressing open signal: 2 at once, 1 this week
    "signal_on",
    "last_visit_on",
    "objects",  # bool
    "muted",  # bool: left in peace for now, or not to be tried again before the period ends
    "on_other_list",  # bool
    "skipped",  # bool: set aside by an officer on this very list
)
URGENT, SCORE, SILENT, RANDOM = "urgent", "score", "silent", "random"
NEIGHBOURS_PER_VISIT = 2
# Who replied to the survey of the year before and let the last one go by, among the silent: out of
# 100, a little more than half a year of silence. A judgement, as the weights of the grid are.
VOICE_LOST = 10.0
MOST_SEED = 2**31 - 1  # what a column of whole numbers holds on PostgreSQL


@dataclass(frozen=True)
class Recipe:
    """All that decides a list beside the candidates; kept with it so that it can be made again."""

    capacity: int
    seed: int
    starts_on: date
    random_share: float = 0.1
    silent_share: float = 0.2
    revisit_months: int = 12

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.capacity < 1 or self.revisit_months < 0 or not 0 <= self.seed <= MOST_SEED:
            raise ValueError("capacity starts at 1, revisit_months and seed at 0; seed to 2^31 - 1")
        if min(self.random_share, self.silent_share) < 0 or (
            self.random_share + self.silent_share > 1
        ):
            raise ValueError("shares are positive and together at most 1")


@dataclass(frozen=True)
class Selection:
    """A list, and what surrounds it.

    entries: senior_id, why, total, probability, stratum; in order of visit.
    neighbours: senior_id, near_id, closeness (0 same home, 1 same stair, 2 same residence).
    next_people: senior_id, total; those who would come next by score, at most `capacity`.
    left_out: people counted once each, by reason.
    """

    entries: pd.DataFrame
    neighbours: pd.DataFrame
    next_people: pd.DataFrame
    left_out: dict[str, int]


def select(candidates: pd.DataFrame, recipe: Recipe) -> Selection:
    """The list of `recipe` among `candidates` (COLUMNS). The same arguments give the same list."""
    people = candidates.sort_values("senior_id", ignore_index=True)
    people["skipped"] = people["skipped"].astype(bool)  # an empty frame has no type of its own
    people["urgent"] = is_urgent(people)
    people["stratum"] = strata(people)
    people["set_aside"] = set_aside(people, recipe)
    eligible = _ranked(people[people["set_aside"] == ""])
    entries = _choose(eligible, recipe)
    rest = eligible[~eligible["senior_id"].isin(entries["senior_id"]) & ~eligible["skipped"]]
    going = _to_visit(eligible, entries)
    at_home = rest["dwelling_id"].isin(going["dwelling_id"])
    heard = rest[~at_home & rest["silence"].isna()]
    return Selection(
        entries=entries,
        neighbours=_neighbours(eligible, going, rest),
        next_people=heard[["senior_id", "total"]].head(recipe.capacity).reset_index(drop=True),
        left_out=_count(people, rest, at_home, entries),
    )


def is_urgent(people: pd.DataFrame) -> pd.Series:
    """Whether an open signal was seen since the last visit."""
    return people["urgency"].notna() & ~(people["last_visit_on"] >= people["signal_on"])


def weigh_silence(silence: pd.Series, lost: np.ndarray) -> pd.Series:
    """The rank among the silent, higher for those whose voice was lost; NaN stays NaN."""
    return silence + VOICE_LOST * lost


def strata(people: pd.DataFrame) -> pd.Series:
    """Heard from or silent, by age band: what the draw is spread over."""
    band = pd.cut(people["age"], [-np.inf, 75, 85, np.inf], right=False).cat.codes
    bands = np.array(["moins de 75 ans", "75 à 84 ans", "85 ans et plus", "âge inconnu"])
    voice = np.where(people["silence"].isna(), "répond", "invisible")
    return pd.Series([f"{v}, {b}" for v, b in zip(voice, bands[band], strict=True)], people.index)


def set_aside(people: pd.DataFrame, recipe: Recipe) -> pd.Series:
    """Why each person cannot be on the list, "" for those who can; the first reason holds."""
    limit = pd.Timestamp(recipe.starts_on) - pd.DateOffset(months=recipe.revisit_months)
    urgent = people["urgent"]
    reasons = {
        "objection": people["objects"].astype(bool),
        "muted": people["muted"].astype(bool),
        "on_other_list": people["on_other_list"].astype(bool),
        "visited": (people["last_visit_on"] > limit) & ~urgent,
        "no_score": people["total"].isna() & ~urgent,
    }
    found = np.select(list(reasons.values()), list(reasons), default="")
    return pd.Series(found, people.index)


def draw(strata: np.ndarray, expected: float, start: float, order: np.ndarray) -> np.ndarray:
    """Mark who is drawn, `expected` of them on average, each with probability expected/len.

    Systematic sampling along the strata, shuffled inside each by `order`, from `start` in [0, 1):
    a stratum gets its proportional number, rounded up or down. At most everyone is drawn.
    """
    size = len(strata)
    expected = min(expected, size)
    along = np.lexsort((order, strata))
    steps = np.floor(np.arange(size + 1) * expected / max(size, 1) + start)
    drawn = np.zeros(size, bool)
    drawn[along] = np.diff(steps) > 0
    return drawn


def _ranked(people: pd.DataFrame) -> pd.DataFrame:
    """By score, ties broken by what is known, then age, then record."""
    return people.sort_values(
        ["total", "known_share", "age", "senior_id"],
        ascending=[False, False, False, True],
        na_position="last",
    )


def _choose(eligible: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """The entries, in order of visit."""
    dice = np.random.default_rng(recipe.seed)
    random_start, silent_start = dice.random(2)
    urgent = eligible[eligible["urgent"] & ~eligible["skipped"]].sort_values(
        ["urgency", "signal_on"], ascending=[False, True], kind="stable"
    )[: recipe.capacity]
    free = recipe.capacity - len(urgent)

    pool = eligible[~eligible["urgent"]].sort_values("senior_id")
    expected = min(recipe.capacity * recipe.random_share, free, len(pool))
    order = dice.permutation(len(pool))
    lots = pool[draw(pool["stratum"].to_numpy(), expected, random_start, order)].copy()
    lots["probability"] = expected / max(len(pool), 1)
    free -= int((~lots["skipped"]).sum())

    homes = [*urgent["dwelling_id"], *lots.loc[~lots["skipped"], "dwelling_id"]]
    others = eligible[
        ~eligible["urgent"] & ~eligible["skipped"] & ~eligible["dwelling_id"].isin(homes)
    ]
    silent, heard = _by_share(
        others, free, int(np.floor(recipe.capacity * recipe.silent_share + silent_start))
    )
    groups = {SCORE: heard, SILENT: silent, RANDOM: lots}
    rest = _spread({why: group.assign(why=why) for why, group in groups.items()})
    entries = pd.concat([urgent.assign(why=URGENT), rest], ignore_index=True)
    columns = ["senior_id", "why", "total", "probability", "stratum"]
    return entries.reindex(columns=columns)


def _by_share(
    others: pd.DataFrame, free: int, silent_places: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Silent people and people heard from, one per home, filling `free` places together."""
    by_silence = others[others["silence"].notna()].sort_values(
        ["silence", "age", "senior_id"], ascending=[False, False, True]
    )
    by_silence = by_silence.drop_duplicates("dwelling_id")
    by_score = others[others["silence"].isna()].drop_duplicates("dwelling_id")
    silent = by_silence[: min(silent_places, free)]
    heard = by_score[~by_score["dwelling_id"].isin(silent["dwelling_id"])][: free - len(silent)]
    if len(silent) + len(heard) < free:
        open_homes = by_silence[~by_silence["dwelling_id"].isin(heard["dwelling_id"])]
        silent = open_homes[: free - len(heard)]
    return silent, heard


def _spread(groups: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One order where each group keeps its own, and the first visits hold every share."""
    places = [(np.arange(len(group)) + 0.5) / max(len(group), 1) for group in groups.values()]
    merged = pd.concat(groups.values())
    return merged.iloc[np.argsort(np.concatenate(places), kind="stable")]


def _to_visit(eligible: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """The people of the entries in order, those skipped left out."""
    chosen = eligible.set_index("senior_id").loc[entries["senior_id"]].reset_index()
    return chosen[~chosen["skipped"]]


def _neighbours(eligible: pd.DataFrame, going: pd.DataFrame, rest: pd.DataFrame) -> pd.DataFrame:
    """People worth a call on the same trip, each beside the nearest chosen person.

    Worth a call: who lives with her; else the silent and the upper half by score, a few per visit.
    """
    place = ["senior_id", "residence_id", "dwelling_id", "building", "stair"]
    chosen = going[place].assign(place=np.arange(len(going)))
    rest = rest.assign(rank=np.arange(len(rest)))
    pairs = chosen.merge(rest, on="residence_id", suffixes=("_near", ""))
    same_home = pairs["dwelling_id"] == pairs["dwelling_id_near"]
    same_stair = (pairs["building"] == pairs["building_near"]) & (
        pairs["stair"] == pairs["stair_near"]
    )
    pairs["closeness"] = np.select([same_home, same_stair], [0, 1], default=2)
    worth = pairs["silence"].notna() | (pairs["total"] >= eligible["total"].median())
    pairs = pairs[same_home | worth].sort_values(["closeness", "rank", "place"])
    pairs = pairs.drop_duplicates("senior_id")
    order = pairs.groupby("place").cumcount()
    pairs = pairs[(order < NEIGHBOURS_PER_VISIT) | (pairs["closeness"] == 0)]
    pairs = pairs.sort_values(["place", "closeness", "rank"])
    columns = {"senior_id": "senior_id", "senior_id_near": "near_id", "closeness": "closeness"}
    return pairs[list(columns)].rename(columns=columns).reset_index(drop=True)


def _count(
    people: pd.DataFrame, rest: pd.DataFrame, at_home: pd.Series, entries: pd.DataFrame
) -> dict[str, int]:
    """Everyone counted once: on the list, or left out by reason; then what must not be missed."""
    aside = people["set_aside"]
    kept = people["senior_id"].isin(entries["senior_id"])
    return {
        "candidates": len(people),
        "chosen": len(entries),
        **{
            reason: int((aside == reason).sum())
            for reason in ("objection", "muted", "on_other_list", "visited", "no_score")
        },
        "skipped": int((people["skipped"] & (aside == "") & ~kept).sum()),
        "same_home": int(at_home.sum()),
        "beyond_capacity": int((~at_home).sum()),
        # Also counted above: signals that this list does not answer.
        "urgent_objection": int((people["urgent"] & (aside == "objection")).sum()),
        "urgent_muted": int((people["urgent"] & (aside == "muted")).sum()),
        "urgent_beyond_capacity": int(rest["urgent"].sum()),
    }
