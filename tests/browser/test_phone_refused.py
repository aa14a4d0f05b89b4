"""What the server refused has a way out on the phone, and none turns into something else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from seniors.models import Residence
from tests.browser.phone import (
    at_form,
    at_outbox,
    at_step,
    back,
    cut,
    enrolled,
    finished,
    sound,
    tick,
    unlocked,
)
from tests.make import make_territory
from visits.agenda import outcomes
from visits.models import Appointment, Photo, Visit, VisitListEntry
from visits.visiting import photos

pytestmark = pytest.mark.django_db(transaction=True)
SENT = "**/terrain/visites/"
REFUSED = '#outbox li[data-state="refused"]'


def absent(page: Page, place: int) -> None:
    page.locator("li[data-senior] a").nth(place).click()
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("#screen-day")).to_be_visible()


def test_a_refused_absence_is_sent_again_as_it_was_or_given_up(log_in, officer):
    """Sent, then undone at the desk before the phone heard of it, it does not come back."""
    page = enrolled(log_in(officer))
    page.clock.install()
    cut(page)
    for place in (0, 1):
        absent(page, place)
    page.clock.run_for(10_000)  # a touch can be taken back until then
    here = Residence.objects.first().territory
    VisitListEntry.objects.all().delete()  # she was never asked to see them,
    Residence.objects.update(territory=make_territory())  # nor are they of her territory
    back(page)
    at_outbox(page)
    refused = page.locator(REFUSED)
    expect(refused).to_have_count(2)
    expect(refused.first.locator(".reason")).to_contain_text("pas dans vos territoires")
    expect(page.get_by_role("button", name="Corriger")).to_have_count(0)
    sound(page)
    refused.first.get_by_role("button", name="Abandonner").click()
    refused.first.get_by_role("button", name="la visite restera à faire").click()
    expect(refused).to_have_count(1)
    assert not Visit.objects.exists()

    Residence.objects.update(territory=here)
    lost = []

    def lose(route):
        lost.append(route.fetch().status)
        return route.abort()

    page.context.route(SENT, lose, times=1)
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/visites/")):
        page.get_by_role("button", name="Envoyer de nouveau").click()
    visit = Visit.objects.get()
    assert (lost, visit.outcome) == ([200], "absent")
    outcomes.undo(visit, by=officer)
    expect(page.locator('#outbox li[data-state="waiting"]')).to_be_visible()
    page.locator("#send-now").click()
    expect(page.locator("#outbox li .state")).to_have_text("annulée")
    expect(page.locator("#outbox li .reason")).to_contain_text("la visite reste à faire")
    assert not Visit.objects.exists()


def test_a_visit_dated_by_a_wrong_clock_is_sent_with_its_day(log_in, officer):
    page = enrolled(log_in(officer))
    page.clock.install(time=timezone.now() + timedelta(days=2))
    page.reload()
    unlocked(page)
    absent(page, 0)
    page.clock.run_for(10_000)
    expect(page.locator("li[data-senior] .state").first).to_have_text("refusée")
    at_form(page, 1)
    tick(page, "present.family")
    finished(page)
    at_outbox(page)
    refused = page.locator(REFUSED)
    expect(refused).to_have_count(2)
    sound(page)
    today = timezone.localdate()
    for _ in range(2):
        refused.last.get_by_label("Jour de la visite").fill(today.isoformat())
        page.clock.run_for(21_000)  # what happens every so often leaves what is typed
        left = refused.count()
        refused.last.get_by_role("button", name="Envoyer avec ce jour").click()
        expect(refused).to_have_count(left - 1)
        expect(page.locator('#outbox li[data-state="waiting"]')).to_have_count(0)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert set(Visit.objects.values_list("outcome", "made_on")) == {
        ("absent", today), ("done", today),
    }  # fmt: skip


def test_no_more_photos_than_a_form_may_have_and_a_refused_one_has_a_way_out(
    log_in, officer, tmp_path, monkeypatch
):
    picture = tmp_path / "room.jpg"
    Image.new("RGB", (400, 300), "teal").save(picture)
    monkeypatch.setattr(photos, "MOST_A_FORM", 2)
    page = enrolled(log_in(officer))
    at_form(page)
    at_step(page, "bathroom")
    camera = page.locator('[data-photo="bathroom"]')
    for count in (1, 2):
        camera.set_input_files(picture)
        expect(page.locator(".picture")).to_have_count(count)
    expect(page.get_by_text("2 photos, le plus possible").locator("visible=true")).to_be_visible()
    expect(camera).to_be_disabled()
    sound(page)
    page.get_by_role("button", name="Retirer cette photo").first.click()
    expect(page.locator(".picture")).to_have_count(1)
    camera.set_input_files(picture)
    expect(page.locator(".picture")).to_have_count(2)
    monkeypatch.setattr(photos, "MOST_A_FORM", 0)
    finished(page)
    at_outbox(page)
    refused = page.locator(REFUSED)
    expect(refused).to_have_count(2)
    sound(page)
    monkeypatch.setattr(photos, "MOST_A_FORM", 2)
    refused.first.get_by_role("button", name="Abandonner cette photo").click()
    refused.first.get_by_role("button", name="Toucher encore une fois").click()
    expect(refused).to_have_count(1)
    refused.get_by_role("button", name="Envoyer de nouveau").click()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert Photo.objects.count() == 1


def test_a_page_left_open_overnight_fetches_the_new_day(log_in, officer):
    page = enrolled(log_in(officer))
    page.clock.install()
    page.reload()
    unlocked(page)
    expect(page.locator("li[data-senior]")).to_have_count(3)
    entry = officer.visit_lists.get().entries.first()
    Appointment.objects.create(
        senior=entry.senior, entry=entry, officer=officer, created_by=officer,
        day=timezone.localdate(), slot="morning", starts_at="10:30",
    )  # fmt: skip
    page.clock.fast_forward("24:00:00")
    expect(page.get_by_text("10\u00a0h\u00a030")).to_be_visible()
