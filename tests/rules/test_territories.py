"""Every address that names a record × who asks for it: a territory is seen from within only.

What each gets is in `access_table`. Who has no account gets the log-in, whatever the record.
"""

import hashlib
import json
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.rules.access_table import ASKERS, PUBLIC, TABLE
from tests.rules.territory_records import RECORDS, Ask, Cast
from tests.rules.test_roles import ADDRESSES

Digest = dict[str, tuple[int, str]]

# View, the record that its address, its query or what is posted names, what each asker gets.
ROWS = [(view, record, row) for view, line in TABLE.items() for record, row in line.records.items()]


def test_every_address_that_holds_an_identifier_has_its_record():
    """Save those that open to whoever holds the secret in them, with no account."""
    named = {view for view, _, _ in ROWS}
    holding = {view for view in TABLE if ADDRESSES[view].pattern.converters}
    assert {view for view in holding if TABLE[view].roles is not PUBLIC} <= named
    assert set(RECORDS) == {record for _, record, _ in ROWS}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "record", "row"), ROWS, ids=[f"{view} {record}" for view, record, _ in ROWS]
)
def test_a_record_is_shown_and_changed_within_its_territory_only(client, view, record, row):
    cast, expected = Cast(), dict(zip(ASKERS, row.split(), strict=True))
    ask = RECORDS[record](cast)
    assert visitor(client, view, ask)
    outside = {asker: what for asker, what in expected.items() if what not in ("in", "does")}
    before = digest()
    got = {asker: refusals(client, cast, asker, view, ask) for asker in outside}
    assert got == {asker: {"in" if what == "idle" else what} for asker, what in outside.items()}
    assert digest() == before
    inside = expected.keys() - outside.keys()
    counts = "idle" in row or "does" in row
    wanted, known = ("changed", before) if counts else ("in", None)
    got = {asker: entrance(client, cast, asker, view, ask, known) for asker in inside}
    assert {asker: wanted in what for asker, what in got.items()} == dict.fromkeys(inside, True), (
        got
    )


def visitor(client: Client, view: str, ask: Ask) -> bool:
    """Whether someone with no account is sent to the log-in."""
    client.logout()
    shown = client.get(f"{reverse(view, args=ask.args)}?{urlencode(ask.query)}")
    if shown.status_code == 401:  # a script called
        return shown.json()["login"] == reverse("login")
    return shown.status_code == 302 and shown["Location"].startswith(reverse("login"))


def refusals(client: Client, cast: Cast, asker: str, view: str, ask: Ask) -> set[str]:
    """What she gets by the methods that the view knows, or by the one meant."""
    client.force_login(getattr(cast, asker))
    methods = ("get", "post") if ask.posted is None else ("post",)
    got = {answer(client, method, view, ask) for method in methods}
    return got - {"405"}


def entrance(
    client: Client, cast: Cast, asker: str, view: str, ask: Ask, before: Digest | None
) -> set[str]:
    """What she gets by the method meant, and whether rows differ from `before`, if it is given.

    What it did is undone, for the next who asks.
    """
    client.force_login(getattr(cast, asker))
    with transaction.atomic():
        got = "405" if ask.posted is not None else answer(client, "get", view, ask)
        if got == "405":
            got = answer(client, "post", view, ask)
        changed = {"changed"} if before and digest() != before else set()
        transaction.set_rollback(True)
    return {got} | changed


def answer(client: Client, method: str, view: str, ask: Ask) -> str:
    """403, 404, 405, or « in » for anything else; an error of the server is raised."""
    address = f"{reverse(view, args=ask.args)}?{urlencode(ask.query)}"
    if method == "get":
        response = client.get(address)
    elif ask.json:
        response = client.post(address, json.dumps(ask.posted), content_type="application/json")
    else:
        response = client.post(address, ask.posted or {})
    if response.streaming:  # read to its end, it closes its file
        list(response.streaming_content)
    code = str(response.status_code)
    return code if code in ("403", "404", "405") else "in"


def digest() -> Digest:
    """Each table of ours: how many rows, and a digest of them; a log-in writes its own date."""
    ours = [one for name in ("seniors", "surveys", "visits") for one in tables_of(name)]
    return {model._meta.label: of_rows(model) for model in ours}


def tables_of(app: str) -> list[type[Model]]:
    """Its models, those that only link two others included."""
    return list(apps.get_app_config(app).get_models(include_auto_created=True))


def of_rows(model: type[Model]) -> tuple[int, str]:
    """How many rows, and what they hold."""
    names = [one.attname for one in model._meta.concrete_fields if one.name != "last_login"]
    rows = [repr(row) for row in model.objects.order_by("pk").values_list(*names)]
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
