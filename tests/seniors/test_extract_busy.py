"""An import while another one writes: it waits (`tests/journeys/test_at_once`), or says so."""

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from seniors import bulk
from seniors.extract import intake
from seniors.models import ImportRun, Senior
from tests.make import make_dwelling, make_residence
from tests.seniors.importing import csv_file, previewed

pytestmark = pytest.mark.django_db
OCCUPANT = {
    "N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne",
    "Date naissance": "17/05/1940", "Type bail": "HABITATION",
}  # fmt: skip


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A file, and a database that another process has been writing to for too long."""
    make_dwelling(make_residence(), reference="L1")

    def busy() -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(bulk, "alone", busy)
    return csv_file(tmp_path / "a.csv", [OCCUPANT])


def test_a_busy_database_is_said_in_french_and_the_import_can_be_confirmed_again(path, monkeypatch):
    run = previewed(path, "occupants")
    with pytest.raises(intake.NotNow, match="attendez qu’il soit terminé"):
        intake.apply(run)
    run.refresh_from_db()
    assert (run.state, Senior.objects.count()) == (ImportRun.State.PREVIEWED, 0)
    monkeypatch.undo()
    intake.apply(run)
    assert Senior.objects.count() == 1


def test_the_command_says_it_too_and_keeps_no_copy(path, settings):
    with pytest.raises(CommandError, match="attendez qu’il soit terminé"):
        call_command("import_extract", "occupants", path, "--apply")
    assert not [one for one in settings.MEDIA_ROOT.rglob("*") if one.is_file()]
