"""Computations of scores: when, with which grid, for how many, and whether they can be trusted."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from seniors import tasks
from seniors.access import DECIDERS, roles, territories_of
from seniors.enums import Domain, Role
from seniors.forms import ScoringForm
from seniors.fragility.grid import Grid, load
from seniors.models import ScoreRun, User
from seniors.run_figures import (
    IndicatorLine,
    RunFigures,
    check_replay,
    grid_lines,
    run_figures,
)
from seniors.run_shown import labels_of, shown_run
from seniors.web import page_or_piece

READERS = (*DECIDERS, Role.OFFICER, Role.EVALUATOR)
PER_PAGE = 30


def _visible_runs(user: User) -> QuerySet[ScoreRun]:
    """Runs over the whole stock, and those of the user's territories.

    An evaluator sees one only: two side by side tell of who came between them.
    """
    runs = ScoreRun.objects.select_related("territory", "started_by", "grid")
    if user.role == Role.EVALUATOR:
        shown = shown_run()
        return runs.filter(uid=shown.run) if shown else runs.none()
    return runs.filter(Q(territory=None) | Q(territory__in=territories_of(user)))


def _rows(runs: Iterable[ScoreRun], user: User) -> list[ScoreRun]:
    """The runs with what a line of the list says of them."""
    runs = list(runs)
    shown = shown_run() if user.role == Role.EVALUATOR else None
    for run in runs:
        run.shown_people = shown.figures.people if shown else run.people
        run.lasted = _duration(run)
    return runs


def _duration(run: ScoreRun) -> str:
    """How long the computation took, in plain words; empty while it runs."""
    if run.finished_at is None:
        return ""
    seconds = max(1, round((run.finished_at - run.started_at).total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


@require_GET
@roles(*READERS)
def run_list(request: HttpRequest) -> HttpResponse:
    """Every computation, those under way first; asks itself again while one runs."""
    form = ScoringForm(request.user) if request.user.role in DECIDERS else None
    return _list_page(request, form)


@require_POST
@roles(*DECIDERS)
def run_start(request: HttpRequest) -> HttpResponse:
    """Have the scores of the whole stock or of one territory computed."""
    form = ScoringForm(request.user, request.POST)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    tasks.start_scoring(territory=form.cleaned_data["territory"], by=request.user)
    messages.success(request, "Le calcul des scores est lancé.")
    return redirect("seniors:run-list")


def _list_page(
    request: HttpRequest, form: ScoringForm | None, *, status: int = 200
) -> HttpResponse:
    """The list under the form that starts a computation."""
    runs = Paginator(_visible_runs(request.user), PER_PAGE).get_page(request.GET.get("page"))
    runs.object_list = _rows(runs.object_list, request.user)
    # How many were seen so far ends as a count that is not held.
    pulses = [] if request.user.role == Role.EVALUATOR else tasks.scorings()
    polls = any(not pulse.is_dead for pulse in pulses)
    context = {"runs": runs, "pulses": pulses, "polls": polls, "form": form}
    return page_or_piece(
        request, "seniors/run_list.html", "seniors/_run_list.html", context, status=status
    )


@require_GET
@roles(*READERS)
def run_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One computation: its bands, what was known, and the grid that it used."""
    run = get_object_or_404(_visible_runs(request.user), uid=uid)
    grid = load(run.grid.text)
    context = {
        "run": run,
        "lasted": _duration(run),
        "grid": grid,
        "grid_domains": _by_domain(grid),
        "figures": _figures_for(request.user, run, grid),
        "is_part": run.territory is None and request.user.role in (Role.OFFICER, Role.MANAGER),
        "can_check": request.user.role in DECIDERS and run.finished_at and not run.error,
        "small_cell": settings.SMALL_CELL,
    }
    return render(request, "seniors/run_show.html", context)


def _by_domain(grid: Grid) -> list[tuple[str, list[IndicatorLine]]]:
    """The indicators under the French name of their domain; those of silence apart."""
    domains = [
        (domain.label, grid_lines(each for each in grid.indicators if each.domain == domain))
        for domain in Domain
    ]
    return [*domains, ("Ordre des personnes « invisibles »", grid_lines(grid.silence.indicators))]


def _figures_for(user: User, run: ScoreRun, grid: Grid) -> RunFigures:
    """The run's figures as this user may see them."""
    if user.role == Role.EVALUATOR:
        return shown_run().figures
    labels = labels_of(grid)
    if user.role == Role.ADMINISTRATOR:
        return run_figures(run, labels)
    return run_figures(run, labels, territories=list(territories_of(user)))


@require_POST
@roles(*DECIDERS)
def run_check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Compute the run again from what it kept, and say whether the numbers are the same."""
    run = get_object_or_404(_visible_runs(request.user), uid=uid, finished_at__isnull=False)
    context = {"run": run, "can_check": True, "check": check_replay(run)}
    return page_or_piece(request, "seniors/run_check.html", "seniors/_run_check.html", context)
