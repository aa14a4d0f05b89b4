"""What is on the phone is shut: PIN, blocking, age, another account, nothing in clear."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from seniors import password
from seniors.models import User
from tests.browser.conftest import PASSWORD
from tests.browser.phone import (
    PAGE,
    at_form,
    at_outbox,
    back,
    cut,
    enrolled,
    finished,
    item,
    sound,
    stored,
    tick,
    unlocked,
)
from tests.make import make_user
from visits.models import Device, VisitForm
from visits.phone import phones

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_connection_closed_by_the_browser_is_opened_again(log_in, officer):
    """iOS closes it when it lacks memory; the next answer is kept all the same."""
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.family")
    for name in ("present.neighbour", "present.carer"):
        page.evaluate(
            "import('/static/visits/store.js').then((store) => store.connection())"
            ".then((base) => base.close())"
        )
        tick(page, name)
    page.reload()
    unlocked(page)
    for name in ("present.family", "present.neighbour", "present.carer"):
        expect(page.locator(f'[name="{name}"]')).to_be_checked()


def test_a_blocked_phone_sends_what_waits_then_wipes_day_and_keys(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    finished(page)
    phones.revoke(Device.objects.get(), officer)
    back(page)
    page.reload()
    expect(page.locator("#screen-renew")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("bloqué")
    expect(page.locator("#said")).to_contain_text("demandez à votre responsable de le débloquer")
    assert stored(page, "days") == []
    assert stored(page, "devices")[0]["wrapped"] is None
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert VisitForm.objects.count() == 1
    page.locator("#renew-pin").fill("803571")
    page.locator("#renew-again").fill("803571")
    page.get_by_role("button", name="Ouvrir avec ce code").click()
    expect(page.locator("#renew .refusal")).to_contain_text("bloqué")


def test_a_day_too_old_is_wiped_and_drafts_stay(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.family")
    cut(page)
    page.clock.install(time=timezone.now() + timedelta(days=phones.FIELD_DAYS, minutes=1))
    page.goto(f"{PAGE}#")
    page.reload()
    unlocked(page)
    expect(page.locator("#day-wiped")).to_contain_text("trop ancienne")
    expect(page.locator("li[data-senior]")).to_have_count(0)
    assert stored(page, "days") == []
    at_outbox(page)
    page.locator("#drafts a").click()
    expect(page.locator('[name="present.family"]')).to_be_checked()


def test_ten_wrong_pins_wipe_the_day_and_not_what_waits(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    at_form(page, 1)
    tick(page, "present.neighbour")
    page.reload()
    for left in range(9, 0, -1):
        page.locator("input#pin").fill("000000")
        page.locator("button#unlock").click()
        expect(page.locator("#unlock-form .refusal")).to_contain_text(
            f"{left} essais" if left > 1 else "un essai"
        )
        if left == 5:
            page.reload()  # opening it again gives no new tries
    page.locator("input#pin").fill("000000")
    page.locator("button#unlock").click()
    expect(page.locator("#screen-renew")).to_be_visible()
    assert stored(page, "days") == []
    assert [one["uid"] for one in stored(page, "outbox")] == [uid]

    back(page)
    page.locator("#renew-pin").fill("803571")
    page.locator("#renew-again").fill("803571")
    page.get_by_role("button", name="Ouvrir avec ce code").click()
    expect(page.locator('[name="present.neighbour"]')).to_be_checked()


def test_a_forgotten_pin_is_chosen_anew_and_drafts_open(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.family")
    page.reload()
    for way in ("#another", "#forgotten"):
        page.locator(way).click()
        page.get_by_role("button", name="Revenir au code").click()
        expect(page.locator("input#pin")).to_be_visible()
    session = SessionStore(Session.objects.get().session_key)
    session["password_typed_at"] -= password.LATELY
    session.save()
    page.locator("#forgotten").click()
    expect(page.get_by_role("link", name="Taper mon mot de passe")).to_be_visible()
    expect(page.locator("#renew-pin")).to_be_hidden()
    sound(page)
    page.get_by_role("link", name="Taper mon mot de passe").click()
    page.get_by_label("Identifiant").fill(officer.username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.locator("#renew-pin").fill("123456")
    page.locator("#renew-again").fill("123456")
    page.get_by_role("button", name="Ouvrir avec ce code").click()
    expect(page.locator("#renew .refusal")).to_contain_text("trop facile")
    page.locator("#renew-pin").fill("803571")
    page.locator("#renew-again").fill("803571")
    page.get_by_role("button", name="Ouvrir avec ce code").click()
    expect(page.locator("#screen-day")).to_be_visible()
    page.reload()
    unlocked(page, "803571")
    at_outbox(page).locator("#drafts a").click()
    expect(page.locator('[name="present.family"]')).to_be_checked()


def test_work_of_another_account_waits_for_it(log_in, officer):
    """On a shared phone: said plainly, sent at her next log-in."""
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    back_as(page, log_in, make_user())
    at_outbox(page)
    expect(item(page, uid, "waiting")).to_be_visible()
    expect(page.locator("#outbox .reason")).to_contain_text("un autre compte")
    back_as(page, log_in, officer)
    expect(item(page, uid, "sent")).to_be_visible()


def back_as(page: Page, log_in, user: User) -> None:
    # Left first, where there is a network: an answer on its way to the former account would take
    # the cookie away. Not where it is cut: left for another site, the page has its network back for
    # an instant, and what waits leaves for the former account.
    if page.evaluate("navigator.onLine"):
        page.goto("about:blank")
    log_in(user)
    back(page)
    page.goto("/accessibilite/")
    page.goto(f"{PAGE}#envois")


def test_nothing_on_the_phone_names_anyone_in_clear(log_in, officer):
    """Not in the caches, nor in any store: day, draft, outbox and copy."""
    page = enrolled(log_in(officer))
    page.goto("/seniors/")
    page.goto(PAGE)
    unlocked(page)
    cut(page)
    at_form(page)
    tick(page, "present.family")
    finished(page)
    at_form(page, 1)
    tick(page, "present.family")
    texts = page.evaluate(
        """async () => {
          const kept = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              kept.push(request.url, await (await cache.match(request)).text());
            }
          }
          const store = await import("/static/visits/store.js");
          for (const name of ["devices", "days", "drafts", "outbox", "copies", "photos", "meta"]) {
            for (const row of await store.all(name)) {
              kept.push(JSON.stringify(row, (key, value) => value instanceof ArrayBuffer
                ? new TextDecoder("latin1").decode(value) : value));
            }
          }
          return kept;
        }"""
    )
    assert len(texts) > 20
    senior = officer.visit_lists.get().entries.first().senior
    words = ("Le Goff", "Siam", "11 22", str(senior.uid), 'present.family":1', str(officer))
    for private in words:
        assert [text[:80] for text in texts if private in text] == []
