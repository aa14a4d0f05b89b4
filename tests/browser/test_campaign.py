"""A campaign in a browser: counted, opened, completed, reminded; no fault, nothing cut."""

import io
from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import Objection
from surveys.models import Campaign, Response, Wave
from surveys.receiving import intake
from tests.browser.conftest import faults
from tests.browser.test_pages import WIDTHS, overflow
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tasks_at_once(settings):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


def no_fault(page) -> None:
    """What is shown has no fault and is not cut, at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (page.url, width, faults(page), max(overflow(page), 0)) == (page.url, width, [], 0)


def test_a_campaign_is_counted_opened_completed_and_reminded(page, log_in):
    today = timezone.localdate()
    brest, morlaix = make_territory("Brest"), make_territory("Morlaix")
    home = make_dwelling(make_residence(brest))
    answering, silent = (make_senior(home, last_name=name) for name in ("Kerbrat", "Bihan"))
    objecting = make_senior(home, last_name="Ansquer")
    Objection.objects.create(senior=objecting, since=date(2025, 1, 1), reason="ne veut pas")
    make_senior(make_dwelling(make_residence(morlaix)), email="marie@example.org")
    log_in(make_user(Role.MANAGER, brest, morlaix)).goto(reverse("surveys:campaign-new"))
    no_fault(page)
    page.get_by_label("Relance par courrier, le").fill("")
    page.get_by_label("Relance par courriel, le").fill((today + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Voir qui est concerné").click()
    page.get_by_text("Relances prévues").wait_for()
    no_fault(page)
    page.get_by_role("button", name="Ouvrir l’enquête pour 3 personnes").click()
    page.get_by_text("est ouverte").wait_for()
    campaign = Campaign.objects.get()

    make_senior(home, last_name="Nouvelle")
    page.get_by_role("link", name="Ajouter les personnes arrivées").click()
    no_fault(page)
    page.get_by_role("button", name="Ajouter 1 personne").click()
    page.get_by_text("1 personne ajoutée").wait_for()
    assert campaign.invitations.count() == 4

    page.get_by_role("link", name="Prévoir une relance").click()
    no_fault(page)
    page.get_by_label("Le", exact=True).fill(today.isoformat())
    page.get_by_role("button", name="Voir qui est concerné").click()
    page.get_by_role("heading", name="aujourd’hui").wait_for()
    no_fault(page)
    page.get_by_role("button", name="Relancer 4 personnes").click()
    page.get_by_text("4 lettres préparées").wait_for()
    intake.record_many(
        campaign, [intake.Answer(answering.pk, Response.Channel.PAPER, today, {}, {})]
    )
    page.reload()
    late = page.locator("#wave-late")
    assert ("Kerbrat" in late.inner_text(), "Bihan" in late.inner_text()) == (True, False)
    no_fault(page)
    with page.expect_download() as found:
        page.get_by_role("link", name="Télécharger les lettres").click()
    assert len(PdfReader(io.BytesIO(found.value.path().read_bytes())).pages) == 4

    mails = Wave.objects.get(channel="email")
    page.goto(reverse("surveys:wave-show", args=[mails.uid]))
    no_fault(page)
    page.get_by_role("button", name="Annuler la relance").click()
    page.get_by_text("rien n’était parti").wait_for()
    page.goto(reverse("surveys:campaign-show", args=[campaign.uid]))
    assert "annulée" in page.locator("#campaign-waves").inner_text()
    no_fault(page)
    assert mail.outbox == []
    assert silent.invitations.count() == 1
