"""The stock in a real browser: no fault for axe-core, nothing cut; a manager notes a residence,
then proposes a vacant dwelling."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from seniors.enums import Role
from seniors.models import Dwelling
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.stocking import LABELS, level, make_vacant
from visits.enums import State
from visits.models import Action, HomeOffer, StockFinding
from visits.stock.offers import propose
from visits.stock.register import refresh_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_have_no_fault_then_a_residence_is_noted_and_a_dwelling_proposed(log_in):
    place = make_residence(make_territory("Agence de Brest"), name="Résidence d’Armor")
    manager = make_user(Role.MANAGER, place.territory, first_name="Nolwenn")
    home = make_vacant(place, by=manager, codes=("entrance",), city="Brest")
    for _ in range(2):
        senior = make_senior(make_dwelling(place, floor=3, has_lift=False, household_size=1))
    make_action("raised_wc", State.DONE, senior=senior, by=manager)
    propose(home, make_senior(make_dwelling(place)), by=manager)
    refresh_all()
    page = log_in(manager)
    addresses = [
        reverse(f"visits:{name}", args=args)
        for name, *args in (
            ("stock-list",), ("stock-residence", place.pk), ("stock-dwelling", home.uid),
            ("stock-vacant",), ("stock-person", senior.uid), ("stock-label",),
            ("stock-propose", home.uid, senior.uid), ("stock-level", level("Adapté").pk),
            ("stock-criterion-new",),
        )
    ]  # fmt: skip
    for address in addresses:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            page.evaluate(
                "document.querySelectorAll('details').forEach(one => { one.open = true })"
            )
            assert faults(page) == []
            width_of = "document.documentElement.scrollWidth"
            assert page.evaluate(width_of) <= width, (address, width)

    page.goto(addresses[1])
    page.get_by_label(LABELS["doors"]).check()
    page.get_by_label("Oui, rempli").check()
    page.get_by_label("Pour tous les logements").check()
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("constats notés.")).to_be_visible()
    noted = StockFinding.objects.filter(criterion__label=LABELS["doors"], met=True)
    assert noted.count() == Dwelling.objects.filter(residence=place).count()

    page.goto(addresses[2])
    page.get_by_role("link", name="Proposer").first.click()
    expect(page.get_by_text("Habite au 3e étage sans ascenseur")).to_be_visible()
    page.get_by_role("button", name="Proposer ce logement").click()
    expect(page.get_by_text("le logement est proposé")).to_be_visible()
    assert HomeOffer.objects.count() == 2
    assert Action.objects.filter(kind__code="move_home", state=State.PROPOSED).count() == 2
