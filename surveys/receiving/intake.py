"""The only door for an answer to the survey: paper, telephone or file, one or fifty thousand.

An answer's identity is its senior and its campaign. The same content twice counts once; another
content is refused, or set aside for a person to compare (`asides`). Without the VISIT consent the
answer is counted and nothing else is kept.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors import bulk, observe
from seniors.enums import ConsentKind, Source
from seniors.fragility import items
from seniors.models import Consent, ImportRun, Objection, Observation, Senior, User
from seniors.person import records_of
from surveys.campaigns import counting
from surveys.locking import lock_campaign
from surveys.models import Aside, Campaign, Response
from surveys.questionnaires import questionnaire
from surveys.receiving import whose
from surveys.receiving.answer import Answer
from surveys.withdrawal import ERASED


class Conflict(Exception):
    """This senior already answered this campaign otherwise; nothing was written."""

    def __init__(self, senior_id: int) -> None:
        self.senior_id = senior_id
        super().__init__("Cette personne a déjà répondu à cette enquête, avec d’autres réponses.")


def record_response(
    senior: Senior,
    *,
    campaign: Campaign,
    channel: Response.Channel,
    received_on: date,
    values: Mapping[str, int],
    consents: Mapping[ConsentKind, bool],
    objects: bool = False,
    read_in: ImportRun | None = None,
    by: User | None = None,
) -> Response:
    """Record the answer of one senior, or return the one already there if it is the same.

    `values` is {item code: whole number}, unanswered items left out; `objects` says that she
    asks not to be contacted any more. Raises Conflict when she answered otherwise before, and
    observe.Refused on a code or a value that does not exist.
    """
    answer = Answer(senior.pk, channel, received_on, values, consents, objects)
    record_many(campaign, [answer], read_in=read_in, by=by)
    return Response.objects.get(campaign=campaign, senior=senior)


@transaction.atomic
def record_or_set_aside(
    senior: Senior,
    *,
    campaign: Campaign,
    channel: Response.Channel,
    received_on: date,
    values: Mapping[str, int],
    consents: Mapping[ConsentKind, bool],
    objects: bool = False,
    by: User | None = None,
) -> Response | Aside:
    """Record the answer of one senior, or set it aside when she answered otherwise before.

    The same answer again, the one recorded or one set aside, gives back what is there. What
    protects her does not wait for the comparison: a consent refused and « ne plus me contacter »
    count at once. `senior` may be a record merged into another. Raises observe.Refused on a code
    or a value that does not exist; nothing is written then.
    """
    lock_campaign(campaign)
    # Read once the lock is held: her records may have been joined while it was waited for.
    person = Senior.objects.values_list(Coalesce("merged_into", "pk"), flat=True).get(pk=senior.pk)
    answer = Answer(person, channel, received_on, values, consents, objects)
    before = list(responses_of(campaign, answer.senior_id))
    if not before:
        record_many(campaign, [answer], by=by)
        return Response.objects.get(campaign=campaign, senior=answer.senior_id)
    [answer] = whose.as_of_today([answer])
    same = [one for one in before if one.content_digest in answer.digests]
    return same[0] if same else _set_aside(answer, campaign, by)


def responses_of(campaign: Campaign, senior_id: int) -> QuerySet[Response]:
    """The answer of this person, that on the record kept first: two when both records answered
    before they were merged."""
    rows = Response.objects.filter(campaign=campaign, senior__in=records_of([senior_id]))
    return rows.order_by(F("senior__merged_into").asc(nulls_first=True), "pk")


def _set_aside(answer: Answer, campaign: Campaign, by: User | None) -> Aside:
    """Keep it beside the first, once, with what its own consents allow today."""
    if found := items.problems(answer.values):
        raise observe.Refused(" ".join(found))
    records = records_of([answer.senior_id])
    known = Aside.objects.filter(
        campaign=campaign, senior__in=records, content_digest__in=answer.digests
    ).first()
    if known:
        return known
    whose.note_contact([answer])
    return Aside.objects.create(
        campaign=campaign,
        senior_id=answer.senior_id,
        channel=answer.channel,
        received_on=answer.received_on,
        values=answer.stored,
        consents={kind.value: given for kind, given in answer.consents.items()},
        objecting=answer.objects,
        counted=_count_refusals(answer, campaign, by),
        content_digest=answer.digest,
        by=by,
    )


def make_first(aside: Aside) -> Response:
    """What was set aside becomes the answer of its record: the one that came before it was another
    person's. What it refuses counts already and is not written again; once decided it says nothing
    any more, and only counts.

    The campaign is locked; the aside is the caller's to delete.
    """
    consents = {ConsentKind(kind): given for kind, given in aside.consents.items()}
    channel = Response.Channel(aside.channel)
    answer = Answer(aside.senior_id, channel, aside.received_on, aside.values, consents)
    [answer] = whose.as_of_today([answer])
    uncounted = {kind: given for kind, given in consents.items() if kind not in aside.counted}
    wording = questionnaire.named(aside.campaign.questionnaire).name
    _write_consents([replace(answer, consents=uncounted)], wording)
    observations = _write_observations([answer], aside.campaign, aside.by)
    is_erased = aside.content_digest.startswith(ERASED)
    return Response.objects.create(
        campaign=aside.campaign,
        senior_id=aside.senior_id,
        observation_id=observations.get(aside.senior_id),
        channel=channel,
        received_on=aside.received_on,
        content_digest=ERASED if is_erased else aside.content_digest,
    )


def kept_today(answer: Answer) -> dict[str, int]:
    """What its consents allow to keep, unless she took them back after the day of the answer."""
    return whose.as_of_today([answer])[0].stored


def _count_refusals(answer: Answer, campaign: Campaign, by: User | None) -> dict[str, int]:
    """What protects her, written at once; gives {consent kind, or "objection": id of its row}.

    What a refusal would end waits for who compares (`asides`): a slip of the pen erases nothing.
    """
    wording = questionnaire.named(campaign.questionnaire).name
    refused = [kind for kind, given in answer.consents.items() if not given]
    rows = {
        kind.value: Consent.objects.create(
            senior_id=answer.senior_id,
            kind=kind,
            given=False,
            decided_on=answer.received_on,
            wording=wording,
            source=Source.SURVEY,
            settled_on=timezone.localdate(),
        ).pk
        for kind in refused
    }
    if answer.objects:
        objection = _objection(answer, campaign, by)
        objection.save()
        rows["objection"] = objection.pk
    return rows


@transaction.atomic
def record_many(
    campaign: Campaign,
    answers: Sequence[Answer],
    *,
    read_in: ImportRun | None = None,
    by: User | None = None,
) -> int:
    """Record many answers, all or none, in a few queries; gives how many were new.

    One answer per senior. Same exceptions as `record_response`.
    """
    lock_campaign(campaign)  # the same answers sent twice at once
    answers = whose.as_of_today(answers)
    before = digests(campaign, (answer.senior_id for answer in answers))
    new = [answer for answer in answers if answer.senior_id not in before]
    for answer in answers:
        if answer.senior_id in before and before[answer.senior_id] not in answer.digests:
            raise Conflict(answer.senior_id)
    wording = questionnaire.named(campaign.questionnaire).name
    _write_consents(new, wording)
    _write_objections(new, campaign, by)
    observations = _write_observations(new, campaign, by)
    _write_responses(new, campaign, observations, read_in)
    counting.note_answers(campaign, (answer.senior_id for answer in new))
    whose.note_contact(answer for answer in new if answer.senior_id not in observations)
    return len(new)


@transaction.atomic
def receive_many(
    campaign: Campaign,
    answers: Sequence[Answer],
    *,
    read_in: ImportRun | None = None,
    by: User | None = None,
) -> None:
    """Record the first answer of each, set aside that of whoever answered otherwise before.

    Two answers of records joined since they were read are of one person. Raises observe.Refused
    on a value that does not exist.
    """
    lock_campaign(campaign)
    answers = whose.of_people(answers)
    before = digests(campaign, (answer.senior_id for answer in answers))
    first: dict[int, Answer] = {}
    others = []
    for answer in answers:
        if answer.senior_id in before or answer.senior_id in first:
            others.append(answer)
        else:
            first[answer.senior_id] = answer
    record_many(campaign, list(first.values()), read_in=read_in, by=by)
    told = known(campaign, (answer.senior_id for answer in others))
    for answer in whose.as_of_today(others):
        if told[answer.senior_id].isdisjoint(answer.digests):
            _set_aside(answer, campaign, by)
            told[answer.senior_id].add(answer.digest)


def known(campaign: Campaign, senior_ids: Iterable[int]) -> dict[int, set[str]]:
    """Digests of all that was received from these people, kept or set aside: {senior id: those}."""
    found: dict[int, set[str]] = defaultdict(set)
    for ids in whose.batches(sorted(set(senior_ids))):
        records = records_of(ids)
        for rows in (Response.objects, Aside.objects):
            hers = rows.filter(campaign=campaign, senior__in=records)
            for record, digest in hers.values_list("senior_id", "content_digest"):
                found[records[record]].add(digest)
    return found


def digests(campaign: Campaign, senior_ids: Iterable[int]) -> dict[int, str]:
    """Content already received from these seniors in this campaign: {senior id: digest}.

    What was received on a record since merged into one of theirs was received from them.
    """
    found: dict[int, str] = {}
    for ids in whose.batches(sorted(set(senior_ids))):
        records = records_of(ids)
        rows = Response.objects.filter(campaign=campaign, senior__in=records)
        told = dict(rows.values_list("senior_id", "content_digest"))
        # Both records answered before they were merged: the answer of the one kept holds.
        found |= {records[one]: digest for one, digest in told.items() if records[one] not in told}
        found |= {one: told[one] for one in ids if one in told}
    return found


def observation_uid(campaign: Campaign, senior_id: int) -> uuid.UUID:
    """The one identity of this senior's observation in this campaign."""
    return uuid.uuid5(campaign.uid, str(senior_id))


def _write_consents(answers: Sequence[Answer], wording: str) -> None:
    """One row per consent answered, yes or no."""
    now = timezone.now()
    bulk.insert(
        Consent,
        ["senior_id", "kind", "given", "decided_on", "wording", "source", "recorded_at"],
        (
            (
                answer.senior_id,
                kind.value,
                given,
                answer.received_on,
                wording,
                Source.SURVEY.value,
                now,
            )
            for answer in answers
            for kind, given in answer.consents.items()
        ),
    )


def _write_objections(answers: Sequence[Answer], campaign: Campaign, by: User | None) -> None:
    """« Je ne veux plus de courrier… » is an objection without end, until it is lifted."""
    Objection.objects.bulk_create(
        _objection(answer, campaign, by) for answer in answers if answer.objects
    )


def _objection(answer: Answer, campaign: Campaign, by: User | None) -> Objection:
    """The objection that this answer asks for, not saved yet."""
    return Objection(
        senior_id=answer.senior_id,
        since=answer.received_on,
        reason=f"Demandé dans l’enquête «\u00a0{campaign.name}\u00a0»"[:120],
        recorded_by=by,
    )


def _write_observations(
    answers: Sequence[Answer], campaign: Campaign, by: User | None
) -> dict[int, int]:
    """Store what is kept; gives {senior id: observation id}, only for those who consented."""
    notes = [
        observe.Note(
            senior_id=answer.senior_id,
            uid=observation_uid(campaign, answer.senior_id),
            source=Source.SURVEY,
            observed_on=answer.received_on,
            values=answer.stored,
        )
        for answer in answers
        if answer.consents.get(ConsentKind.VISIT) and ConsentKind.VISIT not in answer.withdrawn
    ]
    stored: list[Observation] = observe.record_many(notes, by=by)
    return {observation.senior_id: observation.pk for observation in stored}


def _write_responses(
    answers: Sequence[Answer],
    campaign: Campaign,
    observations: Mapping[int, int],
    read_in: ImportRun | None,
) -> None:
    """One row per answer, with its observation where one is kept."""
    bulk.insert(
        Response,
        [
            "campaign_id",
            "senior_id",
            "observation_id",
            "channel",
            "received_on",
            "content_digest",
            "read_in_id",
        ],
        (
            (
                campaign.pk,
                answer.senior_id,
                observations.get(answer.senior_id),
                answer.channel.value,
                answer.received_on,
                answer.digest,
                read_in and read_in.pk,
            )
            for answer in answers
        ),
    )
