"""Links handed to partners: each shows one file, to whoever has its secret, while it may.

A link dies when it expires, when a new one is made, when the tenant takes her agreement back, and
when there is nothing more to do for this partner. Only the secret's digest is kept: a link is
shown once. Each opening and each answer is written down.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from seniors.models import User
from visits.acting.follow_up import FollowUpRefusal, agreement_for, is_in_force, move
from visits.acting.follow_up_rules import moved_since
from visits.acting.hand_over import person_of
from visits.acting.steps import WITH_SOMEONE, Step, steps_from
from visits.enums import State
from visits.models import Action, Agreement, Need, Referral, ReferralRead

DAYS = 30
READS_AN_HOUR = 60
SHOWN_IN = (*WITH_SOMEONE, State.DONE)
READ, PDF, ANSWER = "read", "pdf", "answer"


class Why(StrEnum):
    """Why a link opens nothing; nothing of the file is said with it."""

    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CLOSED = "closed"
    BUSY = "busy"


@dataclass(frozen=True)
class Opened:
    """What a secret opens: the referral, or why there is none to see."""

    referral: Referral | None = None
    why: Why | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file may be shown."""
        return self.why is None


@transaction.atomic
def make_link(action: Action, *, by: User) -> tuple[Referral, str]:
    """A link for the partner this action is asked of, and its secret, never to be read again.

    The links made before for this action open nothing any more. Raises FollowUpRefusal:
    not_asked, agreement, gone.
    """
    Need.objects.select_for_update().get(pk=action.need_id)
    action = Action.objects.select_related("partner", "senior__merged_into").get(pk=action.pk)
    agreement = check_hand_over(action)
    now = timezone.now()
    Referral.objects.filter(agreement__action=action, revoked_at=None).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    referral = Referral.objects.create(
        agreement=agreement,
        digest=_digest(secret),
        created_by=by,
        expires_at=now + timedelta(days=DAYS),
    )
    return referral, secret


def check_hand_over(action: Action) -> Agreement:
    """The agreement under which this action may be handed over to its partner now.

    Raises FollowUpRefusal: not_asked, agreement, gone.
    """
    if action.state not in SHOWN_IN or action.partner is None:
        raise FollowUpRefusal(
            "not_asked",
            "Cette action n’est pas, ou plus, entre les mains d’un partenaire\u00a0: rien n’a été "
            "transmis. Demandez-la d’abord à un partenaire.",
        )
    agreement = agreement_for(action, action.partner)
    if agreement is None:
        raise FollowUpRefusal(
            "agreement",
            f"Il n’y a pas d’accord de la personne pour {action.partner}\u00a0: rien n’a été "
            "transmis. Demandez-lui, puis notez son accord.",
        )
    if person_of(action).dwelling_id is None:
        raise FollowUpRefusal(
            "gone", "Cette personne n’habite plus ici\u00a0: rien n’a été transmis."
        )
    return agreement


def open_link(secret: str) -> Opened:
    """What this secret opens now. Reads, and writes nothing (`note_read`)."""
    referral = (
        Referral.objects.select_related(
            "agreement__partner",
            "agreement__action__kind",
            "agreement__action__dwelling",
            "agreement__action__senior__dwelling",
            "agreement__action__senior__merged_into__dwelling",
            "agreement__recorded_by",
        )
        .filter(digest=_digest(secret))
        .first()
    )
    if referral is None:
        return Opened(why=Why.UNKNOWN)
    return Opened(referral, _why_shut(referral))


def note_read(referral: Referral, gesture: str) -> None:
    """Write down that the file was opened, printed or answered."""
    ReferralRead.objects.create(referral=referral, gesture=gesture)


def ways(action: Action) -> list[Step]:
    """What the partner may answer now."""
    following = steps_from(action.state, by_partner=action.kind.by_partner)
    return [step for step in following if step.you]


@transaction.atomic
def answer(referral: Referral, to: str, *, seen: str, signed: str, note: str = "") -> Action:
    """The partner's answer, signed with the name he gives; `seen` is the state his page showed.

    Raises FollowUpRefusal: link_shut when the link died meanwhile, step when the action has moved
    since, and those of `follow_up.move`.
    """
    Need.objects.select_for_update().get(pk=referral.agreement.action.need_id)
    referral = Referral.objects.select_related("agreement__action", "agreement__partner").get(
        pk=referral.pk
    )
    if _why_shut(referral):
        raise FollowUpRefusal(
            "link_shut", "Ce lien n’est plus valable\u00a0: rien n’a été enregistré."
        )
    agreement, today = referral.agreement, timezone.localdate()
    if agreement.action.state != seen:
        raise moved_since(agreement.action)
    moved = move(
        agreement.action, to, on=today, partner=agreement.partner, signed=signed, note=note
    )
    note_read(referral, ANSWER)
    return moved


def _why_shut(referral: Referral) -> Why | None:
    """Why this link shows nothing now; the tenant's no comes first."""
    agreement, now = referral.agreement, timezone.now()
    action = agreement.action
    if not is_in_force(agreement):
        return Why.WITHDRAWN
    if action.state not in SHOWN_IN or action.partner_id != agreement.partner_id:
        return Why.CLOSED
    if referral.revoked_at:
        return Why.REPLACED
    if referral.expires_at <= now:
        return Why.EXPIRED
    if person_of(action).dwelling_id is None:
        return Why.CLOSED
    recent = referral.reads.filter(at__gte=now - timedelta(hours=1))
    return Why.BUSY if recent.count() >= READS_AN_HOUR else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
