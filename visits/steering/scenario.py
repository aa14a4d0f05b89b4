"""What a budget would do of the backlog: which works are launched first, who waits longer. Pure.

The same requests, day and means always give the same answer; nothing is drawn. What is launched
never costs more than the budget, nor is in more dwellings in a month than the capacity.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

# Told on the page as it is applied by `_rank`.
RULE = (
    "Un besoin signalé comme urgent passe d’abord.",
    "Puis la demande la plus ancienne, en mois entiers depuis que le besoin est repéré.",
    "À mois égal, le niveau le plus élevé de l’ordre de visite\u00a0; qui n’en a pas vient après.",
    "À niveau égal, la personne la plus âgée\u00a0; un âge inconnu, après.",
    "Sinon, la demande la plus ancienne au jour près, puis dans l’ordre où elle a été écrite.",
    "Les travaux d’un même logement partent le même mois et n’y prennent qu’une place.",
    "Des travaux trop chers pour ce qui reste du budget attendent, et les suivants sont regardés.",
)


@dataclass(frozen=True)
class Request:
    """Works agreed to, that nobody was asked to do yet.

    cost: euros HT, above zero: what has no price, or zero, is no request (ValueError). home: the
    dwelling, None unknown, which then counts as one of its own. vat: in %. delay: usual days from
    the launch to the end. band: 0 for those seen first, None unranked.
    """

    pk: int
    label: str
    place: str
    since: date
    cost: Decimal
    urgent: bool = False
    band: int | None = None
    age: int | None = None
    home: int | None = None
    vat: Decimal = Decimal(0)
    delay: int = 0

    def __post_init__(self) -> None:
        if self.cost <= 0:
            raise ValueError("works without a price cannot be budgeted")

    @property
    def gross(self) -> Decimal:
        """Euros TTC."""
        return (self.cost * (1 + self.vat / 100)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Means:
    """Euros HT for the whole period, dwellings in which works can be launched in a month, months
    from today."""

    budget: Decimal
    capacity: int
    months: int


@dataclass(frozen=True)
class Outcome:
    """What becomes of one request: the month of its launch (1 is this month), None if it waits."""

    request: Request
    month: int | None
    waits: int  # whole months, at its launch; who still waits, at the last month looked at

    @property
    def ends(self) -> int | None:
        """The month in which it would be over, by its usual delay; None if it waits."""
        return self.month and self.month + -(-12 * self.request.delay // 365)


@dataclass(frozen=True)
class Month:
    """One month of a plan: its number, dwellings (the capacity), works, euros HT and TTC."""

    number: int
    homes: int
    works: int
    cost: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Plan:
    """Every request with its outcome, in the order of the rule."""

    means: Means
    outcomes: list[Outcome]

    @property
    def launched(self) -> list[Outcome]:
        """Those launched, the first ones first."""
        return [one for one in self.outcomes if one.month]

    @property
    def waiting(self) -> list[Outcome]:
        """Those still waiting at the end."""
        return [one for one in self.outcomes if not one.month]

    @property
    def spent(self) -> Decimal:
        """Euros HT of what is launched."""
        return sum((one.request.cost for one in self.launched), Decimal(0))

    @property
    def spent_gross(self) -> Decimal:
        """The same, TTC."""
        return sum((one.request.gross for one in self.launched), Decimal(0))

    @property
    def left(self) -> Decimal:
        """Of the budget."""
        return self.means.budget - self.spent

    @property
    def homes(self) -> int:
        """Dwellings in which something is launched."""
        return len({_home(one.request) for one in self.launched})

    @property
    def by_month(self) -> list[Month]:
        """Each month of the period, those in which nothing is launched too."""
        months: dict[int, list[Request]] = {month: [] for month in range(1, self.means.months + 1)}
        for one in self.launched:
            months[one.month].append(one.request)
        return [
            Month(
                number=number,
                homes=len({_home(one) for one in begun}),
                works=len(begun),
                cost=sum((one.cost for one in begun), Decimal(0)),
                gross=sum((one.gross for one in begun), Decimal(0)),
            )
            for number, begun in months.items()
        ]


def plan(
    requests: Iterable[Request], means: Means, *, today: date, until: int | None = None
) -> Plan:
    """Launch what can be, in the order of the rule.

    Who is not launched waits until the end of the period, or of `until` months when another plan
    is looked at further than this one: waits are then comparable.
    """
    until = max(means.months, until or 0)
    left, outcomes = means.budget, []
    places: dict[object, int] = {}  # {dwelling: its month}
    most = max(means.capacity, 0) * means.months
    for request in sorted(requests, key=lambda one: _rank(one, today)):
        age, month, home = months_between(request.since, today), None, _home(request)
        if request.cost <= left and (home in places or len(places) < most):
            left -= request.cost
            month = places.setdefault(home, 1 + len(places) // means.capacity)
        outcomes.append(Outcome(request, month, age + (month - 1 if month else until)))
    return Plan(means, outcomes)


def _home(request: Request) -> object:
    """What takes one place of a month: the dwelling, or the works alone where it is unknown."""
    return ("works", request.pk) if request.home is None else request.home


def _rank(request: Request, today: date) -> tuple:
    """`RULE`, line by line: the smallest is launched first."""
    return (
        not request.urgent,
        -months_between(request.since, today),
        (request.band is None, request.band or 0),
        (request.age is None, -(request.age or 0)),
        request.since,
        request.pk,
    )


def months_between(since: date, today: date) -> int:
    """Whole months gone by, never below zero."""
    months = 12 * (today.year - since.year) + today.month - since.month
    return max(months - (today.day < since.day), 0)


@dataclass(frozen=True)
class Difference:
    """One request in two plans; `months` is how much longer it waits in the first (or less)."""

    first: Outcome
    second: Outcome

    @property
    def request(self) -> Request:
        return self.first.request

    @property
    def months(self) -> int:
        """Above zero when it waits longer in the first plan; at least so much when the longer
        wait is not over."""
        return self.first.waits - self.second.waits

    @property
    def words(self) -> str:
        """« 11 mois de plus dans A au moins »."""
        name, longer = ("A", self.first) if self.months > 0 else ("B", self.second)
        at_least = "" if longer.month else " au moins"
        return f"{abs(self.months)} mois de plus dans {name}{at_least}"


def differences(first: Plan, second: Plan) -> list[Difference]:
    """The requests that do not wait as long in both, the widest gap first, then by the rule; both
    plans looked at until the same month."""
    others = {one.request.pk: one for one in second.outcomes}
    both = [Difference(one, others[one.request.pk]) for one in first.outcomes]
    return sorted((one for one in both if one.months), key=lambda one: -abs(one.months))


@dataclass(frozen=True)
class GroupWait:
    """How long the requests of a group wait in a plan: months; None where the group is empty."""

    label: str
    count: int
    launched: int
    middle: float | None
    longest: int | None


GROUPS: tuple[tuple[str, Callable[[Request], bool]], ...] = (
    ("Toutes les demandes", lambda one: True),
    ("Besoins urgents", lambda one: one.urgent),
    ("Niveau le plus élevé de l’ordre de visite", lambda one: one.band == 0),
    ("Personnes sans niveau", lambda one: one.band is None),
    ("85 ans et plus", lambda one: one.age is not None and one.age >= 85),
    ("Moins de 75 ans", lambda one: one.age is not None and one.age < 75),
)


def waits(made: Plan) -> list[GroupWait]:
    """Who waits, and how long, by group; a request may be in several."""
    return [_wait(label, [one for one in made.outcomes if which(one.request)])
            for label, which in GROUPS]  # fmt: skip


def _wait(label: str, outcomes: Sequence[Outcome]) -> GroupWait:
    months = [one.waits for one in outcomes]
    return GroupWait(
        label=label,
        count=len(outcomes),
        launched=sum(one.month is not None for one in outcomes),
        middle=median(months) if months else None,
        longest=max(months, default=None),
    )
