"""Who follows an action: whoever wrote it down, until it is given to someone else.

An officer may take one of his territories over; a manager gives those of hers to anyone who works
there, also of someone who has left the landlord, or of a tenant who has moved away.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet

from seniors.access import STAFF, territories_of
from seniors.enums import Role
from seniors.models import User
from visits.acting.follow_up_rules import FollowUpRefusal, check_role
from visits.acting.hand_over import person_of
from visits.acting.waiting import late
from visits.models import Action, ActionCharge

VISITORS = (Role.OFFICER, Role.MANAGER)


@dataclass(frozen=True)
class Given:
    """What was, or would be, given: the actions, and how many stay, with why."""

    given: list[Action]
    refused: list[tuple[Action, str]]


def followers(user: User) -> QuerySet[User]:
    """Whose actions `user` may ask the list of: those who work in her territories, or did."""
    there = User.objects.filter(role__in=STAFF, territories__in=territories_of(user))
    return there.distinct().order_by("last_name", "first_name", "username")


def may_follow(by: User) -> QuerySet[User]:
    """To whom `by` may give actions: an officer to himself, others to the visitors of their
    territories."""
    if by.role == Role.OFFICER:
        return User.objects.filter(pk=by.pk)
    return followers(by).filter(is_active=True, role__in=VISITORS)


@transaction.atomic
def give(action: Action, officer: User, *, by: User) -> Action:
    """Have this action followed by `officer` from now on; dated, signed, and told again if late.

    Raises FollowUpRefusal: role, same, elsewhere.
    """
    check_role(by)
    action = _held(action)
    if action.officer_id == officer.pk:
        raise FollowUpRefusal("same", f"{officer} suit déjà cette action\u00a0: rien n’a changé.")
    if not may_follow(by).filter(pk=officer.pk, territories=territory_of(action)).exists():
        raise FollowUpRefusal(
            "elsewhere",
            f"{officer} ne travaille pas là où vit cette personne, ou n’a plus de compte\u00a0: "
            "rien n’a changé.",
        )
    ActionCharge.objects.create(action=action, officer=officer, by=by)
    action.officer, action.told_late_on = officer, None
    action.save(update_fields=["officer", "told_late_on"])
    return action


def give_many(actions: Iterable[Action], officer: User, *, by: User) -> Given:
    """Give each that can be; those that cannot are left as they are, with the reason."""
    given, refused = [], []
    for action in actions:
        try:
            given.append(give(action, officer, by=by))
        except FollowUpRefusal as refusal:
            refused.append((action, str(refusal)))
    return Given(given, refused)


@transaction.atomic
def try_giving(actions: Iterable[Action], officer: User, *, by: User) -> Given:
    """What `give_many` would do; nothing is kept."""
    tried = give_many(actions, officer, by=by)
    transaction.set_rollback(True)
    return tried


def late_by_officer(actions: QuerySet[Action]) -> list[tuple[User | None, int]]:
    """Who follows the late ones of these, and how many each, the most first; two queries."""
    rows = late(actions).order_by().values("officer").annotate(n=Count("pk", distinct=True))
    counts = {row["officer"]: row["n"] for row in rows}
    people = User.objects.in_bulk([pk for pk in counts if pk])
    found = [(people.get(pk), n) for pk, n in counts.items()]
    return sorted(found, key=lambda one: (-one[1], str(one[0] or "")))


def _held(action: Action) -> Action:
    held = Action.objects.select_for_update(of=("self",)).select_related(
        "kind",
        "officer",
        "dwelling__residence",
        "senior__dwelling__residence",
        "senior__merged_into__dwelling__residence",
    )
    return held.get(pk=action.pk)


def territory_of(action: Action) -> int | None:
    """Where the person lives; of who has left, where the action was decided."""
    home = person_of(action).dwelling or action.dwelling
    return home.residence.territory_id if home else None
