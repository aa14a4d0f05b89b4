"""Second answers, set aside until a person has compared them with the first and decided.

What is kept of the campaign is one observation. A decision that changes it writes a new one in its
place, dated of the answer that was chosen and signed by who decided; the answer set aside is then
emptied. Its digest stays: sent again, either answer is known.

Agreements are compared as the answers are. One refused in the second counted at once (`intake`):
choosing the first takes that refusal back, for it was not hers, or was mistyped. One taken back
since, at her wish, holds whatever is chosen here.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors import consents, observe
from seniors.access import visible_seniors
from seniors.enums import ConsentKind, Source
from seniors.fragility import items
from seniors.models import AccessLog, Consent, Objection, Observation, Senior, User
from seniors.person import records_of, rows_of
from seniors.refusal import Refusal
from surveys.campaigns import counting
from surveys.locking import lock_campaign
from surveys.models import Aside, Campaign, Response
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Item
from surveys.receiving import intake
from surveys.receiving.answer import FILLED_BY
from surveys.receiving.drafts import words
from surveys.withdrawal import ERASED

FIRST, SECOND = "first", "second"
HIDDEN = "n’est plus montré, faute d’accord"
ALONE = (
    "Il n’y a plus rien à comparer\u00a0: ces deux réponses ne sont plus celles d’une même "
    "personne, les fiches ont été séparées. Rien n’a changé."
)


class AsideRefusal(Refusal):
    """A comparison that cannot be settled so; nothing was changed."""


@dataclass(frozen=True)
class Line:
    """One question in both answers, in words; `suggested` is the side that says something."""

    item: Item
    first: str
    second: str
    differs: bool
    suggested: str = ""


@dataclass(frozen=True)
class _Sides:
    """Both answers as they are stored."""

    response: Response
    values: Mapping[str, int]
    consents: Mapping[str, bool]
    objecting: bool


def visible_asides(user: User) -> QuerySet[Aside]:
    """Those of the user's people, settled or not."""
    asides = rows_of(visible_seniors(user), Aside.objects.all())
    return asides.select_related("campaign", "senior__merged_into", "by", "decided_by")


def waiting(user: User, campaign: Campaign) -> QuerySet[Aside]:
    """Those of a campaign that wait for a decision, the oldest first."""
    return visible_asides(user).filter(campaign=campaign, decision="").order_by("kept_at", "pk")


def first_of(aside: Aside) -> Response | None:
    """The answer that it is compared with; None when it went with records parted from hers."""
    person = aside.senior.merged_into_id or aside.senior_id
    return intake.responses_of(aside.campaign, person).select_related("observation").first()


def compare(aside: Aside) -> list[Line]:
    """Every question that one of the two answers, in the order asked.

    What her agreements do not let be used any more is named and not shown. Raises AsideRefusal:
    alone.
    """
    asked = questionnaire.named(aside.campaign.questionnaire)
    sides, shown = _sides(aside), _shown(aside)
    found = []
    for code, item in asked.items.items():
        first, second = _said(item, sides), _said(item, aside)
        if first is None and second is None:
            continue
        if item.is_answer and not shown(code):
            found.append(Line(item, HIDDEN, HIDDEN, differs=False))
            continue
        differs = _differs(item, first, second)
        suggested = (SECOND if first is None else FIRST if second is None else "") * differs
        found.append(Line(item, words(item, first), words(item, second), differs, suggested))
    return found


@transaction.atomic
def decide(
    aside: Aside, decision: Aside.Decision, *, chosen: Mapping[str, str] | None = None, by: User
) -> Aside:
    """Keep the first answer, take the second, or each question from the side `chosen` says:
    {item code: "first" or "second"} for every one that differs.

    Raises AsideRefusal: decided, choice_missing, alone.
    """
    campaign = lock_campaign(aside.campaign)
    aside = Aside.objects.select_for_update().filter(pk=aside.pk).first()
    if aside is None:
        raise AsideRefusal("alone", ALONE)
    if aside.decision:
        raise AsideRefusal("decided", "Une autre personne a déjà tranché\u00a0: rien n’a changé.")
    picks = _picks(aside, decision, chosen or {})
    sides, person = _sides(aside), aside.senior.merged_into_id or aside.senior_id
    refusals = _refusals(aside, _rows_of_first(aside))
    values = _merged(aside, sides, picks, decision)
    _settle_consents(aside, sides, picks, person)
    if decision != Aside.Decision.FIRST:
        _correct(aside, sides.response, values, decision, by)
        counting.note_answers(campaign, [sides.response.senior_id])
    _drop_second(aside)
    refusals.update(settled_on=None)  # what is left of them ends what any other would
    AccessLog.objects.create(user=by, gesture="survey-aside", senior_id=person)
    aside.values, aside.consents, aside.counted = {}, {}, {}
    aside.decision, aside.decided_at, aside.decided_by = decision, timezone.now(), by
    aside.save()
    return aside


def pair(records: Collection[int], *, by: User) -> None:
    """Set aside the answers of records just joined that another of theirs came before.

    Each stays where it stands, so that the records can be parted again, until a person decides.
    The campaigns are locked (`surveys.merging`).
    """
    person = Senior.objects.values_list(Coalesce("merged_into", "pk")).get(pk=min(records))[0]
    hers = Response.objects.filter(senior__in=records_of([person])).select_related("observation")
    for campaign in Campaign.objects.filter(pk__in=hers.values("campaign")).order_by("pk"):
        first, *others = intake.responses_of(campaign, person).select_related("observation")
        for second in others:
            digests = {first.content_digest, second.content_digest}
            if len(digests) == 2 and ERASED not in digests:
                _set_aside_standing(second, campaign, by)
    for aside in Aside.objects.filter(senior__in=records_of([person]), decision=""):
        _hold_refusals(aside)


def _set_aside_standing(second: Response, campaign: Campaign, by: User) -> None:
    """Beside the first, what this answer says; nothing of it is written anew."""
    rows = Consent.objects.filter(
        senior=second.senior_id,
        source=Source.SURVEY,
        decided_on=second.received_on,
        wording=campaign.questionnaire,
    ).order_by("pk")
    given = {row.kind: row for row in rows}
    objection = Objection.objects.filter(
        senior=second.senior_id, since=second.received_on, lifted_on=None
    ).first()
    counted = {kind: row.pk for kind, row in given.items()}
    Aside.objects.get_or_create(
        campaign=campaign,
        senior_id=second.senior_id,
        content_digest=second.content_digest,
        defaults={
            "channel": second.channel,
            "received_on": second.received_on,
            "values": second.observation.values if second.observation else {},
            "consents": {kind: row.given for kind, row in given.items()},
            "objecting": objection is not None,
            "counted": counted | ({"objection": objection.pk} if objection else {}),
            "stands_on": second,
            "by": by,
        },
    )


def _hold_refusals(aside: Aside) -> None:
    """What either refuses waits for who compares: no night erases the other answer meanwhile."""
    _refusals(aside, _rows_of_first(aside)).update(settled_on=timezone.localdate())


def _refusals(aside: Aside, rows_of_first: Sequence[Consent]) -> QuerySet[Consent]:
    """The agreements that one of the two answers refused."""
    kinds = [kind for kind in aside.counted if kind in ConsentKind.values]
    rows = [row.pk for row in rows_of_first] + [aside.counted[kind] for kind in kinds]
    return Consent.objects.filter(pk__in=rows, given=False)


def unpair(records: Collection[int]) -> None:
    """Records were parted: an answer that is the first of its own person again is aside no more,
    and one whose first went with the other record is her answer.

    The campaigns are locked (`surveys.merging`).
    """
    people = Senior.objects.filter(pk__in=records).values_list(Coalesce("merged_into", "pk"))
    told = Aside.objects.filter(senior__in=records_of([pk for (pk,) in people]))
    # Of two without a first, the one that still says something is it, else the oldest.
    for aside in told.select_related("campaign", "senior").order_by("decision", "kept_at", "pk"):
        first = first_of(aside)
        if first is None:
            response = intake.make_first(aside)
            if aside.decision:
                _take_decided(response, _records(aside))
            else:
                aside.delete()
        elif not aside.decision and first.pk == aside.stands_on_id:
            aside.delete()
        elif not aside.decision:
            _hold_refusals(aside)


def _take_decided(response: Response, records: Collection[int]) -> None:
    """What was decided stays, on her own record: it stood on the answer of the other."""
    others = Response.objects.filter(campaign=response.campaign_id).exclude(senior__in=records)
    if other := others.filter(observation__senior__in=records).first():
        kept, other.observation_id = other.observation_id, None
        other.save(update_fields=["observation"])
        response.observation_id = kept
        response.save(update_fields=["observation"])


def _drop_second(aside: Aside) -> None:
    """A person decided: what stood on the other record is only counted from now on."""
    second = aside.stands_on
    if second and second.observation_id:
        former, second.observation = second.observation_id, None
        second.save(update_fields=["observation"])
        Observation.objects.filter(pk=former).delete()


def _picks(aside: Aside, decision: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """{item code: side} for every question that differs. Raises AsideRefusal."""
    lines = [line for line in compare(aside) if line.differs]
    if decision != Aside.Decision.MERGED:
        return {line.item.code: str(decision) for line in lines}
    missing = [line for line in lines if chosen.get(line.item.code) not in (FIRST, SECOND)]
    if missing:
        count = len(missing)
        left = "Il reste une question" if count == 1 else f"Il reste {count} questions"
        raise AsideRefusal(
            "choice_missing", f"{left} où choisir la bonne réponse. Rien n’a changé."
        )
    return {line.item.code: chosen[line.item.code] for line in lines}


def _merged(aside: Aside, sides: _Sides, picks: Mapping[str, str], decision: str) -> dict[str, int]:
    """The answers once decided. What is not shown is not chosen: the first's stays, or else the
    second's; only what her agreements then allow is stored."""
    if decision == Aside.Decision.SECOND:
        return dict(aside.values)
    both = {FIRST: sides.values, SECOND: aside.values}
    values = {**aside.values, **sides.values}
    for code, side in picks.items():
        values.pop(code, None)
        if code in both[side]:
            values[code] = both[side][code]
    return values


def _settle_consents(aside: Aside, sides: _Sides, picks: Mapping[str, str], person: int) -> None:
    """Make the agreements chosen hold: those of the second are written, or taken back."""
    asked = questionnaire.named(aside.campaign.questionnaire)
    day = max(aside.received_on, sides.response.received_on)
    for code, side in picks.items():
        item = asked.items[code]
        if item.consent:
            _settle_consent(aside, ConsentKind(item.consent), side, day, person)
        elif item.objection and side == FIRST:
            row = Objection.objects.filter(pk=aside.counted.get("objection"), lifted_on=None)
            row.update(lifted_on=timezone.localdate())


def _settle_consent(aside: Aside, kind: ConsentKind, side: str, day: date, person: int) -> None:
    """One agreement. A refusal of the second already counts, and so does all that a record joined
    since had said."""
    counted = Consent.objects.filter(pk=aside.counted.get(kind))
    if side == FIRST:
        counted.delete()
        return
    if aside.consents.get(kind):
        Consent.objects.create(
            senior_id=person,
            kind=kind,
            given=True,
            decided_on=day,
            wording=questionnaire.named(aside.campaign.questionnaire).name,
            source=Source.SURVEY,
        )


def _correct(
    aside: Aside, response: Response, values: Mapping[str, int], decision: str, by: User
) -> None:
    """Write the observation of this campaign anew, as far as her agreements allow."""
    person = aside.senior.merged_into_id or aside.senior_id
    second = decision == Aside.Decision.SECOND
    day = aside.received_on if second else max(aside.received_on, response.received_on)
    former = response.observation
    response.observation = _observed(aside, person, values, day, by)
    if second:
        response.channel, response.received_on = aside.channel, aside.received_on
    response.save(update_fields=["observation", "channel", "received_on"])
    if former:
        Observation.objects.filter(pk=former.pk).delete()


def _observed(
    aside: Aside, person: int, values: Mapping[str, int], day: date, by: User
) -> Observation | None:
    """The new observation; none without her agreement to a visit."""
    if not _agreements(person).get(ConsentKind.VISIT):
        return None
    note = observe.Note(person, uuid.uuid5(aside.uid, "kept"), Source.SURVEY, day, dict(values))
    return observe.record_many([note], by=by)[0]


def _sides(aside: Aside) -> _Sides:
    """The first answer as it stands, beside this one."""
    response = first_of(aside)
    if response is None:
        raise AsideRefusal("alone", ALONE)
    rows = _rows_of_first(aside)
    observation = response.observation
    given = {row.kind: row.given for row in rows}
    objections = Objection.objects.filter(
        senior__in=_records(aside), since=response.received_on, lifted_on=None
    ).exclude(pk__in=_counted(aside, "objection"))
    return _Sides(response, observation.values if observation else {}, given, objections.exists())


def _rows_of_first(aside: Aside) -> Sequence[Consent]:
    """The agreements given with the first answer, the latest of each kind last."""
    if (response := first_of(aside)) is None:
        return []
    kinds = [pk for kind in ConsentKind for pk in _counted(aside, kind.value)]
    rows = Consent.objects.filter(
        senior__in=_records(aside), source=Source.SURVEY, decided_on=response.received_on
    )
    return list(rows.exclude(pk__in=kinds).order_by("pk"))


def _counted(aside: Aside, name: str) -> list[int]:
    """The rows that answers set aside wrote before they were decided."""
    hers = Aside.objects.filter(campaign=aside.campaign_id, senior__in=_records(aside))
    told = hers.values_list("counted", flat=True)
    return [counted[name] for counted in told if name in counted]


def _records(aside: Aside) -> list[int]:
    return list(records_of([aside.senior.merged_into_id or aside.senior_id]))


def _agreements(person: int) -> dict[str, bool]:
    """{kind: yes or no} as of today."""
    rows = Consent.objects.filter(senior__in=records_of([person]))
    return {kind: row.given for kind, row in consents.latest_by_kind(rows).items()}


def _shown(aside: Aside) -> Callable[[str], bool]:
    """Whether an answer may be shown today: a refusal in the second counts already."""
    agreed = _agreements(aside.senior.merged_into_id or aside.senior_id)
    survey, health = (agreed.get(one, False) for one in (ConsentKind.VISIT, ConsentKind.HEALTH))
    return lambda code: survey and (health or not items.is_sensitive(code))


def _said(item: Item, side: _Sides | Aside) -> int | None:
    """What one of the two answers says."""
    if item.consent:
        given = side.consents.get(item.consent)
        return None if given is None else int(given)
    if item.objection:
        return 1 if side.objecting else None
    return side.values.get(item.code)


def _differs(item: Item, first: int | None, second: int | None) -> bool:
    """Whether someone has to choose: an agreement left blank takes nothing back, and who held the
    pen is not an answer."""
    if item.code == FILLED_BY:
        return False
    return first != second and (item.is_answer or second is not None)
