"""Two hundred seniors answering the survey on the web at the same time.

On gunicorn as docs/deployment.md starts it and on PostgreSQL, the browsers being plain HTTP clients
of this very machine. Each of them comes in, answers one question a screen, reads again and sends.
Between two screens she takes two to eight seconds, which is quick; all began within eight. What is
measured is what she waits for: the form that is sent and the page that follows, in one figure.
"""

import asyncio
import random
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tests.bench.field import _free_port, _serving
from tests.bench.measure import bienveille

PEOPLE, SCREENS = 200, 12
QUICKEST, SLOWEST = 2.0, 8.0
YEAR = 1940
_HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')
_REPLY = re.compile(r'<input type="(?:radio|checkbox)" name="([a-z_]+)" value="(\d+)"')


@dataclass
class Person:
    """One browser: its reference, its cookies, what it waited for and what went wrong."""

    reference: str
    dice: random.Random
    cookies: dict[str, str] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def answering(case: dict[str, Any]) -> Callable[[], int]:
    """Everyone answers; how long a screen took, and what arrived."""
    bienveille()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    people = [
        Person(reference, random.Random(n)) for n, reference in enumerate(_asked(case["people"]))
    ]
    port = _free_port()

    def timed() -> int:
        with _serving(port):
            asyncio.run(_all(port, people, case["screens"]))
        waited = [seconds for person in people for seconds in person.waited]
        timed.more = {
            "p50": statistics.median(waited),
            "p95": statistics.quantiles(waited, n=20)[-1],
            "most": max(waited),
            "errors": [error for person in people for error in person.errors],
        } | _arrived()
        return len(waited)

    return timed


def _asked(people: int) -> list[str]:
    """References of that many seniors, asked in a campaign that is open."""
    from datetime import date

    from django.utils import timezone

    from tests.make import make_dwelling, make_senior
    from tests.surveys.make import make_campaign

    home, today = make_dwelling(), timezone.localdate()
    for _ in range(people):
        make_senior(home, born_on=date(YEAR, 5, 17))
    campaign = make_campaign(
        home.residence.territory, opened_on=today, closes_on=today + timedelta(days=30)
    )
    return list(campaign.invitations.values_list("reference", flat=True))


async def _all(port: int, people: list[Person], screens: int) -> None:
    """All of them together."""
    await asyncio.gather(*(_answer(port, person, screens) for person in people))


async def _answer(port: int, person: Person, screens: int) -> None:
    """One whole answer, from the letter to the receipt."""
    home = f"/enquete/{person.reference}/"
    await asyncio.sleep(person.dice.uniform(0, SLOWEST))
    path, page = await _open(port, person, home)
    path, page = await _send(port, person, home, page, {"year": str(YEAR)})
    path, page = await _send(port, person, path, page, {"helper": "", "go": "one"})
    for _ in range(screens):
        told = {"go": "next"}
        for name, value in _REPLY.findall(page):
            told.setdefault(name, value)
        path, page = await _send(port, person, path, page, told)
    path, page = await _open(port, person, f"{home}relire/")
    path, page = await _send(port, person, path, page, {})
    if "/recu/" not in path:
        person.errors.append(f"no receipt: {path}")


async def _open(port: int, person: Person, path: str) -> tuple[str, str]:
    """Follow a link."""
    return await _wait(port, person, "GET", path)


async def _send(
    port: int, person: Person, path: str, page: str, told: dict[str, str]
) -> tuple[str, str]:
    """Think, then send the form of the page."""
    await asyncio.sleep(person.dice.uniform(QUICKEST, SLOWEST))
    return await _wait(port, person, "POST", path, dict(_HIDDEN.findall(page)) | told)


async def _wait(
    port: int, person: Person, method: str, path: str, told: dict[str, str] | None = None
) -> tuple[str, str]:
    """The page that comes, through the redirection if there is one: what she waits for."""
    start = time.perf_counter()
    status, head, body = await _ask(port, person, method, path, told)
    if status == 302:
        path = re.search(r"\r\nLocation: (\S+)", head)[1]
        status, head, body = await _ask(port, person, "GET", path)
    person.waited.append(time.perf_counter() - start)
    if status != 200:
        person.errors.append(f"{status} {path}")
    return path, body


async def _ask(
    port: int, person: Person, method: str, path: str, told: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Status, head and body of one request on a connection of its own; cookies are kept."""
    body = urlencode(told or {}).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in person.cookies.items())}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, answer = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    text = head.decode()
    for name, value in re.findall(r"\r\nSet-Cookie: ([^=]+)=([^;]*)", text):
        person.cookies[name] = value
    return int(text.split(" ", 2)[1]), text, answer.decode()


def _arrived() -> dict[str, int]:
    """What the database has of it."""
    from surveys.models import Draft, Response

    return {"responses": Response.objects.count(), "drafts": Draft.objects.count()}
