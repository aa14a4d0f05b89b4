"""The move of one action, its need being held: what every door of the follow-up is made of.

Nothing here checks whose territory it is nor opens a transaction: `follow_up` and its neighbours
do.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from seniors.models import User
from visits.acting.follow_up_rules import (
    allowed_step,
    before,
    check_day,
    checked_note,
    checked_signature,
    partner_to_ask,
)
from visits.acting.steps import CLOSED
from visits.enums import State
from visits.models import Action, ActionStep, Need, Partner

# Days that our own people have; a partner's or the works' are in the catalogue (`due_days`).
OWN_DAYS = {
    State.PROPOSED: 30,
    State.ACCEPTED: 14,
    State.PARTNER_REFUSED: 14,
    State.DONE: 30,
}


def locked(need_id: int) -> Need:
    """The need, held until the end of the transaction: its actions move one at a time."""
    return all_locked([need_id])[need_id]


def all_locked(ids: Collection[int]) -> dict[int, Need]:
    """The same for several, in the one order that lets two batches wait for each other."""
    needs = Need.objects.select_for_update(of=("self",)).select_related("senior__merged_into")
    return {need.pk: need for need in needs.filter(pk__in=ids).order_by("pk")}


def close(need: Need, on: date, by: User) -> Need:
    """The need is closed that day, by this person."""
    need.closed_on, need.closed_by = on, by
    need.save(update_fields=["closed_on", "closed_by"])
    return need


def make_move(action: Action, to: str, **more: Any) -> Action:
    """The move itself, the need being locked; same words as `move`."""
    moved(action, to, **more).save()
    action.save(update_fields=MOVED)
    if to == State.CONFIRMED and not action.need.closed_on:
        close(action.need, more["on"], more["by"])
    if to == State.CANCELLED:
        note_acted_on([action.need_id])
    return action


def note_acted_on(needs: Collection[int]) -> None:
    """Whether an action stands for each of these needs."""
    standing = Action.objects.filter(need=OuterRef("pk")).exclude(state=State.CANCELLED)
    Need.objects.filter(pk__in=needs).update(is_acted_on=Exists(standing))


def moved(
    action: Action,
    to: str,
    *,
    on: date,
    by: User | None = None,
    partner: Partner | None = None,
    signed: str = "",
    note: str = "",
) -> ActionStep:
    """The action as it stands after a move, and the step; neither is written yet."""
    allowed = allowed_step(action, to, by)
    check_day(on)
    if on < action.state_on:
        raise before(action.state_on)
    note = checked_note(note, allowed)
    signed = checked_signature(action, by, partner, signed)
    partner_before = action.partner_id
    if to == State.REQUESTED:
        action.partner = partner_to_ask(action, partner)
    step = ActionStep(
        action=action,
        from_state=action.state,
        to_state=to,
        on=on,
        by=by,
        partner_id=action.partner_id if to in _PARTNER_STEPS or by is None else None,
        signed=signed,
        note=note,
        due_before=action.due_on,
        partner_before_id=partner_before,
    )
    action.due_on = _due_on(action, State(to), on)
    action.state, action.state_on = State(to), on
    action.cancelled_because = note if to == State.CANCELLED else ""
    return step


MOVED = ("state", "state_on", "due_on", "partner", "cancelled_because", "satisfied")
_PARTNER_STEPS = (State.REQUESTED, State.PARTNER_ACCEPTED, State.PARTNER_REFUSED)


def _due_on(action: Action, to: State, on: date) -> date | None:
    """By when the next step is expected; None once nothing is.

    What was asked for a day stays due that day, accepted late or not.
    """
    if to in CLOSED:
        return None
    if to in OWN_DAYS:
        return on + timedelta(days=OWN_DAYS[to])
    if to == State.REQUESTED or action.state == State.DONE or action.due_on is None:
        return on + timedelta(days=action.kind.due_days)
    return action.due_on
