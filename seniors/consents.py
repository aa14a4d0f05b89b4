"""What may be used of what was told: the latest answer to each consent holds, from its day on.

Items on health count while the latest answer to HEALTH is yes. Replies to the survey count until
the latest answer to VISIT is no. That she replied on that day stays true and still counts as news
of her: a refusal makes nobody silent.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import QuerySet

from seniors.enums import ConsentKind
from seniors.models import Consent

KINDS = HEALTH, VISIT = ConsentKind.HEALTH.value, ConsentKind.VISIT.value


class Answers(NamedTuple):
    """The latest answer of each person to the consents that count here."""

    health: dict[int, bool]
    visit: dict[int, bool]


def latest(rows: QuerySet[Consent], person_of: Mapping[int, int]) -> Answers:
    """The latest answer of each person and kind; the last one written, of two of one day.

    `person_of` gives the record kept for those absorbed; the others are their own.
    """
    return latest_of(in_order(rows), person_of)


def in_order(rows: QuerySet[Consent]) -> QuerySet:
    """(record, kind, given) of the answers that count here, the latest last."""
    told = rows.filter(kind__in=KINDS).order_by("decided_on", "pk")
    return told.values_list("senior_id", "kind", "given")


def latest_of(told: Iterable[tuple[int, str, bool]], person_of: Mapping[int, int]) -> Answers:
    """The same as `latest`, from rows already read `in_order`."""
    answers = Answers({}, {})
    of_kind = {HEALTH: answers.health, VISIT: answers.visit}
    for record, kind, given in told:
        of_kind[kind][person_of.get(record, record)] = given
    return answers


def latest_by_kind(rows: QuerySet[Consent]) -> dict[str, Consent]:
    """{kind: the latest answer} of one person, all four kinds; those never asked are left out."""
    return {consent.kind: consent for consent in rows.order_by("decided_on", "pk")}


def allows_health(answers: Answers, person: int) -> bool:
    """Whether items on health may be used."""
    return answers.health.get(person, False)


def allows_survey(answers: Answers, person: int) -> bool:
    """Whether her replies to the survey may be used; they were stored on her consent."""
    return answers.visit.get(person, True)
