"""The measures in a browser: found in the list, read, changed; no fault, nothing cut."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.browser.test_pages import WIDTHS, overflow
from tests.make import make_residence, make_territory, make_user
from tests.visits.acting import make_action, make_person
from tests.visits.measuring import begin, make_measure
from visits.acting import catalogue
from visits.enums import State
from visits.evaluating import kept
from visits.evaluating.effects import Effect
from visits.evaluating.sides import Change, Side
from visits.models import MeasureFigure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def measure(monkeypatch):
    """One that ended well for one person; its effects are computed apart, one already was."""
    catalogue.begin()
    territory = make_territory("Agence de Brest")
    manager = make_user(Role.MANAGER, territory)
    measure = make_measure(by=manager, name="Barres sans attendre", effects=["falls", "lsns6"])
    begin(measure, territory, timezone.localdate() - timedelta(days=60))
    begin(measure, make_residence(territory), timezone.localdate())
    make_action("grab_bars", State.CONFIRMED, senior=make_person(territory)[0])
    change = Change(42.1, 38.0, -4.1, -6.0, -2.2)
    sides = {"reached": Side(148, 31, 12, change), "others": Side(160, 29, 14, change)}
    told = asdict(Effect("stepped", -12.2, -15.7, -10.2, **sides))
    MeasureFigure.objects.create(measure=measure, code="falls", told=told, kept_at=timezone.now())
    monkeypatch.setattr(kept, "is_large", lambda: True)
    return measure


def seen_at_each_width(page) -> None:
    """The page has no fault, and is not cut."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (page.url, width, faults(page), max(overflow(page), 0)) == (page.url, width, [], 0)


def test_a_measure_is_found_read_and_changed(page, log_in, measure):
    """The list and the form are looked at without figures with all the other pages."""
    log_in(measure.created_by).goto(reverse("visits:measure-list"))
    page.get_by_role("link", name="Barres sans attendre").click()
    row = page.get_by_role("row", name="Chutes")
    assert "148 personnes, 31 perdues de vue" in row.inner_text()
    assert "pas encore calculé" in page.get_by_role("row", name="LSNS-6").inner_text()
    seen_at_each_width(page)
    row.get_by_role("link").click()
    page.get_by_role("heading", name="Ce que l’on peut en dire").wait_for()
    seen_at_each_width(page)
    page.goto(reverse("visits:measure-edit", args=[measure.uid]))
    page.get_by_label("À partir de quel âge").fill("75")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("75 ans et plus").wait_for()
    page.get_by_role("button", name="Calculer ce qu’il change").click()
    page.get_by_text("Calcul en cours").wait_for()
    measure.refresh_from_db()
    assert measure.min_age == 75
