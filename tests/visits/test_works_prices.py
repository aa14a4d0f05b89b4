"""Prices of works: what a new installation knows, and what a landlord may write."""

from decimal import Decimal

import pytest
from django.urls import reverse

from seniors.enums import Role
from tests.make import make_territory, make_user
from tests.visits.acting import kind_of
from visits.models import WorksPrice
from visits.works import prices

pytestmark = pytest.mark.django_db
FILLED = {
    "unit": "barre",
    "unit_cost": "1 250,50",
    "vat_rate": "10",
    "delay_days": "45",
    "source": "marché 2026",
}


@pytest.fixture
def manager(client):
    user = make_user(Role.MANAGER, make_territory())
    client.force_login(user)
    return user


def test_each_price_shipped_has_a_source_or_says_that_it_is_an_assumption():
    for code, line in prices.shipped().items():
        published = "ordre de grandeur de métier" not in line["source"]
        assert published != line.get("is_assumption", False), code
        assert "[S" not in line["source"]  # a reader has no list of our references


def test_a_new_installation_has_its_prices_and_none_for_what_is_not_known():
    assert WorksPrice.objects.count() == len(prices.shipped())
    assert prices.price_of(kind_of("shower")).unit_cost == Decimal(6500)
    assert prices.price_of(kind_of("thresholds")) is None
    assert set(WorksPrice.objects.values_list("vat_rate", flat=True)) == {prices.VAT_ASSUMED}


def test_a_price_changed_is_not_filled_again():
    WorksPrice.objects.exclude(kind__code="shower").delete()
    prices.begin()
    assert WorksPrice.objects.count() == 1


def test_the_page_says_which_price_is_to_be_given(client, manager):
    said = client.get(reverse("visits:works-prices")).content.decode()
    assert said.count("prix à donner") == 2  # floors and heating


def test_a_manager_gives_a_price_with_a_comma(client, manager):
    kind = kind_of("thresholds")
    answer = client.post(reverse("visits:works-price", args=[kind.pk]), FILLED)
    assert answer.status_code == 302
    assert WorksPrice.objects.get(kind=kind).unit_cost == Decimal("1250.50")


@pytest.mark.parametrize("cost", ["", "-5", "0", "cher", "NaN", "1e9", "12,345"])
def test_a_price_missing_or_negative_is_refused_and_nothing_is_written(client, manager, cost):
    kind = kind_of("grab_bars")
    before = WorksPrice.objects.filter(kind=kind).values().get()
    posted = FILLED | {"unit_cost": cost, "delay_days": "99"}
    answer = client.post(reverse("visits:works-price", args=[kind.pk]), posted)
    assert answer.status_code == 422
    assert answer.context["form"].errors["unit_cost"]
    assert WorksPrice.objects.filter(kind=kind).values().get() == before


def test_the_door_refuses_too(manager):
    price = WorksPrice(kind=kind_of("thresholds"), unit_cost=Decimal(-1), delay_days=3, source="x")
    with pytest.raises(prices.PriceRefusal) as refused:
        prices.save_price(price, by=manager)
    assert refused.value.code == "cost"
    other = WorksPrice(kind=kind_of("move_home"), unit_cost=Decimal(1), delay_days=3, source="x")
    with pytest.raises(prices.PriceRefusal):
        prices.save_price(other, by=manager)
    with pytest.raises(prices.PriceRefusal):
        prices.save_price(price, by=make_user(Role.OFFICER))
