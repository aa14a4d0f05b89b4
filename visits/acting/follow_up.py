"""Needs and what is done about them: the only door of Need, Action, ActionStep and Agreement.

`steps.TABLE` says what may follow what. Each move is dated, signed and made under a lock on the
need, so that of two at once the second sees what the first did. A visit form may arrive late: what
it says of a day before the last known one changes nothing.

Whose territory it is stays with the views, as everywhere; the role is checked here too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from seniors.models import Senior, User
from seniors.person import records_of
from visits.acting.follow_up_rules import (
    FollowUpRefusal,
    agreement_for,
    allowed_step,
    before,
    check_day,
    check_role,
    checked_note,
    checked_signature,
    is_in_force,
    partner_to_ask,
)
from visits.acting.steps import CLOSED, OPEN
from visits.enums import State
from visits.models import (
    Action,
    ActionKind,
    ActionStep,
    Agreement,
    Need,
    Partner,
    Referral,
    Signal,
    VisitForm,
)
from visits.needs import NEEDS

# Days that our own people have; a partner's or the works' are in the catalogue (`due_days`).
OWN_DAYS = {
    State.PROPOSED: 30,
    State.ACCEPTED: 14,
    State.PARTNER_REFUSED: 14,
    State.DONE: 30,
}
DECISIONS = (State.PROPOSED, State.ACCEPTED, State.DECLINED)
NO_LONGER_WANTED = "La personne n’en veut plus."
NEED_IS_GONE = "Le besoin n’est plus là."

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
class Finding:
    """A need as it was found."""

    senior: Senior
    code: str
    found_on: date
    form: VisitForm | None = None
    signal: Signal | None = None

    @property
    def key(self) -> tuple[int, str]:
        """Whose need it is, and which."""
        return self.senior.merged_into_id or self.senior.pk, self.code


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


def add_need(
    senior: Senior,
    code: str,
    *,
    found_on: date,
    by: User,
    form: VisitForm | None = None,
    signal: Signal | None = None,
) -> Need:
    """The person's need of this code: the open one, one closed since that day, or a new one.

    Raises FollowUpRefusal: role, need, future.
    """
    found = Finding(senior, code, found_on, form, signal)
    return add_needs([found], by=by)[found.key]


def add_needs(findings: Sequence[Finding], *, by: User) -> dict[tuple[int, str], Need]:
    """The same for several, {`Finding.key`: need}, in a few queries whatever their number."""
    check_role(by)
    if not NEEDS.keys() >= {one.code for one in findings}:
        raise FollowUpRefusal("need", "Ce besoin n’existe pas\u00a0: rien n’a été enregistré.")
    for day in {one.found_on for one in findings}:
        check_day(day)
    wanted = {one.key: one for one in findings}
    known = _known_needs(wanted) if wanted else {}
    if missing := {key: one for key, one in wanted.items() if key not in known}:
        rows = [
            Need(
                senior_id=person,
                code=code,
                family=NEEDS[code].family,
                found_on=one.found_on,
                found_by=by,
                form=one.form,
                signal=one.signal,
            )
            for (person, code), one in missing.items()
        ]
        try:
            with transaction.atomic():
                made = Need.objects.bulk_create(rows)
            known |= {(need.senior_id, need.code): need for need in made}
        except IntegrityError:  # one was added by someone else since
            Need.objects.bulk_create(rows, ignore_conflicts=True)
            known |= _known_needs(missing)
    return known


@transaction.atomic
def close_need(need: Need, *, on: date, by: User) -> Need:
    """The need is gone: closed, and its open actions are cancelled.

    Raises FollowUpRefusal: role, closed, future, before.
    """
    check_role(by)
    need = _locked(need.pk)
    if need.closed_on:
        raise FollowUpRefusal("closed", "Ce besoin est déjà clos\u00a0: rien n’a changé.")
    check_day(on)
    if on < need.found_on:
        raise before(need.found_on)
    for action in need.actions.filter(state__in=OPEN).select_related("kind"):
        _move(action, State.CANCELLED, on=on, by=by, note=NEED_IS_GONE)
    return _close(need, on)


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
    needs = _all_locked({one.need.pk for one in decisions})
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
            action.save(update_fields=_MOVED)
        decided.append(action)
    Action.objects.bulk_create(made)
    ActionStep.objects.bulk_create(steps)
    _note_acted_on(needs if steps else ())
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
    _locked(action.need_id)
    action = Action.objects.select_related("kind", "need").get(pk=action.pk)
    if to == State.CONFIRMED:
        action.satisfied = satisfied
    return _move(action, to, on=on, by=by, partner=partner, signed=signed, note=note)


@transaction.atomic
def agree(action: Action, partner: Partner, *, given_on: date, by: User, wording: str) -> Agreement:
    """The tenant's yes to hand this action over to this partner; the one in force if there is one.

    One withdrawn after that day stays withdrawn. A yes after a no to any sharing takes the place
    of the one that the no had ended. Raises FollowUpRefusal: role, future.
    """
    check_role(by)
    check_day(given_on)
    _locked(action.need_id)
    told = {"action": action, "partner": partner, "given_on": given_on}
    theirs = Agreement.objects.filter(action=action, partner=partner)
    known = theirs.filter(withdrawn_on=None).first()
    if known and not is_in_force(known) and is_in_force(Agreement(**told)):
        _take_back(known, by)
        known = None
    else:
        later = theirs.filter(withdrawn_on__gt=given_on).order_by("-withdrawn_on")
        known = known or later.first()
    return known or Agreement.objects.create(**told, recorded_by=by, wording=wording)


@transaction.atomic
def withdraw(agreement: Agreement, *, by: User) -> Agreement:
    """The tenant takes her yes back: from now on no link made from it opens.

    Raises FollowUpRefusal: role, withdrawn.
    """
    check_role(by)
    _locked(agreement.action.need_id)
    agreement = Agreement.objects.get(pk=agreement.pk)
    if agreement.withdrawn_on:
        raise FollowUpRefusal("withdrawn", "Cet accord est déjà retiré\u00a0: rien n’a changé.")
    return _take_back(agreement, by)


def _take_back(agreement: Agreement, by: User) -> Agreement:
    """The end of an agreement, and of its links."""
    agreement.withdrawn_on, agreement.withdrawn_by = timezone.localdate(), by
    agreement.save(update_fields=["withdrawn_on", "withdrawn_by"])
    Referral.objects.filter(agreement=agreement, revoked_at=None).update(revoked_at=timezone.now())
    return agreement


def _known_needs(wanted: Mapping[tuple[int, str], Finding]) -> dict[tuple[int, str], Need]:
    """On any record of each person: the open need, else the last closed after it was found."""
    records = records_of([person for person, _ in wanted])
    needs = Need.objects.filter(senior__in=records, code__in={code for _, code in wanted})
    known = {}
    for need in sorted(needs, key=lambda one: one.closed_on or date.max):
        key = records[need.senior_id], need.code
        if key in wanted and (not need.closed_on or need.closed_on > wanted[key].found_on):
            known[key] = need
    return known


def _locked(need_id: int) -> Need:
    """The need, held until the end of the transaction: its actions move one at a time."""
    return _all_locked([need_id])[need_id]


def _all_locked(ids: Collection[int]) -> dict[int, Need]:
    """The same for several, in the one order that lets two batches wait for each other."""
    needs = Need.objects.select_for_update(of=("self",)).select_related("senior__merged_into")
    return {need.pk: need for need in needs.filter(pk__in=ids).order_by("pk")}


def _close(need: Need, on: date) -> Need:
    need.closed_on = on
    need.save(update_fields=["closed_on"])
    return need


def _proposed(need: Need, decision: Decision, by: User) -> Action:
    """A new action, not written yet; its first step is the caller's."""
    person = need.senior.merged_into or need.senior
    return Action(
        need=need,
        need_found_on=need.found_on,
        senior=need.senior,
        dwelling_id=person.dwelling_id,
        kind=decision.kind,
        state=State.PROPOSED,
        state_on=decision.on,
        due_on=decision.on + timedelta(days=OWN_DAYS[State.PROPOSED]),
        created_by=by,
        form=decision.form,
    )


def _followed(action: Action, state: State, *, on: date, by: User) -> ActionStep | None:
    """An open action after what was just said of it, and its step; neither is written yet.

    A tenant's no is heard at any stage.
    """
    if action.state == State.PROPOSED and state != State.PROPOSED:
        return _moved(action, state, on=on, by=by)
    if action.state in OPEN and state == State.DECLINED:
        return _moved(action, State.CANCELLED, on=on, by=by, note=NO_LONGER_WANTED)
    return None


def _move(action: Action, to: str, **more: Any) -> Action:
    """The move itself, the need being locked; same words as `move`."""
    _moved(action, to, **more).save()
    action.save(update_fields=_MOVED)
    if to == State.CONFIRMED and not action.need.closed_on:
        _close(action.need, more["on"])
    if to == State.CANCELLED:
        _note_acted_on([action.need_id])
    return action


def _note_acted_on(needs: Collection[int]) -> None:
    """Whether an action stands for each of these needs."""
    standing = Action.objects.filter(need=OuterRef("pk")).exclude(state=State.CANCELLED)
    Need.objects.filter(pk__in=needs).update(is_acted_on=Exists(standing))


def _moved(
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
    )
    action.due_on = _due_on(action, State(to), on)
    action.state, action.state_on = State(to), on
    action.cancelled_because = note if to == State.CANCELLED else ""
    return step


_MOVED = ("state", "state_on", "due_on", "partner", "cancelled_because", "satisfied")
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
