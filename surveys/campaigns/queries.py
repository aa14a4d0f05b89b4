"""Readings of a campaign: who sees it, how many answered, who is silent."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value, When

from seniors.access import territories_of, visible_seniors
from seniors.enums import Role
from seniors.models import Observation, Residence, Senior, Territory, User
from seniors.person import people_of, records_of
from seniors.run_figures import blurs
from seniors.shares import percents
from surveys.campaigns import counting
from surveys.days import years_before
from surveys.models import Campaign, Invitation, Printing, Response, Tally

# By age band as kept on an invitation, in the order of the page.
AGE_LABELS = {
    60: "60 à 69 ans",
    70: "70 à 79 ans",
    80: "80 à 89 ans",
    90: "90 ans et plus",
    0: "moins de 60 ans",
    None: "âge inconnu",
}
# Years after the last day: who did not answer is forgotten, the counts stay.
FORGOTTEN_AFTER = 1
NOWHERE = "logement inconnu"


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

    @property
    def interval(self) -> tuple[int, int] | None:
        """The 95 % interval of the percentage; None when nobody was asked."""
        return percents(self.answered, self.asked)


@dataclass(frozen=True)
class Rates:
    """Response rates of a campaign; those `by_channel` are all out of the total asked."""

    total: Rate
    by_territory: list[Rate]
    by_age: list[Rate]
    by_channel: list[Rate] = field(default_factory=list)


def visible_campaigns(user: User) -> QuerySet[Campaign]:
    """Campaigns of the user's territories; all of them for who sees only figures or everything."""
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return Campaign.objects.all()
    return Campaign.objects.filter(territories__in=list(territories_of(user))).distinct()


def visible_printings(user: User, campaign: Campaign) -> QuerySet[Printing]:
    """Those that an administrator asked for or their author, for as long as the territory is
    theirs; `is_closed` when the file, which holds addresses, is not theirs to open any more."""
    printings = Printing.objects.filter(campaign=campaign).select_related("territory")
    if user.role == Role.ADMINISTRATOR:
        return printings.annotate(is_closed=Value(False))
    there = Q(territory=None) | Q(territory__in=territories_of(user))
    copies = Printing.people.through.objects.filter(printing=OuterRef(OuterRef("pk")))
    theirs = Invitation.objects.filter(pk__in=copies.values("invitation"))
    closed = Exists(living_elsewhere(user, theirs))
    return printings.filter(there, created_by=user).annotate(is_closed=closed)


def living_elsewhere(user: User, invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Of these, those of people who today live outside of the user's territories: what was drawn
    of them while they were the user's is to be opened no more."""
    if user.role == Role.ADMINISTRATOR:
        return invitations.none()
    home = "dwelling__residence__territory"
    merged = When(senior__merged_into__isnull=False, then=F(f"senior__merged_into__{home}"))
    today = invitations.annotate(today=Case(merged, default=F(f"senior__{home}")))
    return today.filter(today__isnull=False).exclude(today__in=territories_of(user).values("pk"))


def count_asked(
    user: User, campaigns: Iterable[Campaign], *fields: str, territory: Territory | None = None
) -> Counter:
    """{(campaign id, fields of `counting.FIELDS`): people asked} in this user's territories, or in
    one of them.

    A person counts once a campaign, however many records she has. She counts where she lived when
    she was asked. In two queries; `territory` may be one of the fields.
    """
    own = own_territories(user)
    if territory is not None:
        own = [territory.pk] if own is None or territory.pk in own else []
    by = next(by for by, parts in counting.FIELDS.items() if {*fields} <= {"territory", *parts})
    tallies = Tally.objects.filter(campaign__in=list(campaigns), by=by)
    if own is not None:
        tallies = tallies.filter(territory__in=own)
    rows = tallies.order_by().values_list("campaign", *fields).annotate(n=Sum("people"))
    return +Counter({tuple(key): count for *key, count in rows})


def own_territories(user: User) -> list[int] | None:
    """The territories whose figures this user reads; None for all of them."""
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return None
    return list(territories_of(user).values_list("pk", flat=True))


def campaign_totals(user: User, campaigns: Iterable[Campaign]) -> dict[int, Rate]:
    """{campaign id: rate} as staff see them now; evaluators read `frozen.totals`."""
    campaigns = list(campaigns)
    found = {campaign.pk: Rate("", 0, 0) for campaign in campaigns}
    for (pk, answered_by), count in count_asked(user, campaigns, "answered_by").items():
        found[pk] = _add(found[pk], count, answered_by)
    return found


def campaign_rates(user: User, campaign: Campaign) -> Rates:
    """Rates by territory, by age on the opening day and by channel, counted in one pass."""
    names = dict(Territory.objects.values_list("pk", "name"))
    territories: dict[str, Rate] = {}
    ages = {band: Rate(label, 0, 0) for band, label in AGE_LABELS.items() if band in counting.BANDS}
    channels: Counter[str] = Counter()
    total = Rate("Total", 0, 0)
    cells = count_asked(user, [campaign], "territory", "age_band", "answered_by")
    for (_, territory, band, answered_by), count in cells.items():
        name = names.get(territory, NOWHERE)
        territories[name] = _add(territories.get(name, Rate(name, 0, 0)), count, answered_by)
        ages[band] = _add(ages.get(band, Rate(AGE_LABELS[band], 0, 0)), count, answered_by)
        channels[answered_by] += count
        total = _add(total, count, answered_by)
    return Rates(
        total,
        sorted(territories.values(), key=lambda rate: (rate.label == NOWHERE, rate.label)),
        [ages[band] for band in AGE_LABELS if band in ages],
        [Rate(channel.label, total.asked, channels[channel.value]) for channel in Response.Channel],
    )


def readable_territories(user: User, campaign: Campaign) -> list[Territory]:
    """The territories of a campaign whose figures this user reads."""
    own = own_territories(user)
    found = campaign.territories.all() if own is None else campaign.territories.filter(pk__in=own)
    return list(found)


def residence_rates(user: User, campaign: Campaign, territory: Territory) -> list[Rate]:
    """Rates of the residences of one of the user's territories, by name. Never for an evaluator."""
    cells = count_asked(user, [campaign], "residence", "answered_by", territory=territory)
    rates: dict[int | None, Rate] = {}
    for (_, residence, answered_by), count in cells.items():
        rates[residence] = _add(rates.get(residence, Rate("", 0, 0)), count, answered_by)
    names = Residence.objects.filter(pk__in=[pk for pk in rates if pk]).order_by("name", "pk")
    return [replace(rates[pk], label=name) for pk, name in names.values_list("pk", "name")]


def _add(rate: Rate, count: int, answered_by: str) -> Rate:
    """With so many more asked, who answered in that way or did not."""
    answered = rate.answered + (count if answered_by else 0)
    return Rate(rate.label, rate.asked + count, answered)


def hide_small(rates: list[Rate], least: int) -> list[Rate]:
    """The same rates, those that would single people out hidden.

    A rate is small when fewer than `least` people were asked, answered or did not; zero is not a
    group. The sum of what is hidden can be computed back from the total: the smallest others
    are hidden too until that sum is large enough and leaves each of them unknown.
    """
    hidden = [rate for rate in rates if is_small(rate, least)]
    rest = sorted((rate for rate in rates if rate not in hidden and rate.asked), key=_size)
    while hidden and rest and not _is_blurred(hidden, rest[0], least):
        hidden.append(rest.pop(0))
    labels = {rate.label for rate in hidden}
    return [Rate(rate.label, 0, 0, hidden=True) if rate.label in labels else rate for rate in rates]


def _is_blurred(hidden: list[Rate], smallest_shown: Rate, least: int) -> bool:
    """Whether the sum of the hidden rates says nothing of a few, nor of one of them."""
    together = _sum(hidden)
    if len(hidden) == 1 or is_small(together, least):
        return False
    # One hidden for its answers alone may be of any size: then nothing bounds the others.
    if any(rate.asked >= least and is_small(rate, least) for rate in hidden):
        return True
    return blurs(together.asked, len(hidden), smallest_shown.asked, least)


def _size(rate: Rate) -> int:
    return rate.asked


def _sum(rates: list[Rate]) -> Rate:
    return Rate("", sum(rate.asked for rate in rates), sum(rate.answered for rate in rates))


def is_small(rate: Rate, least: int) -> bool:
    """Whether one of the three groups holds somebody, but too few."""
    return any(0 < count < least for count in (rate.asked, rate.answered, rate.silent))


def shown(rates: Rates, user: User) -> Rates:
    """The rates as this user may read them: an evaluator never sees a small group. Two readings
    would tell of who came between them: `frozen` takes them once."""
    if user.role != Role.EVALUATOR:
        return rates
    least = settings.SMALL_CELL
    if is_small(rates.total, least):
        return Rates(Rate(rates.total.label, 0, 0, hidden=True), [], [])
    return Rates(
        rates.total,
        hide_small(rates.by_territory, least),
        hide_small(rates.by_age, least),
        _hide_small_channels(rates.by_channel, least),
    )


def _hide_small_channels(rates: list[Rate], least: int) -> list[Rate]:
    """The same rule for parts of one total: how many answered in each way add up to it."""
    parts = hide_small([Rate(rate.label, rate.answered, rate.answered) for rate in rates], least)
    return [
        replace(rate, asked=0, answered=0, hidden=True) if part.hidden else rate
        for rate, part in zip(rates, parts, strict=True)
    ]


def is_forgotten(campaign: Campaign, today: date) -> bool:
    """Whether those who did not answer are known no more: their term is over."""
    return campaign.closes_on <= years_before(today, FORGOTTEN_AFTER)


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


def last_news(people: Collection[Senior]) -> dict[int, date | None]:
    """{person: the last day she gave news} of some of them, as the score reads it: a contact known
    to the landlord, or whatever was learned of her, on any of her records."""
    records = records_of([one.pk for one in people])
    found = {one.pk: one.last_contact_on for one in people}
    told = Observation.objects.filter(senior__in=list(records)).order_by()
    for record, day in told.values_list("senior").annotate(Max("observed_on")):
        person = records[record]
        found[person] = max(found[person] or day, day)
    return found
