"""A report from a hall in three taps on a small telephone, then its answer by an officer; axe."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_residence, make_senior, make_user
from visits.field_watch import watch
from visits.field_watch.completing import ticket_of
from visits.models import Need, Signal, WatchLink

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def link() -> WatchLink:
    """A link of a residence with a senior on each of three floors."""
    residence = make_residence(name="Kerbernier")
    for floor in range(3):
        make_senior(
            make_dwelling(residence, floor=floor), first_name=f"Anna{floor}", phone="02980011"
        )
    officer = make_user(Role.OFFICER, residence.territory)
    expires_on = timezone.localdate() + timedelta(days=30)
    return watch.make_link(residence, label="hall", expires_on=expires_on, by=officer)


def opened(page: Page, url: str, width: int) -> Page:
    """A page at that width: no fault, nothing cut."""
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(url)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page


def public(link: WatchLink) -> str:
    """The address that the QR code holds."""
    return reverse("watch-report", args=[watch.token_of(link)])


@pytest.mark.parametrize("width", [360, 1280])
def test_public_pages_have_no_fault(page, link, width):
    sent = watch.report(link, form_uid=uuid.uuid4(), kind="mail", urgency="now")
    for url in (
        public(link),
        reverse("watch-done", args=[watch.token_of(link), ticket_of(sent)]),
        public(link) + "merci/?urgent=1",
        reverse("watch-report", args=["x"]),
    ):
        opened(page, url, width)


class Thumb:
    """Touches the middle of what is named, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches = page, 0

    def touch(self, selector: str, name: str) -> None:
        """One touch on a key that is large enough."""
        key = self.page.locator(selector, has_text=name).first
        key.scroll_into_view_if_needed()
        box = key.bounding_box()
        assert box["height"] >= 44
        self.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.touches += 1


@pytest.mark.parametrize("homes", ["few", "many"])
def test_three_touches_send_it_without_script_or_cookie(browser: Browser, live_server, link, homes):
    """What, where, how urgent: the third sends. Where the doors are many, the door is one more."""
    if homes == "many":
        for n in range(20):
            make_dwelling(link.residence, floor=n // 5, door=str(n), street_number="3", street="")
        link.residence.dwellings.filter(door="").update(gone_on=timezone.localdate())
    context = browser.new_context(
        base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(public(link))
    thumb = Thumb(page)
    thumb.touch("label", "Aucun signe depuis plusieurs jours")
    thumb.touch("label", "1er")
    thumb.touch("button", "Aujourd’hui")
    sent = page.get_by_role("heading", name="Merci, c’est envoyé")
    expect(sent).to_be_visible()
    assert thumb.touches == 3
    made = Signal.objects.get()
    assert (made.kind, made.urgency) == ("not_seen", "now")
    assert "1er étage" in made.whereabouts
    if homes == "few":
        assert made.dwelling.floor == 1
    else:
        assert made.dwelling is None
        thumb.touch("button", "porte 7")
        expect(page.locator("button[aria-pressed]")).to_contain_text("porte 7")
        made.refresh_from_db()
        assert (thumb.touches, made.dwelling.door) == (4, "7")
        page.go_back()
    # Back to the page as it was filled in, and sent once more: the same signal.
    page.go_back()
    page.get_by_role("button", name="Aujourd’hui").tap()
    expect(sent).to_be_visible()
    thumb.touch("button", "annuler ce signalement")
    expect(page.get_by_role("heading", name="Signalement annulé")).to_be_visible()
    assert context.cookies() == []
    context.close()
    made = Signal.objects.get()
    assert (made.outcome, made.urgency) == ("mistaken", "now")


def test_numbers_are_in_sight_before_anything_is_touched(page, link):
    opened(page, public(link), 360)
    for number in ("15", "18", "112"):
        box = page.locator(f'a[href="tel:{number}"]').bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 740


@pytest.mark.parametrize("width", [360, 1280])
def test_staff_pages_have_no_fault(log_in, link, width):
    page = log_in(link.created_by)
    made = watch.report(link, form_uid=uuid.uuid4(), kind="mail", urgency="now")
    senior = link.residence.dwellings.first().seniors.first()
    known = watch.match(
        watch.report(link, form_uid=uuid.uuid4(), kind="fall", urgency="soon"),
        senior,
        by=link.created_by,
    )
    for name, args, query in [
        ("signal-list", [], ""),
        ("signal-show", [made.uid], ""),
        ("signal-show", [known.uid], ""),
        ("signal-new", [], "?q=kerbernier"),
        ("signal-new", [], f"?senior={senior.uid}"),
        ("signal-links", [], "?q=kerbernier"),
        ("signal-link-new", [link.residence.pk], ""),
        ("signal-link-revoke", [link.uid], ""),
        ("signal-yields", [], ""),
    ]:
        opened(page, reverse(f"visits:{name}", args=args) + query, width)


def test_officer_answers_from_her_telephone(log_in, link):
    watch.report(
        link,
        form_uid=uuid.uuid4(),
        kind="fall",
        urgency="now",
        whereabouts="3 rue de Siam, 1er étage",
    )
    page = opened(log_in(link.created_by), reverse("visits:signal-list"), 360)
    page.get_by_role("button", name="Je m’en occupe").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()
    page.get_by_role("link", name="Kerbernier").click()
    page.get_by_role("button", name="C’est bien là : Mme Anna1 Le Goff").click()
    call = page.get_by_role("link", name="Appeler le")
    assert call.get_attribute("href") == "tel:02980011"
    expect(page.get_by_text("appeler en cas de chute")).to_be_hidden()
    page.get_by_label("Un besoin a été trouvé").check()
    page.get_by_label("appeler en cas de chute").check()
    page.get_by_role("button", name="Clore", exact=True).click()
    expect(page.get_by_text("Le signalement est clos")).to_be_visible()
    assert faults(page) == []
    assert Need.objects.get().code == "alarm"


def test_new_signal_comes_by_itself_into_an_open_inbox(log_in, link):
    page = log_in(link.created_by)
    page.clock.install()
    opened(page, reverse("visits:signal-list"), 360)
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
    watch.report(link, form_uid=uuid.uuid4(), kind="fall", urgency="now")
    page.clock.run_for(61_000)
    expect(page.get_by_role("link", name="Kerbernier")).to_be_visible()
