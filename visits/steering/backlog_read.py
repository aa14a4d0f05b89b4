"""The backlog as the scenarios need it, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors import sheet
from seniors.models import FragilityScore, Senior, Territory, User
from seniors.person import PERSON
from seniors.queries import runs_of
from visits.enums import State
from visits.models import Signal
from visits.steering.scenario import Request
from visits.works.backlog import MONEY, bare_needs_of, in_territories, priced, works_of
from visits.works.prices import VAT_ASSUMED

# In the hands of whoever does them: launched already, whether or not they have begun.
ASKED = (State.REQUESTED, State.PARTNER_ACCEPTED)
# Ordered, then taken back: the lot's sheet still has them.
IN_A_LOT = Q(state=State.ACCEPTED, works__lot__isnull=False)


@dataclass(frozen=True)
class Unpriced:
    """Works that cannot be budgeted. is_zero: someone wrote an estimate of 0 €."""

    label: str
    place: str
    since: date
    is_zero: bool

    @property
    def why(self) -> str:
        return "estimation de 0\u00a0€" if self.is_zero else "prix à donner"


@dataclass(frozen=True)
class Backlog:
    """What can be launched, what cannot for want of a price, and what is left out, counted."""

    requests: list[Request]
    unpriced: list[Unpriced]
    not_agreed: int
    asked: int
    refused: int  # by a partner, to be asked of another
    bare: int  # needs of works without an action


def backlog_of(user: User, only: Territory | None = None) -> Backlog:
    """The works that wait in the user's territories, or in one of them: said yes to, and asked of
    nobody yet. Those without a price, or at zero, cannot be budgeted."""
    found = priced(works_of(user))
    if only:
        found = found.filter(made_in__territory=only)
    waiting = found.filter(Q(works=None) | Q(works__lot=None), state=State.ACCEPTED)
    told = waiting.annotate(
        who=PERSON,
        place=F("made_in__name"),
        urgency=F("need__signal__urgency"),
        home=Coalesce("dwelling", "senior__merged_into__dwelling", "senior__dwelling"),
        vat=Coalesce("kind__price__vat_rate", Value(VAT_ASSUMED), output_field=MONEY),
        delay=Coalesce("kind__price__delay_days", "kind__due_days"),
    )
    rows = list(told.order_by("pk").values(*READ))
    people = {row["who"] for row in rows}
    bands, ages = _bands(user, people), _ages(people)
    requests, unpriced = [], []
    for row in rows:
        what = {"label": row["kind__label"], "place": row["place"] or ""}
        what["since"] = row["need__found_on"]
        if not row["amount"]:
            unpriced.append(Unpriced(**what, is_zero=row["amount"] is not None))
            continue
        requests.append(
            Request(
                pk=row["pk"],
                **what,
                cost=row["amount"],
                urgent=row["urgency"] == Signal.Urgency.NOW,
                band=bands.get(row["who"]),
                age=ages.get(row["who"]),
                home=row["home"],
                vat=row["vat"],
                delay=row["delay"],
            )
        )
    left_out = found.aggregate(
        not_agreed=Count("pk", filter=Q(state=State.PROPOSED)),
        asked=Count("pk", filter=Q(state__in=ASKED) | IN_A_LOT),
        refused=Count("pk", filter=Q(state=State.PARTNER_REFUSED)),
    )
    needs = bare_needs_of(user)
    if only:
        needs = needs.filter(in_territories([only.pk]))
    return Backlog(requests, unpriced, **left_out, bare=needs.count())


READ = (
    "pk", "kind__label", "place", "need__found_on", "amount", "urgency", "who", "home", "vat",
    "delay",
)  # fmt: skip


def _bands(user: User, people: set[int]) -> dict[int, int]:
    """{person: place of her band, 0 for those seen first}; who has none is left out."""
    places = {code: place for place, (code, _) in enumerate(sheet.bands())}
    scores = FragilityScore.objects.filter(run__in=list(runs_of(user)), senior__in=people)
    # The latest run of those that hold today is the last read.
    told = scores.order_by("run").values_list("senior", "band")
    return {who: places[band] for who, band in told if band in places}


def _ages(people: set[int]) -> dict[int, int | None]:
    """{person: age today}."""
    today: date = timezone.localdate()
    found = Senior.objects.filter(pk__in=people).only("born_on", "birth_year")
    return {one.pk: one.age_on(today) for one in found}
