"""One residence: all its works, closed ones included, and who lives there."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from seniors.models import Dwelling, Residence, Senior, User
from visits.models import Action
from visits.works.backlog import (
    WAITING,
    Line,
    bare_needs_of,
    in_order,
    truly_seen,
    works_kept_by,
    works_of,
)
from visits.works.totals import Totals, totals


def every_row(user: User, residence: Residence) -> QuerySet:
    """The rows of the residence, in every state, those of dwellings since left included: read them
    with `backlog.lines`."""
    hers = Action.objects.filter(lives_in=residence).order_by().values_list("pk", flat=True)
    made = Action.objects.filter(dwelling__residence=residence).order_by()
    # Read first: few, whereas those that `user` keeps may be all there are.
    here = list(hers.union(made.values_list("pk", flat=True)))
    works = works_kept_by(user).filter(pk__in=here)
    needs = bare_needs_of(user).filter(lives_in=residence)
    return in_order(works, truly_seen(user, needs))


def open_totals(user: User, residence: Residence) -> Totals:
    """What waits there to be made."""
    works = works_of(user).filter(lives_in=residence, state__in=WAITING)
    return totals(works, bare_needs_of(user).filter(lives_in=residence))


def residents(residence: Residence) -> QuerySet[Senior]:
    """The seniors who live there, by name."""
    people = Senior.objects.housed().filter(dwelling__residence=residence)
    return people.select_related("dwelling").order_by("search_name", "pk")


def counts_of(residence: Residence, rows: Iterable[Line]) -> dict[str, int]:
    """Dwellings, those that the file says adapted, seniors, and those who wait for something."""
    told = Dwelling.objects.filter(residence=residence, gone_on=None).aggregate(
        dwellings=Count("pk"), adapted=Count("pk", filter=Q(is_adapted=True))
    )
    waiting = {row.person.pk for row in rows if row.action is None or row.action.state in WAITING}
    return told | {"seniors": residents(residence).count(), "waiting": len(waiting)}
