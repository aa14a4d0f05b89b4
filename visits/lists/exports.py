"""Workbooks: columns declared once, text that can never become a formula."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from seniors.phones import readable
from visits.models import VisitListEntry

RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: French heading, kind ("text", "number", "money", "date"), width, its value."""

    code: str
    label: str
    kind: str
    width: int
    value: Callable[[Any], Any]


def _home(field: str) -> Callable[[VisitListEntry], Any]:
    """A field of the dwelling; empty for someone who has left."""
    return lambda entry: getattr(entry.senior.dwelling, field, None)


def _lift(entry: VisitListEntry) -> str:
    """Yes, no, or nothing when it is unknown."""
    return {True: "oui", False: "non"}.get(getattr(entry.senior.dwelling, "has_lift", None), "")


COLUMNS = (
    Column("position", "Ordre de visite", "number", 9, lambda e: e.position),
    Column("name", "Locataire", "text", 28, lambda e: e.senior.full_name),
    Column("reason", "Motif", "text", 60, lambda e: e.reason),
    Column("why", "Au titre de", "text", 22, lambda e: e.get_why_display()),
    Column("address", "Adresse", "text", 28, _home("address_line")),
    Column("complement", "Complément", "text", 18, _home("complement")),
    Column("city", "Commune", "text", 22, _home("city_line")),
    Column(
        "residence", "Résidence", "text", 24, lambda e: getattr(_home("residence")(e), "name", "")
    ),
    Column("building", "Bâtiment", "text", 10, _home("building")),
    Column("stair", "Escalier", "text", 10, _home("stair")),
    Column("floor", "Étage", "number", 8, _home("floor")),
    Column("door", "Porte", "text", 8, _home("door")),
    Column("lift", "Ascenseur", "text", 10, _lift),
    Column("phone", "Téléphone", "text", 16, lambda e: readable(e.senior.phone)),
    Column("mobile", "Portable", "text", 16, lambda e: readable(e.senior.mobile)),
    Column("last_visit", "Dernière visite", "date", 14, lambda e: e.last_visit_on),
    Column("added", "Ajout", "date", 12, lambda e: e.added_at and e.added_at.date()),
    Column("skipped", "Écartée car", "text", 30, lambda e: e.skipped_because),
    Column("reference", "Référence", "text", 14, lambda e: e.senior.reference),
)


def write_list(entries: Iterable[VisitListEntry], *, title: str) -> bytes:
    """The XLSX of these entries (`queries.entries_of`), one row each, under one row of headings."""
    return write_table(entries, COLUMNS, sheet_name="Visites", title=title)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: a row of headings, then one row each."""

    name: str
    rows: Iterable[Any]
    columns: Sequence[Column]


def write_table(
    rows: Iterable[Any], columns: Sequence[Column], *, sheet_name: str, title: str
) -> bytes:
    """An XLSX of one sheet."""
    return write_sheets([Sheet(sheet_name, rows, columns)], title=title)


def write_sheets(sheets: Iterable[Sheet], *, title: str) -> bytes:
    """An XLSX of these sheets."""
    out = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title})
        formats = _formats(book)
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, formats)
    return out.getvalue()


def _fill(page: Any, sheet: Sheet, formats: dict) -> None:
    """Headings, then rows, on a page that prints in width."""
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.label, formats["heading"])
    page.freeze_panes(1, min(2, len(sheet.columns) - 1))
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for number, row in enumerate(sheet.rows, 1):
        for place, column in enumerate(sheet.columns):
            _write(page, number, place, column.kind, column.value(row), formats)


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """Formats by use. `risky` keeps a text that looks like a formula a text, even once edited."""
    top = {"valign": "top"}
    return {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "number": book.add_format(top),
        "money": book.add_format(top | {"num_format": "#,##0.00"}),
        "date": book.add_format(top | {"num_format": "dd/mm/yyyy", "align": "left"}),
        "text": book.add_format(top | {"text_wrap": True}),
        "risky": book.add_format(top | {"text_wrap": True, "quote_prefix": True}),
    }


def _write(sheet: Any, row: int, place: int, kind: str, value: Any, formats: dict) -> None:
    """One cell; what is unknown stays empty."""
    if value is None or value == "":
        return
    if kind in ("number", "money"):
        sheet.write_number(row, place, value, formats[kind])
    elif kind == "date":
        sheet.write_datetime(row, place, value, formats["date"])
    else:
        risky = value.lstrip(" ").startswith(RISKY)
        sheet.write_string(row, place, value, formats["risky" if risky else "text"])
