"""What waits for a person when she logs in, by role, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from seniors.access import DECIDERS, STAFF, visible_seniors
from seniors.enums import Role, Source
from seniors.models import Dwelling, ImportRun, Observation, ScoreRun, Senior, User
from seniors.person import PERSON
from seniors.queries import runs_of, with_score
from surveys.campaigns import frozen
from surveys.campaigns.queries import visible_campaigns
from visits.access import visible_lists
from visits.acting.waiting import dress, in_order, late, visible_actions
from visits.agenda import mutes, tray
from visits.agenda.urgent import board_for
from visits.agenda.week import appointments_of
from visits.agenda.weeks import half_day_at
from visits.models import Visit, VisitList, VisitListEntry
from visits.visiting import drafts, settling

SHOWN = 5
MANY = 1000


@dataclass(frozen=True)
class Step:
    """A first step of an installation: done, or where to go."""

    label: str
    done: bool
    url_name: str


def waiting_for(user: User) -> dict[str, Any]:
    """The parts of the first page that this role has; a part that is absent is not shown."""
    parts: dict[str, Any] = {"campaign": _campaign(user)}
    if user.role in STAFF:
        parts |= _round(user) | _unfinished_forms(user) | _watch(user) | _late(user)
    if user.role in DECIDERS:
        parts |= _running(user)
    if user.role == Role.ADMINISTRATOR:
        parts["steps"] = _unfinished(first_steps())
    return parts


def first_steps() -> list[Step]:
    """What a new installation needs, in order."""
    answers = Observation.objects.filter(source=Source.SURVEY)
    return [
        Step("Importer les logements", Dwelling.objects.exists(), "seniors:import-new"),
        Step("Importer les occupants", Senior.objects.exists(), "seniors:import-new"),
        Step("Importer les réponses à l’enquête", answers.exists(), "surveys:campaign-list"),
        Step("Calculer l’ordre de visite", _finished_runs().exists(), "seniors:run-list"),
        Step("Préparer une liste de visites", VisitList.objects.exists(), "visits:list-new"),
    ]


def _unfinished(steps: list[Step]) -> list[Step]:
    """The steps as long as one is left."""
    return [] if all(step.done for step in steps) else steps


def _round(user: User) -> dict[str, Any]:
    """The published list of today, and who is left to visit on it."""
    today = timezone.localdate()
    lists = visible_lists(user).filter(officer=user, published_at__isnull=False)
    current = lists.filter(starts_on__lte=today, ends_on__gte=today).order_by("-starts_on").first()
    tried = Visit.objects.filter(made_on=today).annotate(who=PERSON).filter(who=OuterRef("person"))
    expected = appointments_of(user, today, today, viewer=user).exclude(Exists(tried))
    return {
        "current": current,
        "expected": list(mutes.to_call_on(expected, today)),
        "next": list(_left_to_visit(current)[: SHOWN + 1]) if current else [],
        "shown": SHOWN,
    }


def _unfinished_forms(user: User) -> dict[str, int]:
    """How many answers wait for a choice, and how many forms were begun and not finished."""
    return {"to_settle": settling.count_of(user), "begun": drafts.count_of(user)}


def _left_to_visit(visit_list: VisitList) -> QuerySet[VisitListEntry]:
    """The entries neither skipped nor visited of those who still live there and may be called on,
    in order."""
    left = (
        visit_list.entries.annotate(person=PERSON)
        .filter(
            ~Exists(tray.settled(timezone.localdate())),
            skipped_at=None,
            senior__dwelling__residence__territory__in=visit_list.territories.all(),
        )
        .order_by("position")
    )
    left = mutes.to_call_on(left, timezone.localdate())
    return left.select_related("senior__dwelling__residence")


def _watch(user: User) -> dict[str, Any]:
    """Urgent reports that nobody has closed, and how many people we do not hear from."""
    seen = visible_seniors(user).filter(dwelling__isnull=False)
    silent = with_score(seen, runs_of(user), silence__isnull=False)
    return {
        "board": board_for(user),
        "placing_for": user,
        "half_day": half_day_at(timezone.localtime()),
        "back": "home",
        "silent": silent.order_by()[: MANY + 1].count(),
        "many": MANY,
    }


def _late(user: User) -> dict[str, Any]:
    """Actions whose next step was expected before today, the latest first."""
    found = late(visible_actions(user))
    return {"late": dress(in_order(found)[:SHOWN]), "late_count": found.count()}


def _running(user: User) -> dict[str, Any]:
    """Drafts to publish, the last import and the last computation."""
    lists = visible_lists(user).filter(published_at=None).select_related("officer")
    imports = ImportRun.objects.filter(state=ImportRun.State.APPLIED)
    return {
        "drafts": list(lists.order_by("starts_on")[:SHOWN]),
        "departures": mutes.departures(user).count(),
        "last_import": imports.order_by("-applied_at").first(),
        "last_run": _finished_runs().order_by("-finished_at").first(),
    }


def _finished_runs() -> QuerySet[ScoreRun]:
    """Computations that ended well."""
    return ScoreRun.objects.filter(finished_at__isnull=False)


def _campaign(user: User) -> dict[str, Any] | None:
    """The latest survey, and how many answered; None of too few to be shown, or not to be read yet
    by an evaluator."""
    latest = visible_campaigns(user).order_by("-opened_on").first()
    if latest is None:
        return None
    rate = frozen.totals(user, [latest]).get(latest.pk)
    return {
        "campaign": latest,
        "is_over": latest.closes_on < timezone.localdate(),
        "later": frozen.later_for(user, latest),
        "rate": None if rate is None or rate.hidden else rate,
    }
