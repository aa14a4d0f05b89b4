"""Files of dwellings: the RPLS and what landlords' own systems export, row by row.

A column that the file does not have leaves what is known untouched; an empty cell of a column
that it has makes the value unknown.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from seniors import bulk, moves
from seniors.extract import corrected, dwelling_cells, stock
from seniors.extract.address_keys import Ranks
from seniors.extract.comparing import Comparison
from seniors.extract.kinds import SAMPLES, TWIN, Piece, refusals
from seniors.extract.show import change
from seniors.extract.table import Block
from seniors.models import Dwelling, ImportRun

_LEFT = Dwelling.Mode.GONE.value
_ROW_COUNTS = ("new", "changed", "unchanged", "refused", "doubled")


class DwellingBatch:
    """One file of dwellings against the stock."""

    def __init__(self, run: ImportRun) -> None:
        self.run, self.choices = run, run.choices
        columns = {code: name for code, name in run.choices["columns"].items() if name}
        self.has_key = "reference" in columns
        self.salt = stock.salt_of(run.choices, columns)
        self.live = stock.live_dwellings()
        self.is_empty = not Dwelling.objects.exists()
        self.places = stock.Places(moves="territory" in columns)
        self.partial = False
        self.touched_territories: set[int] = set()
        self.tally = stock.Tally("new", "changed", "unchanged")
        self.left_out: list[int] = []
        self.elsewhere: set[int] = set()  # now of another residence
        self.corrected = corrected.Corrected()
        self._ranks: Ranks | None = None

    def compare(self, block: Block, reading: Comparison) -> Piece:
        """Rows whose digest is known are unchanged; the others are cut, cleaned, compared."""
        self.partial = reading.table.is_correction
        if not self.has_key and self._ranks is None:
            every = reading.table.blocks(reading.headings)
            self._ranks = Ranks(reading.rows_of(one)[0] for one in every)
        digests = block.digests() ^ self.salt
        refused = np.isin(block.lines, reading.refused_lines)
        dropped = np.isin(block.lines, reading.dropped_lines)
        ids = self.live.meet(digests)
        # Keys built from an address count their repeats, so they need every row.
        same = (ids >= 0) & ~refused & ~dropped & self.has_key
        self.live.see(ids[same])
        self.tally.key(ids[same].astype(np.uint64), block.lines[same])
        self.tally.sort(block.lines, {"unchanged": same})
        piece = Piece({"unchanged": int(same.sum()), "doubled": int(dropped.sum())})
        todo = ~(same | dropped)
        if todo.any():
            frame, told = reading.rows_of(block, todo)
            kept = digests[np.searchsorted(block.lines, frame.index.to_numpy())]
            self._compare(piece, frame, told, kept, set(block.lines[refused].tolist()))
        piece.counts["rows"] = sum(
            piece.counts.get(key, 0)
            for key in ("new", "changed", "unchanged", "refused", "doubled")
        )
        return piece

    def _compare(
        self,
        piece: Piece,
        frame: pd.DataFrame,
        told: pd.DataFrame,
        digests: np.ndarray,
        twins: set[int],
    ) -> None:
        read = dwelling_cells.read(
            frame, self.choices, extract_on=self.run.extract_on, ranks=self._ranks
        )
        lines = read.lines
        both = refusals([(line, "reference", TWIN) for line in lines.tolist() if line in twins])
        piece.refusals = pd.concat([told, read.refused, both], ignore_index=True)
        accepted = ~np.isin(lines, piece.refusals["line"].to_numpy(dtype=np.int64))
        names = list(read.values)
        stored = {} if self.is_empty else stock.by_reference(
            Dwelling.objects, read.references, ["id", "gone_on", "residence_id", *names]
        )  # fmt: skip
        ids = np.array([stored[key][0] if key in stored else -1 for key in read.references],
                       dtype=np.int64)  # fmt: skip
        self.live.see(ids[ids >= 0])
        kept, over = self.corrected.keep(
            read.values,
            ids,
            lambda row: dict(zip(names, stored[read.references[row]][3:], strict=True)),
        )
        hashes = pd.util.hash_array(read.references, categorize=False) | np.uint64(1 << 63)
        keys = np.where(ids >= 0, ids.astype(np.uint64), hashes)
        self.tally.key(keys[accepted], lines[accepted])
        piece.counts |= read.counts | {"found_kept": kept}
        piece.counts["refused"] = int(piece.refusals["line"].nunique())
        piece.counts["residences"] = self.places.note(
            {key: read.homes[key] for key in set(read.residences[accepted])}
        )
        new = np.flatnonzero(accepted & (ids < 0))
        old = np.flatnonzero(accepted & (ids >= 0))
        piece.counts["new"] = len(new)
        piece.samples["new"] = [
            {"line": int(lines[row]), "what": self._what(read, row), "changes": []}
            for row in new[:SAMPLES]
        ]
        changed, touched = self._changed(piece, read, old, stored, names)
        self.tally.sort(lines, {"new": new, "changed": [row for row, _ in changed],
                                "unchanged": [row for row, _ in touched]})  # fmt: skip
        piece.rows = (read, names, digests, new, changed, touched, over)

    def _changed(
        self, piece: Piece, read: Any, rows: np.ndarray, stored: dict, names: list[str]
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """(row, id) of the rows that differ from the database, and of those that do not."""
        changed, touched, samples = [], [], []
        columns = [read.values[name][rows] for name in names]
        cleaned = list(zip(*columns, strict=True)) if columns else [()] * len(rows)
        for row, after in zip(rows.tolist(), cleaned, strict=True):
            pk, gone_on, residence, *before = stored[read.references[row]]
            here = self.places.id_of(read.residences[row]) == residence
            back = gone_on is not None and "gone_on" not in read.values
            if here and not back and tuple(before) == after:
                touched.append((row, pk))
                continue
            changed.append((row, pk))
            if not here:
                self.elsewhere.add(pk)
            if len(samples) < SAMPLES:
                moved = None if here else read.homes[read.residences[row]][0]
                changes = change(Dwelling, names, before, after, moved=moved, back=back)
                samples.append({"line": int(read.lines[row]), "what": self._what(read, row),
                                "changes": changes})  # fmt: skip
        piece.counts["changed"] = len(changed)
        piece.counts["unchanged"] = piece.counts.get("unchanged", 0) + len(touched)
        piece.counts["silent"] = len(touched)
        piece.samples["changed"] = samples
        return changed, touched

    @staticmethod
    def _what(read: Any, row: int) -> str:
        home = read.homes.get(read.residences[row], ("", "", ""))[0]
        return " · ".join(filter(None, (read.references[row], home)))

    def twins(self) -> list[list[int]]:
        """Lines that share an identifier, by group."""
        return self.tally.twins()

    def leave_out(self, twins: Sequence[int], repeats: Sequence[int]) -> dict[str, int]:
        """Write none of these lines; what they counted for."""
        self.left_out = [*twins, *repeats]
        return self.tally.leave_out(self.left_out)

    def write(self, piece: Piece) -> None:
        """New rows, changed rows, and the new digests of rows read again for nothing."""
        if piece.rows is None:
            return
        self.places.write()
        read, names, digests, new, changed, touched, over = piece.rows
        if self.left_out:
            kept = ~np.isin(read.lines, self.left_out)
            new = new[kept[new]]
            changed, touched = (
                [row for row in rows if kept[row[0]]] for rows in (changed, touched)
            )
        if len(new):
            told = {"reference": read.references[new].tolist()}
            bulk.insert_columns(Dwelling, told | self._columns(read, names, digests, new))
        if changed:
            rows = np.array([row for row, _ in changed])
            columns = {"gone_on": [None] * len(rows), **self._columns(read, names, digests, rows)}
            values = [*columns.values(), [pk for _, pk in changed]]
            bulk.update(Dwelling, list(columns), zip(*values, strict=True))
            moves.tell_homes([pk for _, pk in changed if pk in self.elsewhere])
        bulk.update(Dwelling, ["row_digest"], ((int(digests[row]), pk) for row, pk in touched))
        written = {row for row, _ in (*changed, *touched)}
        corrected.close((one for row, one in over if row in written), self.run)

    def _columns(
        self, read: Any, names: list[str], digests: np.ndarray, rows: np.ndarray
    ) -> dict[str, list[Any]]:
        """What the file says of these rows, by field, as plain values."""
        homes = {key: self.places.id_of(key) for key in set(read.residences[rows])}
        columns = {
            "residence_id": [homes[key] for key in read.residences[rows]],
            "row_digest": digests[rows].tolist(),
            "read_in_id": [self.run.pk] * len(rows),
        }
        return columns | {name: read.values[name][rows].tolist() for name in names}

    def finish(self, write: bool) -> dict[str, Any]:
        """Dwellings of the file's territories that it does not show are closed, never deleted."""
        if self.partial:
            return {}
        homes, modes = self.live.extra
        distinct, places = np.unique(homes, return_inverse=True)
        owners = [self.places.territory_of.get(pk, -1) for pk in distinct.tolist()]
        territories = np.array(owners, dtype=np.int64)[places]
        here = np.isin(territories, np.unique(territories[self.live.seen])) & (modes != _LEFT)
        gone = self.live.ids[here & ~self.live.seen]
        if stock.too_many(len(gone), int(here.sum())) and not self._confirmed():
            return {"counts": {"gone_held": len(gone)}}
        if write:
            day = self.run.extract_on
            bulk.update(
                Dwelling, ["gone_on", "row_digest"], ((day, None, pk) for pk in gone.tolist())
            )
        first = Dwelling.objects.filter(pk__in=gone[:SAMPLES].tolist())
        names = first.values_list("reference", "residence__name")
        samples = [{"line": None, "what": " · ".join(row), "changes": []} for row in names]
        return {"counts": {"gone": len(gone)}, "samples": {"gone": samples}}

    def _confirmed(self) -> bool:
        return bool(self.choices.get("options", {}).get("close_many"))
