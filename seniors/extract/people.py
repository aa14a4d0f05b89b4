"""The people already known: found by their number, else by lease, name and birth."""

from collections import Counter
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from seniors import tombstones
from seniors.extract.occupant_cells import Presence
from seniors.models import Senior

_MOST_IN_A_LEASE = 9
_ROWS_AT_ONCE = 20_000


class People:
    """Every record, small: who has which number, who was absorbed by whom."""

    def __init__(self) -> None:
        rows = Senior.objects.values_list("id", "reference", "merged_into").iterator(_ROWS_AT_ONCE)
        hashes, ids = [np.empty(0, dtype=np.uint64)], [np.empty(0, dtype=np.int64)]
        self._kept: dict[int, int] = {}
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            hashes.append(_hashed(np.array([reference for _, reference, _ in some], dtype=object)))
            ids.append(np.array([pk for pk, _, _ in some], dtype=np.int64))
            self._kept.update((pk, kept) for pk, _, kept in some if kept)
        every = np.concatenate(hashes)
        order = np.argsort(every)
        self._hashes, self._ids = every[order], np.concatenate(ids)[order]
        gone = Senior.objects.filter(erased_on__isnull=False)
        self._erased = dict(gone.values_list("erased_key", "id"))
        # For files without a number of their own: filled when the first such row is met.
        self._of_number: dict[str, int] = {}
        self._by_name: dict[tuple, int] | None = None
        self._told: dict[int, tuple[str, Any]] = {}
        self._ranks: Counter[str] = Counter()
        self._given: set[str] = set()

    def absorbed(self, ids: np.ndarray) -> np.ndarray:
        """Mask of the records merged into another."""
        if not self._kept:
            return np.zeros(len(ids), dtype=bool)
        return np.isin(ids, list(self._kept))

    def kept_for(self, ids: np.ndarray) -> np.ndarray:
        """The records that absorbed those of `ids`, for those that were absorbed."""
        if not self._kept:
            return ids
        found = []
        for pk in ids.tolist():
            while pk in self._kept:
                pk = self._kept[pk]
            found.append(pk)
        return np.array(found, dtype=np.int64)

    def erased(self, ids: np.ndarray) -> np.ndarray:
        """Mask of the records erased at the person's request: no file writes them again."""
        if not self._erased:
            return np.zeros(len(ids), dtype=bool)
        return np.isin(ids, list(self._erased.values()))

    def having_absorbed(self, ids: np.ndarray) -> set[int]:
        """Those of `ids` that others were merged into."""
        return set(self._kept.values()).intersection(ids.tolist())

    def find(self, references: np.ndarray) -> np.ndarray:
        """Id of each number, -1 when it is new or empty."""
        if not len(self._ids):
            return np.full(len(references), -1, dtype=np.int64)
        hashes = _hashed(references)
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._ids) - 1)
        found = (self._hashes[places] == hashes) & (references != "")
        return np.where(found, self._ids[places], -1)

    def find_by_name(
        self, leases: np.ndarray, names: np.ndarray, here: Presence
    ) -> tuple[np.ndarray, list[str]]:
        """(ids, numbers) of people without a number of their own: same name and birth in the
        lease, else the only ones of that name and birth, else the same rank in the lease with
        the same birth or name. A new person's number is her lease and her rank."""
        index = self._name_index()
        ids, numbers = [], []
        for lease, name, born, year in zip(
            leases, names, here.born_on, here.birth_year, strict=True
        ):
            birth = born or year
            self._ranks[lease] += 1
            number = f"{lease[:70]}/{self._ranks[lease]}"
            pk = index.get((lease, name, birth), index.get((name, birth), -1))
            if pk < 0:
                pk = self._same_rank(number, name, birth)
            if pk < 0 and self._erased:
                pk = self._erased.get(tombstones.key_of(name, birth), -1)
            ids.append(pk)
            numbers.append(number if pk >= 0 else self._free(number))
        return np.array(ids, dtype=np.int64), numbers

    def find_without_birth(self, leases: np.ndarray, names: np.ndarray) -> np.ndarray:
        """Ids of people whose birth the file no longer tells: the only known one of that name
        among those first met in that lease, else -1."""
        self._name_index()
        found = np.full(len(leases), -1, dtype=np.int64)
        for place, (lease, name) in enumerate(zip(leases, names, strict=True)):
            numbers = (f"{lease[:70]}/{rank}" for rank in range(1, _MOST_IN_A_LEASE + 1))
            same = {self._same_rank(number, name, None) for number in numbers} - {-1}
            if name and len(same) == 1:
                found[place] = same.pop()
        return found

    def _same_rank(self, number: str, name: str, birth: date | int | None) -> int:
        pk = self._of_number.get(number, -1)
        stored_name, stored_birth = self._told.get(pk, ("", None))
        same = pk >= 0 and (name == stored_name or (birth and birth == stored_birth))
        return pk if same else -1

    def _free(self, number: str) -> str:
        while number in self._of_number or number in self._given:
            head, _, rank = number.rpartition("/")
            number = f"{head}/{int(rank) + 1}"
        self._given.add(number)
        return number

    def _name_index(self) -> dict[tuple, int]:
        if self._by_name is None:
            self._by_name = {}
            rows = Senior.objects.values_list(
                "id", "reference", "search_name", "born_on", "birth_year", "lease_reference"
            )
            for pk, number, name, born, year, lease in rows.iterator(_ROWS_AT_ONCE):
                birth = born or year
                self._of_number[number] = pk
                if pk in self._kept:  # known by her other lease only
                    self._by_name.setdefault((lease, name, birth), pk)
                    continue
                self._told[pk] = (name, birth)
                self._by_name[(lease, name, birth)] = pk
                # Two people of one name and birth: the lease alone tells them apart.
                self._by_name[(name, birth)] = -1 if (name, birth) in self._by_name else pk
        return self._by_name


def _hashed(references: np.ndarray) -> np.ndarray:
    return pd.util.hash_array(references, categorize=False)
