"""The file with a row a person: what was done and told in its year, batch by batch.

Replies, events and scores are those of the year alone: no two years' files share one, by which
their rows could be joined whatever the pseudonyms. Items on health, and replies to the survey, obey
their own consents as everywhere (`seniors.consents`).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import CharField, Max, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from seniors import consents
from seniors.enums import Domain, Source
from seniors.fragility.indicators import ITEM_CODES, UNKNOWN_BYTE, told_anew
from seniors.fragility.load import told_bytes_of, withhold
from seniors.fragility.score import figures
from seniors.fragility.store import grid_of
from seniors.models import Consent, FragilityScore, Observation, ScoreRun, Senior
from seniors.person import PERSON, among
from visits.enums import Family
from visits.releasing import content
from visits.releasing.choosing import KNOWN, Chosen
from visits.releasing.codebook import code_book
from visits.steering.events import needs_found, visits_done, words_heard

FILE = "personnes"
BATCH = 3_000
CODES = list(ITEM_CODES)


def frames(chosen: Chosen, span: content.Span) -> Iterator[pd.DataFrame]:
    """The file, in the order of pseudonyms (that of the base would tell who came first)."""
    order = chosen.pseudonyms.sort_values().index
    events = _Events(span, chosen.actions)
    for start in range(0, len(order), BATCH):
        people = order[start : start + BATCH]
        frame = _batch(people, chosen, events, span)
        code_book().check(FILE, list(frame))
        yield frame


def _batch(people: pd.Index, chosen: Chosen, events: "_Events", span: content.Span) -> pd.DataFrame:
    """One row for each of these people."""
    known = chosen.columns.loc[people].rename(columns=KNOWN)
    head = pd.DataFrame({"annee": span.year, "pseudonyme": chosen.pseudonyms[people]})
    records = _records(people)
    agreed = _agreed(records)
    latest, months = _told(people, records, agreed, span)
    parts = [
        head,
        known,
        chosen.gir.reindex(people, fill_value=content.NOT_DECLARED).rename("gir").to_frame(),
        events.of(people),
        _scores(people, agreed, events, latest),
        _answers(people, latest, months),
    ]
    return pd.concat(parts, axis=1)


class _Events:
    """What was done in the year, by person, and its last computation of scores."""

    def __init__(self, span: content.Span, actions: pd.DataFrame) -> None:
        told = _last_by("source", Source, words_heard(span.days), "observed_on")
        self.answered, self.signalled = told[Source.SURVEY], told[Source.SIGNAL].index
        self.seen = np.unique(np.concatenate([days.index for days in told.values()]))
        self.visits = _days(visits_done(span.days), "made_on")
        self.needs = _last_by("family", Family, needs_found(span.days), "found_on")
        self.actions = actions
        runs = ScoreRun.objects.filter(territory=None, finished_at__isnull=False)
        in_year = runs.filter(as_of__range=span.days).select_related("grid")
        self.run = in_year.order_by("-finished_at", "-id").first()
        self.grid = grid_of(self.run) if self.run else None

    def of(self, people: pd.Index) -> pd.DataFrame:
        """One column per event, for these people."""
        theirs: dict[int, list[date]] = defaultdict(list)
        for person, day in self.visits[self.visits.index.isin(people)].items():
            theirs[person].append(date.fromordinal(day))
        visits = [theirs.get(one, []) for one in people]
        answers = _of(self.answered, people)
        columns: dict[str, Any] = {
            "jointe": (people.isin(self.seen) | people.isin(self.visits.index)).astype(int),
            "repondu": [int(day is not None) for day in answers],
            "repondu_mois": [_month(day) for day in answers],
            "signalee": people.isin(self.signalled).astype(int),
            "visitee": [int(bool(days)) for days in visits],
            "visites": [len(days) for days in visits],
            "visite_mois": [_month(days[-1] if days else None) for days in visits],
            "delai_reponse_visite": [
                _wait(day, days) for day, days in zip(answers, visits, strict=True)
            ],
        }
        needs = {family: _of(found, people) for family, found in self.needs.items()}
        columns |= {f"besoin_{f.value}": [int(d is not None) for d in days]
                    for f, days in needs.items()}  # fmt: skip
        columns |= {
            f"besoin_{f.value}_mois": [_month(d) for d in days] for f, days in needs.items()
        }
        found = pd.DataFrame(columns, index=people)
        decided = self.actions[self.actions["person"].isin(people)]
        return pd.concat([found, _actions(decided, people)], axis=1)


def _actions(actions: pd.DataFrame, people: pd.Index) -> pd.DataFrame:
    """Actions decided, those done, and the median of their delays, by family."""
    made = actions[actions["stage"] == content.MADE]
    columns: dict[str, pd.Series] = {}
    for prefix, rows_of in (("actions", actions), ("faites", made)):
        counts = rows_of.groupby(["person", "family"]).size().unstack(fill_value=0)
        for family in Family:
            one = counts[family.value] if family.value in counts else pd.Series(dtype=int)
            columns[f"{prefix}_{family.value}"] = one.reindex(people, fill_value=0).astype(int)
    delays = made.groupby(["person", "family"])["delay"].median().unstack()
    for family in Family:
        one = delays[family.value] if family.value in delays else pd.Series(dtype=float)
        columns[f"delai_{family.value}"] = one.reindex(people)
    return pd.DataFrame(columns, index=people)


def _scores(
    people: pd.Index, agreed: consents.Answers, events: _Events, latest: np.ndarray
) -> pd.DataFrame:
    """The score on the day of the year's last computation, as the year's replies alone make it;
    none of whom told nothing then. That of autonomy obeys the consent on health."""
    names = ["total", "known_share", *(domain.value for domain in Domain), "band", "silence"]
    found = pd.DataFrame(index=people, columns=names, dtype=float)
    scored = np.zeros(len(people), dtype=bool)
    if events.grid:
        codes, bands = events.grid.inputs, {b.code: b.label for b in events.grid.bands}
        told = FragilityScore.objects.filter(run=events.run, senior__in=among(people.tolist()))
        kept = {who: bytes(inputs) for who, inputs in told.values_list("senior", "inputs")}
        scored = people.isin(list(kept))
        nothing = bytes([UNKNOWN_BYTE]) * len(codes)
        packed = b"".join(kept.get(one, nothing) for one in people)
        inputs = np.frombuffer(packed, dtype=np.uint8).reshape(len(people), len(codes))
        anew = np.ascontiguousarray(told_anew(inputs, latest, codes).T)
        values = figures(dict(zip(codes, anew, strict=True)), len(people), events.grid)
        found = pd.DataFrame({name: values[name] for name in names}, index=people)
        found["band"] = found["band"].map(bands)
    heard = scored & (latest != UNKNOWN_BYTE).any(axis=1)
    health = heard & [consents.allows_health(agreed, one) for one in people]
    domains = {d.value: found[d.value].astype(float).round().where(heard) for d in Domain}
    domains["autonomy"] = domains["autonomy"].where(health)
    return pd.DataFrame(
        {
            "score": found["total"].astype(float).round().where(health),
            "score_part_connue": (100 * found["known_share"].astype(float)).round().where(heard),
            **{f"score_{name}": column for name, column in domains.items()},
            "score_niveau": found["band"].astype(object).where(heard).fillna(""),
            "invisible": found["silence"].notna().astype(int).where(scored),
        },
        index=people,
    )


def _told(
    people: pd.Index, records: RawSQL, agreed: consents.Answers, span: content.Span
) -> tuple[np.ndarray, np.ndarray]:
    """(The latest reply of the year to each item, the month when it was given)."""
    seen = _rows_of(records, Observation.objects.filter(observed_on__range=span.days))
    texts = {"day": Cast("observed_on", CharField()), "told": Cast("values", TextField())}
    seen = seen.annotate(**texts).order_by("observed_on", "id")
    rows_of = list(seen.values_list("person", "day", "source", "told"))
    persons, days, sources, told = zip(*rows_of, strict=True) if rows_of else ((), (), (), ())
    values = told_bytes_of(list(told))
    withhold(values, list(persons), list(sources), agreed)
    places = people.get_indexer(list(persons))
    names = ["", *sorted({day[:7] for day in days})]
    numbers = {name: number for number, name in enumerate(names)}
    months = np.array([numbers[day[:7]] for day in days], dtype=np.int32)
    latest, when = _latest(places, values, months, len(people))
    return latest, np.array(names, dtype=object)[when]


def _answers(people: pd.Index, latest: np.ndarray, months: np.ndarray) -> pd.DataFrame:
    """Replies, then their months."""
    values = np.where(latest == UNKNOWN_BYTE, np.nan, latest)
    told_of = pd.DataFrame(values, index=people, columns=CODES)
    dated = pd.DataFrame(months, index=people, columns=[f"{code}_mois" for code in CODES])
    return pd.concat([told_of, dated], axis=1)


def _latest(
    places: np.ndarray, values: np.ndarray, months: np.ndarray, people: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each person and item, the last value known and its month; 0 without one.

    A row an observation, the oldest first: `places` says whose, `months` when.
    """
    latest = np.full((people, values.shape[1]), UNKNOWN_BYTE, dtype=np.uint8)
    when = np.zeros((people, values.shape[1]), dtype=np.int32)
    rank = pd.Series(places).groupby(places).cumcount().to_numpy()
    for turn in range(rank.max(initial=-1) + 1):  # of one turn, each person at most once
        rows_of = np.flatnonzero(rank == turn)
        whose, known = places[rows_of], values[rows_of] != UNKNOWN_BYTE
        latest[whose] = np.where(known, values[rows_of], latest[whose])
        when[whose] = np.where(known, months[rows_of, None], when[whose])
    return latest, when


def _agreed(records: RawSQL) -> consents.Answers:
    """The latest consents of these people."""
    rows_of = _rows_of(records, Consent.objects.filter(kind__in=consents.KINDS))
    ordered = rows_of.order_by("decided_on", "pk")
    return consents.latest_of(ordered.values_list("person", "kind", "given"), {})


def _records(people: pd.Index) -> RawSQL:
    """The records of these people: theirs, and those absorbed."""
    theirs = people.tolist()
    absorbed = Senior.objects.filter(merged_into__in=among(theirs)).values_list("pk", flat=True)
    return among([*theirs, *absorbed])


def _rows_of(records: RawSQL, rows_of: QuerySet) -> QuerySet:
    """Rows that stand on these records, under the one kept (`person`)."""
    return rows_of.filter(senior__in=records).annotate(person=PERSON)


def _days(rows_of: QuerySet, day: str) -> pd.Series:
    """The day of each row, oldest first, as a number, under its person: twelve bytes a row, where a
    dictionary of dates takes a hundred and fifty."""
    told = rows_of.order_by(day).values_list(PERSON, day).iterator(chunk_size=BATCH)
    pairs = ((person, on.toordinal()) for person, on in told)
    found = np.fromiter(pairs, dtype=[("person", "i8"), ("day", "i4")])
    return pd.Series(found["day"].copy(), found["person"].copy())


def _last_by(
    column: str, values: Iterable[str], rows_of: QuerySet, day: str
) -> dict[str, pd.Series]:
    """{each of the values of a column: the last day of each person, as a number}."""
    last = rows_of.order_by().annotate(person=PERSON).values_list(column, "person")
    found = {value: (array("q"), array("i")) for value in values}
    for value, person, on in last.annotate(last=Max(day)).iterator(chunk_size=BATCH):
        persons, days = found[value]
        persons.append(person)
        days.append(on.toordinal())
    return {value: pd.Series(np.array(days), np.array(persons))
            for value, (persons, days) in found.items()}  # fmt: skip


def _of(days: pd.Series, people: pd.Index) -> list[date | None]:
    """The day of each of these people; None without one."""
    told = days.reindex(people, fill_value=0)
    return [date.fromordinal(one) if one else None for one in told]


@lru_cache(maxsize=1000)  # of a year, there are few
def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def _wait(answered: Any, visits: list) -> float | None:
    """Days from the reply to the first visit that follows."""
    after = [day for day in visits if answered and day >= answered]
    return (after[0] - answered).days if after else None


def sensitive_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns whose diversity is reported, under their French labels."""
    labels = {one.name: one.label for one in code_book().of(FILE) if one.sensitive}
    girs = {band: number for number, band in enumerate(content.GIRS, 1)}
    return frame.assign(gir=frame["gir"].map(girs))[list(labels)].rename(columns=labels)
