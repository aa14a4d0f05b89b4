"""The counts that every rate is read from, kept beside the invitations whatever their number.

Three gestures change them, under the lock of the campaign: people are asked (`note_asked`), they
answer (`note_answers`), two records become one person or are parted (`note_records`). Each reads
the tables that hold the truth and may run again. What an invitation counts for is written on it,
so that a change takes off what was counted and adds what is true now.

A person counts once a campaign, where she lived when she was asked; her answer counts whichever of
her records holds it. Those who gave no answer are forgotten at their term (`forget`): their counts
stay.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from seniors import bulk
from seniors.models import Senior
from seniors.person import PERSON, records_of
from surveys.days import years_before
from surveys.locking import campaigns_of, lock_campaign
from surveys.models import Campaign, Invitation, Response, Sending, Tally

# The first age of each band; 0 is younger, None is unknown.
BANDS = (60, 70, 80, 90)
BATCH = 500
By = Tally.By
# What each count parts people by, territory aside.
FIELDS = {
    By.AGE: ("age_band", "answered_by"),
    By.RESIDENCE: ("residence", "answered_by"),
    By.DAYS: ("sent_on", "answered_on"),
}
_WHOLE = ("residence", "age_band", "sent_on", "wave", "answered_by", "answered_on")
# A count: by what, the territory, then _WHOLE.
Key = tuple[Any, ...]


def note_asked(campaign: Campaign) -> None:
    """Keep where those just asked live and how old they are on the opening day; count them."""
    asked = Invitation.objects.filter(campaign=campaign, territory=None)
    who = Senior.objects.filter(pk=OuterRef("senior"))
    band = who.annotate(band=_band(campaign.opened_on)).values("band")
    response = Response.objects.filter(campaign=OuterRef("campaign"), senior=OuterRef("senior"))
    asked.update(
        territory=Subquery(who.values("dwelling__residence__territory")),
        residence=Subquery(who.values("dwelling__residence")),
        age_band=Subquery(band),
        answered_by=Coalesce(Subquery(response.values("channel")), Value("")),
        answered_on=Subquery(response.values("received_on")),
    )
    recount(campaign)
    # Of a person on several records, another one may hold the answer.
    merged = Senior.objects.filter(merged_into__isnull=False)
    answered = Response.objects.filter(campaign=campaign, senior__in=merged.values("pk"))
    _follow(campaign, set(answered.values_list(PERSON, flat=True)))


@transaction.atomic
def recount(campaign: Campaign) -> None:
    """Count every invitation of a campaign anew. Nobody of it has been forgotten yet: a campaign
    that is over asks nobody new (`dispatch.check_open`)."""
    lock_campaign(campaign)
    fresh = counted(campaign)
    Tally.objects.filter(campaign=campaign).delete()
    _insert(campaign, fresh)


def counted(campaign: Campaign) -> Counter[Key]:
    """What the invitations of a campaign say, counted one by one: what its tallies hold, as long as
    nobody was forgotten."""
    asked = Invitation.objects.filter(campaign=campaign, counts=True, territory__isnull=False)
    found: Counter[Key] = Counter()
    for by, fields in FIELDS.items():
        rows = asked.order_by().values("territory", *fields).annotate(n=Count("*"))
        for row in rows:
            found[_key(by, row)] += row["n"]
    return found


def note_answers(campaign: Campaign, senior_ids: Iterable[int]) -> None:
    """Keep when and how these answered, as their responses now say."""
    _follow(campaign, _people(senior_ids))


def note_records(senior_ids: Collection[int]) -> None:
    """Follow these records, joined into one person or parted, in every campaign that asked them."""
    records = list(records_of(list(senior_ids)))
    for campaign in campaigns_of(records):
        _follow(campaign, _people(records))


def _people(senior_ids: Iterable[int]) -> set[int]:
    """The people of these records: the record kept of each."""
    found: set[int] = set()
    for some in _batches(sorted(set(senior_ids))):
        merged = Senior.objects.filter(pk__in=some, merged_into__isnull=False)
        kept = dict(merged.values_list("pk", "merged_into"))
        found.update(kept.get(one, one) for one in some)
    return found


@transaction.atomic
def _follow(campaign: Campaign, people: Collection[int]) -> None:
    """Write on the invitations of these people what they count for, and change the counts by it."""
    if not people:
        return
    lock_campaign(campaign)
    change: Counter[Key] = Counter()
    for some in _batches(sorted(people)):
        change.update(_follow_some(campaign, some))
    _add(campaign, {key: times for key, times in change.items() if times})


def _follow_some(campaign: Campaign, people: Sequence[int]) -> Counter[Key]:
    """The same for a few: what it adds to each count, or takes off."""
    records = records_of(people)
    told: dict[int, tuple] = {}
    responses = Response.objects.filter(campaign=campaign, senior__in=records)
    for record, channel, day in responses.values_list("senior", "channel", "received_on"):
        answer = _rank(records, record), channel, day
        person = records[record]
        told[person] = min(told.get(person, answer), answer)
    asked: dict[int, list[Invitation]] = {}
    for one in Invitation.objects.filter(campaign=campaign, senior__in=records):
        asked.setdefault(records[one.senior_id], []).append(one)
    change: Counter[Key] = Counter()
    touched = []
    for person, hers in asked.items():
        hers.sort(key=lambda one: _rank(records, one.senior_id))
        _, channel, day = told.get(person, (None, "", None))
        for one in hers:
            before = one.counts, one.answered_by, one.answered_on
            after = one is hers[0], channel, day
            if before != after:
                change.subtract(_keys(one))
                one.counts, one.answered_by, one.answered_on = after
                change.update(_keys(one))
                touched.append(one)
    Invitation.objects.bulk_update(
        touched, ["counts", "answered_by", "answered_on"], batch_size=BATCH
    )
    return change


def _rank(records: dict[int, int], record: int) -> tuple[bool, int]:
    """The record kept comes first, else the oldest one."""
    return records[record] != record, record


def _keys(one: Invitation) -> list[Key]:
    """What an invitation counts for: nothing when another of hers does."""
    if not one.counts or one.territory_id is None:
        return []
    row = {
        "territory": one.territory_id,
        "residence": one.residence_id,
        "age_band": one.age_band,
        "sent_on": one.sent_on,
        "answered_by": one.answered_by,
        "answered_on": one.answered_on,
    }
    return [_key(by, row) for by in FIELDS]


def _key(by: str, row: dict[str, Any]) -> Key:
    """The count that a row belongs to."""
    told = {"answered_by": ""} | {name: row[name] for name in FIELDS.get(by, ("wave",))}
    return str(by), row["territory"], *(told.get(name) for name in _WHOLE)


def _add(campaign: Campaign, change: dict[Key, int]) -> None:
    """Change counts; the campaign is locked."""
    territories = {key[1] for key in change}
    touched = Tally.objects.filter(campaign=campaign, territory__in=territories)
    there: dict[Key, list[int]] = {}
    near = Q()
    for by, name in ((By.AGE, "age_band"), (By.RESIDENCE, "residence"), (By.DAYS, "sent_on")):
        place = 2 + _WHOLE.index(name)
        values = {key[place] for key in change if key[0] == by}
        some = Q(**{f"{name}__in": values - {None}}) | Q(**{name: None})
        near |= Q(some, by=by)
    rows = touched.filter(near).values_list("pk", "people", "by", "territory", *_WHOLE)
    for pk, people, *key in rows:
        there[tuple(key)] = [pk, people]
    changed = [
        Tally(pk=pk, people=people + change[key])
        for key, (pk, people) in there.items()
        if key in change
    ]
    Tally.objects.bulk_update(changed, ["people"], batch_size=BATCH)
    _insert(campaign, {key: times for key, times in change.items() if key not in there})


def _insert(campaign: Campaign, counts: dict[Key, int]) -> None:
    """Counts that nobody fell in before."""
    names = ("residence_id", "age_band", "sent_on", "wave_id", "answered_by", "answered_on")
    bulk.insert(
        Tally,
        ["campaign_id", "by", "territory_id", *names, "people"],
        ((campaign.pk, *key, people) for key, people in counts.items()),
    )


def forgettable(closed_by: date) -> QuerySet[Invitation]:
    """The invitations of who gave no answer to a campaign closed by that day."""
    return Invitation.objects.filter(campaign__closes_on__lte=closed_by, answered_by="")


def forget(closed_by: date) -> None:
    """Forget who gave no answer to those campaigns. That so many were asked stays counted, and so
    does how many each wave wrote to."""
    old = forgettable(closed_by)
    for campaign in Campaign.objects.filter(pk__in=old.values("campaign")).order_by("pk"):
        with transaction.atomic():
            lock_campaign(campaign)
            hers = old.filter(campaign=campaign)
            sent = Sending.objects.filter(invitation__in=hers, outcome=Sending.Outcome.SENT)
            sent = sent.exclude(pk__in=sent_twice(sent))
            rows = sent.order_by().values("wave", "invitation__territory").annotate(n=Count("*"))
            waves = {
                _key(
                    By.WAVE, {"wave": row["wave"], "territory": row["invitation__territory"]}
                ): row["n"]
                for row in rows
            }
            _insert(campaign, waves)
            hers.delete()


def sent_twice(sendings: QuerySet[Sending]) -> list[int]:
    """Of two sendings of one wave to one person, found since to have two records, the second."""
    seen: set[tuple[int, int]] = set()
    found = []
    joined = Senior.objects.filter(merged_into__isnull=False)
    hers = Q(invitation__senior__in=joined.values("pk"))
    hers |= Q(invitation__senior__in=joined.values("merged_into"))
    person = Coalesce("invitation__senior__merged_into", "invitation__senior")
    for pk, *key in sendings.filter(hers).order_by("pk").values_list("pk", "wave", person):
        if tuple(key) in seen:
            found.append(pk)
        seen.add(tuple(key))
    return found


def _band(on: date) -> Case:
    """The age band of a senior on that day; by the year when the day of birth is unknown."""
    whens = []
    for age in reversed(BANDS):
        born_by = years_before(on, age)
        old = Q(born_on__lte=born_by) | Q(born_on=None, birth_year__lte=born_by.year)
        whens.append(When(old, then=Value(age)))
    unknown = When(born_on=None, birth_year=None, then=Value(None))
    return Case(unknown, *whens, default=Value(0))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Pieces small enough for a query's parameters."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
