"""A hundred phones that find the network again at once, and the day a phone takes in the morning.

On gunicorn as docs/deployment.md starts it and on PostgreSQL; the phones are plain HTTP clients
with sessions of their own, and forms sealed as the phone's script seals them.
"""

import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.bench.measure import ROOT, bienveille

PHONES, FORMS, PEOPLE = 100, 30, 60
TOGETHER = 30  # `MOST` of outbox.js
WORKERS = "3"  # docs/deployment.md
FIELD = "/visites/terrain/"


@dataclass
class Phone:
    """A client with its cookies, and the requests it has to send."""

    cookies: str
    bodies: list[bytes]
    token: str = ""


def storm(case: dict[str, Any]) -> Callable[[], int]:
    """Every phone sends its forms, all at the same moment; what each needed, and what arrived."""
    bienveille()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    phones = _phones(case["phones"], case["forms"])
    port = _free_port()

    def timed() -> int:
        with _serving(port):
            timed.more = asyncio.run(_all_at_once(port, phones))
        timed.more |= _arrived()
        return case["phones"] * case["forms"]

    return timed


def morning(case: dict[str, Any]) -> Callable[[], int]:
    """The package of sixty well-known people, officer by officer: its size, the server's time."""
    bienveille()
    from django.core.management import call_command
    from django.test import Client

    from visits.phone import phones

    call_command("migrate", verbosity=0)
    officers = _well_known(case["people"], case["officers"])
    devices = [phones.enrol(officer, "Téléphone") for officer in officers]

    def ask(officer: Any, device: Any) -> tuple[float, int]:
        client = Client()
        client.force_login(officer)
        client.get(f"{FIELD}contact/")
        start = time.perf_counter()
        answer = client.get(f"{FIELD}jour/", {"appareil": device.uid})
        seconds = time.perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(f"package: {answer.status_code} {answer.content[:300]!r}")
        return seconds, len(answer.content)

    def timed() -> int:
        ask(officers[0], devices[0])
        told = [ask(*pair) for pair in zip(officers, devices, strict=True)]
        times = [seconds for seconds, _ in told]
        timed.more = {
            "p50": statistics.median(times),
            "p95": statistics.quantiles(times, n=20)[-1],
            "bytes": max(size for _, size in told),
        }
        return len(told)

    return timed


def _phones(phones: int, forms: int) -> list[Phone]:
    """Officers with a session and a phone each, and that many sealed forms on as many people."""
    from django.test import Client

    from tests.torture.cast import make_cast
    from visits.phone.phones import enrol

    made = []
    dice = random.Random(1)
    for _ in range(phones):
        cast = make_cast(1, forms)
        device = enrol(cast.officers[0], "Téléphone")
        client = Client()
        client.force_login(cast.officers[0])
        waiting = [sealed(device, form_on(senior, dice)) for senior in cast.people]
        bodies = [
            json.dumps({"forms": waiting[first : first + TOGETHER]}).encode()
            for first in range(0, forms, TOGETHER)
        ]
        made.append(Phone(f"sessionid={client.cookies['sessionid'].value}", bodies))
    return made


def form_on(senior: Any, dice: random.Random) -> dict[str, Any]:
    """A usual visit: every room looked at, daily life, two needs and what is decided."""
    from django.utils import timezone

    from visits.visiting import form

    content: dict[str, int | str] = {"present.senior": 1, "known.phone": form.OK}
    content |= {f"consent.{kind}": 1 for kind in ("visit", "health", "evaluation")}
    for one in form.FIELDS.values():
        if one.code.startswith(("hazard.", "item.", "right.")):
            content[one.code] = dice.choice(one.choices)[0]
    content |= {"wish.words": "Rester chez moi", "need.bars": 1, "need.company": 1}
    content |= {"action.grab_bars": "accepted", "action.activities": "proposed"}
    now = timezone.now()
    next_on = timezone.localdate() + timedelta(days=90)
    content |= {"next.how": "call", "next.on": next_on.isoformat()}
    return {
        "uid": str(uuid.uuid4()),
        "senior": str(senior.uid),
        "entry": senior.list_entries.first().pk,
        "made_on": timezone.localdate().isoformat(),
        "outcome": "done",
        "channel": "phone",
        "version": form.VERSION,
        "started_at": (now - timedelta(minutes=8)).isoformat(),
        "finished_at": now.isoformat(),
        "content": content,
    }


def sealed(device: Any, sent: dict[str, Any]) -> dict[str, str]:
    """As the phone's script does it: a key of one use, then AES bound to form and phone."""
    import base64
    import secrets

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    theirs = serialization.load_pem_private_key(device.private_key.encode(), None).public_key()
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    shared = mine.exchange(ec.ECDH(), theirs)
    key = HKDF(hashes.SHA256(), 32, salt=point, info=b"bienveille form 1").derive(shared)
    iv = secrets.token_bytes(12)
    bound = f"form|{sent['uid']}|{device.uid}".encode()
    box = AESGCM(key).encrypt(iv, json.dumps(sent).encode(), bound)
    text = {"epk": point, "iv": iv, "box": box}
    return {"uid": sent["uid"], "device": str(device.uid)} | {
        name: base64.b64encode(raw).decode() for name, raw in text.items()
    }


async def _all_at_once(port: int, phones: list[Phone]) -> dict[str, Any]:
    """Seconds that each phone needed, from the same start to its last receipt."""
    for phone in phones:
        status, head, body = await _ask(port, phone, "GET", f"{FIELD}contact/")
        if status != 200:
            raise RuntimeError(f"contact: {status} {body[:300]!r}")
        line = next(one for one in head.split(b"\r\n") if b"csrftoken=" in one)
        csrf = line.partition(b": ")[2].split(b";")[0].decode()
        phone.cookies += f"; {csrf}"
        phone.token = csrf.partition("=")[2]
    start = time.perf_counter()

    async def send(phone: Phone) -> tuple[float, list[str]]:
        receipts = []
        for some in phone.bodies:
            status, _, body = await _ask(port, phone, "POST", f"{FIELD}visites/", some)
            answers = json.loads(body)["answers"] if status == 200 else []
            if [one["status"] for one in answers] != [201] * len(answers) or not answers:
                raise RuntimeError(f"forms: {status} {body[:300]!r}")
            receipts += [one["receipt"] for one in answers]
        return time.perf_counter() - start, receipts

    sent = await asyncio.gather(*map(send, phones))
    return {
        "p50": statistics.median(seconds for seconds, _ in sent),
        "p95": statistics.quantiles([seconds for seconds, _ in sent], n=20)[-1],
        "last": max(seconds for seconds, _ in sent),
        "receipts": len({one for _, receipts in sent for one in receipts}),
    }


async def _ask(
    port: int, phone: Phone, method: str, path: str, body: bytes = b""
) -> tuple[int, bytes, bytes]:
    """Status, head and body of one request on a connection of its own."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {phone.cookies}",
        f"X-CSRFToken: {phone.token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, answer = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split(b" ", 2)[1]), head, answer


def _arrived() -> dict[str, int]:
    """What the database has of it."""
    from visits.models import Visit, VisitForm

    return {"forms": VisitForm.objects.count(), "visits": Visit.objects.count()}


def _well_known(people: int, officers: int) -> list[Any]:
    """Officers with one list of people who answered surveys, were visited, need and await.

    No two are alike: what is the same for all would be packed into nothing.
    """
    from seniors.demo.names import FIRST_NAMES, LAST_NAMES
    from tests.torture.cast import make_cast

    cast, dice = make_cast(officers, people), random.Random(1)
    firsts = [name for names in FIRST_NAMES.values() for name in names]
    for senior in cast.people:
        senior.first_name, senior.last_name = dice.choice(firsts), dice.choice(LAST_NAMES)
        senior.born_on = _day(dice, 1930, 1960)
        senior.phone = f"02{dice.randrange(10**8):08d}"
        senior.mobile = f"06{dice.randrange(10**8):08d}"
        senior.save()
        home = senior.dwelling
        home.street_number, home.street = str(dice.randint(1, 99)), f"rue {dice.choice(LAST_NAMES)}"
        home.latitude, home.longitude = dice.uniform(47.8, 48.7), dice.uniform(-4.8, -3.4)
        home.save()
        senior.list_entries.update(reason=_sentence(dice, 160))
        _tell(senior, cast.officers[0], dice)
    return cast.officers


def _tell(senior: Any, officer: Any, dice: random.Random) -> None:
    """Two observations, three consents, three visits, a signal, three needs and actions."""
    from seniors import observe
    from seniors.enums import ConsentKind, Source
    from seniors.fragility.items import ITEMS
    from seniors.models import Consent
    from visits.models import Action, ActionKind, Need, Signal, Visit
    from visits.needs import NEEDS

    def day() -> date:
        return _day(dice, 2024, 2025)

    Consent.objects.bulk_create(
        Consent(senior=senior, kind=kind, given=True, decided_on=day(), wording="1")
        for kind in (ConsentKind.VISIT, ConsentKind.HEALTH, ConsentKind.EVALUATION)
    )
    for source in (Source.SURVEY, Source.VISIT):
        values = {code: dice.randint(item.low, item.high) for code, item in ITEMS.items()}
        observe.record(senior, uid=uuid.uuid4(), source=source, observed_on=day(), values=values)
    for outcome in ("absent", "refused", "done"):
        made_on = day()
        if not senior.visits.filter(made_on=made_on).exists():
            Visit.objects.create(senior=senior, made_on=made_on, outcome=outcome, made_by=officer)
    Signal.objects.create(senior=senior, urgency="soon", what=_sentence(dice, 80), seen_on=day())
    kinds = list(ActionKind.objects.all())
    for code in dice.sample(sorted(NEEDS), 3):
        need = Need.objects.create(
            senior=senior, code=code, family=NEEDS[code].family, found_on=day()
        )
        Action.objects.create(
            need=need,
            need_found_on=need.found_on,
            senior=senior,
            kind=dice.choice(kinds),
            state="accepted",
            state_on=day(),
        )


def _day(dice: random.Random, first: int, last: int) -> date:
    return date(dice.randint(first, last), dice.randint(1, 12), dice.randint(1, 28))


def _sentence(dice: random.Random, length: int) -> str:
    """As long as a reason may be, of words that do not repeat much."""
    letters = "abcdefghilmnoprstuv"
    words = ("".join(dice.choices(letters, k=dice.randint(3, 9))) for _ in range(length))
    return " ".join(words)[:length]


@contextmanager
def _serving(port: int) -> Iterator[None]:
    """gunicorn on this port, until the end."""
    options = ["--workers", WORKERS, "--bind", f"127.0.0.1:{port}", "--timeout", "60"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "seniors.wsgi"],
        cwd=ROOT,
    )
    try:
        while not _answers(port):
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(30)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.sendall(b"GET /connexion/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return bool(line.recv(1))
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
