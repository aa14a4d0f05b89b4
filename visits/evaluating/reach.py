"""Whom a measure reached: counts with their denominators, delays, costs. One definition a figure.

A step counts people, not actions. `hidden` figures are those an evaluator may not read: fewer than
the threshold, or so few missing from the step before that they could be told apart. The others she
reads to the nearest ten, shares being those of what is shown: taken from a table of an export, or
from a measure with one residence less, they give the count of no small group.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count as Counted
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from seniors.french import counted, euros, plural
from seniors.person import PERSON, among, people_of
from seniors.readings import moved_by_few
from seniors.shares import percents
from visits.acting.delay import DECIDED_ON, ENDED, Spread, spread_of
from visits.acting.steps import WITH_SOMEONE
from visits.enums import Satisfaction, State
from visits.evaluating.means import Mean, mean_of
from visits.evaluating.target import (
    IN,
    UNSURE,
    Target,
    homes_in,
    missing_words,
    target_words,
)
from visits.models import Action, Invoice, Measure, MeasureSite

HIDDEN = "trop peu de personnes pour être dit"
ROUNDED = 10  # what an evaluator reads is a multiple of it
SAID_YES = (State.ACCEPTED, *WITH_SOMEONE, *ENDED)


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
    """The figures of a measure; None where nothing is known, or may be said.

    delay: of its actions (`acting.delay`). invoiced: euros, VAT in and subsidies out, and cost:
    the same for each person with an invoice. target, missing: words of the target that these
    figures are of (`target`), and of what may be unknown of those `unjudged`. outside: people to
    whom one of its actions was proposed and who are not in its target: in no other figure.
    is_rounded: as an evaluator reads it.
    """

    counts: tuple[Count, ...]
    lost: int | None
    delay: Spread | None
    invoiced: Decimal | None
    cost: Mean | None
    target: str = ""
    missing: str = ""
    unjudged: int | None = 0
    outside: int | None = 0
    is_rounded: bool = False

    @property
    def cost_each(self) -> Decimal | None:
        """The mean cost, to the cent."""
        return None if self.cost is None else _cents(self.cost.value)

    @property
    def unjudged_words(self) -> str:
        """« 12 personnes : il manque l’âge ou le GIR déclaré »."""
        lacks = f"\u00a0: il manque {self.missing}" if self.unjudged else ""
        return f"{_people(self.unjudged)}{lacks}"

    @property
    def outside_words(self) -> str:
        """« 3 personnes »."""
        return _people(self.outside)

    @property
    def lost_words(self) -> str:
        """« 3 personnes »."""
        return _people(self.lost)

    @property
    def delay_words(self) -> str:
        """« 30 jours, médiane de 12 actions ; intervalle à 95 % : de 20 à 45 jours ; neuf sur dix
        en 58 jours au plus »."""
        delay = self.delay
        if delay is None or delay.median is None:
            return "rien de terminé, ou trop peu"
        days = f"{delay.median:.1f}".removesuffix(".0").replace(".", ",")
        many = f"{delay.count} {plural(delay.count, 'action', 'actions')}"
        said = f"{days} {plural(delay.median, 'jour', 'jours')}, médiane de {many}"
        if delay.low is None or delay.high is None:
            said += "\u00a0; trop peu pour un intervalle"
        else:
            unit = plural(delay.high, "jour", "jours")
            said += f"\u00a0; intervalle à 95\u00a0%\u00a0: de {delay.low} à {delay.high} {unit}"
        if delay.ninetieth is None:
            return said
        return f"{said}\u00a0; neuf sur dix en {delay.ninetieth} jours au plus"

    @property
    def cost_words(self) -> str:
        """« 210,00 € TTC en moyenne, subventions déduites, pour 12 personnes ; intervalle à 95 % :
        de 180,00 à 240,00 € »."""
        cost, each = self.cost, self.cost_each
        if cost is None:
            return "aucune facture, ou trop peu"
        people = f"{cost.count} {plural(cost.count, 'personne', 'personnes')}"
        said = f"{euros(each)} TTC en moyenne, subventions déduites, pour {people}"
        if cost.low is None or cost.high is None or cost.low == cost.high:
            return said
        ends = f"de {euros(_cents(cost.low))} à {euros(_cents(cost.high))}"
        if cost.is_range:
            return f"{said}\u00a0; {ends} selon la personne"
        return f"{said}\u00a0; intervalle à 95\u00a0%\u00a0: {ends}"


def _people(count: int | None) -> str:
    return HIDDEN if count is None else counted(count, "personne")


def _cents(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def reach_of(measure: Measure, sites: Iterable[MeasureSite]) -> Reach:
    """What was done in these places since it began there, for those of its target."""
    sites = list(sites)
    everyone = actions_of(measure, sites)
    target = Target(measure, sites, everyone)
    actions, outside = _of_target(everyone, target)
    rows = list(actions.values_list(PERSON, "state", *_HOME))
    asked, satisfied = _satisfied(actions)
    people = {step: {person for person, state, *_ in rows if state in states}
              for step, states in _STATES.items()}  # fmt: skip
    reached = {person for person, *_ in rows}
    gone = {person for person, _, *home in rows if _has_left(*home)}
    standing = _standings(target, actions)
    # Those it reached who have left since were concerned too: no share goes over 100 %.
    eligible = standing[IN, False] + len(reached)
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
    costs = _costs(actions)
    return Reach(
        counts=counts,
        lost=len(gone),
        delay=spread_of(actions),
        invoiced=sum(costs, Decimal(0)),
        cost=mean_of([float(one) for one in costs]),
        target=target_words(measure),
        missing=missing_words(measure),
        unjudged=standing[UNSURE, False],
        outside=outside,
    )


def _of_target(actions: QuerySet[Action], target: Target) -> tuple[QuerySet[Action], int]:
    """The actions of people of the target, and how many people had none of these."""
    if not (wrong := target.outside()):
        return actions, 0
    whose = dict(actions.values_list("pk", PERSON))
    kept = whose.keys() - wrong
    outside = len(set(whose.values()) - {whose[one] for one in kept})
    return Action.objects.filter(pk__in=among(list(kept))).order_by(), outside


def _standings(target: Target, actions: QuerySet[Action]) -> Counter:
    """{(standing, whether one of these actions is hers): people who live there}."""
    told = target.judged().annotate(hers=Q(pk__in=people_of(actions)))
    rows = told.order_by().values_list("standing", "hers").annotate(n=Counted("pk"))
    return Counter({(standing, bool(hers)): n for standing, hers, n in rows})


# The record kept of her, if there is another; its dwelling; that of the record of the action.
_HOME = ("senior__merged_into", "senior__merged_into__dwelling", "senior__dwelling")


def _has_left(kept: int | None, home_kept: int | None, home: int | None) -> bool:
    return (home if kept is None else home_kept) is None


_STATES = {"accepted": SAID_YES, "done": ENDED, "confirmed": (State.CONFIRMED,)}


def _satisfied(actions: QuerySet[Action]) -> tuple[int, int]:
    """How many said whether they are satisfied, and are. Of several actions, the least counts."""
    told = actions.filter(state=State.CONFIRMED).exclude(satisfied="")
    unhappy: dict[int, bool] = {}
    for person, said in told.values_list(PERSON, "satisfied"):
        unhappy[person] = unhappy.get(person, False) or said == Satisfaction.NO
    return len(unhappy), len(unhappy) - sum(unhappy.values())


def shown_to_evaluator(reach: Reach, least: int) -> Reach:
    """The same, without what would single people out, and rounded."""
    shown, above = [], None
    for count in reach.counts:
        few = 0 < count.people < least
        few = few or (above is not None and 0 < above - count.people < least)
        few = few or (above is None and shown != [])
        shown.append(replace(count, people=0, out_of=0, hidden=True) if few else _rounded(count))
        above = None if few else count.people
    known = {one.code: one.people for one in reach.counts}
    paid, lost = reach.cost.count if reach.cost else 0, reach.lost or 0
    timed = reach.delay.count if reach.delay else 0
    unjudged, outside = (_many_told(one, least) for one in (reach.unjudged, reach.outside))
    # Neither a few people, nor a few of whom the contrary could be told.
    tells_paid = paid >= least and not 0 < abs(known["done"] - paid) < least
    tells_lost = not 0 < lost < least and not 0 < known["reached"] - lost < least
    return Reach(
        counts=tuple(shown),
        lost=_tens(lost) if reach.lost is not None and tells_lost else None,
        delay=_delay_told(reach.delay) if min(known["done"], timed) >= least else None,
        invoiced=None,  # that of two measures tells what was paid where only one is
        cost=_cost_told(reach.cost) if tells_paid else None,
        target=reach.target,
        missing=reach.missing,
        unjudged=unjudged,
        outside=outside,
        is_rounded=True,
    )


def _many_told(count: int | None, least: int) -> int | None:
    """To the nearest ten; None of a few."""
    return None if count is None or 0 < count < least else _tens(count)


def _tens(count: int) -> int:
    """To the nearest ten."""
    return (count + ROUNDED // 2) // ROUNDED * ROUNDED


def _rounded(count: Count) -> Count:
    return replace(count, people=_tens(count.people), out_of=_tens(count.out_of))


def _cost_told(cost: Mean | None) -> Mean | None:
    """Of about as many; the least and the most of a few costs are each of one person."""
    if cost and cost.is_range:
        cost = replace(cost, low=None, high=None)
    return replace(cost, count=_tens(cost.count)) if cost else None


def _delay_told(delay: Spread | None) -> Spread | None:
    """Of about as many; under `FEW`, an interval goes from the least delay to the most."""
    if delay and delay.is_small:
        delay = replace(delay, low=None, high=None)
    return replace(delay, count=_tens(delay.count)) if delay else None


def told_apart(before: Reach, after: Reach, least: int) -> bool:
    """Whether both figures, one after the other, tell of fewer than `least` people: some count
    moved by a few, or came out of hiding too soon after. Rounded, two counts may be `ROUNDED` - 1
    nearer to each other than they look."""
    least += ROUNDED - 1
    pairs = [
        (None if old.hidden else old.people, None if new.hidden else new.people)
        for old, new in zip(before.counts, after.counts, strict=True)
    ]
    pairs += [(before.lost, after.lost), (_many(before.delay), _many(after.delay))]
    pairs += [(before.unjudged, after.unjudged), (before.outside, after.outside)]
    pairs += [(_many(before.cost), _many(after.cost))]
    for old, new in ((before.delay, after.delay), (before.cost, after.cost)):
        if _many(old) == _many(new) and old != new:  # of as many, one has changed
            return True
    return any(moved_by_few(old, new, least) for old, new in pairs)


def _many(told: Spread | Mean | None) -> int | None:
    return None if told is None else told.count


def actions_of(
    measure: Measure, sites: Iterable[MeasureSite], *, before: date | None = None
) -> QuerySet[Action]:
    """Those that belong to it, decided there from its first day there to its last; with `before`,
    decided before that day."""
    where, waves = Q(pk__in=[]), defaultdict(list)
    for site in sites:
        waves[site.starts_on].append(site)
    for day, some in waves.items():
        where |= homes_in(some, "dwelling__residence") & Q(decided__gte=day)
    own = Action.objects.filter(kind__in=measure.kinds.all()).order_by()
    decided = own.values("pk").annotate(decided=DECIDED_ON).filter(where)
    if measure.ends_on:
        decided = decided.filter(decided__lte=measure.ends_on)
    if before:
        decided = decided.filter(decided__lt=before)
    # Apart, so that what is counted of these actions is not multiplied by their steps.
    return Action.objects.filter(pk__in=decided.values("pk")).order_by()


def _costs(actions: QuerySet[Action]) -> list[Decimal]:
    """Euros spent on these actions, VAT in and subsidies out, of each person with an invoice."""
    whose = Coalesce("works__action__senior__merged_into", "works__action__senior")
    rows = Invoice.objects.filter(works__action__in=actions).order_by().values(whose=whose)
    return list(rows.annotate(cost=Sum(F("gross") - F("subsidy"))).values_list("cost", flat=True))
