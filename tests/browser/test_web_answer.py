"""A senior answers on the web: all by keyboard, then on a telephone without scripts; axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from seniors.enums import ConsentKind, Role
from seniors.models import Observation
from surveys.models import Draft, Invitation, Response
from surveys.receiving import drafts, intake
from tests.browser.conftest import faults
from tests.make import make_senior, make_user
from tests.surveys.make import make_campaign, territory_of

pytestmark = pytest.mark.django_db(transaction=True)
# What 1280 pixels become at 400 %: nothing may be cut there.
ZOOMED = {"width": 320, "height": 256}


@pytest.fixture
def invitation() -> Invitation:
    """Jeanne, born in 1940, asked in a campaign that is open."""
    senior, today = make_senior(), timezone.localdate()
    campaign = make_campaign(
        territory_of(senior), opened_on=today, closes_on=today + timedelta(days=20)
    )
    return campaign.invitations.get(senior=senior)


def check(page: Page) -> None:
    """No fault, and nothing cut at 400 %."""
    assert faults(page) == []
    wide = page.viewport_size
    page.set_viewport_size(ZOOMED)
    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    page.set_viewport_size(wide)


def to_content(page: Page) -> None:
    """By the link that skips to the content; once used, the pages that follow open there."""
    if page.url.endswith("#content"):
        return
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")


def enter(page: Page) -> None:
    """Send the form, and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_whole_answer_by_keyboard(page: Page, invitation):
    page.goto(reverse("surveys:web-open", args=[invitation.reference]))
    check(page)
    to_content(page)
    page.keyboard.press("Tab")
    page.keyboard.type("1941")
    enter(page)
    expect(page.get_by_role("alert")).to_contain_text("n’ouvrent pas")
    check(page)
    page.get_by_label("année de naissance").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1940")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bien vieillir chez vous")
    check(page)
    page.get_by_label("La personne elle-même").focus()
    enter(page)
    checked = {"consent_visit", "bathing", "wish_bars", "lsns_family_seen"}
    seen = []
    while "/question/" in page.url:
        code = page.url.split("/")[-2]
        seen.append(code)
        if code in checked:
            check(page)
        to_content(page)
        page.keyboard.press("Tab")
        # The first agreement offers no « sans réponse »; health is refused, to be asked less.
        keys = {"consent_visit": ["Space"], "consent_health": ["ArrowDown", "ArrowDown"]}
        tick = page.locator(":focus").get_attribute("type") == "checkbox"
        for key in keys.get(code, ["Space"] if tick else ["ArrowDown"]):
            page.keyboard.press(key)
        enter(page)
    assert checked < set(seen)
    assert "falls" not in seen
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez, puis envoyez")
    check(page)
    page.get_by_role("button", name="Envoyer ma réponse").first.focus()
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, votre réponse est arrivée")
    check(page)
    kept = Response.objects.get().observation.values
    assert (kept["bathing"], kept["wish_bars"], kept["filled_by"]) == (1, 1, drafts.ALONE)


def test_all_in_one_page_on_a_telephone_without_scripts(browser: Browser, live_server, invitation):
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(reverse("surveys:web-home"))
    reference = invitation.reference
    page.get_by_label("Votre référence").fill(f"{reference[:4]} {reference[4:8]} {reference[8:]}")
    page.get_by_label("année de naissance").fill("1940")
    page.get_by_role("button", name="Continuer").tap()
    page.get_by_label("Un proche, avec elle").check()
    page.get_by_role("button", name="Tout sur une seule page").tap()
    for code, value in {"consent_visit": 1, "consent_health": 1, "falls": 2, "wish_wc": 1}.items():
        page.locator(f'input[name="{code}"][value="{value}"]').check()
    # The key ages while she looks for her glasses: nothing is lost, the year is asked again.
    context.clear_cookies()
    page.get_by_role("button", name="Relire avant d’envoyer").tap()
    expect(page.get_by_text("Rien n’est perdu")).to_be_visible()
    page.get_by_label("année de naissance").fill("1940")
    page.get_by_role("button", name="Continuer").tap()
    page.get_by_role("button", name="Continuer").tap()
    expect(page.get_by_text("deux fois ou plus")).to_be_visible()
    assert Draft.objects.get().values["falls"] == 2
    page.get_by_role("button", name="Envoyer ma réponse").first.tap()
    expect(page.get_by_role("heading", name="Merci, votre réponse est arrivée")).to_be_visible()
    context.close()
    told = {"falls": 2, "wish_wc": 1, "filled_by": drafts.HELPED}
    assert Observation.objects.get().values == told


def test_other_pages_have_no_fault(page: Page, log_in, invitation):
    page.set_viewport_size({"width": 360, "height": 740})
    ref = invitation.reference
    page.goto(reverse("surveys:web-home"))
    check(page)
    page.goto(reverse("surveys:web-open", args=[ref]))
    page.get_by_label("année de naissance").fill("1940")
    page.get_by_role("button", name="Continuer").click()
    said = {"consent_visit": 1, "cold_home": 1}
    drafts.save(invitation, drafts.Page(told=said, seen={}, version=0))
    drafts.save(invitation, drafts.Page(told={"cold_home": 0}, seen={}, version=1))
    for name in ("web-all", "web-clash", "web-agreements"):
        page.goto(reverse(f"surveys:{name}", args=[ref]))
        check(page)
    drafts.choose(invitation, {"cold_home": "second"})
    drafts.send(invitation, version=3)
    aside = intake.record_or_set_aside(
        invitation.senior,
        campaign=invitation.campaign,
        channel=Response.Channel.PAPER,
        received_on=timezone.localdate(),
        values={"cold_home": 1},
        consents={ConsentKind.VISIT: True},
    )
    page.goto(reverse("surveys:web-later", args=[ref]))
    check(page)
    log_in(make_user(Role.OFFICER, territory_of(invitation.senior)))
    for name, uid in (("aside-list", invitation.campaign.uid), ("aside-show", aside.uid)):
        page.goto(reverse(f"surveys:{name}", args=[uid]))
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
