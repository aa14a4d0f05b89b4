"""Two people do the same thing at the same moment, on the server that production runs on."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from seniors.enums import Role
from seniors.extract import intake
from seniors.fragility.store import score_seniors
from seniors.models import Consent, ImportRun, Observation, Senior
from surveys.models import Response
from tests.make import make_dwelling, make_residence, make_senior, make_user
from tests.seniors.importing import csv_file, previewed
from tests.surveys import make as surveys
from tests.visits.makers import FRIDAY, MONDAY, TODAY, make_agency
from visits.lists.listing import ListRefusal, propose_list
from visits.lists.selection import Recipe
from visits.models import VisitList, VisitListEntry

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
    ),
]
OCCUPANT = {
    "N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Nom": "LE GOFF", "Prénom": "Jeanne",
    "Date naissance": "17/05/1940", "Type bail": "HABITATION",
}  # fmt: skip


def at_once(*gestures: Callable[[], Any]) -> list[Any]:
    """What each gesture gave or raised, all begun at the same moment."""
    start, given = threading.Barrier(len(gestures)), [None] * len(gestures)

    def run(place: int, gesture: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            given[place] = gesture()
        except Exception as error:  # noqa: BLE001 - told to the test
            given[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(gestures)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def proposal(officer, territory, capacity=4) -> Callable[[], VisitList]:
    recipe = Recipe(capacity, 1, MONDAY, random_share=0.25, silent_share=0.25)
    return lambda: propose_list(
        officer=officer, territories=[territory], ends_on=FRIDAY, recipe=recipe, by=officer
    )


def test_nobody_is_on_two_lists_proposed_at_once():
    territory, first, _ = make_agency(8)
    officers = [first, *(make_user(Role.OFFICER, territory) for _ in range(3))]
    score_seniors(as_of=TODAY)
    made = at_once(*(proposal(officer, territory) for officer in officers))
    assert [type(one) for one in made] == [VisitList] * 4
    on = list(VisitListEntry.objects.values_list("senior_id", flat=True))
    assert len(on) == len(set(on)) == 8


def test_one_officer_has_one_list_of_two_proposed_at_once():
    here, officer, _ = make_agency(3)
    there, _, _ = make_agency(3)
    officer.territories.add(there)
    score_seniors(as_of=TODAY)
    made = at_once(proposal(officer, here), proposal(officer, there))
    refused = [one for one in made if isinstance(one, ListRefusal)]
    assert [one.code for one in refused] == ["list_exists"]
    assert VisitList.objects.count() == 1


def apply_again(run: ImportRun) -> Callable[[], ImportRun]:
    def gesture() -> ImportRun:
        own = ImportRun.objects.get(pk=run.pk)
        intake.apply(own)
        return own

    return gesture


def test_two_imports_applied_at_once_make_each_person_once(tmp_path):
    make_dwelling(make_residence(), reference="L1")
    rows = [OCCUPANT, OCCUPANT | {"N° locataire": "P2", "Prénom": "Yves"}]
    path = csv_file(tmp_path / "a.csv", rows)
    runs = [previewed(path, "occupants") for _ in range(2)]
    given = at_once(*map(apply_again, runs))
    assert sorted(run.state for run in given) == ["applied", "refused"]
    refused = next(run for run in given if run.state == "refused")
    assert "Les fiches ont changé depuis l’aperçu" in refused.error
    assert Senior.objects.count() == 2


def test_one_import_applied_twice_at_once_is_applied_once(tmp_path):
    make_dwelling(make_residence(), reference="L1")
    run = previewed(csv_file(tmp_path / "a.csv", [OCCUPANT]), "occupants")
    given = at_once(apply_again(run), apply_again(run))
    refused = [one for one in given if isinstance(one, intake.NotNow)]
    assert [str(one) for one in refused] == ["Cet import est déjà enregistré ou annulé."]
    run.refresh_from_db()
    assert (run.state, Senior.objects.count()) == ("applied", 1)


def test_the_same_answers_applied_twice_at_once_count_once(tmp_path):
    jeanne = make_senior(reference="P1", born_on=date(1940, 5, 17))
    campaign = surveys.make_campaign(surveys.territory_of(jeanne))
    answer = {"reference": "P1", "cold_home": "oui"} | surveys.CONSENTS
    path = surveys.write_csv(tmp_path / "answers.csv", [answer])
    runs = [surveys.preview(path, campaign) for _ in range(2)]
    given = at_once(*map(apply_again, runs))
    assert sorted(run.state for run in given) == ["applied", "refused"]
    assert (Response.objects.count(), Observation.objects.count()) == (1, 1)
    assert Consent.objects.count() == 4
