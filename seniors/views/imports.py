"""Files brought in by an administrator: sent, columns chosen, previewed, then applied or not."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from seniors import import_words as words
from seniors import tasks
from seniors.access import roles
from seniors.enums import Role
from seniors.forms import ColumnsForm, FormatForm, UploadForm
from seniors.models import AccessLog, ImportRun
from seniors.uploads import is_too_large
from seniors.web import download, page_or_piece

PER_PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = ImportRun.State
WORKING = (State.PREVIEWING, State.APPLYING)
CHOOSING = (State.RECEIVED, State.PREVIEWED, State.REFUSED)
_PAGES = {
    State.PREVIEWED: "seniors/import_preview.html",
    State.APPLIED: "seniors/import_done.html",
    State.REFUSED: "seniors/import_ended.html",
    State.CANCELLED: "seniors/import_ended.html",
}


@require_GET
@roles(Role.ADMINISTRATOR)
def import_list(request: HttpRequest) -> HttpResponse:
    """Every file sent, the newest first."""
    runs = ImportRun.objects.select_related("created_by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = words.list_rows(page.object_list)
    return render(request, "seniors/import_list.html", {"imports": page})


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file and say what it holds."""
    from seniors.extract import intake, kinds, read  # noqa: PLC0415

    labels = [(kind.code, kind.label) for kind in kinds.KINDS.values()]
    initial = {"kind": request.GET.get("contenu", "dwellings")}
    form = UploadForm(
        labels,
        request.POST or None,
        request.FILES or None,
        too_large=is_too_large(request),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        file, data = form.cleaned_data["file"], form.cleaned_data
        try:
            run = intake.receive(
                file,
                kind=data["kind"],
                name=file.name,
                extract_on=data["extract_on"],
                by=request.user,
            )
        except read.UnreadableFile as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("seniors:import-columns", run.uid)
    status = 422 if form.errors else 200
    return render(request, "seniors/import_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def import_columns(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say which column gives what. Asks again as choices change; reads the file once settled."""
    from seniors import import_look  # noqa: PLC0415
    from seniors.extract import intake, read  # noqa: PLC0415

    run, gesture = _run(uid, *CHOOSING), request.POST.get("gesture", "")
    try:
        look = import_look.look(run, **import_look.asked_in(request.POST))
    except read.UnreadableFile as refusal:
        context = {"run": run, "refusal": refusal}
        return render(request, "seniors/import_unreadable.html", context, status=422)
    data = request.POST if gesture == "read" else None
    form = ColumnsForm(look, data, initial=request.POST)
    if form.is_valid():
        intake.choose(run, form.choices)
        tasks.start_preview(run)
        return redirect("seniors:import-show", run.uid)
    context = {
        "run": run,
        "look": look,
        "form": form,
        "format_form": FormatForm(look.options),
        "stopped": _stopped(run),
        "reopened": gesture == "reopen",
    }
    page, piece = "seniors/import_columns.html", "seniors/_import_columns.html"
    return page_or_piece(request, page, piece, context, status=422 if data else 200)


@require_GET
@roles(Role.ADMINISTRATOR)
def import_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where the file stands: under way, to be confirmed, applied, refused or given up."""
    run = _run(uid)
    if run.state in WORKING:
        pulse = tasks.pulse_of(run)
        context = {"run": run, "pulse": pulse, "stuck": tasks.is_stuck(run)}
        return page_or_piece(
            request, "seniors/import_progress.html", "seniors/_import_progress.html", context
        )
    if request.htmx:
        return HttpResponseClientRedirect(request.path)
    if run.state == State.RECEIVED:
        return redirect("seniors:import-columns", run.uid)
    return render(request, _PAGES[run.state], _outcome(run))


def _outcome(run: ImportRun) -> dict[str, Any]:
    """What the pages of a file already read show."""
    from seniors.extract import kinds  # noqa: PLC0415

    kind = kinds.KINDS[run.kind]
    noun = words.noun_of(run)
    return {
        "run": run,
        "noun": noun,
        "figures": words.figures(run),
        "remarks": words.remarks(run, kind.count_labels),
        "to_complete": words.to_complete(run),
        "returned_rows": words.returned_rows(run),
        "samples": words.samples(run, kinds.COUNT_LABELS | kind.count_labels),
        "confirmation": words.confirmation(run),
        "next": words.NOUNS.get(noun.next_kind),
        "scored": tasks.changes_scores(run),
        "scorable": run.kind not in tasks.SCORED_AFTER,
        "stopped": _stopped(run),
    }


@require_POST
@roles(Role.ADMINISTRATOR)
def import_apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write what the preview showed."""
    run = _run(uid, State.PREVIEWED)
    tasks.start_apply(run, by=request.user)
    return redirect("seniors:import-show", run.uid)


@require_POST
@roles(Role.ADMINISTRATOR)
def import_close_many(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that the many records absent from the file have truly left; shows the preview again."""
    tasks.start_closing_preview(_run(uid, State.PREVIEWED))
    return redirect("seniors:import-show", uid)


@require_POST
@roles(Role.ADMINISTRATOR)
def import_restart(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Start again a work that no longer gives signs of life."""
    run = _run(uid, *WORKING)
    if tasks.is_stuck(run):
        if run.state == State.APPLYING:
            tasks.start_apply(run, by=request.user)
        else:
            tasks.start_preview(run)
    return redirect("seniors:import-show", run.uid)


@require_POST
@roles(Role.ADMINISTRATOR)
def import_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the file up: it is deleted, nothing else changes."""
    from seniors.extract import intake  # noqa: PLC0415

    run = _run(uid, *CHOOSING)
    intake.cancel(run)
    messages.success(request, "Import annulé. Le fichier est effacé, rien n’a été modifié.")
    return redirect("seniors:import-list")


@require_GET
@roles(Role.ADMINISTRATOR)
def import_refusals(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows to mend, as a workbook to send again; the journal says who took it."""
    from seniors.extract import intake  # noqa: PLC0415

    run = _run(uid)
    workbook = intake.refusals_workbook(run)
    if workbook is None:
        raise Http404
    AccessLog.objects.create(user=request.user, gesture="import-refusals")
    name = f"{Path(run.file_name).stem} - {words.returned_rows(run)}.xlsx"
    return download(workbook, name, XLSX)


def _run(uid: UUID, *states: ImportRun.State) -> ImportRun:
    """The import of that identity; a 404 when it is not in one of `states`."""
    runs = ImportRun.objects.select_related("created_by")
    return get_object_or_404(runs.filter(state__in=states) if states else runs, uid=uid)


def _stopped(run: ImportRun) -> bool:
    """Did the last work on this file end on an error?"""
    pulse = tasks.pulse_of(run)
    return bool(pulse and pulse.is_dead)
