"""Erase the pictures whose form never came in thirty days."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from visits.visiting import photos


class Command(BaseCommand):
    """For a daily timer; says how many, erases only with --apply."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--apply", action="store_true", help="erase them")

    def handle(self, *args: object, **options: object) -> None:
        """Count, then erase."""
        if options["apply"]:
            self.stdout.write(f"{photos.purge()} photo(s) sans fiche, effacées")
        else:
            self.stdout.write(
                f"{photos.left_alone().count()} photo(s) sans fiche, que --apply efface"
            )
