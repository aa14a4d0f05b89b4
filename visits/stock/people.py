"""Who lives somewhere, as `matching` reads them: a fixed number of queries, whatever their number.

What was told is used as far as each one's consents go (`seniors.consents`): mobility only with the
consent on health, the replies to the survey only while they may be used. Nothing is kept here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from seniors import consents
from seniors.enums import Source
from seniors.french import day_words, readable_street
from seniors.models import Consent, Dwelling, Observation, Senior
from visits.acting.catalogue import HOMES
from visits.acting.steps import OPEN
from visits.agenda import mutes
from visits.enums import State
from visits.models import Action, ActionStep, Need
from visits.stock.label import Label
from visits.stock.matching import Person, Place

# As long as the shipped grid believes an answer.
BELIEVED = timedelta(days=730)
ITEMS = ("stairs_difficulty", "bath_difficulty", "walking_aid", "falls")
MOVE = "move"


def people_among(seniors: QuerySet[Senior], label: Label, today: date) -> list[Person]:
    """Those who are at home among these, unmerged; in the order of their ids."""
    rows = list(
        seniors.filter(dwelling__isnull=False)
        .order_by("pk")
        .values_list(
            "pk",
            "dwelling__residence_id",
            "dwelling__city",
            "dwelling__floor",
            "dwelling__has_lift",
            "dwelling__household_size",
            "dwelling__standing__level_id",
        )
    )
    kept = dict(
        Senior.objects.filter(merged_into__in=seniors.order_by().values("pk")).values_list(
            "pk", "merged_into"
        )
    )
    theirs = Q(senior__in=seniors.order_by().values("pk"))
    if kept:
        theirs |= Q(senior__in=list(kept))
    told, agreed, needs = _told(theirs, kept, today), _agreed(theirs, kept), _needs(theirs, kept)
    declined, paused = _declined(theirs, kept), _paused(theirs, kept, today)
    ranks = {one.pk: one.rank for one in label.levels}
    people = []
    for pk, residence, city, floor, has_lift, household, level in rows:
        said = told.get(pk, {})
        wish, refuses = _wish(said, needs.get(pk), declined.get(pk))
        people.append(
            Person(
                pk=pk,
                residence=residence,
                city=readable_street(city),
                floor=floor,
                has_lift=has_lift,
                household=household,
                rank=ranks.get(level, 0),
                agreed=agreed.get(pk, ""),
                wish=wish,
                refuses=refuses and pk not in agreed,
                paused=pk in paused,
                **{code: said[code].values[code] for code in ITEMS if code in said},
            )
        )
    return people


def place_of(dwelling: Dwelling, label: Label) -> Place | None:
    """A dwelling as `matching` reads it, its `standing` selected; None if it reaches no level."""
    now = getattr(dwelling, "standing", None)
    level = label.level(now.level_id) if now else None
    if level is None:
        return None
    return Place(
        pk=dwelling.pk,
        residence=dwelling.residence_id,
        city=readable_street(dwelling.city),
        floor=dwelling.floor,
        has_lift=dwelling.has_lift,
        rooms=dwelling.rooms,
        rank=level.rank,
        meaning=level.meaning,
    )


class Said(NamedTuple):
    """What of an observation is read here: a territory has thousands, models cost too much."""

    source: str
    observed_on: date
    values: dict[str, int]


def _told(theirs: Q, kept: Mapping[int, int], today: date) -> dict[int, dict[str, Said]]:
    """{person: {item: the latest observation that tells it}}, as her consents allow."""
    from seniors import sheet  # noqa: PLC0415

    answers = consents.latest(Consent.objects.filter(theirs), kept)
    seen = Observation.objects.filter(
        theirs, observed_on__gte=today - BELIEVED, observed_on__lte=today
    )
    rows: dict[int, list[Said]] = defaultdict(list)
    told = seen.order_by("-observed_on", "-pk")
    for record, *row in told.values_list("senior", "source", "observed_on", "values"):
        rows[kept.get(record, record)].append(Said(*row))
    return {
        person: sheet.latest_told(
            found,
            health=consents.allows_health(answers, person),
            survey=consents.allows_survey(answers, person),
        )
        for person, found in rows.items()
    }


def _wish(said: Mapping[str, Said], need: date | None, declined: date | None) -> tuple[str, bool]:
    """Words of her wish to move, or "", and whether her last word on it was no."""
    row = said.get("wish_move")
    if row and row.values["wish_move"]:
        if declined and declined >= row.observed_on:
            return "", True
        where = f"{Source(row.source).label}, {_day(row.observed_on)}"
        return f"souhaite changer de logement ({where})", False
    if need and (declined is None or need > declined):
        return f"un logement mieux placé serait utile (besoin repéré le {_day(need)})", False
    return "", bool(row or declined)


def _agreed(theirs: Q, kept: Mapping[int, int]) -> dict[int, str]:
    """{person: words} of those who said yes to another home, and still wait for it."""
    steps = (
        ActionStep.objects.standing()
        .filter(to_state=State.ACCEPTED, action__in=_moves(theirs).filter(state__in=OPEN))
        .exclude(action__state=State.DONE)
    )
    rows = steps.order_by("-on").values_list("action__senior", "on")
    return {kept.get(one, one): f"a dit oui à un autre logement le {_day(on)}" for one, on in rows}


def _declined(theirs: Q, kept: Mapping[int, int]) -> dict[int, date]:
    """{person: the last day she declined another home}."""
    rows = _moves(theirs).filter(state=State.DECLINED).order_by("state_on")
    return {kept.get(one, one): on for one, on in rows.values_list("senior", "state_on")}


def _moves(theirs: Q) -> QuerySet[Action]:
    return Action.objects.filter(theirs, kind__code__in=HOMES)


def _needs(theirs: Q, kept: Mapping[int, int]) -> dict[int, date]:
    """{person: the day her open need of another home was found}."""
    rows = Need.objects.filter(theirs, code=MOVE, closed_on=None).order_by("found_on")
    return {kept.get(one, one): on for one, on in rows.values_list("senior", "found_on")}


def _paused(theirs: Q, kept: Mapping[int, int], today: date) -> set[int]:
    """Those whom nobody calls on today: a pause, or their own opposition."""
    rows: Iterable[int] = (
        *mutes.in_force(today).filter(theirs).values_list("senior", flat=True),
        *mutes.objections(today, today).filter(theirs).values_list("senior", flat=True),
    )
    return {kept.get(one, one) for one in rows}


def _day(day: date) -> str:
    return day_words(day, weekday=False, year=True)
