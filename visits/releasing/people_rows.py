"""The file with a row a person: who may be in it, under which columns, batch by batch.

In it are people housed that day whose latest answer to the consent « évaluation » is yes, and who
have no objection running. Items on health, and replies to the survey, obey their own consents as
everywhere (`seniors.consents`).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import CharField, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from seniors import consents
from seniors.enums import ConsentKind, Domain, Source
from seniors.fragility.indicators import ITEM_CODES, UNKNOWN_BYTE
from seniors.fragility.load import told_bytes_of, withhold
from seniors.fragility.store import grid_of, latest_run
from seniors.models import Consent, FragilityScore, Observation, Senior
from seniors.person import PERSON, among
from surveys.campaigns.dispatch import running_objections
from visits.enums import Family
from visits.releasing import content, rows
from visits.releasing.codebook import code_book
from visits.releasing.content import PLACES
from visits.steering.events import needs_found, visits_done, words_heard

FILE = "personnes"
BATCH = 5_000
CODES = list(ITEM_CODES)
# What others may know of someone, and the names of these columns in the file.
KNOWN = {
    "age": "tranche_age",
    "sex": "sexe",
    "territory": "territoire",
    "household": "menage",
    "floor": "etage",
}
_OLDER = {"60-69": "60-79", "70-79": "60-79", "80-89": "80+", "90+": "80+"}
# From the column that says least of a need to the one that says most.
LADDERS: rows.Ladders = {
    "floor": [{"1-2": "étage", "3+": "étage"}, rows.HIDDEN],
    "household": [rows.HIDDEN],
    "territory": [rows.HIDDEN],
    "age": [_OLDER, rows.HIDDEN],
    "sex": [rows.HIDDEN],
}


@dataclass(frozen=True)
class Chosen:
    """Who is in the file: their columns, pseudonyms, what to remember; of how many housed."""

    known: rows.Anonymous
    linked: rows.Linked
    housed: int


def choose(
    span: content.Span, *, secret: str, convention: str, memory: pd.DataFrame | None, k: int
) -> Chosen:
    """People of the file of a year, for the recipient of a convention."""
    people = content.people_on(span.day)
    agreed = people.index.isin(list(agreeing() - _objecting(span)))
    known = rows.anonymise(
        people.loc[agreed, list(KNOWN)], LADDERS, k=k, among=people[list(PLACES)]
    )
    key = rows.key_for(secret, convention)
    kept, housed = people.loc[known.columns.index, "uid"], len(people)
    del people
    bases = pd.Series([rows.pseudonym(key, uid) for uid in kept], kept.index, dtype=object)
    del kept
    linked = rows.link(bases, rows.classes_of(known.columns), memory, key, k=k)
    return Chosen(known, linked, housed)


def agreeing() -> set[int]:
    """People whose latest answer to the consent « évaluation » is yes."""
    asked = Consent.objects.filter(kind=ConsentKind.EVALUATION).order_by("decided_on", "pk")
    told = dict(asked.annotate(whose=PERSON).values_list("whose", "given"))
    return {person for person, given in told.items() if given}


def _objecting(span: content.Span) -> set[int]:
    return set(running_objections(span.day).values_list(PERSON, flat=True))


def frames(chosen: Chosen, span: content.Span) -> Iterator[pd.DataFrame]:
    """The file, in the order of pseudonyms (that of the base would tell who came first)."""
    order = chosen.linked.pseudonyms.sort_values().index
    events = _Events(span)
    for start in range(0, len(order), BATCH):
        people = order[start : start + BATCH]
        frame = _batch(people, chosen, events, span)
        code_book().check(FILE, list(frame))
        yield frame


def _batch(people: pd.Index, chosen: Chosen, events: "_Events", span: content.Span) -> pd.DataFrame:
    """One row for each of these people."""
    known = chosen.known.columns.loc[people].rename(columns=KNOWN)
    head = pd.DataFrame({"annee": span.year, "pseudonyme": chosen.linked.pseudonyms[people]})
    records = _records(people)
    agreed = _agreed(records)
    parts = [
        head,
        known,
        pd.DataFrame(
            {"gir": [events.gir.get(one, content.NOT_DECLARED) for one in people]}, people
        ),
        events.of(people),
        _scores(people, agreed, events),
        _told(people, records, agreed, span),
    ]
    return pd.concat(parts, axis=1)


class _Events:
    """What was done in the year, by person, and the scores of the last computation."""

    def __init__(self, span: content.Span) -> None:
        told = words_heard(span.days)
        self.answered = _last(told.filter(source=Source.SURVEY), "observed_on")
        self.seen = _last(told, "observed_on").index
        self.signalled = _last(content.signals_of(span), "observed_on").index
        self.visits = _days(visits_done(span.days), "made_on")
        needs = needs_found(span.days)
        self.needs = {family: _last(needs.filter(family=family), "found_on") for family in Family}
        self.actions = content.actions_of(span)[["person", "family", "stage", "delay"]]
        self.gir = content.gir_on(span.day)
        self.run = latest_run()
        self.bands = {b.code: b.label for b in grid_of(self.run).bands} if self.run else {}

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


def _scores(people: pd.Index, agreed: consents.Answers, events: _Events) -> pd.DataFrame:
    """The score of the last computation; that of autonomy obeys the consent on health."""
    names = ["total", "known_share", *(domain.value for domain in Domain), "band", "silence"]
    told = FragilityScore.objects.filter(run=events.run, senior__in=among(people.tolist()))
    found = pd.DataFrame(
        list(told.values_list("senior", *names)), columns=["person", *names]
    ).set_index("person").reindex(people)  # fmt: skip
    health = np.array([consents.allows_health(agreed, one) for one in people], dtype=bool)
    domains = {domain.value: found[domain.value].astype(float).round(1) for domain in Domain}
    domains["autonomy"] = domains["autonomy"].where(health)
    return pd.DataFrame(
        {
            "score": found["total"].astype(float).round(1).where(health),
            "score_part_connue": (100 * found["known_share"].astype(float)).round(),
            **{f"score_{name}": column for name, column in domains.items()},
            "score_niveau": found["band"].map(events.bands).astype(object).fillna(""),
            "invisible": found["silence"].notna().astype(int).where(found["total"].notna()),
        },
        index=people,
    )


def _told(
    people: pd.Index, records: RawSQL, agreed: consents.Answers, span: content.Span
) -> pd.DataFrame:
    """The latest reply to each item, and the month when it was given."""
    oldest = (pd.Timestamp(span.day) - pd.DateOffset(months=content.MONTHS)).date()
    seen = _rows_of(records, Observation.objects.filter(observed_on__range=(oldest, span.day)))
    texts = {"day": Cast("observed_on", CharField()), "told": Cast("values", TextField())}
    seen = seen.annotate(**texts).order_by("observed_on", "id")
    rows_of = list(seen.values_list("person", "day", "source", "told"))
    persons, days, sources, told = zip(*rows_of, strict=True) if rows_of else ((), (), (), ())
    values = told_bytes_of(list(told))
    withhold(values, list(persons), list(sources), agreed)
    places = people.get_indexer(list(persons))
    names, months = np.unique([day[:7] for day in days], return_inverse=True)
    latest, when = _latest(places, values, months + 1, len(people))
    shares = np.where(latest == UNKNOWN_BYTE, np.nan, latest)
    dates = np.array(["", *names], dtype=object)[when]
    told_of = pd.DataFrame(shares, index=people, columns=CODES)
    dated = pd.DataFrame(dates, index=people, columns=[f"{code}_mois" for code in CODES])
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


def _last(rows_of: QuerySet, day: str) -> pd.Series:
    """The last day of each person."""
    days = _days(rows_of, day)
    return days[~days.index.duplicated(keep="last")]


def _of(days: pd.Series, people: pd.Index) -> list[date | None]:
    """The day of each of these people; None without one."""
    told = days.reindex(people, fill_value=0)
    return [date.fromordinal(one) if one else None for one in told]


def _month(day: Any) -> str:
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
