"""On every page, seen or hidden, with and without network: the count of what waits, its sending."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.phone import (
    PAGE,
    all_left,
    at_form,
    at_outbox,
    at_step,
    at_summary,
    back,
    cut,
    enrolled,
    finished,
    item,
    kept,
    sound,
    stored,
    tick,
    unlocked,
)
from visits.models import ActionKind, Device, Photo, VisitForm
from visits.phone import phones

pytestmark = pytest.mark.django_db(transaction=True)
DOWN = "**/terrain/visites/"
HIDDEN = """for (const [name, value] of [["visibilityState", "hidden"], ["hidden", true]]) {
  Object.defineProperty(document, name, { get: () => value });
}"""


def down(route):
    route.fulfill(status=503, body="")


def one_that_waits(page: Page) -> str:
    at_form(page)
    tick(page, "present.family")
    return finished(page)


def taken_by(response) -> bool:
    return response.request.method == "POST" and response.ok


def emptied(page: Page):
    """Long waits pass until nothing waits: a try that was on its way when the server came back
    fails and begins a wait of its own."""
    count = page.locator("[data-unsent]")
    for _ in range(6):
        # Past the longest wait between two tries. Of every page: the clock is their browser’s.
        page.clock.fast_forward(11 * 60_000)
        with suppress(TimeoutError):
            count.wait_for(state="hidden", timeout=10_000)
            break
    expect(count).to_be_hidden()


def test_every_page_shows_the_count(log_in, officer):
    """Error, log-in and no-network pages too: nobody needs a session to see it."""
    page = enrolled(log_in(officer))
    page.context.route(DOWN, down)
    one_that_waits(page)
    with_session = ("/", "/seniors/", "/rien-ici/", f"{PAGE}appareils/", f"{PAGE}hors-ligne/")
    for address in with_session:
        page.goto(address)
        expect(page.locator("[data-unsent]")).to_have_text("1")
        expect(page.locator("[data-unsent]")).to_be_visible()
    page.context.clear_cookies()
    for address in ("/connexion/", "/accessibilite/", "/rien-ici/", PAGE):
        page.goto(address)
        expect(page.locator("[data-unsent]")).to_have_text("1")
    cut(page)
    page.goto("/seniors/")
    expect(page.get_by_role("heading", name="Pas de réseau")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    sound(page)


def test_the_page_shown_without_network_sends_when_it_is_back(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    one_that_waits(page)
    page.goto("/seniors/")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    back(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert VisitForm.objects.count() == 1
    page.get_by_role("link", name="Essayer de nouveau").click()
    expect(page.get_by_role("heading", name="Pas de réseau")).to_be_hidden()


def test_a_hidden_page_sends_by_itself(log_in, officer):
    """When the network is back, and now and then; two of them send each form once."""
    page = enrolled(log_in(officer))
    taken = []
    page.context.on("response", lambda one: taken.append(one.url) if taken_by(one) else None)
    cut(page)
    one_that_waits(page)
    page.context.route(DOWN, down)
    back(page)
    page.context.clock.install()
    hidden = [page.context.new_page() for _ in range(2)]
    for one in hidden:
        one.add_init_script(HIDDEN)
        one.goto("/accessibilite/")
        expect(one.locator("[data-unsent]")).to_have_text("1")
    page.close()
    assert hidden[0].evaluate("document.visibilityState") == "hidden"
    hidden[0].context.unroute(DOWN, down)
    for one in hidden:
        emptied(one)
    assert VisitForm.objects.count() == 1
    assert len(taken) == 1


def test_a_page_frozen_while_it_sends_does_not_hold_the_others(log_in, officer):
    page = enrolled(log_in(officer))
    frozen = page.context.new_page()
    frozen.goto("/accessibilite/")
    frozen.evaluate(
        "void navigator.locks.request('bienveille-outbox', () => new Promise(() => {}))"
    )
    page.bring_to_front()
    at_form(page)
    tick(page, "present.family")
    page.clock.install()
    finished(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.clock.fast_forward(3 * 60_000)
    expect(page.locator("[data-unsent]")).to_be_hidden()


def test_what_is_not_sent_outlives_the_day_and_is_sent(log_in, officer):
    """On a page left open: the people are gone, from memory too; a form begun, one finished and one
    refused stay, are read under the PIN, and leave."""
    ActionKind.objects.filter(code="grab_bars").update(is_active=True)
    page = enrolled(log_in(officer))
    page.context.route(DOWN, down)
    at_form(page)
    tick(page, "need.bars")
    tick(page, "action.grab_bars", "accepted")
    refused = finished(page)
    ActionKind.objects.filter(code="grab_bars").delete()
    page.context.unroute(DOWN, down)
    at_outbox(page)
    page.locator("#send-now").click()
    expect(item(page, refused, "refused")).to_be_visible()
    cut(page)
    page.locator(".crumbs a:visible").click()
    at_form(page, 1)
    tick(page, "present.family")
    waits = finished(page)
    at_form(page, 2)
    tick(page, "present.neighbour")
    page.locator("#form-back").click()
    page.goto(f"{PAGE}#")
    page.clock.install(
        time=timezone.now() + timedelta(days=phones.FIELD_DAYS) - timedelta(minutes=30)
    )
    page.reload()
    unlocked(page)
    expect(page.locator("li[data-senior]")).to_have_count(3)
    page.clock.fast_forward(31 * 60_000)
    expect(page.locator("#day-wiped")).to_contain_text("trop ancienne")
    expect(page.locator("li[data-senior]")).to_have_count(0)
    assert stored(page, "days") == []
    page.reload()
    unlocked(page)
    at_outbox(page)
    expect(item(page, waits, "waiting")).to_be_visible()
    page.locator("#drafts a").click()
    expect(page.locator('[name="present.neighbour"]')).to_be_checked()
    begun = finished(page)
    at_outbox(page)
    page.get_by_role("button", name="Corriger").click()
    at_step(page, "actions")
    page.locator('[name="action.grab_bars"][value="accepted"]').click()
    kept(page)
    mended = finished(page)
    back(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert {str(one.uid) for one in VisitForm.objects.all()} == {waits, begun, mended}


def test_a_lost_phone_whose_session_has_ended_is_wiped_all_the_same(log_in, officer):
    page = enrolled(log_in(officer))
    page.context.route(DOWN, down)
    uid = one_that_waits(page)
    page.context.clear_cookies()
    phones.revoke(Device.objects.get(), officer)
    with page.expect_response("**/terrain/bloques/**"):
        page.goto("/connexion/")
    page.goto(PAGE)
    expect(page.locator("#screen-renew")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("bloqué")
    assert stored(page, "devices")[0]["wrapped"] is None
    assert stored(page, "days") == []
    assert [one["uid"] for one in stored(page, "outbox")] == [uid]


def test_a_phone_that_a_restored_backup_lacks_sends_all_the_same(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    one_that_waits(page)
    at_form(page, 1)
    tick(page, "present.neighbour")
    Device.objects.all().delete()
    back(page)
    page.goto("/seniors/")
    all_left(page)
    page.goto(PAGE)
    unlocked(page)
    at_outbox(page)
    page.locator("#drafts a").click()
    expect(page.locator('[name="present.neighbour"]')).to_be_checked()
    finished(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert VisitForm.objects.count() == 2


def test_a_picture_follows_its_form_to_the_end(log_in, officer, tmp_path):
    """Drawn after the form was finished; the form refused, then mended under another identity."""
    picture = tmp_path / "room.jpg"
    Image.new("RGB", (400, 300), "teal").save(picture)
    page = enrolled(log_in(officer))
    page.evaluate(
        """() => {
          const real = createImageBitmap;
          const late = new Promise((done) => { window.draw = done; });
          window.createImageBitmap = (...said) => late.then(() => real(...said));
        }"""
    )
    at_form(page)
    tick(page, "need.bars")
    tick(page, "action.grab_bars", "accepted")
    page.locator('[data-photo="bathroom"]').set_input_files(picture)
    at_summary(page)
    ActionKind.objects.filter(code="grab_bars").delete()
    page.locator("button#finish").click()
    page.evaluate("window.draw()")
    expect(page.locator("#screen-day")).to_be_visible()
    at_outbox(page)
    expect(page.locator('#outbox li[data-state="refused"]')).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_text("2")
    # Another visit begun since does not come in its place; asked for twice, it is one draft.
    page.evaluate("location.hash = ''")
    at_form(page)
    tick(page, "present.family")
    mended = set()
    for _ in range(2):
        at_outbox(page)
        page.get_by_role("button", name="Corriger").click()
        expect(page.locator("form#visit-form")).to_be_visible()
        expect(page.locator("#form-saved")).to_contain_text("n’est pas au catalogue")
        mended.add(page.locator("form#visit-form").get_attribute("data-uid"))
    assert (len(mended), len(stored(page, "drafts"))) == (1, 2)
    at_step(page, "actions")
    page.locator('[name="action.grab_bars"][value="accepted"]').click()
    kept(page)
    finished(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert Photo.objects.get().form_uid == VisitForm.objects.get().uid


def test_a_refused_form_that_is_given_up_is_counted_no_more(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "need.bars")
    tick(page, "action.grab_bars", "accepted")
    ActionKind.objects.filter(code="grab_bars").delete()
    finished(page)
    at_outbox(page)
    page.get_by_role("button", name="Corriger").click()
    expect(page.locator("#form-saved")).to_contain_text("n’est pas au catalogue")
    at_summary(page)
    page.locator("#give-up").click()
    expect(page.locator("#give-up")).to_contain_text("la fiche refusée aussi")
    page.locator("#give-up").click()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    for name in ("outbox", "copies", "drafts"):
        assert stored(page, name) == []
