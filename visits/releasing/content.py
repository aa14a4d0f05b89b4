"""Who and what an export counts, out of the database and into frames.

People are those housed on the day of the export, visited or not; an event counts when it stands
between the 1st of January and that day. Rows of records since merged count for the one kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from sys import intern
from typing import NamedTuple

import pandas as pd
from django.conf import settings
from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from seniors.enums import Source
from seniors.models import Observation, Senior, Stay
from seniors.observe import having_health_consent
from seniors.person import PERSON
from visits.acting.delay import DAYS, ENDED, STANDS, days_to_end
from visits.enums import Family, State
from visits.models import Action, Invoice
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
    """The cells that an earlier export of tables gave away: {key: count}, on which day."""

    day: date
    cells: Mapping[tuple, int]


def gir_on(day: date, *, since: date | None = None) -> dict[int, str]:
    """{person: band of the GIR she declared} from `since`, or in the months before that day, as far
    as she agrees to the use of what is about health."""
    oldest = since or (pd.Timestamp(day) - pd.DateOffset(months=MONTHS)).date()
    seen = Observation.objects.filter(observed_on__range=(oldest, day), values__has_key="gir")
    ordered = seen.annotate(person=PERSON).order_by("observed_on", "pk")
    told = dict(ordered.values_list("person", "values__gir"))
    agreed = having_health_consent(told)
    return {person: BANDS[int(gir)] for person, gir in told.items() if person in agreed}


def people_on(day: date) -> pd.DataFrame:
    """Seniors housed that day: index person; uid, territory, age, sex, household, floor (text)."""
    since = Q(housed_since=None) | Q(housed_since__lte=day)
    fields = ("pk", "uid", "sex", "born_on", "birth_year", *_HOME.values())
    here = Senior.objects.housed().filter(since).values_list(*fields)
    there = Stay.objects.filter(Q(since=None) | Q(since__lte=day), until__gt=day)
    left = ("uid", "sex", "born_on", "birth_year")
    before = there.filter(senior__merged_into=None).values_list(
        "senior", *(f"senior__{name}" for name in left), *_HOME.values()
    )
    bands: dict[tuple, str] = {}  # many were born on the same day
    found: dict[int, tuple[str, ...]] = {}
    for query in (before, here):
        for person, uid, sex, *birth, territory, size, floor in query.iterator(5000):
            if (born := tuple(birth)) not in bands:
                age = Senior.age_on(_Birth(*born), day)
                is_young = age is not None and age < settings.SENIOR_AGE
                bands[born] = "" if is_young else _band(age)
            if band := bands[born]:
                # A few texts, kept once: of the rows themselves nothing stays in memory.
                told = intern(territory), band, sex or UNKNOWN, _household(size)
                found[person] = (str(uid), *told, _floor(floor))
    columns = ["uid", "territory", "age", "sex", "household", "floor"]
    people = pd.DataFrame(list(found.values()), list(found), columns, dtype=object)
    return people.rename_axis("person")


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
    needs = needs_found(span.days)
    for family in Family:
        with_need = _persons(needs.filter(family=family)) & visited
        found[f"need_{family.value}"] = people.index.isin(list(with_need))
    return found


def signals_of(span: Span) -> QuerySet[Observation]:
    """What the field reported in the year."""
    return words_heard(span.days).filter(source=Source.SIGNAL)


def _persons(rows: QuerySet) -> set[int]:
    return set(rows.order_by().values_list(PERSON, flat=True))


def actions_of(span: Span) -> pd.DataFrame:
    """Actions decided in the year, one row each: person, family, kind, state, stage, delay (days,
    `acting.delay`, NaN unknown), and what was billed of those done (euros)."""
    rows = (
        Action.objects.annotate(
            whose=PERSON,
            began=Coalesce(Min("steps__on", filter=STANDS), "need__found_on"),
            **DAYS,
        )
        .filter(began__range=span.days)
        .order_by()
        .values_list("pk", "whose", "kind__family", "kind__label", "state", "asked", "ended")
    )
    columns = ["action", "person", "family", "kind", "state", "asked", "ended"]
    # Of the texts, a few are kept, once each.
    told = (
        (pk, whose, intern(family), intern(kind), intern(state), *days)
        for pk, whose, family, kind, state, *days in rows.iterator(chunk_size=5000)
    )
    found = pd.DataFrame(list(told), columns=columns)
    found["stage"] = found["state"].map(STAGES).astype(object)
    triples = zip(found["asked"], found["ended"], found["state"], strict=True)
    found["delay"] = pd.Series([days_to_end(*one) for one in triples], found.index, dtype=float)
    bills = _bills(span)
    for name, at in (("net", 0), ("gross", 1), ("subsidy", 2)):
        found[name] = [
            bills[pk][at] if pk in bills and stage == MADE else None
            for pk, stage in zip(found["action"], found["stage"], strict=True)
        ]
    return found.drop(columns=["asked", "ended"])


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
