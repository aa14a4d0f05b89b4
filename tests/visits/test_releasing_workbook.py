"""The workbook of an export is a sound file: what a spreadsheet would repair is not in it."""

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile

import pytest
from openpyxl import load_workbook

from tests.visits.releasing import make_release, make_stock, opened

pytestmark = pytest.mark.django_db
LONGEST_NAME, LONGEST_CELL, MOST_COLUMNS = 31, 32_767, 16_384
FORBIDDEN = set("[]:*?/\\")
TARGET = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@pytest.mark.parametrize("kind", ["tables", "rows"])
def test_a_spreadsheet_has_nothing_to_repair(kind):
    make_stock(60)
    data = opened(make_release(kind))["classeur.xlsx"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
        assert parts.testzip() is None
        assert len(names) == len(set(names))
        for name in names:
            tree = ET.fromstring(parts.read(name))  # noqa: S314 - our own file
            if name.endswith(".rels"):
                _check_targets(name, tree, names)
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


def _check_targets(name: str, tree: ET.Element, names: list[str]) -> None:
    """What a part refers to is in the file, once."""
    folder = posixpath.dirname(posixpath.dirname(name))
    ids = [one.get("Id") for one in tree.iter(TARGET)]
    assert len(ids) == len(set(ids))
    for one in tree.iter(TARGET):
        assert one.get("TargetMode") != "External"
        found = posixpath.normpath(posixpath.join(folder, one.get("Target"))).lstrip("/")
        assert found in names
