"""One pass over a file: its pieces compared, perhaps written; counts, samples, refusals kept."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seniors import bulk, guard
from seniors.extract import mapping
from seniors.extract.csv_bytes import has_long_number
from seniors.extract.kept import Kept
from seniors.extract.kinds import KINDS, SAMPLES, TWIN, Batch, Kind, Piece, refusals
from seniors.extract.refusals import RefusalsFile
from seniors.extract.table import Block, Table, UnreadableFile
from seniors.models import ImportRun

COUNTS = ("rows", "new", "changed", "unchanged", "gone", "refused")
TOO_WIDE = "plus de cellules que d’en-têtes\u00a0: une cellule contient peut-être le séparateur"
NIR = "numéro de sécurité sociale\u00a0: il n’est jamais enregistré, retirez-le"


class Comparison:
    """A file against the database. `progress` is told the rows done after each piece.

    `left_out` gives, after `compare`, the lines that share an identifier: "refused" when they
    differ, "dropped" for the repeats of a line.
    """

    def __init__(self, run: ImportRun, table: Table, *, progress: Callable[[int], object]) -> None:
        self.kind, self.table, self.progress = KINDS[run.kind], table, progress
        self.columns = _chosen_columns(self.kind, self.table, run.choices)
        self.headings = list(dict.fromkeys(self.columns.values()))
        days = {field.code for field in self.kind.fields if field.is_day}
        table.day_headings = frozenset(self.columns[code] for code in days & self.columns.keys())
        self.counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
        self.samples: dict[str, list] = {}
        with bulk.page_cache(2):
            self.batch: Batch = self.kind.open(run)
        self.left_out: dict[str, list[int]] = {}
        self.must_start_again = False
        self._only_block: Block | None = None  # of a small file, which is not read again then
        left_out = run.choices.get("left_out", {})
        self.refused_lines = np.array(left_out.get("refused", []), dtype=np.int64)
        self.dropped_lines = np.array(left_out.get("dropped", []), dtype=np.int64)

    def compare(self, refusals_path: Path | None, *, write: bool = False) -> bool:
        """Compare every row; what is refused or to complete goes to `refusals_path`, which does
        not exist when nothing is, or nowhere. With `write`, inside a transaction, the accepted
        rows are then written: once the whole file is known, since two lines may share an
        identifier. True when some do."""
        refused, kept = RefusalsFile(refusals_path), Kept(self.table.path.parent)
        try:
            for number, block in enumerate(self.table.blocks(self.headings)):
                self._only_block = None if number else block
                self._one(block, refused, kept if write else None)
            self._settle_twins(refused)
            if not self.must_start_again:
                for piece in kept.pieces():
                    self.batch.write(piece)
                self._finish(write=write)
        except BaseException:
            refused.discard()
            raise
        refused.close()
        return bool(self.left_out)

    def _one(self, block: Block, refused: RefusalsFile, kept: Kept | None) -> None:
        """Compare a block; nothing of it is left in memory when the next one is read, but what
        is kept to be written."""
        piece = self.batch.compare(block, self)
        self._count(piece.counts, piece.samples)
        self.progress(self.counts["rows"])
        if len(piece.refusals) or piece.to_complete:
            self._send_back(block, piece, refused)
        if kept:
            kept.add(piece)

    def _finish(self, *, write: bool) -> None:
        end = self.batch.finish(write)
        self._count(end.get("counts", {}), end.get("samples", {}))
        if not self.counts["rows"]:
            raise UnreadableFile(
                "Ce fichier ne contient aucune ligne sous les en-têtes.",
                "Refaites l’extraction, ou indiquez une autre ligne d’en-têtes.",
            )

    def rows_of(
        self, block: Block, mask: np.ndarray | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """(rows, refusals): the rows under field codes without totals, nor those that hold a
        person's number or more cells than headings, which are refused."""
        frame = mapping.renamed(block.frame(mask), self.columns)
        if self.table.may_hold_totals:
            frame = frame[mapping.without_totals(frame)]
        bad = dict.fromkeys(block.too_wide(), ("", TOO_WIDE))
        if self.table.may_hold_nir:
            bad |= _with_nir(frame)
        if not bad:
            return frame, refusals([])
        told = [(line, *bad[line]) for line in frame.index.tolist() if line in bad]
        return frame[~frame.index.isin(list(bad))], refusals(told)

    def _send_back(self, block: Block, piece: Piece, refused: RefusalsFile) -> None:
        labels = {field.code: field.label.rstrip(" \u00a0:") for field in self.kind.fields}
        reasons: dict[int, str] = {}
        for line, column, reason in piece.refusals.itertuples(index=False):
            text = f"{labels[column]}\u00a0: {reason}" if column in labels else reason
            reasons[line] = f"{reasons[line]}\u00a0; {text}" if line in reasons else text
        self._show_refused(reasons)
        for line, text in piece.to_complete.items():
            reasons[line] = f"{reasons[line]}\u00a0; {text}" if line in reasons else text
        if not refused.is_full:
            refused.add(block.originals(np.isin(block.lines, list(reasons))), reasons)

    def _show_refused(self, reasons: dict[int, str]) -> None:
        shown = self.samples.setdefault("refused", [])
        for line, reason in list(reasons.items())[: max(SAMPLES - len(shown), 0)]:
            shown.append({"line": int(line), "reason": reason})

    def _count(self, counts: dict[str, int], samples: dict[str, list]) -> None:
        self.counts.update({key: int(value) for key, value in counts.items()})
        for key, rows in samples.items():
            shown = self.samples.setdefault(key, [])
            shown.extend(rows[: max(SAMPLES - len(shown), 0)])

    def _settle_twins(self, refused: RefusalsFile) -> None:
        """Leave out the lines of one identifier: those that differ, and the repeats."""
        groups = self.batch.twins()
        if not groups:
            return
        cells, originals = self._rows_at({line for group in groups for line in group})
        self.left_out = {"refused": [], "dropped": []}
        for group in groups:
            same = len({cells[line] for line in group}) == 1
            self.left_out["dropped" if same else "refused"] += group[1:] if same else group
        self.left_out = {key: sorted(set(lines)) for key, lines in self.left_out.items()}
        if not hasattr(self.batch, "leave_out"):
            self.must_start_again = True
            return
        self._recount(originals, refused)

    def _recount(self, originals: pd.DataFrame, refused: RefusalsFile) -> None:
        """The counts as they are without these lines."""
        twins, repeats = self.left_out["refused"], self.left_out["dropped"]
        self.counts.subtract(self.batch.leave_out(twins, repeats))
        self.counts["refused"] += len(twins)
        self.counts["doubled"] += len(repeats)
        self.counts["rows"] += len(twins) + len(repeats)
        gone = {*twins, *repeats}
        for key, rows in self.samples.items():
            self.samples[key] = [row for row in rows if row.get("line") not in gone]
        reasons = dict.fromkeys(twins, TWIN)
        refused.add(originals[originals.index.isin(twins)], reasons)
        self._show_refused(reasons)

    def _rows_at(self, lines: set[int]) -> tuple[dict[int, tuple[str, ...]], pd.DataFrame]:
        """Cells read at these lines, and the same rows as they came."""
        cells: dict[int, tuple[str, ...]] = {}
        originals = []
        wanted = np.array(sorted(lines))
        every = [self._only_block] if self._only_block else self.table.blocks(self.headings)
        for block in every:
            mask = np.isin(block.lines, wanted)
            if mask.any():
                originals.append(block.originals(mask))
                for line, *row in block.frame(mask).itertuples(name=None):
                    cells[line] = tuple(cell.strip() for cell in row)
        return cells, pd.concat(originals)


def _with_nir(frame: pd.DataFrame) -> dict[int, tuple[str, str]]:
    """{line: (column, reason)} of the rows that hold a social security number."""
    bad: dict[int, tuple[str, str]] = {}
    for name in frame.columns:
        cells = frame[name].to_numpy(dtype=object)
        is_short = max(map(len, cells), default=0) < guard.NIR_LENGTH
        if is_short or not has_long_number("\n".join(cells).encode(errors="replace")):
            continue
        found = [
            cell
            for cell in set(cells)
            if len(cell) >= guard.NIR_LENGTH and guard.contains_nir(cell)
        ]
        if found:
            bad |= dict.fromkeys(frame.index[np.isin(cells, found)].tolist(), (name, NIR))
    return bad


def _chosen_columns(kind: Kind, table: Table, choices: dict[str, Any]) -> dict[str, str]:
    """{field: heading} of the columns to read; refused when a key column is missing."""
    columns = {
        code: heading
        for code, heading in choices["columns"].items()
        if heading and heading in table.headings
    }
    missing = [field.label for field in kind.fields if field.required and field.code not in columns]
    if hasattr(kind, "missing"):
        missing = missing or kind.missing(columns)
    if missing:
        names = ", ".join(f"«\u00a0{label}\u00a0»" for label in missing)
        raise UnreadableFile(
            f"Il manque à ce fichier une colonne indispensable\u00a0: {names}.",
            "Indiquez quelle colonne la donne, ou ajoutez-la à l’extraction.",
        )
    return columns
