"""Reads of seniors that join or count: a page of a list, who shares a home, one person's records.

At 190,000 seniors a full sort or count costs seconds, so a page is found in one of two ways. When
few people match, their ids are read and put in order; when many do, the order is walked from its
start through an index until the page is full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from heapq import merge
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from seniors.access import territories_of
from seniors.enums import Source
from seniors.extract.text import plain
from seniors.models import Dwelling, FragilityScore, Observation, Residence, ScoreRun, Senior, User

FEW = 2000
MANY = 10_000
PAGE = 25
NEAR = 250
MANY_STREETS = 500
# {run id: ids of the territories it speaks for, None when it speaks for all of the user's}
Runs = Mapping[int, Sequence[int] | None]
ORDERS = {
    "name": ("search_name", "born_on", "pk"),
    "age": ("born_on", "search_name", "pk"),
}
TERRITORY = "dwelling__residence__territory"
_plain = lru_cache(maxsize=200_000)(plain)


@dataclass(frozen=True)
class SeniorPage:
    """Ids of one page in order; `count` is None when more than `FEW` match."""

    ids: list[int]
    number: int
    count: int | None
    has_next: bool


def runs_of(user: User) -> Runs:
    """The computations whose scores hold today in the user's territories."""
    from seniors.fragility import store  # noqa: PLC0415

    territories = list(territories_of(user))
    runs: dict[int, list[int]] = {}
    for territory_id, run_id in store.latest_runs(territories).items():
        runs.setdefault(run_id, []).append(territory_id)
    if len(runs) == 1 and len(*runs.values()) == len(territories):
        return dict.fromkeys(runs)
    return runs


def page_of(
    seniors: QuerySet[Senior],
    runs: Runs,
    *,
    order: str,
    number: int,
    silent: bool = False,
    band: str | None = None,
) -> SeniorPage:
    """The page of that number (from 1), in order of visit, of name or of age (oldest first).

    In order of visit those without a score come last; `silent` orders by silence instead. `band`
    says that `seniors` are all of that band, which spares a walk through those before it.
    """
    matching = _ids(seniors)
    few = len(matching) <= FEW
    start, upto = (number - 1) * PAGE, number * PAGE + 1
    if order in ORDERS:
        among = seniors.filter(_among(matching)) if few else seniors
        if not few and upto <= NEAR:
            # Each person in turn, in the order of the index, and not everyone sorted.
            among = Senior.objects.filter(Exists(seniors.filter(pk=OuterRef("pk"))))
        ids = list(among.order_by(*ORDERS[order]).values_list("pk", flat=True)[start:upto])
    else:
        by = "silence" if silent else "total"
        found = _few(matching, runs, by) if few else _walk(seniors, runs, by, upto, band)
        ids = found[start:upto]
    return SeniorPage(ids[:PAGE], number, len(matching) if few else None, len(ids) > PAGE)


def _few(ids: list[int], runs: Runs, by: str) -> list[int]:
    """All the ids in order of visit, then those who have no score."""
    found: list[tuple[float | None, int]] = []
    for run, there in _parts(runs, TERRITORY):
        # From each senior to her score: from the scores, SQLite would read the whole run.
        score = FragilityScore.objects.filter(run=run, senior=OuterRef("pk")).values(by)
        people = Senior.objects.filter(there, _among(ids)).annotate(score=Subquery(score))
        found += people.values_list("score", "pk")
    order = [pk for _, pk in sorted((-score, pk) for score, pk in found if score is not None)]
    return order + sorted(set(ids) - set(order))


def _walk(seniors: QuerySet[Senior], runs: Runs, by: str, upto: int, band: str | None) -> list[int]:
    """The first ids in order of visit: the head of each run, merged."""
    heads, known = [], {f"scores__{by}__isnull": False} | ({"scores__band": band} if band else {})
    for run, there in _parts(runs, TERRITORY):
        scored = seniors.filter(there, scores__run=run, **known)
        rows = scored.order_by(f"-scores__{by}", "scores__senior")
        heads.append([(-value, pk) for value, pk in rows.values_list(f"scores__{by}", "pk")[:upto]])
    return [pk for _, pk in merge(*heads)]


def _parts(runs: Runs, path: str) -> Iterator[tuple[int, Q]]:
    """Each run, and the condition that a row's territory is one it speaks for."""
    for run, territories in runs.items():
        yield run, Q() if territories is None else Q(**{f"{path}__in": territories})


def with_score(seniors: QuerySet[Senior], runs: Runs, **conditions: Any) -> QuerySet[Senior]:
    """Those whose score of today meets the conditions.

    A band holds few people: their ids are listed first. Many are silent: the score of each senior
    is looked at, until enough are found.
    """
    there = Q(pk__in=[])
    for run, territory in _parts(runs, TERRITORY):
        rows = FragilityScore.objects.filter(run=run, **conditions)
        if "band" in conditions:
            there |= territory & Q(pk__in=rows.values("senior"))
        else:
            there |= territory & Q(Exists(rows.filter(senior=OuterRef("pk"))))
    return seniors.filter(there)


def without_score(seniors: QuerySet[Senior], runs: Runs) -> QuerySet[Senior]:
    """Those who arrived since the last computation."""
    rows = FragilityScore.objects.filter(run__in=list(runs), senior=OuterRef("pk"))
    return seniors.filter(~Exists(rows))


def scores_of(ids: Sequence[int], runs: Runs) -> dict[int, FragilityScore]:
    """{senior id: her score of today}, with its run and grid; two queries."""
    known = ScoreRun.objects.select_related("grid").in_bulk(list(runs))
    found = {}
    for run, there in _parts(runs, f"senior__{TERRITORY}"):
        for score in FragilityScore.objects.filter(there, run=run, senior__in=ids):
            score.run = known[run]
            found[score.senior_id] = score
    return found


def answered_since(day: date) -> Q:
    """Whether a senior answered a survey since that day, on her record or one absorbed by it."""
    answers = Observation.objects.filter(source=Source.SURVEY, observed_on__gte=day)
    # As a list: joined, every answer would be read for each senior.
    absorbed = Senior.objects.filter(merged_into=OuterRef(OuterRef("pk"))).values("pk")
    return Exists(answers.filter(senior=OuterRef("pk"))) | Exists(
        answers.filter(senior__in=absorbed)
    )


def search(seniors: QuerySet[Senior], text: str) -> QuerySet[Senior]:
    """By name or reference; when nobody has that name, by street or residence.

    Accents, case and punctuation do not count; a number before the street is the street number.
    """
    words, typed = plain(text).split(), text.strip()
    # Asked apart: an "or" of both would read the whole table instead of an index.
    found = _ids(seniors.filter(reference__in=[typed, typed.upper()]))
    if words:
        named = Q(*(("search_name__contains", word) for word in words))
        # Of all seniors: an index alone then holds what is read, a fifth of the table. Of very
        # many, enough are soon found in the table itself.
        everywhere = _ids(Senior.objects.filter(named), MANY)
        visible = seniors.filter(named if len(everywhere) > MANY else _among(everywhere))
        found += _ids(visible)
        if len(found) > FEW:
            return visible
    return seniors.filter(_among(found) if found else _lives_at(words))


def _ids(seniors: QuerySet[Senior], most: int = FEW) -> list[int]:
    """Their ids, or one more than `most` of them."""
    return list(seniors.order_by().values_list("pk", flat=True)[: most + 1])


def _among(ids: Sequence[int]) -> Q:
    """The condition of being one of these.

    The numbers stand in the query itself: passing thousands as parameters takes longer than
    running it. They stand in a query of their own, which SQLite runs once: told how many they
    are, it would rather look for each of them in each dwelling.
    """
    if not ids:
        return Q(pk__in=[])
    them = RawSQL(", ".join(map(str, ids)), ())  # noqa: S611 - our own ids
    return Q(pk__in=Senior.objects.filter(pk__in=them).values("pk"))


def _lives_at(words: list[str]) -> Q:
    """The condition of living at an address of those words."""
    number = Q(dwelling__street_number=words[0]) if words[:1] and words[0].isdigit() else Q()
    words = words[1:] if number else words
    if not words:
        return Q(pk__in=[])
    streets = [one for one in _streets() if _has(one, words)]
    there = Q(dwelling__street__in=streets[:MANY_STREETS])
    residences = Residence.objects.order_by().values_list("pk", "name")
    named = [pk for pk, name in residences if _has(name, words)][:MANY_STREETS]
    return number & (there | Q(dwelling__residence__in=named))


def _streets() -> list[str]:
    """Every street name, once: leaps from one to the next in the index instead of reading all."""
    table = Dwelling._meta.db_table
    leap = (
        f"WITH RECURSIVE leap(street) AS (SELECT min(street) FROM {table} UNION ALL "  # noqa: S608
        f"SELECT (SELECT min(street) FROM {table} WHERE street > leap.street) FROM leap "
        "WHERE street IS NOT NULL) SELECT street FROM leap WHERE street IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(leap)
        return [street for (street,) in cursor.fetchall()]


def _has(name: str, words: list[str]) -> bool:
    """Whether each word begins a word of the name."""
    text = f" {_plain(name)}"
    return all(f" {word}" in text for word in words)


def records_of(senior: Senior) -> list[int]:
    """Ids of the record and of those absorbed by it: one person's rows stand on any of them."""
    return list(
        Senior.objects.filter(Q(pk=senior.pk) | Q(merged_into=senior)).values_list("pk", flat=True)
    )


def household_of(senior: Senior) -> QuerySet[Senior]:
    """The other seniors of her dwelling, one record per person."""
    if senior.dwelling_id is None:
        return Senior.objects.none()
    others = Senior.objects.housed().filter(dwelling=senior.dwelling_id).exclude(pk=senior.pk)
    return others.order_by("search_name")
