"""The register as a list: how many dwellings reach what, and the page asked for, counted in SQL.

At 95,000 dwellings an order by name and a count cost a second, so both come from one count by
residence and level: it says how many there are, and in which residences a page stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    When,
)

from seniors.models import Dwelling, Residence, Senior
from visits.stock.label import Label

PAGE = 25
ORDER = ("building", "stair", "floor", "door", "pk")


@dataclass
class Spread:
    """How many dwellings reach each level: {level id or None: number}, those to check, and those
    whose level was never computed."""

    count: int = 0
    levels: dict[int | None, int] = field(default_factory=dict)
    to_check: int = 0
    untold: int = 0

    def add(self, level: int | None, count: int, to_check: int, untold: int) -> None:
        """Count some more."""
        self.count += count
        self.to_check += to_check
        self.untold += untold
        self.levels[level] = self.levels.get(level, 0) + count - untold


@dataclass(frozen=True)
class Share:
    """A line of the summary: those that reach this level and no higher one, and this or higher."""

    label: str
    exactly: int
    at_least: int | None


def spread_by_residence(dwellings: QuerySet[Dwelling]) -> dict[int, Spread]:
    """{residence id: how its dwellings spread}, in one query."""
    rows = (
        dwellings.order_by()
        .values_list("residence_id", "standing__level_id")
        .annotate(
            count=Count("pk"),
            to_check=Count("pk", filter=Q(standing__to_check__gt=0)),
            untold=Count("pk", filter=Q(standing=None)),
        )
    )
    found: dict[int, Spread] = {}
    for residence, level, *counts in rows:
        found.setdefault(residence, Spread()).add(level, *counts)
    return found


def whole(spreads: dict[int, Spread]) -> Spread:
    """All the residences together."""
    total = Spread()
    for one in spreads.values():
        total.count += one.count
        total.to_check += one.to_check
        total.untold += one.untold
        for level, count in one.levels.items():
            total.levels[level] = total.levels.get(level, 0) + count
    return total


def shares(label: Label, spread: Spread) -> list[Share]:
    """The lines of the summary, the highest level first, then what reaches none."""
    lines, at_least = [], 0
    for level in reversed(label.levels):
        exactly = spread.levels.get(level.pk, 0)
        at_least += exactly
        lines.append(Share(level.name, exactly, at_least))
    return [*lines, Share("Aucun niveau", spread.levels.get(None, 0), None)]


def page_rows(
    dwellings: QuerySet[Dwelling], spreads: dict[int, Spread], number: int, size: int = PAGE
) -> list[Dwelling]:
    """The dwellings of the page of that number (from 1), by residence, then stair, floor, door:
    two queries, neither of which reads what comes before the page."""
    names = dict(Residence.objects.filter(pk__in=_few(spreads)).values_list("pk", "name"))
    skipped, places, held = (number - 1) * size, [], 0
    for residence in sorted(spreads, key=lambda pk: (names.get(pk, ""), pk)):
        count = spreads[residence].count
        if not places and skipped >= count:
            skipped -= count
            continue
        places.append(residence)
        held += count
        if held >= skipped + size:
            break
    if not places:
        return []
    here = dwellings.filter(residence__in=places)
    place = Case(
        *(When(residence=pk, then=place) for place, pk in enumerate(places)),
        output_field=IntegerField(),
    )
    linked = here.select_related("residence__territory", "standing")
    return list(linked.order_by(place, *ORDER)[skipped : skipped + size])


def _few(spreads: dict[int, Spread]) -> Sequence[int] | QuerySet:
    """The residences to name; of very many, all of them are read rather than listed."""
    return list(spreads) if len(spreads) <= 500 else Residence.objects.values("pk")


def every_row(dwellings: QuerySet[Dwelling], size: int = 500) -> Iterator[list[Dwelling]]:
    """All of them by residence, some at a time, for a file."""
    ids = dwellings.order_by("residence__name", "residence", *ORDER).values_list("pk", flat=True)
    ids = list(ids)
    linked = Dwelling.objects.select_related("residence__territory", "standing")
    for start in range(0, len(ids), size):
        found = linked.in_bulk(ids[start : start + size])
        yield [found[pk] for pk in ids[start : start + size]]


def vacant(dwellings: QuerySet[Dwelling]) -> QuerySet[Dwelling]:
    """Those that the file says empty, where no senior lives."""
    modes = (Dwelling.Mode.OFFERED, Dwelling.Mode.EMPTY)
    lives = Senior.objects.housed().filter(dwelling=OuterRef("pk"))
    return dwellings.filter(~Exists(lives), mode__in=modes, gone_on=None)
