"""Whose answers these are: on which record they count, who took an agreement back since, and the
news that an answer gives of her."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q

from seniors.enums import ConsentKind
from seniors.models import Consent, Senior
from seniors.person import records_of
from surveys.receiving.answer import Answer

BATCH = 500
KEEPING = (ConsentKind.VISIT, ConsentKind.HEALTH)


def of_people(answers: Sequence[Answer]) -> list[Answer]:
    """Each on the record kept of its person, read once the campaign is held: records may have been
    joined while it was waited for. In the order of the people, as everything else holds them."""
    kept: dict[int, int] = {}
    for ids in batches(sorted({answer.senior_id for answer in answers})):
        merged = Senior.objects.filter(pk__in=ids, merged_into__isnull=False)
        kept |= dict(merged.values_list("pk", "merged_into"))
    told = (
        replace(answer, senior_id=kept[answer.senior_id]) if answer.senior_id in kept else answer
        for answer in answers
    )
    return sorted(told, key=lambda answer: answer.senior_id)


def note_contact(answers: Iterable[Answer]) -> None:
    """Someone who replied has given news, even when nothing of her reply is kept."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for answer in answers:
        by_day[answer.received_on].append(answer.senior_id)
    for day, ids in by_day.items():
        before = Q(last_contact_on=None) | Q(last_contact_on__lt=day)
        for some in batches(ids):
            Senior.objects.filter(before, pk__in=some).update(last_contact_on=day)


def as_of_today(answers: Sequence[Answer]) -> list[Answer]:
    """Each with what she took back after its day, of what allows to keep what she answered."""
    refused: dict[int, dict[ConsentKind, date]] = defaultdict(dict)
    refusals = Consent.objects.filter(kind__in=KEEPING, given=False).order_by("decided_on")
    for ids in batches(sorted({answer.senior_id for answer in answers})):
        records = records_of(ids)
        rows = refusals.filter(senior__in=records)
        for record, kind, day in rows.values_list("senior_id", "kind", "decided_on"):
            refused[records[record]][ConsentKind(kind)] = day  # the last one stays
    return [
        replace(answer, withdrawn=withdrawn) if (withdrawn := _since(answer, refused)) else answer
        for answer in answers
    ]


def _since(
    answer: Answer, refused: Mapping[int, Mapping[ConsentKind, date]]
) -> frozenset[ConsentKind]:
    days = refused.get(answer.senior_id, {})
    return frozenset(kind for kind, day in days.items() if day > answer.received_on)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Pieces small enough for a query's parameters."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
