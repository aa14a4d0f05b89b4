"""The steering pages with figures in them: no fault for axe-core, nothing cut, filters at work."""

from decimal import Decimal

import pytest
from django.urls import reverse

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.browser.test_pages import WIDTHS, overflow
from tests.make import make_territory, make_user
from tests.visits.acting import ago, make_action, make_person
from visits.acting import catalogue
from visits.enums import State
from visits.models import Visit, Works

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager():
    """Two territories, visits made and refused, works that wait, at two prices."""
    catalogue.begin()
    territories = [make_territory(name) for name in ("Agence de Brest", "Agence de Quimper")]
    for number, territory in enumerate(territories):
        officer = make_user(Role.OFFICER, territory, first_name="Camille", last_name="Bihan")
        for outcome in (Visit.Outcome.DONE, Visit.Outcome.REFUSED):
            senior = make_person(territory)[0]
            Visit.objects.create(senior=senior, made_on=ago(20), outcome=outcome, made_by=officer)
            action = make_action("grab_bars", State.ACCEPTED, senior=senior, by=officer)
            Works.objects.create(action=action, estimate=Decimal(40_000 * (1 + number)))
    return make_user(Role.MANAGER, *territories)


@pytest.mark.parametrize(
    "path",
    ["visits:steering-show", "visits:steering-future", "visits:steering-scenarios"],
)
def test_a_steering_page_with_figures_has_no_fault(page, log_in, manager, path):
    log_in(manager)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.goto(reverse(path)).status == 200
        assert page.locator("main svg").count() > 0
        assert (width, faults(page), max(overflow(page), 0)) == (width, [], 0)


def test_another_period_changes_the_figures_in_place(page, log_in, manager):
    log_in(manager)
    page.goto(reverse("visits:steering-show"))
    page.select_option("#id_period", "3")
    page.wait_for_url("**period=3*")
    page.wait_for_selector("#steering-months tbody tr:nth-child(3)")
    assert page.locator("#steering-months tbody tr").count() == 3


def test_a_budget_of_zero_is_told_beside_its_field(page, log_in, manager):
    log_in(manager)
    page.goto(reverse("visits:steering-scenarios"))
    page.fill("#id_a-budget", "0")
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_selector(".errorlist")
    assert "ne lance rien" in page.locator(".errorlist").inner_text()
    assert "Rien n’a été calculé" in page.locator("main").inner_text()
    assert faults(page) == []
