"""Tenant records and observations out of the database, as arrays, in a fixed number of queries.

With `store`, the only module of the package that touches the database. Rows are read by a plain
cursor from the queries Django compiles: no object, no conversion per value.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from django.db import connection
from django.db.models import CharField, Count, IntegerField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from seniors import consents
from seniors.enums import Source
from seniors.fragility import indicators, items
from seniors.fragility.indicators import ITEM_CODES, UNKNOWN_BYTE
from seniors.models import Consent, Observation, Senior, Territory

SENSITIVE = np.array([items.is_sensitive(code) for code in ITEM_CODES])
NUMBERS = {
    "birth_year": "birth_year",
    "has_arrears": "has_arrears",
    "very_low_income": "very_low_income",
    "household_size": "dwelling__household_size",
    "floor": "dwelling__floor",
    "has_lift": "dwelling__has_lift",
}
DAYS = ("born_on", "housed_since", "last_contact_on")


class Loader:
    """Who is scored, and what is known of them on `as_of`."""

    def __init__(self, territory: Territory | None, as_of: date, valid_months: int) -> None:
        people = Senior.objects.housed()
        if territory is not None:
            people = people.filter(dwelling__residence__territory=territory)
        self.people = people
        self.territory = territory
        self.as_of = as_of
        self.oldest = (pd.Timestamp(as_of) - pd.DateOffset(months=valid_months)).date()
        self.kept_of = _absorbed()
        self.shared = _shared(territory, some_merged=bool(self.kept_of))

    def batches(self, size: int) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]]:
        """(senior ids, people, answers) for `indicators.compute`, in the order of senior ids."""
        last = 0
        while rows := self._people(last, size):
            ids, people = self._columns(rows)
            first, last = rows[0][0], rows[-1][0]
            here = set(ids.tolist()) if self.kept_of else ()
            absorbed = [one for one, kept in self.kept_of.items() if kept in here]
            told = [*self._told(first, last), *self._told_to_absorbed(absorbed)]
            agreed = self._consents(first, last, absorbed)
            answers, news = self._answers(ids, told, agreed)
            people["last_news_on"] = np.fmax(people["last_contact_on"], news)
            yield ids, people, answers

    def _people(self, after: int, size: int) -> list[tuple]:
        """The next tenant records: id, dwelling, `NUMBERS`, `DAYS`."""
        cast = {f"{name}_number": Cast(path, IntegerField()) for name, path in NUMBERS.items()}
        cast |= {f"{day}_text": Cast(day, CharField()) for day in DAYS}
        query = self.people.filter(id__gt=after).order_by("id").annotate(**cast)
        return _rows(query.values_list("id", "dwelling_id", *cast)[:size])

    def _columns(self, rows: list[tuple]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Ids, and one array per column of the tenant records."""
        ids, homes, *rest = zip(*rows, strict=True)
        numbers, days = rest[: len(NUMBERS)], rest[len(NUMBERS) :]
        people = {
            name: np.array(cells, float) for name, cells in zip(NUMBERS, numbers, strict=True)
        }
        people |= {day: _days(cells) for day, cells in zip(DAYS, days, strict=True)}
        people["shares_home"] = np.array([home in self.shared for home in homes])
        return np.array(ids), people

    def _told(self, first: int, last: int) -> list[tuple]:
        """Observations of the people of a batch: (senior id, day, source, text of the values)."""
        seen = Observation.objects.filter(senior__gte=first, senior__lte=last)
        if self.territory is not None:
            seen = seen.filter(senior__dwelling__residence__territory=self.territory)
        return self._observations(seen)

    def _told_to_absorbed(self, absorbed: list[int]) -> list[tuple]:
        """Observations written on records since merged into those of the batch."""
        if not absorbed:
            return []
        seen = Observation.objects.filter(senior__in=absorbed)
        return [(self.kept_of[who], *rest) for who, *rest in self._observations(seen)]

    def _consents(self, first: int, last: int, absorbed: list[int]) -> consents.Answers:
        """The latest consents of the people of a batch, as they stand today."""
        rows = Consent.objects.filter(
            Q(senior__gte=first, senior__lte=last) | Q(senior__in=absorbed)
        )
        given = Cast("given", IntegerField())
        told = consents.in_order(rows).values_list("senior_id", "kind", given)
        return consents.latest_of(_rows(told), self.kept_of)

    def _observations(self, seen: QuerySet[Observation]) -> list[tuple]:
        """Rows known on `as_of`, oldest first for each senior."""
        seen = seen.filter(observed_on__lte=self.as_of).order_by("senior_id", "observed_on", "id")
        texts = {"day": Cast("observed_on", CharField()), "told": Cast("values", TextField())}
        return _rows(seen.annotate(**texts).values_list("senior_id", "day", "source", "told"))

    def _answers(
        self, people: np.ndarray, told: list[tuple], agreed: consents.Answers
    ) -> tuple[np.ndarray, np.ndarray]:
        """Answers of each person that still hold, and the day of the last observation of her."""
        news = np.full(len(people), "NaT", dtype="datetime64[D]")
        ids, days, sources, texts = zip(*told, strict=True) if told else ((), (), (), ())
        whose, days = np.array(ids, dtype=int), _days(days)
        positions = np.searchsorted(people, whose)
        order = np.lexsort((days, positions))
        # Others of the same range left, or were merged.
        order = order[people[positions[order].clip(max=len(people) - 1)] == whose[order]]
        news[positions[order]] = days[order]  # the latest of each is written last
        valid = order[days[order] >= np.datetime64(self.oldest)]
        told_bytes = told_bytes_of([texts[row] for row in valid])
        withhold(told_bytes, [ids[row] for row in valid], [sources[row] for row in valid], agreed)
        return indicators.latest(positions[valid], told_bytes, len(people)), news


# What an observation tells, one attribute per item in their order.
Told = msgspec.defstruct("Told", [(code, int, UNKNOWN_BYTE) for code in ITEM_CODES], gc=False)
_TOLD = msgspec.json.Decoder(Told)


def told_bytes_of(texts: list[str]) -> np.ndarray:
    """One row of bytes per observation, one column per item, 255 where nothing was said."""
    values = map(msgspec.structs.astuple, map(_TOLD.decode, texts))
    packed = bytearray().join(map(bytes, values))
    return np.frombuffer(packed, dtype=np.uint8).reshape(len(texts), len(ITEM_CODES))


def withhold(
    told: np.ndarray, people: list[int], sources: list[str], agreed: consents.Answers
) -> None:
    """Make unknown what the consents do not allow to use, row by row of `told`."""
    health = [consents.allows_health(agreed, who) for who in people]
    told[np.ix_(~np.array(health, dtype=bool), SENSITIVE)] = UNKNOWN_BYTE
    kept = [
        source != Source.SURVEY or consents.allows_survey(agreed, who)
        for who, source in zip(people, sources, strict=True)
    ]
    told[~np.array(kept, dtype=bool)] = UNKNOWN_BYTE


def _absorbed() -> dict[int, int]:
    """{merged record: the record kept in the end}."""
    pairs = dict(
        _rows(Senior.objects.filter(merged_into__isnull=False).values_list("id", "merged_into"))
    )
    final = {}
    for absorbed, kept in pairs.items():
        while kept in pairs:
            kept = pairs[kept]
        final[absorbed] = kept
    return final


def _shared(territory: Territory | None, *, some_merged: bool) -> set[int]:
    """Dwellings where several seniors live. Those merged into another are counted apart: without
    them, the index of dwellings holds all that is read."""
    there = {"dwelling__isnull": False}
    if territory is not None:
        there |= {"dwelling__residence__territory": territory}
    people = Senior.objects.filter(**there).values("dwelling").annotate(n=Count("id"))
    several = dict(_rows(people.filter(n__gt=1).values_list("dwelling", "n")))
    if some_merged:
        merged = people.filter(merged_into__isnull=False)
        for home, count in _rows(merged.values_list("dwelling", "n")):
            several[home] = several.get(home, 0) - count
    return {home for home, count in several.items() if count > 1}


def _days(cells: tuple[str | None, ...]) -> np.ndarray:
    """ISO dates as days, NaT where there is none."""
    return np.array([cell or "NaT" for cell in cells], dtype="datetime64[D]")


def _rows(query: QuerySet) -> list[tuple[Any, ...]]:
    """The rows of a compiled query, as the database gives them."""
    sql, params = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
