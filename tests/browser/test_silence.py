"""The pages of silence and of questionnaires: no fault for axe-core, nothing cut, read in order."""

from datetime import date

import pytest
from django.urls import reverse

from seniors.enums import ConsentKind, Role
from surveys.models import Response
from surveys.receiving import intake
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign

pytestmark = pytest.mark.django_db(transaction=True)
AGREED = {ConsentKind.VISIT: True, ConsentKind.HEALTH: True}


def answer(campaign, seniors, day):
    intake.record_many(
        campaign,
        [
            intake.Answer(one.pk, Response.Channel.PAPER, day, {"cold_home": 1, "falls": 0}, AGREED)
            for one in seniors
        ],
    )


def test_the_pages_of_silence_and_of_questionnaires(page, log_in):
    brest, morlaix = make_territory("Agence de Brest"), make_territory("Agence de Morlaix")
    places = [make_residence(one, name="Résidence de la Penfeld") for one in (brest, morlaix)]
    seniors = [make_senior(make_dwelling(places[n % 2])) for n in range(8)]
    both = brest, morlaix
    before = make_campaign(
        *both, name="2025", opened_on=date(2025, 10, 1), closes_on=date(2025, 12, 1)
    )
    answer(before, seniors[:5], date(2025, 10, 20))
    campaign = make_campaign(*both)
    answer(campaign, seniors[3:7], date(2026, 10, 20))
    log_in(make_user(Role.ADMINISTRATOR))
    silence = ("residences", "returns", "questions", "people")
    addresses = [reverse(f"surveys:silence-{name}", args=[campaign.uid]) for name in silence]
    addresses.append(reverse("surveys:campaign-show", args=[campaign.uid]))
    addresses += [reverse(f"surveys:questionnaire-{name}") for name in ("list", "compare", "check")]
    for address in addresses:
        assert page.goto(address).status == 200
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert (address, width, faults(page), max(wide, 0)) == (address, width, [], 0)
    page.goto(addresses[3])
    assert page.locator("tbody tr").count() == 3
    page.goto(addresses[0])
    page.get_by_label("Territoire").select_option("Agence de Morlaix")
    page.get_by_role("button", name="Voir").click()
    page.wait_for_selector("h2:has-text('Agence de Morlaix')")
    page.goto(addresses[-1])
    page.get_by_label("Coller le questionnaire").fill('code = "essai"\nversion = "1"\n')
    page.get_by_role("button", name="Vérifier").click()
    page.wait_for_selector("text=il n’y a aucune question.")
    assert faults(page) == []
    assert QUESTIONNAIRE not in page.content()
