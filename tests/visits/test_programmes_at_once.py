"""Two people act on one programme at the same moment, on the server that production runs on."""

import pytest
from django.db import connection
from django.utils import timezone

from seniors.enums import Role
from tests.journeys.test_at_once import at_once
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from visits.enums import State
from visits.models import Programme, Surrounding, WorksLot
from visits.programmes import recording, surroundings
from visits.programmes.launching import launch
from visits.programmes.recording import ProgrammeRefusal

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
TODAY = timezone.localdate()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def residence(manager):
    return make_residence(manager.territories.get())


def test_a_lot_launched_by_two_at_once_is_launched_once(manager, residence):
    programme = recording.save(recording.Told(residence, 2027, ("bathrooms",)), by=manager)
    works = [
        make_action(
            "grab_bars", State.ACCEPTED, senior=make_senior(make_dwelling(residence)), by=manager
        )
        for _ in range(3)
    ]
    chosen = {one.uid for one in works}
    given = at_once(*[lambda: launch(programme, works[0].kind, chosen, on=TODAY, by=manager)] * 4)
    refused = [one.code for one in given if isinstance(one, ProgrammeRefusal)]
    assert refused == ["again"] * 3
    assert WorksLot.objects.get().works.count() == 3
    assert [one.steps.filter(to_state=State.REQUESTED).count() for one in works] == [1, 1, 1]


def test_a_programme_written_by_two_at_once_is_one(manager, residence):
    told = recording.Told(residence, 2027, ("lift",))
    given = at_once(*[lambda: recording.save(told, by=manager)] * 4)
    assert [one.code for one in given if isinstance(one, ProgrammeRefusal)] == ["twice"] * 3
    assert Programme.objects.count() == 1


def test_distances_written_by_two_at_once_are_one_each(manager, residence):
    told = {"source": "Plan", "known_on": TODAY, "by": manager}
    given = at_once(
        *(
            lambda metres=metres: surroundings.save_all(
                residence, {"bank": metres, "park": metres}, **told
            )
            for metres in (100, 200, 300)
        )
    )
    assert given == [2, 2, 2]
    assert len({one.metres for one in Surrounding.objects.all()}) == 1
    assert Surrounding.objects.count() == 2
