"""What is past its time is counted, shown, then erased; nothing before, nothing else."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from seniors import retention
from seniors.enums import ConsentKind, Role, Source
from seniors.models import Consent, Objection, Observation, Senior, Stay
from surveys.models import Response
from surveys.receiving import intake
from tests.crawl import saying
from tests.make import make_dwelling, make_senior, make_user
from tests.surveys.make import make_campaign, territory_of
from tests.visits.sending import YES, send
from visits.models import Visit

pytestmark = pytest.mark.django_db
TODAY = date(2028, 11, 24)


def reply(senior, on, consents=None):
    campaign = make_campaign(territory_of(senior), name=f"Enquête {senior.pk} {on}")
    intake.record_response(
        senior, campaign=campaign, channel=Response.Channel.PAPER, received_on=on,
        values={"lonely": 4, "falls": 1}, consents=consents or dict.fromkeys(ConsentKind, True),
    )  # fmt: skip


def tonight(today=TODAY) -> dict[str, tuple[int, int]]:
    return {line.label: (line.tonight, line.soon) for line in retention.lines(today)}


def test_answers_last_two_years_to_the_day():
    senior = make_senior()
    for on in (date(2026, 11, 24), date(2026, 11, 25), date(2027, 3, 1)):
        reply(senior, on)
    assert tonight()["Réponses à l’enquête"] == (1, 1)
    assert retention.purge(TODAY)["answers"] == 1
    assert Response.objects.count() == 3
    kept = Observation.objects.values_list("observed_on", flat=True)
    assert sorted(kept) == [date(2026, 11, 25), date(2027, 3, 1)]
    assert retention.purge(TODAY)["answers"] == 0


def test_who_left_two_years_ago_is_forgotten_and_may_come_back():
    officer = make_user(Role.OFFICER)
    left = make_senior(last_name="Kerdoncuff", mobile="0612345678")
    officer.territories.add(territory_of(left))
    send(left, officer, YES | {"wish.words": "glycine"})
    Stay.objects.create(senior=left, dwelling=left.dwelling, until=date(2026, 11, 24), end="left")
    Senior.objects.filter(pk=left.pk).update(dwelling=None, ended_on=date(2026, 11, 24), end="left")
    later = make_senior(last_name="Prigent", ended_on=date(2026, 11, 25), end="died")
    here = make_senior(last_name="Le Bras")
    assert tonight()["Personnes parties ou décédées"] == (1, 1)
    retention.purge(TODAY)
    assert saying("Kerdoncuff", "glycine", "0612345678") == set()
    assert saying("Prigent", "Le Bras") == {"Senior.last_name"}
    left.refresh_from_db()
    assert (left.end, left.erased_on, Visit.objects.count()) == ("left", None, 1)
    assert not Objection.objects.exists()
    assert tonight()["Personnes parties ou décédées"] == (0, 1)
    assert {later.pk, here.pk} <= set(Senior.objects.values_list("pk", flat=True))


def test_a_proof_lasts_five_years_and_the_answer_that_counts_stays():
    senior = make_senior()
    for year, given in ((2021, True), (2022, False), (2027, True)):
        Consent.objects.create(
            senior=senior, kind="visit", given=given, decided_on=date(year, 5, 1), wording="v",
            source="survey",
        )  # fmt: skip
    Consent.objects.create(
        senior=senior, kind="health", given=True, decided_on=date(2020, 5, 1), wording="v",
        source="survey",
    )  # fmt: skip
    assert retention.purge(TODAY)["proofs"] == 2
    kept = Consent.objects.values_list("kind", "decided_on__year")
    assert sorted(kept) == [("health", 2020), ("visit", 2027)]


def test_a_no_said_elsewhere_is_settled_in_the_night():
    today = timezone.localdate()
    senior, other = make_senior(), make_senior()
    for one in (senior, other):
        reply(one, today - timedelta(days=30))
    Consent.objects.create(
        senior=senior, kind="health", given=False, decided_on=today, wording="visite-2026-1",
        source=Source.VISIT,
    )  # fmt: skip
    label = "Accords refusés après un oui, dans un questionnaire ou en visite"
    assert tonight(today)[label][0] == 1
    retention.purge(today)
    assert Observation.objects.get(senior=senior).values == {"lonely": 4}
    assert Observation.objects.get(senior=other).values == {"lonely": 4, "falls": 1}
    assert tonight(today)[label][0] == 0
    assert not Objection.objects.exists()


def test_the_command_shows_and_the_page_counts(client):
    senior = make_senior(make_dwelling())
    reply(senior, timezone.localdate() - timedelta(days=800))

    def said(*options) -> str:
        out = StringIO()
        call_command("purge_records", *options, stdout=out)
        return out.getvalue()

    assert "Réponses à l’enquête\u00a0: 1 à effacer" in said()
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = client.get(reverse("seniors:retention-show")).content.decode()
    assert "Effacées après 24 mois" in page
    assert senior.last_name not in page
    assert Observation.objects.exists()
    assert "1 effacement(s) faits" in said("--apply")
    assert not Observation.objects.exists()
