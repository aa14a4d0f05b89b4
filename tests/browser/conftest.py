"""A real browser on a live site: console errors and refusals of the content policy fail a test."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from seniors.models import User
from tests.browser import looked_at
from tests.browser.chromium import LAUNCH, find_chromium
from tests.rules.axe_table import LOOKED_AT as AXE_TABLE
from tests.visits.makers import make_agency, make_list
from visits.lists.listing import publish_list

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM = find_chromium()
PASSWORD = "mot-de-passe"
# What a slow machine takes; a test that passes waits for none of it.
expect.set_options(timeout=20_000)
# What the browser says of an answer that a test asked for: a refused form, a closed page, a
# session that ended, a server that is down, no network.
CODES = (401, 403, 404, 409, 422, 503)
EXPECTED = (
    *(f"status of {status}" for status in CODES),
    "Status Error Code 409",
    "net::ERR_",
    "htmx:sendAbort",  # asked again before the answer came
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; skip them only where there is no Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that passes has had axe look at all that the table of axe says it does."""
    looked_at.forget()
    result = yield
    claimed = AXE_TABLE.get(item.nodeid.partition("browser/")[2].partition("[")[0], ())
    assert set(claimed) - looked_at.LOOKED_AT == set()
    return result


@pytest.fixture(scope="session")
def browser() -> Browser:
    """The system's Chromium, one for all the tests."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, live_server) -> Page:
    """An empty window on the live site; what its console complains of fails the test."""
    complaints = []
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    # axe comes in before the page: the content policy lets no other script in afterwards.
    context.add_init_script(AXE)
    window = context.new_page()
    window.set_default_timeout(30_000)
    window.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    window.on("pageerror", lambda error: complaints.append(str(error)))
    yield window
    context.close()
    assert [said for said in complaints if not any(one in said for one in EXPECTED)] == []


@pytest.fixture
def log_in(page: Page, live_server, client):
    """A gesture: be this user from now on."""

    def be(user: User) -> Page:
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return be


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong on the page, WCAG 2.2 A and AA and its own good practices."""
    page.wait_for_load_state()  # a page on its way has nothing to look at
    # Without reading style sheets again, which serves rules on media that no page of ours has.
    result = page.evaluate("axe.run({ preload: false })")
    looked_at.note(page.url)
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


@pytest.fixture
def officer() -> User:
    """An officer with a published list of three for this week."""
    territory, officer, _ = make_agency(6, phone="02 98 00 11 22")
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    made = make_list(territory, officer, capacity=3, starts_on=monday)
    made.ends_on = monday + timedelta(days=6)
    made.save()
    publish_list(made, by=officer)
    return officer


@pytest.fixture
def start(browser, live_server, client, tmp_path) -> Iterator[Callable[[User], Page]]:
    """A gesture: open the phone's own browser, on the folder that it keeps, as this user."""
    opened = []

    def open_phone(user: User) -> Page:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=LAUNCH,
            base_url=live_server.url,
            viewport={"width": 360, "height": 740},
            reduced_motion="reduce",
        )
        opened.append(context)
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return context.pages[0]

    yield open_phone
    for context in opened:
        context.close()
