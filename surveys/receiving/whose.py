"""Whose answers these are: on which record they count, who took an agreement back since, and the
news that an answer gives of her."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q

from seniors.enums import ConsentKind
from seniors.models import Consent, Senior
from seniors.person import records_of
from surveys.receiving.answer import Answer

BATCH = 500


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


def withdrawn_since(answers: Sequence[Answer], kind: ConsentKind = ConsentKind.VISIT) -> set[int]:
    """Those who took that consent back after the day of the answer."""
    received = {answer.senior_id: answer.received_on for answer in answers}
    withdrawn = set()
    for ids in batches(sorted(received)):
        refusals = Consent.objects.filter(kind=kind, given=False)
        records = records_of(ids)
        rows = refusals.filter(senior__in=records)
        for record, day in rows.values_list("senior_id", "decided_on"):
            if day > received[records[record]]:
                withdrawn.add(records[record])
    return withdrawn


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Pieces small enough for a query's parameters."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
