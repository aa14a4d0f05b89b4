"""A whole day on a phone: the list, the plan, a visit without network, and what came of it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from seniors.models import Senior
from tests.browser.conftest import faults
from tests.browser.phone import (
    PHONE,
    at_outbox,
    at_step,
    back,
    cut,
    enrolled,
    finished,
    item,
    sound,
    tick,
)
from tests.visits.acting import make_partner
from tests.visits.makers import make_agency, make_list
from visits.acting import catalogue
from visits.agenda.weeks import is_worked, week_name
from visits.enums import State
from visits.models import Action, Appointment, Partner, VisitForm, VisitList

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morning() -> tuple[VisitList, Partner, date]:
    """A draft of three visits for the week of the next day of work, and a partner for home help."""
    catalogue.begin()
    today = timezone.localdate()
    day = next(one for n in range(7) if is_worked(one := today + timedelta(days=n)))
    monday = day - timedelta(days=day.weekday())
    territory, officer, _ = make_agency(6, phone="02 98 00 11 22")
    made = make_list(territory, officer, capacity=3, starts_on=monday)
    made.ends_on = monday + timedelta(days=6)
    made.save()
    partner = make_partner("home_help", name="ADMR de Brest", territory=territory)
    return made, partner, day


@pytest.fixture
def stranger(browser: Browser, live_server) -> Page:
    """The partner's phone: no account, no session."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, reduced_motion="reduce")
    context.add_init_script(path="tests/browser/vendor/axe.min.js")
    yield context.new_page()
    context.close()


def test_a_day_from_the_list_to_what_the_tenant_confirms(log_in, morning, stranger):
    made, partner, day = morning
    page = log_in(made.officer)
    page.set_viewport_size(PHONE)
    published(page, made)
    planned(page, made, day)
    enrolled(page)
    uid = visited_without_network(page, Appointment.objects.get().senior, partner)
    receipt = received(page, uid)
    form = VisitForm.objects.get(uid=uid)
    assert form.receipt == receipt
    assert form.visit.senior == Appointment.objects.get().senior
    action = Action.objects.get(form=form)
    assert (action.kind.code, action.state) == ("home_help", State.ACCEPTED)
    taken_on(stranger, handed_over(page, action))
    confirmed(page, action)
    action.refresh_from_db()
    assert action.state == State.CONFIRMED
    assert [step.signed for step in action.steps.filter(by=None)] == ["Anne Kerjean"] * 3


def published(page: Page, made: VisitList) -> None:
    """The officer reads the list and publishes it."""
    page.goto(reverse("visits:list-show", args=[made.uid]))
    sound(page)
    page.get_by_role("link", name="Publier la liste").click()
    sound(page)
    page.get_by_role("button", name="Publier 3 visites").click()
    expect(page.get_by_text("elle ne bougera plus")).to_be_visible()
    sound(page)


def planned(page: Page, made: VisitList, day: date) -> None:
    """The first on the list is expected that day."""
    page.goto(f"/visites/semaine/?semaine={week_name(day)}&jour=a-placer")
    sound(page)
    card = page.locator(".week-tray li").first
    card.locator("summary").click()
    card.get_by_label("Jour").fill(day.isoformat())
    card.get_by_role("button", name="Placer", exact=True).click()
    expect(page.locator("#week-said")).to_contain_text("Rendez-vous placé")
    sound(page)


def visited_without_network(page: Page, senior: Senior, partner: Partner) -> str:
    """In the stairwell: needs, an action, the agreement to hand it over; the form's identity."""
    cut(page)
    expect(page.locator("#network")).to_have_text("Hors réseau")
    page.locator(f"li[data-senior='{senior.uid}'] a").click()
    expect(page.locator("#screen-person")).to_be_visible()
    sound(page)
    page.locator("#person-begin").click()
    tick(page, "consent.visit")
    tick(page, "hazard.bathroom.step", "2")
    tick(page, "item.lonely", "3")
    tick(page, "need.home_help")
    tick(page, "action.home_help", "accepted")
    tick(page, "agree.home_help", str(partner.uid))
    sound(page)
    at_step(page, "summary")
    sound(page)
    uid = finished(page)
    expect(page.locator("[data-unsent]").first).to_have_text("1")
    expect(item(at_outbox(page), uid, "waiting")).to_be_visible()
    sound(page)
    return uid


def received(page: Page, uid: str) -> str:
    """The network is back: the form leaves by itself; the number that the phone shows."""
    back(page)
    expect(item(page, uid, "sent")).to_be_visible()
    expect(page.locator("[data-unsent]").first).to_be_hidden()
    sound(page)
    return page.locator(f"#outbox li[data-uid='{uid}'] .receipt").inner_text()[3:].split(",")[0]


def handed_over(page: Page, action: Action) -> str:
    """The officer asks the partner and makes a link for him; its address."""
    page.goto(reverse("visits:action-show", args=[action.uid]))
    sound(page)
    page.get_by_label("La personne a dit oui à ce texte").check()
    page.get_by_role("button", name="Demander à un partenaire").click()
    expect(page.get_by_role("heading", name="Demandée")).to_be_visible()
    page.get_by_role("button", name="Faire un lien").click()
    address = page.get_by_label("Adresse à envoyer").input_value()
    sound(page)
    return address


# What he ticks, and what the page then says.
TAKEN_ON = (
    ("acceptez cette demande", "Vous avez accepté"),
    ("avez commencé", "est en cours"),
    ("avez terminé", "c’est fait"),
)


def taken_on(page: Page, address: str) -> None:
    """The partner opens his link, accepts, begins and ends the help."""
    page.goto(address)
    for way, said in TAKEN_ON:
        assert faults(page) == []
        page.get_by_label(way).check()
        page.get_by_label("Votre nom").fill("Anne Kerjean")
        page.get_by_role("button", name="Envoyer ma réponse").click()
        expect(page.get_by_role("status")).to_contain_text(said)
    assert faults(page) == []


def confirmed(page: Page, action: Action) -> None:
    """The tenant says that it is done."""
    page.goto(reverse("visits:action-show", args=[action.uid]))
    page.get_by_role("button", name="La personne confirme").click()
    expect(page.get_by_role("heading", name="Confirmée par la personne")).to_be_visible()
    sound(page)
    page.goto(reverse("seniors:senior-show", args=[action.senior.uid]))
    expect(page.get_by_text("aide à domicile").first).to_be_visible()
    sound(page)
