"""The only door for a visit form, whether from a phone, a desk or paper; and for a one-tap outcome.

A form's identity is its `uid`: sent twice it counts once, with another content it is refused and
kept aside. Two forms of one day are one visit, put together field by field (`merging`): the first
received stands, each field said otherwise is a Clash that a person settles. What the fields write
elsewhere is in `effects`; all of it stands or falls in one transaction, held by a lock on the
person. A form may arrive weeks late: nothing newer is written over.

A phone sends what waits together: forms about different people are recorded as one, and when
something is in the way of that, each again by itself. So one never holds the others.
"""

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from seniors import observe
from seniors.enums import Source
from seniors.models import Observation, Senior, User
from visits.acting.follow_up import FollowUpRefusal
from visits.agenda import outcomes
from visits.enums import Channel
from visits.models import (
    ActionKind,
    AsideForm,
    Clash,
    Device,
    UndoneForm,
    Visit,
    VisitForm,
    VisitListEntry,
)
from visits.visiting import arrivals, effects, envelope, form, merging
from visits.visiting.arrivals import OUTCOME, Arrival
from visits.visiting.fields import Refused

__all__ = [
    "OUTCOME",
    "Conflict",
    "Recorded",
    "Refused",
    "record_attempt",
    "record_visit",
    "record_visits",
    "settle",
    "told",
]

log = logging.getLogger(__name__)
Outcome = Visit.Outcome
SETTLED = (
    "Quelqu’un a choisi autrement entre-temps. Rien n’a changé\u00a0; relisez, puis recommencez."
)
LATER = "Une visite plus récente est déjà enregistrée : rien d’autre ne change."


class Conflict(Exception):
    """This identity was already used for another content; this one is kept aside."""

    def __init__(self, uid: uuid.UUID) -> None:
        self.uid = uid
        super().__init__(
            "Une autre fiche porte déjà ce numéro, avec un contenu différent. La première reste "
            "telle quelle ; celle-ci est mise de côté, à relire."
        )


@dataclass(frozen=True)
class Recorded:
    """What came of a form; `consequence` is the French sentence of how the visit ended."""

    form: VisitForm
    visit: Visit
    is_new: bool
    clashes: int
    consequence: str = ""


# Recorded, taken back since, or why not (Refused, Conflict, or what went wrong here).
Answer = Recorded | UndoneForm | Exception
Answers = dict[int, Answer]


def record_visit(sent: Mapping[str, Any], *, by: User, device: Device | None = None) -> Recorded:
    """Record one form (`envelope` says what is sent), or find it again.

    Raises Refused when it cannot be kept, and nothing of it is: unreadable, future, too_old,
    unknown_senior, next_before, those of `form.clean` and of `follow_up`. Raises Conflict when
    the identity was used for another content.
    """
    (answer,) = record_visits([(sent, device)], by=by)
    if isinstance(answer, Exception):
        raise answer
    return answer


def record_visits(
    sent: Sequence[tuple[Mapping[str, Any], Device | None]], *, by: User
) -> list[Answer]:
    """What `record_visit` answers or raises for each form and the phone it comes from, in order;
    forms about different people take a few queries whatever their number."""
    answers: Answers = {}
    coming = []
    for place, (one, device) in enumerate(sent):
        try:
            coming.append(Arrival(place, envelope.read(one), device))
        except Refused as refused:
            answers[place] = refused
    for group in arrivals.apart(coming):
        try:
            answers |= _record(group, by)
        except Exception:  # whatever stopped one, the others go on without it
            log.warning("%d forms, each again by itself", len(group), exc_info=len(group) > 1)
            answers |= {one.place: _record_alone(one, by) for one in group}
    return [answers[place] for place in range(len(sent))]


def record_attempt(
    senior: Senior,
    *,
    outcome: str,
    made_on: date,
    by: User,
    entry: VisitListEntry | None = None,
    why: str = "",
) -> Recorded:
    """Record how a visit ended, told in one tap. The same tap twice counts once.

    Same exceptions as `record_visit`.
    """
    said = json.dumps([str(senior.uid), made_on.isoformat(), outcome, why, by.pk])
    sent = {
        "uid": str(uuid.uuid5(uuid.NAMESPACE_OID, said)),
        "senior": str(senior.uid),
        "entry": entry and entry.pk,
        "made_on": made_on.isoformat(),
        "outcome": outcome,
        "channel": Channel.DESK.value,
        "version": form.VERSION,
        "content": {"why.words": why} if why else {},
    }
    return record_visit(sent, by=by)


def told(visit: Visit) -> dict[str, int | str]:
    """What a visit says: its forms put together, with what was chosen where they differ."""
    stands = arrivals.stands(visit, list(visit.forms.order_by("pk")))
    return {code: one.value for code, one in stands.items()}


@transaction.atomic
def settle(
    clash: Clash, *, keep: VisitForm, by: User, instead_of: VisitForm | None = None
) -> Clash:
    """Have what `keep` says stand for the field of a clash, and follow from it.

    A choice may be made again: `instead_of` stood when it was asked, None for the first; each
    stays in `clash.choices`. Raises Refused: settled (someone else chose), choice (neither).
    """
    visit = Visit.objects.select_related("senior").get(pk=clash.visit_id)
    visit.senior = arrivals.hold(visit.senior.merged_into_id or visit.senior_id)
    clash = Clash.objects.select_related("first", "second").get(pk=clash.pk)
    if keep.pk not in (clash.first_id, clash.second_id):
        raise Refused("choice", "Choisissez l’une des deux fiches. Rien n’a changé.", clash.field)
    if clash.settled_at and clash.chosen_id == keep.pk:
        return clash
    if clash.chosen_id != (instead_of and instead_of.pk):
        raise Refused("settled", SETTLED, clash.field)
    sides = clash.first, clash.second
    kept, other = sides if keep.pk == clash.first_id else reversed(sides)
    before = {**told(visit), OUTCOME: visit.outcome}
    clash.settled_at, clash.settled_by, clash.chosen = timezone.now(), by, kept
    clash.save(update_fields=["settled_at", "settled_by", "chosen"])
    clash.choices.create(chosen=kept, at=clash.settled_at, by=by)
    value = kept.outcome if clash.field == OUTCOME else kept.content[clash.field]
    if before.get(clash.field) != value:
        _follow_choice(clash, visit, value, kept, other, by)
    return clash


def _record_alone(one: Arrival, by: User) -> Answer:
    """A form again by itself: what was in the way may be another's, or have happened meanwhile."""
    try:
        return _record([one], by)[one.place]
    except FollowUpRefusal as refusal:
        return Refused(refusal.code, str(refusal))
    except Exception as error:  # noqa: BLE001 - an answer too: the caller raises it, or goes on
        return error


@transaction.atomic
def _record(group: Sequence[Arrival], by: User) -> Answers:
    """The gesture itself, all or nothing, for forms about different people."""
    answers: Answers = {}

    def left() -> list[Arrival]:
        return [one for one in group if one.place not in answers]

    answers |= _found_again(group)
    if not left():
        return answers
    answers |= arrivals.find_people(left(), by)
    if len({one.person.pk for one in left()}) < len(left()):
        raise _SamePerson
    answers |= _found_again(left())  # it arrived while we waited for the lock
    answers |= arrivals.taken_back_since(left())
    kinds = effects.kinds_named(one.read.content for one in left())
    answers |= arrivals.clean(left(), kinds)
    answers |= _put_aside([one for one in left() if one.is_used], by)
    written = left()
    if not written:
        return answers
    arrivals.find_visits(written, by)
    for one, made, clashes in _add_forms(written, kinds, by):
        consequence, disagree = _end(one.visit, made, one.forms, by)
        if not any("next.on" in former.content for former in one.forms):
            # After the outcome, which may propose a day.
            _next_contact(one.visit, one.next_on)
        answers[one.place] = Recorded(made, one.visit, True, clashes + disagree, consequence)
    return answers


class _SamePerson(Exception):
    """Two forms that name one person by two of her records."""


def _found_again(group: Sequence[Arrival]) -> Answers:
    """Those received before; one with another content is marked."""
    answers: Answers = {}
    known = arrivals.known_forms(group)
    for one in group:
        stored = known.get(one.place)
        one.is_used = stored is not None and stored.digest != one.read.digest
        if stored and not one.is_used:
            answers[one.place] = Recorded(stored, stored.visit, False, stored.clash_count)
    return answers


def _put_aside(group: Sequence[Arrival], by: User) -> Answers:
    """Keep these apart, to be read: their identity is another form's."""
    agreed, taken_back = arrivals.agreeing(group), arrivals.taken_back(group)
    rows = []
    for one in group:
        # Her consents are not written, and her own yes counts.
        health = one.person.pk in agreed or one.content.get("consent.health") == 1
        said = effects.allowed(one.content, health=health, said=one.place not in taken_back)
        content = {OUTCOME: one.read.outcome, "made_on": one.read.made_on.isoformat(), **said}
        rows.append(
            AsideForm(
                uid=one.read.uid,
                digest=one.read.digest,
                senior=one.person,
                content=content,
                by=by,
            )
        )
    AsideForm.objects.bulk_create(rows, ignore_conflicts=True)
    return {one.place: Conflict(one.read.uid) for one in group}


def _add_forms(
    group: Sequence[Arrival], kinds: Sequence[ActionKind], by: User
) -> list[tuple[Arrival, VisitForm, int]]:
    """Keep the forms, have what they add written, point to what they say otherwise.

    With each, how many fields clash.
    """
    forms = {one.place: _form(one, by) for one in group}
    asked = [_addition(one, forms[one.place]) for one in group]
    effects.write_consents(asked)
    agreed, taken_back = arrivals.agreeing(group), arrivals.taken_back(group)
    for one in group:
        health, said = one.person.pk in agreed, one.place not in taken_back
        forms[one.place].content = effects.allowed(one.content, health=health, said=said)
    added = [_addition(one, forms[one.place]) for one in group]
    seen = _observe(group, added, by)
    for one, addition in zip(group, added, strict=True):
        made = addition.made
        made.observation = seen.get(made.uid)
        made.replaced = effects.correct_record(
            one.person, addition.content, on=one.read.made_on, by=by
        )
    VisitForm.objects.bulk_create(forms.values())
    clashes = {one.place: _clashes(one, forms[one.place]) for one in group}
    Clash.objects.bulk_create(clash for some in clashes.values() for clash in some)
    effects.follow(added, kinds=kinds, by=by)
    return [(one, forms[one.place], len(clashes[one.place])) for one in group]


def _form(one: Arrival, by: User) -> VisitForm:
    """The form as it will be kept, its content not yet weighed against the consents."""
    read = one.read
    return VisitForm(
        uid=read.uid, visit=one.visit, digest=read.digest, wording=read.version,
        outcome=read.outcome, channel=read.channel, content=one.content,
        started_at=read.started_at, finished_at=read.finished_at, by=by, device=one.device,
    )  # fmt: skip


def _addition(one: Arrival, made: VisitForm) -> effects.Addition:
    """What the form says that those before it did not."""
    new = merging.added(one.stands, made.content)
    before = {code: told.value for code, told in one.stands.items()}
    return effects.Addition(one.visit, one.records, made, new, {**before, **new})


def _clashes(one: Arrival, made: VisitForm) -> list[Clash]:
    """The fields that it says otherwise, with the form that said them first."""
    return [
        Clash(visit=one.visit, field=code, first=one.forms[one.stands[code].place], second=made)
        for code in merging.clashing(one.stands, made.content)
    ]


def _observe(
    group: Sequence[Arrival], added: Sequence[effects.Addition], by: User
) -> dict[uuid.UUID, Observation]:
    """{form: the observation of what it adds}; none when that is nothing.

    The first of a visit is kept whatever it says, for someone was seen.
    """
    notes = []
    for one, addition in zip(group, added, strict=True):
        values = effects.observed(addition)
        is_news = not any(former.observation_id for former in one.forms)
        if one.read.outcome == Outcome.DONE and (values or is_news):
            notes.append(
                observe.Note(one.person.pk, one.read.uid, Source.VISIT, one.read.made_on, values)
            )
    return {row.uid: row for row in observe.record_many(notes, by=by)}


def _end(visit: Visit, made: VisitForm, forms: Sequence[VisitForm], by: User) -> tuple[str, int]:
    """How the visit ended, after one more form: the sentence of it, and how many clashes.

    An absence told first gives way to whatever came of the next try that day.
    """
    if not forms:  # nothing came of this day before
        done = visit.outcome == Outcome.DONE
        return (outcomes.VISIT_DONE if done else _apply(visit, by)), 0
    if made.outcome in (visit.outcome, Outcome.ABSENT):
        return "", 0
    if visit.outcome == Outcome.ABSENT:
        visit.outcome, visit.made_by = made.outcome, by
        visit.save(update_fields=["outcome", "made_by"])
        return _apply_instead(visit, by), 0
    standing = next(one for one in forms if one.outcome == visit.outcome)
    Clash.objects.create(visit=visit, field=OUTCOME, first=standing, second=made)
    return "", 1


def _apply(visit: Visit, by: User) -> str:
    """What follows from the outcome, unless she was called on again since."""
    if visit.outcome != Outcome.DONE and effects.visited_since(visit):
        return LATER
    return outcomes.apply(visit, by=by)


def _apply_instead(visit: Visit, by: User) -> str:
    """The same when another outcome stood: its day goes, what was agreed with her stands."""
    said, agreed = _apply(visit, by), told(visit).get("next.on")
    _next_contact(visit, date.fromisoformat(str(agreed)) if agreed else None)
    return said


def _next_contact(visit: Visit, day: date | None) -> None:
    """Have what was agreed stand."""
    if day and visit.next_contact_on != day:
        visit.next_contact_on = day
        visit.save(update_fields=["next_contact_on"])


def _follow_choice(
    clash: Clash, visit: Visit, value: int | str, kept: VisitForm, other: VisitForm, by: User
) -> None:
    """Write elsewhere what a person chose."""
    code = clash.field
    if code == OUTCOME:
        visit.outcome = str(value)
        visit.save(update_fields=["outcome"])
        _apply_instead(visit, by)
    elif code == "next.on":
        _next_contact(visit, date.fromisoformat(str(value)))
    else:
        choice = effects.Choice(kept, other, clash.choices.count())
        effects.choose(visit, code, value, choice=choice, told=told(visit), by=by)
