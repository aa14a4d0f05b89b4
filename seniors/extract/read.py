"""Opens a landlord's file with the reader it needs; refuses at once what plainly is no table."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from seniors.extract import csv_file, workbook
from seniors.extract.table import Table, UnreadableFile


def open_table(
    path: Path | str,
    *,
    options: dict[str, Any] | None = None,
    known: Collection[str] = (),
    person: bool = False,
) -> Table:
    """Open a CSV, TSV or XLSX file. `options` override what is found (separator, encoding,
    sheet, header_row); `known` are plain headings that help to find the line of headings;
    `person` refuses what is a person's number on a sheet of people. Raises UnreadableFile.
    """
    path, options = Path(path), dict(options or {})
    start = refuse_other_formats(path)
    if start.startswith(b"PK\x03\x04"):
        return workbook.open_workbook(path, options=options, known=known, person=person)
    return csv_file.open_csv(path, options=options, known=known, person=person)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip(b"\xef\xbb\xbf\r\n\t ;,\x00"):
        raise UnreadableFile(
            "Ce fichier est vide.", "Refaites l’extraction, puis envoyez le nouveau fichier."
        )
    return start


_FORMATS = {
    b"\x89PNG": "une image (PNG)",
    b"\xff\xd8\xff": "une image (JPEG)",
    b"GIF8": "une image (GIF)",
    b"BM": "une image (BMP)",
    b"%PDF": "un document PDF",
    b"Rar!": "une archive RAR",
    b"7z\xbc\xaf": "une archive 7-Zip",
    b"\x1f\x8b": "une archive compressée",
    b"PK": "un classeur ou une archive abîmés",
}


def refuse_other_formats(path: Path) -> bytes:
    """The first bytes of the file; raises UnreadableFile for what plainly is not a table."""
    start = _start_of(path)
    if not start.startswith(b"PK\x03\x04"):
        _refuse_other_formats(start)
    return start


def _refuse_other_formats(start: bytes) -> None:
    save_as = "Enregistrez l’extraction au format CSV ou XLSX, puis envoyez ce fichier."
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            "Ce fichier est un classeur de l’ancien format .xls, ou protégé par un mot de passe.",
            "Ouvrez-le, enregistrez-le au format XLSX sans mot de passe, puis envoyez-le.",
        )
    text = start.lstrip(b"\xef\xbb\xbf \r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<table")):
        raise UnreadableFile("Ce fichier est une page web, pas un tableau.", save_as)
    if text.startswith((b"<?xml", b"{\\rtf")):
        raise UnreadableFile("Ce fichier n’est ni un CSV ni un classeur XLSX.", save_as)
    for magic, name in _FORMATS.items():
        if start.startswith(magic) and not _is_text(start):
            raise UnreadableFile(f"Ce fichier est {name}, pas un tableau.", save_as)
    if not start.startswith((b"\xff\xfe", b"\xfe\xff")) and not _is_text(start):
        raise UnreadableFile("Ce fichier n’est ni du texte ni un classeur XLSX.", save_as)


def _is_text(start: bytes) -> bool:
    """Few control characters; a NUL here and there is forgiven."""
    others = start.translate(None, _CONTROLS)
    return len(start) - len(others) <= len(start) * 0.1


_CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 12, 13, 26))
