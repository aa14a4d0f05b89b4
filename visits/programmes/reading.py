"""A table pasted or sent as a file, as rows of text under the headings we know.

The landlord's own headings are recognised by their plain words; a column that is not known is not
read. Opened by the reader of the extracts, which refuses what is no table.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from seniors.extract.cells import squeeze
from seniors.extract.csv_file import SEPARATORS
from seniors.extract.read import open_table
from seniors.extract.table import UnreadableFile
from seniors.extract.text import plain

MOST_ROWS = 2000
Cells = dict[str, str]


@dataclass(frozen=True)
class Heading:
    """One column: how we write it, its other names, and whether it must be there."""

    label: str
    words: Sequence[str] = ()
    needed: bool = True

    @property
    def names(self) -> set[str]:
        return {plain(word) for word in (self.label, *self.words)}


def labels_of(headings: Mapping[str, Heading]) -> list[str]:
    """The headings as we write them."""
    return [one.label for one in headings.values()]


def rows_of_text(text: str, headings: Mapping[str, Heading]) -> list[tuple[int, Cells]]:
    """The same as `rows_of_file`, of text pasted from a spreadsheet or a CSV."""
    if not text.strip():
        raise UnreadableFile("Rien n’est collé.", "Collez le tableau avec sa ligne d’en-têtes.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(f"{text.rstrip()}\n", encoding="utf-8")  # no end of line: a file cut short
        return rows_of_file(path, headings, separator=_separator(text))


def _separator(text: str) -> str | None:
    """The mark that parts the first line; cells below may hold others. None when it is a title."""
    first = text.strip("\r\n ").partition("\n")[0]
    mark = max(SEPARATORS, key=first.count)
    return mark if mark in first else None


def rows_of_file(
    path: Path | str, headings: Mapping[str, Heading], *, separator: str | None = None
) -> list[tuple[int, Cells]]:
    """(line, {code of the heading: cell}) of a CSV or XLSX; "" when a cell or column is missing.

    Raises UnreadableFile: no table, a needed column missing, too many rows.
    """
    known = set().union(*(one.names for one in headings.values()))
    table = open_table(path, options={"separator": separator}, known=known)
    if lost := [name for name in table.refused_headings if plain(name) in known]:
        raise UnreadableFile(
            f"La colonne {lost[0]} porte des numéros de sécurité sociale.",
            "Retirez-les du tableau, puis envoyez-le.",
        )
    found = {
        code: next((name for name in table.headings if plain(name) in one.names), None)
        for code, one in headings.items()
    }
    missing = [one.label for code, one in headings.items() if one.needed and not found[code]]
    if missing:
        raise UnreadableFile(
            f"Colonne introuvable\u00a0: {', '.join(missing)}.",
            f"La première ligne doit porter\u00a0: {', '.join(labels_of(headings))}.",
        )
    rows: list[tuple[int, Cells]] = []
    for piece in table.pieces([name for name in found.values() if name]):
        for line, cells in zip(piece.index, piece.to_dict("records"), strict=True):
            read = {code: squeeze(cells[name]) if name else "" for code, name in found.items()}
            if any(read.values()):
                rows.append((int(line), read))
        if len(rows) > MOST_ROWS:
            raise UnreadableFile(
                f"Ce tableau a plus de {MOST_ROWS} lignes.", "Envoyez-le en plusieurs fois."
            )
    return rows


def as_text(rows: Iterable[tuple[int, Cells]], headings: Mapping[str, Heading]) -> str:
    """The rows as text that `rows_of_text` reads back: what a preview hands on."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(labels_of(headings))
    writer.writerows([cells[code] for code in headings] for _, cells in rows)
    return lines.getvalue()
