"""The page of what comes: its territories, its words, and the same numbers in the workbook."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse
from openpyxl import load_workbook

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.steering.future import future_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    """Projections are kept for the day: each test makes its own."""
    cache.clear()


@pytest.fixture
def agency():
    """Two residences of one territory, a couple, someone without an age, someone too young."""
    territory = make_territory("Agence de Brest")
    first, second = (make_residence(territory, name=name) for name in ("Kerinou", "Lambé"))
    couple = make_dwelling(first, is_adapted=False)
    make_senior(couple, born_on="1940-05-17")
    make_senior(couple, born_on="1942-05-17", sex="M")
    make_senior(make_dwelling(second, is_adapted=True), born_on="1955-05-17")
    make_senior(make_dwelling(second), born_on=None, birth_year=None)
    make_senior(make_dwelling(second), born_on="1999-05-17")
    return territory, make_user(Role.MANAGER, territory)


def test_one_territory_is_shown_by_residence_and_several_by_territory(agency):
    territory, manager = agency
    assert [line.name for line in future_for(manager, "central").lines] == ["Kerinou", "Lambé"]
    other = make_territory("Agence de Quimper")
    make_senior(make_dwelling(make_residence(other)))
    manager.territories.add(other)
    future = future_for(manager, "central")
    assert [line.name for line in future.lines] == ["Agence de Brest", "Agence de Quimper"]
    assert future_for(manager, "central", territory).by == "residence"


def test_who_has_no_known_age_is_counted_apart_and_who_is_too_young_is_left(agency):
    future = future_for(agency[1], "central")
    assert future.unknown == 1
    assert future.together.years[0]["seniors"].mean == 3


def test_a_couple_is_one_home_and_an_adapted_home_needs_nothing(agency):
    kerinou, lambe = future_for(agency[1], "central").lines
    assert kerinou.years[0]["to_adapt"].mean <= 1
    assert lambe.years[0]["to_adapt"].mean == 0


def test_a_manager_sees_what_comes_in_her_territories_only(client, agency):
    far = make_territory()
    make_senior(make_dwelling(make_residence(far, name="Ailleurs")))
    client.force_login(agency[1])
    shown = client.get(reverse("visits:steering-future"), {"territory": far.pk})
    assert shown.context["future"].together.years[0]["seniors"].mean == 3
    assert "Ailleurs" not in shown.content.decode()


def test_the_page_says_what_is_supposed_and_what_is_a_guess(client, agency):
    client.force_login(agency[1])
    told = client.get(reverse("visits:steering-future"), {"variant": "high"}).content.decode()
    assert "Hypothèse haute." in told
    assert '<span class="tag tag-warm">hypothèse</span>' in told
    assert "ANCOLS 2024" in told


def test_a_variant_that_does_not_exist_is_the_central_one(client, agency):
    client.force_login(agency[1])
    shown = client.get(reverse("visits:steering-future"), {"variant": "rosy", "territory": "x"})
    assert shown.context["variant"] == "centrale"


def test_screen_and_workbook_say_the_same(client, agency):
    client.force_login(agency[1])
    future = client.get(reverse("visits:steering-future")).context["future"]
    answer = client.get(reverse("visits:steering-future-workbook"))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["Ensemble"].iter_rows(min_row=2, values_only=True))
    codes = ("seniors", "oldest", "to_adapt", "works", "cost", "spent")
    told = [
        (year, *(part for code in codes for part in _parts(values[code])))
        for year, values in future.by_year
    ]
    assert [row[1:] for row in rows] == told
    assert len(list(book["Par résidence"].values)) == 1 + 2 * 16
    assert book["Hypothèses"]["E2"].value == "hypothèse"


def _parts(value):
    return value.mean, value.least, value.most


def test_an_empty_stock_says_what_is_missing(client):
    client.force_login(make_user(Role.MANAGER, make_territory()))
    told = client.get(reverse("visits:steering-future")).content.decode()
    assert "Aucun locataire de 60 ans ou plus" in told
    answer = client.get(reverse("visits:steering-future-workbook"))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Lire d’abord", "Hypothèses"]


def test_the_page_asks_the_same_number_of_queries_however_many_people(
    client, agency, django_assert_num_queries
):
    territory, manager = agency
    client.force_login(manager)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("visits:steering-future"))
    for _ in range(20):
        make_senior(make_dwelling(make_residence(territory)))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("visits:steering-future"))


QUERIES = 7
