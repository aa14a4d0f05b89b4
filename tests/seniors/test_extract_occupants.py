"""Occupants: who becomes a senior's record, couples, moves, deaths, departures."""

from datetime import date

import openpyxl
import pytest
import xlsxwriter

from seniors.extract import intake
from seniors.models import Dwelling, Senior, Stay
from tests.make import make_dwelling, make_residence
from tests.seniors.importing import csv_file, imported, numbers, previewed, refusals_of

pytestmark = pytest.mark.django_db

JEANNE = {
    "N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Civilité": "MME", "Nom": "LE GOFF",
    "Prénom": "Jeanne", "Date naissance": "17/05/1940", "Tél. fixe": "298000001",
    "Portable": "+33 6 12 34 56 78", "Courriel": "jeanne@exemple.fr", "Qualité": "Titulaire",
    "Date entrée": "01/03/1992", "Date sortie": "", "Motif sortie": "", "Impayé": "N",
    "Type bail": "HABITATION",
}  # fmt: skip
YVES = JEANNE | {"N° locataire": "P2", "Civilité": "M.", "Prénom": "Yves", "Qualité": "Conjoint",
                 "Date naissance": "02/02/38", "Portable": "", "Courriel": ""}  # fmt: skip
CHILD = YVES | {"N° locataire": "P3", "Prénom": "Léa", "Date naissance": "02/02/2001",
                "Qualité": "Enfant"}  # fmt: skip


@pytest.fixture(autouse=True)
def homes():
    residence = make_residence()
    return [make_dwelling(residence, reference=f"L{number}") for number in (1, 2, 3)]


def test_a_couple_is_two_seniors_and_the_child_counts_in_the_household(tmp_path):
    run = imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES, CHILD]), "occupants")
    assert numbers(run) == (2, 0, 0, 0, 0)
    assert run.counts["younger"] == 1
    jeanne, yves = Senior.objects.order_by("reference")
    assert (jeanne.title, jeanne.last_name, jeanne.first_name) == ("Mme", "LE GOFF", "Jeanne")
    assert (jeanne.born_on, jeanne.birth_year, jeanne.sex) == (date(1940, 5, 17), 1940, "F")
    assert (jeanne.phone, jeanne.mobile) == ("0298000001", "0612345678")
    assert (jeanne.role, jeanne.lease_reference) == ("holder", "B1")
    assert (jeanne.housed_since, jeanne.has_arrears) == (date(1992, 3, 1), False)
    assert (yves.role, yves.born_on, yves.sex) == ("spouse", date(1938, 2, 2), "M")
    assert jeanne.dwelling == yves.dwelling
    assert jeanne.dwelling.household_size == 3


def test_the_same_file_again_changes_nothing(tmp_path):
    path = csv_file(tmp_path / "a.csv", [JEANNE, YVES, CHILD])
    imported(path, "occupants")
    before = list(Senior.objects.values())
    assert numbers(imported(path, "occupants")) == (0, 0, 2, 0, 0)
    assert list(Senior.objects.values()) == before


def test_the_same_file_is_read_again_once_records_have_changed(tmp_path):
    path = csv_file(tmp_path / "a.csv", [JEANNE, YVES | {"Code UG": "L9"}])
    first = imported(path, "occupants")
    again = imported(path, "occupants")
    assert (numbers(first), numbers(again)) == ((1, 0, 0, 0, 1), (0, 0, 1, 0, 1))
    assert refusals_of(again) == refusals_of(first)
    Senior.objects.all().delete()
    assert numbers(imported(path, "occupants")) == (1, 0, 0, 0, 1)
    make_dwelling(reference="L9")
    imported(csv_file(tmp_path / "b.csv", [{"UG": "L9", "Résidence": "R"}]), "dwellings")
    assert numbers(imported(path, "occupants"))[0] == 1


def test_one_row_per_lease_with_a_spouse_in_other_columns(tmp_path):
    row = {"N° bail": "B1", "UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne", "Né(e) le":
           "17/05/1940", "Nom2": "LE GOFF", "Prénom2": "Yves", "Né2": "02/02/1938"}  # fmt: skip
    alone = row | {"N° bail": "B2", "UG": "L2", "Prénom": "Anne", "Nom2": "", "Prénom2": "",
                   "Né2": ""}  # fmt: skip
    path = csv_file(tmp_path / "a.csv", [row, alone])
    assert numbers(imported(path, "occupants")) == (3, 0, 0, 0, 0)
    assert sorted(Senior.objects.values_list("first_name", "reference")) == [
        ("Anne", "B2/1"), ("Jeanne", "B1/1"), ("Yves", "B1/2"),
    ]  # fmt: skip
    # Who else lives with the only holder of a lease is not known.
    homes = Dwelling.objects.order_by("reference")[:2]
    assert [home.household_size for home in homes] == [2, None]
    assert numbers(imported(path, "occupants")) == (0, 0, 3, 0, 0)


def test_a_file_of_holders_only_says_nothing_of_the_household(tmp_path):
    rows = [JEANNE, YVES | {"Code UG": "L2"}]
    imported(csv_file(tmp_path / "a.csv", rows), "occupants")
    assert set(Dwelling.objects.values_list("household_size", flat=True)) == {None}


def test_the_number_of_occupants_is_taken_from_its_column(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE | {"Nb occupants": "4"}]), "occupants")
    assert Dwelling.objects.get(reference="L1").household_size == 4


def test_a_move_keeps_the_person_and_the_home_left(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE]), "occupants", day=date(2026, 5, 24))
    moved = JEANNE | {"Code UG": "L2", "N° bail": "B9", "Date entrée": "01/09/2026"}
    run = imported(csv_file(tmp_path / "b.csv", [moved]), "occupants")
    assert numbers(run) == (0, 1, 0, 0, 0)
    senior = Senior.objects.get()
    assert (senior.dwelling.reference, senior.lease_reference) == ("L2", "B9")
    stay = Stay.objects.get()
    assert (stay.dwelling.reference, stay.lease_reference, stay.end) == ("L1", "B1", "moved")
    assert (stay.since, stay.until) == (date(1992, 3, 1), date(2026, 9, 1))


def test_an_ended_lease_beside_a_new_one_is_a_move(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE]), "occupants")
    rows = [JEANNE | {"Date sortie": "31/08/2026", "Motif sortie": "Mutation"},
            JEANNE | {"Code UG": "L2", "N° bail": "B9", "Date entrée": "01/09/2026"}]  # fmt: skip
    run = imported(csv_file(tmp_path / "b.csv", rows), "occupants")
    assert (numbers(run), run.counts["ended"]) == ((0, 1, 0, 0, 0), 1)
    assert Senior.objects.get().dwelling.reference == "L2"


@pytest.mark.parametrize(
    ("change", "end"),
    [
        ({"Date sortie": "31/08/2026", "Motif sortie": "Décès"}, "died"),
        ({"Date sortie": "31/08/2026", "Motif sortie": "Départ"}, "left"),
    ],
)
def test_a_death_or_a_departure_closes_and_deletes_nothing(tmp_path, change, end):
    imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES]), "occupants")
    path = csv_file(tmp_path / "b.csv", [JEANNE | change, YVES])
    run = imported(path, "occupants")
    assert run.counts["closed"] == 1
    jeanne = Senior.objects.get(reference="P1")
    assert (jeanne.dwelling, jeanne.ended_on, jeanne.end) == (None, date(2026, 8, 31), end)
    assert (Stay.objects.get().end, Stay.objects.get().until) == (end, date(2026, 8, 31))
    assert Senior.objects.get(reference="P2").dwelling.reference == "L1"
    assert imported(path, "occupants").counts["closed"] == 0


def test_a_lease_that_ends_later_has_not_ended(tmp_path):
    path = csv_file(tmp_path / "a.csv", [JEANNE | {"Date sortie": "31/12/2026"}])
    assert numbers(imported(path, "occupants")) == (1, 0, 0, 0, 0)


def test_who_is_absent_from_the_file_has_left_and_may_come_back(tmp_path):
    imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES]), "occupants")
    run = imported(csv_file(tmp_path / "b.csv", [JEANNE]), "occupants")
    assert numbers(run) == (0, 0, 1, 1, 0)
    yves = Senior.objects.get(reference="P2")
    assert (yves.dwelling, yves.end, yves.ended_on) == (None, "left", date(2026, 11, 24))
    assert numbers(imported(csv_file(tmp_path / "c.csv", [JEANNE, YVES]), "occupants"))[1] == 1
    yves.refresh_from_db()
    assert (yves.dwelling.reference, yves.end, yves.ended_on) == ("L1", "", None)


def test_whom_a_file_moves_into_a_territory_does_not_make_it_that_territory_s_file(tmp_path):
    make_dwelling(make_residence(reference="R-ELSEWHERE"), reference="L8")
    marie = YVES | {"N° locataire": "P8", "N° bail": "B8", "Code UG": "L8"}
    imported(csv_file(tmp_path / "a.csv", [JEANNE, YVES]), "occupants")
    imported(csv_file(tmp_path / "b.csv", [marie]), "occupants")
    moved = csv_file(tmp_path / "c.csv", [JEANNE | {"Code UG": "L8"}, YVES])
    assert numbers(previewed(moved, "occupants")) == (0, 1, 1, 0, 0)
    assert numbers(imported(moved, "occupants")) == (0, 1, 1, 0, 0)
    assert Senior.objects.get(reference="P8").dwelling.reference == "L8"


def test_a_garage_is_not_a_home(tmp_path):
    garage = JEANNE | {"N° bail": "G1", "Code UG": "9001", "Type bail": "GARAGE"}
    run = imported(csv_file(tmp_path / "a.csv", [JEANNE, garage]), "occupants")
    assert (numbers(run), run.counts["not_homes"]) == ((1, 0, 0, 0, 0), 1)


def test_who_reaches_the_age_becomes_a_senior(tmp_path, settings):
    path = csv_file(tmp_path / "a.csv", [JEANNE | {"Date naissance": "01/12/1966"}])
    assert imported(path, "occupants").counts["younger"] == 1
    assert numbers(imported(path, "occupants", day=date(2026, 12, 1)))[0] == 1
    settings.SENIOR_AGE = 65
    other = csv_file(tmp_path / "b.csv", [JEANNE | {"N° locataire": "P9",
                                                   "Date naissance": "01/12/1964"}])  # fmt: skip
    assert imported(other, "occupants").counts["younger"] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Date naissance": "12/03/1840"}, "naissance en 1840"),
        ({"Date naissance": "02/01/2027"}, "naissance en 2027"),
        ({"Date naissance": "31/02/1940"}, "cette date n’existe pas"),
        ({"Code UG": "L99"}, "logement inconnu"),
        ({"Code UG": ""}, "Référence du logement\u00a0: vide"),
        ({"Nom": "=LE GOFF"}, "commence par «\u00a0=\u00a0»"),
        ({"Nom": "@LE GOFF"}, "commence par «\u00a0@\u00a0»"),
        ({"Nom": "+LE GOFF"}, "commence par «\u00a0+\u00a0»"),
        ({"Nom": "-LE GOFF"}, "commence par «\u00a0-\u00a0»"),
        ({"Nom": ""}, "nom vide"),
        ({"Date entrée": "hier"}, "date illisible"),
        ({"Prénom": "1 40 05 29 019 005"}, "numéro de sécurité sociale"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_pass(tmp_path, change, reason):
    rows = [JEANNE, YVES | {"Code UG": "L2"} | change]
    run = imported(csv_file(tmp_path / "a.csv", rows), "occupants")
    assert numbers(run) == (1, 0, 0, 0, 1)
    ((line, told),) = refusals_of(run)
    assert line == "3"
    assert reason in told


def test_two_people_of_one_number_are_both_refused(tmp_path):
    rows = [JEANNE, YVES, YVES | {"Prénom": "Inconnu"}]
    run = imported(csv_file(tmp_path / "a.csv", rows), "occupants")
    assert numbers(run) == (1, 0, 0, 0, 2)
    assert [line for line, _ in refusals_of(run)] == ["3", "4"]


def test_a_person_without_number_who_moves_is_known_by_name_and_birth(tmp_path):
    row = {"N° bail": "B1", "UG": "L1", "Nom prénom": "LE GOFF Jeanne", "DDN": "17/05/1940"}
    imported(csv_file(tmp_path / "a.csv", [row]), "occupants")
    imported(csv_file(tmp_path / "b.csv", [row | {"N° bail": "B7", "UG": "L3"}]), "occupants")
    senior = Senior.objects.get()
    assert (senior.reference, senior.dwelling.reference) == ("B1/1", "L3")


def test_a_merged_record_is_left_as_it_is(tmp_path):
    path = csv_file(tmp_path / "a.csv", [JEANNE, YVES])
    imported(path, "occupants")
    kept, absorbed = Senior.objects.order_by("reference")
    Senior.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    run = imported(csv_file(tmp_path / "b.csv", [JEANNE, YVES | {"Prénom": "Y"}]), "occupants")
    assert numbers(run) == (0, 0, 2, 0, 0)
    absorbed.refresh_from_db()
    assert (absorbed.first_name, absorbed.merged_into) == ("Yves", kept)


def test_an_age_a_year_apart_is_not_a_change(tmp_path):
    row = {"N° locataire": "P1", "UG": "L1", "Nom": "LE GOFF", "Age": "82"}
    imported(csv_file(tmp_path / "a.csv", [row]), "occupants")
    run = imported(csv_file(tmp_path / "b.csv", [row | {"Age": "81"}]), "occupants")
    assert (numbers(run), Senior.objects.get().birth_year) == ((0, 0, 1, 0, 0), 1944)


def test_no_social_security_number_is_written_anywhere(tmp_path, caplog, settings):
    number = f"2400529019005{97 - 2400529019005 % 97:02d}"
    rows = [JEANNE | {"NIR": number, "Observations": "voir sa fille"},
            YVES | {"Prénom": f"Yves {number}", "NIR": number}]  # fmt: skip
    run = imported(csv_file(tmp_path / "a.csv", rows), "occupants")
    assert run.counts["refused"] == 1
    stored = [str(row) for row in Senior.objects.values()] + [str(run.samples), str(run.choices)]
    stored += [str(row) for row in refusals_of(run)] + [caplog.text]
    assert not any(number in text or number[:13] in text for text in stored)
    cells = list(openpyxl.load_workbook(intake.refusals_workbook(run)).active.values)
    assert "NIR" not in cells[0]
    assert "[numéro retiré]" in str(cells[1])
    assert number not in str(cells)
    assert "voir sa fille" not in str(stored)


def test_a_file_without_birth_is_refused(tmp_path):
    run = previewed(csv_file(tmp_path / "a.csv", [{"UG": "L1", "Nom": "A"}]), "occupants")
    assert run.state == run.State.REFUSED
    assert "«\u00a0Date de naissance\u00a0»" in run.error


def test_days_counted_from_1904_are_days_of_the_same_year(tmp_path):
    """As the first Macs did: a bare number is 1,462 days short, in the rows sent back too."""
    born = date(1938, 2, 3)
    days = (born - date(1904, 1, 1)).days
    rows = [
        JEANNE | {"Date naissance": days},
        YVES | {"Date naissance": days, "Code UG": "nulle part"},
    ]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate([list(rows[0]), *(row.values() for row in rows)]):
            sheet.write_row(line, 0, cells)
    run = imported(path, "occupants")
    assert Senior.objects.get().born_on == born
    returned = list(openpyxl.load_workbook(intake.refusals_workbook(run)).active.values)
    assert str(days + 1462) in returned[1]
