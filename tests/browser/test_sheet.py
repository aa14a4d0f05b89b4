"""A senior’s sheet in a browser: its timeline, narrowed without leaving it, its gestures; axe."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import AccessLog, Senior, User
from tests.browser.conftest import faults
from tests.make import make_senior, make_user
from tests.visits.makers import TODAY
from visits import contests
from visits.acting import follow_up
from visits.field_watch import watch
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def senior() -> Senior:
    """Someone with a score, needs, signals and thirty visits."""
    one = make_senior(very_low_income=True, phone="02 98 00 11 22")
    officer = make_user(Role.OFFICER, one.dwelling.residence.territory)
    score_seniors(as_of=TODAY)
    for year in range(1996, 2026):
        Visit.objects.create(
            senior=one, made_on=date(year, 5, 4), outcome="absent", made_by=officer
        )
    watch.report(officer, form_uid=uuid.uuid4(), kind="mail", urgency="now", senior=one)
    follow_up.add_need(one, "bars", found_on=TODAY, by=officer)
    contests.contest(one, says="sooner", reason="Seule depuis cet été", by=officer)
    return one


def opened(page: Page, url: str, width: int) -> Page:
    """A page at that width: no fault, nothing cut."""
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(url)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page


def officer_of(senior: Senior) -> User:
    """Whoever noted things about her."""
    return senior.contests.get().by


@pytest.mark.parametrize("width", [360, 1280])
def test_sheet_and_its_gestures_have_no_fault(log_in, senior, width):
    page = log_in(officer_of(senior))
    for name, args in [
        ("seniors:senior-show", []),
        ("seniors:senior-correct", []),
        ("seniors:fact-correct", ["online"]),
        ("seniors:fact-correct", ["falls"]),
        ("visits:sheet-plan", []),
        ("visits:sheet-mute", []),
        ("visits:sheet-contest", []),
    ]:
        opened(page, reverse(name, args=[senior.uid, *args]), width)


def test_keys_of_the_sheet_are_large_enough_for_a_thumb(log_in, senior):
    page = opened(
        log_in(officer_of(senior)), reverse("seniors:senior-show", args=[senior.uid]), 360
    )
    for key in page.locator(".gestures a, #sheet-rights summary").all():
        assert key.bounding_box()["height"] >= 44


def settled(page: Page) -> None:
    """What was swapped in listens again."""
    expect(page.locator(".htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


def test_history_is_narrowed_without_leaving_the_page_and_each_reading_is_logged(log_in, senior):
    page = opened(
        log_in(officer_of(senior)), reverse("seniors:senior-show", args=[senior.uid]), 360
    )
    history = page.locator("#senior-history")
    history.get_by_label("Quoi").select_option("Signalements")
    expect(history.locator("ol > li")).to_have_count(1)
    settled(page)
    expect(page.locator("#senior-ranking")).to_be_visible()
    history.get_by_label("Quoi").select_option("Visites")
    expect(history.get_by_text("30 événements sur")).to_be_visible()
    settled(page)
    history.get_by_label("Année").select_option("2001")
    expect(history.get_by_text("1 événement sur")).to_be_visible()
    history.get_by_role("link", name="Tout revoir").click()
    expect(history.get_by_text("33 événements, du plus récent")).to_be_visible()
    history.get_by_role("link", name="Plus anciens").click()
    expect(history.get_by_text("04/05/1996")).to_be_visible()
    assert faults(page) == []
    assert AccessLog.objects.filter(senior=senior, gesture="senior-show").count() >= 5


def test_opinion_and_reply_are_given_from_the_sheet_by_keyboard(log_in, senior):
    page = opened(
        log_in(officer_of(senior)), reverse("seniors:senior-show", args=[senior.uid]), 1280
    )
    page.get_by_role("link", name="Donner un autre avis").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Peut attendre").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Sa fille est là")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-opinion")).to_contain_text("Sa fille est là")
    page.locator("#senior-ranking summary", has_text="Ce qu’on ne sait pas encore").click()
    page.locator('#senior-ranking .columns a[href$="/goes_out/"]').click()
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.get_by_text("C’est noté, à la date du jour")).to_be_visible()
