"""Open the annual survey, or add the newcomers to one already open."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from seniors.day_field import day_argument
from seniors.models import Territory
from surveys.campaigns import dispatch
from surveys.models import Campaign
from surveys.questionnaires import questionnaire


class Command(BaseCommand):
    """Says how many would be asked; does it only with --apply."""

    help = "Ouvre une enquête annuelle\u00a0; relancée, ajoute les nouveaux locataires seniors."

    def add_arguments(self, parser: CommandParser) -> None:
        """A name, dates, territories; all but the name have defaults."""
        parser.add_argument("name", help="nom de l’enquête, par exemple «\u00a0Enquête 2026\u00a0»")
        parser.add_argument("--questionnaire", default=questionnaire.available()[0].name)
        parser.add_argument(
            "--territory", action="append", help="code\u00a0; plusieurs fois possible"
        )
        parser.add_argument("--least-age", type=int, default=settings.SENIOR_AGE)
        parser.add_argument(
            "--spared-months", type=int, default=0, help="visités depuis moins de tant de mois"
        )
        parser.add_argument("--opened-on", type=day_argument, default=timezone.localdate())
        parser.add_argument("--closes-on", type=day_argument)
        parser.add_argument("--apply", action="store_true", help="ouvrir vraiment")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open, or complete. Raises CommandError on a campaign that is over."""
        opened_on = options["opened_on"]
        closes_on = options["closes_on"] or opened_on + timedelta(weeks=8)
        if closes_on < opened_on:
            raise CommandError("La fin est avant l’ouverture. Rien n’est fait.")
        campaign = Campaign.objects.filter(name=options["name"]).first()
        if campaign:
            _check_open(campaign)
        territories = [] if campaign else _territories(options)
        criteria = {name: options[name] for name in ("least_age", "spared_months")}
        if not options["apply"]:
            people = (
                dispatch.newcomers(campaign, on=opened_on)
                if campaign
                else dispatch.whom_to_ask(territories, on=opened_on, **criteria)
            )
            count = people.count()
            plural = "s" if count > 1 else ""
            self.stdout.write(f"{count} locataire{plural} senior{plural} à interroger.")
            self.stdout.write("Rien n’est fait\u00a0: relancez avec --apply.")
        elif campaign:
            count = dispatch.invite(campaign, on=opened_on)
            plural = "s" if count > 1 else ""
            self.stdout.write(
                f"{count} envoi{plural} ajouté{plural} à «\u00a0{campaign.name}\u00a0»."
            )
        else:
            campaign = dispatch.open_campaign(
                name=options["name"],
                questionnaire=options["questionnaire"],
                territories=territories,
                opened_on=opened_on,
                closes_on=closes_on,
                **criteria,
            )
            count = campaign.invitations.count()
            self.stdout.write(
                f"«\u00a0{campaign.name}\u00a0» est ouverte. Nombre d’envois\u00a0: {count}."
            )


def _check_open(campaign: Campaign) -> None:
    """Whatever the day given for those who are added."""
    try:
        dispatch.check_open(campaign, on=timezone.localdate())
    except dispatch.AskingRefusal as refusal:
        raise CommandError(str(refusal)) from None


def _territories(options: dict[str, Any]) -> list[Territory]:
    """The territories named, all of them by default."""
    codes = options["territory"]
    if not codes:
        return list(Territory.objects.all())
    found = list(Territory.objects.filter(code__in=codes))
    if unknown := set(codes) - {territory.code for territory in found}:
        raise CommandError(f"Territoire inconnu\u00a0: {', '.join(sorted(unknown))}.")
    return found
