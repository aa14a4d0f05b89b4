"""Server time of the backlog and steering pages at 190,000 seniors and 300,000 actions.

On PostgreSQL, in Django's test client: the whole of the application, no network. A page is asked
for forty times by each role; what counts is the 95th percentile. `busy` is the processor time of
the page and of its queries, which another load on the machine hardly changes. The floor is one
indexed SELECT of as many rows as the page shows, on the same connection.
"""

import random
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tests.bench import large
from tests.bench.bases import TODAY
from tests.bench.measure import bienveille

REQUESTS = 40


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
    territories = list(Territory.objects.order_by("pk"))
    people = {
        "administrator": User.objects.create_user("admin", role=Role.ADMINISTRATOR),
        "one territory": User.objects.create_user("one", role=Role.MANAGER),
        "three territories": User.objects.create_user("three", role=Role.MANAGER),
        "all territories": User.objects.create_user("all", role=Role.MANAGER),
    }
    for name, count in (("one", 1), ("three", 3), ("all", len(territories))):
        User.objects.get(username=name).territories.set(territories[:count])
    pages = {f"{name}, {who}": (user, path) for who, user in people.items()
             for name, path in _pages(dice).items()}  # fmt: skip

    def ask(client: Client, path: str) -> tuple[float, float]:
        start, busy = perf_counter(), busy_time()
        response = client.get(path)
        content = response.content
        seconds, busy = perf_counter() - start, busy_time() - busy
        if response.status_code != 200 or not content:
            raise RuntimeError(f"{path}: {response.status_code}")
        return seconds, busy

    def busy_time() -> float:
        """Processor time of this process and of the database's own: it does not depend on what
        else the machine does. Without Linux's account of it, this process alone."""
        try:
            return process_time() + int(account.read_text().split()[0]) / 1e9
        except OSError:
            return process_time()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        account = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

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
                "busy": statistics.quantiles((busy for _, busy in times), n=20)[-1],
                "floor": statistics.median(floor() for _ in range(20)),
            }
        return len(pages)

    return timed


def _pages(dice: random.Random) -> dict[str, Callable[[], str]]:
    """Every order and filter of the backlog, and the steering page."""
    works, steering = "/pilotage/travaux/", "/pilotage/"
    asked = {
        "backlog": "",
        "a later page": "page=20",
        "the oldest first": "order=age",
        "the dearest first": "order=cost",
        "by residence": "order=place",
        "the late ones": "late=on",
        "one state": "state=requested",
        "needs alone": "state=bare",
        "closed ones too": "state=all",
        "one funder": "funder=landlord",
        "no funder": "funder=none",
        "a name": "q=sidence 12",
    }
    pages = {name: partial(str, f"{works}?{query}") for name, query in asked.items()}
    kinds = _kinds()
    return pages | {
        "one kind": lambda: f"{works}?kind={dice.choice(kinds)}",
        "one territory's": partial(str, f"{works}?territory=1"),
        "one residence's": lambda: f"{works}?residence={_residence(dice)}",
        "a residence's page": lambda: f"{works}residence/{_residence(dice)}/",
        "steering": partial(str, steering),
        "steering, three months": partial(str, f"{steering}?period=3"),
    }


def _residence(dice: random.Random) -> int:
    """One of the first territory, which every role sees (`large`)."""
    return large.TERRITORIES * dice.randint(1, large.RESIDENCES // large.TERRITORIES)


def _kinds() -> list[int]:
    """The kinds that the backlog may be narrowed to."""
    from visits.works.prices import kinds_of_works

    return [kind.pk for kind in kinds_of_works()]
