"""Opening a campaign: whom to ask, and the invitation that says so."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from seniors import bulk
from seniors.models import Objection, Senior, Territory
from seniors.person import people_of
from surveys import questionnaire as questionnaires
from surveys.models import Campaign, Invitation
from surveys.models.campaign import new_reference


def whom_to_ask(
    territories: Collection[Territory], *, least_age: int, on: date
) -> QuerySet[Senior]:
    """Seniors housed in these territories, old enough on that day, with no objection running.

    Someone whose age is unknown is asked: the landlord's record may be wrong, silence is worse.
    """
    born_by = years_before(on, least_age)
    old_enough = (
        Q(born_on__lte=born_by)
        | Q(born_on=None, birth_year__lte=born_by.year)
        | Q(born_on=None, birth_year=None)
    )
    return Senior.objects.housed().filter(
        old_enough,
        ~Q(pk__in=people_of(running_objections(on))),
        dwelling__residence__territory__in=territories,
    )


def count_to_ask(
    territories: Collection[Territory], *, least_age: int, on: date
) -> list[tuple[str, int]]:
    """How many would be asked in each territory, those with nobody included: [(name, count)]."""
    people = whom_to_ask(territories, least_age=least_age, on=on)
    rows = people.values_list("dwelling__residence__territory").annotate(Count("pk"))
    counts = dict(rows.order_by())
    return [(territory.name, counts.get(territory.pk, 0)) for territory in territories]


def running_objections(on: date) -> QuerySet[Objection]:
    """Objections that hold on that day."""
    return Objection.objects.filter(
        Q(until=None) | Q(until__gte=on),
        Q(lifted_on=None) | Q(lifted_on__gt=on),
        since__lte=on,
    )


@transaction.atomic
def open_campaign(
    *,
    name: str,
    questionnaire: str,
    territories: Collection[Territory],
    opened_on: date,
    closes_on: date,
    least_age: int,
) -> Campaign:
    """Open a campaign and invite everyone it is for. Raises IntegrityError on a name taken."""
    campaign = Campaign.objects.create(
        name=name,
        questionnaire=questionnaires.named(questionnaire).name,
        opened_on=opened_on,
        closes_on=closes_on,
        least_age=least_age,
    )
    campaign.territories.set(territories)
    invite(campaign, on=opened_on)
    return campaign


@transaction.atomic
def invite(campaign: Campaign, *, on: date) -> int:
    """Invite those not invited yet; gives how many. Run again, it adds only newcomers."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    people = whom_to_ask(list(campaign.territories.all()), least_age=campaign.least_age, on=on)
    invited = people_of(Invitation.objects.filter(campaign=campaign))
    ids = list(people.exclude(pk__in=invited).order_by("pk").values_list("pk", flat=True))
    bulk.insert(
        Invitation,
        ["campaign_id", "senior_id", "sent_on", "reference"],
        ((campaign.pk, senior_id, on, new_reference()) for senior_id in ids),
    )
    return len(ids)


def years_before(day: date, years: int) -> date:
    """The same day that many years before; 28 February for a 29th that does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
