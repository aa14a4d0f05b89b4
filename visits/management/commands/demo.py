"""`demo`: an invented landlord from its files to its visit lists, in one command."""

from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone


class Command(BaseCommand):
    """Set the demonstration up, or go on from where it stopped."""

    help = "Prépare une démonstration : un bailleur inventé, son enquête, ses listes de visites."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which landlord."""
        parser.add_argument("--dwellings", type=int, help="nombre de logements (10936)")
        parser.add_argument("--seed", type=int, help="graine du hasard (2026)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps, each with its time."""
        if not settings.DEV:
            raise CommandError(
                "La démonstration demande BIENVEILLE_DEV=1\u00a0: jamais en production."
            )
        from visits import demo  # noqa: PLC0415

        start = perf_counter()
        try:
            plan = demo.begin(
                settings.VAR_DIR / "demo",
                dwellings=options["dwellings"],
                seed=options["seed"],
                today=timezone.localdate(),
            )
        except demo.OtherDemo as error:
            raise CommandError(str(error)) from error
        for step in demo.steps(plan):
            self._do(step)
        self.stdout.write(f"\nPrêt en {_seconds(perf_counter() - start)}. Comptes :")
        for username, what in demo.accounts():
            self.stdout.write(f"  {username:<14} {what}")
        self.stdout.write(f"Mot de passe de tous les comptes : {demo.PASSWORD}")

    def _do(self, step: Any) -> None:
        """One line per step: what, how long it took, what came of it."""
        self.stdout.write(f"{step.title:<40}", ending="")
        self.stdout.flush()
        start = perf_counter()
        told = step.gesture()
        self.stdout.write(f"{_seconds(perf_counter() - start):>8}  {told or 'déjà là'}")


def _seconds(duration: float) -> str:
    """Seconds with one decimal and a French comma."""
    return f"{duration:.1f} s".replace(".", ",")
