"""A person's number leaves no trace: not in a record, a heading, a file kept, or a name."""

import unicodedata
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from seniors.extract import intake
from seniors.extract.csv_bytes import scan_file
from seniors.extract.read import open_table
from tests.make import make_dwelling, make_residence
from tests.seniors.importing import DAY, csv_file, imported

pytestmark = pytest.mark.django_db

NIR = "240052901900161"
ROW = {"N° locataire": "P0", "Code UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne",
       "DDN": "17/05/1940", "Tél": "0298000000", "E-mail": "a@b.fr", "N° bail": "B1",
       "Qualité": "Titulaire", "Date entrée": "01/03/1992", "Divers": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    make_dwelling(make_residence(), reference="L1")
    return Path(settings.MEDIA_ROOT)


def digits_kept(folder: Path) -> str:
    """Every figure of the database and of the files kept, nothing between them."""
    said = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our tables
            said += [str(row) for row in cursor.fetchall()]
    for path in folder.rglob("*-refus.jsonl"):
        said += path.read_text(encoding="utf-8").splitlines()
    plain = unicodedata.normalize("NFKC", "|".join(said))
    return "".join(letter for letter in plain if letter.isdigit() or letter == "|")


@pytest.mark.parametrize(
    "written",
    [NIR, NIR[:13], "2 40 05 29 019 001", f"SS{NIR}", f"{NIR} F", "2–40–05–29–019–001",
     "2·40·05·29·019·001", "2\u200b40\u200b05\u200b29\u200b019\u200b001",
     NIR.translate({ord("0") + n: 0xFF10 + n for n in range(10)})],
)  # fmt: skip
def test_one_cell_anywhere_refuses_its_row_and_leaves_no_trace(tmp_path, files, written):
    rows = [ROW | {"N° locataire": f"P{n}", "Prénom": f"Jeanne {n}"} for n in range(60)]
    # The free text is no field of ours: it is not read.
    odd = [name for name in ROW if name not in ("Divers",)]
    for place, name in enumerate(odd):
        rows[place] |= {name: f"{written}" if place % 2 else f"voir {written}"}
    rows[len(odd)] |= {"Divers": written}
    run = imported(csv_file(tmp_path / f"extrait_{NIR}.csv", rows), "occupants")
    assert (run.counts["refused"], run.counts["new"]) == (len(odd), 60 - len(odd))
    assert NIR[:13] not in digits_kept(files)


def test_a_file_without_headings_does_not_make_one_of_it(tmp_path, files):
    row = {"L1": "", "LE GOFF": "", "Jeanne": "", "B1": "1", NIR: ""}
    path = csv_file(tmp_path / "a.csv", [row])
    table = open_table(path, person=True)
    assert table.refused_headings == ["[numéro retiré]"]
    run = intake.receive(path, kind="occupants", name=path.name, extract_on=DAY)
    intake.choose(run, intake.propose(run))
    intake.preview(run)
    assert run.error
    assert NIR not in digits_kept(files)


def test_a_number_cut_by_two_readings_of_the_file_is_seen(tmp_path):
    path = tmp_path / "a.csv"
    before = "a;b\n" * (((1 << 20) - 8) // 4)
    path.write_text(f"{before}{NIR};b\n" + "a;b\n" * 10)
    assert scan_file(path).has_long_number


def test_the_command_keeps_no_copy_of_a_file_it_refuses(tmp_path, files):
    path = csv_file(tmp_path / "a.csv", [{"Nom": "LE GOFF", "Divers": NIR}])
    with pytest.raises(CommandError, match="colonne indispensable"):
        call_command("import_extract", "occupants", str(path))
    assert list((files / "imports").iterdir()) == []


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850", "cp1252", "utf-8"])
def test_a_number_written_with_no_break_spaces_is_seen_in_every_encoding(tmp_path, files, encoding):
    number = "2\xa040\xa005\xa029\xa0019\xa0001\xa061"
    rows = [ROW | {"N° locataire": f"P{n}", "Prénom": f"Hélène {n}"} for n in range(300)]
    rows[250] |= {"Nom": number}
    names = ";".join(ROW).replace("°", "o")
    lines = [names, *(";".join(row.values()) for row in rows)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*lines, ""]), encoding=encoding)
    run = intake.receive(path, kind="occupants", name=path.name, extract_on=DAY)
    choices = intake.propose(run, {"encoding": encoding})
    intake.choose(run, choices)
    intake.import_now(run)
    assert run.counts["refused"] == 1, run.error
    assert NIR[:13] not in digits_kept(files)
