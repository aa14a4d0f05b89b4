"""Server time of the pages, on a base of that size: p95 over a hundred requests.

Django's test client: the whole of the application, no network. The floor is one indexed SELECT of
as many rows as the page shows, on the same connection.
"""

import random
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

from tests.bench.measure import bienveille

REQUESTS = 100


def serve(case: dict[str, Any]) -> Callable[[], int]:
    """Ask each kind of page a hundred times, all different where the page allows it."""
    bienveille()
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from seniors.models import Senior, User
    from visits.models import VisitList

    dice = random.Random(1)
    admin = User.objects.get(username="admin")
    officer = User.objects.get(username="brest")
    uids = list(Senior.objects.housed().values_list("uid", flat=True)[: 50 * REQUESTS])
    names = list(
        Senior.objects.order_by().values_list("last_name", flat=True).distinct()[:REQUESTS]
    )
    lists = list(VisitList.objects.values_list("uid", flat=True))
    seniors = reverse("seniors:senior-list")
    pages = {
        "seniors, all": (admin, lambda: seniors),
        "seniors, one territory": (officer, lambda: seniors),
        "seniors, a later page": (admin, lambda: f"{seniors}?page={dice.randint(2, 40)}"),
        "seniors, by name order": (admin, lambda: f"{seniors}?sort=name"),
        "seniors, alone upstairs": (
            admin,
            lambda: f"{seniors}?alone=on&no_lift=on&age={dice.choice(['75-79', '90-150'])}",
        ),
        "seniors, invisible": (admin, lambda: f"{seniors}?silent=on"),
        "seniors, search a name": (admin, lambda: f"{seniors}?q={dice.choice(names)}"),
        "one senior": (
            admin,
            lambda: reverse("seniors:senior-show", args=[dice.choice(uids)]),
        ),
        "visit list": (admin, lambda: reverse("visits:list-show", args=[dice.choice(lists)])),
    }

    def ask(client: Client, path: str) -> float:
        start = perf_counter()
        response = client.get(path)
        content = response.content
        seconds = perf_counter() - start
        if response.status_code != 200 or not content:
            raise RuntimeError(f"{path}: {response.status_code}")
        return seconds

    def floor() -> float:
        first = dice.randint(1, 10_000)
        start = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM seniors_senior WHERE id >= %s ORDER BY id LIMIT 30", [first]
            )
            cursor.fetchall()
        return perf_counter() - start

    def timed() -> int:
        timed.more = {}
        for name, (user, path) in pages.items():
            client = Client()
            client.force_login(user)
            for _ in range(3):
                ask(client, path())
            times = [ask(client, path()) for _ in range(REQUESTS)]
            floors = [floor() for _ in range(REQUESTS)]
            timed.more[name] = {
                "p50": statistics.median(times),
                "p95": statistics.quantiles(times, n=20)[-1],
                "floor": statistics.median(floors),
            }
        return REQUESTS * len(pages)

    return timed
