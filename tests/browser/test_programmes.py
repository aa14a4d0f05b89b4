"""Programmes of works in a real browser: nothing cut, no fault, a lot launched in one gesture."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, make_action
from visits.acting.follow_up import add_need
from visits.enums import State
from visits.models import Programme
from visits.programmes import recording, surroundings

pytestmark = pytest.mark.django_db(transaction=True)
PASTED = "Résidence\tAnnée\tTravaux\tÉtat\nKergoat\t2028\tFaçades\tdécidé\nAilleurs\t2028\tSols\t"


def test_a_manager_pastes_the_plan_launches_a_lot_and_writes_distances(log_in):
    territory = make_territory("Agence de Brest")
    residence = make_residence(territory, name="Résidence d’Armor")
    make_residence(territory, name="Kergoat")
    manager = make_user(Role.MANAGER, territory)
    for code, state in (("grab_bars", State.ACCEPTED), ("grab_bars", State.ACCEPTED),
                        ("shower", State.PROPOSED), ("shutters", State.ACCEPTED)):  # fmt: skip
        make_action(code, state, senior=make_senior(make_dwelling(residence)), by=manager)
    add_need(make_senior(make_dwelling(residence)), "bathroom", found_on=ago(30), by=manager)
    note = "Cage B d’abord, puis la cage A au printemps."
    told = recording.Told(residence, 2027, ("bathrooms", "plumbing"), "decided", note)
    programme = recording.save(told, by=manager)
    known = {"food_shop": 900, "pharmacy": 320, "bus_stop": None}
    surroundings.save_all(
        residence, known, source="Relevé à pied", known_on=timezone.localdate(), by=manager
    )
    page = log_in(manager)
    addresses = [
        reverse("visits:programme-list"),
        reverse("visits:programme-show", args=[programme.uid]),
        reverse("visits:programme-edit", args=[programme.uid]),
        reverse("visits:programme-import"),
        reverse("visits:surroundings-edit", args=[residence.pk]),
        reverse("visits:works-residence", args=[residence.pk]),
    ]
    for address in addresses:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            cut = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert (address, width, faults(page), max(cut, 0)) == (address, width, [], 0)

    page.goto(addresses[3])
    page.get_by_label("Collez le tableau").fill(PASTED)
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_role("heading", name="1 ligne à enregistrer")).to_be_visible()
    expect(page.get_by_text("résidence inconnue dans vos territoires")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Enregistrer 1 ligne").click()
    expect(page.get_by_role("link", name="Kergoat")).to_be_visible()

    page.get_by_role("link", name="Résidence d’Armor").click()
    page.get_by_role("button", name="Lancer 2 chantiers : Barres d’appui").click()
    expect(page.get_by_role("heading", name="2 chantiers à lancer")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Lancer 2 chantiers").click()
    expect(page.get_by_text("2 travaux demandés")).to_be_visible()
    assert Programme.objects.get(pk=programme.pk).lots.get().works.count() == 2

    page.goto(addresses[4])
    page.get_by_label("Médecin, en mètres").fill("150")
    page.get_by_label("D’après").fill("Plan de la ville")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("150 m")).to_be_visible()
    expect(page.get_by_text("sans commerce à 500 m")).to_be_visible()
