"""Who else must be left out of a file with a row a person, so that a count of the tables less that
of its rows tells of nobody, or of `k` people at least. Pure: frames in, decisions out.

Who is not in the file said no to the evaluation, or objects. The tables count them: twelve visits
of an age band, eleven rows visited, and one person who said no is known to have been visited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visits.releasing.rows import HIDDEN, numbered


@dataclass(frozen=True)
class Counted:
    """What the tables count: `people` (the columns that they are crossed by, as coarse as in the
    file), one column of booleans in `flags` a measure, and the sets of columns of each measure."""

    people: pd.DataFrame
    flags: pd.DataFrame
    crossed: Mapping[str, Sequence[tuple[str, ...]]]


def keep(columns: pd.DataFrame, flags: pd.DataFrame, counted: Counted, *, k: int) -> np.ndarray:
    """Which rows stay, as booleans. `columns` and `flags` are theirs as the file shows them; of
    those that must go, the first do."""
    kept = np.ones(len(columns), dtype=bool)
    _leave_out(kept, _cells(columns, flags, counted), k)
    return kept


def keep_again(
    columns: pd.DataFrame,
    flags: pd.DataFrame,
    counted: Counted,
    *,
    k: int,
    groups: pd.Series,
    gone: np.ndarray,
) -> np.ndarray:
    """The same for a file that an earlier one settled, whose rows `gone` cannot stay: besides, of
    each of `groups` nobody is missing or `k` people are, and `k` people stay or nobody."""
    kept = ~gone
    places, _ = pd.factorize(groups)
    whole = np.bincount(places)
    cells = _cells(columns, flags, counted)
    while True:
        before = kept.sum()
        _leave_out(kept, cells, k)
        missing = whole - np.bincount(places[kept], minlength=len(whole))
        need = np.where((missing > 0) & (missing < k), k - missing, 0)
        kept &= ~_first_of(places, kept, need)
        stay = np.bincount(places[kept], minlength=len(whole))
        kept &= stay[places] >= k
        if kept.sum() == before:
            return kept


def _leave_out(kept: np.ndarray, cells: Sequence["_Cells"], k: int) -> None:
    """Take rows out of `kept` until no difference tells of a few."""
    before = -1
    while kept.sum() != before:
        before = kept.sum()
        for cell in cells:
            cell.leave_out(kept, k)


@dataclass
class _Cells:
    """The cells of one measure, crossed by some columns: how many people the tables count in each,
    in which of them each row stands, and whether it counts."""

    told: np.ndarray
    places: np.ndarray
    counts: np.ndarray

    def leave_out(self, kept: np.ndarray, k: int) -> None:
        """Take out of `kept` what makes each difference nobody, or `k` people. A count under `k`
        leaves no table: nothing is subtracted from it."""
        here = kept & self.counts
        shown = np.bincount(self.places[here], minlength=len(self.told))
        left = self.told - shown
        need = np.where((self.told >= k) & (left > 0) & (left < k), k - left, 0)
        kept &= ~_first_of(self.places, here, need)


def _cells(columns: pd.DataFrame, flags: pd.DataFrame, counted: Counted) -> list[_Cells]:
    coarse = {name for name in counted.people if (counted.people[name] == HIDDEN).all()}
    places: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
    found = []
    for measure, crossed in counted.crossed.items():
        for dims in crossed:
            if coarse & set(dims):
                continue  # the file does not tell it: so coarse, it is told by the other sets
            if dims not in places:
                places[dims] = _places(columns, counted.people, dims)
            here, there = places[dims]
            size = int(max(here.max(initial=-1), there.max(initial=-1))) + 1
            told = np.bincount(there[counted.flags[measure].to_numpy()], minlength=size)
            found.append(_Cells(told, here, flags[measure].to_numpy()))
    return found


def _places(
    columns: pd.DataFrame, people: pd.DataFrame, dims: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """(The cell of each row, that of each person)."""
    if not dims:
        return np.zeros(len(columns), dtype=int), np.zeros(len(people), dtype=int)
    codes = np.zeros(len(columns) + len(people), dtype=np.int32)
    for name in dims:
        both = [one[name].to_numpy(dtype=object) for one in (columns, people)]
        values, different = numbered(np.concatenate(both))
        codes = codes * len(different) + values.astype(np.int32)
    return codes[: len(columns)], codes[len(columns) :]


def _first_of(places: np.ndarray, may: np.ndarray, need: np.ndarray) -> np.ndarray:
    """The first `need` rows of each place among those that `may`."""
    chosen = np.zeros(len(places), dtype=bool)
    at = np.flatnonzero(may & (need[places] > 0)) if len(places) else np.array([], dtype=int)
    at = at[np.argsort(places[at], kind="stable")]
    rank = pd.Series(places[at]).groupby(places[at]).cumcount().to_numpy()
    chosen[at[rank < need[places[at]]]] = True
    return chosen
