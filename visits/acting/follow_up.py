"""Needs and what is done about them: the only door of Need, Action, ActionStep and Agreement.

`steps.TABLE` says what may follow what. Each move is dated, signed and made under a lock on the
need, so that of two at once the second sees what the first did. A visit form may arrive late: what
it says of a day before the last known one changes nothing.

Whose territory it is stays with the views, as everywhere; the role is checked here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from seniors.models import User
from visits.acting.agreeing import agree, withdraw
from visits.acting.finding import Finding, add_need, add_needs, close_need
from visits.acting.follow_up_rules import (
    FollowUpRefusal,
    agreement_for,
    check_day,
    check_role,
    is_in_force,
)
from visits.acting.moving import (
    MOVED,
    OWN_DAYS,
    all_locked,
    locked,
    make_move,
    moved,
    note_acted_on,
)
from visits.acting.steps import CLOSED, OPEN
from visits.enums import State
from visits.models import Action, ActionKind, ActionStep, Need, Partner, VisitForm

DECISIONS = (State.PROPOSED, State.ACCEPTED, State.DECLINED)
NO_LONGER_WANTED = "La personne n’en veut plus."

__all__ = [
    "Decision",
    "Finding",
    "FollowUpRefusal",
    "add_need",
    "add_needs",
    "agree",
    "agreement_for",
    "close_need",
    "decide",
    "decide_all",
    "is_in_force",
    "move",
    "withdraw",
]


@dataclass(frozen=True)
class Decision:
    """What was decided with the tenant for a need: `state` is proposed, accepted or declined.

    `partner` is the one spoken of; whether he can be asked is checked when he is.
    """

    need: Need
    kind: ActionKind
    state: str
    on: date
    form: VisitForm | None = None
    partner: Partner | None = None


def decide(
    need: Need,
    kind: ActionKind,
    *,
    state: str,
    on: date,
    by: User,
    form: VisitForm | None = None,
    partner: Partner | None = None,
) -> Action:
    """The action of this kind for this need, after what was decided (`Decision`).

    One open action per need and kind. The one there follows what is said: accepted or declined
    if it was proposed, cancelled if she now declines it later on, left alone if what is said is
    older or says nothing new. Raises FollowUpRefusal: role, state, future.
    """
    return decide_all([Decision(need, kind, state, on, form, partner)], by=by)[0]


@transaction.atomic
def decide_all(decisions: Sequence[Decision], *, by: User) -> list[Action]:
    """The same for several, each need and kind once; in a few queries when all are new."""
    check_role(by)
    for one in decisions:
        if one.state not in DECISIONS:
            raise FollowUpRefusal(
                "state", "Cette décision n’existe pas\u00a0: rien n’a été enregistré."
            )
        check_day(one.on)
    needs = all_locked({one.need.pk for one in decisions})
    there = Action.objects.filter(need__in=needs).select_related("kind").order_by("pk")
    latest = {(action.need_id, action.kind_id): action for action in there}
    decided, made, steps = [], [], []
    for one in decisions:
        action = latest.get((one.need.pk, one.kind.pk))
        if action and one.on < action.state_on:
            decided.append(action)
            continue
        if action and (action.state, action.state_on) == (one.state, one.on):
            decided.append(action)
            continue
        is_new = action is None or action.state in CLOSED
        if is_new:
            action = _proposed(needs[one.need.pk], one, by)
            steps.append(ActionStep(action=action, to_state=State.PROPOSED, on=one.on, by=by))
            made.append(action)
        is_his = one.partner and one.kind.by_partner and not action.partner_id
        if is_his:
            action.partner = one.partner
        step = _followed(action, State(one.state), on=one.on, by=by)
        if step:
            steps.append(step)
        if not is_new and (step or is_his):
            action.save(update_fields=MOVED)
        decided.append(action)
    Action.objects.bulk_create(made)
    ActionStep.objects.bulk_create(steps)
    note_acted_on(needs if steps else ())
    return decided


@transaction.atomic
def move(
    action: Action,
    to: str,
    *,
    on: date,
    by: User | None = None,
    partner: Partner | None = None,
    signed: str = "",
    note: str = "",
    satisfied: str = "",
) -> Action:
    """Take an action one step further (`steps.TABLE`); answers it as it now stands.

    `satisfied` is what she says of it when she confirms it (`Satisfaction`), "" otherwise.

    By a member of staff (`by`; `partner` is then whom it is asked of), or by the partner himself
    (`partner` and the name he signs with). Raises FollowUpRefusal: role, step, future, before,
    note, nir, diagnosis, judgement, signed, partner_missing, partner_inactive, partner_kind,
    partner_same, partner_other, agreement.
    """
    if by is not None:
        check_role(by)
    locked(action.need_id)
    action = Action.objects.select_related("kind", "need").get(pk=action.pk)
    if to == State.CONFIRMED:
        action.satisfied = satisfied
    return make_move(action, to, on=on, by=by, partner=partner, signed=signed, note=note)


def _proposed(need: Need, decision: Decision, by: User) -> Action:
    """A new action, not written yet; its first step is the caller's."""
    person = need.senior.merged_into or need.senior
    return Action(
        need=need,
        need_found_on=need.found_on,
        senior=need.senior,
        lives_in_id=need.lives_in_id,
        dwelling_id=person.dwelling_id,
        made_in_id=need.lives_in_id,
        kind=decision.kind,
        state=State.PROPOSED,
        state_on=decision.on,
        due_on=decision.on + timedelta(days=OWN_DAYS[State.PROPOSED]),
        created_by=by,
        officer=by,
        form=decision.form,
    )


def _followed(action: Action, state: State, *, on: date, by: User) -> ActionStep | None:
    """An open action after what was just said of it, and its step; neither is written yet.

    A tenant's no is heard at any stage.
    """
    if action.state == State.PROPOSED and state != State.PROPOSED:
        return moved(action, state, on=on, by=by)
    if action.state in OPEN and state == State.DECLINED:
        return moved(action, State.CANCELLED, on=on, by=by, note=NO_LONGER_WANTED)
    return None
