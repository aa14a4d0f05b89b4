"""Seniors of a piece against their records: new, changed, moved, back, or as they were."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seniors import bulk, moves
from seniors.extract import departures, occupant_cells, stock
from seniors.extract.cleaner import Cleaner
from seniors.extract.homes import Homes
from seniors.extract.kinds import SAMPLES, Piece, refusals
from seniors.extract.occupant_cells import Presence
from seniors.extract.show import change
from seniors.models import Dwelling, ImportRun, RecordChange, Senior

_ALWAYS = ("dwelling_id", "housed_since", "lease_reference")
# Read again from another field, or told at each file.
_UNTOLD = ("search_name", "last_contact_on")


def compare(
    piece: Piece,
    cleaner: Cleaner,
    here: Presence,
    run: ImportRun,
    *,
    homes: Homes,
    ids: np.ndarray,
    numbers: list[str],
    digests: np.ndarray,
) -> None:
    """Clean these rows and sort them; `ids` is -1 for someone new. Fills the piece."""
    values = occupant_cells.values_of(cleaner, here, extract_on=run.extract_on)
    dwellings = homes.ids_of(here.dwellings)
    cleaner.told += [
        (line, "dwelling", "logement inconnu" if reference else "vide")
        for line, reference, pk in zip(cleaner.lines, here.dwellings, dwellings, strict=True)
        if pk is None
    ]
    values["dwelling_id"] = np.array(dwellings, dtype=object)
    piece.refusals = refusals(cleaner.told)
    for key, count in cleaner.counts.items():
        piece.counts[key] = piece.counts.get(key, 0) + count
    accepted = ~np.isin(cleaner.lines, [line for line, _, _ in cleaner.told])
    new = np.flatnonzero(accepted & (ids < 0))
    old = np.flatnonzero(accepted & (ids >= 0))
    piece.counts["new"] = len(new)
    piece.samples["new"] = [
        {"line": int(cleaner.lines[row]), "what": _what(values, row), "changes": []}
        for row in new[:SAMPLES]
    ]
    piece.rows = _Rows(cleaner.lines, values, numbers, digests, ids, new)
    if len(old):
        _compare_known(piece, cleaner.lines, old, run)


class _Rows:
    """What `write` needs."""

    def __init__(
        self,
        lines: np.ndarray,
        values: dict[str, np.ndarray],
        numbers: list[str],
        digests: np.ndarray,
        ids: np.ndarray,
        new: np.ndarray,
    ) -> None:
        self.lines, self.values, self.numbers, self.digests, self.ids, self.new = (
            lines, values, numbers, digests, ids, new,
        )  # fmt: skip
        self.names = [*_ALWAYS, *(name for name in values if name not in _ALWAYS)]
        self.changed: list[tuple] = []
        self.told: list[tuple[int, str]] = []  # which fields of whom, for her history
        self.touched: list[tuple[int, int]] = []
        self.changed_rows: list[int] = []
        self.touched_rows: list[int] = []
        self.left: list[tuple] = []
        self.moved: list[int] = []

    def leave_out(self, lines: Sequence[int]) -> None:
        """Write none of these lines."""
        gone = np.isin(self.lines, lines)
        if not gone.any():
            return
        self.new = self.new[~gone[self.new]]
        self.changed = _without(self.changed, gone[self.changed_rows])
        self.touched = _without(self.touched, gone[self.touched_rows])
        ids = {changed[-1] for changed in self.changed}
        self.left = [home for home in self.left if home[0] in ids]
        self.moved = [pk for pk in self.moved if pk in ids]
        self.told = [told for told in self.told if told[0] in ids]

    def sorts(self) -> dict[str, Any]:
        """Rows by the count they went to."""
        return {"new": self.new, "changed": self.changed_rows, "unchanged": self.touched_rows}


def _without(rows: list[tuple], gone: np.ndarray) -> list[tuple]:
    return [row for row, is_gone in zip(rows, gone, strict=True) if not is_gone]


def _compare_known(piece: Piece, lines: np.ndarray, old: np.ndarray, run: ImportRun) -> None:
    rows: _Rows = piece.rows
    stored = stock.by_reference(
        Senior.objects, rows.ids[old].tolist(), ["ended_on", *rows.names], key="pk"
    )
    samples: list[dict[str, Any]] = []
    for row in old.tolist():
        pk = int(rows.ids[row])
        ended_on, *before = stored[pk]
        after = _after(rows, row, before)
        if ended_on is None and before == after:
            rows.touched_rows.append(row)
            rows.touched.append((int(rows.digests[row]), pk))
            continue
        _keep_home_left(rows, before, after, pk, run)
        if said := _told(rows, before, after, back=ended_on is not None):
            rows.told.append((pk, said))
        rows.changed_rows.append(row)
        rows.changed.append((*after, int(rows.digests[row]), pk))
        if before[0] != after[0]:
            rows.moved.append(pk)
        if len(samples) < SAMPLES:
            samples.append(_sample(rows, row, int(lines[row]), before, after, ended_on))
    piece.samples["changed"] = samples
    piece.counts["changed"] = len(rows.changed)
    piece.counts["moved"] = len(rows.left)
    piece.counts["unchanged"] = piece.counts.get("unchanged", 0) + len(rows.touched)
    piece.counts["silent"] = len(rows.touched)


def _told(rows: _Rows, before: list[Any], after: list[Any], *, back: bool) -> str:
    """Names of the fields that change and that a history tells; "ended_on" for who is back."""
    pairs = zip(rows.names, before, after, strict=True)
    names = [name for name, old, new in pairs if old != new and name not in _UNTOLD]
    return ",".join([*names, *(["ended_on"] if back else [])])


def _after(rows: _Rows, row: int, before: list[Any]) -> list[Any]:
    """The record as it will be: what the file does not tell stays, except the date of entry
    into a home that was left."""
    after = []
    told = dict(zip(rows.names, before, strict=True))
    moved = told["dwelling_id"] != rows.values["dwelling_id"][row]
    for name, old in told.items():
        if name not in rows.values:
            after.append(None if name == "housed_since" and moved else old)
            continue
        new = rows.values[name][row]
        after.append(_kept(name, old, new, told))
    return after


def _kept(name: str, old: Any, new: Any, told: dict[str, Any]) -> Any:
    """A birth is not forgotten, nor a contact later than the one told; an age turned into a
    year is right within one year."""
    if name in ("born_on", "birth_year") and new is None:
        return old
    if name == "birth_year" and old and told.get("born_on") is None and abs(old - new) <= 1:
        return old
    if name == "last_contact_on" and old and (new is None or new < old):
        return old
    return new


def _keep_home_left(
    rows: _Rows, before: list[Any], after: list[Any], pk: int, run: ImportRun
) -> None:
    """A move keeps the home left, until the day of entry in the new one."""
    home, since, lease = before[:3]
    if home is None or home == after[0]:
        return
    entered = after[1]
    until = entered if entered and entered != since else run.extract_on
    rows.left.append((pk, home, lease, since, until, "moved"))


def _sample(
    rows: _Rows, row: int, line: int, before: list[Any], after: list[Any], ended_on: Any
) -> dict[str, Any]:
    shown = [place for place, name in enumerate(rows.names) if name != "search_name"]
    names = [rows.names[place] for place in shown]
    homes = dict(Dwelling.objects.filter(pk__in=filter(None, (before[0], after[0])))
                 .values_list("pk", "reference"))  # fmt: skip
    befores, afters = ([homes.get(side[0]), *[side[place] for place in shown[1:]]]
                       for side in (before, after))  # fmt: skip
    changes = change(Senior, names, befores, afters, back=ended_on is not None)
    return {"line": line, "what": _what(rows.values, row), "changes": changes}


def _what(values: dict[str, np.ndarray], row: int) -> str:
    return f"{values['last_name'][row]} {values['first_name'][row]}".strip()


def write(piece: Piece, run: ImportRun, *, left_out: Sequence[int] = ()) -> None:
    """Write a compared piece, save the lines `left_out`: people, and the homes they left."""
    rows: _Rows | None = piece.rows
    if rows is None:
        return
    rows.leave_out(left_out)
    if len(rows.new):
        _insert(rows, run)
    departures.leave(rows.left)
    fields = [*rows.names, "row_digest"]
    bulk.update(
        Senior,
        ["ended_on", "end", "read_in_id", *fields],
        ((None, "", run.pk, *changed) for changed in rows.changed),
    )
    bulk.update(Senior, ["row_digest"], rows.touched)
    moves.tell(rows.moved)
    told = ((pk, run.extract_on, fields, run.pk) for pk, fields in rows.told)
    bulk.insert(RecordChange, ["senior_id", "on", "fields", "run_id"], told)


def _insert(rows: _Rows, run: ImportRun) -> None:
    columns = {name: rows.values[name][rows.new].tolist() for name in rows.values}
    told = {
        "reference": [rows.numbers[row] for row in rows.new],
        "row_digest": rows.digests[rows.new].tolist(),
        "read_in_id": [run.pk] * len(rows.new),
    }
    bulk.insert_columns(Senior, told | columns)
