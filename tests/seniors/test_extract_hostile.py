"""Files made to harm, or harmful by accident: refused quickly, with the right words."""

import zipfile

import pytest

from seniors.extract.cells import squeeze, squeezed
from seniors.extract.read import open_table
from tests.seniors.test_extract_read import bomb, refused, write


def test_the_line_of_a_quote_never_closed_is_said_in_a_long_file(tmp_path):
    lines = ["UG;Rue;Ville", *["L1;rue;x"] * 1000, 'L3;"rue du', *["L4;rue;x"] * 200_000, ""]
    assert "vers la ligne 1002 " in refused(write(tmp_path / "a.csv", "\n".join(lines)))


def test_quotes_that_close_and_open_on_each_line_cost_no_more_than_others(tmp_path):
    text = "\n".join(["UG;Rue;Ville", 'L1;"rue du', *['";x"y;"z'] * 60_000, '";b', ""])
    table = open_table(write(tmp_path / "a.csv", text), options={"separator": ";", "header_row": 1})
    assert [line for piece in table.pieces(["UG"]) for line in piece.index] == [2]


def test_a_workbook_packed_too_well_is_refused_under_the_limit(tmp_path):
    assert "trop volumineux" in refused(bomb(tmp_path / "a.xlsx", 100))


def test_a_zip_of_tables_is_to_be_opened_first(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.csv", "w") as archive:
        archive.writestr("parc.csv", "a;b")
    assert "archive ZIP" in refused(tmp_path / "a.csv")


@pytest.mark.parametrize("start", [b'<?xml version="1.0"?><Workbook/>', b"{\\rtf1\\ansi bonjour}"])
def test_a_document_that_is_text_but_no_table_is_refused(tmp_path, start):
    assert "ni un CSV ni un classeur" in refused(write(tmp_path / "a.csv", start + b" " * 64))


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "mac-roman", "cp850", "utf-16"])
def test_the_accents_of_every_system_are_found(tmp_path, encoding):
    text = "Référence;Résidence;Ville\nL1;Les Acacias d’été;Guérande\n".replace("’", "'")
    table = open_table(write(tmp_path / "a.csv", text, encoding))
    assert table.headings == ["Référence", "Résidence", "Ville"]
    assert next(table.pieces(["Ville"])).iloc[0, 0] == "Guérande"


def test_dashes_and_quotes_of_windows_are_not_accents_of_another_system(tmp_path):
    text = "UG;Rue;Ville\nL1;RUE DE L’ÉCOLE – BÂT. A…;BREST\n"
    table = open_table(write(tmp_path / "a.csv", text, "cp1252"))
    assert next(table.pieces(["Rue"])).iloc[0, 0] == "RUE DE L’ÉCOLE – BÂT. A…"


def test_zeros_kept_by_a_formula_of_text_are_read(tmp_path):
    text = '="0012";"=""0298000000""";\'=1+1'
    table = open_table(write(tmp_path / "a.csv", f"UG;Tél;Nom\n{text}\n"))
    row = next(table.pieces(["UG", "Tél", "Nom"])).iloc[0]
    assert [squeeze(cell) for cell in row] == ["0012", "0298000000", "=1+1"]
    assert squeezed(list(row)) == ["0012", "0298000000", "=1+1"]
