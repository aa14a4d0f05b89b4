"""Readings of a campaign: who sees it, how many answered, who is silent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from seniors.access import territories_of, visible_seniors
from seniors.enums import Role
from seniors.models import Senior, User
from seniors.person import people_of
from seniors.run_figures import blurs
from surveys.dispatch import years_before
from surveys.models import Campaign, Invitation, Printing, Response

BANDS = ("60–69", "70–79", "80–89", "90+")
UNKNOWN_AGE, YOUNGER = "âge inconnu", "moins de 60"
GONE = "ont quitté le parc depuis"


@dataclass(frozen=True)
class Rate:
    """How many were asked and answered under one label; `hidden` when too few to be shown."""

    label: str
    asked: int
    answered: int
    hidden: bool = False

    @property
    def silent(self) -> int:
        """How many did not answer."""
        return self.asked - self.answered

    @property
    def percent(self) -> int | None:
        """Answers per hundred asked, rounded; None when nobody was asked."""
        return round(100 * self.answered / self.asked) if self.asked else None


@dataclass(frozen=True)
class Rates:
    """Response rates of a campaign."""

    total: Rate
    by_territory: list[Rate]
    by_age: list[Rate]


def visible_campaigns(user: User) -> QuerySet[Campaign]:
    """Campaigns of the user's territories; all of them for who sees only figures or everything."""
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return Campaign.objects.all()
    return Campaign.objects.filter(territories__in=list(territories_of(user))).distinct()


def visible_printings(user: User, campaign: Campaign) -> QuerySet[Printing]:
    """Printed files hold addresses: an administrator opens them, and their author for as long as
    the territory is theirs."""
    printings = Printing.objects.filter(campaign=campaign).select_related("territory")
    if user.role == Role.ADMINISTRATOR:
        return printings
    there = Q(territory=None) | Q(territory__in=territories_of(user))
    return printings.filter(there, created_by=user)


def _invitations(user: User, campaigns: Iterable[Campaign]) -> QuerySet[Invitation]:
    """Invitations that count in this user's figures: one per person and campaign."""
    again = Invitation.objects.filter(
        campaign=OuterRef("campaign"), senior=OuterRef("senior__merged_into")
    )
    invitations = Invitation.objects.filter(
        Q(senior__merged_into=None) | ~Exists(again), campaign__in=campaigns
    )
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return invitations
    territories = list(territories_of(user))
    return invitations.filter(senior__dwelling__residence__territory__in=territories)


def _answered() -> Q:
    """Whether the person of an invitation answered its campaign, on this record or another."""
    responses = Response.objects.filter(campaign=OuterRef("campaign"))
    # As a list: joined, every response of the campaign would be read for each invitation.
    absorbed = Senior.objects.filter(merged_into=OuterRef(OuterRef("senior")))
    return (
        Exists(responses.filter(senior=OuterRef("senior")))
        | Exists(responses.filter(senior__in=absorbed))
        | Exists(responses.filter(senior=OuterRef("senior__merged_into")))
    )


def campaign_totals(user: User, campaigns: Iterable[Campaign]) -> dict[int, Rate]:
    """{campaign id: rate} as this user may see them: an evaluator never sees a small group."""
    campaigns = list(campaigns)
    rows = (
        _invitations(user, campaigns)
        .values("campaign")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=_answered()))
        .values_list("campaign", "asked", "answered")
    )
    found = {pk: Rate("", asked, answered) for pk, asked, answered in rows}
    if user.role == Role.EVALUATOR:
        found = {
            pk: Rate("", 0, 0, hidden=True) if _is_small(rate, settings.SMALL_CELL) else rate
            for pk, rate in found.items()
        }
    return {campaign.pk: found.get(campaign.pk, Rate("", 0, 0)) for campaign in campaigns}


def campaign_rates(user: User, campaign: Campaign) -> Rates:
    """Rates by territory and by age on the opening day, in one query."""
    cells = (
        _invitations(user, [campaign])
        .annotate(band=_band(campaign.opened_on))
        .values("senior__dwelling__residence__territory__name", "band")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=_answered()))
        .values_list("senior__dwelling__residence__territory__name", "band", "asked", "answered")
    )
    territories: dict[str, Rate] = {}
    ages = {band: Rate(band, 0, 0) for band in BANDS}
    total = Rate("Total", 0, 0)
    for territory, band, asked, answered in cells:
        name = territory or GONE
        territories[name] = _add(territories.get(name, Rate(name, 0, 0)), asked, answered)
        ages[band] = _add(ages.get(band, Rate(band, 0, 0)), asked, answered)
        total = _add(total, asked, answered)
    by_name = sorted(territories.values(), key=lambda rate: (rate.label == GONE, rate.label))
    return Rates(total, by_name, list(ages.values()))


def _add(rate: Rate, asked: int, answered: int) -> Rate:
    return Rate(rate.label, rate.asked + asked, rate.answered + answered)


def _band(on: date) -> Case:
    """The age band of an invitation's senior on that day."""
    steps = [(90, "90+"), (80, "80–89"), (70, "70–79"), (60, "60–69")]
    whens = [When(_reached(on, age), then=Value(label)) for age, label in steps]
    unknown = When(senior__born_on=None, senior__birth_year=None, then=Value(UNKNOWN_AGE))
    return Case(unknown, *whens, default=Value(YOUNGER))


def _reached(on: date, age: int) -> Q:
    """Born early enough to have that age on that day; by the year when the day is unknown."""
    born_by = years_before(on, age)
    return Q(senior__born_on__lte=born_by) | Q(
        senior__born_on=None, senior__birth_year__lte=born_by.year
    )


def hide_small(rates: list[Rate], least: int) -> list[Rate]:
    """The same rates, those that would single people out hidden.

    A rate is small when fewer than `least` people were asked, answered or did not; zero is not a
    group. The sum of what is hidden can be computed back from the total: the smallest others
    are hidden too until that sum is large enough and leaves each of them unknown.
    """
    hidden = [rate for rate in rates if _is_small(rate, least)]
    rest = sorted((rate for rate in rates if rate not in hidden and rate.asked), key=_size)
    while hidden and rest and not _is_blurred(hidden, rest[0], least):
        hidden.append(rest.pop(0))
    labels = {rate.label for rate in hidden}
    return [Rate(rate.label, 0, 0, hidden=True) if rate.label in labels else rate for rate in rates]


def _is_blurred(hidden: list[Rate], smallest_shown: Rate, least: int) -> bool:
    """Whether the sum of the hidden rates says nothing of a few, nor of one of them."""
    together = _sum(hidden)
    if len(hidden) == 1 or _is_small(together, least):
        return False
    # One hidden for its answers alone may be of any size: then nothing bounds the others.
    if any(rate.asked >= least and _is_small(rate, least) for rate in hidden):
        return True
    return blurs(together.asked, len(hidden), smallest_shown.asked, least)


def _size(rate: Rate) -> int:
    return rate.asked


def _sum(rates: list[Rate]) -> Rate:
    return Rate("", sum(rate.asked for rate in rates), sum(rate.answered for rate in rates))


def _is_small(rate: Rate, least: int) -> bool:
    """Whether one of the three groups holds somebody, but too few."""
    return any(0 < count < least for count in (rate.asked, rate.answered, rate.silent))


def shown(rates: Rates, user: User) -> Rates:
    """The rates as this user may read them: an evaluator never sees a small group."""
    if user.role != Role.EVALUATOR:
        return rates
    least = settings.SMALL_CELL
    if _is_small(rates.total, least):
        return Rates(Rate(rates.total.label, 0, 0, hidden=True), [], [])
    return Rates(
        rates.total, hide_small(rates.by_territory, least), hide_small(rates.by_age, least)
    )


def silent_seniors(user: User, campaign: Campaign) -> QuerySet[Senior]:
    """Those asked who did not answer, still housed, in the user's territories; oldest first."""
    asked = people_of(Invitation.objects.filter(campaign=campaign))
    answered = people_of(Response.objects.filter(campaign=campaign))
    return (
        visible_seniors(user)
        .filter(pk__in=asked, dwelling__isnull=False)
        .exclude(pk__in=answered)
        .select_related("dwelling__residence__territory")
        .order_by("born_on", "search_name", "pk")
    )
