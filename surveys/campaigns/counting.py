"""What an invitation keeps so that rates are counted along one index, whatever the size.

Two gestures write it: whoever is asked (`note_asked`), and whoever answers (`note_answers`). Both
read the tables that hold the truth and may run again. An answer or an invitation that stands on
another record of the same person is not known here: `merged_counts` says what to add for those.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from seniors.models import Senior
from seniors.person import PERSON
from surveys.days import years_before
from surveys.models import Campaign, Invitation, Response

# The first age of each band; 0 is younger, None is unknown.
BANDS = (60, 70, 80, 90)
BATCH = 500


class Counted(NamedTuple):
    """One invitation to add to the counts, or to take off (`times` of -1)."""

    campaign: int
    territory: int | None
    residence: int | None
    age_band: int | None
    sent_on: date
    answered_by: str
    answered_on: date | None
    times: int


def note_asked(campaign: Campaign) -> None:
    """Keep where those just asked live and how old they are on the opening day."""
    asked = Invitation.objects.filter(campaign=campaign, territory=None)
    who = Senior.objects.filter(pk=OuterRef("senior"))
    band = who.annotate(band=_band(campaign.opened_on)).values("band")
    asked.update(
        territory=Subquery(who.values("dwelling__residence__territory")),
        residence=Subquery(who.values("dwelling__residence")),
        age_band=Subquery(band),
        **_answer(),
    )


def note_answers(campaign: Campaign, senior_ids: Iterable[int]) -> None:
    """Keep when and how these answered, as their responses now say."""
    ids = sorted(set(senior_ids))
    for start in range(0, len(ids), BATCH):
        some = Invitation.objects.filter(campaign=campaign, senior__in=ids[start : start + BATCH])
        some.update(**_answer())


def _answer() -> dict[str, Coalesce | Subquery]:
    """When and how the person of an invitation answered it, on that very record."""
    response = Response.objects.filter(campaign=OuterRef("campaign"), senior=OuterRef("senior"))
    return {
        "answered_by": Coalesce(Subquery(response.values("channel")), Value("")),
        "answered_on": Subquery(response.values("received_on")),
    }


def _band(on: date) -> Case:
    """The age band of a senior on that day; by the year when the day of birth is unknown."""
    whens = []
    for age in reversed(BANDS):
        born_by = years_before(on, age)
        old = Q(born_on__lte=born_by) | Q(born_on=None, birth_year__lte=born_by.year)
        whens.append(When(old, then=Value(age)))
    unknown = When(born_on=None, birth_year=None, then=Value(None))
    return Case(unknown, *whens, default=Value(0))


def merged_counts(campaigns: Collection[Campaign]) -> Iterator[Counted]:
    """What joins several records of a person in one, in two queries whatever their number.

    She is asked once, on the record kept if it was asked; her answer counts whichever of her
    records holds it.
    """
    merged = Senior.objects.filter(merged_into__isnull=False).order_by()
    records = merged.values("pk").union(merged.values("merged_into"))
    asked = Invitation.objects.filter(campaign__in=campaigns, senior__in=records)
    by_person: dict[tuple[int, int], list[tuple]] = {}
    for person, record, *told in asked.values_list(PERSON, "senior", *Counted._fields[:-1]):
        by_person.setdefault((told[0], person), []).append((record != person, record, told))
    if not by_person:
        return
    answers = _answers(Response.objects.filter(campaign__in=campaigns, senior__in=records))
    for key, rows in by_person.items():
        # The record kept comes first, else the oldest one.
        *place, answered_by, answered_on = min(rows)[2]
        answer = answers.get(key, ("", None))
        if len(rows) == 1 and answer == (answered_by, answered_on):
            continue  # counted as it should be
        for _, _, told in rows:
            yield Counted(*told, -1)
        yield Counted(*place, *answer, 1)


def _answers(responses: QuerySet[Response]) -> dict[tuple[int, int], tuple[str, date]]:
    """{(campaign, person): how and when she answered}, on the record kept if it holds an answer."""
    found: dict[tuple[int, int], tuple] = {}
    fields = ("campaign", PERSON, "senior", "channel", "received_on")
    for campaign, person, record, *told in responses.values_list(*fields):
        answer = (record != person, record, *told)
        key = campaign, person
        found[key] = min(found.get(key, answer), answer)
    return {key: (channel, day) for key, (_, _, channel, day) in found.items()}
