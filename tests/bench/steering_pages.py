"""Server time of the backlog and steering pages at 190,000 seniors and 300,000 actions.

On PostgreSQL, in Django's test client: the whole of the application, no network. A page is asked
for a hundred times, in turn with the others; what counts is the 95th percentile. The floor is one
indexed SELECT of as many rows as the page shows, on the same connection.
"""

import random
import statistics
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from tests.bench import large
from tests.bench.bases import TODAY
from tests.bench.measure import bienveille

REQUESTS = 100


def serve(case: dict[str, Any]) -> Callable[[], int]:
    """Make the landlord, count its figures once, then ask for the pages."""
    bienveille()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from seniors.enums import Role
    from seniors.models import Territory, User
    from visits.steering import kept

    call_command("migrate", verbosity=0)
    large.fill(TODAY)
    start = perf_counter()
    kept.keep_all(timezone.localdate())
    counting = perf_counter() - start
    dice = random.Random(1)
    admin = User.objects.create_user("admin", role=Role.ADMINISTRATOR)
    manager = User.objects.create_user("manager", role=Role.MANAGER)
    manager.territories.set(Territory.objects.order_by("pk")[:3])
    works, steering = "/pilotage/travaux/", "/pilotage/"
    pages = {
        "backlog": (admin, lambda: works),
        "backlog, three territories": (manager, lambda: works),
        "backlog, a later page": (admin, lambda: f"{works}?page={dice.randint(2, 40)}"),
        "backlog, the late ones": (admin, lambda: f"{works}?late=on"),
        "backlog, the oldest first": (admin, lambda: f"{works}?order=age"),
        "backlog, one territory": (
            admin,
            lambda: f"{works}?territory={dice.randint(1, large.TERRITORIES)}",
        ),
        "backlog, one residence": (
            admin,
            lambda: f"{works}?residence={dice.randint(1, large.RESIDENCES)}",
        ),
        "steering": (admin, lambda: steering),
        "steering, three territories": (manager, lambda: f"{steering}?period=3"),
        "steering, one territory": (
            admin,
            lambda: f"{steering}?territory={dice.randint(1, large.TERRITORIES)}",
        ),
    }

    def ask(client: Client, path: str) -> tuple[float, float]:
        start, busy = perf_counter(), process_time()
        response = client.get(path)
        content = response.content
        seconds, busy = perf_counter() - start, process_time() - busy
        if response.status_code != 200 or not content:
            raise RuntimeError(f"{path}: {response.status_code}")
        return seconds, busy

    def floor() -> float:
        first = dice.randint(1, large.ACTIONS)
        start = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM visits_action WHERE id >= %s ORDER BY id LIMIT 25", [first]
            )
            cursor.fetchall()
        return perf_counter() - start

    def timed() -> int:
        timed.more = {"counting": counting, "pages": {}}
        for name, (user, path) in pages.items():
            client = Client()
            client.force_login(user)
            for _ in range(3):
                ask(client, path())
            times = [ask(client, path()) for _ in range(case.get("requests", REQUESTS))]
            timed.more["pages"][name] = {
                "p50": statistics.median(one for one, _ in times),
                "p95": statistics.quantiles((one for one, _ in times), n=20)[-1],
                "python": statistics.median(busy for _, busy in times),
                "floor": statistics.median(floor() for _ in range(REQUESTS)),
            }
        return len(pages)

    return timed
