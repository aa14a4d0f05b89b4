"""Workbooks (XLSX): weighed before they are opened, then read sheet by sheet as text."""

import datetime as dt
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from seniors.extract import headings as names_of
from seniors.extract.csv_file import digest_of_cells
from seniors.extract.table import PIECE_ROWS, Block, Table, UnreadableFile
from seniors.extract.text import plain

MOST_BYTES = 1 << 30  # truly inflated, all parts together
# A sheet of equal cells is packed 20 to 60 times smaller; what is packed more was made to harm.
MOST_PACKED = 150
_PACKED_FREELY = 64 << 20
MOST_CELLS = 30_000_000  # calamine keeps the whole rectangle of a sheet
_CHUNK = 1 << 20
_SAMPLE_ROWS = 200

_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{2,3})[0-9]')
_SINCE_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"')
_FROM_1900_TO_1904 = 1462  # days (DATA.md section 3)
_FAR_DAYS = 80_000  # more is a day in eight figures
_ROW = re.compile(rb'<row [^>]*?r="([0-9]+)"')


def open_workbook(
    path: Path, *, options: dict[str, Any], known: Collection[str], person: bool
) -> "SheetTable":
    """Weigh the workbook, choose its sheet and its line of headings."""
    weigh(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheet = _choose(book, options.get("sheet"), known)
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged() from error
    top = sheet.to_python(skip_empty_area=False, nrows=names_of.LOOK_AT + _SAMPLE_ROWS)
    rows = [[as_text(cell) for cell in row] for row in top]
    header_row = int(options.get("header_row") or names_of.find_row(rows, known) + 1)
    if header_row > len(rows) or not any(rows[header_row - 1]):
        raise UnreadableFile(
            f"La ligne {header_row} de la feuille «\u00a0{sheet.name}\u00a0» ne porte pas "
            "d’en-têtes.",
            "Choisissez une autre feuille ou une autre ligne d’en-têtes.",
        )
    names = names_of.distinct(rows[header_row - 1])
    found = {"sheet": sheet.name, "sheets": _visible(book), "header_row": header_row}
    sample = [row for row in rows[header_row:] if any(row)]
    return SheetTable(
        path, names, sample, found, person=person, sheet=sheet, since_1904=_counts_from_1904(path)
    )


def _visible(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
    ]


def _choose(book: CalamineWorkbook, wanted: str | None, known: Collection[str]) -> CalamineSheet:
    """The sheet asked for; else the first visible one with known headings, else the longest."""
    if wanted in book.sheet_names:
        return book.get_sheet_by_name(wanted)
    best, best_height = None, -1
    for name in _visible(book) or book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        top = sheet.to_python(skip_empty_area=False, nrows=names_of.LOOK_AT)
        if any(sum(plain(as_text(cell)) in known for cell in row) >= 2 for row in top):
            return sheet
        if sheet.total_height > best_height:
            best, best_height = sheet, sheet.total_height
    if not best_height:
        raise UnreadableFile(
            "Ce classeur est vide.", "Refaites l’extraction, puis envoyez le nouveau fichier."
        )
    return best


@dataclass
class SheetTable(Table):
    """Rows of a sheet."""

    sheet: CalamineSheet = None
    since_1904: bool = False

    def blocks(self, headings: Collection[str]) -> Iterator["SheetBlock"]:
        # iter_rows gives the blank rows above, not the blank columns on the left.
        left = [""] * (self.sheet.start or (0, 0))[1]
        places = [self.row.index(name) for name in headings]
        days = [self.row.index(name) for name in self.day_headings] if self.since_1904 else []
        merged = _merged(self.sheet)
        rows, lines = [], []
        for line, row in enumerate(self.sheet.iter_rows(), start=1):
            if left:
                row[:0] = left
            if line in merged:
                _fill(row, merged[line])
            for place in days:
                _count_from_1900(row, place)
            if line > self.options["header_row"] and any(cell != "" for cell in row):
                rows.append(row)
                lines.append(line)
            if len(rows) == PIECE_ROWS:
                yield SheetBlock(self, places, rows, np.array(lines))
                rows, lines = [], []
        if rows:
            yield SheetBlock(self, places, rows, np.array(lines))


def _counts_from_1904(path: Path) -> bool:
    """Whether the workbook says that its days are counted as the first Macs did."""
    with zipfile.ZipFile(path) as book:
        return bool(_SINCE_1904.search(book.read("xl/workbook.xml")))


def _count_from_1900(row: list[Any], place: int) -> None:
    """A bare number of days as any other workbook writes it; a cell that shows a day is one."""
    days = row[place] if place < len(row) else None
    if isinstance(days, int | float) and not isinstance(days, bool) and 0 <= days < _FAR_DAYS:
        row[place] = days + _FROM_1900_TO_1904


def _merged(sheet: CalamineSheet) -> dict[int, dict[int, Any]]:
    """{line: {column: value}} of the cells hidden by a merge down a column."""
    hidden: dict[int, dict[int, Any]] = {}
    down = [area for area in sheet.merged_cell_ranges or [] if area[1][0] > area[0][0]]
    if not down:
        return hidden
    rows = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _) in down:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            hidden.setdefault(row + 1, {})[left] = value
    return hidden


def _fill(row: list[Any], values: dict[int, Any]) -> None:
    for column, value in values.items():
        if column < len(row) and row[column] == "":
            row[column] = value


class SheetBlock(Block):
    """Rows of a sheet, made text on demand."""

    def __init__(
        self,
        table: SheetTable,
        places: list[int],
        rows: list[list[Any]],
        lines: np.ndarray,
    ) -> None:
        super().__init__(lines)
        self._table, self._places, self._rows = table, places, rows
        self._frame: pd.DataFrame | None = None

    def frame(self, mask: np.ndarray | None = None) -> pd.DataFrame:
        if self._frame is None:
            self._frame = self._text(self._places, self._rows, self.lines)
        return self._frame if mask is None else self._frame[mask]

    def originals(self, mask: np.ndarray) -> pd.DataFrame:
        row = self._table.row
        places = [row.index(name) for name in self._table.headings]
        rows = [self._rows[place] for place in np.flatnonzero(mask)]
        return self._text(places, rows, self.lines[mask])

    def digests(self) -> np.ndarray:
        return digest_of_cells(self.frame())

    def _text(self, places: list[int], rows: list[list[Any]], lines: np.ndarray) -> pd.DataFrame:
        columns = {}
        for place in places:
            cells = np.empty(len(rows), dtype=object)
            cells[:] = [as_text(row[place]) if place < len(row) else "" for row in rows]
            columns[self._table.row[place]] = cells
        return pd.DataFrame(columns, index=lines, dtype=object)


def as_text(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", days as ISO, times as HH:MM."""
    if isinstance(cell, str):
        return cell.replace("\x00", "").replace("_x000D_", "")
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "minutes")
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    return str(cell)


# --- before anything opens it -------------------------------------------------------------


def weigh(path: Path) -> None:
    """Inflate every part and count, trusting no header. Raises UnreadableFile for what is not
    a workbook, is damaged, or is too large once inflated or laid out."""
    try:
        with zipfile.ZipFile(path) as book:
            _refuse_other_archives(book.namelist())
            left = MOST_BYTES
            if sum(info.file_size for info in book.infolist()) > left:
                raise _too_large()
            for info in book.infolist():
                left -= _weigh_part(book, info, left)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    except zipfile.zlib.error as error:
        raise _damaged() from error
    except RuntimeError as error:  # zipfile's word for a part under password
        raise _damaged() from error


def _refuse_other_archives(names: Collection[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if any(name.lower().endswith((".csv", ".txt", ".xlsx", ".tsv")) for name in names):
        raise UnreadableFile(
            "Ce fichier est une archive ZIP.",
            "Ouvrez-la, puis envoyez le fichier qu’elle contient.",
        )
    raise UnreadableFile(
        "Ce fichier n’est pas un classeur XLSX.",
        "Ouvrez-le dans un tableur, enregistrez-le au format XLSX, puis envoyez-le.",
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "Ce classeur est abîmé ou coupé\u00a0: il ne s’ouvre pas.",
        "Ouvrez-le dans un tableur, enregistrez-le de nouveau, puis renvoyez-le.",
    )


def _weigh_part(book: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> int:
    """Inflated bytes of one part, refused past `most`."""
    is_sheet = info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml")
    total, extent = 0, _Extent()
    with book.open(info) as part:
        while chunk := part.read(_CHUNK):
            total += len(chunk)
            if total > most or total > max(_PACKED_FREELY, info.compress_size * MOST_PACKED):
                raise _too_large()
            if is_sheet:
                extent.see(chunk)
    if extent.cells > MOST_CELLS:
        raise _too_large()
    return total


class _Extent:
    """The rectangle that a sheet fills, from the names of its cells."""

    def __init__(self) -> None:
        self.rows, self.columns, self._tail = 0, 26, b""

    def see(self, chunk: bytes) -> None:
        chunk = self._tail + chunk
        self._tail = chunk[-100:]
        for name in set(_CELL.findall(chunk)):
            self.columns = max(self.columns, _column_number(name))
        last = chunk.rfind(b"<row ")
        if last >= 0 and (match := _ROW.match(chunk, last)):
            self.rows = max(self.rows, int(match[1]))

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        "Ce classeur est trop volumineux une fois décompressé.",
        "Enregistrez la feuille utile au format CSV, puis envoyez ce fichier.",
    )
