"""Paper typed in: find whose it is, keep what it says, and type one in twenty a second time.

Which papers are typed twice is drawn at the first typing and said to nobody then. Both typings are
compared answer by answer; where they differ, the second is set aside (`intake`) for a person to
choose. What waits for the second typing is what the consents allow to keep, and is erased at once.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors.access import visible_seniors
from seniors.enums import ConsentKind
from seniors.french import full_day
from seniors.models import AccessLog, User
from seniors.person import rows_of
from seniors.refusal import Refusal
from seniors.shares import wilson
from surveys.locking import lock_campaign
from surveys.models import Aside, Campaign, Invitation, Keying, Response
from surveys.questionnaires import questionnaire
from surveys.receiving import intake
from surveys.receiving.answer import FILLED_BY
from surveys.receiving.answering import Coded, split_coded
from surveys.sending import links
from surveys.withdrawal import ERASED

ONE_IN = 20
# Once an agreement is taken back, nothing is left to compare with.
WAITS = Q(drawn=True, again_at=None) & ~Q(values={}) & ~Q(response__content_digest=ERASED)


_UNANSWERED = {
    ConsentKind.VISIT: (
        "Le premier accord n’est pas coché\u00a0: rien de ce que vous avez saisi ne sera gardé, sa "
        "réponse sera seulement comptée. Regardez le papier. S’il est bien vide à cet endroit, "
        "enregistrez une seconde fois. Rien n’est encore enregistré."
    ),
    ConsentKind.HEALTH: (
        "L’accord sur la santé n’est pas coché\u00a0: les réponses marquées d’une étoile * ne "
        "seront pas gardées. Regardez le papier. S’il est bien vide à cet endroit, enregistrez "
        "une seconde fois. Rien n’est encore enregistré."
    ),
}


class KeyingRefusal(Refusal):
    """A paper that cannot be typed in; nothing was changed."""


class Unanswered(KeyingRefusal):
    """An agreement without yes or no, for want of which answers would not be kept; `item` is its
    question, `kind` what `record` is told once the paper was looked at again."""

    def __init__(self, campaign: Campaign, kind: ConsentKind) -> None:
        asked = questionnaire.named(campaign.questionnaire).items
        self.kind = kind
        self.item = next(code for code, item in asked.items() if item.consent == kind)
        super().__init__("unanswered", _UNANSWERED[kind])


@dataclass(frozen=True)
class Done:
    """What typing a paper came to."""

    invitation: Invitation
    known: bool = False  # the same answers were already there
    again: bool = False  # it was the second typing
    different: int = 0  # answers that differ from the first typing
    aside: Aside | None = None


@dataclass(frozen=True)
class Figures:
    """How many papers of a campaign were typed, and how often two typings differ."""

    typed: int
    again: int
    waiting: int
    compared: int
    different: int

    @property
    def percent(self) -> float | None:
        """Answers that differ, per hundred compared; None before any comparison."""
        return 100 * self.different / self.compared if self.compared else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval, as percentages. Answers of one paper count as independent."""
        if not self.compared:
            return None
        least, most = wilson(self.different, self.compared)
        return 100 * least, 100 * most


def one_in_twenty() -> bool:
    """The draw of a paper to type twice."""
    return secrets.randbelow(ONE_IN) == 0


def find(campaign: Campaign, user: User, text: str) -> Invitation:
    """The invitation of someone of the user's territories, from what was typed or scanned.

    Raises KeyingRefusal: reference (unknown, of another campaign, of other territories).
    """
    try:
        found = links.find_invitation(campaign, text)
    except links.UnknownReference as unknown:
        sentence = f"{unknown} Rien n’est enregistré."
        raise KeyingRefusal("reference", sentence) from None
    there = rows_of(visible_seniors(user), Invitation.objects.filter(pk=found.pk))
    mine = there.select_related("campaign", "senior__dwelling", "senior__merged_into__dwelling")
    if (invitation := mine.first()) is None:
        raise KeyingRefusal(
            "reference",
            "Cette personne n’est pas, ou plus, dans vos territoires\u00a0: gardez le papier pour "
            "l’administrateur. Rien n’est enregistré.",
        )
    return invitation


def check_received(campaign: Campaign, received_on: date, today: date) -> None:
    """Raises KeyingRefusal on a day when no paper of this campaign can have come back."""
    if received_on > campaign.closes_on:
        raise KeyingRefusal(
            "closed",
            f"L’enquête est terminée depuis le {full_day(campaign.closes_on)}\u00a0: un papier "
            "arrivé après n’est plus compté. S’il est arrivé avant, changez la date de réception. "
            "Rien n’est enregistré.",
        )
    if not campaign.opened_on <= received_on <= today:
        raise KeyingRefusal(
            "received",
            f"Un papier de cette enquête arrive entre le {full_day(campaign.opened_on)} et "
            "aujourd’hui\u00a0: corrigez la date de réception. Rien n’est enregistré.",
        )


def response_to(invitation: Invitation) -> Response | None:
    """The answer this person already gave in this campaign, by whatever way."""
    person = invitation.senior.merged_into_id or invitation.senior_id
    return intake.responses_of(invitation.campaign, person).select_related("keying").first()


def is_second(response: Response | None, user: User) -> bool:
    """Whether what this user types now is the second typing of a paper drawn."""
    keying = getattr(response, "keying", None)
    return bool(keying and waiting(response.campaign, user).filter(pk=keying.pk).exists())


def waiting(campaign: Campaign, user: User) -> QuerySet[Keying]:
    """Papers of the user's territories that she may type a second time, the oldest first.

    Not her own, when somebody else types the papers of this campaign too. `reference` is the
    paper's.
    """
    drawn = _of(campaign, user).filter(WAITS)
    typists = Keying.objects.filter(response__campaign=campaign, by__is_active=True)
    if typists.exclude(by=user).exists():
        drawn = drawn.exclude(by=user)
    asked = Invitation.objects.filter(campaign=campaign)
    own = asked.filter(senior=OuterRef("response__senior"))
    absorbed = asked.filter(senior__merged_into=OuterRef("response__senior"))
    bears = [Subquery(some.values("reference")[:1]) for some in (own, absorbed)]
    drawn = drawn.annotate(reference=Coalesce(*bears))
    return drawn.select_related("by", "response__senior").order_by("at", "pk")


def figures(campaign: Campaign, user: User) -> Figures:
    """The typing of this campaign in the user's territories."""
    told = _of(campaign, user).aggregate(
        typed=Count("pk"),
        again=Count("again_at"),
        waiting=Count("pk", filter=WAITS),
        compared=Sum("compared", default=0),
        different=Sum("different", default=0),
    )
    return Figures(**told)


@transaction.atomic
def record(
    invitation: Invitation,
    coded: Coded,
    *,
    received_on: date,
    by: User,
    again: bool = False,
    looked_at: str = "",
    draw: Callable[[], bool] = one_in_twenty,
) -> Done:
    """Keep what one paper says, typed a first time, or a second one when `again`.

    `coded` is {item code: value}, consents and objection included. The same paper sent twice by
    one page counts once. `looked_at` is the agreement that the paper was seen to leave empty.
    Raises Unanswered, KeyingRefusal: empty, closed, received; and what
    `intake.record_or_set_aside` raises.
    """
    campaign = invitation.campaign
    if not coded:
        raise KeyingRefusal(
            "empty", "Aucune réponse n’est saisie\u00a0: un papier vide ne s’enregistre pas."
        )
    check_received(campaign, received_on, timezone.localdate())
    lacks = _answer(campaign, 0, coded, received_on).unanswered
    if lacks and lacks != looked_at:
        raise Unanswered(campaign, lacks)
    lock_campaign(campaign)  # the same paper sent twice at once
    AccessLog.objects.create(user=by, gesture="survey-keying", senior=invitation.senior)
    before = response_to(invitation)
    if again and is_second(before, by):
        return _record_again(invitation, before, coded, by)
    kept = _keep(invitation, coded, received_on, by)
    if before is not None:
        # Typed, and so counted; not drawn: where a second typing differs it would be set beside
        # the answer that came first, not beside what was typed of this paper.
        Keying.objects.get_or_create(response=before, defaults={"by": by})
        is_aside = isinstance(kept, Aside)
        return Done(invitation, known=not is_aside, aside=kept if is_aside else None)
    drawn = draw()
    waits = _kept_today(invitation, coded, received_on) if drawn else {}
    Keying.objects.create(response=kept, by=by, drawn=drawn, values=waits)
    return Done(invitation)


def _record_again(invitation: Invitation, first: Response, coded: Coded, by: User) -> Done:
    """Compare the second typing with the first, then forget both but where they differ."""
    keying, campaign = first.keying, invitation.campaign
    second = _kept_today(invitation, coded, first.received_on)
    compared, different = compare(campaign, keying.values, second)
    keying.again_by, keying.again_at = by, timezone.now()
    keying.compared, keying.different = compared, len(different)
    keying.values = {}
    keying.save()
    kept = _keep(invitation, coded, first.received_on, by) if different else None
    aside = kept if isinstance(kept, Aside) else None
    return Done(invitation, again=True, different=len(different), aside=aside)


def _keep(invitation: Invitation, coded: Coded, received_on: date, by: User) -> Response | Aside:
    """Hand the paper to the one door of answers."""
    campaign = invitation.campaign
    values, consents, objects = split_coded(questionnaire.named(campaign.questionnaire), coded)
    return intake.record_or_set_aside(
        invitation.senior,
        campaign=campaign,
        channel=Response.Channel.PAPER,
        received_on=received_on,
        values=values,
        consents=consents,
        objects=objects,
        by=by,
    )


def storable(campaign: Campaign, coded: Coded) -> Coded:
    """What was typed, without the answers that its own consents do not allow to keep."""
    return _without(campaign, coded, _answer(campaign, 0, coded, timezone.localdate()).kept)


def _kept_today(invitation: Invitation, coded: Coded, received_on: date) -> Coded:
    """The same, without what she took back between the day of the paper and its typing."""
    campaign, senior = invitation.campaign, invitation.senior
    person = senior.merged_into_id or senior.pk
    answer = _answer(campaign, person, coded, received_on)
    return _without(campaign, coded, intake.kept_today(answer))


def _answer(campaign: Campaign, person: int, coded: Coded, received_on: date) -> intake.Answer:
    """A paper as the door of answers reads it."""
    told = split_coded(questionnaire.named(campaign.questionnaire), coded)
    return intake.Answer(person, Response.Channel.PAPER, received_on, *told)


def _without(campaign: Campaign, coded: Coded, kept: Mapping[str, int]) -> Coded:
    """What was coded, of the answers those kept only."""
    asked = questionnaire.named(campaign.questionnaire).items
    return {code: v for code, v in coded.items() if code in kept or not asked[code].is_answer}


def compare(
    campaign: Campaign, first: Mapping[str, int], second: Mapping[str, int]
) -> tuple[int, list[str]]:
    """(how many answers were compared, codes of those that differ), in the order printed.

    An answer is compared when one typing or the other has it; who held the pen is not an answer
    (`intake`). Where the consents typed differ, the
    answers that only one of them allows to keep are not: the consent alone counts as a difference.
    """
    asked = questionnaire.named(campaign.questionnaire).items
    consents = [code for code, item in asked.items() if not item.is_answer]
    same = all(first.get(code) == second.get(code) for code in consents)
    told = first.keys() | second.keys()
    codes = [code for code in asked if code in told and code != FILLED_BY]
    if not same:
        codes = [code for code in codes if code in consents or (code in first and code in second)]
    return len(codes), [code for code in codes if first.get(code) != second.get(code)]


def _of(campaign: Campaign, user: User) -> QuerySet[Keying]:
    """The papers of this campaign typed for people of the user's territories."""
    people = visible_seniors(user)
    theirs = Q(response__senior__in=people) | Q(response__senior__merged_into__in=people)
    return Keying.objects.filter(theirs, response__campaign=campaign)
