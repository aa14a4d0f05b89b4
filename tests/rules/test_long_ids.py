"""An id longer than any database holds is refused like any unknown one, never an error."""

import pytest
from django.urls import reverse

from seniors.enums import Role
from seniors.models import User
from surveys.models import Campaign, Printing
from tests.make import make_dwelling, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign
from tests.visits.makers import make_agency, make_list
from tests.visits.measuring import make_measure
from visits.models import MeasureSite, StockCriterion, StockFinding, StockLevel, VisitList

pytestmark = pytest.mark.django_db

LONG = ["9" * 20, "9" * 400, "9" * 5_000, "-" + "9" * 20]


@pytest.fixture
def boss(client):
    """A browser where an administrator is logged in."""
    client.raise_request_exception = False
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("pk", LONG)
def test_a_list_is_not_proposed_there(boss, pk):
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory)
    data = {"officer": officer.pk, "territories": [territory.pk, pk], "capacity": 10}
    assert boss.post(reverse("visits:list-new"), data).status_code == 422
    assert boss.post(reverse("visits:list-new"), data | {"officer": pk}).status_code == 422
    assert boss.get(reverse("visits:list-reach"), data).status_code == 200
    assert not VisitList.objects.exists()


@pytest.mark.parametrize("pk", LONG)
def test_a_campaign_is_not_opened_there(boss, pk):
    data = {"name": "Enquête", "territories": [pk], "least_age": 60}
    answer = boss.post(reverse("surveys:campaign-new"), data)
    assert answer.status_code == 422
    assert "territories" in answer.context["form"].errors
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("pk", LONG)
def test_an_account_is_not_opened_there(boss, pk):
    data = {"first_name": "A", "last_name": "B", "username": "a.b", "role": Role.OFFICER}
    answer = boss.post(reverse("seniors:account-new"), data | {"territories": [pk]})
    assert answer.status_code == 422
    assert "territories" in answer.context["form"].errors
    assert not User.objects.filter(username="a.b").exists()


@pytest.mark.parametrize("pk", LONG)
def test_what_is_ticked_there_is_not_kept(boss, pk):
    """Dwellings and criteria of the stock, places and actions of a measure, a partner's."""
    home, criterion = make_dwelling().residence, StockCriterion.objects.first()
    measure = make_measure()
    level = StockLevel.objects.first()
    noted = {"met": "yes", "evidence": "visit", "on": "2026-01-05"}
    day = {"starts_on": "2026-01-05"}
    for name, of, data, field in (
        ("stock-note", home.pk, noted | {"criteria": criterion.pk}, "dwelling"),
        ("stock-note", home.pk, noted | {"everywhere": "on"}, "criteria"),
        ("stock-level", level.pk, {"name": "Or", "meaning": level.meaning}, "criteria"),
        ("measure-add-sites", measure.uid, day, "residences"),
        ("measure-add-sites", measure.uid, day, "territories"),
        ("measure-edit", measure.uid, {"name": "N", "purpose": "P"}, "kinds"),
        ("partner-new", None, {"name": "P"}, "kinds"),
        ("partner-new", None, {"name": "P"}, "territories"),
    ):
        address = reverse(f"visits:{name}", args=[of] if of else [])
        assert boss.post(address, data | {field: [pk]}).status_code == 422, (name, field)
    assert not StockFinding.objects.exists()
    assert not MeasureSite.objects.exists()


@pytest.mark.parametrize("pk", LONG)
def test_filters_and_choices_take_it_for_unknown(boss, pk):
    make_senior()
    for name in ("territory", "residence", "page"):
        assert boss.get(reverse("seniors:senior-list"), {name: pk}).status_code == 200
    for name in ("visits:list-index", "surveys:campaign-list", "seniors:run-list"):
        assert boss.get(reverse(name), {"page": pk}).status_code == 200
    answer = boss.post(reverse("seniors:run-start"), {"territory": pk})
    assert answer.status_code == 422
    printing = reverse("surveys:printing-start", args=[make_campaign(make_territory()).uid])
    assert boss.post(printing, {"territory": pk}).status_code == 302
    assert not Printing.objects.exists()


@pytest.mark.parametrize("pk", ["9" * 20, "9" * 400])
def test_addresses_are_not_found(boss, pk):
    visit_list = make_list(*make_agency()[:2])
    base = reverse("visits:list-show", args=[visit_list.uid])
    for gesture in ("ecarter", "remettre", "voisin"):
        assert boss.post(f"{base}{gesture}/{pk}/").status_code == 404
    assert boss.get(f"{base}fiche/{pk}.pdf").status_code == 404
    for name in ("account-edit", "account-password", "merge-undo"):
        address = reverse(f"seniors:{name}", args=[1]).replace("/1/", f"/{pk}/")
        assert pk in address
        assert boss.post(address).status_code == 404
