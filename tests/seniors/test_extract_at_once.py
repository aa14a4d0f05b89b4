"""A file compared and written in one reading, as the command does; the same file sent again."""

import pytest
from django.core.management import call_command

from seniors.extract import csv_file as csv_files
from seniors.extract import intake
from seniors.models import Dwelling, ImportRun, Residence, Senior, Stay, Territory
from tests.seniors.importing import DAY, csv_file, imported, numbers, previewed, refusals_of

pytestmark = pytest.mark.django_db

HOMES = [
    {"UG": f"L{number}", "Résidence": f"Ker {number % 3}", "Étage": str(number), "Asc": "O"}
    for number in range(12)
]
PEOPLE = [
    {"N° locataire": f"T{number}", "Code UG": f"L{number % 8}", "Nom": "LE GOFF",
     "Prénom": "Jeanne", "Date naissance": f"{number + 1:02}/03/1948", "Impayé": "O"}
    for number in range(10)
]  # fmt: skip


def now(path, kind):
    run = intake.receive(path, kind=kind, name=path.name, extract_on=DAY)
    intake.choose(run, intake.propose(run))
    intake.import_now(run)
    return run


def outcome(run):
    kept = {key: count for key, count in run.counts.items() if count and key != "mark"}
    return run.state, kept, refusals_of(run), run.samples


def records():
    homes = Dwelling.objects.order_by("reference").values_list(
        "reference", "residence__reference", "floor", "has_lift", "household_size", "gone_on"
    )
    people = Senior.objects.order_by("reference").values_list(
        "reference", "search_name", "born_on", "dwelling__reference", "has_arrears", "ended_on"
    )
    return list(homes), list(people), Stay.objects.count()


def forget_all():
    for model in (Stay, Senior, Dwelling, Residence, Territory, ImportRun):
        model.objects.all().delete()


def test_one_reading_does_what_a_preview_and_its_apply_do(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_files, "PIECE_ROWS", 2)  # so that most pieces wait in the file
    homes = [*HOMES, HOMES[3] | {"Étage": "9"}, HOMES[4], {"UG": "L99", "Étage": "2"}]
    moved = [person | {"Code UG": "L11"} for person in PEOPLE[2:4]]
    lists = [
        (csv_file(tmp_path / "homes.csv", homes), "dwellings"),
        (csv_file(tmp_path / "a.csv", [*PEOPLE, PEOPLE[0] | {"Nom": "X"}, PEOPLE[1]]), "occupants"),
        (csv_file(tmp_path / "b.csv", [*PEOPLE[:2], *moved, *PEOPLE[4:]]), "occupants"),
    ]
    twice = [outcome(imported(path, kind)) for path, kind in lists], records()
    forget_all()
    assert ([outcome(now(path, kind)) for path, kind in lists], records()) == twice
    assert twice[1][2] == 1  # T3's home is refused in the first list: only T2 has moved


def test_a_file_that_cannot_be_read_to_its_end_writes_nothing(tmp_path):
    path = csv_file(tmp_path / "a.csv", HOMES)
    path.write_bytes(path.read_bytes() + b'L50;"Ker;1;O\r\n')
    run = intake.receive(path, kind="dwellings", name="a.csv", extract_on=DAY)
    intake.choose(run, intake.propose(run))
    intake.import_now(run)
    assert (run.state, Dwelling.objects.count()) == (ImportRun.State.REFUSED, 0)
    assert "Rien n’a été modifié." in run.error


def test_the_command_reads_once_and_prints_what_it_wrote(tmp_path, capsys, monkeypatch):
    path = csv_file(tmp_path / "a.csv", HOMES)
    monkeypatch.setattr(intake, "preview", None)
    call_command("import_extract", "dwellings", str(path), "--apply")
    assert "12 nouveaux" in capsys.readouterr().out
    assert Dwelling.objects.count() == 12


def test_the_last_file_of_dwellings_sent_again_is_not_read(tmp_path, monkeypatch):
    path = csv_file(tmp_path / "a.csv", [*HOMES, {"UG": "L99", "Étage": "2"}])
    first = imported(path, "dwellings")
    monkeypatch.setattr(intake, "Comparison", None)
    again = imported(path, "dwellings")
    assert (numbers(first), numbers(again)) == ((12, 0, 0, 0, 1), (0, 0, 12, 0, 1))
    assert refusals_of(again) == refusals_of(first)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Dwelling.objects.filter(reference="L1").delete(),
        lambda: Dwelling.objects.filter(reference="L1").update(row_digest=None),
        lambda: Dwelling.objects.filter(reference="L1").update(gone_on=DAY),
        lambda: ImportRun.objects.update(refusals_as="imports/erased.xlsx"),
    ],
)
def test_it_is_read_again_when_something_has_changed(tmp_path, change, monkeypatch):
    path = csv_file(tmp_path / "a.csv", HOMES)
    imported(path, "dwellings")
    change()
    readings = []
    comparison = intake.Comparison
    monkeypatch.setattr(
        intake, "Comparison", lambda *a, **k: readings.append(1) or comparison(*a, **k)
    )
    imported(path, "dwellings")
    assert readings


def test_a_row_wider_than_its_headings_is_refused_and_not_cut(tmp_path):
    path = csv_file(tmp_path / "a.csv", HOMES[:3])
    lines = path.read_text("utf-8-sig").splitlines()
    lines[2] += ";de trop"
    lines[3] += ";;;"  # no cell there
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = previewed(path, "dwellings")
    assert numbers(run) == (2, 0, 0, 0, 1)
    [(line, reason)] = refusals_of(run)
    assert (line, reason.startswith("plus de cellules que d’en-têtes")) == ("3", True)
