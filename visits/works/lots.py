"""Works of one kind launched together: the only door of WorksLot.

A lot asks each of its works of those who make them, by `follow_up`; what the rules refuse is left
as it was, with the reason. A lot is never deleted: what it has not begun may be cancelled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from seniors.access import DECIDERS
from seniors.enums import Role
from seniors.models import Residence, User
from seniors.refusal import Refusal
from visits.acting.many_moves import Moved, move_many, try_many
from visits.acting.steps import CLOSED, OPEN
from visits.enums import State
from visits.models import Action, ActionKind, Works, WorksLot
from visits.works.backlog import priced, works_open_to

MOST = 100
# A round goes from one door to the next.
ROUND = ("residence__name", "street", "street_number", "building", "floor", "door")
# Why works cannot be asked for now, in the manager's words.
WHY_NOT = {
    State.PROPOSED: "Le locataire n’a pas encore répondu.",
    State.REQUESTED: "Déjà demandés.",
    State.PARTNER_ACCEPTED: "Déjà acceptés par un partenaire.",
    State.PARTNER_REFUSED: "Un partenaire a refusé\u00a0: à demander à un autre.",
    State.UNDER_WAY: "Déjà en cours.",
    State.DONE: "Déjà faits.",
    State.DECLINED: "Le locataire n’en veut pas.",
    State.CONFIRMED: "Faits et confirmés.",
    State.CANCELLED: "Annulés.",
}


class LotRefusal(Refusal):
    """A gesture on a lot that cannot be made."""


@dataclass(frozen=True)
class Preview:
    """What a launch would do: works moved, the others with the reason; euros without VAT."""

    moved: list[Action]
    refused: list[tuple[Action, str]]
    estimate: Decimal  # of the works moved that have a price
    unpriced: int


def candidates(user: User, kind: ActionKind, residence: Residence | None) -> QuerySet[Action]:
    """The open works of this kind that are in no lot yet, there or wherever `user` sees, priced."""
    free = Q(works=None) | Q(works__lot=None)
    works = priced(works_open_to(user)).filter(free, kind=kind, state__in=OPEN)
    if residence:
        works = works.filter(made_in=residence)
    return works.order_by("need__found_on", "pk")


def preview(actions: Sequence[Action], *, on: date, by: User) -> Preview:
    """What `launch` would do with these works (with their `amount`); nothing is kept."""
    tried = try_many(actions, State.REQUESTED, on=on, by=by)
    amounts = {one.pk: one.amount for one in actions}
    told = [amounts[one.pk] for one in tried.moved]
    return Preview(
        tried.moved,
        _why(tried),
        sum((one for one in told if one is not None), Decimal(0)),
        sum(one is None for one in told),
    )


@transaction.atomic
def launch(
    actions: Iterable[Action],
    *,
    kind: ActionKind,
    label: str,
    residence: Residence | None,
    company: str,
    wanted_by: date | None,
    note: str,
    on: date,
    by: User,
) -> tuple[WorksLot, list[tuple[Action, str]]]:
    """Ask for all these works at once; the lot, and those left as they were with the reason.

    Raises LotRefusal: role, early, empty.
    """
    _check_role(by)
    if wanted_by and wanted_by < on:
        raise LotRefusal(
            "early", "Les travaux sont attendus avant d’être commandés\u00a0: rien n’a changé."
        )
    moved = move_many(actions, State.REQUESTED, on=on, by=by)
    if not moved.moved:
        raise LotRefusal(
            "empty",
            "Aucun de ces travaux ne peut être demandé maintenant\u00a0: le lot n’a pas été créé. "
            "Relisez la liste, l’état des travaux a peut-être changé.",
        )
    lot = WorksLot.objects.create(
        label=label,
        kind=kind,
        residence=residence,
        company=company,
        ordered_on=on,
        wanted_by=wanted_by,
        note=note,
        ordered_by=by,
    )
    Works.objects.bulk_create(
        [Works(action=action, lot=lot) for action in moved.moved],
        update_conflicts=True,
        unique_fields=["action"],
        update_fields=["lot"],
    )
    return lot, _why(moved)


@transaction.atomic
def cancel(lot: WorksLot, *, note: str, on: date, by: User) -> Moved:
    """Cancel what the lot has asked for and nobody has begun; what is under way goes on.

    The needs stay open and come back to the backlog. Raises LotRefusal: role, begun.
    """
    _check_role(by)
    waiting = works_open_to(by).filter(works__lot=lot, state=State.REQUESTED)
    moved = move_many(waiting.select_related("kind"), State.CANCELLED, on=on, by=by, note=note)
    if not moved.moved:
        why = moved.refused[0][1] if moved.refused else "Tout est commencé, fait ou déjà annulé."
        raise LotRefusal("begun", f"{why} Rien n’a été annulé.")
    return moved


def visible_lots(user: User) -> QuerySet[WorksLot]:
    """Those that hold works which `user` sees, with their progress: `count`, `begun`, `ended`."""
    lots = WorksLot.objects.select_related("kind", "residence", "ordered_by")
    if user.role != Role.ADMINISTRATOR:
        lots = lots.filter(Exists(works_open_to(user).filter(works__lot=OuterRef("pk"))))
    ended = Q(works__action__state__in=[State.DONE, *CLOSED])
    return lots.annotate(
        count=Count("works"),
        ended=Count("works", filter=ended),
        begun=Count("works", filter=ended | Q(works__action__state=State.UNDER_WAY)),
    ).order_by("-ordered_on", "-pk")


def works_in(lot: WorksLot, user: User) -> QuerySet[Action]:
    """The works of a lot that `user` sees, in the order of a round (`backlog.home_of`)."""
    doors = (
        Case(When(dwelling=None, then=F(f"senior__dwelling__{one}")), default=F(f"dwelling__{one}"))
        for one in ROUND
    )
    return works_open_to(user).filter(works__lot=lot).order_by(*doors, "pk")


def _why(moved: Moved) -> list[tuple[Action, str]]:
    """The refusals, in a manager's words where the state says it all."""
    return [
        (action, said if action.state == State.ACCEPTED else WHY_NOT[State(action.state)])
        for action, said in moved.refused
    ]


def _check_role(by: User) -> None:
    if by.role not in DECIDERS:
        raise LotRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
