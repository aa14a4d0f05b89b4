"""Accounts: a role, and the territories where it holds."""

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from seniors.enums import Role


class AccountManager(UserManager):
    """The first account of an installation is made by `createsuperuser`: an administrator."""

    def create_superuser(self, *args: Any, **fields: Any) -> "User":
        """An account with every right, of ours and of the back office."""
        return super().create_superuser(*args, **{"role": Role.ADMINISTRATOR} | fields)


class User(AbstractUser):
    """Someone who works for the landlord, or evaluates the programme."""

    role = models.CharField("rôle", max_length=14, choices=Role.choices, default=Role.OFFICER)
    territories = models.ManyToManyField(
        "seniors.Territory", blank=True, related_name="users", verbose_name="territoires"
    )

    objects = AccountManager()

    class Meta(AbstractUser.Meta):
        verbose_name = "compte"

    def __str__(self) -> str:
        return self.get_full_name() or self.username
