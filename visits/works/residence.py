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
)
from visits.works.totals import Totals, totals


def rows_and_totals(user: User, residence: Residence) -> tuple[QuerySet, Totals]:
    """The rows of the residence, in every state, works of dwellings since left included, to be read
    with `backlog.lines`; and what waits to be made, of these rows."""
    here = Action.objects.filter(made_in=residence).order_by().values_list("pk", flat=True)
    # Read first: few, whereas those that `user` keeps may be all there are.
    works = works_kept_by(user).filter(pk__in=list(here))
    needs = truly_seen(user, bare_needs_of(user).filter(lives_in=residence))
    return in_order(works, needs), totals(works.filter(state__in=WAITING), needs)


def residents(residence: Residence) -> QuerySet[Senior]:
    """The seniors who live there, by name."""
    people = Senior.objects.housed().filter(dwelling__residence=residence)
    return people.select_related("dwelling").order_by("search_name", "pk")


def counts_of(residence: Residence, rows: Iterable[Line]) -> dict[str, int]:
    """Dwellings, those that the file says adapted, seniors, and those who wait for something."""
    told = Dwelling.objects.filter(residence=residence, gone_on=None).aggregate(
        dwellings=Count("pk"), adapted=Count("pk", filter=Q(is_adapted=True))
    )
    at_home = [row for row in rows if not row.has_moved]
    waiting = {
        row.person.pk for row in at_home if row.action is None or row.action.state in WAITING
    }
    return told | {"seniors": residents(residence).count(), "waiting": len(waiting)}
