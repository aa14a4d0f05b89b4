"""Dwellings as a file of occupants sees them: which exist, how many people live in each."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from django.db import connection

from seniors import bulk
from seniors.extract import corrected
from seniors.extract.corrected import Corrected
from seniors.extract.kept import Aside
from seniors.extract.occupant_cells import Presence
from seniors.models import Dwelling, ImportRun

_UNKNOWN = -1
_ROWS_AT_ONCE = 20_000
_SIZE_BITS = 20


class Homes:
    """Finds dwellings by reference, and counts their occupants over the whole file."""

    def __init__(self, *, one_row_per_lease: bool) -> None:
        self._per_lease = one_row_per_lease
        # Of each row at home, by piece: line, hash of the dwelling, kept or not, size told or 0.
        self._rows, self._has_rows = Aside(), False
        self._twins: list[int] = []
        self._repeats: list[int] = []
        self._is_said = self._shows_younger = False
        self._hashes, self._ids, self._sizes_before = _known()

    def ids_of(self, references: np.ndarray) -> list[int | None]:
        """Id of each dwelling, None when it is unknown."""
        places, found = self._find(_hashed(references))
        found &= references != ""
        return np.where(found, self._ids[places].astype(object), None).tolist()

    def _find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(place, whether it is there) of these dwellings among those known."""
        places = np.searchsorted(self._hashes[:-1], hashes)
        return places, self._hashes[places] == hashes

    def count(self, here: Presence, kept: np.ndarray, lines: np.ndarray) -> None:
        """Note who lives where, and the size of the household that the file states. A row that
        is not `kept` is someone too, but who: nothing is known of that household."""
        rows = np.flatnonzero(here.is_home & (here.dwellings != ""))
        sizes = np.zeros(len(rows), dtype=np.int16)
        if here.household is not None:
            self._is_said = True
            sizes[:] = [size or 0 for size in here.household[rows]]
        self._rows.add(lines[rows], _hashed(here.dwellings[rows]), kept[rows], sizes)
        self._has_rows = True
        younger = kept & here.is_home & ~here.is_senior & ~here.is_ageless
        self._shows_younger |= bool((younger & (here.dwellings != "")).any())

    def leave_out(self, twins: list[int], repeats: list[int]) -> None:
        """Lines of one identifier: of `twins`, who lives there is not sure; `repeats` are said
        once already."""
        self._twins, self._repeats = twins, repeats

    def finish(self, run: ImportRun, *, partial: bool, write: bool) -> dict[str, int]:
        """Dwellings whose number of occupants changes; a `partial` file shows some of the
        occupants of a dwelling, so its rows are not counted."""
        if not self._has_rows or (partial and not self._is_said):
            return {}
        sizes = self._sizes_said() if self._is_said else self._sizes_counted()
        kept, over = Corrected().keep_households(self._ids, sizes, self._sizes_before)
        differs = (sizes != 0) & (sizes != self._sizes_before)
        if write:
            bulk.update(Dwelling, ["household_size"], self._by_id(sizes, differs))
            corrected.close(over, run)
        count = int(differs.sum())
        return {"households": count, "silent": count, "found_kept": kept}

    def _by_id(self, sizes: np.ndarray, wanted: np.ndarray) -> Iterator[tuple[int | None, int]]:
        """(size or None, id) of these dwellings in the order of their ids, as plain values of some
        at a time: both in one number until then."""
        both = self._ids[wanted]
        both <<= _SIZE_BITS
        both |= sizes[wanted] - _UNKNOWN
        both.sort()
        for start in range(0, len(both), _ROWS_AT_ONCE):
            some = both[start : start + _ROWS_AT_ONCE]
            told = (some & ((1 << _SIZE_BITS) - 1)) + _UNKNOWN
            for size, pk in zip(told.tolist(), (some >> _SIZE_BITS).tolist(), strict=True):
                yield None if size == _UNKNOWN else size, pk

    def _rows_once(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """(hash of the dwelling, kept or not, size told or 0) of the rows of each piece."""
        for lines, hashes, kept, told in self._rows:
            once = ~np.isin(lines, self._repeats)
            kept &= ~np.isin(lines, self._twins)
            yield hashes[once], kept[once], told[once]

    def _sizes_said(self) -> np.ndarray:
        """The largest size stated of each dwelling known, 0 for none."""
        most = np.zeros(len(self._hashes), dtype=np.int16)
        for hashes, kept, told in self._rows_once():
            places, found = self._find(hashes)
            sure = kept & found
            np.maximum.at(most, places[sure], told[sure])
        return most

    def _sizes_counted(self) -> np.ndarray:
        """The occupants of each dwelling known, 0 when the file does not say. A file that never
        shows two occupants in one dwelling shows leases, not people: then nothing is known. Who
        is the only one in a file of leases or of seniors may well live with someone else."""
        counts = np.zeros(len(self._hashes), dtype=np.int32)
        unsure = np.zeros(len(self._hashes), dtype=bool)
        elsewhere = [np.empty(0, dtype=np.uint64)]  # of dwellings that are not known
        for hashes, kept, _ in self._rows_once():
            places, found = self._find(hashes)
            np.add.at(counts, places[kept & found], 1)
            unsure[places[~kept & found]] = True
            elsewhere.append(hashes[kept & ~found])
        others = np.concatenate(elsewhere)
        if counts.max() < 2 and len(np.unique(others)) == len(others):
            counts[:] = 0
        counts[unsure & (counts > 0)] = _UNKNOWN
        if self._per_lease or not self._shows_younger:
            counts[counts == 1] = 0
        return counts


def _hashed(references: np.ndarray) -> np.ndarray:
    return pd.util.hash_array(references, categorize=False)


def _known() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(hash of the reference, id, size) of every dwelling, by hash; then one that is none."""
    hashes, numbers = [], []
    with connection.cursor() as cursor:
        table = Dwelling._meta.db_table
        cursor.execute(f'SELECT reference, id, COALESCE(household_size, -1) FROM "{table}"')  # noqa: S608 - name of our model
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            references, *both = zip(*rows, strict=True)
            hashes.append(_hashed(np.array(references, dtype=object)))
            numbers.append(np.array(both, dtype=np.int64))
    every = np.concatenate([*hashes, np.zeros(1, dtype=np.uint64)])
    ids, sizes = np.concatenate([*numbers, np.full((2, 1), _UNKNOWN)], axis=1)
    order = np.r_[np.argsort(every[:-1], kind="stable"), len(every) - 1]
    return every[order], ids[order], sizes[order].astype(np.int16)
