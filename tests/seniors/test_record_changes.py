"""Which fields of a record a file or a correction changed: kept by name, told in her history."""

from datetime import date

import pytest

from seniors.corrections import correct, correct_home
from seniors.models import Dwelling, HomeCorrection, RecordChange, Senior
from seniors.timeline import all_events
from tests.make import make_dwelling, make_residence, make_user
from tests.seniors.importing import csv_file, imported

pytestmark = pytest.mark.django_db
JEANNE = {
    "N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne",
    "Date naissance": "17/05/1940", "Tél. fixe": "298000001", "Impayé": "N",
    "Date entrée": "01/03/1992",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """Bring the file of one day in."""
    residence = make_residence()
    for number in (1, 2):
        make_dwelling(residence, reference=f"L{number}")

    def bring(day: date, **changes) -> None:
        path = csv_file(tmp_path / f"{day}.csv", [JEANNE | changes])
        imported(path, "occupants", day=day)

    return bring


def test_a_second_file_tells_what_it_changed_and_no_value(files):
    files(date(2026, 1, 31))
    assert not RecordChange.objects.exists()  # she is new
    files(date(2026, 2, 28))
    assert not RecordChange.objects.exists()  # nothing changed
    files(date(2026, 3, 31), **{"Impayé": "O", "Tél. fixe": "298000009"})
    one = RecordChange.objects.get()
    assert (one.on, one.by, set(one.fields.split(","))) == (
        date(2026, 3, 31), None, {"has_arrears", "phone"},
    )  # fmt: skip
    [event] = all_events([one.senior_id])
    assert event.what.startswith("Fiche mise à jour\u00a0: ")
    assert event.on == date(2026, 3, 31)


def test_who_left_and_is_back_is_told_with_her_home(files):
    files(date(2026, 1, 31))
    files(date(2026, 2, 28), **{"Date sortie": "15/02/2026", "Motif sortie": "Départ"})
    assert Senior.objects.get().ended_on
    files(date(2026, 3, 31), **{"Code UG": "L2", "Date entrée": "10/03/2026"})
    fields = RecordChange.objects.get().fields.split(",")
    assert {"ended_on", "dwelling_id", "housed_since"} <= set(fields)
    said = [one.what for one in all_events([Senior.objects.get().pk])]
    assert said[0].startswith("Revenue dans le parc\u00a0: logement")


def test_a_correction_is_signed_and_one_that_changes_nothing_is_not_told(files):
    files(date(2026, 1, 31))
    senior, by = Senior.objects.get(), make_user(first_name="Ana")
    assert correct(senior, "phone", "02 98 00 00 02", on=date(2026, 2, 1), by=by)
    assert not correct(senior, "phone", "02 98 00 00 02", on=date(2026, 2, 2), by=by)
    [event] = all_events([senior.pk])
    assert (event.what, event.detail) == ("Téléphone corrigé", "par Ana")


HOME = {"Code UG": "L1", "Étage": "2", "Ascenseur": "N", "Loyer": "400", "Résidence": "R1"}


@pytest.fixture
def home(tmp_path):
    """Bring the landlord's word on her home in, and give it as it stands."""

    def bring(day: date, **changes) -> Dwelling:
        path = csv_file(tmp_path / f"home-{day}.csv", [HOME | changes])
        bring.run = imported(path, "dwellings", day=day)
        return Dwelling.objects.get(reference="L1")

    return bring


def test_a_home_corrected_at_the_door_outlives_a_file_that_repeats_itself(files, home):
    files(date(2026, 1, 31))
    home(date(2026, 1, 31))
    senior, by = Senior.objects.get(), make_user(first_name="Ana")
    day = date(2026, 2, 1)
    assert correct_home(senior, "floor", 3, on=day, by=by)
    assert correct_home(senior, "has_lift", True, on=day, by=by)
    assert not correct_home(senior, "floor", 4, on=date(2026, 1, 30), by=by)  # corrected since
    # The rent alone changes: the file says of the rest what it said before, wrongly.
    told = home(date(2026, 2, 28), Loyer="410")
    assert (told.floor, told.has_lift, told.rent) == (3, True, 410)
    assert home.run.counts["found_kept"] == 2
    # Told late, of a day before that file, which said nothing new of it: it counts.
    assert correct_home(senior, "floor", 5, on=day, by=by)
    # It is mended in the landlord's system for the lift, and says something new of the floor.
    told = home(date(2026, 3, 31), Loyer="420", Étage="1", Ascenseur="O")
    assert (told.floor, told.has_lift) == (1, True)
    assert not HomeCorrection.objects.exists()
    assert not correct_home(senior, "floor", 4, on=date(2026, 3, 30), by=by)  # the file is newer
    first, *others = all_events([senior.pk])
    assert (first.what, first.detail) == (
        "Fiche mise à jour\u00a0: étage", "fichier des logements du 31\u00a0mars 2026",
    )  # fmt: skip
    assert {one.what for one in others} == {"Étage corrigé", "Ascenseur corrigé"}


def test_a_household_corrected_at_the_door_outlives_a_file_that_repeats_itself(files):
    files(date(2026, 1, 31), **{"Nb occupants": "2"})
    senior, by = Senior.objects.get(), make_user()
    assert correct_home(senior, "household_size", 1, on=date(2026, 2, 1), by=by)
    files(date(2026, 2, 28), **{"Nb occupants": "2", "Impayé": "O"})
    assert Dwelling.objects.get(reference="L1").household_size == 1
    files(date(2026, 3, 31), **{"Nb occupants": "3"})
    assert Dwelling.objects.get(reference="L1").household_size == 3
    assert not HomeCorrection.objects.exists()
    changes = RecordChange.objects.filter(run__extract_on=date(2026, 3, 31))
    assert {one.fields for one in changes} == {"household_size", "has_arrears"}


def test_a_home_is_not_corrected_from_a_visit_to_the_one_before(files):
    files(date(2026, 1, 31))
    files(date(2026, 2, 28), **{"Code UG": "L2", "Date entrée": "10/02/2026"})
    assert not correct_home(Senior.objects.get(), "floor", 3, on=date(2026, 2, 5), by=make_user())
