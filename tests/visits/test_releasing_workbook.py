"""The workbook of an export is a sound file: what a spreadsheet would repair is not in it."""

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.visits.releasing import make_release, make_stock, opened
from visits.releasing.codebook import Column
from visits.releasing.files import _csv
from visits.releasing.workbook import Head, Workbook

LONGEST_NAME, LONGEST_CELL, MOST_COLUMNS = 31, 32_767, 16_384
FORBIDDEN = set("[]:*?/\\")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TARGET = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
# Children of a worksheet, in the order of the schema (ECMA-376, CT_Worksheet).
ORDER = [f"{MAIN}{name}" for name in ("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols",
                                      "sheetData", "pageMargins", "pageSetup")]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["tables", "rows"])
def test_a_spreadsheet_has_nothing_to_repair(kind):
    make_stock(60)
    data = opened(make_release(kind))["classeur.xlsx"]
    check(data)
    book = load_workbook(io.BytesIO(data))
    titles = [sheet.title for sheet in book]
    assert len({title.lower() for title in titles}) == len(titles)
    for sheet in book:
        assert len(sheet.title) <= LONGEST_NAME
        assert not FORBIDDEN & set(sheet.title)
        assert sheet.max_column <= MOST_COLUMNS
        heads = [cell.value for cell in sheet[1]]
        assert len(heads) == len(set(heads))
        assert None not in heads
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert len(str(cell.value or "")) <= LONGEST_CELL


def check(data: bytes) -> None:
    """What a strict reader asks of the parts, and of what each says of the others."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
        assert parts.testzip() is None
        assert len(names) == len(set(names))
        trees = {name: ET.fromstring(parts.read(name)) for name in names}  # noqa: S314 - our own
    for name, tree in trees.items():
        if name.endswith(".rels"):
            _check_targets(name, tree, names)
    _check_types(trees["[Content_Types].xml"], names)
    styles = len(trees["xl/styles.xml"].find(f"{MAIN}cellXfs"))
    for told in trees["xl/styles.xml"]:
        assert told.get("count") is None or int(told.get("count")) == len(told), told.tag
    texts = trees["xl/sharedStrings.xml"].findall(f"{MAIN}si")
    shown = [text[0].text for text in texts]
    assert len(shown) == len(set(shown))
    sheets = [tree for name, tree in trees.items() if name.startswith("xl/worksheets/sheet")]
    for sheet in sheets:
        places = [ORDER.index(child.tag) for child in sheet]
        assert places == sorted(set(places))
        rows = sheet.find(f"{MAIN}sheetData")
        widths = {len(row) for row in rows}
        assert widths == {len(sheet.find(f"{MAIN}cols"))}
        for cell in rows.iter(f"{MAIN}c"):
            _check_cell(cell, styles, len(texts))
    named = [one.get("name") for one in trees["xl/workbook.xml"].iter(f"{MAIN}sheet")]
    assert len(named) == len(sheets)


def _check_cell(cell: ET.Element, styles: int, texts: int) -> None:
    """A style and a text that exist, a number that is one."""
    assert int(cell.get("s", 0)) < styles
    kind, tags = cell.get("t"), [child.tag for child in cell]
    if kind == "inlineStr":
        assert tags == [f"{MAIN}is"]
    elif kind == "s":
        assert (tags, int(cell[0].text) < texts) == ([f"{MAIN}v"], True)
    else:
        assert kind is None
        assert tags in ([], [f"{MAIN}v"])
        assert not tags or np.isfinite(float(cell[0].text))


def _check_types(tree: ET.Element, names: list[str]) -> None:
    """Each part has a type, and each part that has one of its own is there."""
    own = [one.get("PartName").lstrip("/") for one in tree.iter(f"{TYPES}Override")]
    endings = {one.get("Extension") for one in tree.iter(f"{TYPES}Default")}
    assert len(own) == len(set(own))
    assert set(own) <= set(names)
    others = set(names) - set(own) - {"[Content_Types].xml"}
    assert {name.rpartition(".")[2] for name in others} <= endings


def _check_targets(name: str, tree: ET.Element, names: list[str]) -> None:
    """What a part refers to is in the file, once."""
    folder = posixpath.dirname(posixpath.dirname(name))
    ids = [one.get("Id") for one in tree.iter(TARGET)]
    assert len(ids) == len(set(ids))
    for one in tree.iter(TARGET):
        assert one.get("TargetMode") != "External"
        found = posixpath.normpath(posixpath.join(folder, one.get("Target"))).lstrip("/")
        assert found in names


def test_what_is_written_piece_by_piece_is_read_again():
    """Beyond what one piece holds; unknowns, decimals, codes, texts that look like formulas."""
    heads = [Head("who"), Head("days", is_number=True), Head("code", repeats=True),
             Head("month", repeats=True)]  # fmt: skip
    texts = ["=1+1", " @x", "a < b & c", "", None, "retour\x0bchariot", "« é »"]
    frame = pd.DataFrame(
        {
            "who": [texts[at % len(texts)] for at in range(7_000)],
            "days": [[3.0, np.nan, 12.5, 1200.0, -4.0][at % 5] for at in range(7_000)],
            "code": [[1.0, np.nan, 0.0][at % 3] for at in range(7_000)],
            "month": [["2026-03", ""][at % 2] for at in range(7_000)],
        }
    )
    out = io.BytesIO()
    book = Workbook(out, "Essai & « titre »")
    with book.sheet("Une feuille", heads) as sheet:
        for start in range(0, len(frame), 2_500):
            sheet.write(frame[start : start + 2_500])
    with book.sheet("Vide", heads[:1]):
        pass
    book.close()
    check(out.getvalue())
    found = load_workbook(out)
    assert (found.sheetnames, found.properties.title) == (["Une feuille", "Vide"],
                                                          "Essai & « titre »")  # fmt: skip
    head, *rows = found["Une feuille"].values
    assert head == ("who", "days", "code", "month")
    assert len(rows) == 7_000
    clean = [None if not one else one.replace("\x0b", "") for one in texts]
    for at in (0, 1, 2, 3, 4, 2_499, 2_500, 6_999):
        days = [3, None, 12.5, 1200, -4][at % 5]
        told = (clean[at % 7], days, ["1", None, "0"][at % 3], ["2026-03", None][at % 2])
        assert rows[at] == told
    assert found["Une feuille"]["A2"].quotePrefix


def test_a_csv_is_what_pandas_would_write_of_the_same_texts():
    """What would be cut between quotes, decimals with a comma, whole numbers without, unknowns
    empty; only what looks like a formula differs."""
    kinds = {"who": "text", "days": "number", "cost": "number", "code": "category",
             "count": "number", "month": "month"}  # fmt: skip
    columns = [Column("essai", name, name, kind, "", "") for name, kind in kinds.items()]
    frame = pd.DataFrame(
        {
            "who": ["a;b", 'dit « "oui" »', "deux\nlignes", "", None, "é"],
            "days": [3.0, np.nan, 12.5, 1200.0, -4.0, 0.1],
            "cost": [3000.0, np.nan, -2.0, 1200.0, 0.0, 1.0],
            "code": [1.0, np.nan, 0.0, 2.0, 999.0, 1.0],
            "count": [1, 0, 1000, 2, 3, 4],
            "month": ["2026-03", "", None, "2026-04", "", "2026-03"],
        }
    )
    whole = frame.astype({"cost": "Int64", "code": "Int64"})
    told = whole.to_csv(sep=";", index=False, decimal=",", lineterminator="\r\n")
    assert _csv(frame, columns, header=True) == told
    assert _csv(frame[:0], columns, header=False) == ""
    risky = frame.assign(who=["=1+1", " @x", *frame["who"][2:]])
    assert _csv(risky, columns, header=False).startswith("'=1+1;3,0;3000;1;1;2026-03\r\n' @x;")
