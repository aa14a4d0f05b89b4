"""Opening a campaign: whom to ask, and the invitation that says so."""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from seniors import bulk, departed
from seniors.enums import Source
from seniors.models import Objection, Observation, Senior, Territory
from seniors.person import people_of
from seniors.refusal import Refusal
from surveys.campaigns import counting
from surveys.days import years_before
from surveys.locking import lock_campaign
from surveys.models import Campaign, Invitation
from surveys.models.campaign import new_references
from surveys.questionnaires import questionnaire as questionnaires


class AskingRefusal(Refusal):
    """People that a campaign cannot ask; nobody was."""


@dataclass(frozen=True)
class TargetRow:
    """One territory: who lives there, whom each exclusion leaves out, whom that leaves to ask.

    Each person left out is counted once, under the first exclusion in the order of the fields.
    """

    name: str
    housed: int = 0
    too_young: int = 0
    objecting: int = 0
    visited: int = 0

    @property
    def asked(self) -> int:
        """Those whom nothing leaves out."""
        return self.housed - self.too_young - self.objecting - self.visited


@dataclass(frozen=True)
class Target:
    """Whom a campaign would ask, territory by territory, those with nobody included."""

    rows: list[TargetRow]

    @property
    def total(self) -> TargetRow:
        """The sum of the rows."""
        names = ("housed", "too_young", "objecting", "visited")
        return TargetRow("Total", *(sum(getattr(row, name) for row in self.rows) for name in names))


def whom_to_ask(
    territories: Collection[Territory], *, least_age: int, spared_months: int = 0, on: date
) -> QuerySet[Senior]:
    """Seniors housed in these territories, old enough on that day, with no objection running,
    and not visited in the last `spared_months` months (0: whoever was visited is asked too).

    Someone whose age is unknown is asked: the landlord's record may be wrong, silence is worse.
    """
    return _housed(territories, on).filter(
        _old_enough(least_age, on), ~_objecting(on), ~_visited(spared_months, on)
    )


def target(
    territories: Collection[Territory], *, least_age: int, spared_months: int = 0, on: date
) -> Target:
    """How many would be asked in each territory, and whom each exclusion leaves out."""
    old = _old_enough(least_age, on)
    objecting, visited = _objecting(on), _visited(spared_months, on)
    rows = (
        _housed(territories, on)
        .values_list("dwelling__residence__territory")
        .annotate(
            housed=Count("pk"),
            too_young=Count("pk", filter=~old),
            objecting=Count("pk", filter=old & objecting),
            visited=Count("pk", filter=old & ~objecting & visited),
        )
    )
    counts = {pk: found for pk, *found in rows.order_by()}
    return Target(
        [TargetRow(territory.name, *counts.get(territory.pk, ())) for territory in territories]
    )


def _housed(territories: Collection[Territory], on: date) -> QuerySet[Senior]:
    """Those at home there, whom nobody said gone or dead."""
    there = Senior.objects.housed().filter(dwelling__residence__territory__in=territories)
    return there.exclude(departed.said_gone(on))


def _old_enough(least_age: int, on: date) -> Q:
    born_by = years_before(on, least_age)
    return (
        Q(born_on__lte=born_by)
        | Q(born_on=None, birth_year__lte=born_by.year)
        | Q(born_on=None, birth_year=None)
    )


def _objecting(on: date) -> Q:
    return Q(pk__in=people_of(running_objections(on)))


def _visited(months: int, on: date) -> Q:
    """Whom a visit told us about in the months before that day; a door that stayed shut did not."""
    since = months_before(on, months)
    visits = Observation.objects.filter(
        source=Source.VISIT, observed_on__gt=since, observed_on__lte=on
    )
    return Q(pk__in=people_of(visits)) if months else Q(pk__in=[])


def running_objections(on: date) -> QuerySet[Objection]:
    """Objections that hold on that day."""
    return Objection.objects.filter(
        Q(until=None) | Q(until__gte=on),
        Q(lifted_on=None) | Q(lifted_on__gt=on),
        since__lte=on,
    )


def free_name(year: int) -> str:
    """What to call the next campaign: that of the year, or of the first one that has none yet."""
    taken = set(Campaign.objects.values_list("name", flat=True))
    return next(name for n in count(year) if (name := f"Enquête {n}") not in taken)


def open_campaign(*, territories: Collection[Territory], **fields: Any) -> Campaign:
    """Open a campaign and invite everyone it is for, at once. Raises IntegrityError on a name
    taken; nothing is written then."""
    with transaction.atomic():
        campaign = create_campaign(territories=territories, **fields)
        ask_everyone(campaign)
        campaign.refresh_from_db()
    return campaign


@transaction.atomic
def create_campaign(
    *,
    name: str,
    questionnaire: str,
    territories: Collection[Territory],
    opened_on: date,
    closes_on: date,
    least_age: int,
    spared_months: int = 0,
    on_web: bool = True,
    by_phone: bool = True,
) -> Campaign:
    """What a campaign is; nobody is asked before `ask_everyone`. Raises IntegrityError on a name
    taken."""
    campaign = Campaign.objects.create(
        name=name,
        questionnaire=questionnaires.named(questionnaire).name,
        opened_on=opened_on,
        closes_on=closes_on,
        least_age=least_age,
        spared_months=spared_months,
        on_web=on_web,
        by_phone=by_phone,
    )
    campaign.territories.set(territories)
    return campaign


@transaction.atomic
def ask_everyone(campaign: Campaign, *, progress: Callable[[int], None] | None = None) -> int:
    """Invite everyone a campaign is for, all or nobody: from then on, whom it asks is frozen.

    Gives how many; run again once it is done, it asks nobody. `progress` is told how many.
    """
    campaign = lock_campaign(campaign)
    if campaign.asked_at:
        return 0
    count = invite(campaign, on=campaign.opened_on, progress=progress)
    Campaign.objects.filter(pk=campaign.pk).update(asked_at=timezone.now())
    return count


def newcomers(
    campaign: Campaign, *, territories: Collection[Territory] | None = None, on: date
) -> QuerySet[Senior]:
    """Those whom the campaign would ask that day and has not: come, or of age, since it opened.

    `territories` are some of its own; all of them by default.
    """
    invited = people_of(Invitation.objects.filter(campaign=campaign))
    where = list(campaign.territories.all()) if territories is None else territories
    people = whom_to_ask(
        where, least_age=campaign.least_age, spared_months=campaign.spared_months, on=on
    )
    return people.exclude(pk__in=invited)


def check_open(campaign: Campaign, *, on: date) -> None:
    """Raises AskingRefusal (over) once its last day is past: nobody could answer, and those who
    did not may be forgotten (`counting.recount`)."""
    if campaign.closes_on < on:
        raise AskingRefusal("over", "Cette enquête est terminée\u00a0: personne n’y est ajouté.")


@transaction.atomic
def invite(
    campaign: Campaign,
    *,
    territories: Collection[Territory] | None = None,
    on: date,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Invite those not invited yet; gives how many. Run again, it adds only newcomers, and raises
    AskingRefusal (over)."""
    campaign = lock_campaign(campaign)
    if campaign.asked_at:  # opened with its dates in the past, it asks those of its day
        check_open(campaign, on=on)
    people = newcomers(campaign, territories=territories, on=on)
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    bulk.insert(
        Invitation,
        ["campaign_id", "senior_id", "sent_on", "reference"],
        _rows(campaign, ids, on, progress),
    )
    counting.note_asked(campaign)
    return len(ids)


def _rows(
    campaign: Campaign, ids: Sequence[int], on: date, progress: Callable[[int], None] | None
) -> Iterator[tuple]:
    """The invitations to write, told as they go."""
    pairs = zip(ids, new_references(len(ids)), strict=True)
    for number, (senior_id, reference) in enumerate(pairs, 1):
        if progress and number % 1000 == 0:
            progress(number)
        yield campaign.pk, senior_id, on, reference


def months_before(day: date, months: int) -> date:
    """The same day that many months before, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
