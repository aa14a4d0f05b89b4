"""Exports and conventions: asked for, decided, downloaded. Read, form, one gesture, answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import roles
from seniors.enums import Role
from seniors.web import download, page_or_piece
from visits import tasks
from visits.enums import ReleaseState
from visits.models import Convention, Release
from visits.releasing import releases
from visits.releasing.forms import AskForm, ConventionForm, RefuseForm
from visits.releasing.releases import ASKING, ReleaseRefusal

PAGE = 25


@require_GET
@roles(*ASKING)
def index(request: HttpRequest) -> HttpResponse:
    """The exports one asked for; for an administrator all of them, those to decide first."""
    seen = releases.visible_releases(request.user)
    to_decide = [one for one in seen.filter(state=ReleaseState.ASKED)
                 if releases.may_decide(one, request.user)]  # fmt: skip
    context = {
        "page": Paginator(seen, PAGE).get_page(request.GET.get("page")),
        "to_decide": to_decide,
        "conventions": releases.running_conventions().exists(),
    }
    return render(request, "visits/release_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*ASKING)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for an export, with its purpose."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            release = releases.ask(**form.cleaned_data, by=request.user)
        except ReleaseRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La demande est envoyée à l’administration.")
            return redirect("visits:release-show", release.uid)
    context = {"form": form, "conventions": form.fields["convention"].queryset}
    status = 422 if form.errors else 200
    return render(request, "visits/release_new.html", context, status=status)


@require_GET
@roles(*ASKING)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One export: where it stands, what was lost, its file; asks itself again while it is made."""
    return _page(request, _release(request, uid))


@require_POST
@roles(Role.ADMINISTRATOR)
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have it made."""
    try:
        release = releases.approve(_release(request, uid), by=request.user)
    except ReleaseRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        tasks.start_release(release)
        messages.success(request, "C’est approuvé\u00a0: le fichier se prépare.")
    return redirect("visits:release-show", uid)


@require_POST
@roles(Role.ADMINISTRATOR)
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say no, and why."""
    release, form = _release(request, uid), RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, release, refuse_form=form, status=422)
    try:
        releases.refuse(release, because=form.cleaned_data["because"], by=request.user)
        messages.success(request, "C’est noté\u00a0: l’export est refusé.")
    except ReleaseRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:release-show", uid)


@require_GET
@roles(*ASKING)
def file(request: HttpRequest, uid: UUID) -> FileResponse | HttpResponse:
    """Its archive, journalled."""
    release = _release(request, uid)
    try:
        path = releases.read(release, by=request.user)
    except ReleaseRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:release-show", uid)
    name = f"bienveille-{release.get_kind_display()}-{release.year}.zip".replace(" ", "-")
    return download(path.open("rb"), name, "application/zip")


@require_GET
@roles(Role.ADMINISTRATOR)
def conventions(request: HttpRequest) -> HttpResponse:
    """Every convention, those that run first."""
    running = releases.running_conventions()
    over = Convention.objects.exclude(pk__in=running.values("pk"))
    return render(request, "visits/convention_list.html", {"running": running, "over": over})


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def convention_new(request: HttpRequest) -> HttpResponse:
    """Write a convention down."""
    return _convention(request, Convention())


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def convention_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change or renew one."""
    return _convention(request, get_object_or_404(Convention, uid=uid))


def _convention(request: HttpRequest, convention: Convention) -> HttpResponse:
    form = ConventionForm(request.POST or None, instance=convention)
    if form.is_valid():
        try:
            releases.save_convention(form.save(commit=False), by=request.user)
        except ReleaseRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La convention est enregistrée.")
            return redirect("visits:convention-list")
    status = 422 if form.errors else 200
    context = {"form": form, "convention": convention}
    return render(request, "visits/convention_edit.html", context, status=status)


def _release(request: HttpRequest, uid: UUID) -> Release:
    """An export that this person may see."""
    return get_object_or_404(releases.visible_releases(request.user), uid=uid)


def _page(
    request: HttpRequest, release: Release, *, status: int = 200, **more: Any
) -> HttpResponse:
    user, pulse = request.user, tasks.pulse_of(release)
    context = {
        "release": release,
        "pulse": pulse,
        "polls": release.state == ReleaseState.MAKING and not (pulse and pulse.is_dead),
        "decides": releases.may_decide(release, user),
        "is_alone": release.asked_by_id == user.pk and releases.is_alone(user),
        "waits_for_another": release.state == ReleaseState.ASKED and release.asked_by_id == user.pk,
        "report": releases.report_of(release),
        "reads": release.reads.select_related("user")[:PAGE],
        "refuse_form": RefuseForm(),
    } | more
    return page_or_piece(
        request, "visits/release_show.html", "visits/_release_body.html", context, status=status
    )
