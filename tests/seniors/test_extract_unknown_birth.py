"""Occupants whose age the file does not tell: no record, never silent, sent back to complete."""

import io

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from seniors.enums import Role
from seniors.extract import intake
from seniors.models import Dwelling, ImportRun, Senior
from tests.make import make_dwelling, make_residence, make_user
from tests.seniors.importing import csv_file, imported, numbers, previewed, refusals_of

pytestmark = pytest.mark.django_db

HOLDER = {"N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Nom": "LE GOFF",
          "Prénom": "Jeanne", "Date naissance": "17/05/1940", "NIR": "240052912345601"}  # fmt: skip
UNKNOWN = HOLDER | {"N° locataire": "P2", "Prénom": "Yves", "Date naissance": ""}
CODED = UNKNOWN | {"N° locataire": "P3", "Prénom": "=HYPERLINK(1)",
                   "Date naissance": "01/01/1901"}  # fmt: skip
LOST = HOLDER | {"N° locataire": "P4", "Code UG": "L9"}
REASON = "à compléter\u00a0: sans date de naissance, on ne sait pas si c’est un senior"
TWO = (
    "2 occupants sans date de naissance\u00a0: on ne sait pas s’ils sont seniors. Ils comptent "
    "dans le foyer\u00a0; complétez leur date de naissance et renvoyez le fichier."
)
ONE = (
    "1 occupant sans date de naissance\u00a0: on ne sait pas s’il est senior. Il compte "
    "dans le foyer\u00a0; complétez sa date de naissance et renvoyez le fichier."
)


@pytest.fixture(autouse=True)
def _homes():
    residence = make_residence()
    for number in (1, 2):
        make_dwelling(residence, reference=f"L{number}")


@pytest.fixture
def boss(client):
    """A browser where an administrator is logged in."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def page_of(client, run: ImportRun) -> str:
    """The page of this import."""
    return client.get(reverse("seniors:import-show", args=[run.uid])).content.decode()


def test_who_has_no_birth_date_has_no_record_and_is_sent_back_to_complete(tmp_path):
    run = imported(csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN, CODED]), "occupants")
    assert numbers(run) == (1, 0, 0, 0, 0)
    assert run.counts["ageless"] == 2
    assert list(Senior.objects.values_list("reference", flat=True)) == ["P1"]
    assert Dwelling.objects.get(reference="L1").household_size == 3
    assert refusals_of(run) == [("3", REASON), ("4", REASON)]
    assert "Yves" not in str(run.samples)


def test_the_rows_come_back_as_they_were_without_refused_columns_nor_formulas(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN, CODED]), "occupants")
    sheet = openpyxl.load_workbook(intake.refusals_workbook(run)).active
    headings, *rows = sheet.iter_rows()
    assert [cell.value for cell in headings] == [
        "N° locataire", "N° bail", "Code UG", "Nom", "Prénom", "Date naissance",
        "Ligne du fichier", "Motif du refus",
    ]  # fmt: skip
    assert [row[4].value for row in rows] == ["Yves", "=HYPERLINK(1)"]
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}


def test_once_completed_and_sent_again_the_senior_has_a_record(tmp_path):
    run = imported(csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN, CODED]), "occupants")
    book = openpyxl.load_workbook(intake.refusals_workbook(run))
    book.active["F2"] = "02/02/1938"
    book.save(tmp_path / "complété.xlsx")
    run = imported(tmp_path / "complété.xlsx", "occupants")
    assert (numbers(run), run.counts["ageless"]) == ((1, 0, 0, 0, 0), 1)
    assert set(Senior.objects.values_list("reference", "ended_on")) == {("P1", None), ("P2", None)}
    assert Dwelling.objects.get(reference="L1").household_size == 3


@pytest.mark.parametrize("lease", [{"N° bail": "B1"}, {}])
def test_a_known_senior_whose_birth_the_file_forgets_stays(tmp_path, lease):
    jeanne = lease | {
        "Code UG": "L1",
        "Nom": "LE GOFF",
        "Prénom": "Jeanne",
        "Né(e) le": "17/05/1940",
    }
    others = [jeanne | {"Prénom": name, "Né(e) le": "02/02/1938"} for name in ("Yves", "Anne")]
    imported(csv_file(tmp_path / "a.csv", [jeanne, *others]), "occupants")
    lost = jeanne | {"Né(e) le": ""}
    unknown = lost | {"Prénom": "Paul"}
    run = imported(csv_file(tmp_path / "b.csv", [*others, lost, unknown]), "occupants")
    assert (numbers(run), run.counts["ageless"]) == ((0, 0, 3, 0, 0), 1)
    stored = Senior.objects.get(first_name="Jeanne")
    assert (stored.birth_year, stored.ended_on) == (1940, None)
    # Of two rows of her name, the one with her birth is hers.
    run = imported(csv_file(tmp_path / "c.csv", [jeanne, *others, lost, lost]), "occupants")
    assert (numbers(run), run.counts["ageless"]) == ((0, 0, 3, 0, 0), 2)


def test_refused_rows_and_rows_to_complete_share_a_file_and_are_counted_apart(tmp_path, boss):
    rows = [HOLDER, UNKNOWN, LOST, CODED]
    run = previewed(csv_file(tmp_path / "a.csv", rows), "occupants")
    lost = "Référence du logement\u00a0: logement inconnu"
    assert (run.counts["refused"], run.counts["ageless"]) == (1, 2)
    assert refusals_of(run) == [("3", REASON), ("4", lost), ("5", REASON)]
    assert run.samples["refused"] == [{"line": 4, "reason": lost}]
    page = page_of(boss, run)
    assert TWO in page
    assert page.count("Télécharger les lignes refusées ou à compléter (Excel)") == 2


def test_a_lease_keeps_its_holder_and_is_sent_back_for_her_spouse(tmp_path):
    lease = {"N° bail": "B1", "UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne", "Né(e) le":
             "17/05/1940", "Nom2": "LE GOFF", "Prénom2": "Yves", "Né2": ""}  # fmt: skip
    lost = lease | {"N° bail": "B2", "UG": "L9"}
    run = imported(csv_file(tmp_path / "a.csv", [lease, lost]), "occupants")
    assert (numbers(run), run.counts["ageless"]) == ((1, 0, 0, 0, 1), 2)
    unknown = "Référence du logement\u00a0: logement inconnu"
    assert refusals_of(run) == [("2", REASON), ("3", f"{unknown}\u00a0; {REASON}")]


def test_the_preview_and_the_outcome_say_what_to_do_and_give_the_file(tmp_path, boss):
    run = previewed(csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN]), "occupants")
    page = page_of(boss, run)
    assert ONE in page
    assert "Télécharger les lignes à compléter (Excel)" in page
    assert "lignes refusées, laissées de côté" not in page
    intake.apply(run)
    page = page_of(boss, run)
    assert ONE in page
    assert "Télécharger les lignes à compléter (Excel)" in page
    answer = boss.get(reverse("seniors:import-refusals", args=[run.uid]))
    assert "compl" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    answer.close()
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.values for cell in row
    ]
    assert REASON in cells
    assert "240052912345601" not in cells


def test_a_file_of_known_births_says_nothing_of_it(tmp_path, boss):
    run = imported(csv_file(tmp_path / "a.csv", [HOLDER]), "occupants")
    assert run.refusals_as == ""
    assert "sans date de naissance" not in page_of(boss, run)


def test_the_same_file_again_still_gives_the_rows_to_complete(tmp_path):
    path = csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN])
    first = imported(path, "occupants")
    again = imported(path, "occupants")
    assert refusals_of(again) == refusals_of(first) == [("3", REASON)]
    ImportRun.objects.update(refusals_as="")  # erased after a week
    assert refusals_of(imported(path, "occupants")) == refusals_of(first)


def test_the_command_says_what_to_do_and_writes_the_file(tmp_path, capsys):
    path = csv_file(tmp_path / "a.csv", [HOLDER, UNKNOWN, CODED])
    call_command("import_extract", "occupants", str(path))
    out = capsys.readouterr().out
    assert TWO in out
    assert "--refusals FICHIER.xlsx donne les lignes à compléter." in out
    target = tmp_path / "reprendre.xlsx"
    call_command("import_extract", "occupants", str(path), "--apply", refusals=target)
    out = capsys.readouterr().out
    assert TWO in out
    assert f"Lignes à compléter écrites dans {target}." in out
    assert "Yves" not in out
    rows = list(openpyxl.load_workbook(target).active.values)[1:]
    assert [row[-2:] for row in rows] == [("3", REASON), ("4", REASON)]
