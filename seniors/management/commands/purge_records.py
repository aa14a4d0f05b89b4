"""Erase what is past the time it may be kept; says how many, erases only with --apply."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from seniors import retention


class Command(BaseCommand):
    """The same rules as the nightly task; no name is printed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--apply", action="store_true", help="erase them")

    def handle(self, *args: object, **options: object) -> None:
        """Count each rule, then erase."""
        for line in retention.lines():
            self.stdout.write(
                f"{line.label}\u00a0: {line.tonight} à effacer, {line.soon} de plus d’ici 30 jours "
                f"({line.rule})"
            )
        if options["apply"]:
            self.stdout.write(f"{sum(retention.purge().values())} effacement(s) faits")
        else:
            self.stdout.write("Rien n’est effacé\u00a0: ajoutez --apply pour le faire.")
