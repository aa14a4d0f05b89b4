"""A week's list in a browser: skip, put back, add a neighbour and anyone, publish; axe on each."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import faults
from tests.visits.makers import make_agency, make_list
from visits.lists.listing import publish_list

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 1280)


@pytest.fixture
def made():
    """A draft of three visits among six people."""
    territory, officer, _ = make_agency(6, phone="02 98 00 11 22")
    return make_list(territory, officer, capacity=3, random_share=0.34)


def opened(page: Page, name: str, made, width: int = 1280) -> Page:
    """A page of the list at that width: no fault, nothing cut."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse(f"visits:{name}", args=[made.uid]))
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["list-show", "list-publish", "list-discard", "list-add"])
def test_pages_of_a_draft_have_no_fault(log_in, made, name, width):
    opened(log_in(made.officer), name, made, width)


def test_published_page_has_no_fault(log_in, made):
    publish_list(made, by=made.officer)
    page = opened(log_in(made.officer), "list-show", made, 360)
    expect(page.get_by_text("Proposer de nouveau")).to_have_count(0)


def test_person_is_skipped_and_put_back_by_keyboard_without_leaving_the_page(log_in, made):
    page = opened(log_in(made.officer), "list-show", made)
    first = made.entries.first()
    card = page.locator(f"#entry-{first.pk}")
    card.locator(".visit-gestures summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Chez sa fille")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 visites pour Camille Bihan")).to_be_visible()
    expect(card.get_by_text("Chez sa fille")).to_be_visible()
    following = made.entries.filter(skipped_at=None).first()
    expect(page.locator(f"#entry-{following.pk} h3 a")).to_be_focused()
    assert faults(page) == []
    card.get_by_role("button", name="Remettre dans la liste").click()
    expect(page.get_by_role("heading", name="3 visites pour Camille Bihan")).to_be_visible()


def test_neighbour_then_anyone_is_added_then_the_list_is_published(log_in, made):
    page = opened(log_in(made.officer), "list-show", made)
    near = made.neighbours.select_related("senior").first()
    page.locator(".near summary").first.click()
    page.locator(".near").first.get_by_role("button", name="Ajouter").first.click()
    expect(page.get_by_role("heading", name="4 visites")).to_be_visible()
    assert made.entries.get(why="neighbour").senior == near.senior

    page.get_by_role("link", name="Ajouter une personne").click()
    page.get_by_label("Nom, référence").fill("le goff")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Pourquoi la voir").first.fill("Sa fille a appelé")
    assert faults(page) == []
    page.get_by_role("button", name="Ajouter Mme").first.click()
    expect(page.get_by_role("heading", name="5 visites")).to_be_visible()

    page.get_by_role("link", name="Publier la liste").click()
    page.get_by_role("button", name="Publier 5 visites").click()
    expect(page.get_by_text("elle ne bougera plus")).to_be_visible()
    expect(page.get_by_role("link", name="Ajout urgent")).to_be_visible()
    made.refresh_from_db()
    assert made.published_by == made.officer


def test_papers_are_saved_not_shown(log_in, made):
    page = opened(log_in(made.officer), "list-show", made)
    for name, file in [("Tournée et fiches", ".pdf"), ("Tableau", ".xlsx")]:
        with page.expect_download() as saved:
            page.get_by_role("link", name=name).click()
        assert saved.value.suggested_filename == f"visites-2026-11-30{file}"
