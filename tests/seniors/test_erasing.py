"""Someone who asks that all of hers be erased: nothing is left, nothing comes back."""

from datetime import date, timedelta

import pytest
from django.db import models
from django.urls import reverse
from django.utils import timezone

from seniors import erasing
from seniors.enums import ConsentKind, Role
from seniors.fragility.store import score_seniors
from seniors.models import AccessLog, Consent, Objection, Senior
from surveys.models import Invitation, Response
from surveys.receiving import intake
from tests.crawl import saying
from tests.make import make_senior, make_user
from tests.seniors.importing import csv_file, imported
from tests.surveys.make import make_campaign, territory_of
from tests.visits.acting import make_action
from tests.visits.sending import YES, send
from visits.enums import State
from visits.models import Action, Invoice, Need, Visit, Works

pytestmark = pytest.mark.django_db
NAMES = ("Kerdoncuff", "Rozenn", "glycine", "0612345678", "rozenn@exemple.fr", "rue du Puits")


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def rozenn():
    return make_senior(
        last_name="Kerdoncuff", first_name="Rozenn", mobile="0612345678",
        email="rozenn@exemple.fr", reference="P-77", born_on=date(1938, 3, 4),
    )  # fmt: skip


@pytest.fixture
def known(rozenn):
    """An answer, a visit, a need, an action under way and one that was paid for."""
    officer = make_user(Role.OFFICER, territory_of(rozenn))
    intake.record_response(
        rozenn, campaign=make_campaign(territory_of(rozenn)), channel=Response.Channel.PAPER,
        received_on=timezone.localdate() - timedelta(days=30), values={"lonely": 4, "falls": 1},
        consents=dict.fromkeys(ConsentKind, True),
    )  # fmt: skip
    send(rozenn, officer, YES | {"wish.words": "La glycine de la rue du Puits"}, days_ago=2)
    make_action("home_help", State.REQUESTED, senior=rozenn, by=officer)
    paid = make_action("grab_bars", State.DONE, senior=rozenn, by=officer)
    works = Works.objects.create(action=paid)
    Invoice.objects.create(
        works=works, supplier="Bati", number="F1", billed_on=date(2026, 5, 1), net=100,
        gross=110, recorded_by=officer,
    )  # fmt: skip
    score_seniors(territory=territory_of(rozenn))
    return paid


def test_all_that_no_duty_keeps_is_gone(rozenn, known, administrator):
    planned = erasing.plan(rozenn)
    kept = {one.label: one.count for one in planned.stays}
    assert kept["action facturée"] == 1
    assert all(one.why for one in planned.stays)
    done = erasing.erase(rozenn, by=administrator, typed=" P-77 ")
    assert done == planned.goes
    assert saying(*NAMES) == set()
    assert saying("falls", "lonely") == set()
    rozenn.refresh_from_db()
    assert (rozenn.reference, rozenn.full_name) == ("P-77", "Fiche effacée")
    empty = [one.attname for one in Senior._meta.concrete_fields if getattr(rozenn, one.attname)]
    assert set(empty) == {
        "id", "uid", "reference", "last_name", "ended_on", "end", "erased_on", "erased_key",
    }  # fmt: skip
    # What stays is what was announced: counts, proofs, accounts.
    assert (Visit.objects.count(), Invitation.objects.count()) == (1, 1)
    assert Response.objects.get().observation is None
    assert (Action.objects.get(), Need.objects.count()) == (known, 1)
    assert Consent.objects.filter(senior=rozenn).exists()
    assert Objection.objects.get(senior=rozenn).reason == erasing.REASON
    log = AccessLog.objects.latest("pk")
    assert (log.user, log.gesture) == (
        administrator, f"erase {sum(count for _, count in done)}",
    )  # fmt: skip


def test_every_model_about_a_person_is_erased_or_told_as_kept(rozenn, known, administrator):
    erasing.erase(rozenn, by=administrator, typed="P-77")
    left = {
        one.related_model.__name__
        for one in Senior._meta.related_objects
        if isinstance(one.field, models.ForeignKey)
        and one.related_model._base_manager.filter(**{one.field.name: rozenn}).exists()
    }
    assert left == {
        "AccessLog", "Action", "Consent", "Invitation", "Need", "Objection", "Response", "Visit",
    }  # fmt: skip


ROW = {
    "REF": "P-77", "NOM": "KERDONCUFF", "PRENOM": "ROZENN", "DATE_NAISSANCE": "04/03/1938",
    "TELEPHONE": "0612345678",
}  # fmt: skip


@pytest.mark.parametrize("numbered", [True, False])
def test_the_next_file_does_not_bring_her_back(rozenn, known, administrator, tmp_path, numbered):
    home, born = rozenn.dwelling.reference, rozenn.born_on
    other = make_senior(rozenn.dwelling, last_name="Autre", reference="P-78", born_on=born)
    erasing.erase(rozenn, by=administrator, typed="P-77")
    common = {"IDENT_INT": home, "BAIL": "B1"}
    rows = [
        common | {"REF": "P-77", "NOM": "KERDONCUFF", "PRENOM": "ROZENN"},
        common | {"REF": "P-78", "NOM": "AUTRE", "PRENOM": "JEANNE"},
    ]
    rows = [row | {"DATE_NAISSANCE": f"{born:%d/%m/%Y}"} for row in rows]
    if not numbered:
        for row in rows:
            del row["REF"]
    run = imported(csv_file(tmp_path / "occupants.csv", rows), "occupants")
    assert run.state == "applied", run.error
    assert saying("Kerdoncuff", "KERDONCUFF") - {"ImportRun.samples"} == set()
    rozenn.refresh_from_db()
    assert (rozenn.dwelling, rozenn.last_name) == (None, "Fiche effacée")
    assert Senior.objects.filter(dwelling__isnull=False).get(last_name__iexact="autre") == other


def test_two_steps_and_the_number_by_hand(client, rozenn, known, administrator):
    address = reverse("seniors:erase", args=[rozenn.uid])
    client.force_login(make_user(Role.MANAGER, territory_of(rozenn)))
    assert client.get(address).status_code == 403
    client.force_login(administrator)
    first = client.get(address).content.decode()
    assert "Ce qui reste, et pourquoi" in first
    assert 'name="typed"' not in first
    assert 'name="typed"' in client.get(address, {"confirmer": "1"}).content.decode()
    wrong = client.post(address, {"typed": "P-78"})
    assert (wrong.status_code, Senior.objects.get(pk=rozenn.pk).last_name) == (422, "Kerdoncuff")
    assert client.post(address, {"typed": "P-77"}).status_code == 302
    assert client.get(address).status_code == 404
    assert client.get(reverse("seniors:senior-show", args=[rozenn.uid])).status_code == 200
