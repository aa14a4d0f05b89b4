"""What stands around a residence: unknown is never « none », and lists keep those without."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from visits.enums import State
from visits.models import Surrounding
from visits.programmes import recording, surroundings
from visits.programmes.services import SERVICES, WITHIN
from visits.programmes.surroundings import SurroundingRefusal, Told

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def residence(manager):
    return make_residence(manager.territories.get(), name="Résidence d’Armor")


def say(residence, manager, **distances) -> int:
    told = {"source": "Relevé à pied", "known_on": TODAY, "by": manager}
    return surroundings.save_all(residence, distances, **told)


def page_of(residence) -> str:
    return reverse("visits:works-residence", args=[residence.pk])


def test_near_far_none_and_not_known_are_four_things(client, manager, residence):
    say(residence, manager, food_shop=WITHIN, pharmacy=WITHIN + 1, doctor=None)
    lines = {line.service.code: line.is_near for line in surroundings.lines_of(residence)}
    assert lines == dict.fromkeys(SERVICES) | {
        "food_shop": True,
        "pharmacy": False,
        "doctor": False,
    }
    client.force_login(manager)
    page = client.get(page_of(residence)).content.decode()
    assert page.count("pas connu") == len(SERVICES) - 3
    said = ("500 m", "501 m", "sans pharmacie à 500 m", "sans médecin à 500 m", "Relevé à pied")
    assert [words for words in said if words not in page] == []
    assert "sans commerce à 500 m" not in page


def test_distances_are_written_on_the_page_of_the_residence(client, manager, residence):
    say(residence, manager, food_shop=300, park=90)
    earlier = TODAY - timedelta(days=9)
    Surrounding.objects.update(known_on=earlier)
    client.force_login(manager)
    address = reverse("visits:surroundings-edit", args=[residence.pk])
    page = client.get(address).content.decode()
    assert 'value="300"' in page
    posted = {"metres_food_shop": "300", "metres_pharmacy": "120", "none_bank": "on"}
    posted |= {"source": "Plan de ville", "known_on": TODAY.isoformat()}
    assert client.post(address, posted).url == page_of(residence)
    kept = Surrounding.objects.order_by("kind").values_list("kind", "metres", "source", "known_on")
    assert list(kept) == [
        ("bank", None, "Plan de ville", TODAY),
        ("food_shop", 300, "Relevé à pied", earlier),  # not changed: its own source and day
        ("pharmacy", 120, "Plan de ville", TODAY),
    ]


@pytest.mark.parametrize(
    "posted",
    [
        {"source": ""},
        {"known_on": (TODAY + timedelta(days=1)).isoformat()},
        {"known_on": ""},
        {"metres_pharmacy": "-1"},
        {"metres_pharmacy": "près"},
        {"none_pharmacy": "on"},
        {"source": "2 40 05 29 019 123 45"},
    ],
)
def test_what_makes_no_sense_is_refused_whole(client, manager, residence, posted):
    client.force_login(manager)
    address = reverse("visits:surroundings-edit", args=[residence.pk])
    told = {"metres_pharmacy": "120", "source": "Plan", "known_on": TODAY.isoformat()}
    assert client.post(address, told | posted).status_code == 422
    assert Surrounding.objects.count() == 0


def test_the_door_knows_roles_and_territories(manager, residence):
    told = Told(residence, "bank", 10, "Plan", TODAY)
    elsewhere = Told(make_residence(), "bank", 10, "Plan", TODAY)
    officer = make_user(Role.OFFICER, residence.territory)
    for rows, by, code in (
        ([told], officer, "role"),
        ([told, elsewhere], manager, "place"),
        ([Told(residence, "pool", 10, "Plan", TODAY)], manager, "kind"),
        ([Told(residence, "bank", 99_999, "Plan", TODAY)], manager, "metres"),
    ):
        with pytest.raises(SurroundingRefusal) as caught:
            surroundings.save_many(rows, by=by)
        assert caught.value.code == code
    assert Surrounding.objects.count() == 0


def test_lists_keep_the_residences_known_to_have_none_near(client, manager, residence):
    """Far, none, near and not known: the first two only, in the programmes and in the works."""
    places = [residence, *(make_residence(residence.territory) for _ in range(3))]
    for place, distances in zip(
        places, ({"food_shop": 900}, {"food_shop": None}, {"food_shop": 80}, {}), strict=True
    ):
        say(place, manager, bank=700, **distances)
        recording.save(recording.Told(place, 2027, ("lift",)), by=manager)
        make_action(
            "grab_bars", State.ACCEPTED, senior=make_senior(make_dwelling(place)), by=manager
        )
    client.force_login(manager)
    asked = {"lacking": "food_shop"}
    programmes = client.get("/pilotage/programmes/", asked).context["programmes"]
    works = client.get("/pilotage/travaux/", asked).context["lines"]
    assert {one.residence for one in programmes} == set(places[:2])
    assert {one.residence for one in works} == set(places[:2])
