"""The backlog as the scenarios need it, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from seniors import sheet
from seniors.models import FragilityScore, Senior, Territory, User
from seniors.person import PERSON
from seniors.queries import runs_of
from visits.enums import State
from visits.models import Signal
from visits.steering.scenario import Request
from visits.works.backlog import in_territories, priced, works_of

# Said yes to, and not begun: what a budget can launch.
TO_LAUNCH = (State.ACCEPTED, State.REQUESTED, State.PARTNER_ACCEPTED)


@dataclass(frozen=True)
class Backlog:
    """What can be launched, and what is left out of the scenarios, counted."""

    requests: list[Request]
    unpriced: int
    not_agreed: int


def backlog_of(user: User, only: Territory | None = None) -> Backlog:
    """The works that wait in the user's territories, or in one of them. Works already in a lot are
    launched; those without a price cannot be budgeted."""
    found = priced(works_of(user))
    if only:
        found = found.filter(in_territories([only.pk]))
    waiting = found.filter(state__in=TO_LAUNCH).filter(Q(works=None) | Q(works__lot=None))
    told = waiting.annotate(
        who=PERSON,
        place=F("lives_in__name"),
        since=F("need__found_on"),
        urgency=F("need__signal__urgency"),
    ).values_list("pk", "kind__label", "place", "since", "amount", "urgency", "who")
    rows = list(told.order_by("pk"))
    people = {row[-1] for row in rows}
    bands, ages = _bands(user, people), _ages(people)
    requests = [
        Request(
            pk=pk,
            label=label,
            place=place or "",
            since=since,
            cost=cost,
            urgent=urgency == Signal.Urgency.NOW,
            band=bands.get(who),
            age=ages.get(who),
        )
        for pk, label, place, since, cost, urgency, who in rows
        if cost
    ]
    return Backlog(
        requests,
        unpriced=len(rows) - len(requests),
        not_agreed=found.filter(state=State.PROPOSED).count(),
    )


def _bands(user: User, people: set[int]) -> dict[int, int]:
    """{person: place of her band, 0 for those seen first}; who has none is left out."""
    places = {code: place for place, (code, _) in enumerate(sheet.bands())}
    scores = FragilityScore.objects.filter(run__in=list(runs_of(user)), senior__in=people)
    # The latest run of those that hold today is the last read.
    told = scores.order_by("run").values_list("senior", "band")
    return {who: places[band] for who, band in told if band in places}


def _ages(people: set[int]) -> dict[int, int | None]:
    """{person: age today}."""
    today: date = timezone.localdate()
    found = Senior.objects.filter(pk__in=people).only("born_on", "birth_year")
    return {one.pk: one.age_on(today) for one in found}
