"""Every page of the site in a browser: no fault for axe-core, nothing cut, at 360 and 1280 px.

A new page is one line of PAGES: (role, address as a template of the records in `site`).
"""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from seniors import observe
from seniors.enums import ConsentKind, Role, Source
from seniors.fragility import store
from seniors.models import Consent, Objection
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.rules.territory_records import RECORDS, Cast
from tests.rules.test_roles import ADDRESSES
from visits.models import Clash

pytestmark = pytest.mark.django_db(transaction=True)

# name of the page: (role, arguments of the address, query string)
PAGES = {
    "home": [(role, [], "") for role in Role],
    "login": [(None, [], "")],
    "accessibility": [(None, [], "")],
    "password_change": [(Role.OFFICER, [], "")],
    "seniors:senior-list": [
        (Role.OFFICER, [], ""),
        (Role.ADMINISTRATOR, [], "?q=personne"),
        (Role.MANAGER, [], "?silent=on&age=75-79"),
    ],
    "seniors:senior-show": [(Role.OFFICER, ["told"], ""), (Role.OFFICER, ["silent"], "")],
    "seniors:objection-new": [(Role.OFFICER, ["told"], "")],
    "seniors:objection-lift": [(Role.OFFICER, ["told", "objection"], "")],
    "seniors:merge-list": [(Role.MANAGER, [], "")],
    "seniors:merge-compare": [(Role.MANAGER, ["twin", "silent"], "")],
    "seniors:account-list": [(Role.ADMINISTRATOR, [], "")],
    "seniors:account-new": [(Role.ADMINISTRATOR, [], "")],
    "seniors:account-edit": [(Role.ADMINISTRATOR, ["account"], "")],
    "seniors:account-password": [(Role.ADMINISTRATOR, ["account"], "")],
    "seniors:import-list": [(Role.ADMINISTRATOR, [], "")],
    "seniors:import-new": [(Role.ADMINISTRATOR, [], "")],
    "seniors:run-list": [(Role.ADMINISTRATOR, [], "")],
    "seniors:run-show": [(Role.OFFICER, ["run"], "")],
    "surveys:campaign-list": [(Role.MANAGER, [], "")],
    "surveys:campaign-new": [(Role.MANAGER, [], "")],
    "visits:list-index": [(Role.OFFICER, [], "")],
    "visits:list-new": [(Role.OFFICER, [], "")],
    "visits:steering-show": [(Role.MANAGER, [], "")],
    "visits:steering-future": [(Role.MANAGER, [], "")],
    "visits:steering-scenarios": [(Role.MANAGER, [], "")],
}
CASES = [(name, *case) for name, cases in PAGES.items() for case in cases]
WIDTHS = (360, 1280)
# Pages on the records of tests/rules/territory_records.py, all in one session: (who, record, page).
RECORD_PAGES = [
    ("owner", "draft", "visits:form-drafts"),
    ("owner", "draft", "visits:form-fill"),
    ("owner", "draft", "visits:form-review"),
    ("owner", "draft", "visits:form-discard"),
    ("owner", "clash", "visits:clash-list"),
    ("owner", "clash", "visits:clash-settle"),
    ("owner", "aside", "visits:aside-show"),
    ("owner", "senior", "seniors:senior-correct"),
    ("owner", "fact", "seniors:fact-correct"),
    ("owner", "consent", "seniors:consent-withdraw"),
    ("administrator", "senior", "seniors:erase"),
    ("administrator", "senior", "seniors:retention-show"),
    ("administrator", "level", "visits:stock-label"),
    ("administrator", "level", "visits:stock-level"),
    ("administrator", "level", "visits:stock-level-new"),
    ("administrator", "criterion", "visits:stock-criterion"),
    ("administrator", "criterion", "visits:stock-criterion-new"),
]


@pytest.fixture
def site() -> SimpleNamespace:
    """A small landlord: someone who answered, someone silent, her double, a computation."""
    territory = make_territory("Agence de Brest")
    residence = make_residence(territory, name="Résidence de la Penfeld")
    told = make_senior(make_dwelling(residence, floor=4, has_lift=False, household_size=1))
    Consent.objects.create(
        senior=told,
        kind=ConsentKind.HEALTH,
        given=True,
        decided_on=date(2026, 3, 4),
        wording="2026",
        source=Source.SURVEY,
    )
    observe.record(
        told,
        uid=uuid4(),
        source=Source.SURVEY,
        observed_on=date(2026, 3, 4),
        values={"falls": 2, "bathing": 3, "goes_out": 3, "wants_visit": 1, "cold_home": 0},
    )
    names = {"last_name": "Kerbrat", "first_name": "Yvonne", "born_on": date(1938, 2, 3)}
    silent = make_senior(make_dwelling(residence), **names)
    twin = make_senior(make_dwelling(residence), phone="02 98 00 11 22", **names)
    objection = Objection.objects.create(
        senior=told, since=date(2026, 10, 1), reason="Ne souhaite pas de visite"
    )
    run = store.score_seniors(as_of=date(2026, 11, 20))
    users = {role: make_user(role, territory, first_name="Nolwenn") for role in Role}
    return SimpleNamespace(
        users=users,
        told=told.uid,
        silent=silent.uid,
        twin=twin.uid,
        objection=objection.pk,
        run=run.uid,
        account=users[Role.OFFICER].pk,
    )


def open_page(site, page, log_in, case, width: int):
    """The page of a case, at that width."""
    name, role, arguments, query = case
    if role:
        log_in(site.users[role])
    page.set_viewport_size({"width": width, "height": 800})
    address = reverse(name, args=[getattr(site, one) for one in arguments])
    return page.goto(address + query)


def unfold(page) -> None:
    """Open all that unfolds."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")


def overflow(page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_a_page_has_no_fault_and_nothing_is_cut(site, page, log_in):
    wrong = {}
    for case in CASES:
        for width in WIDTHS:
            assert open_page(site, page, log_in, case, width).status == 200, case
            unfold(page)
            if found := faults(page) or max(overflow(page), 0):
                wrong[case, width] = found
    assert wrong == {}


def test_the_pages_of_a_record_have_no_fault_and_nothing_is_cut(page, log_in):
    """Forms, clashes and what was set aside, agreements, what is kept, the label."""
    cast = Cast()
    asks = {record: RECORDS[record](cast) for record in {one[1] for one in RECORD_PAGES}}
    for who, record, name in RECORD_PAGES:
        log_in(getattr(cast, who))
        is_named = ADDRESSES[name].pattern.converters
        address = reverse(name, args=asks[record].args if is_named else [])
        check(page, address, 360)
    # Settled, the page tells who chose what and lets the choice be made again.
    log_in(cast.owner).goto(reverse("visits:clash-settle", args=asks["clash"].args))
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Garder cette réponse").click()
    page.get_by_text("Les derniers choix faits").wait_for()
    for address in (page.url, reverse("visits:clash-settle", args=asks["clash"].args)):
        check(page, address, 1280)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Changer le choix").click()
    page.get_by_text("Les derniers choix faits").wait_for()
    clash = Clash.objects.get()
    assert [one.chosen for one in clash.choices.all()] == [clash.second, clash.first]


def check(page, address: str, width: int) -> None:
    """The page at that width, all that unfolds unfolded."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.goto(address).status == 200, address
    unfold(page)
    assert (address, width, faults(page), max(overflow(page), 0)) == (address, width, [], 0)


@pytest.mark.parametrize("name", ["seniors:senior-list", "seniors:senior-show", "home"])
def test_a_page_enlarged_to_200_percent_does_not_scroll_sideways(site, page, log_in, name):
    """A window of 1280 px at 200 % shows 640 px of the page; at 400 %, 320 px."""
    case = next(case for case in CASES if case[0] == name)
    for width in (640, 320):
        open_page(site, page, log_in, case, width)
        assert overflow(page) <= 0


def test_one_logs_in_and_reaches_a_senior_with_the_keyboard_alone(site, page):
    page.goto(reverse("login"))
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(site.users[Role.OFFICER].username)
    page.keyboard.press("Tab")
    page.keyboard.type("mot-de-passe")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Bonjour')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.goto(reverse("seniors:senior-list"))
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "[document.activeElement.textContent, "
            "getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert seen[1] != "none", seen
        if "Jeanne Le Goff" in seen[0]:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{site.told}/")
    assert page.locator("h1").inner_text() == "Mme Jeanne Le Goff"


def test_typing_a_name_narrows_the_list_and_the_address(site, page, log_in):
    log_in(site.users[Role.OFFICER]).goto(reverse("seniors:senior-list"))
    assert page.evaluate("htmx.version").startswith("2.")
    page.fill("#id_q", "kerbrat")
    page.wait_for_url("**q=kerbrat**")
    assert page.locator("#senior-count").inner_text() == "2 seniors"
    assert page.locator("#announce").inner_text() == "2 seniors"
    page.reload()
    assert page.locator("#senior-count").inner_text() == "2 seniors"


def test_when_the_session_has_ended_htmx_leads_to_the_log_in(site, page, log_in):
    log_in(site.users[Role.OFFICER]).goto(reverse("seniors:senior-list"))
    page.context.clear_cookies()
    page.fill("#id_q", "kerbrat")
    page.wait_for_url("**/connexion/**")
    assert page.locator("h1").inner_text() == "Connexion"


def test_the_page_works_without_javascript(site, browser, live_server, client):
    client.force_login(site.users[Role.OFFICER])
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    window = context.new_page()
    window.goto(reverse("seniors:senior-list"))
    window.fill("#id_q", "kerbrat")
    window.click('button:has-text("Chercher")')
    expect(window.locator("#senior-count")).to_have_text("2 seniors")
    context.close()


def test_the_check_itself_sees_a_fault(site, page, log_in):
    """A picture without words is found: the other tests do look."""
    log_in(site.users[Role.OFFICER]).goto(reverse("home"))
    page.evaluate("document.querySelector('main').append(new Image())")
    assert [fault.partition(":")[0] for fault in faults(page)] == ["image-alt"]


def test_a_long_name_does_not_widen_the_header_of_a_phone(page, log_in):
    name = {"first_name": "Marie-Antoinette", "last_name": "Kervella-Le-Gallou-de-Kerdaniel"}
    log_in(make_user(Role.OFFICER, make_territory(), **name))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_text(name["last_name"]).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
