"""One gesture on many actions: tried first, so that the count said before is the true one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from seniors.models import User
from visits.acting.follow_up import FollowUpRefusal, move
from visits.enums import State
from visits.models import Action

MOST = 100
# What many may be marked as, said of one and of several.
WORDS = {
    State.REQUESTED: ("demandée", "demandées"),
    State.UNDER_WAY: ("en cours", "en cours"),
    State.DONE: ("faite", "faites"),
    State.CONFIRMED: ("confirmée par la personne", "confirmées par la personne"),
    State.CANCELLED: ("annulée", "annulées"),
}


@dataclass(frozen=True)
class Moved:
    """What was, or would be, done: the actions moved, and why the others were not."""

    moved: list[Action]
    refused: list[tuple[Action, str]]


def move_many(actions: Iterable[Action], to: str, *, on: date, by: User, note: str = "") -> Moved:
    """Move each that can be; those that cannot are left as they are, with the reason."""
    moved, refused = [], []
    for action in actions:
        try:
            moved.append(move(action, to, on=on, by=by, note=note))
        except FollowUpRefusal as refusal:
            refused.append((action, str(refusal)))
    return Moved(moved, refused)


@transaction.atomic
def try_many(actions: Iterable[Action], to: str, *, on: date, by: User, note: str = "") -> Moved:
    """What `move_many` would do; nothing is kept."""
    tried = move_many(actions, to, on=on, by=by, note=note)
    transaction.set_rollback(True)
    return tried
