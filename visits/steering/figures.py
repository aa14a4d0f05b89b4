"""The figures of the chain and of its workload: one function per figure, counted in SQL.

A person counts once in each figure, where she lives today; those who have left the stock are in
none. The screen, the workbook and the report show what these functions give.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from seniors.models import Territory, User
from seniors.person import PERSON, people_of
from surveys.models import Invitation, Response
from visits.acting.steps import OPEN
from visits.enums import State
from visits.models import Action, Visit, VisitListEntry
from visits.steering.events import needs_found, visits_done
from visits.steering.periods import Period

Counts = Mapping[str, int]
OUTCOME = Visit.Outcome
# Where the person of a row lives today, whichever record of hers the row stands on.
WHERE = Coalesce(
    "senior__merged_into__dwelling__residence__territory",
    "senior__dwelling__residence__territory",
)


@dataclass(frozen=True)
class Stage:
    """A step of the chain: people counted, among those of another step (`of`)."""

    code: str
    label: str
    of: str = ""


CHAIN = (
    Stage("seniors", "Locataires seniors logés"),
    Stage("asked", "Interrogés par l’enquête", "seniors"),
    Stage("answered", "Ont répondu", "asked"),
    Stage("silent", "N’ont pas répondu", "asked"),
    Stage("listed", "Inscrits sur une liste publiée", "seniors"),
    Stage("listed_visited", "Inscrits, puis visités", "listed"),
    Stage("visited", "Visités, inscrits ou non", "seniors"),
    Stage("found", "Avec un besoin repéré", "visited"),
    Stage("requested", "Avec une action demandée", "found"),
    Stage("done", "Avec une action faite", "requested"),
    Stage("confirmed", "Avec une action confirmée par eux", "done"),
)
# What the chain could do wrong: who is left out, who says no (PEERS.md J9).
WATCHED = (
    Stage("silent", "N’ont pas répondu à l’enquête", "asked"),
    Stage("refused", "Ont refusé la visite", "knocked"),
    Stage("absent", "Ni visités ni refus\u00a0: absence ou autre", "knocked"),
    Stage("silent_visited", "Visités sans avoir répondu", "silent"),
    Stage("answered_visited", "Visités après avoir répondu", "answered"),
)
STAGES = {
    stage.code: stage
    for stage in (*CHAIN, *WATCHED, Stage("knocked", "Personnes chez qui nous sommes allés"))
}


def chain(territories: Sequence[Territory], period: Period) -> dict[int, Counts]:
    """{territory id: {code of a stage: people}} of the period, one query.

    Each stage counts some of those of its own denominator, so that no share passes 100 %.
    """
    found = {one.pk: dict.fromkeys(("seniors", *_STAGE_OF), 0) for one in territories}
    for territory, mask, people in _masks(territories, period) if territories else ():
        found[territory]["seniors"] += people
        for code, bits in _STAGE_OF.items():
            if mask & bits == bits:
                found[territory][code] += people
    return {pk: _with_rest(counts) for pk, counts in found.items()}


def total(by_territory: Mapping[int, Counts]) -> Counts:
    """The same for all of them together: a person lives in one territory."""
    return {code: sum(one[code] for one in by_territory.values()) for code in STAGES}


# What may happen to a person, a bit each.
ASKED, ANSWERED, LISTED, KNOCKED, VISITED, REFUSED, FOUND, REQUESTED, DONE, CONFIRMED = (
    1 << place for place in range(10)
)
# A stage as what happened to its people; what is left of two others is `_with_rest`.
_STAGE_OF = {
    "asked": ASKED,
    "answered": ASKED | ANSWERED,
    "listed": LISTED,
    "listed_visited": LISTED | VISITED,
    "visited": VISITED,
    "found": VISITED | FOUND,
    "requested": VISITED | REQUESTED,
    "done": VISITED | DONE,
    "confirmed": VISITED | CONFIRMED,
    "knocked": KNOCKED,
    "refused_or_visited": REFUSED,
    "refused_visited": REFUSED | VISITED,
    "answered_visited": ASKED | ANSWERED | VISITED,
    "asked_visited": ASKED | VISITED,
}
# Each person once, with all that happened to her: the events are read once and put together by
# person, where a condition per stage would look for each senior in each of them.
_MASKS = """
    SELECT place.territory_id, COALESCE(told.mask, 0), COUNT(*)
    FROM seniors_senior AS person
    JOIN seniors_dwelling AS home ON home.id = person.dwelling_id
    JOIN seniors_residence AS place ON place.id = home.residence_id
    LEFT JOIN (
        SELECT who, SUM(DISTINCT bit) AS mask FROM ({events}) AS every GROUP BY who
    ) AS told ON told.who = person.id
    WHERE person.merged_into_id IS NULL AND place.territory_id IN ({places})
    GROUP BY place.territory_id, COALESCE(told.mask, 0)
"""


def _masks(territories: Sequence[Territory], period: Period) -> list[tuple[int, int, int]]:
    """(territory id, bits of what happened, people): all those who live there."""
    told = [
        rows.order_by().annotate(who=PERSON, bit=Value(_BITS[code])).values_list("who", "bit")
        for code, rows in _events(period).items()
    ]
    events, params = told[0].union(*told[1:], all=True).query.sql_with_params()
    places = ", ".join(["%s"] * len(territories))
    with connection.cursor() as cursor:
        # Names of tables and SQL of the ORM only: what a user gave is in the parameters.
        query = _MASKS.format(events=events, places=places)
        cursor.execute(query, [*params, *(one.pk for one in territories)])
        return cursor.fetchall()


_BITS = {
    "asked": ASKED,
    "answered": ANSWERED,
    "listed": LISTED,
    "knocked": KNOCKED,
    "visited": VISITED,
    "refused": REFUSED,
    "found": FOUND,
    "requested": REQUESTED,
    "done": DONE,
    "confirmed": CONFIRMED,
}


def _events(period: Period) -> dict[str, QuerySet]:
    """The rows of what happened in the period, each about one person."""
    days = period.days
    asked = Invitation.objects.filter(sent_on__range=days)
    visits = Visit.objects.filter(made_on__range=days)
    decided = Action.objects.filter(need__found_on__range=days)
    requested = _stepped(decided, State.REQUESTED, period)
    done = _stepped(requested.filter(state__in=_STANDS_DONE), State.DONE, period)
    return {
        "asked": asked,
        "answered": Response.objects.filter(
            received_on__lte=period.end, campaign__in=asked.values("campaign")
        ),
        "listed": VisitListEntry.objects.filter(
            visit_list__published_at__isnull=False,
            visit_list__starts_on__range=days,
            skipped_at=None,
        ),
        "knocked": visits,
        "visited": visits_done(days),
        "refused": visits.filter(outcome=OUTCOME.REFUSED),
        "found": needs_found(days),
        "requested": requested,
        "done": done,
        "confirmed": _stepped(done, State.CONFIRMED, period),
    }


# A tenant may say that it is not done: then it counts no more.
_STANDS_DONE = (State.DONE, State.CONFIRMED)


def _stepped(actions: QuerySet, to: State, period: Period) -> QuerySet:
    """The actions that came to a state in the period."""
    return actions.filter(
        steps__to_state=to, steps__on__range=period.days, steps__taken_back_at=None
    )


def _with_rest(counts: dict[str, int]) -> Counts:
    """With the stages that are what two others leave: refused and absent leave out who was visited
    another day."""
    counts["silent"] = counts["asked"] - counts["answered"]
    counts["silent_visited"] = counts.pop("asked_visited") - counts["answered_visited"]
    counts["refused"] = counts.pop("refused_or_visited") - counts.pop("refused_visited")
    counts["absent"] = counts["knocked"] - counts["visited"] - counts["refused"]
    return counts


@dataclass(frozen=True)
class Flow:
    """What happens in a month: people counted once that month, among those of another flow."""

    code: str
    label: str
    of: str = ""


FLOWS = (
    Flow("answered", "Réponses à l’enquête"),
    Flow("listed", "Inscrits sur une liste"),
    Flow("knocked", "Allés chez"),
    Flow("visited", "Visités", "knocked"),
    Flow("refused", "Refus", "knocked"),
    Flow("found", "Besoin repéré"),
    Flow("requested", "Action demandée"),
    Flow("done", "Action faite"),
    Flow("confirmed", "Action confirmée"),
)


def by_month(territories: Sequence[Territory], period: Period) -> dict[int, dict[date, Counts]]:
    """{territory id: {first day of a month: {code of a flow: people}}}, five queries.

    What happens in a month is seldom about the same people: only what happens at a door has a
    denominator.
    """
    found = {one.pk: nobody_yet(period) for one in territories}
    events = _events(period)
    answers = Response.objects.filter(received_on__range=period.days)
    for code, rows, day in (
        ("answered", answers, "received_on"),
        ("listed", events["listed"], "visit_list__starts_on"),
        ("found", events["found"], "found_on"),
    ):
        for place, month, people in _by(rows, territories, TruncMonth(day)).annotate(n=_PEOPLE):
            found[place][month][code] = people
    doors = _by(events["knocked"], territories, TruncMonth("made_on")).annotate(
        knocked=_PEOPLE, visited=_people(OUTCOME.DONE), refused=_people(OUTCOME.REFUSED)
    )
    for place, month, knocked, visited, refused in doors:
        found[place][month] |= {"knocked": knocked, "visited": visited, "refused": refused}
    steps = Action.objects.filter(
        steps__to_state__in=_FOLLOWED, steps__on__range=period.days, steps__taken_back_at=None
    )
    moved = _by(steps, territories, TruncMonth("steps__on"), "steps__to_state")
    for place, month, state, people in moved.annotate(n=_PEOPLE):
        found[place][month][state] = people
    return found


def nobody_yet(period: Period) -> dict[date, dict[str, int]]:
    """Each month of a period with nobody in it."""
    return {month: dict.fromkeys((flow.code for flow in FLOWS), 0) for month in period.months}


_FOLLOWED = (State.REQUESTED, State.DONE, State.CONFIRMED)
_PEOPLE = Count(PERSON, distinct=True)


def _people(outcome: str) -> Count:
    """Those whose door ended that way."""
    return Count(PERSON, distinct=True, filter=Q(outcome=outcome))


def _by(rows: QuerySet, territories: Sequence[Territory], *columns: Any) -> QuerySet:
    """The rows about those who live there today, by territory and these columns, in no order."""
    here = [one.pk for one in territories]
    there = rows.order_by().annotate(where=WHERE).filter(where__in=here)
    return there.values_list("where", *columns)


@dataclass(frozen=True)
class Load:
    """What one officer carries, in counts: to be shared out, never to be ranked.

    to_visit: people on published lists of the period, neither skipped nor visited in it. visited,
    knocked: people, in the period. open_actions, late: as of today.
    """

    name: str
    to_visit: int = 0
    knocked: int = 0
    visited: int = 0
    open_actions: int = 0
    late: int = 0


CLOSED_ACCOUNTS = "Autres comptes, ou auteur inconnu"


Loads = Mapping[int | None, Mapping[str, int]]


def loads(territories: Sequence[Territory], period: Period) -> dict[int, Loads]:
    """{territory id: {id of an officer, None unknown: {count of a Load}}}, three queries.

    An action is carried by who follows it today.
    """
    found: dict[int, Any] = {one.pk: defaultdict(dict) for one in territories}
    events = _events(period)
    seen = people_of(events["visited"])
    waiting = events["listed"].alias(who=PERSON).exclude(who__in=seen)
    for place, officer, people in _by(waiting, territories, "visit_list__officer").annotate(
        n=_PEOPLE
    ):
        found[place][officer]["to_visit"] = people
    doors = _by(events["knocked"], territories, "made_by")
    for place, officer, knocked, visited in doors.annotate(n=_PEOPLE, done=_people(OUTCOME.DONE)):
        found[place][officer] |= {"knocked": knocked, "visited": visited}
    late = Count("pk", filter=Q(due_on__lt=timezone.localdate()))
    going = _by(Action.objects.filter(state__in=OPEN), territories, "officer")
    for place, officer, count, overdue in going.annotate(n=Count("pk"), late=late):
        found[place][officer] |= {"open_actions": count, "late": overdue}
    return {place: dict(told) for place, told in found.items()}


def workload(by_territory: Iterable[Loads], officers: Iterable[User]) -> list[Load]:
    """One line per officer, by name; then what belongs to other accounts, if anything does. A
    person lives in one territory, so that their counts add up."""
    found: dict[int | None, Counter[str]] = defaultdict(Counter)
    for told in by_territory:
        for officer, counts in told.items():
            found[officer].update(counts)
    lines = [Load(str(one), **found.pop(one.pk, {})) for one in officers]
    if found:
        lines.append(Load(CLOSED_ACCOUNTS, **sum(found.values(), Counter())))
    return lines
