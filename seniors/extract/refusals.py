"""The rows refused or to complete: as they came, their line, the reason, to send again.

They are kept a line each while a file is read; the workbook is drawn when somebody asks for it.
"""

import json
from io import BytesIO
from pathlib import Path
from typing import TextIO

import pandas as pd
import xlsxwriter

from seniors import guard
from seniors.extract.headings import LINE, MOST_RETURNED, REASON


class RefusalsFile:
    """Keeps such rows in a file: their headings, then each row, as lists in JSON."""

    def __init__(self, path: Path | None) -> None:
        """A file of an earlier reading is erased; None keeps no row."""
        if path:
            path.unlink(missing_ok=True)
        self._path = path
        self._file: TextIO | None = None
        self._rows = 0

    @property
    def is_full(self) -> bool:
        """Whether no more row is kept."""
        return self._path is None or self._rows >= MOST_RETURNED

    def add(self, originals: pd.DataFrame, reasons: dict[int, str]) -> None:
        """Rows as read, indexed by line, and the French reason of each line."""
        if self._file is None and len(originals) and not self.is_full:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            self._write([*originals.columns, LINE, REASON])
        for line, *cells in originals.itertuples(name=None):
            if self.is_full:
                return
            self._write([*map(guard.without_nir, cells), str(line), reasons[line]])
            self._rows += 1

    def close(self) -> None:
        """Nothing more is written."""
        if self._file:
            self._file.close()

    def discard(self) -> None:
        """The file could not be read to its end: none of its rows stays."""
        self.close()
        if self._file:
            self._path.unlink(missing_ok=True)

    def _write(self, cells: list[str]) -> None:
        self._file.write(json.dumps(cells) + "\n")


def workbook(path: Path) -> BytesIO:
    """The rows that were kept at `path` as an XLSX, every cell as text: nothing runs, no zero is
    lost."""
    drawn = BytesIO()
    with xlsxwriter.Workbook(drawn, {"constant_memory": True}) as book, path.open("rb") as rows:
        sheet = book.add_worksheet("Lignes à reprendre")
        sheet.freeze_panes(1, 0)
        for row, cells in enumerate(map(json.loads, rows)):
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, place, cell[:32_000])
    drawn.seek(0)
    return drawn
