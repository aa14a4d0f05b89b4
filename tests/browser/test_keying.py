"""A returned paper typed in from the keyboard alone, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from seniors.enums import Role
from seniors.models import Observation
from surveys.models import Invitation, Keying
from surveys.questionnaires import questionnaire
from tests.browser.conftest import faults
from tests.make import make_senior, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign, territory_of

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "https://enquete.exemple.fr/enquete/{}/"
# One key per question, in the order printed; what is not here has no answer (0).
KEYS = {
    "consent_visit": "o", "consent_health": "1", "consent_sharing": "n", "consent_evaluation": "2",
    "bathing": "3", "grab_bars": "n", "wish_shower": "1", "bath_difficulty": "2",
    "falls": "Numpad3",
}  # fmt: skip


def test_a_whole_paper_is_typed_without_the_mouse_and_the_next_is_asked_for(
    page, log_in, live_server
):
    senior, today = make_senior(), timezone.localdate()
    campaign = make_campaign(
        territory_of(senior), opened_on=today - timedelta(9), closes_on=today + timedelta(9)
    )
    paper = Invitation.objects.get()
    log_in(make_user(Role.OFFICER, territory_of(senior)))
    page.goto(reverse("surveys:keying-start", args=[campaign.uid]))
    expect(page.locator("#reference")).to_be_focused()
    assert faults(page) == []
    # As a scanner does: the whole address of the QR code, then « Entrée ».
    page.keyboard.type(SITE.format(paper.reference))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{paper.reference}/")
    assert faults(page) == []
    items = questionnaire.named(QUESTIONNAIRE).items
    for code in items:
        expect(page.locator(f"#ask-{code} input:focus")).to_have_count(1)
        if code == "grab_bars":  # not one of its replies: it says so, and stays there
            page.keyboard.press("7")
            expect(page.locator(f"#ask-{code} .no-key")).to_be_visible()
        page.keyboard.press(KEYS.get(code, "0"))
    expect(page.locator("#keying-save")).to_be_focused()
    expect(page.locator(".no-key")).to_have_count(0)
    # Back by one key, and an answer mended.
    page.keyboard.press("ArrowUp")
    last = list(items)[-1]
    expect(page.locator(f"#ask-{last} input:focus")).to_have_count(1)
    # Meanwhile her session ended, and she came back by another tab: the token is another.
    token = {"name": "csrftoken", "value": "b" * 32, "url": live_server.url}
    page.context.add_cookies([token])
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/saisie/")
    expect(page.get_by_text("enregistré. Au suivant")).to_be_visible()
    expect(page.locator("#reference")).to_be_focused()
    assert faults(page) == []
    told = {"bathing": 3, "grab_bars": 0, "wish_shower": 1, "bath_difficulty": 1, "falls": 2}
    assert Observation.objects.get().values == told
    assert Keying.objects.count() == 1
