"""The file of rows refused or to complete: as they came, their line, the reason, to send again."""

from pathlib import Path

import pandas as pd
import xlsxwriter

from seniors import guard
from seniors.extract.headings import LINE, REASON

MOST_ROWS = 20_000  # the first ones are enough to find a cause


class RefusalsFile:
    """Writes such rows to a workbook, every cell as text: nothing runs, no zero is lost."""

    def __init__(self, path: Path | None) -> None:
        """A file of an earlier reading is erased; None keeps no row."""
        if path:
            path.unlink(missing_ok=True)
        self._path = path
        self._book: xlsxwriter.Workbook | None = None
        self._rows = 0

    @property
    def is_full(self) -> bool:
        """Whether no more row is kept."""
        return self._path is None or self._rows >= MOST_ROWS

    def add(self, originals: pd.DataFrame, reasons: dict[int, str]) -> None:
        """Rows as read, indexed by line, and the French reason of each line."""
        for line, *cells in originals.itertuples(name=None):
            if self.is_full:
                return
            if self._book is None:
                self._open(list(originals.columns))
            self._write([*map(guard.without_nir, cells), str(line), reasons[line]])

    def close(self) -> bool:
        """True when something was written."""
        if self._book:
            self._book.close()
        return self._book is not None

    def _open(self, headings: list[str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._book = xlsxwriter.Workbook(self._path, {"constant_memory": True})
        self._sheet = self._book.add_worksheet("Lignes à reprendre")
        self._sheet.freeze_panes(1, 0)
        self._write([*headings, LINE, REASON])

    def _write(self, cells: list[str]) -> None:
        for place, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._rows, place, cell[:32_000])
        self._rows += 1
