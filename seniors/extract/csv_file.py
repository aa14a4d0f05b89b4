"""Text files with separators: what they are written in, and their rows, block by block.

The whole file is scanned once in constant memory before anything is read, so that a file
that cannot be read is refused before it costs anything.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract import headings as names_of
from seniors.extract.csv_bytes import LONGEST_LINE, Scan, decoded, scan_file
from seniors.extract.table import PIECE_ROWS, Block, Table, UnreadableFile

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "mac-roman", "cp850")
_SCANNED = ("utf-8", "cp1252", "iso-8859-15")
_HEAD_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 200
_AT_ONCE = 2_000
_BLANK = re.compile(r'[\s;,|"]*')
_MORE = "\x00more"  # name of the cells beyond the last heading

csv.field_size_limit(LONGEST_LINE)


def open_csv(
    path: Path, *, options: dict[str, Any], known: Collection[str], person: bool
) -> "CsvTable":
    """Scan the file, find what it is written in and its line of headings."""
    stat = path.stat()
    chosen = (options.get("encoding"), options.get("separator"), options.get("header_row"))
    return _open(path, stat.st_size, stat.st_mtime_ns, chosen, frozenset(known), person)


@lru_cache(maxsize=2)
def _open(
    path: Path, _size: int, _changed_at: int, chosen: tuple, known: frozenset[str], person: bool
) -> "CsvTable":
    """The same file is opened several times on its way in."""
    encoding, separator, header_row = chosen
    scan = scan_file(path)
    encoding = encoding or scan.encoding
    try:
        head = _head(path, encoding, scan)
    except UnicodeError as error:
        raise UnreadableFile(
            "Ce fichier n’est pas écrit dans le codage choisi.", "Choisissez un autre codage."
        ) from error
    separator = separator or find_separator(head)
    rows = list(islice(_parsed(head, separator), names_of.LOOK_AT + _SAMPLE_ROWS))
    header_row = int(header_row or names_of.find_row(rows, known) + 1)
    if header_row > len(rows):
        raise UnreadableFile(
            f"La ligne {header_row}, choisie pour les en-têtes, n’existe pas.",
            "Choisissez une autre ligne d’en-têtes.",
        )
    names = names_of.distinct(rows[header_row - 1])
    if not any(names):
        raise UnreadableFile(
            "La ligne des en-têtes est vide.", "Indiquez quelle ligne porte les en-têtes."
        )
    _refuse_cut(path, encoding, separator, scan, len(rows[header_row - 1]))
    found = {"separator": separator, "encoding": encoding, "header_row": header_row}
    sample = [row for row in rows[header_row:] if any(row)]
    return CsvTable(path, names, sample, found, person=person, scan=scan)


@dataclass
class CsvTable(Table):
    """Rows of a text file."""

    scan: Scan = None

    @property
    def may_hold_nir(self) -> bool:
        # The scan of the bytes knows the blanks of these encodings only.
        return self.scan.has_long_number or self.options["encoding"] not in _SCANNED

    def blocks(self, headings: Collection[str]) -> Iterator["CsvBlock"]:
        line = 1
        wanted = sorted(self.row.index(name) for name in headings)
        for records in self._records():
            first = max(self.options["header_row"] + 1 - line, 0)
            lines = np.arange(line + first, line + len(records))
            line += len(records)
            records = records[first:]
            if blank := self._blank(records):
                records = [one for place, one in enumerate(records) if place not in blank]
                lines = np.delete(lines, list(blank))
            if records:
                yield CsvBlock(self, wanted, records, lines)

    @property
    def may_hold_totals(self) -> bool:
        return self.scan.has_total

    def _blank(self, records: list[str]) -> set[int]:
        """Places of the records with no cell; only a short one can be."""
        lengths = np.fromiter(map(len, records), dtype=np.int64, count=len(records))
        short = np.flatnonzero(lengths <= len(self.row) + 16)
        return {place for place in short.tolist() if _BLANK.fullmatch(records[place])}

    def _records(self) -> Iterator[list[str]]:
        """Lists of records, as text without their line end; a quoted newline does not cut."""
        joined, rest = _Joiner(self.options["separator"]), ""
        with self.path.open("rb") as file:
            for text in decoded(file, self.options["encoding"], self.scan):
                *parts, rest = (rest + text).split("\n")
                may_quote = '"' in text
                del text  # some megabytes
                if parts:
                    yield from _sliced(joined.add(parts, may_quote=may_quote))
            if rest:
                yield joined.add([rest], may_quote=True)
        joined.close()


def _sliced(records: list[str]) -> Iterator[list[str]]:
    """In pieces of about one size."""
    count = -(-len(records) // PIECE_ROWS)
    size = -(-len(records) // max(count, 1))
    for piece in range(count):
        yield records[piece * size : (piece + 1) * size]


class _Joiner:
    """Puts back together the lines that a quoted newline parted."""

    def __init__(self, separator: str) -> None:
        self._open_at_end = _open_quote(separator)
        self._pending: list[str] = []
        self._length = 0
        self._line = 0

    def add(self, parts: list[str], *, may_quote: bool) -> list[str]:
        """The records that these lines make; `may_quote` is false when they hold no quote."""
        quotes_of = list(map(str.count, parts, repeat('"'))) if may_quote else [0] * len(parts)
        if not self._pending and not any(quotes % 2 for quotes in set(quotes_of)):
            self._line += len(parts)
            return parts
        records = []
        for part, quotes in zip(parts, quotes_of, strict=True):
            if not self._pending and not quotes % 2:
                records.append(part)
                continue
            # Inside a quoted cell, a line is read as the rest of that cell: never all again.
            is_open = self._open_at_end('"' * bool(self._pending) + part) if quotes else True
            self._pending.append(part)
            self._length += len(part)
            if not is_open:
                records.append("\n".join(self._pending))
                self._pending, self._length = [], 0
            elif self._length > LONGEST_LINE:
                self._line += len(records)
                self.close()
        self._line += len(records)
        return records

    def close(self) -> None:
        """At the end of the file: refuses a quote never closed."""
        if self._pending:
            raise UnreadableFile(
                f"Le fichier semble coupé\u00a0: un guillemet ouvert vers la ligne "
                f"{self._line + 1} n’est jamais fermé.",
                "Refaites l’extraction, ou fermez ce guillemet, puis renvoyez le fichier.",
            )


def _open_quote(separator: str) -> Any:
    """A test: does this text end inside a quoted cell? A quote in the middle of a bare cell
    is only a character, a doubled one never closes (hence the possessive `*+`)."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*+"[^{separator}]*|[^"{separator}][^{separator}]*)?')
    quoted = re.compile(rf'"(?:[^"]|"")*+"[^{separator}]*')

    def ends_open(text: str) -> bool:
        place = 0
        while place <= len(text):
            if text[place : place + 1] == '"' and not quoted.match(text, place):
                return True
            match = cell.match(text, place)
            place = match.end() + 1
        return False

    return ends_open


class CsvBlock(Block):
    """Records of a text file, cut into cells on demand by pandas."""

    def __init__(
        self, table: CsvTable, wanted: list[int], records: list[str], lines: np.ndarray
    ) -> None:
        super().__init__(lines)
        self._table, self._wanted, self._records = table, wanted, records
        self._frame: pd.DataFrame | None = None

    def frame(self, mask: np.ndarray | None = None) -> pd.DataFrame:
        if self._frame is None and mask is not None and not mask.all():
            return self._parse(self._wanted, mask)
        if self._frame is None:
            self._frame = self._parse(self._wanted, None)
        return self._frame if mask is None or mask.all() else self._frame[mask]

    def originals(self, mask: np.ndarray) -> pd.DataFrame:
        row = self._table.row
        return self._parse([row.index(name) for name in self._table.headings], mask)

    def too_wide(self) -> list[int]:
        separator, width = self._table.options["separator"], len(self._table.row)
        counts = map(str.count, self._records, repeat(separator))
        many = np.fromiter(counts, dtype=np.int64, count=len(self._records)) >= width
        return [
            int(self.lines[place])
            for place in np.flatnonzero(many).tolist()
            if any(any(row[width:]) for row in _parsed(self._records[place], separator))
        ]

    def digests(self) -> np.ndarray:
        # A digest of the whole line would also be one of a person's number that it may hold.
        if self._table.refused_headings or self._table.may_hold_nir:
            return digest_of_cells(self.frame())
        return _hashed(self._records)

    def _parse(self, places: list[int], mask: np.ndarray | None) -> pd.DataFrame:
        records, lines = self._records, self.lines
        if mask is not None:
            lines = lines[mask]
            records = [records[place] for place in np.flatnonzero(mask)]
        names = [*map(str, range(len(self._table.row))), _MORE]
        separator = self._table.options["separator"]
        # The first row says the width: the parser would take it from the first record.
        frame = pd.read_csv(
            _ForParser([separator * len(self._table.row), *records]),
            sep=separator,
            header=None,
            names=names,
            usecols=[names[place] for place in places],
            dtype=object,  # text as it is: a column of pandas' own text is slower to make and read
            na_filter=False,
            skip_blank_lines=False,
            engine="c",
            index_col=False,
        )
        frame = frame[[names[place] for place in places]].iloc[1:]
        frame.columns = [self._table.row[place] for place in places]
        frame.index = lines
        return frame


class _ForParser:
    """Records as the parser of pandas takes them, some at a time: `StringIO` would hold the whole
    piece, four bytes a character."""

    def __init__(self, records: list[str]) -> None:
        self._records, self._place = records, 0

    def read(self, _size: int = -1) -> bytes:
        some = self._records[self._place : self._place + _AT_ONCE]
        self._place += _AT_ONCE
        return "\n".join([*some, ""]).encode() if some else b""

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")


def _hashed(texts: list[str]) -> np.ndarray:
    cells = np.empty(len(texts), dtype=object)
    cells[:] = texts
    return pd.util.hash_array(cells, categorize=False).view(np.int64)


def digest_of_cells(frame: pd.DataFrame) -> np.ndarray:
    """One 64-bit number per row, from the cells of `frame` only."""
    columns = [frame[name].tolist() for name in frame.columns]
    return _hashed(list(map("\x1f".join, zip(*columns, strict=True))))


# --- what the first lines say -------------------------------------------------------------


def _head(path: Path, encoding: str, scan: Scan) -> str:
    """The first lines, whole."""
    with path.open("rb") as file:
        text = next(decoded(io.BytesIO(file.read(_HEAD_CHARACTERS)), encoding, scan))
        cut = bool(file.read(1))
    return text[: text.rfind("\n") + 1] or text if cut else text


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline="\n"), delimiter=separator)
    except csv.Error:
        return


def find_separator(head: str) -> str:
    """The separator that gives most cells to most lines alike."""
    best, best_score = ";", 0
    for separator in SEPARATORS:
        rows = [row for row in islice(_parsed(head, separator), 100) if len(row) > 1]
        if not rows:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0]
        score = count * (width - 1)
        if score > best_score:
            best, best_score = separator, score
    return best


def _refuse_cut(path: Path, encoding: str, separator: str, scan: Scan, width: int) -> None:
    """A last line shorter than the one before it, without an end: the file was cut."""
    if scan.ends_with_newline or encoding == "utf-16":
        return
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _HEAD_CHARACTERS, 0))
        tail = next(decoded(file, encoding, scan))
    rows = [row for row in _parsed(tail, separator) if row]
    if len(rows) >= 2 and len(rows[-1]) < min(len(rows[-2]), width):
        raise UnreadableFile(
            "Le fichier semble coupé\u00a0: sa dernière ligne s’arrête au milieu.",
            "Refaites l’extraction ou l’envoi, puis recommencez.",
        )
