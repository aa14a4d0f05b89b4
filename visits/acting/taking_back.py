"""One's own last step taken back the day it was made: marked, never deleted, and counted no more.

Only who made it may, while nothing has come of it; later, an action is cancelled with a reason.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from seniors.models import User
from visits.acting.finding import NEED_IS_GONE
from visits.acting.follow_up_rules import FollowUpRefusal, check_role
from visits.acting.moving import MOVED, locked, note_acted_on
from visits.acting.steps import CLOSED
from visits.enums import State
from visits.models import (
    Action,
    ActionStep,
    Invoice,
    Need,
    Referral,
    ReferralRead,
    StockFinding,
    Works,
)

UNCHANGED = "\u00a0: rien n’a changé."


@dataclass(frozen=True)
class Last:
    """The last step of an action, and why it is not taken back; "" when it may be."""

    step: ActionStep
    why_not: str = ""


def last_of(action: Action, by: User) -> Last | None:
    """The last step of `by`'s own today, and whether it may be taken back; None when there is
    none of hers."""
    step = action.steps.standing().last()
    if step is None or not step.from_state or step.by_id != by.pk:
        return None
    if timezone.localdate(step.at) != timezone.localdate():
        return None
    return Last(step, _what_came_of(action, step))


@transaction.atomic
def take_back(action: Action, *, seen: int, by: User) -> Action:
    """The action as it stood before its last step, `seen` being the id of that step on the page.

    Its links made since open nothing any more, its need opens again if the step had closed it.
    Raises FollowUpRefusal: role, not_yours, used.
    """
    check_role(by)
    need = locked(action.need_id)
    action = Action.objects.select_related("kind", "need").get(pk=action.pk)
    last = last_of(action, by)
    if last is None or last.step.pk != seen:
        raise FollowUpRefusal(
            "not_yours",
            "Cette étape n’est plus la dernière, ou n’est pas de vous aujourd’hui"
            f"{UNCHANGED} Relisez l’action avant de continuer.",
        )
    if last.why_not:
        raise FollowUpRefusal("used", f"{last.why_not}{UNCHANGED}")
    step = last.step
    step.taken_back_at, step.taken_back_by = timezone.now(), by
    step.save(update_fields=["taken_back_at", "taken_back_by"])
    _put_back(action, step)
    if step.to_state == State.CONFIRMED and not _is_confirmed(need):
        _open(need)
    note_acted_on([need.pk])
    made_since = Referral.objects.filter(agreement__action=action, created_at__gte=step.at)
    made_since.filter(revoked_at=None).update(revoked_at=timezone.now())
    return action


@transaction.atomic
def open_again(need: Need, *, by: User) -> Need:
    """A need said to be gone today by mistake: open again, with the actions that went with it.

    Raises FollowUpRefusal: role, not_yours.
    """
    check_role(by)
    need = locked(need.pk)
    today = timezone.localdate()
    gone = ActionStep.objects.standing().filter(
        action__need=need, to_state=State.CANCELLED, note=NEED_IS_GONE, by=by, at__date=today
    )
    if not may_open_again(need, by) or _is_there_again(need):
        raise FollowUpRefusal(
            "not_yours",
            "Ce besoin n’a pas été clos par vous aujourd’hui, ou a été noté de nouveau depuis"
            f"{UNCHANGED}",
        )
    _open(need)
    for step in gone.select_related("action"):
        step.taken_back_at, step.taken_back_by = timezone.now(), by
        step.save(update_fields=["taken_back_at", "taken_back_by"])
        _put_back(step.action, step)
    note_acted_on([need.pk])
    return need


def may_open_again(need: Need, by: User) -> bool:
    """Whether `by` closed it today and may say that it was a mistake; what the tenant confirmed
    is taken back by its own step."""
    is_hers = need.closed_on == timezone.localdate() and need.closed_by_id == by.pk
    return is_hers and not _is_confirmed(need)


def _put_back(action: Action, step: ActionStep) -> None:
    """The action as the step found it."""
    action.state = step.from_state
    action.state_on = _stood_since(action)
    action.due_on, action.partner_id = step.due_before, step.partner_before_id
    action.cancelled_because = action.satisfied = ""
    action.save(update_fields=MOVED)


def _stood_since(action: Action) -> date:
    return action.steps.standing().order_by("pk").values_list("on", flat=True).last()


def _open(need: Need) -> None:
    need.closed_on = need.closed_by = None
    need.save(update_fields=["closed_on", "closed_by"])


def _is_confirmed(need: Need) -> bool:
    """Whether one of its actions answered it, as the tenant says."""
    return need.actions.filter(state=State.CONFIRMED).exists()


def _what_came_of(action: Action, step: ActionStep) -> str:
    """Why it is too late to take this step back, "" when it is not; in a few queries."""
    read = ReferralRead.objects.filter(referral__agreement__action=action, at__gte=step.at)
    if read.exists():
        return "Le partenaire a ouvert la demande depuis"
    if Works.objects.filter(action=action, lot__created_at__gte=step.at).exists():
        return "Ces travaux sont commandés avec un lot"
    if Invoice.objects.filter(works__action=action, recorded_at__gte=step.at).exists():
        return "Une facture a été enregistrée depuis"
    if StockFinding.objects.filter(action=action, recorded_at__gte=step.at).exists():
        return "Le logement a été relevé d’après ces travaux"
    return _need_forbids(action, step)


def _need_forbids(action: Action, step: ActionStep) -> str:
    """An action stays closed with its need, unless the step itself closed the need."""
    need = action.need
    if need.closed_on and not (step.to_state == State.CONFIRMED and need.closed_on == step.on):
        return "Le besoin est clos"
    if step.to_state in CLOSED and _is_there_again(need):
        return "Ce besoin a été noté de nouveau depuis"
    if step.to_state in CLOSED and _is_decided_again(action):
        return "Cette action a été décidée de nouveau depuis"
    return ""


def _is_there_again(need: Need) -> bool:
    """Whether the same need of the same record is open elsewhere."""
    return (
        Need.objects.filter(senior=need.senior_id, code=need.code, closed_on=None)
        .exclude(pk=need.pk)
        .exists()
    )


def _is_decided_again(action: Action) -> bool:
    later = Action.objects.filter(need=action.need_id, kind=action.kind_id, pk__gt=action.pk)
    return later.exists()
