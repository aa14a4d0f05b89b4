"""Unknown is not fine: someone of whom nothing is known, from her record to the lists."""

import pytest
from django.urls import reverse

from seniors.enums import Role
from seniors.fragility import store
from seniors.fragility.store import score_seniors
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.seniors.importing import csv_file, imported
from tests.visits.makers import TODAY, make_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def unknown():
    """Nobody knows her age, her household, her floor, a lift, nor when she was last heard of."""
    home = make_dwelling(make_residence(make_territory()), floor=None, has_lift=None)
    return make_senior(home, born_on=None, birth_year=None, last_contact_on=None)


def test_nothing_known_is_nothing_counted_and_wide_bounds_without_a_band(unknown):
    run = score_seniors(as_of=TODAY)
    score = run.scores.get()
    values = store.values_of(score)
    assert {code for code, value in values.items() if value is not None} == set()
    assert (score.band, score.known_share) == ("", 0)
    assert (score.least, score.most) == (0, 100)
    assert 0 < score.total < 100
    assert (score.home, score.autonomy, score.isolation, score.rights) == (None,) * 4
    assert store.band_counts(run) == {"": 1}


def test_her_sheet_says_that_nobody_knows(client, unknown):
    score_seniors(as_of=TODAY)
    client.force_login(make_user(Role.OFFICER, unknown.dwelling.residence.territory))
    text = client.get(reverse("seniors:senior-show", args=[unknown.uid])).content.decode()
    assert "Âge inconnu" in text
    assert "On ne sait pas assez" in text
    for label in ("Naissance", "Étage", "Ascenseur", "Occupants", "Dernier contact connu"):
        said = text.split(f"<dt>{label}</dt>")[1].split("</dd>")[0]
        assert "on ne sait pas" in said, label


def test_she_is_among_the_invisible_and_has_a_list(client, unknown):
    run = score_seniors(as_of=TODAY)
    assert run.scores.get().silence is not None
    territory = unknown.dwelling.residence.territory
    officer = make_user(Role.OFFICER, territory)
    client.force_login(officer)
    page = client.get(reverse("seniors:senior-list"), {"silent": "on"}).content.decode()
    assert unknown.full_name in page
    entry = make_list(territory, officer, silent_share=0.5).entries.get()
    assert (entry.senior, entry.why) == (unknown, "silent")


def test_empty_cells_of_an_extract_stay_unknown_down_to_the_score(tmp_path):
    home = {"Référence logement": "L1", "Résidence": "Ker", "Agence": "Brest", "Étage": "",
            "Ascenseur": "", "Nb occupants": ""}  # fmt: skip
    imported(csv_file(tmp_path / "homes.csv", [home]), "dwellings")
    person = {"N° locataire": "P1", "N° bail": "B1", "Référence logement": "L1", "Nom": "LE GOFF",
              "Prénom": "Anne", "Date naissance": "17/05/1940", "Date entrée": "",
              "Type bail": "HABITATION"}  # fmt: skip
    imported(csv_file(tmp_path / "people.csv", [person]), "occupants")
    values = store.values_of(score_seniors(as_of=TODAY).scores.get())
    assert {code for code, value in values.items() if value is not None} == {"age"}
