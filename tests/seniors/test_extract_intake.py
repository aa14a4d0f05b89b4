"""From the file received to the rows written: mapping, preview, apply, and what may go wrong."""

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seniors.extract import intake
from seniors.extract.comparing import Comparison
from seniors.extract.read import UnreadableFile
from seniors.models import Dwelling, ImportMapping, ImportRun, Residence
from tests.seniors.importing import DAY, csv_file, imported, numbers, previewed, refusals_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def homes(count, **change):
    return [
        {"UG": f"L{number}", "Résidence": "Ker Anna", "Étage": "1", "Asc": "O"} | change
        for number in range(count)
    ]


def test_a_mapping_chosen_once_is_proposed_again(tmp_path):
    rows = [{"Clé maison": "L1", "Groupe": "Ker Anna", "Machin": "3"}]
    columns = {"reference": "Clé maison", "floor": "Machin"}
    imported(csv_file(tmp_path / "a.csv", rows), "dwellings", columns=columns)
    assert Dwelling.objects.get().floor == 3
    again = intake.receive(
        csv_file(tmp_path / "b.csv", rows), kind="dwellings", name="b.csv", extract_on=DAY
    )
    proposed = intake.propose(again)["columns"]
    assert (proposed["reference"], proposed["floor"]) == ("Clé maison", "Machin")
    assert ImportMapping.objects.count() == 1


def test_a_missing_key_column_is_named(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", [{"Étage": "1", "Porte": "2"}]), "dwellings")
    assert run.state == ImportRun.State.REFUSED
    assert "«\u00a0Référence du logement\u00a0»" in run.error
    assert "Rien n’a été modifié." in run.error
    assert not Dwelling.objects.exists()


def test_headings_without_rows_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("UG;Résidence\n", encoding="utf-8")
    run = previewed(path, "dwellings")
    assert "aucune ligne sous les en-têtes" in run.error


def test_a_file_too_large_is_refused_and_not_kept(tmp_path, settings):
    settings.UPLOAD_MAX_BYTES = 1 << 20
    path = tmp_path / "a.csv"
    path.write_bytes(b"UG;Residence\n" + b"L1;x\n" * 300_000)
    with pytest.raises(UnreadableFile, match="dépasse 1"):
        intake.receive(path, kind="dwellings", name="a.csv", extract_on=DAY)
    assert not ImportRun.objects.exists()
    assert list((Path(settings.MEDIA_ROOT) / "imports").iterdir()) == []


def test_a_picture_renamed_is_refused_on_arrival(tmp_path):
    path = tmp_path / "parc.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(UnreadableFile, match="une image"):
        intake.receive(path, kind="dwellings", name="parc.xlsx", extract_on=DAY)
    assert not ImportRun.objects.exists()


def test_a_file_cut_in_the_middle_changes_nothing(tmp_path):
    path = csv_file(tmp_path / "a.csv", homes(3))
    path.write_bytes(path.read_bytes() + b'L9;"Ker')
    with pytest.raises(UnreadableFile, match="coupé"):
        previewed(path, "dwellings")
    run = ImportRun.objects.get()
    intake.preview(run)
    assert (run.state, Dwelling.objects.count()) == (ImportRun.State.REFUSED, 0)
    assert "coupé" in run.error


def test_a_reading_that_stops_on_its_way_keeps_no_refused_row(tmp_path, settings, monkeypatch):
    def stop(*_given):
        raise MemoryError

    monkeypatch.setattr(Comparison, "_settle_twins", stop)
    with pytest.raises(MemoryError):
        previewed(csv_file(tmp_path / "a.csv", homes(2, Étage="cave")), "dwellings")
    assert not list((Path(settings.MEDIA_ROOT) / "imports").glob("*-refus.jsonl"))


def test_a_workbook_with_every_quirk_comes_in(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Parc au 24/11/2026"])
    sheet.append([])
    sheet.append(
        ["Code UG", "Résidence ", "Date DPE", "Étage", "Année construction", "N° rue", "CP"]
    )
    sheet.append(["001", "Ker Anna", 44348, "RC", 1974.0, dt.time(0, 0), "01000"])
    sheet.append(["002", None, dt.date(2021, 6, 1), 2.0, 1974, dt.date(2026, 2, 1), 1000])
    sheet.append([])
    sheet.append(["TOTAL", None, None, None, None, None, None])
    sheet.merge_cells("B4:B5")
    book.save(tmp_path / "parc.xlsx")
    run = imported(tmp_path / "parc.xlsx", "dwellings")
    assert numbers(run) == (2, 0, 0, 0, 0)
    one, two = Dwelling.objects.order_by("reference")
    assert [(home.reference, home.postcode) for home in (one, two)] == [
        ("001", "01000"), ("002", "01000"),
    ]  # fmt: skip
    assert one.energy_on == two.energy_on == dt.date(2021, 6, 1)
    assert (one.floor, two.floor, two.built_in) == (0, 2, 1974)
    assert (one.street_number, two.street_number) == ("12 A", "1-2")
    assert Residence.objects.get().name == "Ker Anna"
    assert numbers(imported(tmp_path / "parc.xlsx", "dwellings")) == (0, 0, 2, 0, 0)


def test_refused_rows_are_corrected_and_sent_again(tmp_path):
    rows = homes(12)
    rows[3]["Étage"] = "grenier"
    rows[4]["Étage"] = "cave"
    run = imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    assert [line for line, _ in refusals_of(run)] == ["5", "6"]
    book = openpyxl.load_workbook(intake.refusals_workbook(run))
    assert [cell.value for cell in book.active[1]] == [
        "UG", "Résidence", "Étage", "Asc", "Ligne du fichier", "Motif du refus",
    ]  # fmt: skip
    book.active["C2"] = "5"
    book.active["C3"] = "RC"
    book.save(tmp_path / "corrigé.xlsx")
    run = imported(tmp_path / "corrigé.xlsx", "dwellings")
    assert numbers(run) == (2, 0, 0, 0, 0)
    assert Dwelling.objects.filter(gone_on=None).count() == 12


def test_no_formula_of_a_refused_row_runs(tmp_path):
    row = homes(1)[0] | {"Étage": "=1+1", "Asc": "+x"}
    run = previewed(csv_file(tmp_path / "a.csv", [row]), "dwellings")
    cells = openpyxl.load_workbook(intake.refusals_workbook(run)).active[2]
    assert [(cell.value, cell.data_type) for cell in cells[2:4]] == [("=1+1", "s"), ("+x", "s")]


def test_what_changed_since_the_preview_stops_the_apply(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", homes(3)), "dwellings")
    imported(csv_file(tmp_path / "b.csv", homes(1)), "dwellings")
    intake.apply(run)
    assert run.state == ImportRun.State.REFUSED
    assert "Refaites l’aperçu" in run.error
    assert Dwelling.objects.count() == 1
    intake.preview(run)
    intake.apply(run)
    assert (run.state, Dwelling.objects.count()) == (ImportRun.State.APPLIED, 3)


def test_an_import_is_applied_once_and_its_file_deleted(tmp_path):
    run = imported(csv_file(tmp_path / "a.csv", homes(2)), "dwellings")
    with pytest.raises(intake.NotNow):
        intake.apply(run)
    with pytest.raises(intake.NotNow):
        intake.cancel(run)
    folder = intake.refusals_path(run) or Path(tmp_path / "files" / "imports")
    assert list(folder.iterdir()) == []


def test_a_cancelled_import_leaves_no_file(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", homes(2, Étage="x")), "dwellings")
    assert intake.refusals_path(run).exists()
    intake.cancel(run)
    assert run.state == ImportRun.State.CANCELLED
    assert list((tmp_path / "files" / "imports").iterdir()) == []
    assert not Dwelling.objects.exists()


def test_progress_is_told(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", homes(7)), "dwellings")
    assert (intake.progress(run), run.rows_done) == (7, 7)


CELL = st.sampled_from(["", "0", "1", "RC", "x", "12", "=1", "NA", "2,5", "é"])


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C", "D", ""]), CELL, CELL), max_size=9))
@settings(max_examples=25,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_any_file_sent_twice_changes_nothing_the_second_time(tmp_path, rows):
    rows = [{"UG": "Z", "Résidence": "R", "Étage": "1", "Porte": "1"}] + [
        {"UG": key, "Résidence": "R", "Étage": floor, "Porte": door} for key, floor, door in rows
    ]
    path = csv_file(tmp_path / "a.csv", rows)
    imported(path, "dwellings")
    before = list(Dwelling.objects.order_by("pk").values())
    again = imported(path, "dwellings")
    assert numbers(again)[:2] == (0, 0)
    assert again.counts["gone"] == 0
    assert list(Dwelling.objects.order_by("pk").values()) == before
    Dwelling.objects.all().delete()


# --- the command --------------------------------------------------------------------------


def test_the_command_shows_and_writes_only_when_asked(tmp_path, capsys):
    rows = homes(3)
    rows[1]["Étage"] = "grenier"
    path = csv_file(tmp_path / "a.csv", rows)
    call_command("import_extract", "dwellings", str(path), refusals=tmp_path / "refus.xlsx")
    out = capsys.readouterr().out
    assert "2 nouveaux" in out
    assert "1 refusés" in out
    assert "Rien n’a été modifié" in out
    assert (tmp_path / "refus.xlsx").exists()
    assert not Dwelling.objects.exists()
    call_command("import_extract", "dwellings", str(path), "--apply", "--map", "door=Asc")
    assert set(Dwelling.objects.values_list("door", flat=True)) == {"O"}
    assert "Ker Anna" not in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path):
    path = csv_file(tmp_path / "a.csv", [{"Étage": "1", "Porte": "2"}])
    with pytest.raises(CommandError, match="colonne indispensable"):
        call_command("import_extract", "dwellings", str(path), "--apply")
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("import_extract", "dwellings", str(tmp_path / "b.csv"))
    with pytest.raises(CommandError, match="Champ inconnu"):
        call_command("import_extract", "dwellings", str(path), "--map", "truc=Étage")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--date", "24 nov"], "Date illisible"),
        (["--option", "header_row=abc"], "numéro d’une ligne"),
        (["--option", "encoding=klingon"], "Valeur inconnue pour encoding"),
        (["--option", "separator=;;"], "Valeur inconnue pour separator"),
        (["--option", "feuille=Parc"], "Option inconnue"),
        (["--option", "sheet=Parc"], "pas de feuille"),
        (["--refusals", "/nulle/part/refus.xlsx"], "Le dossier /nulle/part n’existe pas"),
    ],
)
def test_the_command_explains_an_argument_that_means_nothing(tmp_path, arguments, words):
    path = csv_file(tmp_path / "a.csv", homes(3))
    with pytest.raises(CommandError, match=words):
        call_command("import_extract", "dwellings", str(path), "--apply", *arguments)
    assert not Dwelling.objects.exists()


def test_the_command_reads_a_french_date(tmp_path):
    path = csv_file(tmp_path / "a.csv", homes(3))
    call_command("import_extract", "dwellings", str(path), "--apply", "--date", "24/11/2026")
    assert ImportRun.objects.get().extract_on == dt.date(2026, 11, 24)


# --- killed in the middle -----------------------------------------------------------------

KILLED = """
import os, sys, time
import django
django.setup()
from seniors.extract import dwellings, intake
from seniors.models import ImportRun
write = dwellings.DwellingBatch.write
def slow(self, piece):
    write(self, piece)
    print("written", flush=True)
    time.sleep(60)
dwellings.DwellingBatch.write = slow
intake.apply(ImportRun.objects.get())
"""


@pytest.fixture
def own_database(transactional_db):
    """The settings of a database that a process of its own may write: a file, or on the server."""
    if connection.vendor == "sqlite":
        yield {}
        return
    name = f"killed_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield {"BIENVEILLE_DATABASE": name}
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_kill_in_the_middle_of_an_apply_leaves_the_database_as_before(tmp_path, own_database):
    env = os.environ | {
        "BIENVEILLE_DEV": "1", "BIENVEILLE_VAR_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "seniors.settings",
    } | own_database  # fmt: skip
    path = csv_file(tmp_path / "a.csv", homes(50))
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=env, check=True)
    prepare = (
        "import django; django.setup(); from seniors.extract import intake; import datetime\n"
        f"run = intake.receive({str(path)!r}, kind='dwellings', name='a.csv', "
        "extract_on=datetime.date(2026, 11, 24))\n"
        "intake.choose(run, intake.propose(run)); intake.preview(run)"
    )
    subprocess.run([sys.executable, "-c", prepare], env=env, check=True)
    work = subprocess.Popen([sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE)
    assert work.stdout.readline() == b"written\n"
    work.send_signal(signal.SIGKILL)
    work.wait()
    work.stdout.close()
    count = (
        "import django; django.setup(); from seniors.models import Dwelling, Residence\n"
        "print(Dwelling.objects.count(), Residence.objects.count())"
    )
    told = subprocess.run([sys.executable, "-c", count], env=env, check=True, capture_output=True)
    assert told.stdout == b"0 0\n"
    command = [*manage, "import_extract", "dwellings", str(path), "--apply"]
    subprocess.run(command, env=env, check=True, capture_output=True)
    told = subprocess.run([sys.executable, "-c", count], env=env, check=True, capture_output=True)
    assert told.stdout == b"50 1\n"
