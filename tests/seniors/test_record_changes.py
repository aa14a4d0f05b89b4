"""Which fields of a record a file or a correction changed: kept by name, told in her history."""

from datetime import date

import pytest

from seniors.corrections import correct
from seniors.models import RecordChange, Senior
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
