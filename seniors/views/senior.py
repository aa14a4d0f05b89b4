"""Seniors: the list, one person's sheet, and what is recorded from it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from seniors import known, observe, queries
from seniors.access import DECIDERS, STAFF, roles, visible_seniors
from seniors.corrections import FIELDS, correct
from seniors.enums import Source
from seniors.filters import SeniorFilter
from seniors.fragility.items import TOLD, is_sensitive
from seniors.models import AccessLog, Objection, Senior
from seniors.objections import lift_objection, record_objection
from seniors.record_forms import FactForm, HistoryForm, ObjectionForm, ReachForm
from seniors.web import page_or_piece


@require_GET
@roles(*STAFF)
def senior_list(request: HttpRequest) -> HttpResponse:
    """The seniors of one's territories, in order of visit unless asked otherwise."""
    from seniors import sheet  # noqa: PLC0415

    runs = queries.runs_of(request.user)
    form = SeniorFilter(request.user, runs, sheet.bands(), request.GET)
    page = queries.page_of(
        form.filter(visible_seniors(request.user)),
        runs,
        order=form.value("sort", "visit"),
        number=form.value("page", 1),
        silent=form.value("silent", False),
        band=form.one_band,
    )
    context = {
        "form": form,
        "page": page,
        "before": form.query_of_page(page.number - 1),
        "after": form.query_of_page(page.number + 1),
        "rows": sheet.rows(page.ids, runs),
        "merges": request.user.role in DECIDERS,
    }
    return page_or_piece(request, "seniors/senior_list.html", "seniors/_senior_table.html", context)


@require_GET
@roles(*STAFF)
def senior_show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All that is known of one person, from where and since when; the reading is logged."""
    from seniors import sheet, timeline  # noqa: PLC0415

    senior = visible_seniors(request.user).filter(uid=uid).select_related(*LINKS).first()
    if senior is None:
        return redirect("seniors:senior-show", _absorbing(request, uid))
    AccessLog.objects.create(user=request.user, gesture="senior-show", senior=senior)
    form = HistoryForm(request.GET)
    told = timeline.timeline_of(queries.records_of(senior), **form.asked())
    context = {"senior": senior, "timeline": told, "history_form": form}
    context |= {
        "before": form.query(page=told.page - 1),
        "after": form.query(page=told.page + 1),
        "all_of_it": form.query(tout="on"),
        "chosen": form.asked(),
    }
    if not request.htmx or request.htmx.boosted or request.htmx.history_restore_request:
        context |= sheet.of(senior, queries.runs_of(request.user), request.user)
    return page_or_piece(
        request, "seniors/senior_show.html", "seniors/_senior_history.html", context
    )


LINKS = ("dwelling__residence__territory", "dwelling__read_in", "read_in")


def _absorbing(request: HttpRequest, uid: uuid.UUID) -> uuid.UUID:
    """The record that absorbed this one, where an old link still leads."""
    absorbed = get_object_or_404(Senior, uid=uid, merged_into__isnull=False)
    return get_object_or_404(visible_seniors(request.user), pk=absorbed.merged_into_id).uid


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def senior_correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How to reach her, as she says it today."""
    senior = get_object_or_404(visible_seniors(request.user), uid=uid)
    before = {name: getattr(senior, name) for name in FIELDS}
    if request.method == "GET":
        AccessLog.objects.create(user=request.user, gesture="senior-correct", senior=senior)
    form = ReachForm(request.POST or None, initial=before)
    if form.is_valid():
        changed = _corrected(request, senior, form)
        if changed is not None:
            messages.success(request, "C’est corrigé." if changed else "Rien n’était à corriger.")
            return redirect("seniors:senior-show", senior.uid)
    status = 422 if form.errors else 200
    return render(
        request, "seniors/senior_correct.html", {"form": form, "senior": senior}, status=status
    )


def _corrected(request: HttpRequest, senior: Senior, form: ReachForm) -> int | None:
    """How many fields were corrected; None, with the reason on the form, when the file is newer."""
    today, made = timezone.localdate(), 0
    for name in form.changed_data:
        if correct(senior, name, form.cleaned_data[name], on=today, by=request.user):
            made += 1
        else:
            form.add_error(
                name,
                "Un fichier plus récent dit autre chose\u00a0: rien n’est changé ici. Faites "
                "corriger le fichier des occupants.",
            )
            return None
    return made


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def fact_correct(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    """What she answers today to one question: a new observation, the earlier ones stay."""
    senior = get_object_or_404(visible_seniors(request.user), uid=uid)
    words = known.words().get(code)
    if words is None or code not in TOLD:
        raise Http404
    closed = is_sensitive(code) and not observe.having_health_consent([senior.pk])
    form = FactForm(code, words, None if closed else request.POST or None)
    if form.is_valid():
        reply = form.cleaned_data["reply"]
        observe.record(
            senior,
            # Sent twice it counts once; corrected after « back », it is said again.
            uid=uuid.uuid5(form.cleaned_data["form_uid"], f"{senior.uid} {code} {reply}"),
            source=Source.OFFICER,
            observed_on=timezone.localdate(),
            values={code: reply},
            by=request.user,
        )
        messages.success(
            request, "C’est noté, à la date du jour. Le prochain calcul en tiendra compte."
        )
        return redirect("seniors:senior-show", senior.uid)
    context = {"form": form, "senior": senior, "question": words.question, "closed": closed}
    status = 422 if form.errors else 200
    return render(request, "seniors/fact_correct.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def objection_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Say that she is not to be visited."""
    senior = get_object_or_404(visible_seniors(request.user), uid=uid)
    form = ObjectionForm(request.POST or None)
    if form.is_valid():
        closed = record_objection(senior, **form.cleaned_data, by=request.user)
        said = "C’est noté\u00a0: elle ne sera plus proposée à la visite."
        messages.success(request, f"{said} {closed}".strip())
        return redirect("seniors:senior-show", senior.uid)
    context = {"form": form, "senior": senior}
    status = 422 if form.errors else 200
    return render(request, "seniors/objection_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def objection_lift(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Say that she may be visited again."""
    senior = get_object_or_404(visible_seniors(request.user), uid=uid)
    objections = Objection.objects.filter(senior__in=queries.records_of(senior))
    objection = get_object_or_404(objections, pk=pk)
    if request.method == "POST":
        lift_objection(objection, by=request.user)
        messages.success(
            request, "L’opposition est levée\u00a0: la visite peut de nouveau être proposée."
        )
        return redirect("seniors:senior-show", senior.uid)
    return render(
        request, "seniors/objection_lift.html", {"objection": objection, "senior": senior}
    )
