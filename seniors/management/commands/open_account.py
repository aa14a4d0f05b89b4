"""Open an account by command: what the page of accounts does, for the first days."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from seniors import accounts
from seniors.enums import Role
from seniors.models import Territory, User


class Command(BaseCommand):
    """Prints the temporary password, which is kept nowhere else."""

    help = "Ouvre un compte et donne son mot de passe provisoire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, in what role, where, and on whose word."""
        parser.add_argument("username", help="identifiant du nouveau compte")
        parser.add_argument("--role", choices=Role.values, default=Role.OFFICER)
        parser.add_argument("--territory", action="append", default=[], help="code, répétable")
        parser.add_argument("--by", required=True, help="identifiant d’un compte administrateur")

    def handle(self, **options: Any) -> None:
        """Open it, or say what is wrong with the request."""
        by = User.objects.filter(username=options["by"], role=Role.ADMINISTRATOR).first()
        if by is None:
            raise CommandError("--by demande l’identifiant d’un compte administrateur.")
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError("Ce compte existe déjà\u00a0; rien n’a été changé.")
        fields = {"username": options["username"], "role": options["role"]}
        territories = self._territories(options["territory"])
        _, password = accounts.open_account(fields=fields, territories=territories, by=by)
        self.stdout.write(
            f"Compte {options['username']}, mot de passe provisoire\u00a0: {password}"
        )

    def _territories(self, codes: list[str]) -> list[Territory]:
        """The territories of these codes; the codes there are, when one is unknown."""
        found = list(Territory.objects.filter(code__in=codes))
        if len(found) < len(set(codes)):
            known = ", ".join(Territory.objects.values_list("code", flat=True))
            raise CommandError(f"Un de ces codes n’existe pas. Codes connus\u00a0: {known}")
        return found
