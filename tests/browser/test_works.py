"""The works in a real browser: no fault for axe-core, nothing cut; a manager launches a lot."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.browser.test_pages import check
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action
from visits.acting.follow_up import add_need
from visits.enums import State
from visits.models import Action, Invoice, SavedView, WorksLot
from visits.works.budgets import save_budget
from visits.works.invoices import save_invoice
from visits.works.lots import launch

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 1280)
PAGES = (
    "works-list", "works-residence", "works-prices", "works-price", "works-delays",
    "works-lot-list", "works-lot-new", "works-lot-show", "works-show", "works-invoice",
    "works-tax", "works-budget", "works-budget-edit",
)  # fmt: skip


@pytest.fixture
def town() -> SimpleNamespace:
    """A residence where three want grab bars, with works in a lot, paid, and a bare need."""
    territory = make_territory("Agence de Brest")
    residence = make_residence(territory, name="Résidence d’Armor")
    manager = make_user(Role.MANAGER, territory, first_name="Nolwenn")

    def works(code, state):
        senior = make_senior(make_dwelling(residence, floor=3, door="12"))
        return make_action(code, state, senior=senior, by=manager)

    ready = [works("grab_bars", State.ACCEPTED) for _ in range(3)]
    works("grab_bars", State.PROPOSED)
    add_need(make_senior(make_dwelling(residence)), "shutters", found_on=ago(90), by=manager)
    told = {"label": "Douches", "company": "Ateliers du Ponant", "note": "", "wanted_by": None}
    shower = works("shower", State.ACCEPTED)
    lot, _ = launch([shower], kind=shower.kind, residence=residence, on=ago(1), by=manager, **told)
    rail = works("handrail", State.CONFIRMED)
    bill = {"supplier": "Le Bras", "number": "F1", "billed_on": ago(9), "paid_on": ago(2)}
    amounts = {"net": Decimal(500), "gross": Decimal(550), "tax_roll": "29 B 12"}
    invoice = save_invoice(Invoice(**bill, **amounts), rail, by=manager)
    year = timezone.localdate().year
    save_budget(year, "landlord", amount=Decimal(0), source="", by=manager)
    SavedView.objects.create(user=manager, page="works", name="Retards", query="late=on")
    pages = {
        "works-residence": [residence.pk],
        "works-price": [kind_of("thresholds").pk],
        "works-lot-show": [lot.uid],
        "works-show": [rail.uid],
        "works-invoice": [invoice.uid],
        "works-budget-edit": [year, "landlord"],
    }
    query = {
        "works-lot-new": f"?kind={kind_of('grab_bars').pk}&residence={residence.pk}",
        "works-list": "?order=age",
    }
    addresses = {
        name: reverse(f"visits:{name}", args=pages.get(name, [])) + query.get(name, "")
        for name in PAGES
    }
    return SimpleNamespace(manager=manager, ready=ready, addresses=addresses, residence=residence)


def test_pages_have_no_fault_and_nothing_is_cut(log_in, town):
    page = log_in(town.manager)
    for address in town.addresses.values():
        for width in WIDTHS:
            check(page, address, width)


def test_a_manager_launches_a_lot(log_in, town):
    page = log_in(town.manager)
    page.goto("/pilotage/travaux/")
    page.get_by_role("link", name="Résidence d’Armor").first.click()
    page.get_by_role("link", name="Lancer un lot…").click()
    page.get_by_label("Travail", exact=True).select_option(label="Barres d’appui")
    page.get_by_role("button", name="Voir les travaux").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.get_by_label("Entreprise").fill("Ateliers du Ponant")
    page.get_by_role("button", name="Continuer…").click()
    expect(page.get_by_role("heading", name="3 chantiers à lancer")).to_be_visible()
    expect(page.get_by_text("660,00")).to_be_visible()
    assert faults(page) == []
    assert WorksLot.objects.count() == 1
    page.get_by_role("button", name="Lancer 3 chantiers").click()
    expect(page.get_by_text("3 travaux demandés")).to_be_visible()
    asked = Action.objects.filter(pk__in=[one.pk for one in town.ready])
    assert set(asked.values_list("state", flat=True)) == {State.REQUESTED}
    with page.expect_download() as caught:
        page.get_by_role("link", name="Bon de travaux (PDF)").click()
    assert caught.value.suggested_filename.endswith(".pdf")


def test_the_list_narrows_as_one_chooses_and_a_view_is_kept(log_in, town):
    page = log_in(town.manager)
    page.goto("/pilotage/travaux/")
    before = page.locator("#works-count").inner_text()
    page.get_by_text("Filtrer et trier").click()
    page.get_by_label("État").select_option(label="Besoins sans action")
    page.wait_for_url("**state=bare**")
    expect(page.locator("#works-count")).to_have_text("1 ligne")
    assert before != "1 ligne"
    page.get_by_text("Garder cette vue").click()
    page.get_by_label("Nom de la vue").fill("Sans suite")
    page.get_by_role("button", name="Garder").click()
    expect(page.get_by_role("link", name="Sans suite")).to_be_visible()
