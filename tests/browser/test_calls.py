"""A call, in a real browser: kept as it is typed, left, resumed by a colleague, finished."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from seniors.enums import Role
from seniors.models import Observation
from surveys.models import Aside, Call, Draft, Response
from surveys.receiving import keying
from tests.browser.conftest import faults
from tests.make import make_senior, make_user
from tests.surveys.make import make_campaign, territory_of

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = {"consent_visit": 1, "bathing": 1}


def choose(page, code: str, value: int) -> None:
    """Touch an answer, and wait until it is kept."""
    with page.expect_response(lambda answer: "/enregistrer/" in answer.url):
        page.locator(f"label:has(#{code}-{value})").click()


def test_a_call_is_kept_as_it_is_typed_and_finished_by_a_colleague(page, log_in):
    senior = make_senior(born_on=date(1936, 2, 3), phone="0298112233", mobile="0612131415")
    other = make_senior(senior.dwelling, born_on=date(1946, 2, 3), phone="0298112234")
    here, today = territory_of(senior), timezone.localdate()
    campaign = make_campaign(here, opened_on=today - timedelta(9), closes_on=today + timedelta(9))
    officer, colleague = (
        make_user(Role.OFFICER, here, first_name=name) for name in ("Anne", "Loïc")
    )
    log_in(officer)
    calls = reverse("surveys:call-list", args=[campaign.uid])
    page.goto(calls)
    assert faults(page) == []
    page.get_by_role("button", name="Personne suivante").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mme Jeanne Le Goff")
    assert faults(page) == []
    # Before she agreed, the answer is not kept; it is as soon as she does.
    choose(page, "bathing", 3)
    expect(page.locator("#ask-bathing .problem")).to_be_visible()
    choose(page, "consent_visit", 1)
    expect(page.locator("#ask-bathing .problem")).to_have_count(0)
    expect(page.locator("#call-saved")).to_contain_text("Enregistré à")
    assert Draft.objects.get().values == {"consent_visit": 1, "bathing": 3}
    page.locator("#back_on").fill(f"{today + timedelta(1)}")
    page.locator("#back_time").fill("10:30")
    page.get_by_role("button", name="Noter «").click()
    page.wait_for_url(f"**{calls}")
    assert faults(page) == []
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#bathing-3")).to_be_checked()
    assert not Call.objects.exists()
    page.get_by_role("button", name="passer à la suite").click()

    log_in(colleague)
    page.goto(calls)
    page.get_by_role("button", name="Personne suivante").click()
    expect(page.locator("#call-saved")).to_contain_text("Commencé par Anne")
    choose(page, "grab_bars", 0)
    page.get_by_role("button", name="Terminer").click()
    page.wait_for_url(f"**{calls}")
    expect(page.get_by_text("est enregistrée")).to_be_visible()
    assert Observation.objects.get().values == {"bathing": 3, "grab_bars": 0, "filled_by": 3}
    assert (Response.objects.get().channel, Call.objects.get().by) == ("phone", colleague)
    assert not Draft.objects.exists()

    # A paper typed during the call: nothing more is kept one by one, the whole is set beside it.
    page.get_by_role("button", name="Personne suivante").click()
    choose(page, "consent_visit", 1)
    keying.record(campaign.invitations.get(senior=other), PAPER, received_on=today, by=officer)
    choose(page, "bathing", 3)
    expect(page.locator("#call-saved")).to_contain_text("Terminez, et les deux seront comparées")
    page.get_by_role("button", name="Terminer").click()
    page.wait_for_url(f"**{calls}")
    expect(page.get_by_text("avait répondu autrement")).to_be_visible()
    assert Aside.objects.get().values == {"bathing": 3, "filled_by": 3}
