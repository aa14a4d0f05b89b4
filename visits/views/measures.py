"""The measures: what is tried, whom it reached, what it changed, what was decided of it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, roles
from seniors.enums import Role
from seniors.web import download, page_or_piece
from visits import tasks
from visits.acting.delay import DELAY
from visits.evaluating import measures as door
from visits.evaluating.measure_forms import DecisionForm, MeasureForm, SitesForm
from visits.evaluating.measures import MeasureRefusal, visible_measures, visible_sites
from visits.evaluating.reach import reach_of
from visits.models import Measure

READERS = (*DECIDERS, Role.EVALUATOR)


@require_GET
@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The measures, with where each stands."""
    measures = visible_measures(request.user).prefetch_related("sites", "decisions")
    context = {"measures": measures, "decides": request.user.role in DECIDERS}
    return render(request, "visits/measure_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Describe a measure that begins."""
    return _edit(request, Measure())


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change its description."""
    return _edit(request, _measure(request, uid))


@require_GET
@roles(*READERS)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One measure: its figures, its places, what was decided."""
    return _page(request, _measure(request, uid))


@require_POST
@roles(*DECIDERS)
def add_sites(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have it begin in some places."""
    measure = _measure(request, uid)
    form = SitesForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, measure, sites_form=form, status=422)
    try:
        count = door.add_sites(measure, **form.cleaned_data, by=request.user)
    except MeasureRefusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, measure, sites_form=form, status=422)
    messages.success(request, f"Lieux ajoutés : {count}.")
    return redirect("visits:measure-show", measure.uid)


@require_POST
@roles(*DECIDERS)
def remove_site(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take a place back."""
    measure = _measure(request, uid)
    site = get_object_or_404(visible_sites(request.user, measure), pk=pk)
    try:
        door.remove_site(site, by=request.user)
        messages.success(request, "Ce lieu ne fait plus partie du dispositif.")
    except MeasureRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:measure-show", measure.uid)


@require_POST
@roles(*DECIDERS)
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down what the meeting decided."""
    measure = _measure(request, uid)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, measure, decision_form=form, status=422)
    try:
        door.decide(measure, **form.cleaned_data, by=request.user)
    except MeasureRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:measure-show", measure.uid)
    messages.success(request, "La décision est enregistrée.")
    return redirect("visits:measure-show", measure.uid)


@require_GET
@roles(*READERS)
def effect(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """What it changed of one indicator, or why nobody can tell. For a large landlord: what was
    last computed, of which day."""
    from visits.evaluating import kept  # noqa: PLC0415

    measure = _measure(request, uid)
    labels = door.labels_of(measure)
    if code not in labels:
        raise Http404
    computed, pulse = _reading(request)(measure, code), tasks.effects_pulse(measure)
    context: dict[str, Any] = {"measure": measure, "label": labels[code], "code": code}
    context |= {"pulse": pulse, "polls": bool(pulse and not pulse.is_dead), "total": len(labels)}
    if computed:
        context["computed_at"] = timezone.localdate(computed.at)
        context |= _said(computed.found) | {"sides": computed.sides}
    context["is_large"] = kept.is_large()
    context["is_held"] = request.user.role == Role.EVALUATOR
    return page_or_piece(
        request, "visits/measure_effect.html", "visits/_measure_effect.html", context
    )


@require_POST
@roles(*READERS)
def compute(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """Have its effects computed again, out of this request."""
    measure = _measure(request, uid)
    if code not in door.labels_of(measure):
        raise Http404
    tasks.start_effects(measure)
    return redirect("visits:measure-effect", measure.uid, code)


@require_POST
@roles(*READERS)
def compute_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have what it changed computed for its page: at once, or out of this request when long."""
    from visits.evaluating import kept  # noqa: PLC0415

    measure = _measure(request, uid)
    if kept.is_large():
        tasks.start_effects(measure)
    else:
        kept.effects_of(measure)
    return redirect(f"{reverse('visits:measure-show', args=[measure.uid])}#effect-title")


@require_GET
@roles(*READERS)
def sheet(request: HttpRequest, uid: UUID) -> FileResponse:
    """One page for the meeting that decides."""
    from visits.documents.measure_sheet import print_measure  # noqa: PLC0415
    from visits.evaluating import kept  # noqa: PLC0415

    measure = _measure(request, uid)
    found = kept.effects_of(measure, read=_reading(request))
    reach = _reach(request, measure)
    scope = door.scope_words(request.user, measure)
    pdf = print_measure(measure, reach["reach"], found, reach["reach_on"], scope=scope)
    name = f"dispositif-{timezone.localdate():%Y-%m-%d}.pdf"
    return download(BytesIO(pdf), name, "application/pdf")


def _drawn(*points: float) -> list[str]:
    """Places on a line from -25 to 25, whose half is 25 points or the longest of these."""
    scale = 24 / max(24, *(abs(one) for one in points))
    return [f"{scale * one:.2f}" for one in points]


def _measure(request: HttpRequest, uid: UUID) -> Measure:
    """A measure that this person may see."""
    return get_object_or_404(visible_measures(request.user), uid=uid)


def _indicators(request: HttpRequest, measure: Measure) -> list[dict[str, Any]]:
    """What was last computed of each indicator, as this person may read it."""
    from visits.evaluating import kept  # noqa: PLC0415

    told = kept.stored_of(measure, to_evaluator=request.user.role == Role.EVALUATOR)
    lines = []
    for code, label in door.labels_of(measure).items():
        one = told[code]
        line = {"code": code, "label": label, "sides": one.sides if one else (), "found": None}
        if one:
            line["refused" if isinstance(one.found, str) else "found"] = one.found
            line["on"] = timezone.localdate(one.at)
        lines.append(line)
    return lines


def _reading(request: HttpRequest) -> Callable[[Measure, str], Any]:
    """How this person reads an effect."""
    from visits.evaluating import kept  # noqa: PLC0415

    return kept.effect_shown if request.user.role == Role.EVALUATOR else kept.effect_of


def _said(found: Any) -> dict[str, Any]:
    """An effect, or why there is none."""
    if isinstance(found, str):
        return {"refused": found}
    return {"found": found, "drawn": _drawn(found.points, found.low, found.high)}


def _reach(request: HttpRequest, measure: Measure) -> dict[str, Any]:
    """Its figures in the places of this person, as this person may read them, and their day."""
    from visits.evaluating.kept import reach_shown  # noqa: PLC0415

    reach = reach_of(measure, visible_sites(request.user, measure))
    if request.user.role != Role.EVALUATOR:
        return {"reach": reach, "reach_on": timezone.localdate()}
    shown, at = reach_shown(measure, reach)
    return {"reach": shown, "reach_on": timezone.localdate(at)}


def _page(
    request: HttpRequest, measure: Measure, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a measure, with the form that was refused if there is one."""
    changes = door.may_change(request.user, measure)
    context = {
        "measure": measure,
        "kinds": measure.kinds.all(),
        "sites": visible_sites(request.user, measure),
        "scope": door.scope_words(request.user, measure),
        **_reach(request, measure),
        "indicators": _indicators(request, measure),
        "pulse": tasks.effects_pulse(measure),
        "decisions": measure.decisions.select_related("by"),
        "decides": request.user.role in DECIDERS,
        "changes": changes,
        "delay_words": DELAY,
        "names_places": request.user.role != Role.EVALUATOR,
    }
    if context["decides"]:
        context["sites_form"] = SitesForm(request.user)
    if changes:
        context["decision_form"] = DecisionForm()
    return render(request, "visits/measure_show.html", context | more, status=status)


def _edit(request: HttpRequest, measure: Measure) -> HttpResponse:
    """The form, then the measure."""
    if measure.pk and not door.may_change(request.user, measure):
        raise PermissionDenied
    form = MeasureForm(request.POST or None, instance=measure)
    if request.method == "POST" and form.is_valid():
        try:
            kept = door.save_measure(measure, told=form.cleaned_data, by=request.user)
            messages.success(request, f"« {kept.name} » est enregistré.")
            return redirect("visits:measure-show", kept.uid)
        except MeasureRefusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "measure": measure if measure.pk else None}
    return render(request, "visits/measure_edit.html", context, status=422 if form.errors else 200)
