"""Files as landlords' systems write them, each quirk in a real file."""

import datetime as dt
import io
import struct
import tracemalloc
import zipfile
import zlib

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.extract.read import UnreadableFile, open_table

HEADINGS = ["IDENT_INT", "NOMVOIE", "LIBCOM"]
ROWS = [["L1", "rue de Siam", "Brest"], ["L2", "place de l’Étoile", "Névez"]]


def text_of(rows, separator=";", end="\n"):
    return "".join(separator.join(row) + end for row in rows)


def write(path, text, encoding="utf-8"):
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def rows_of(table):
    frames = list(table.pieces(table.headings))
    return [tuple(row) for frame in frames for row in frame.itertuples(index=False)]


def lines_of(table):
    return [line for frame in table.pieces(table.headings) for line in frame.index]


EXPECTED = [tuple(row) for row in ROWS]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(tmp_path, separator):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS], separator))
    table = open_table(path)
    assert table.options["separator"] == separator
    assert rows_of(table) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS]), encoding)
    table = open_table(path)
    assert table.headings == HEADINGS
    assert rows_of(table) == EXPECTED


def test_iso_8859_15_is_told_from_cp1252_by_its_letters(tmp_path):
    rows = [HEADINGS, ["L1", "rue du Sacré-Cœur", "Plœmeur"]]
    path = write(tmp_path / "a.csv", text_of(rows), "iso-8859-15")
    assert rows_of(open_table(path)) == [tuple(rows[1])]


def test_text_encoded_twice_is_put_right(tmp_path):
    rows = [HEADINGS, ["L1", "allée", "NÃ©vez"], ["L2", "rue de Siam", "ChÃ¢teaulin"]]
    path = write(tmp_path / "a.csv", text_of(rows))
    assert rows_of(open_table(path)) == [
        ("L1", "allée", "Névez"), ("L2", "rue de Siam", "Châteaulin"),
    ]  # fmt: skip


def test_what_is_found_can_be_overridden(tmp_path):
    path = write(tmp_path / "a.csv", "IDENT_INT;NOMVOIE,LIBCOM\nL1;a,b\n")
    table = open_table(path, options={"separator": ","})
    assert table.headings == ["IDENT_INT;NOMVOIE", "LIBCOM"]
    path = write(tmp_path / "b.csv", text_of([HEADINGS, ["L1", "Cœur", "x"]]), "iso-8859-15")
    assert rows_of(open_table(path, options={"encoding": "cp1252"}))[0][1] == "C½ur"


def test_marks_and_blanks_in_headings_are_taken_out(tmp_path):
    text = "\ufeffIDENT_INT ;\ufeffNOMVOIE;  LIB\u00a0 COM  ;\nL1;rue;Brest;\n"
    table = open_table(write(tmp_path / "a.csv", text))
    assert table.headings == ["IDENT_INT", "NOMVOIE", "LIB COM"]
    assert rows_of(table) == [("L1", "rue", "Brest")]


def test_the_layout_does_not_depend_on_order_case_or_accents(tmp_path):
    one = open_table(write(tmp_path / "a.csv", "Étage;Réf\n1;2\n"))
    other = open_table(write(tmp_path / "b.csv", "REF;ETAGE\n1;2\n"))
    third = open_table(write(tmp_path / "c.csv", "REF;PORTE\n1;2\n"))
    assert one.layout == other.layout != third.layout


def test_title_lines_above_the_headings_are_passed(tmp_path):
    text = "Extraction du 24/11/2026;;\n\nAgence de Brest;;\n" + text_of([HEADINGS, *ROWS])
    table = open_table(write(tmp_path / "a.csv", text), known={"ident int", "libcom"})
    assert table.options["header_row"] == 4
    assert lines_of(table) == [5, 6]
    assert open_table(write(tmp_path / "b.csv", text)).options["header_row"] == 4


def test_blank_rows_keep_the_numbers_of_the_spreadsheet(tmp_path):
    text = text_of([HEADINGS, ROWS[0]]) + "\n;;\n" + text_of([ROWS[1]])
    table = open_table(write(tmp_path / "a.csv", text))
    assert lines_of(table) == [2, 5]


def test_a_quoted_newline_does_not_cut_a_row(tmp_path):
    text = 'IDENT_INT;NOMVOIE;LIBCOM\nL1;"80 BD JOURDAN\n3 RUE X";Brest\nL2;rue;Brest\n'
    table = open_table(write(tmp_path / "a.csv", text))
    assert rows_of(table) == [("L1", "80 BD JOURDAN\n3 RUE X", "Brest"), ("L2", "rue", "Brest")]
    assert lines_of(table) == [2, 3]


def test_doubled_and_stray_quotes_are_read_as_they_are(tmp_path):
    text = 'A;B\nL1;"{""nom"": ""x""}"\nL2;le 5" du bas\nL3;fin\n'
    assert rows_of(open_table(write(tmp_path / "a.csv", text))) == [
        ("L1", '{"nom": "x"}'), ("L2", 'le 5" du bas'), ("L3", "fin"),
    ]  # fmt: skip


def test_lines_that_end_with_cr_only_are_read(tmp_path):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS], end="\r"))
    assert rows_of(open_table(path)) == EXPECTED


def test_windows_line_ends_are_read(tmp_path):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS], end="\r\n"))
    assert rows_of(open_table(path)) == EXPECTED


def test_nul_bytes_are_taken_out(tmp_path):
    path = write(tmp_path / "a.csv", b"IDENT_INT;LIBCOM\nL\x001;Brest\x00\nL2;Brest\n")
    assert rows_of(open_table(path)) == [("L1", "Brest"), ("L2", "Brest")]


def test_only_the_columns_asked_for_are_read_among_thousands(tmp_path):
    headings = [f"C{n}" for n in range(3000)]
    path = write(tmp_path / "a.csv", text_of([headings, [str(n) for n in range(3000)]]))
    table = open_table(path)
    (frame,) = table.pieces(["C7", "C2999"])
    assert frame.to_dict("list") == {"C7": ["7"], "C2999": ["2999"]}


def test_two_columns_of_one_name_are_told_apart(tmp_path):
    table = open_table(write(tmp_path / "a.csv", "Nom;Prénom;Nom;Prénom\nA;B;C;D\n"))
    assert table.headings == ["Nom", "Prénom", "Nom (2)", "Prénom (2)"]
    assert rows_of(table) == [("A", "B", "C", "D")]


@pytest.mark.parametrize(
    "heading",
    ["NIR", "N° SS", "Num Sécu", "IBAN", "RIB", "Nationalité", "Titre de séjour", "Religion",
     "Observations", "N° Sécurité sociale", "IDENT_FISCAL"],
)  # fmt: skip
def test_a_column_that_must_not_be_read_is_refused_by_its_name(tmp_path, heading):
    table = open_table(write(tmp_path / "a.csv", f"Nom;{heading}\nA;secret\n"))
    assert (table.headings, table.refused_headings) == (["Nom"], [heading])
    assert "secret" not in table.sample().to_string()


def test_insee_is_a_commune_on_a_sheet_of_dwellings_and_a_person_on_a_sheet_of_people(tmp_path):
    path = write(tmp_path / "a.csv", "Nom;INSEE\nA;29019\n")
    assert open_table(path).refused_headings == []
    assert open_table(path, person=True).refused_headings == ["INSEE"]


def test_a_column_of_social_security_numbers_is_refused_by_its_content(tmp_path):
    path = write(tmp_path / "a.csv", "Nom;Divers\nA;2 40 05 29 019 005 35\nB;184052A004005\n")
    table = open_table(path)
    assert table.refused_headings == ["Divers"]
    assert "029" not in table.sample().to_string()


@given(
    st.lists(st.lists(st.text("aé ;,\"'\n\t-=", max_size=6), min_size=3, max_size=3), max_size=8)
)
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, rows):
    import csv  # noqa: PLC0415

    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerows([["un", "deux", "trois"], *rows])
    path = write(tmp_path_factory.mktemp("t") / "a.csv", file.getvalue())
    blank = set(' ;,|"\n\t')
    kept = [tuple(row) for row in rows if set(text_of([row])) - blank]
    table = open_table(path, options={"separator": ";", "header_row": 1})
    read = [row for row in rows_of(table) if set("".join(row)) - blank]
    assert read == kept


# --- workbooks ----------------------------------------------------------------------------


def workbook(path, rows, title="Feuil1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_as_text(tmp_path):
    rows = [
        ["Code", "Jour", "Loyer", "Année", "Vrai", "Heure"],
        ["001", dt.date(2020, 3, 1), 445.5, 2027.0, True, dt.time(0, 0)],
    ]
    table = open_table(workbook(tmp_path / "a.xlsx", rows))
    assert rows_of(table) == [("001", "2020-03-01", "445.5", "2027", "VRAI", "00:00")]


def test_titles_blank_rows_and_left_columns_of_a_sheet_keep_their_line_numbers(tmp_path):
    rows = [["Parc au 1er janvier"], [], [None, *HEADINGS], [None, *ROWS[0]], [], [None, *ROWS[1]]]
    table = open_table(workbook(tmp_path / "a.xlsx", rows))
    assert rows_of(table) == EXPECTED
    assert lines_of(table) == [4, 6]


def test_a_sheet_that_does_not_begin_in_its_corner_is_read(tmp_path):
    book = openpyxl.Workbook()
    for at, row in enumerate([HEADINGS, *ROWS], start=5):
        for place, cell in enumerate(row, start=3):
            book.active.cell(at, place, cell)
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx")
    assert rows_of(table) == EXPECTED
    assert lines_of(table) == [6, 7]


def test_the_sheet_with_known_headings_is_chosen_and_another_can_be(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    for number in range(9):
        book.active.append(["texte", f"ligne {number}", "encore"])
    data = book.create_sheet("Parc")
    for row in [HEADINGS, *ROWS]:
        data.append(row)
    book.create_sheet("Cachée").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx", known={"ident int", "nomvoie"})
    assert table.options["sheet"] == "Parc"
    assert table.options["sheets"] == ["Lisez-moi", "Parc"]
    assert rows_of(table) == EXPECTED
    assert (
        open_table(tmp_path / "a.xlsx", options={"sheet": "Lisez-moi"}).options["sheet"]
        == "Lisez-moi"
    )


def test_cells_merged_down_a_column_count_for_each_row(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Résidence", "UG"], ["Ker Anna", "L1"], [None, "L2"], ["Les Lilas", "L3"]]:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    assert rows_of(open_table(tmp_path / "a.xlsx")) == [
        ("Ker Anna", "L1"), ("Ker Anna", "L2"), ("Les Lilas", "L3"),
    ]  # fmt: skip


def test_a_merged_title_above_the_headings_is_passed(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Logement", None, "Adresse"], HEADINGS, *ROWS]:
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.save(tmp_path / "a.xlsx")
    assert rows_of(open_table(tmp_path / "a.xlsx")) == EXPECTED


def test_hidden_rows_are_rows_and_a_formula_without_value_is_empty(tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADINGS, *ROWS, ["L3", '=CONCATENATE("a";"b")', "Brest"]]:
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")
    assert rows_of(open_table(tmp_path / "a.xlsx")) == [*EXPECTED, ("L3", "", "Brest")]


# --- refused ------------------------------------------------------------------------------


def read_whole(path, **options):
    table = open_table(path, **options)
    for _ in table.pieces(table.headings):
        pass


def refused(path, **options):
    with pytest.raises(UnreadableFile) as caught:
        read_whole(path, **options)
    message = str(caught.value)
    assert "Rien n’a été modifié." in message
    return message


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_an_empty_file_is_refused(tmp_path, content):
    assert "vide" in refused(write(tmp_path / "a.csv", content))


def test_an_empty_workbook_is_refused(tmp_path):
    assert "vide" in refused(workbook(tmp_path / "a.xlsx", []))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64), "une image (PNG)"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "une image (JPEG)"),
        (b"%PDF-1.7\n\x00\x01\x02\x03\x04\x05\x06\x07\x08", "un document PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "ancien format .xls"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "une page web"),
        (b"PK\x03\x04" + bytes(64), "abîmé ou coupé"),
        (bytes(range(1, 9)) * 64, "ni du texte ni un classeur"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, words):
    assert words in refused(write(tmp_path / "a.xlsx", content))


def test_another_archive_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("photo.png", "x")
    assert "pas un classeur XLSX" in refused(tmp_path / "a.xlsx")


def test_a_workbook_cut_in_the_middle_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    path.write_bytes(path.read_bytes()[:2000])
    assert "abîmé ou coupé" in refused(path)


def bomb(path, megabytes):
    """A workbook whose sheet truly inflates to this size, and whose header says 10 bytes."""
    book = workbook(path, [HEADINGS, *ROWS])
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(megabytes):
                sheet.write(b" " * (1 << 20))
    return path


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_opened(tmp_path):
    path = bomb(tmp_path / "a.xlsx", 1100)
    assert path.stat().st_size < 3 << 20
    tracemalloc.start()
    assert "trop volumineux" in refused(path)
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path):
    """The header says 10 bytes; what is inflated is counted."""
    path = tmp_path / "a.xlsx"
    content = b"\x00" * (4 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", content)
    raw = path.read_bytes().replace(struct.pack("<I", len(content)), struct.pack("<I", 10))
    path.write_bytes(raw)
    assert zlib.crc32(content)
    assert "abîmé" in refused(path)


def test_a_workbook_of_two_cells_far_apart_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "UG"
    book.active["XFD1048576"] = "loin"
    book.save(tmp_path / "a.xlsx")
    assert "trop volumineux" in refused(tmp_path / "a.xlsx")


def test_a_hundred_megabytes_of_one_line_are_refused_in_little_memory(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"IDENT_INT;LIBCOM\n")
        for _ in range(100):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    assert "une ligne de plus d’un million de caractères" in refused(path)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_quote_never_closed_is_a_file_cut_in_the_middle(tmp_path):
    text = text_of([HEADINGS, *ROWS]) + 'L3;"rue du'
    assert "coupé" in refused(write(tmp_path / "a.csv", text))


def test_a_last_row_cut_short_is_a_file_cut_in_the_middle(tmp_path):
    text = text_of([HEADINGS, *ROWS]) + "L3;rue d"
    assert "s’arrête au milieu" in refused(write(tmp_path / "a.csv", text))


def test_a_whole_last_row_needs_no_end_of_line(tmp_path):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS]).rstrip("\n"))
    assert rows_of(open_table(path)) == EXPECTED


def test_a_line_of_headings_that_does_not_exist_is_said(tmp_path):
    path = write(tmp_path / "a.csv", text_of([HEADINGS, *ROWS]))
    assert "La ligne 99" in refused(path, options={"header_row": 99})
