"""Accounts: opened, changed, closed; never deleted, since what they did keeps their name."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from seniors.models import AccessLog, Territory, User

# No letter or digit that is taken for another when read aloud or copied by hand.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class AccountRefusal(Exception):
    """A change that would leave no one in charge; the text in French for people."""


@transaction.atomic
def open_account(
    *, fields: dict[str, Any], territories: Iterable[Territory], by: User
) -> tuple[User, str]:
    """A new account and its temporary password, which is kept nowhere."""
    password = _password()
    user = User(**fields)
    user.set_password(password)
    user.save()
    user.territories.set(territories)
    AccessLog.objects.create(user=by, gesture="account-open")
    return user, password


@transaction.atomic
def change_account(
    user: User, *, fields: dict[str, Any], territories: Iterable[Territory], by: User
) -> None:
    """Change names, role, territories, or close it (`is_active`).

    Raises AccountRefusal when an administrator closes or demotes their own account.
    """
    if user == by and (not fields["is_active"] or fields["role"] != user.role):
        raise AccountRefusal(
            "Vous ne pouvez ni fermer votre propre compte ni en changer le rôle\u00a0: demandez à "
            "un autre administrateur."
        )
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    user.territories.set(territories)
    AccessLog.objects.create(user=by, gesture="account-change")


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A temporary password, shown once; open sessions of the account end."""
    password = _password()
    user.set_password(password)
    user.save(update_fields=["password"])
    AccessLog.objects.create(user=by, gesture="account-password")
    return password


def _password() -> str:
    """Four groups of four signs: 79 bits, easy to dictate."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4))
