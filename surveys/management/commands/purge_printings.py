"""Delete the questionnaires and letters prepared over a week ago, and what a preparation that died
left behind: they hold names and addresses."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from surveys import tasks


class Command(BaseCommand):
    """To be run each night."""

    help = (
        "Efface les fichiers de questionnaires et de relances préparés il y a plus d’une semaine, "
        "et ce qu’une préparation interrompue a laissé depuis plus d’un jour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing is deleted without --apply."""
        parser.add_argument("--apply", action="store_true", help="effacer vraiment")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, delete if asked."""
        if options["apply"]:
            self.stdout.write(f"Fichiers effacés\u00a0: {tasks.purge_printings()}.")
        else:
            self.stdout.write(f"Fichiers à effacer\u00a0: {tasks.count_old_files()}.")
            self.stdout.write("Rien n’est fait\u00a0: relancez avec --apply.")
