"""What the backlog amounts to: rows, estimate, ages by kind; one count behind screen and picture.

Read in SQL as one line per kind and day, whatever the number of rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from visits.models import Action, Need
from visits.works.backlog import priced
from visits.works.prices import kinds_of_works

# Ages in days: under 3 months, under 6, under a year, longer.
BANDS = (90, 180, 365)
BAND_LABELS = ("moins de 3 mois", "de 3 à 6 mois", "de 6 mois à 1 an", "plus de 1 an")
WITHOUT_ACTION = "Besoins sans action"


@dataclass(frozen=True)
class KindAges:
    """One kind of works: how many of each age band, in the order of BAND_LABELS."""

    label: str
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def bands(self) -> list[tuple[str, int]]:
        """Each band with its label."""
        return list(zip(BAND_LABELS, self.counts, strict=True))


@dataclass(frozen=True)
class Totals:
    """The whole list: `estimate` is the sum of what is priced, `unpriced` are actions without a
    price, `bare` needs without an action; `median_age` in days, None of an empty list."""

    count: int
    bare: int
    estimate: Decimal
    unpriced: int
    median_age: float | None
    kinds: tuple[KindAges, ...]


def totals(actions: QuerySet[Action], needs: QuerySet[Need], today: date | None = None) -> Totals:
    """What both halves of the backlog amount to, in three queries."""
    today = today or timezone.localdate()
    by_day = (
        priced(actions)
        .order_by()
        .values("kind", since=F("need_found_on"))
        .annotate(rows=Count("*"), sum=Sum("amount"), unpriced=Count("pk", filter=Q(amount=None)))
    )
    told = list(by_day)
    bare = list(needs.order_by().values("found_on").annotate(rows=Count("*")))
    ages: dict[int | None, Counter[int]] = {}
    for row in told:
        ages.setdefault(row["kind"], Counter())[(today - row["since"]).days] += row["rows"]
    for row in bare:
        ages.setdefault(None, Counter())[(today - row["found_on"]).days] += row["rows"]
    labels = {kind.pk: kind.label for kind in kinds_of_works()} | {None: WITHOUT_ACTION}
    return Totals(
        count=sum(map(Counter.total, ages.values())),
        bare=sum(row["rows"] for row in bare),
        estimate=sum((row["sum"] or Decimal(0) for row in told), Decimal(0)),
        unpriced=sum(row["unpriced"] for row in told),
        median_age=median(sum(ages.values(), Counter())),
        kinds=tuple(
            KindAges(labels[kind], in_bands(ages[kind])) for kind in labels if kind in ages
        ),
    )


def in_bands(ages: Counter[int]) -> tuple[int, ...]:
    """How many of each band."""
    counts = [0] * len(BAND_LABELS)
    for age, rows in ages.items():
        counts[sum(age >= bound for bound in BANDS)] += rows
    return tuple(counts)


def median(ages: Counter[int]) -> float | None:
    """The middle of a count of ages; of two middles, their mean."""
    total = ages.total()
    if not total:
        return None
    places = ((total - 1) // 2, total // 2)
    return sum(_at(ages, place) for place in places) / 2


def _at(ages: Counter[int], place: int) -> int:
    """The age at that place of all, sorted."""
    for age in sorted(ages):
        place -= ages[age]
        if place < 0:
            return age
    raise ValueError("no such place")


@dataclass(frozen=True)
class Bar:
    """One bar of the picture: its label above, its segments as (x, width, band)."""

    label: str
    count: int
    y: int
    segments: Sequence[tuple[float, float, int]]


WIDTH, ROW = 320, 38


def bars(kinds: Sequence[KindAges]) -> list[Bar]:
    """The geometry of the picture, in its own units; the longest bar leaves room for its number."""
    most = max((kind.count for kind in kinds), default=1) or 1
    drawn = []
    for place, kind in enumerate(kinds):
        x, segments = 0.0, []
        for band, count in enumerate(kind.counts):
            width = round(count / most * (WIDTH - 40), 1)
            if width:
                segments.append((round(x, 1), width, band))
            x += width
        drawn.append(Bar(kind.label, kind.count, place * ROW, segments))
    return drawn
