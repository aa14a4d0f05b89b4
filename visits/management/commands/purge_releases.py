"""Erase the files of exports whose seven days are over."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from visits.releasing import releases


class Command(BaseCommand):
    """For a daily timer; says how many, erases only with --apply."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--apply", action="store_true", help="erase them")

    def handle(self, *args: object, **options: object) -> None:
        """Count, then erase."""
        if options["apply"]:
            self.stdout.write(f"{releases.purge()} export(s)\u00a0: fichiers effacés")
        else:
            self.stdout.write(f"{releases.old_releases().count()} export(s), que --apply efface")
