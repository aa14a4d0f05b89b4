"""The command that opens an account."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from seniors.enums import Role
from seniors.models import User
from tests.make import make_territory, make_user

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("open_account", *args, stdout=out)
    return out.getvalue()


def test_an_account_opened_by_command_works_in_its_territory():
    chief, brest = make_user(Role.ADMINISTRATOR), make_territory("Brest")
    said = run("nolwenn", "--territory", brest.code, "--by", chief.username)
    account = User.objects.get(username="nolwenn")
    assert account.role == Role.OFFICER
    assert list(account.territories.all()) == [brest]
    assert account.check_password(said.split("\xa0: ")[1].strip())


def test_nobody_opens_an_account_without_an_administrator():
    officer = make_user()
    with pytest.raises(CommandError, match="administrateur"):
        run("nolwenn", "--by", officer.username)
    assert not User.objects.filter(username="nolwenn").exists()


def test_an_unknown_territory_is_said_with_those_there_are():
    chief, brest = make_user(Role.ADMINISTRATOR), make_territory("Brest")
    with pytest.raises(CommandError, match=f"Codes connus.*{brest.code}"):
        run("nolwenn", "--territory", "ailleurs", "--by", chief.username)
    assert not User.objects.filter(username="nolwenn").exists()


def test_an_account_is_not_opened_twice():
    chief = make_user(Role.ADMINISTRATOR)
    with pytest.raises(CommandError, match="existe déjà"):
        run(chief.username, "--by", chief.username)
