"""Erase the files of imports left unfinished for a week, and refused rows as old."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from seniors import tasks


class Command(BaseCommand):
    """For a daily timer; says how many, erases only with --apply."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--apply", action="store_true", help="erase them")

    def handle(self, *args: object, **options: object) -> None:
        """Count, then erase."""
        if options["apply"]:
            self.stdout.write(f"{tasks.purge_imports()} import(s) : fichiers effacés")
        else:
            self.stdout.write(f"{tasks.old_imports().count()} import(s) à vider ; --apply le fait")
