"""The order of visit, and the lists of this week and the next."""

from datetime import date, timedelta

from django.db import transaction

from seniors.enums import Role
from seniors.fragility import store
from seniors.models import ScoreRun, User
from visits.demo.people import usernames
from visits.demo.plan import Demo, spaced
from visits.lists import listing
from visits.lists.selection import Recipe
from visits.models import VisitList

CAPACITY = 24


def score(demo: Demo) -> str | None:
    """Score everyone, once."""
    if ScoreRun.objects.filter(territory=None, finished_at__isnull=False).exists():
        return None
    run = store.score_seniors(as_of=demo.as_of)
    return f"{spaced(run.people)} personnes"


def propose_lists(demo: Demo) -> str | None:
    """A published list for this week and a draft for the next, for each officer."""
    made = 0
    monday = demo.as_of - timedelta(days=demo.as_of.weekday())
    manager = User.objects.get(username="responsable")
    for officer in User.objects.filter(username__in=usernames(), role=Role.OFFICER):
        if VisitList.objects.filter(officer=officer).exists():
            continue
        _two_weeks(officer, monday, manager)
        made += 1
    return f"{made} publiées, {made} à relire" if made else None


@transaction.atomic
def _two_weeks(officer: User, monday: date, manager: User) -> None:
    """Both lists of an officer, or none."""
    for start in (monday, monday + timedelta(weeks=1)):
        drawn = listing.propose_list(
            officer=officer,
            territories=list(officer.territories.all()),
            ends_on=start + timedelta(days=6),
            recipe=Recipe(
                capacity=CAPACITY, seed=listing.seed_for(officer, start), starts_on=start
            ),
            by=manager,
        )
        if start == monday and drawn.entries.exists():
            listing.publish_list(drawn, by=manager)
