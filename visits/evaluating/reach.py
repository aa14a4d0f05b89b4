"""Whom a measure reached: counts with their denominators, delays, costs. One definition a figure.

A step counts people, not actions. `hidden` figures are those an evaluator may not read: fewer than
the threshold, or so few missing from the step before that they could be told apart.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone

from seniors.models import Senior
from seniors.person import PERSON, people_of
from seniors.shares import percents
from surveys.days import years_before
from visits.acting.steps import WITH_SOMEONE
from visits.enums import Satisfaction, State
from visits.models import Action, ActionStep, Invoice, Measure, MeasureSite

SAID_YES = (State.ACCEPTED, *WITH_SOMEONE, State.DONE, State.CONFIRMED)
FINISHED = (State.DONE, State.CONFIRMED)


@dataclass(frozen=True)
class Count:
    """People at one step, out of those of the step that it is compared with."""

    code: str
    label: str
    people: int
    out_of: int
    hidden: bool = False

    @property
    def percent(self) -> int | None:
        """Rounded; None out of nobody."""
        return round(100 * self.people / self.out_of) if self.out_of else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """95 % interval of the percentage, by Wilson's score (1927); None out of nobody."""
        return percents(self.people, self.out_of)


@dataclass(frozen=True)
class Reach:
    """The figures of a measure; None where nothing is known, or may be said."""

    counts: tuple[Count, ...]
    lost: int | None
    median_days: int | None
    invoiced: Decimal | None
    people_invoiced: int | None

    @property
    def cost_each(self) -> Decimal | None:
        """Euros, VAT in and subsidies out, for each person with an invoice."""
        if not self.invoiced or not self.people_invoiced:
            return None
        return (self.invoiced / self.people_invoiced).quantize(Decimal("0.01"))


def reach_of(measure: Measure, sites: Iterable[MeasureSite]) -> Reach:
    """What was done in these places since it began there."""
    sites = list(sites)
    actions = actions_of(measure, sites)
    rows = list(actions.values_list(PERSON, "state", "senior__dwelling"))
    asked, satisfied = _satisfied(actions)
    people = {step: {person for person, state, _ in rows if state in states}
              for step, states in _STATES.items()}  # fmt: skip
    reached = {person for person, _, _ in rows}
    there = _eligible(measure, sites)
    # Those it reached who have left since were concerned too: no share goes over 100 %.
    eligible = there.count() + len(reached) - there.filter(pk__in=people_of(actions)).count()
    counts = (
        Count("eligible", "Personnes concernées", eligible, eligible),
        Count("reached", "À qui on l’a proposé", len(reached), eligible),
        Count("accepted", "Ont accepté", len(people["accepted"]), len(reached)),
        Count("done", "Action faite", len(people["done"]), len(people["accepted"])),
        Count("confirmed", "Confirmée par la personne", len(people["confirmed"]),
              len(people["done"])),
        Count("asked", "Ont dit ce qu’elles en pensent", asked, len(people["confirmed"])),
        Count("satisfied", "En sont satisfaites, ou plutôt", satisfied, asked),
    )  # fmt: skip
    invoiced, payers = _invoiced(actions)
    return Reach(
        counts=counts,
        lost=len({person for person, _, home in rows if home is None}),
        median_days=_median_days(actions.filter(state__in=FINISHED)),
        invoiced=invoiced,
        people_invoiced=payers,
    )


_STATES = {"accepted": SAID_YES, "done": FINISHED, "confirmed": (State.CONFIRMED,)}


def _satisfied(actions: QuerySet[Action]) -> tuple[int, int]:
    """How many said whether they are satisfied, and are. Of several actions, the least counts."""
    told = actions.filter(state=State.CONFIRMED).exclude(satisfied="")
    unhappy: dict[int, bool] = {}
    for person, said in told.values_list(PERSON, "satisfied"):
        unhappy[person] = unhappy.get(person, False) or said == Satisfaction.NO
    return len(unhappy), len(unhappy) - sum(unhappy.values())


def shown_to_evaluator(reach: Reach, least: int) -> Reach:
    """The same, without what would single people out."""
    shown, above = [], None
    for count in reach.counts:
        few = 0 < count.people < least
        few = few or (above is not None and 0 < above - count.people < least)
        few = few or (above is None and shown != [])
        shown.append(replace(count, people=0, out_of=0, hidden=True) if few else count)
        above = None if few else count.people
    known = {one.code: one.people for one in reach.counts}
    paid, lost = reach.people_invoiced or 0, reach.lost or 0
    # Neither a few people, nor a few of whom the contrary could be told.
    tells_paid = paid >= least and not 0 < abs(known["done"] - paid) < least
    tells_lost = not 0 < lost < least and not 0 < known["reached"] - lost < least
    return Reach(
        counts=tuple(shown),
        lost=reach.lost if tells_lost else None,
        median_days=reach.median_days if known["done"] >= least else None,
        invoiced=reach.invoiced if tells_paid else None,
        people_invoiced=paid if tells_paid else None,
    )


def told_apart(before: Reach, after: Reach, least: int) -> bool:
    """Whether both figures, one after the other, tell of fewer than `least` people: some count
    moved by a few, or came out of hiding too soon after."""
    pairs = [
        (None if old.hidden else old.people, None if new.hidden else new.people)
        for old, new in zip(before.counts, after.counts, strict=True)
    ]
    pairs += [(before.lost, after.lost), (before.people_invoiced, after.people_invoiced)]
    if before.people_invoiced == after.people_invoiced and before.invoiced != after.invoiced:
        return True
    return any(_moved_by_few(old, new, least) for old, new in pairs)


def _moved_by_few(old: int | None, new: int | None, least: int) -> bool:
    if old is None and new is None:
        return False
    if old is None or new is None:
        return max(old or 0, new or 0) < 2 * least
    return 0 < abs(new - old) < least


def _places(sites: Iterable[MeasureSite], path: str) -> Q:
    """Rows whose residence, found by following `path`, is in one of these places."""
    sites = list(sites)
    territories = {site.territory_id for site in sites if site.territory_id}
    residences = {site.residence_id for site in sites if site.residence_id}
    return Q(**{f"{path}__territory__in": territories}) | Q(**{f"{path}__in": residences})


def _eligible(measure: Measure, sites: Iterable[MeasureSite]) -> QuerySet[Senior]:
    """Who lives there and is old enough today."""
    born_by = years_before(timezone.localdate(), measure.min_age)
    old_enough = Q(born_on__lte=born_by) | Q(born_on=None, birth_year__lte=born_by.year)
    return Senior.objects.housed().filter(_places(sites, "dwelling__residence"), old_enough)


def actions_of(measure: Measure, sites: Iterable[MeasureSite]) -> QuerySet[Action]:
    """Those that belong to it, decided there from its first day there to its last."""
    where, waves = Q(pk__in=[]), defaultdict(list)
    for site in sites:
        waves[site.starts_on].append(site)
    for day, some in waves.items():
        where |= _places(some, "dwelling__residence") & Q(created_at__date__gte=day)
    actions = Action.objects.filter(where, kind__in=measure.kinds.all())
    if measure.ends_on:
        actions = actions.filter(created_at__date__lte=measure.ends_on)
    return actions.order_by()


def _median_days(actions: QuerySet[Action]) -> int | None:
    """Days from the decision to the end of the works or the activity's first time."""
    steps = ActionStep.objects.standing().filter(action__in=actions).order_by().values("action")
    spans = steps.annotate(
        first=Min("on"), done=Min("on", filter=Q(to_state=State.DONE))
    ).values_list("first", "done")
    days = [(done - first).days for first, done in spans if done]
    return round(median(days)) if days else None


def _invoiced(actions: QuerySet[Action]) -> tuple[Decimal, int]:
    """Euros spent on these actions, subsidies out, and for how many people."""
    rows = (
        Invoice.objects.filter(works__action__in=actions)
        .values("works__action__senior")
        .annotate(gross=Sum("gross"), subsidy=Sum("subsidy"))
        .values_list("gross", "subsidy")
    )
    return sum((gross - subsidy for gross, subsidy in rows), Decimal(0)), len(rows)
