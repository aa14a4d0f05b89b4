"""Every address of the site × every role, as `access_table` says: what is not there fails."""

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from seniors.enums import Role
from tests.make import make_territory, make_user
from tests.rules import access_table
from tests.rules.access_table import ACCOUNT, BACK_OFFICE, BACK_OFFICE_DOORS, PUBLIC

# {address: the roles let in}
TABLE = {view: line.roles for view, line in access_table.TABLE.items()}
CLOSED = sorted(view for view, roles in TABLE.items() if roles is not PUBLIC)
# What an address answers to who invents the secret in it.
SHUT = {302, 403, 404, 405, 410}


def addresses(patterns: list, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Name and pattern of every view; what has no name answers to no link."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern
        else:
            assert space == "admin:"  # its redirections


EVERY = dict(addresses(get_resolver().url_patterns))
# The views that are ours; Django's back office has its own rights, below.
ADDRESSES = {name: pattern for name, pattern in EVERY.items() if not name.startswith("admin:")}


def test_every_view_is_in_the_table_and_every_line_is_a_view():
    assert sorted(ADDRESSES) == sorted(TABLE)


def test_a_view_lets_in_the_roles_of_the_table():
    """The guard that each view carries is the one of the table, not one role more."""
    guards = {
        name: getattr(pattern.callback, "allowed_roles", None)
        for name, pattern in ADDRESSES.items()
    }
    expected = {name: roles if isinstance(roles, set) else None for name, roles in TABLE.items()}
    assert {name: roles and set(roles) for name, roles in guards.items()} == expected


def _address(name: str) -> str:
    """The address with invented identifiers: a guard refuses before it looks for the record."""
    made = {"uuid": uuid.uuid4(), "int": 999_999, "string": "x", "slug": "x"}
    converters = ADDRESSES[name].pattern.converters
    kinds = {
        key: type(one).__name__.removesuffix("Converter").lower() for key, one in converters.items()
    }
    return reverse(name, kwargs={key: made[kind] for key, kind in kinds.items()})


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role_outside_the_table_is_refused(client, role):
    """GET and POST: 403 for the others, anything but 403 for those let in."""
    client.force_login(make_user(role))
    wrong = {}
    for name in CLOSED:
        if TABLE[name] == ACCOUNT:
            continue
        allowed = role in TABLE[name]
        for method in (client.get, client.post):
            status = method(_address(name)).status_code
            if (status == 403) == allowed and status != 405:
                wrong[name, method.__name__] = status
    assert wrong == {}


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_log_in(client):
    """Save where a script calls: it is told to log in, and never gets a page."""
    wrong = {}
    for name in CLOSED:
        for method in (client.get, client.post):
            answer = method(_address(name))
            if getattr(ADDRESSES[name].callback, "answers_json", False):
                is_shut = (answer.status_code, answer.json()["login"]) == (401, reverse("login"))
            else:
                place = answer.headers.get("Location", "")
                is_shut = answer.status_code == 302 and place.startswith(reverse("login"))
            # A page opened before the session ended says so, and keeps nothing.
            if not is_shut and (method != client.post or answer.status_code != 403):
                wrong[name, method.__name__] = answer.status_code
    assert wrong == {}


def test_every_page_of_the_back_office_is_in_the_table():
    assert BACK_OFFICE.keys() | BACK_OFFICE_DOORS == EVERY.keys() - ADDRESSES.keys()


@pytest.mark.django_db
def test_the_back_office_opens_to_the_administrator_of_the_server_only(client):
    """GET and POST, whatever right of Django's the account has beside its role."""
    territory = make_territory()
    of_one = {"app_label": "seniors", "object_id": territory.pk, "content_type_id": 1}
    pages = {
        name: reverse(name, kwargs={key: of_one[key] for key in named})
        for name in BACK_OFFICE
        for named in [EVERY[name].pattern.regex.groupindex]
    }
    every = {"is_staff": True, "is_superuser": True}
    others = [None, make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR, is_staff=True)]
    others += [make_user(role, territory, **every) for role in Role if role != Role.ADMINISTRATOR]
    wrong = {}
    for user in others:
        if user:
            client.force_login(user)
        for name, page in pages.items():
            for sent in (client.get(page), client.post(page)):
                place = sent.headers.get("Location", "").partition("?")[0]
                if place not in (reverse("admin:login"), reverse("login")):
                    wrong[name, user and user.role] = sent.status_code
    assert wrong == {}
    client.force_login(make_user(Role.ADMINISTRATOR, **every))
    assert {name: client.get(page).status_code for name, page in pages.items()} == BACK_OFFICE


@pytest.mark.django_db
def test_a_public_address_with_an_invented_secret_shows_nothing(client):
    secrets = [
        name for name in TABLE if TABLE[name] is PUBLIC and ADDRESSES[name].pattern.converters
    ]
    assert len(secrets) > 10
    got = {name: client.get(_address(name)).status_code for name in secrets}
    # A link of the survey opens on the same page, good or not, and asks who is there.
    assert {name: status for name, status in got.items() if status not in SHUT} == {
        "surveys:web-open": 200
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["login", "accessibility", "visits:field-page", "visits:field-away", "visits:field-worker"],
)
def test_the_public_pages_open_to_anyone(client, name):
    assert client.get(_address(name)).status_code == 200
