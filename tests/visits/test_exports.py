"""The workbook, read back as a spreadsheet reads it."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.visits.makers import make_agency, make_list
from visits.lists.exports import COLUMNS, write_list
from visits.lists.queries import entries_of
from visits.models import Visit

pytestmark = pytest.mark.django_db


def sheet_of(visit_list):
    """The sheet, opened."""
    content = write_list(entries_of(visit_list), title="Visites")
    return load_workbook(BytesIO(content)).active


def test_workbook_holds_one_row_per_visit_under_french_headings():
    territory, officer, _ = make_agency(4, phone="0298000001")
    made = make_list(territory, officer, capacity=2)
    Visit.objects.create(senior=made.entries.first().senior, made_on="2024-05-06", outcome="done")
    rows = list(sheet_of(made).values)
    assert rows[0] == tuple(column.label for column in COLUMNS)
    assert len(rows) == 3
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["Ordre de visite"] == 1
    assert first["Adresse"] == "3 rue de Siam"
    assert first["Téléphone"] == "02\xa098\xa000\xa000\xa001"
    assert first["Dernière visite"].strftime("%d/%m/%Y") == "06/05/2024"
    assert first["Motif"] == made.entries.first().reason


def test_workbook_never_holds_a_formula():
    bad = ["=1+1", "+33 6 12", "-2", "@SUM(A1)", "\t=1", " =cmd|'/c calc'!A1"]
    for text in bad:
        territory, officer, _ = make_agency(1, last_name=text, first_name="", title="")
        sheet = sheet_of(make_list(territory, officer))
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
        name = next(cell for cell in cells if str(cell.value).strip() == text.strip())
        assert name.quotePrefix


def test_workbook_shows_no_score():
    assert not [one for one in COLUMNS if "score" in one.label.lower() or one.code == "total"]
