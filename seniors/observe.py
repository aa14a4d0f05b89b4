"""The only door that writes an Observation: range, consent and identity are checked here.

A sensitive item is kept only if the person gave the HEALTH consent; it is dropped without a word
otherwise, and the rest is kept. The caller records the consents before the observation.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from seniors import consents
from seniors.enums import Source
from seniors.fragility import items
from seniors.models import Consent, Observation, Senior, User
from seniors.person import records_of

BATCH = 500


class Refused(ValueError):
    """The values cannot be stored; the message is a French sentence for the user."""


class Conflict(Exception):
    """This identity was already used for something else; nothing was written."""

    def __init__(self, uid: uuid.UUID) -> None:
        self.uid = uid
        super().__init__("Cette fiche a déjà été enregistrée avec un autre contenu.")


@dataclass(frozen=True)
class Note:
    """What one source tells of one senior on one day; `uid` is its identity."""

    senior_id: int
    uid: uuid.UUID
    source: Source
    observed_on: date
    values: dict[str, int]


def record(
    senior: Senior,
    *,
    uid: uuid.UUID,
    source: Source,
    observed_on: date,
    values: dict[str, int],
    by: User | None = None,
) -> Observation:
    """Store one observation, or return the first one if it was sent before.

    `values` is {item code: whole number}, unknown items left out. Raises `Refused` on a code or
    a value that does not exist, `Conflict` when `uid` was used for another content.
    """
    note = Note(senior.pk, uid, source, observed_on, values)
    return record_many([note], by=by)[0]


@transaction.atomic
def record_many(notes: Sequence[Note], *, by: User | None = None) -> list[Observation]:
    """Store many observations, all or none, in a few queries; the answer keeps their order.

    Same rules and same exceptions as `record`.
    """
    for note in notes:
        if found := items.problems(note.values):
            raise Refused(" ".join(found))
    agreed = having_health_consent({note.senior_id for note in notes})
    rows = [_observation(note, agreed, by) for note in notes]
    # Conflicts are ignored, then read back: two identical sendings at once make one row.
    Observation.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    stored = _stored([note.uid for note in notes])
    for note in notes:
        if not _same(stored[note.uid], note):
            raise Conflict(note.uid)
    return [stored[note.uid] for note in notes]


def having_health_consent(senior_ids: Iterable[int]) -> set[int]:
    """Those whose latest answer to the HEALTH consent is yes."""
    agreeing: set[int] = set()
    for ids in _batches(sorted(senior_ids)):
        records = records_of(ids)
        answers = consents.latest(Consent.objects.filter(senior__in=records), records)
        agreeing |= {one for one in ids if consents.allows_health(answers, one)}
    return agreeing


def _observation(note: Note, agreed: set[int], by: User | None) -> Observation:
    """The row to insert, without what the person did not agree to."""
    kept = {
        code: value
        for code, value in note.values.items()
        if note.senior_id in agreed or not items.is_sensitive(code)
    }
    return Observation(
        senior_id=note.senior_id,
        uid=note.uid,
        source=note.source,
        observed_on=note.observed_on,
        values=kept,
        recorded_by=by,
    )


def _stored(uids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Observation]:
    """The observations of these identities."""
    return {
        row.uid: row for some in _batches(uids) for row in Observation.objects.filter(uid__in=some)
    }


def _same(row: Observation, note: Note) -> bool:
    """Whether the row is this note, apart from the sensitive items that consent kept out."""
    told = {code: note.values.get(code) for code in row.values}
    dropped = note.values.keys() - row.values.keys()
    return (
        (row.senior_id, row.source, row.observed_on)
        == (note.senior_id, note.source, note.observed_on)
        and row.values == told
        and all(items.is_sensitive(code) for code in dropped)
    )


def _batches(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Pieces small enough for a query's parameters."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
