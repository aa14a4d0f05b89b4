"""Who and what an export counts, out of the database and into frames.

People are those housed on the day of the export, visited or not; an event counts when it stands
between the 1st of January and that day, and actions are as they stood then. Rows of records since
merged count for the one kept.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from sys import intern
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from seniors.models import Observation, Senior, Stay
from seniors.observe import having_health_consent
from seniors.person import PERSON
from visits.acting.delay import DECIDED_ON, ENDED, days_to_end, days_until
from visits.enums import Family, State
from visits.models import Action, ActionStep, Invoice
from visits.releasing.rows import STEP
from visits.steering.events import needs_found, visits_done, words_heard

UNKNOWN = "non renseigné"
NOT_DECLARED = "non déclaré"
GIRS = ("1-4", "5-6")  # of the department, of the pension fund (DOMAIN.md 2.2)
BANDS = {gir: GIRS[gir >= 5] for gir in range(1, 7)}
MONTHS = 24  # an older reply tells nothing any more, as in the score
PLACES = ("territory", "age", "sex")  # what counts of people are crossed by
FLAT = [(), ("territory",), ("age",), ("sex",), ("age", "sex")]  # what others are crossed by
AGES = ("60-69", "70-79", "80-89", "90+")  # the bands of the CFPPA and of CNSA (DOMAIN.md 2.3)
_HOME = {
    "territory": "dwelling__residence__territory__name",
    "size": "dwelling__household_size",
    "floor": "dwelling__floor",
}
MADE = "faite ou confirmée"
STAGES = {
    **dict.fromkeys(State.values, "en cours"),
    **dict.fromkeys(ENDED, MADE),
    **dict.fromkeys((State.DECLINED, State.PARTNER_REFUSED, State.CANCELLED), "sans suite"),
}


@dataclass(frozen=True)
class Span:
    """A calendar year, up to the day of the export."""

    year: int
    day: date

    @classmethod
    def of(cls, year: int, today: date) -> "Span":
        """The whole year, or what has passed of it."""
        return cls(year, min(date(year, 12, 31), today))

    @property
    def days(self) -> tuple[date, date]:
        """Both ends, inclusive."""
        return date(self.year, 1, 1), self.day


@dataclass(frozen=True)
class Given:
    """What an earlier export of tables gave away, and on which day: its cells, {key: count}, and
    its rows of works, {action: row}."""

    day: date
    cells: Mapping[tuple, int]
    works: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def gir_on(day: date) -> dict[int, str]:
    """{person: band of the GIR she declared} in the months before that day, as far as she agrees to
    the use of what is about health."""
    return {person: band for person, (band, _) in _gir_told(day).items()}


def gir_of(span: Span) -> tuple[dict[int, str], dict[int, str]]:
    """(What `gir_on` gives for the last day, those who told it in the year itself)."""
    told = _gir_told(span.day)
    both = {person: band for person, (band, _) in told.items()}
    return both, {person: band for person, (band, on) in told.items() if on >= span.days[0]}


def _gir_told(day: date) -> dict[int, tuple[str, date]]:
    """{person: (the last band she told, on which day)}."""
    oldest = (pd.Timestamp(day) - pd.DateOffset(months=MONTHS)).date()
    seen = Observation.objects.filter(observed_on__range=(oldest, day), values__has_key="gir")
    ordered = seen.annotate(person=PERSON).order_by("observed_on", "pk")
    rows = ordered.values_list("person", "values__gir", "observed_on").iterator(chunk_size=5000)
    told = {person: (gir, on) for person, gir, on in rows}
    agreed = having_health_consent(told)
    return {who: (BANDS[int(gir)], on) for who, (gir, on) in told.items() if who in agreed}


def people_on(day: date) -> pd.DataFrame:
    """Seniors housed that day: index person; territory, age, sex, household, floor (text)."""
    since = Q(housed_since=None) | Q(housed_since__lte=day)
    fields = ("pk", "sex", "born_on", "birth_year", *_HOME.values())
    here = Senior.objects.housed().filter(since).values_list(*fields)
    there = Stay.objects.filter(Q(since=None) | Q(since__lte=day), until__gt=day)
    left = ("sex", "born_on", "birth_year")
    before = there.filter(senior__merged_into=None).values_list(
        "senior", *(f"senior__{name}" for name in left), *_HOME.values()
    )
    bands: dict[tuple, str] = {}  # many were born on the same day
    # Of the rows themselves nothing stays in memory: a number a person, for what few differ in.
    different: dict[tuple[str, ...], int] = {}
    found: dict[int, int] = {}
    for query in (before, here):
        for person, sex, *birth, territory, size, floor in query.iterator(5000):
            if (born := tuple(birth)) not in bands:
                age = Senior.age_on(_Birth(*born), day)
                is_young = age is not None and age < settings.SENIOR_AGE
                bands[born] = "" if is_young else _band(age)
            if band := bands[born]:
                told = territory, band, sex or UNKNOWN, _household(size), _floor(floor)
                found[person] = different.setdefault(told, len(different))
    columns = ["territory", "age", "sex", "household", "floor"]
    rows = pd.DataFrame(list(different), columns=columns, dtype=object)
    return rows.iloc[list(found.values())].set_axis(list(found)).rename_axis("person")


class _Birth(NamedTuple):
    """What an age is counted from."""

    born_on: date | None
    birth_year: int | None


def _band(age: int | None) -> str:
    """The band of an age; those under 60 whom a landlord counts are with the first."""
    return UNKNOWN if age is None else AGES[min(max(age // 10 - 6, 0), 3)]


def _household(size: int | None) -> str:
    return UNKNOWN if size is None else "seul" if size <= 1 else "plusieurs"


def _floor(floor: int | None) -> str:
    if floor is None:
        return UNKNOWN
    return "rez-de-chaussée" if floor <= 0 else "1-2" if floor <= 2 else "3+"


def with_events(people: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The people, with one column of booleans for each thing counted of them."""
    visited = _persons(visits_done(span.days))
    found = people.assign(person=people.index, people=True)
    found["visited"] = people.index.isin(list(visited))
    found["reached"] = people.index.isin(list(_persons(words_heard(span.days)) | visited))
    needs: dict[str, list[int]] = {family.value: [] for family in Family}
    for person, family in _different(needs_found(span.days), "family"):
        if person in visited:
            needs[family].append(person)
    for family, persons in needs.items():
        found[f"need_{family}"] = people.index.isin(persons)
    return found


def _persons(rows: QuerySet) -> set[int]:
    return {person for (person,) in _different(rows)}


def _different(rows: QuerySet, *columns: str) -> Iterator[tuple]:
    """(person, columns) of these rows, each once."""
    told = rows.order_by().values_list(PERSON, *columns).distinct()
    return told.iterator(chunk_size=5000)


def actions_of(span: Span) -> pd.DataFrame:
    """`decided_in`, and what was billed of those done (euros)."""
    found, bills = decided_in(span), _bills(span)
    for name, at in (("net", 0), ("gross", 1), ("subsidy", 2)):
        found[name] = [
            bills[pk][at] if pk in bills and stage == MADE else None
            for pk, stage in zip(found["action"], found["stage"], strict=True)
        ]
    return found


def decided_in(span: Span) -> pd.DataFrame:
    """Actions decided in the year, one row each: action, person, family, kind, state, stage, delay
    (days, `acting.delay`, NaN unknown). All as they stood on its last day: what was done since is
    in the file of no year, whenever it is made."""
    then = _states_on(span.day)
    rows = (
        Action.objects.annotate(
            whose=PERSON,
            began=DECIDED_ON,
            **days_until(span.day),
        )
        .filter(began__range=span.days)
        .order_by()
        .values_list("pk", "whose", "kind__family", "kind__label", "state", "asked", "ended")
    )
    numbers, texts = (array("q"), array("q")), ([], [], [])
    delays = array("d")
    # Of the texts, a few are kept, once each; of the rows themselves nothing stays in memory.
    for *pks, family, kind, state, asked, ended in rows.iterator(chunk_size=5000):
        state = then.get(pks[0], state)
        delay = days_to_end(asked, ended, state)
        delays.append(math.nan if delay is None else delay)
        for column, pk in zip(numbers, pks, strict=True):
            column.append(pk)
        for column, text in zip(texts, (family, kind, state), strict=True):
            column.append(intern(text))
    columns = {name: np.array(one) for name, one in zip(("action", "person"), numbers, strict=True)}
    columns |= {
        name: np.array(one, dtype=object)
        for name, one in zip(("family", "kind", "state"), texts, strict=True)
    }
    stages = np.array([STAGES[state] for state in columns["state"]], dtype=object)
    return pd.DataFrame(columns | {"stage": stages, "delay": np.array(delays)})


def _states_on(day: date) -> dict[int, str]:
    """{action: its state at the end of that day}, of those that moved since."""
    steps = ActionStep.objects.standing()
    moved = steps.filter(on__gt=day).values("action")
    told = steps.filter(on__lte=day, action__in=moved).order_by("pk")
    return dict(told.values_list("action", "to_state").iterator(chunk_size=5000))


def _bills(span: Span) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """{action: (net, gross, subsidy)} of those with an invoice of that day or before."""
    told = Invoice.objects.filter(billed_on__lte=span.day).order_by().values("works__action")
    sums = told.annotate(all_net=Sum("net"), all_gross=Sum("gross"), all_given=Sum("subsidy"))
    return {
        pk: tuple(amounts)
        for pk, *amounts in sums.values_list("works__action", "all_net", "all_gross", "all_given")
    }


def moved_between(
    then: pd.DataFrame, now: pd.DataFrame, dims: Iterable[tuple[str, ...]]
) -> dict[tuple, tuple[int, int]]:
    """{cell of people: (who came into it, who left it)} from one day to another."""
    found: dict[tuple, tuple[int, int]] = {}
    for names in dims:
        before, after = _cell_of(then, names), _cell_of(now, names)
        both = pd.concat([before.rename("then"), after.rename("now")], axis=1)
        changed = both.astype(object).fillna("")
        changed = changed[changed["then"] != changed["now"]]
        came, left = changed["now"].value_counts(), changed["then"].value_counts()
        for text in (set(came.index) | set(left.index)) - {""}:
            of = tuple(zip(names, text.split(STEP) if names else (), strict=True))
            found["people", of] = (int(came.get(text, 0)), int(left.get(text, 0)))
    return found


def _cell_of(people: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    if not names:
        return pd.Series("all", people.index, dtype=object)
    return people[list(names)].astype(str).agg(STEP.join, axis=1).astype(object)
