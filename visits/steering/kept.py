"""The figures of a period, territory by territory: counted, kept, read again.

The whole of a large landlord takes seconds to count. A person lives in one territory: what is
counted of each adds up to what a manager of several sees, so that one count serves everyone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from seniors.models import Territory
from visits.models import SteeringCount
from visits.steering import figures
from visits.steering.figures import Counts, Loads
from visits.steering.periods import Period, periods

NAME = "territory", "period"
TOLD = "starts_on", "ends_on", "counted_at", "chain", "months", "loads"


@dataclass(frozen=True)
class Place:
    """What was counted in one territory (`figures`)."""

    chain: Counts
    months: Mapping[date, Counts]
    loads: Loads


@dataclass(frozen=True)
class Counted:
    """The territories of one count, by id, and when it was made."""

    period: Period
    at: datetime
    places: Mapping[int, Place]


def count(territories: Sequence[Territory], period: Period) -> Counted:
    """These territories, now."""
    at = timezone.localtime()
    chain = figures.chain(territories, period)
    months = figures.by_month(territories, period)
    loads = figures.loads(territories, period)
    places = {pk: Place(chain[pk], months[pk], loads[pk]) for pk in chain}
    return Counted(period, at, places)


def together_by_month(places: Iterable[Place], period: Period) -> dict[date, Counts]:
    """Each month of the period, all these territories together."""
    whole = figures.nobody_yet(period)
    for place in places:
        for month, told in place.months.items():
            for code, people in told.items():
                whole[month][code] += people
    return whole


def keep_all(today: date) -> int:
    """Count and keep every territory over every period that is offered that day; gives how many
    rows. May run twice without harm."""
    territories, offered = list(Territory.objects.all()), periods(today)
    for period in offered:
        counted = count(territories, period)
        rows = [_row(pk, place, counted) for pk, place in counted.places.items()]
        SteeringCount.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=NAME, update_fields=TOLD
        )
    SteeringCount.objects.exclude(period__in=[one.code for one in offered]).delete()
    return len(territories) * len(offered)


def kept(territories: Sequence[Territory], period: Period) -> Counted | None:
    """What was kept of them, over the period of that name on that day; one query. None when one of
    them was never counted, or not with the others."""
    rows = list(SteeringCount.objects.filter(territory__in=territories, period=period.code))
    times = {(row.starts_on, row.ends_on, row.counted_at) for row in rows}
    if len(rows) < len(territories) or len(times) != 1:
        return None
    (start, end, at) = times.pop()
    places = {row.territory_id: _place(row) for row in rows}
    return Counted(replace(period, start=start, end=end), timezone.localtime(at), places)


def _row(territory: int, place: Place, counted: Counted) -> SteeringCount:
    months = [[month.isoformat(), told] for month, told in place.months.items()]
    return SteeringCount(
        territory_id=territory,
        period=counted.period.code,
        starts_on=counted.period.start,
        ends_on=counted.period.end,
        counted_at=counted.at,
        chain=place.chain,
        months=months,
        loads=list(place.loads.items()),
    )


def _place(row: SteeringCount) -> Place:
    months = {date.fromisoformat(month): told for month, told in row.months}
    return Place(row.chain, months, dict(row.loads))
