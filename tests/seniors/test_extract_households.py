"""Who lives with whom: « seule » is said only of someone of whom it is known."""

from datetime import date

import openpyxl
import pytest

from seniors.extract import intake
from seniors.models import Dwelling, Senior
from tests.make import make_dwelling, make_residence
from tests.seniors.importing import csv_file, imported, numbers

pytestmark = pytest.mark.django_db

JEANNE = {"N° locataire": "P1", "Code UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne",
          "Né(e) le": "17/05/1940"}  # fmt: skip
YVES = JEANNE | {"N° locataire": "P2", "Prénom": "Yves", "Né(e) le": "02/02/1938"}
ANNE = JEANNE | {"N° locataire": "P3", "Code UG": "L2", "Prénom": "Anne"}
YOUNG = [JEANNE | {"N° locataire": f"P{n}", "Code UG": "L3", "Né(e) le": "01/01/1990"}
         for n in (4, 5)]  # fmt: skip


@pytest.fixture(autouse=True)
def homes():
    residence = make_residence()
    return [make_dwelling(residence, reference=f"L{number}") for number in (1, 2, 3)]


def sizes() -> list[int | None]:
    return list(Dwelling.objects.order_by("reference").values_list("household_size", flat=True))


def test_a_file_of_every_occupant_says_who_is_alone(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES, ANNE, *YOUNG]), "occupants")
    assert sizes() == [2, 1, 2]


def test_a_file_of_seniors_only_does_not_say_who_is_alone(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES, ANNE]), "occupants")
    assert sizes() == [2, None, None]


def test_nobody_is_alone_because_the_other_row_was_refused(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE, ANNE, *YOUNG]), "occupants")
    assert sizes() == [1, 1, 2]
    wrong = YVES | {"Né(e) le": "31/02/1938"}
    run = imported(csv_file(tmp_path / "b.csv", [JEANNE, wrong, ANNE, *YOUNG]), "occupants")
    assert (run.counts["refused"], sizes()) == (1, [None, 1, 2])


def test_refused_rows_sent_again_do_not_make_a_household_of_themselves(tmp_path):
    wrong = [JEANNE, *(row | {"Né(e) le": "31/02/1938"} for row in (YVES, ANNE)), *YOUNG]
    wrong.append(ANNE | {"N° locataire": "P9", "Né(e) le": "31/02/1950"})
    run = imported(csv_file(tmp_path / "a.csv", wrong), "occupants")
    book = openpyxl.load_workbook(intake.refusals_workbook(run))
    for row in range(2, 5):
        book.active.cell(row, 5).value = "03/02/1938"
    book.save(tmp_path / "b.xlsx")
    assert numbers(imported(tmp_path / "b.xlsx", "occupants")) == (3, 0, 0, 0, 0)
    assert sizes() == [None, None, 2]


def test_a_spouse_is_named_in_her_own_columns_beside_a_name_in_one_cell(tmp_path):
    row = {"N° bail": "B1", "UG": "L1", "NOM PRENOM": "MME LE GOFF Jeanne", "Né le": "17/05/40",
           "Nom2": "MORVAN", "Prénom2": "Yves", "Né2": "03/02/38"}  # fmt: skip
    same_name = row | {"N° bail": "B2", "UG": "L2", "Nom2": "", "Prénom2": "Paul"}
    assert numbers(imported(csv_file(tmp_path / "a.csv", [row, same_name]), "occupants"))[0] == 4
    people = Senior.objects.order_by("reference").values_list("last_name", "first_name", "born_on")
    assert list(people) == [
        ("LE GOFF", "Jeanne", date(1940, 5, 17)), ("MORVAN", "Yves", date(1938, 2, 3)),
        ("LE GOFF", "Jeanne", date(1940, 5, 17)), ("LE GOFF", "Paul", date(1938, 2, 3)),
    ]  # fmt: skip


def test_a_second_column_of_names_alone_is_not_a_second_person(tmp_path):
    path = tmp_path / "a.csv"
    lines = ["N° locataire;UG;Nom;Nom;Prénom;DDN", "P1;L1;LE GOFF;KERBRAT;Jeanne;17/05/1940"]
    path.write_text("\n".join([*lines, ""]))
    run = imported(path, "occupants")
    assert (run.counts["rows"], run.counts.get("ageless", 0), sizes()[0]) == (1, 0, None)


def test_a_title_of_two_people_gives_nobody_a_sex(tmp_path):
    row = {"UG": "L1", "Titulaire": "M. OU MME MORVAN Pierre", "DDN": "09/01/1945"}
    imported(csv_file(tmp_path / "a.csv", [row]), "occupants")
    senior = Senior.objects.get()
    assert (senior.last_name, senior.first_name) == ("MORVAN", "Pierre")
    assert (senior.title, senior.sex) == ("", "")


def test_a_child_born_in_18_is_not_a_centenarian(tmp_path):
    rows = [JEANNE | {"Lien": "Titulaire", "Né(e) le": "17/05/20"},
            YVES | {"Lien": "Enfant", "Né(e) le": "02/02/18"}]  # fmt: skip
    run = imported(csv_file(tmp_path / "a.csv", rows), "occupants")
    assert (run.counts["new"], run.counts["younger"]) == (1, 1)
    assert Senior.objects.get().born_on == date(1920, 5, 17)
