"""Forms on their way in: who they are about, whether they may be kept, the visit of their day.

What `recording` writes is read here first, for all the forms of one sending in as many queries as
for one. Each is about someone else; the people are held until the end of the transaction, so that
forms of one person come one at a time.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from seniors import observe
from seniors.access import visible_seniors
from seniors.models import Senior, User
from seniors.person import records_of
from visits import access
from visits.models import (
    ActionKind,
    Appointment,
    Clash,
    Device,
    UndoneForm,
    Visit,
    VisitForm,
    VisitListEntry,
)
from visits.visiting import effects, envelope, form, merging
from visits.visiting.fields import Refused
from visits.visiting.merging import Told

OUTCOME = "outcome"  # the field of a clash on how the visit ended
# A visit may be made that long before or after the days of its list, or its appointment.
ASKED_ABOUT = timedelta(days=14)


@dataclass
class Arrival:
    """One form; what is read about it is added as it is found."""

    place: int
    read: envelope.Sent
    device: Device | None
    # Its identity was already used for another content.
    is_used: bool = False
    person: Senior | None = None
    records: Sequence[int] = ()
    content: dict[str, int | str] = field(default_factory=dict)
    # The visit of that day, its forms received before, and what these say together.
    visit: Visit | None = None
    forms: Sequence[VisitForm] = ()
    stands: Mapping[str, Told] = field(default_factory=dict)

    @property
    def next_on(self) -> date | None:
        """The next contact that was agreed at the door."""
        day = self.content.get("next.on")
        return date.fromisoformat(str(day)) if day else None


def apart(arrivals: Iterable[Arrival]) -> list[list[Arrival]]:
    """In groups where no person and no identity comes twice; those of one person in their order."""
    groups: list[list[Arrival]] = []
    nexts: defaultdict[tuple[str, uuid.UUID], int] = defaultdict(int)
    for one in arrivals:
        names = ("form", one.read.uid), ("person", one.read.senior)
        place = max(nexts[name] for name in names)
        nexts |= dict.fromkeys(names, place + 1)
        if place == len(groups):
            groups.append([])
        groups[place].append(one)
    return groups


def known_forms(arrivals: Sequence[Arrival]) -> dict[int, VisitForm]:
    """{place: the form received before under that identity}, each with `clash_count`."""
    uids = [one.read.uid for one in arrivals]
    rows = VisitForm.objects.filter(uid__in=uids).select_related("visit__senior")
    known = {row.uid: row for row in rows.annotate(clash_count=Count("visit__clashes"))}
    return {one.place: known[one.read.uid] for one in arrivals if one.read.uid in known}


def agreeing(group: Sequence[Arrival]) -> set[int]:
    """The people who agree to have kept what their forms tell of health."""
    asked = {one.person.pk for one in group if effects.tells_of_health(one.content)}
    return observe.having_health_consent(asked) if asked else set()


def taken_back(group: Sequence[Arrival]) -> set[int]:
    """Places of the forms whose answers she took back after that day."""
    said = [one for one in group if effects.tells_what_was_said(one.content)]
    asked = {record: one for one in said for record in (one.person.pk, *one.records)}
    days = {record: one.read.made_on for record, one in asked.items()}
    return {asked[record].place for record in effects.taken_back(days)} if asked else set()


def taken_back_since(arrivals: Sequence[Arrival]) -> dict[int, UndoneForm]:
    """{place: what is kept of the same form, received before, whose visit was undone since}. One
    with another content is marked."""
    rows = UndoneForm.objects.filter(uid__in=[one.read.uid for one in arrivals])
    undone = {row.uid: row for row in rows}
    found = {}
    for one in arrivals:
        before = undone.get(one.read.uid)
        one.is_used |= before is not None and before.digest != one.read.digest
        if before and not one.is_used:
            found[one.place] = before
    return found


def find_people(arrivals: Sequence[Arrival], by: User) -> dict[int, Refused]:
    """Find and hold the people, on the record kept of each. Gives the forms refused:
    unknown_senior."""
    seen = visible_seniors(by).filter(uid__in=[one.read.senior for one in arrivals])
    # Always in one order: two sendings about the same people then wait for each other.
    held = seen.select_for_update(no_key=True, of=("self",)).order_by("pk")
    people = {person.uid: person for person in held}
    refused = {}
    for one in arrivals:
        try:
            one.person = people.get(one.read.senior) or hold(
                person_for(one.read.senior, by=by, on=one.read.made_on)
            )
        except Refused as refusal:
            refused[one.place] = refusal
    found = [one for one in arrivals if one.place not in refused]
    records: defaultdict[int, list[int]] = defaultdict(list)
    for record, person in records_of([one.person.pk for one in found]).items():
        records[person].append(record)
    for one in found:
        one.records = records[one.person.pk]
    return refused


def hold(person: int) -> Senior:
    """The person, held until the end of the transaction: her forms come one at a time."""
    return Senior.objects.select_for_update(no_key=True).get(pk=person)


def person_for(uid: uuid.UUID, *, by: User, on: date) -> int:
    """The id of the record kept of a person whom `by` may see, or was asked to visit.

    Raises Refused: unknown_senior.
    """
    senior = Senior.objects.filter(uid=uid).first()
    kept = senior and (senior.merged_into_id or senior.pk)
    if senior and (
        visible_seniors(by).filter(pk=kept).exists() or _was_asked([kept, senior.pk], by, on)
    ):
        return kept
    raise Refused(
        "unknown_senior",
        "Cette personne n’existe pas, ou n’est pas dans vos territoires. Rien n’a été "
        "enregistré ; demandez à votre responsable à qui transmettre la fiche.",
    )


def _was_asked(records: Sequence[int], by: User, on: date) -> bool:
    """Whether she was on the officer's list or in his week at about that time: the work of who had
    her is accepted. Having had her once opens nothing for ever."""
    his = [by.pk, *access.covered_by(by, on).values_list("pk", flat=True)]
    theirs = Q(senior__in=records) | Q(senior__merged_into__in=records)
    first, last = on - ASKED_ABOUT, on + ASKED_ABOUT
    entries = VisitListEntry.objects.filter(
        theirs,
        visit_list__officer__in=his,
        visit_list__published_at__isnull=False,
        visit_list__starts_on__lte=last,
        visit_list__ends_on__gte=first,
    )
    expected = Appointment.objects.filter(theirs, officer__in=his, day__range=(first, last))
    return entries.exists() or expected.exists()


def clean(arrivals: Sequence[Arrival], kinds: Sequence[ActionKind]) -> dict[int, Refused]:
    """Read the fields as they may be stored. Gives the forms refused."""
    codes = {kind.code for kind in kinds}
    partners = effects.partners_named(one.read.content for one in arrivals)
    refused = {}
    for one in arrivals:
        try:
            one.content = _cleaned(one.read, kinds=codes, partners=partners)
        except Refused as refusal:
            refused[one.place] = refusal
    return refused


def _cleaned(read: envelope.Sent, **catalogue: Any) -> dict[str, int | str]:
    content = form.clean(read.content, outcome=read.outcome, **catalogue)
    if content.get("next.on", "9999") < read.made_on.isoformat():
        raise Refused(
            "next_before",
            "Le prochain contact est daté d’avant la visite. Rien n’a été enregistré ; corrigez "
            "la date.",
            "next.on",
        )
    return content


def find_visits(arrivals: Sequence[Arrival], by: User) -> None:
    """Find the visit of each one's day with its forms, or begin it."""
    entries = _entries(arrivals)
    known = _visits(arrivals)
    begun = []
    for one in arrivals:
        entry = entries.get(one.read.entry)
        if entry and entry.senior_id not in one.records:
            entry = None
        one.visit, one.forms = known.get(one.place), ()
        if one.visit is None:
            one.visit = Visit(
                senior=one.person,
                entry=entry,
                made_on=one.read.made_on,
                outcome=one.read.outcome,
                made_by=by,
                next_contact_on=one.next_on,
            )
            begun.append(one.visit)
            continue
        if one.visit.entry_id is None and entry:
            one.visit.entry = entry
            one.visit.save(update_fields=["entry"])
        one.visit.senior = one.person
        one.forms = list(one.visit.forms.order_by("pk"))
    Visit.objects.bulk_create(begun)
    for one in arrivals:
        one.stands = stands(one.visit, one.forms)


def _entries(arrivals: Sequence[Arrival]) -> dict[int, VisitListEntry]:
    named = [one.read.entry for one in arrivals if one.read.entry is not None]
    return VisitListEntry.objects.in_bulk(named) if named else {}


def _visits(arrivals: Sequence[Arrival]) -> dict[int, Visit]:
    """{place: the visit that there is}, the first one on any record of the person."""
    visits = Visit.objects.filter(
        senior__in=[record for one in arrivals for record in one.records],
        made_on__in={one.read.made_on for one in arrivals},
    )
    there: dict[tuple[int, date], Visit] = {}
    for visit in visits.order_by("pk"):
        there[visit.senior_id, visit.made_on] = visit
    found = {}
    for one in arrivals:
        days = [there.get((record, one.read.made_on)) for record in one.records]
        if any(days):
            found[one.place] = min(filter(None, days), key=lambda visit: visit.pk)
    return found


def stands(visit: Visit, forms: Sequence[VisitForm]) -> dict[str, Told]:
    """What these forms of a visit say together."""
    chosen = _chosen([visit.pk])[visit.pk] if len(forms) > 1 else {}
    return _together([(one.pk, one.content) for one in forms], chosen)


def told_at_visits(forms: QuerySet[VisitForm]) -> list[tuple[int, date, dict[str, int | str]]]:
    """(record, day, what the forms of that visit say together), the latest last; of two visits of
    one day on joined records, the first one counts, so it comes last.

    One query, two when a visit has several forms.
    """
    rows = forms.order_by("visit__made_on", "-visit", "pk").values_list(
        "visit", "visit__senior", "visit__made_on", "pk", "content"
    )
    visits = [(key, list(group)) for key, group in groupby(rows, key=lambda row: row[:3])]
    chosen = _chosen([visit for (visit, *_), group in visits if len(group) > 1])
    return [
        (record, day, {code: one.value for code, one in told.items()})
        for (visit, record, day), group in visits
        for told in [_together([row[3:] for row in group], chosen[visit])]
    ]


def _chosen(visits: Sequence[int]) -> defaultdict[int, dict[str, int]]:
    """{visit: {field: form that a person chose last}}."""
    chosen: defaultdict[int, dict[str, int]] = defaultdict(dict)
    if visits:
        settled = Clash.objects.filter(visit__in=visits, settled_at__isnull=False)
        rows = settled.exclude(field=OUTCOME).order_by("settled_at", "pk")
        for visit, code, form_pk in rows.values_list("visit", "field", "chosen"):
            chosen[visit][code] = form_pk
    return chosen


def _together(
    forms: Sequence[tuple[int, Mapping[str, int | str]]], chosen: Mapping[str, int]
) -> dict[str, Told]:
    """Of (form, content), in the order they were received."""
    places = {pk: place for place, (pk, _) in enumerate(forms)}
    contents = [content for _, content in forms]
    return merging.put_together(contents, {code: places[pk] for code, pk in chosen.items()})
