"""Print the questionnaires of a campaign to one PDF, or to an archive of several."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.models import Campaign


class Command(BaseCommand):
    """One copy per senior invited and still housed."""

    help = "Imprime les questionnaires d’une enquête\u00a0: un exemplaire par locataire senior."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which campaign, where to."""
        parser.add_argument("name", help="nom de l’enquête")
        parser.add_argument("path", type=Path, help="fichier à écrire, sans son extension")
        parser.add_argument("--only-silent", action="store_true", help="qui n’a pas répondu")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw, and say where."""
        from surveys.sending import printing  # noqa: PLC0415

        try:
            campaign = Campaign.objects.get(name=options["name"])
        except Campaign.DoesNotExist:
            raise CommandError(
                f"Aucune enquête ne s’appelle «\u00a0{options['name']}\u00a0»."
            ) from None
        people = printing.invited(campaign, only_silent=options["only_silent"])
        copies, path = printing.write_files(options["path"], campaign, people.iterator(2000))
        self.stdout.write(f"Exemplaires\u00a0: {copies}, dans {path}")
