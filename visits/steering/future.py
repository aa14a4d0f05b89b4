"""The stock as the projection needs it, and the projection as a page shows it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
from django.core.cache import cache
from django.utils import timezone

from seniors.access import territories_of
from seniors.enums import Sex
from seniors.models import ImportRun, Senior, Territory, User
from visits.steering.projection import SIXTY, People, Projection, expect, project
from visits.steering.rates import VARIANTS, Rates, rates_of

SEED = 2026
EUROS = ("cost", "spent")  # said by thousands: the rest would be false precision
A_DAY = 24 * 3600
STEPS = (0, 5, 10, 15)
TOGETHER = "Ensemble"


@dataclass(frozen=True)
class Value:
    """What is expected, and what chance allows nine times out of ten."""

    mean: int
    least: int
    most: int


@dataclass(frozen=True)
class Line:
    """A place, and its figures by year: `years[n][code]` is n years from today."""

    name: str
    years: list[dict[str, Value]]

    @property
    def steps(self) -> list[dict[str, Value]]:
        """Today, then every five years."""
        return [self.years[step] for step in STEPS]

    @property
    def last(self) -> dict[str, Value]:
        """The last year."""
        return self.years[-1]


@dataclass(frozen=True)
class Future:
    """The coming years of some territories.

    lines: one per territory, or per residence when there is one territory. variants: the means of
    each variant for all together, {variant: {figure: by year}}. unknown: people without an age.
    """

    by: str
    lines: list[Line]
    together: Line
    years: list[int]
    variants: dict[str, dict[str, list[int]]]
    draws: int
    unknown: int

    @property
    def places(self) -> list[Line]:
        """The lines, then all of them together when there are several."""
        return [*self.lines, self.together] if len(self.lines) > 1 else self.lines

    @property
    def steps(self) -> list[int]:
        """The years of the steps of a line."""
        return [self.years[step] for step in STEPS]

    @property
    def by_year(self) -> list[tuple[int, dict[str, Value]]]:
        """All together, year by year."""
        return list(zip(self.years, self.together.years, strict=True))


@dataclass(frozen=True)
class Stock:
    """People by group, the names of the groups, and how many people have no known age."""

    by: str
    names: list[str]
    rows: list[tuple]
    unknown: int


def future_for(user: User, variant: str, only: Territory | None = None) -> Future | None:
    """The projection of these territories; None when nobody of 60 or more is known there.

    Kept for the day: the same stock gives the same numbers.
    """
    territories = [only] if only else list(territories_of(user))
    today = timezone.localdate()
    key = _key(territories, variant, today)
    found = cache.get(key)
    if found is None:
        found = (_compute(stock_of(territories, today), variant, today),)
        cache.set(key, found, A_DAY)
    return found[0]


def _key(territories: Sequence[Territory], variant: str, today: date) -> str:
    """Changes with the day, the territories, and who lives there."""
    here = Senior.objects.housed().filter(dwelling__residence__territory__in=territories).count()
    read = ImportRun.objects.filter(state=ImportRun.State.APPLIED).order_by("-applied_at").first()
    places = sha256("-".join(str(one.pk) for one in territories).encode()).hexdigest()
    return f"future:{today}:{variant}:{places}:{here}:{read.pk if read else 0}"


def stock_of(territories: Sequence[Territory], today: date) -> Stock:
    """Everyone housed there, in one query, with the number of her group."""
    by = "residence" if len(territories) == 1 else "territory"
    path = (
        "dwelling__residence__name" if by == "residence" else "dwelling__residence__territory__name"
    )
    place = "dwelling__residence" if by == "residence" else "dwelling__residence__territory"
    told = Senior.objects.housed().filter(dwelling__residence__territory__in=territories)
    told = told.order_by(path, place).values_list(
        place, path, "born_on", "birth_year", "sex", "dwelling", "dwelling__is_adapted"
    )
    numbers: dict[int, int] = {}
    names, rows, unknown = [], [], 0
    for pk, name, born_on, birth_year, sex, dwelling, adapted in told.iterator(20_000):
        age = _age(born_on, birth_year, today)
        if age is None:
            unknown += 1
        elif age >= SIXTY:
            if pk not in numbers:
                numbers[pk] = len(numbers)
                names.append(name)
            rows.append((numbers[pk], age, sex != Sex.MALE, dwelling, adapted))
    return Stock(by, names, rows, unknown)


def _age(born_on: date | None, birth_year: int | None, today: date) -> int | None:
    """As `Senior.age_on`."""
    if born_on:
        return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return today.year - birth_year if birth_year else None


def people_of(stock: Stock, rates: Rates) -> People:
    """The same as arrays. A woman unless the record says otherwise: women live longer."""
    group, age, woman, dwellings, adapted = zip(*stock.rows, strict=True)
    shared = Counter(dwellings)
    free = {True: 0.0, False: 1.0, None: 1 - rates.adapted}
    return People(
        group=np.array(group),
        age=np.minimum(age, 109),
        woman=np.array(woman),
        homes=np.array([1 / shared[one] for one in dwellings]),
        free=np.array([free[one] for one in adapted]),
    )


def _compute(stock: Stock, variant: str, today: date) -> Future | None:
    """The projection, by group, and the means of every variant."""
    if not stock.rows:
        return None
    groups = len(stock.names)
    rates = rates_of(variant)
    told = project(people_of(stock, rates), groups, rates, seed=SEED)
    lines = [_line(name, told, place) for place, name in enumerate([*stock.names, TOGETHER])]
    return Future(
        by=stock.by,
        lines=lines[:-1],
        together=lines[-1],
        years=[today.year + year for year in range(rates.years + 1)],
        variants={code: _means(stock, rates_of(code)) for code in VARIANTS},
        draws=told.draws,
        unknown=stock.unknown,
    )


def _means(stock: Stock, rates: Rates) -> dict[str, list[int]]:
    """All together, by figure and year."""
    told = expect(people_of(stock, rates), len(stock.names), rates)
    return {name: [round(value) for value in values[-1]] for name, values in told.items()}


def _line(name: str, told: Projection, place: int) -> Line:
    """One row of the arrays as whole numbers."""

    def at(values: dict[str, np.ndarray], code: str, year: int) -> int:
        return int(round(float(values[code][place, year]), -3 if code in EUROS else 0))

    years: list[dict[str, Any]] = [
        {
            code: Value(
                at(told.mean, code, year), at(told.least, code, year), at(told.most, code, year)
            )
            for code in told.mean
        }
        for year in range(told.mean["seniors"].shape[1])
    ]
    return Line(name, years)
