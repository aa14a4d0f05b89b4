"""The officer's phone: the day without network, and forms that leave once, whatever happens."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.browser.phone import (
    PAGE,
    PHONE,
    all_left,
    at_form,
    at_outbox,
    at_step,
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
from visits.models import ActionKind, Appointment, Visit, VisitForm

pytestmark = pytest.mark.django_db(transaction=True)
# Of what one writes in or chooses from: nothing zooms on a box to tick or a photo to take.
SMALLEST_LETTERS = """Math.min(...[...document.querySelectorAll("input, select, textarea")]
  .filter((one) => !["checkbox", "radio", "file"].includes(one.type))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


def test_every_screen_is_clean_and_nothing_is_cut(log_in, officer):
    page = log_in(officer)
    page.set_viewport_size(PHONE)
    page.goto(PAGE)
    expect(page.locator("#screen-enrol")).to_be_visible()
    sound(page)
    sound(enrolled(page))
    page.locator("li[data-senior] a").first.click()
    expect(page.locator("#screen-person")).to_be_visible()
    sound(page)
    page.locator("#person-begin").click()
    expect(page.locator("form#visit-form")).to_be_visible()
    assert page.evaluate(SMALLEST_LETTERS) >= 16  # below, an iPhone zooms on the field
    while page.locator("#step-next").is_visible():
        sound(page)
        page.locator("#step-next").click()
    sound(page)
    sound(at_outbox(page))
    page.reload()
    page.goto(f"{PAGE}#")
    expect(page.locator("#screen-pin")).to_be_visible()
    sound(page)
    page.locator("#forgotten").click()
    expect(page.locator("#screen-renew")).to_be_visible()
    sound(page)
    for address in ("appareils/", "hors-ligne/"):
        page.goto(PAGE + address)
        sound(page)


def test_the_day_opens_without_network_and_says_its_age(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    page.reload()
    unlocked(page)
    expect(page.locator("li[data-senior]")).to_have_count(3)
    expect(page.locator("#day-age")).to_contain_text("Données du")
    expect(page.locator("#network")).to_have_text("Hors réseau")


def test_any_page_opened_in_the_morning_keeps_the_day(log_in, officer):
    """Nobody asks for the PIN, nobody opens the round: the day is there all the same."""
    page = enrolled(log_in(officer))
    entry = officer.visit_lists.get().entries.first()
    Appointment.objects.create(
        senior=entry.senior, entry=entry, officer=officer, created_by=officer,
        day=timezone.localdate(), slot="morning", starts_at="10:30",
    )  # fmt: skip
    [before] = stored(page, "days")
    page.clock.install(time=timezone.now() + timedelta(hours=3))
    with page.expect_response("**/visites/terrain/jour/**"):
        page.goto("/seniors/")
    page.wait_for_function(
        """(before) => import('/static/visits/store.js').then((store) => store.all('days'))
          .then(([day]) => day.made_at !== before)""",
        arg=before["made_at"],
    )
    cut(page)
    page.goto(PAGE)
    unlocked(page)
    expect(page.get_by_text("10\u00a0h\u00a030")).to_be_visible()


def test_another_page_without_network_leads_to_the_round(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    page.goto("/seniors/")
    expect(page.get_by_role("heading", name="Pas de réseau")).to_be_visible()
    page.get_by_role("link", name="Ouvrir ma tournée").click()
    expect(page.locator("input#pin")).to_be_visible()


def test_a_form_begun_without_network_is_sent_when_it_is_back(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    at_outbox(page)
    expect(item(page, uid, "waiting")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    back(page)
    expect(item(page, uid, "sent")).to_be_visible()
    form = VisitForm.objects.get()
    expect(page.locator("#outbox .receipt")).to_contain_text(form.receipt)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert str(form.uid) == uid
    assert form.content["present.family"] == 1
    assert form.visit.entry is not None


def test_any_page_of_the_site_sends_and_shows_the_count(log_in, officer):
    """No PIN is asked: what waits is sealed."""
    page = enrolled(log_in(officer))
    with page.expect_response("**/visites/terrain/jour/**"):
        page.locator("#refresh").click()
    page.route("**/terrain/visites/", lambda route: route.fulfill(status=503, body=""))
    at_form(page)
    tick(page, "present.family")
    finished(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.goto("/accessibilite/")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.unroute("**/terrain/visites/")
    page.goto("/seniors/")
    all_left(page)
    assert VisitForm.objects.count() == 1


def test_a_browser_closed_and_opened_again_loses_nothing(start, officer):
    page = enrolled(start(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    sent = finished(page)
    at_form(page, 1)
    tick(page, "present.neighbour")
    page.context.close()

    page = start(officer)
    cut(page)
    page.goto(PAGE)
    unlocked(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")
    at_outbox(page)
    expect(item(page, sent, "waiting")).to_be_visible()
    page.locator("#drafts a").click()
    expect(page.locator('[name="present.neighbour"]')).to_be_checked()
    finished(page)
    back(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert VisitForm.objects.count() == 2


def test_an_ended_session_keeps_all_and_asks_to_log_in_again(log_in, officer):
    page = enrolled(log_in(officer))
    Session.objects.all().delete()
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    banner = page.locator("#unsent-login")
    expect(banner).to_have_text("Reconnectez-vous pour envoyer 1 fiche")
    at_outbox(page)
    expect(item(page, uid, "waiting")).to_be_visible()
    banner.get_by_role("link").click()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.get_by_label("Identifiant").fill(officer.username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator("#screen-pin")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert str(VisitForm.objects.get().uid) == uid


def test_the_word_to_log_in_again_counts_what_the_badge_counts(log_in, officer):
    page = enrolled(log_in(officer))
    Session.objects.all().delete()
    at_form(page)
    tick(page, "present.family")
    finished(page)
    banner = page.locator("#unsent-login")
    expect(banner).to_have_text("Reconnectez-vous pour envoyer 1 fiche")
    page.clock.install()  # a touch is kept back a moment before it is tried
    page.locator("li[data-senior] a").nth(1).click()
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("[data-unsent]")).to_have_text("2")
    expect(banner).to_have_text("Reconnectez-vous pour envoyer 2 fiches")


def test_logging_out_warns_lets_go_and_deletes_nothing(log_in, officer):
    page = enrolled(log_in(officer))
    page.route("**/terrain/visites/", lambda route: route.fulfill(status=503, body=""))
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    page.goto("/seniors/")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.get_by_role("button", name="Menu").click()
    # A menu that is still opening moves under the pointer: the touch would fall beside.
    expect(page.locator("#site-menu.collapse.show")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator("#unsent-log-out")).to_contain_text("1 fiche attend")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Identifiant")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    assert [one["uid"] for one in stored(page, "outbox")] == [uid]


def test_logging_out_before_the_count_is_shown_warns_all_the_same(log_in, officer):
    page = enrolled(log_in(officer))
    page.route("**/terrain/visites/", lambda route: route.fulfill(status=503, body=""))
    at_form(page)
    tick(page, "present.family")
    finished(page)
    page.goto("/seniors/")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    # As the page is when it arrives.
    page.evaluate("document.querySelector('[data-unsent]').dataset.unsent = '0'")
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#site-menu.collapse.show")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator("#unsent-log-out")).to_contain_text("1 fiche attend")


def test_a_refused_form_stands_aside_with_its_reason_and_is_corrected(log_in, officer):
    """The others go on; corrected, it takes a new identity and the refused one leaves."""
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "need.bars")
    tick(page, "action.grab_bars", "accepted")
    refused = finished(page)
    at_form(page, 1)
    tick(page, "present.neighbour")
    other = finished(page)
    ActionKind.objects.filter(code="grab_bars").delete()
    back(page)
    at_outbox(page)
    expect(item(page, refused, "refused")).to_be_visible()
    expect(page.locator("#outbox .reason").last).not_to_be_empty()
    expect(item(page, other, "sent")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_text("1")

    page.get_by_role("button", name="Corriger").click()
    at_step(page, "actions")
    page.locator('[name="action.grab_bars"][value="accepted"]').click()
    kept(page)
    corrected = finished(page)
    at_outbox(page)
    expect(item(page, corrected, "sent")).to_be_visible()
    expect(page.locator(f'[data-uid="{refused}"]')).to_have_count(0)
    assert {str(one.uid) for one in VisitForm.objects.all()} == {other, corrected}


def two_that_wait(page):
    """Two forms finished without network."""
    cut(page)
    uids = []
    for place in (0, 1):
        at_form(page, place)
        tick(page, "present.family")
        uids.append(finished(page))
    return uids


def forms_of(request):
    return [one["uid"] for one in request.post_data_json["forms"]]


def test_a_form_that_the_server_cannot_take_now_does_not_hold_the_next(log_in, officer):
    page = enrolled(log_in(officer))
    first, second = two_that_wait(page)

    def down(route):
        if first in route.request.post_data:
            return route.fulfill(status=503, body="")
        return route.continue_()

    page.context.route("**/terrain/visites/", down)
    back(page)
    at_outbox(page)
    expect(item(page, second, "sent")).to_be_visible()
    expect(item(page, first, "waiting")).to_be_visible()
    page.context.unroute("**/terrain/visites/", down)
    page.locator("#send-now").click()
    expect(item(page, first, "sent")).to_be_visible()


def test_what_waits_leaves_together(log_in, officer):
    page = enrolled(log_in(officer))
    sent = []
    page.context.on(
        "request", lambda one: sent.append(forms_of(one)) if one.method == "POST" else None
    )
    uids = two_that_wait(page)
    back(page)
    at_outbox(page)
    for uid in uids:
        expect(item(page, uid, "sent")).to_be_visible()
    assert sent == [uids]


def test_a_network_too_weak_for_two_at_once_gets_them_one_by_one(log_in, officer):
    page = enrolled(log_in(officer))

    def weak(route):
        return route.abort() if len(forms_of(route.request)) > 1 else route.continue_()

    page.context.route("**/terrain/visites/", weak)
    uids = two_that_wait(page)
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/visites/")):
        back(page)
    at_outbox(page)
    tries = page.locator("#outbox .reason").first
    for count in range(2, 5):
        page.locator("#send-now").click()
        expect(tries).to_contain_text(f"{count} essais sans réponse")
    page.locator("#send-now").click()
    for uid in uids:
        expect(item(page, uid, "sent")).to_be_visible()


def test_an_answer_lost_on_its_way_back_makes_one_visit(log_in, officer):
    page = enrolled(log_in(officer))
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.context.route("**/terrain/visites/", lose_the_first)
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    at_outbox(page)
    page.locator("#send-now").click()
    expect(item(page, uid, "sent")).to_be_visible()
    assert lost == [200]
    assert (VisitForm.objects.count(), Visit.objects.count()) == (1, 1)


def test_two_pages_do_not_send_the_same_form_twice(log_in, officer):
    page = enrolled(log_in(officer))
    posts = []
    page.context.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    cut(page)
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    other = page.context.new_page()
    other.goto(f"{PAGE}#envois")
    back(page)
    expect(item(other, uid, "sent")).to_be_visible()
    at_outbox(page)
    expect(item(page, uid, "sent")).to_be_visible()
    assert len([one for one in posts if one.url.endswith("/visites/")]) == 1


def test_a_log_in_page_opened_while_the_phone_sends_stays_good(log_in, officer):
    """Without a token the phone posts nothing: a refusal would change that of the page."""
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "present.family")
    finished(page)
    page.context.clear_cookies()
    posts = []
    page.context.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    with page.expect_response("**/terrain/contact/**") as asked:
        back(page)
    assert (asked.value.status, posts) == (401, [])
    assert page.context.cookies() == []


def test_a_token_refused_is_asked_for_anew(log_in, officer):
    page = enrolled(log_in(officer))
    page.context.clear_cookies(name="csrftoken")
    at_form(page)
    tick(page, "present.family")
    uid = finished(page)
    at_outbox(page)
    expect(item(page, uid, "sent")).to_be_visible()
