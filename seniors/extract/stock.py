"""What the database holds of the stock, as far as an import needs it: small and in bulk."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection, models

from seniors import bulk
from seniors.extract.kept import Aside
from seniors.extract.text import plain
from seniors.models import Dwelling, Residence, Territory

# Changed with the readers: rows digested under older rules are read again.
RULES_VERSION = 1
_KEYS_AT_ONCE = 5_000
_ROWS_AT_ONCE = 20_000
# Beyond this share of a territory, absent rows wait for a confirmation.
MOST_GONE = 0.2
FEW_GONE = 10


def salt_of(choices: dict[str, Any], columns: dict[str, str], *more: Any) -> np.int64:
    """A number for how rows are read: another mapping makes other digests."""
    said = [
        RULES_VERSION,
        columns,
        choices.get("values"),
        choices.get("options", {}).get("territory"),
    ]
    text = json.dumps([*said, *more], sort_keys=True, default=str)
    return np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], dtype=np.int64)[0]


def live_digests(model: type[models.Model], *fields: str, where: str) -> list[np.ndarray]:
    """Columns of the rows that `where` keeps, by id, as arrays of 64-bit integers, -1 for null."""
    columns = [model._meta.get_field(field).column for field in fields]
    names = ", ".join(f'COALESCE("{column}", -1)' for column in columns)
    parts: list[np.ndarray] = []
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {names} FROM "{model._meta.db_table}" WHERE {where} ORDER BY id'  # noqa: S608 - names of our models
        )
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            parts.append(np.array(rows, dtype=np.int64))
    table = np.concatenate(parts) if parts else np.empty((0, len(fields)), dtype=np.int64)
    del parts
    return [column.copy() for column in table.T]


def by_reference(queryset: models.QuerySet, keys: Sequence[str], fields: Sequence[str],
                 key: str = "reference") -> dict[str, tuple]:  # fmt: skip
    """{reference: values of `fields`} of the rows that have one of these references."""
    found: dict[str, tuple] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = list(keys[start : start + _KEYS_AT_ONCE])
        rows = queryset.filter(**{f"{key}__in": some}).values_list(key, *fields)
        found.update((row[0], row[1:]) for row in rows)
    return found


class Live:
    """The rows of the stock that stand, and which of them the file has shown."""

    def __init__(self, model: type[models.Model], *extra: str, where: str) -> None:
        self.ids, digests, *self.extra = live_digests(
            model, "id", "row_digest", *extra, where=where
        )
        order = np.argsort(digests, kind="stable")
        self._order, self._sorted = order.astype(np.int32), digests[order]
        self.seen = np.zeros(len(self.ids), dtype=bool)

    def meet(self, digests: np.ndarray) -> np.ndarray:
        """Id of the row that has each digest, -1 when none has."""
        if not len(self._sorted):
            return np.full(len(digests), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._sorted, digests), len(self._sorted) - 1)
        hit = (self._sorted[places] == digests) & (digests != -1)
        return np.where(hit, self.ids[self._order[places]], -1)

    def see(self, ids: np.ndarray) -> None:
        """Note that the file has these rows."""
        if not len(ids) or not len(self.ids):
            return
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        self.seen[places[self.ids[places] == ids]] = True


class Places:
    """Residences and territories: what is known, and what the file adds or moves."""

    def __init__(self, *, moves: bool) -> None:
        self.moves = moves
        self.residences = {
            reference: (pk, territory)
            for reference, pk, territory in Residence.objects.values_list(
                "reference", "id", "territory_id"
            )
        }
        self.territory_of = dict(self.residences.values())
        self.territories: dict[str, int] = {}
        for pk, code, name in Territory.objects.values_list("id", "code", "name"):
            self.territories[code] = pk
            self.territories.setdefault(plain(name), pk)
        self.new: dict[str, tuple[str, str, str]] = {}
        self.moved: dict[str, tuple[str, str, str]] = {}

    def note(self, homes: dict[str, tuple[str, str, str]]) -> int:
        """Note the residences of a piece; returns how many were not known."""
        count = 0
        for reference, home in homes.items():
            known = self.residences.get(reference)
            if known is None and reference and reference not in self.new:
                self.new[reference] = home
                count += 1
            elif known and self.moves and self.territories.get(home[1]) != known[1]:
                self.moved.setdefault(reference, home)
        return count

    def id_of(self, reference: str) -> int | None:
        """Id of a residence; None when it is not written yet."""
        known = self.residences.get(reference)
        return known[0] if known else None

    def write(self) -> None:
        """Create and move what was noted."""
        for home in [*self.new.values(), *self.moved.values()]:
            self._territory(home)
        last = max(self.territory_of, default=0)
        bulk.insert(
            Residence,
            ["reference", "name", "territory_id"],
            (
                (reference, name[:160], self.territories[code])
                for reference, (name, code, _) in self.new.items()
            ),
        )
        made = Residence.objects.filter(pk__gt=last)
        for reference, pk, territory in made.values_list("reference", "id", "territory_id"):
            self.residences[reference] = (pk, territory)
            self.territory_of[pk] = territory
        for reference, (_, code, _) in self.moved.items():
            pk, territory = self.residences[reference][0], self.territories[code]
            Residence.objects.filter(pk=pk).update(territory=territory)
            self.residences[reference] = (pk, territory)
            self.territory_of[pk] = territory
        self.new, self.moved = {}, {}

    def _territory(self, home: tuple[str, str, str]) -> int:
        _, code, name = home
        if code not in self.territories:
            self.territories[code] = Territory.objects.create(code=code, name=name).pk
        return self.territories[code]


def too_many(gone: int, stock: int) -> bool:
    """Whether so many rows absent at once look like a partial file."""
    return gone > FEW_GONE and gone > MOST_GONE * stock


def live_dwellings() -> Live:
    """Dwellings not gone, and those that a file told gone; with their residence and mode."""
    return Live(Dwelling, "residence", "mode", where="gone_on IS NULL OR row_digest IS NOT NULL")


class Tally:
    """Which line counted for what, and under which key."""

    def __init__(self, *counts: str) -> None:
        self.counts = counts
        self._keys, self._every = Aside(), Aside()

    def key(self, keys: np.ndarray, lines: np.ndarray) -> None:
        """Rows whose key must be the only one of the file."""
        self._keys.add(keys, lines)

    def sort(self, lines: np.ndarray, masks: dict[str, np.ndarray]) -> None:
        """The count that each line went to."""
        classes = np.full(len(lines), -1, dtype=np.int8)
        for place, count in enumerate(self.counts):
            if count in masks:
                classes[masks[count]] = place
        self._every.add(lines, classes)

    def twins(self) -> list[list[int]]:
        """Lines that share a key, by group."""
        return repeated(self._keys)

    def leave_out(self, lines: Sequence[int]) -> dict[str, int]:
        """What these lines counted for, rows included."""
        numbers: dict[str, int] = {"rows": 0}
        for every, classes in self._every:
            found = classes[np.isin(every, lines)]
            for place, count in enumerate(self.counts):
                here = int((found == place).sum())
                numbers[count] = numbers.get(count, 0) + here
                numbers["rows"] += here
        return numbers


def repeated(pieces: Iterable[tuple[np.ndarray, np.ndarray]]) -> list[list[int]]:
    """Lines grouped by the key they share with others, of pieces that give (keys, lines)."""
    keys = np.concatenate([np.empty(0, dtype=np.uint64), *(keys for keys, _ in pieces)])
    keys.sort()
    shared = keys[1:][keys[1:] == keys[:-1]]
    del keys
    groups: dict[int, list[int]] = {key: [] for key in shared.tolist()}
    for keys, lines in pieces if groups else ():
        found = np.isin(keys, shared)
        for key, line in zip(keys[found].tolist(), lines[found].tolist(), strict=True):
            groups[key].append(line)
    return [sorted(group) for group in groups.values()]
