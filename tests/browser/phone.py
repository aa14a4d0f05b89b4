"""Gestures on the officer's phone, each to its end; the page's names are in docs/field.md."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import faults

PIN = "290418"
PAGE = "/visites/terrain/"
PHONE = {"width": 360, "height": 740}


def enrolled(page: Page, pin: str = PIN) -> Page:
    """This phone is added, and shows the day."""
    page.set_viewport_size(PHONE)
    page.goto(PAGE)
    page.locator("#enrol-pin").fill(pin)
    page.locator("#enrol-again").fill(pin)
    page.get_by_role("button", name="Garder ma journée ici").click()
    expect(page.locator("#screen-day")).to_be_visible()
    expect(page.locator("li[data-senior]")).to_have_count(3)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # One that the harness meets later brings it the network of before, after `cut`.
    if not page.context.service_workers:
        page.context.wait_for_event("serviceworker")
    return page


def unlocked(page: Page, pin: str = PIN) -> Page:
    page.locator("input#pin").fill(pin)
    page.locator("button#unlock").click()
    expect(page.locator("#screen-pin")).to_be_hidden()
    return page


def at_form(page: Page, place: int = 0) -> Page:
    """The form of someone of the round, at its first step."""
    page.locator("li[data-senior] a").nth(place).click()
    page.locator("#person-begin").click()
    expect(page.locator("form#visit-form")).to_be_visible()
    return page


def tick(page: Page, name: str, value: str = "1") -> None:
    """Choose an answer wherever its step is, and wait until it is kept."""
    field = page.locator(f'[name="{name}"][value="{value}"]')
    at_step(page, field.evaluate("one => one.closest('.step').dataset.step"))
    field.check()
    kept(page)


def at_step(page: Page, step: str) -> None:
    while page.locator(".step:visible").get_attribute("data-step") != step:
        page.locator("#step-next").click()


def kept(page: Page) -> None:
    expect(page.locator("form#visit-form[data-saved='yes']")).to_be_visible()


def at_summary(page: Page) -> Page:
    """Through each step to the last, where all is read again."""
    expect(page.locator("form#visit-form")).to_be_visible()  # filled before it is shown
    while page.locator("#step-next").is_visible():
        page.locator("#step-next").click()
    expect(page.locator("button#finish")).to_be_visible()
    return page


def finished(page: Page) -> str:
    """To the summary, then the end; the identity of the form."""
    at_summary(page)
    uid = page.locator("form#visit-form").get_attribute("data-uid")
    page.locator("button#finish").click()
    expect(page.locator("#screen-day")).to_be_visible()
    return uid


def at_outbox(page: Page) -> Page:
    page.locator(".sending-link").click()
    expect(page.locator("#screen-sending")).to_be_visible()
    return page


def item(page: Page, uid: str, state: str) -> Locator:
    return page.locator(f'#outbox li[data-uid="{uid}"][data-state="{state}"]')


def all_left(page: Page) -> None:
    """The page has counted what is not sent: nothing. Hidden alone, it may not have counted yet."""
    page.wait_for_selector('[data-unsent="0"][data-waiting="0"]', state="attached")


def cut(page: Page) -> None:
    """Until `back`, or until the page is left for another site (about:blank): the browser gives
    what is being left its network back."""
    page.context.set_offline(True)
    page.wait_for_function("() => !navigator.onLine")


def back(page: Page) -> None:
    page.context.set_offline(False)


def stored(page: Page, name: str) -> list:
    """The rows of a store of the phone, binary left out."""
    return page.evaluate(
        f"import('/static/visits/store.js').then((store) => store.all('{name}'))"
        ".then((rows) => JSON.parse(JSON.stringify(rows)))"
    )


def sound(page: Page) -> None:
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
