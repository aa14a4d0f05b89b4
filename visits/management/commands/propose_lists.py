"""Propose the lists of a period for every officer of some territories; publish them if asked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from seniors.day_field import day_argument
from seniors.enums import Role
from seniors.models import Territory, User


class Command(BaseCommand):
    """Shows what it would do; does it with --apply. Prints counts, never names of tenants."""

    help = "Propose les listes de visites d’une période, une par chargé de clientèle."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Period, capacity, territories, and whether to write."""
        parser.add_argument("starts_on", type=day_argument, help="premier jour, AAAA-MM-JJ")
        parser.add_argument("ends_on", type=day_argument, help="dernier jour, AAAA-MM-JJ")
        parser.add_argument("--capacity", type=int, default=10, help="visites par personne")
        parser.add_argument("--random-share", type=float, default=0.1, help="part tirée au sort")
        parser.add_argument("--silent-share", type=float, default=0.2, help="part des invisibles")
        parser.add_argument("--revisit-months", type=int, default=12)
        parser.add_argument(
            "--seed", type=int, help="par défaut\u00a0: selon la personne et la période"
        )
        parser.add_argument("--territory", action="append", default=[], help="code, répétable")
        parser.add_argument("--publish", action="store_true", help="publier aussitôt")
        parser.add_argument("--by", help="compte qui publie (exigé par --publish)")
        parser.add_argument("--apply", action="store_true", help="enregistrer")

    def handle(self, **options: Any) -> None:
        """One list per officer, all in one transaction, undone without --apply."""
        by = self._publisher(options)
        officers = self._officers(options["territory"])
        if not officers:
            raise CommandError(
                "Aucun compte de chargé de clientèle n’a de territoire ici\u00a0: ouvrez-en sur "
                "la page Comptes ou par open_account. Rien n’a été enregistré."
            )
        with transaction.atomic():
            made = sum(self._propose(officer, by, options) for officer in officers)
            if not options["apply"]:
                transaction.set_rollback(True)
        done = "Enregistré" if options["apply"] else "Rien n’est enregistré sans --apply"
        self.stdout.write(f"{made} liste(s). {done}.")

    def _publisher(self, options: dict) -> User | None:
        """Who publishes."""
        by = User.objects.filter(username=options["by"]).first() if options["by"] else None
        if options["publish"] and by is None:
            raise CommandError("--publish demande --by suivi d’un compte qui existe.")
        return by

    def _officers(self, codes: list[str]) -> list[User]:
        """The active officers of these territories, or all of them."""
        territories = Territory.objects.filter(code__in=codes)
        if len(territories) < len(set(codes)):
            raise CommandError("Un de ces codes de territoire n’existe pas.")
        officers = User.objects.filter(is_active=True, role=Role.OFFICER)
        officers = officers.exclude(territories=None)
        if codes:
            officers = officers.filter(territories__in=territories)
        return list(officers.distinct().order_by("username"))

    def _propose(self, officer: User, by: User | None, options: dict) -> bool:
        """One list; a refusal is said and the others go on."""
        from visits.lists.listing import ListRefusal, propose_list, publish_list, seed_for  # noqa: PLC0415
        from visits.lists.selection import Recipe  # noqa: PLC0415

        seed = options["seed"]
        names = ("capacity", "random_share", "silent_share", "revisit_months", "starts_on")
        try:
            recipe = Recipe(
                seed=seed_for(officer, options["starts_on"]) if seed is None else seed,
                **{name: options[name] for name in names},
            )
            made = propose_list(
                officer=officer,
                territories=list(officer.territories.all()),
                ends_on=options["ends_on"],
                recipe=recipe,
                by=by,
            )
            if options["publish"]:
                publish_list(made, by=by)
        except (ListRefusal, ValueError) as refusal:
            self.stderr.write(f"{officer.username}\u00a0: {refusal}")
            return False
        counts = made.left_out
        self.stdout.write(
            f"{officer.username}\u00a0: {counts['chosen']} visites "
            f"sur {counts['candidates']} personnes"
        )
        return True
