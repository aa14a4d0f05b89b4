"""Pages of a survey at the size of the largest landlord: response rates and calls, 190,000 asked.

Rows are invented here by the hundred thousand, in the database of the case; the pages are asked
through Django's test client. The floor is the plain count of the invitations of the survey.
"""

import random
import statistics
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from tests.bench.measure import bienveille

SENIORS, RESIDENCES, TERRITORIES, MERGED = 190_000, 8_000, 30, 1_900
OPENED, REQUESTS = date(2026, 10, 1), 100


def serve(case: dict[str, Any]) -> Callable[[], int]:
    """Fill an empty database, then ask each page a hundred times."""
    bienveille()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from seniors.enums import Role
    from seniors.models import Territory, User
    from surveys.models import Campaign

    call_command("migrate", verbosity=0)
    campaign = _fill()
    own = Territory.objects.order_by("pk")[:3]
    users = {}
    for role, places in ((Role.ADMINISTRATOR, ()), (Role.MANAGER, own), (Role.EVALUATOR, ())):
        users[role] = User.objects.create(username=role.value, role=role)
        users[role].territories.set(places)
    places = list(Territory.objects.values_list("pk", flat=True))
    dice = random.Random(1)
    rates = reverse("surveys:campaign-show", args=[campaign.uid])
    residences = reverse("surveys:silence-residences", args=[campaign.uid])
    returns = reverse("surveys:silence-returns", args=[campaign.uid])
    calls = reverse("surveys:call-list", args=[campaign.uid])

    def over() -> str:
        long_ago = timezone.now() - timedelta(weeks=8)
        Campaign.objects.update(closes_on=OPENED, asked_at=long_ago)
        return rates

    pages = {
        "rates, everything": (Role.ADMINISTRATOR, lambda: rates),
        "rates, three territories": (Role.MANAGER, lambda: rates),
        "rates by residence": (
            Role.ADMINISTRATOR,
            lambda: f"{residences}?territoire={dice.choice(places)}",
        ),
        "returns": (Role.ADMINISTRATOR, lambda: returns),
        "calls, three territories": (Role.MANAGER, lambda: calls),
        "rates, an evaluator": (Role.EVALUATOR, over),  # last: it ends the survey
    }

    def floor() -> float:
        start = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM surveys_invitation WHERE campaign_id = %s",
                           [campaign.pk])  # fmt: skip
            cursor.fetchall()
        return perf_counter() - start

    def timed() -> int:
        timed.more = {}
        for name, (role, path) in pages.items():
            client = Client()
            client.force_login(users[role])
            for _ in range(3):
                _ask(client, path())
            times = [_ask(client, path()) for _ in range(REQUESTS)]
            floors = [floor() for _ in range(REQUESTS)]
            timed.more[name] = {
                "p50": statistics.median(times),
                "p95": statistics.quantiles(times, n=20)[-1],
                "floor": statistics.median(floors),
            }
        return REQUESTS * len(pages)

    return timed


def _ask(client: Any, path: str) -> float:
    start = perf_counter()
    response = client.get(path)
    seconds = perf_counter() - start
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
    return seconds


def _call(campaign: Any, answered: set[int]) -> None:
    """One in six of the silent was called in October, of whom one in ten by a wrong number."""
    from seniors.models import User
    from surveys.models import Call
    from surveys.receiving import call_state

    by = User.objects.create(username="appels", role="officer")
    begun = datetime(2026, 10, 5, 8, tzinfo=UTC)
    asked = dict(campaign.invitations.values_list("senior", "pk"))
    dice = random.Random(2)
    called = [n for n in sorted(asked) if n not in answered and dice.random() < 1 / 6]
    outcomes = [Call.Outcome.NOBODY] * 9 + [Call.Outcome.WRONG_NUMBER]
    Call.objects.bulk_create(
        (
            Call(
                invitation_id=asked[n],
                by=by,
                at=begun + timedelta(seconds=90 * rank),
                outcome=outcomes[rank % 10],
                numbers=" 0298001122" if rank % 10 == 9 else "",
            )
            for rank, n in enumerate(called)
        ),
        batch_size=5000,
    )
    for start in range(0, len(called), 5000):
        call_state.follow_records(called[start : start + 5000])


def _fill() -> Any:
    """The stock and its people, one in a hundred on two records; two in five answered a survey."""
    from django.utils import timezone

    from seniors import bulk
    from seniors.models import Dwelling, Residence, Senior, Territory
    from surveys.campaigns import counting, dispatch
    from surveys.models import Response
    from surveys.questionnaires import questionnaire

    Territory.objects.bulk_create(
        Territory(pk=n, code=f"A{n}", name=f"Agence {n:02}") for n in range(1, TERRITORIES + 1)
    )
    Residence.objects.bulk_create(
        Residence(pk=n, reference=f"R{n}", name=f"Résidence {n}", territory_id=1 + n % TERRITORIES)
        for n in range(1, RESIDENCES + 1)
    )
    Dwelling.objects.bulk_create(
        (
            Dwelling(pk=n, reference=f"L{n}", residence_id=1 + n % RESIDENCES, uid=uuid.uuid4())
            for n in range(1, SENIORS + 1)
        ),
        batch_size=5000,
    )
    Senior.objects.bulk_create(
        (
            Senior(
                pk=n,
                uid=uuid.uuid4(),
                reference=f"S{n}",
                last_name="Nom",
                search_name="nom",
                phone="0298001122" if n % 10 else "",
                born_on=date(1928, 1, 1) + timedelta(days=n * 7919 % 13_000),
                dwelling_id=n,
            )
            for n in range(1, SENIORS + 1)
        ),
        batch_size=5000,
    )
    campaign = dispatch.open_campaign(
        name="Enquête 2026",
        questionnaire=questionnaire.available()[0].name,
        territories=list(Territory.objects.all()),
        opened_on=OPENED,
        closes_on=max(OPENED + timedelta(days=60), timezone.localdate()),
        least_age=60,
    )
    fields = ["campaign_id", "senior_id", "channel", "received_on", "content_digest"]
    answered = [n for n in range(1, SENIORS + 1) if n * 31 % 5 < 2]
    bulk.insert(
        Response,
        fields,
        (
            (campaign.pk, n, ("paper", "phone", "web")[n % 3], OPENED + timedelta(n % 50), "0" * 64)
            for n in answered
        ),
    )
    counting.note_answers(campaign, answered)
    _call(campaign, set(answered))
    absorbed = Senior.objects.filter(pk__gt=SENIORS - 2 * MERGED, pk__lte=SENIORS - MERGED)
    for senior in absorbed.only("pk"):
        Senior.objects.filter(pk=senior.pk).update(merged_into_id=senior.pk + MERGED)
    counting.note_answers(campaign, range(SENIORS - 2 * MERGED + 1, SENIORS + 1))
    bulk.refresh_statistics()
    return campaign
