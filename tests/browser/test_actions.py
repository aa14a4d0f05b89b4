"""Actions in a real browser: the officer's list and pages, the partner's answer without script."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.make import make_territory, make_user
from tests.visits.acting import ago, make_action, make_partner, make_person
from visits.acting import catalogue
from visits.acting.partners import record_attendance
from visits.acting.referrals import make_link
from visits.enums import State
from visits.models import Action

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}
S = State


@pytest.fixture
def town(db):
    """A territory, its manager, a service and a club, and an action in most states."""
    catalogue.begin()
    cache.clear()
    territory = make_territory("Agence de Brest")
    manager = make_user(Role.MANAGER, territory, first_name="Nolwenn", last_name="Riou")
    admr = make_partner("home_help", name="ADMR", territory=territory, phone="0298000001")
    club = make_partner("activities", name="Club du port", territory=territory, is_place=True)
    made = {}
    for code, state, partner in (
        ("home_help", S.REQUESTED, admr),
        ("grab_bars", S.REQUESTED, None),
        ("activities", S.PARTNER_ACCEPTED, club),
        ("move_home", S.REQUESTED, None),
        ("shower", S.DONE, None),
    ):
        senior, _ = make_person(territory, mobile="0612345678")
        told = {"senior": senior, "by": manager, "partner": partner, "on": ago(60)}
        made[code] = make_action(code, state, **told)
    accepted, _ = make_person(territory, last_name="Abgrall")
    made["ask"] = make_action(
        "home_help", S.ACCEPTED, senior=accepted, by=manager, partner=admr, on=ago(3)
    )
    senior = made["activities"].senior
    record_attendance(club, ago(7), came=[senior.pk], listed=[senior], by=manager)
    return manager, club, made


def addresses(town) -> list[str]:
    """Every page about actions and partners."""
    _, club, made = town
    pages = [reverse("visits:action-show", args=[one.uid]) for one in made.values()]
    asked = made["home_help"]
    return [
        reverse("visits:action-list"),
        *pages,
        f"{reverse('visits:action-new')}?senior={asked.senior.uid}",
        reverse("visits:action-need-close", args=[asked.need.uid]),
        reverse("visits:action-withdraw", args=[asked.agreements.get().pk]),
        reverse("visits:action-homes"),
        reverse("visits:partner-list"),
        reverse("visits:partner-new"),
        reverse("visits:kind-list"),
        reverse("visits:kind-edit", args=[asked.kind_id]),
        reverse("visits:kind-close", args=[asked.kind_id]),
        *(
            reverse(f"visits:partner-{name}", args=[club.uid])
            for name in ("show", "edit", "close", "attendance")
        ),
        reverse("referral-show", args=[make_link(asked, by=town[0])[1]]),
        reverse("referral-show", args=["faux"]),
    ]


SMALL = """[...document.querySelectorAll("main :is(a.btn, button, summary, .call, select)")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_each_page_is_clean_and_fits_a_phone(log_in, town):
    page = log_in(town[0])
    page.set_viewport_size(PHONE)
    for address in addresses(town):
        page.goto(address)
        assert faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert page.evaluate(SMALL) == [], address


def test_an_officer_moves_an_action_with_one_touch(log_in, town):
    manager, _, made = town
    page = log_in(manager)
    page.set_viewport_size(PHONE)
    page.goto("/actions/")
    line = page.locator(f"#action-line-{made['grab_bars'].uid}")
    line.get_by_role("button", name="C’est en cours").click()
    expect(line.locator(".tag")).to_have_text("en cours")
    expect(line.get_by_role("button", name="C’est fait")).to_be_visible()
    expect(line.get_by_role("checkbox")).to_be_visible()
    made["grab_bars"].refresh_from_db()
    assert made["grab_bars"].state == S.UNDER_WAY
    page.goto(reverse("visits:action-show", args=[made["grab_bars"].uid]))
    page.get_by_role("button", name="Annuler l’étape").click()  # a mistake
    expect(page.get_by_role("heading", name="Demandée")).to_be_visible()
    expect(page.get_by_text("elle ne compte plus")).to_be_visible()
    assert faults(page) == []


def test_an_officer_asks_a_partner_makes_a_link_and_sees_it_read(log_in, town, live_server):
    manager, _, made = town
    page = log_in(manager)
    page.set_viewport_size(PHONE)
    page.goto(reverse("visits:action-show", args=[made["ask"].uid]))
    page.get_by_label("La personne a dit oui à ce texte").check()
    page.get_by_role("button", name="Demander à un partenaire").click()
    expect(page.get_by_role("heading", name="Demandée")).to_be_visible()
    page.get_by_role("button", name="Faire un lien").click()
    address = page.get_by_label("Adresse à envoyer").input_value()
    assert faults(page) == []
    assert address.startswith(f"{live_server.url}/transmission/")
    page.goto(address)
    expect(page.get_by_role("heading", name="Abgrall")).to_be_visible()
    page.goto(reverse("visits:action-show", args=[made["ask"].uid]))
    expect(page.get_by_text(re.compile("1 passage"))).to_be_visible()


def test_many_are_ticked_counted_and_moved(log_in, town):
    manager, _, made = town
    page = log_in(manager)
    page.goto("/actions/")
    page.get_by_role("button", name="Tout cocher").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(6)
    page.get_by_role("button", name="Tout décocher").click()
    for code in ("grab_bars", "move_home"):
        page.locator(f"#action-line-{made[code].uid}").get_by_role("checkbox").check()
    page.get_by_label("Les marquer").select_option(label="en cours")
    page.get_by_role("button", name="Continuer…").click()
    assert faults(page) == []
    page.get_by_role("button", name="Marquer 2 actions").click()
    expect(page.get_by_text("2 actions à jour.")).to_be_visible()
    assert Action.objects.filter(state=S.UNDER_WAY).count() == 2


@pytest.fixture
def bare_page(browser: Browser, live_server) -> Page:
    """A phone whose browser runs no script, without an account."""
    context = browser.new_context(
        base_url=live_server.url, viewport=PHONE, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_a_partner_answers_on_a_phone_without_script_or_account(bare_page, town):
    action = town[2]["home_help"]
    page = bare_page
    page.goto(reverse("referral-show", args=[make_link(action, by=town[0])[1]]))
    expect(page.get_by_role("link", name="06 12 34 56 78")).to_be_visible()
    page.get_by_label("ne pouvez pas la prendre").check()
    page.get_by_label("Votre nom").fill("Anne Kerjean")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("pourquoi")
    expect(page.get_by_label("Votre nom")).to_have_value("Anne Kerjean")
    page.get_by_label("acceptez cette demande").check()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("status")).to_contain_text("Vous avez accepté")
    page.get_by_label("avez commencé").check()
    page.get_by_label("Votre nom").fill("Anne Kerjean")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("status")).to_contain_text("est en cours")
    page.get_by_label("avez terminé").check()
    page.get_by_label("Votre nom").fill("Anne Kerjean")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("status")).to_contain_text("c’est fait")
    action.refresh_from_db()
    assert action.state == S.DONE
    assert set(action.steps.filter(by=None).values_list("signed", flat=True)) == {"Anne Kerjean"}


def test_an_officer_works_without_script(browser, log_in, town, live_server, client):
    manager, club, made = town
    client.force_login(manager)
    context = browser.new_context(
        base_url=live_server.url, viewport=PHONE, java_script_enabled=False
    )
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/actions/")
    line = page.locator(f"#action-line-{made['shower'].uid}")
    line.get_by_role("button", name="La personne confirme").click()
    expect(page.get_by_role("heading", name="Confirmée par la personne")).to_be_visible()
    page.goto(reverse("visits:partner-attendance", args=[club.uid]))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.get_by_text("1 personne venue sur 1")).to_be_visible()
    context.close()
