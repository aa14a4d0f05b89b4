"""Answers being given on the web: kept at each step, never written over unseen, erased once sent.

A draft holds what its own consents allow and nothing else. Two pages open at once are compared
question by question with what each of them showed: where both were changed, what the later one says
waits beside (`clashing`) until someone chooses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from seniors.enums import ConsentKind
from seniors.fragility import items
from seniors.refusal import Refusal
from surveys.locking import lock_campaign
from surveys.models import Aside, Draft, Invitation, Response
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Item, Questionnaire
from surveys.receiving import answering, intake
from surveys.receiving.answer import FILLED_BY
from surveys.receiving.answering import Block, Coded, Part

WEB = Response.Channel.WEB
# Known from the page itself: never asked there.
NOT_ASKED = frozenset({FILLED_BY})
ALONE, HELPED = 1, 2  # values of filled_by

Told = Mapping[str, int | None]


class DraftRefusal(Refusal):
    """What cannot be kept or sent as it is; the sentence says what is."""


class Gone(Exception):
    """The page was opened on a draft that was sent since, from another one."""


@dataclass(frozen=True)
class Page:
    """What one page sent.

    `told` has every question of the page, None for one without an answer; `seen` is what the page
    showed when it was opened, on the draft of that `version` (0: none yet).
    """

    told: Told
    seen: Mapping[str, int]
    version: int
    step: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Clash:
    """A question that two pages answered otherwise, in words."""

    item: Item
    first: str
    second: str


def questionnaire_of(invitation: Invitation) -> Questionnaire:
    """What she is asked."""
    return questionnaire.named(invitation.campaign.questionnaire)


def draft_of(invitation: Invitation) -> Draft | None:
    """What she began on the web and has not sent."""
    return Draft.objects.filter(invitation=invitation, channel=WEB).first()


def begin(invitation: Invitation, *, helper: str) -> Draft:
    """Keep who holds the pen; `helper` is "" or a Draft.Helper. What was begun stays."""
    draft, _ = Draft.objects.update_or_create(
        invitation=invitation, channel=WEB, defaults={"helper": helper}
    )
    return draft


def steps(asked: Questionnaire, coded: Mapping[str, int]) -> list[Part]:
    """What is asked one screen at a time, as far as the consents given let it be kept."""
    visit, health = (
        _consent(asked, coded, kind) for kind in (ConsentKind.VISIT, ConsentKind.HEALTH)
    )
    found = []
    for part in answering.parts(asked, coded, without=NOT_ASKED):
        narrowed = [
            _narrowed(one, visit=visit is not False, health=bool(health)) for one in part.blocks
        ]
        if blocks := tuple(block for block in narrowed if block.fields):
            found.append(replace(part, blocks=blocks))
    return found


def blocks_of(parts: Iterable[Part]) -> list[Block]:
    """The screens in their order."""
    return [block for part in parts for block in part.blocks]


def may_go_on(asked: Questionnaire, coded: Mapping[str, int]) -> bool:
    """Whether the first consent was answered: without it nothing can be kept nor sent."""
    return _consent(asked, coded, ConsentKind.VISIT) is not None


def agrees(asked: Questionnaire, coded: Mapping[str, int], kind: ConsentKind) -> bool:
    """Whether she said yes to a consent."""
    return bool(_consent(asked, coded, kind))


def consent_item(asked: Questionnaire, kind: ConsentKind) -> Item:
    """The question of a consent."""
    return next(item for item in asked.items.values() if item.consent == kind)


@transaction.atomic
def save(invitation: Invitation, page: Page) -> Draft:
    """Keep what one page says; `draft.clashing` is not empty when someone has to choose.

    Raises Gone, and DraftRefusal: erases (a consent refused on this page would erase answers given
    before it, and nothing says that she knows it; nothing was changed).
    """
    asked = questionnaire_of(invitation)
    draft = _locked(invitation, page.version)
    values, clashing = merged(draft.values, page)
    kept = storable(asked, values)
    _check_erased(draft, kept, page.told, confirmed=page.confirmed)
    draft.values, draft.step = kept, page.step or draft.step
    draft.clashing = _allowed(asked, kept, {**draft.clashing, **clashing})
    draft.version += 1
    draft.save()
    return draft


def merged(current: Mapping[str, int], page: Page) -> tuple[Coded, dict[str, int | None]]:
    """(the values once the page is kept, what it says over answers that it had not seen)."""
    values: dict[str, int | None] = dict(current)
    clashing = {}
    for code, new in page.told.items():
        now, before = values.get(code), page.seen.get(code)
        if new in (now, before):
            continue  # said already, or left as it was shown
        if now == before:
            values[code] = new
        else:
            clashing[code] = new
    return {code: value for code, value in values.items() if value is not None}, clashing


def clashes(asked: Questionnaire, draft: Draft) -> list[Clash]:
    """What waits for a choice between two pages."""
    return [
        Clash(item, words(item, draft.values.get(code)), words(item, draft.clashing[code]))
        for code, item in asked.items.items()
        if code in draft.clashing
    ]


@transaction.atomic
def choose(invitation: Invitation, chosen: Mapping[str, str], *, confirmed: bool = False) -> Draft:
    """Settle what two pages said otherwise; `chosen` is {item code: "first" or "second"}.

    What is not in it waits on. Raises Gone, and DraftRefusal: erases, as `save` does.
    """
    asked = questionnaire_of(invitation)
    draft = _locked(invitation, 1)
    waiting = {code: one for code, one in draft.clashing.items() if code not in chosen}
    told = {c: one for c, one in draft.clashing.items() if chosen.get(c) == "second"}
    values = {code: v for code, v in {**draft.values, **told}.items() if v is not None}
    kept = storable(asked, values)
    _check_erased(draft, kept, told, confirmed=confirmed)
    draft.values, draft.clashing = kept, _allowed(asked, kept, waiting)
    draft.version += 1
    draft.save()
    return draft


@transaction.atomic
def send(invitation: Invitation, *, version: int) -> Response | Aside:
    """Hand the draft of that version to the one door of answers, and erase it.

    Raises Gone (sent from another page already), observe.Refused, and DraftRefusal: clashing,
    changed (another page wrote since), unanswered (the first consent).
    """
    asked = questionnaire_of(invitation)
    # Before the draft: a paper typed in at the same moment locks it too.
    campaign = lock_campaign(invitation.campaign)
    draft = _locked(invitation, 1)
    _check_whole(asked, draft, version)
    values, consents, objects = answering.split_coded(asked, draft.values)
    if consents.get(ConsentKind.VISIT) and FILLED_BY in asked.items:
        values[FILLED_BY] = HELPED if draft.helper else ALONE
    kept = intake.record_or_set_aside(
        invitation.senior,
        campaign=campaign,
        channel=WEB,
        received_on=timezone.localdate(),
        values=values,
        consents=consents,
        objects=objects,
    )
    draft.delete()
    return kept


def forget(invitation: Invitation) -> None:
    """Erase what was begun and not sent, at her wish."""
    Draft.objects.filter(invitation=invitation, channel=WEB).delete()


def storable(asked: Questionnaire, coded: Mapping[str, int]) -> Coded:
    """What the consents among these answers allow to keep."""
    kept = _answer(asked, coded).kept
    return {c: v for c, v in coded.items() if c in kept or not asked.items[c].is_answer}


def unanswered(asked: Questionnaire, coded: Mapping[str, int]) -> ConsentKind | None:
    """The agreement left without yes or no, for want of which some of these are not kept."""
    return _answer(asked, coded).unanswered


def words(item: Item, value: int | None) -> str:
    """A reply in words."""
    said = next((choice.label for choice in item.choices if choice.value == value), "")
    return said or "pas de réponse"


def _answer(asked: Questionnaire, coded: Mapping[str, int]) -> intake.Answer:
    """What was coded, as the door of answers reads it."""
    told = answering.split_coded(asked, coded)
    return intake.Answer(0, WEB, timezone.localdate(), *told)


def _check_erased(draft: Draft, kept: Mapping[str, int], told: Told, *, confirmed: bool) -> None:
    """Raises DraftRefusal when answers given before, which `told` does not empty, would go."""
    lost = [code for code in draft.values if code not in kept and told.get(code, 0) is not None]
    if lost and not confirmed:
        raise DraftRefusal("erases", _erases(len(lost)))


def _allowed(asked: Questionnaire, kept: Mapping[str, int], waiting: Told) -> dict[str, int | None]:
    """Of what waits for a choice, what the consents kept allow."""
    answered = {code: value for code, value in waiting.items() if value is not None}
    allowed = storable(
        asked,
        {
            **{c: v for c, v in answered.items() if asked.items[c].is_answer},
            **{c: v for c, v in kept.items() if not asked.items[c].is_answer},
        },
    )
    return {
        code: value
        for code, value in waiting.items()
        if value is None or code in allowed or not asked.items[code].is_answer
    }


def _locked(invitation: Invitation, version: int) -> Draft:
    """The draft, to be written by this page alone. Raises Gone."""
    drafts = Draft.objects.select_for_update()
    if version:
        draft = drafts.filter(invitation=invitation, channel=WEB).first()
        if draft is None:
            raise Gone
        return draft
    draft, _ = drafts.get_or_create(invitation=invitation, channel=WEB)
    return draft


def _check_whole(asked: Questionnaire, draft: Draft, version: int) -> None:
    """Raises DraftRefusal when the draft is not what she has read before sending it."""
    if draft.clashing:
        raise DraftRefusal(
            "clashing",
            "Choisissez d’abord entre les réponses de vos deux pages. Rien n’est envoyé.",
        )
    if draft.version != version:
        raise DraftRefusal(
            "changed",
            "Une autre page a changé vos réponses depuis que celle-ci est ouverte. Rien n’est "
            "envoyé\u00a0: relisez-les ci-dessous, puis envoyez.",
        )
    if not may_go_on(asked, draft.values):
        raise DraftRefusal(
            "unanswered",
            "Répondez d’abord oui ou non à la première question, sur votre accord. Rien n’est "
            "envoyé.",
        )


def _consent(asked: Questionnaire, coded: Mapping[str, int], kind: ConsentKind) -> bool | None:
    """What was answered to a consent; None without an answer."""
    value = next((coded.get(c) for c, item in asked.items.items() if item.consent == kind), None)
    return None if value is None else bool(value)


def _narrowed(block: Block, *, visit: bool, health: bool) -> Block:
    """The questions of a screen whose answers may be kept."""
    fields = tuple(
        one
        for one in block.fields
        if not one.item.is_answer or (visit and (health or not items.is_sensitive(one.item.code)))
    )
    return replace(block, fields=fields)


def _erases(count: int) -> str:
    """What a refusal is about to do."""
    told = "la réponse déjà donnée" if count == 1 else f"les {count} réponses déjà données"
    gone = "sera effacée" if count == 1 else "seront effacées"
    return (
        f"Si vous répondez non, {told} qui en dépend{'' if count == 1 else 'ent'} {gone}. Rien "
        "n’est encore effacé\u00a0: pour confirmer, validez une seconde fois."
    )
