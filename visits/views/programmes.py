"""Programmes of works: the list, one with what to do in the same works, tables pasted."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, roles, visible_residences
from seniors.french import plural
from seniors.models import Residence
from seniors.refusal import Refusal
from visits.models import Programme
from visits.programmes import recording, surroundings
from visits.programmes.forms import ProgrammeFilter, ProgrammeForm, SurroundingsForm
from visits.programmes.launching import launch as launch_works
from visits.programmes.launching import preview as preview_works
from visits.programmes.natures import labels_of
from visits.programmes.proposals import Ready, proposals_of, ready_of
from visits.programmes.residents import residents_of, seniors_by_residence
from visits.programmes.services import WITHIN
from visits.works.lots import MOST
from visits.works.prices import kinds_of_works

PAGE = 25
DONE_LAST = Case(When(state=Programme.State.DONE, then=Value(1)), default=Value(0))


@require_GET
@roles(*DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """The programmes, those to come first, with who lives there and what can be launched."""
    form = ProgrammeFilter(request.user, request.GET)
    found = form.narrow(recording.visible_programmes(request.user))
    found = found.order_by(DONE_LAST, "year", "residence__name")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    places = {one.residence_id for one in shown}
    ready, seniors = ready_of(request.user, places), seniors_by_residence(places)
    for one in shown:
        one.works = labels_of(one.natures)
        one.ready = ready.get(one.residence_id, Ready())
        one.seniors = seniors.get(one.residence_id, 0)
    context = {"form": form, "page": page, "programmes": shown, "query": form.query()}
    return render(request, "visits/programme_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write a programme down."""
    asked = {"residence": request.GET.get("residence")}
    form = ProgrammeForm(request.user, request.POST or None, initial=asked)
    return _write(request, form, None)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct a programme."""
    programme = _programme(request, uid)
    form = ProgrammeForm(request.user, request.POST or None, programme=programme)
    return _write(request, form, programme)


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who lives there, what they need, what to do in the same works. Nobody is named."""
    programme = _programme(request, uid)
    proposals = proposals_of(request.user, programme)
    groups = [
        ("Dans les mêmes travaux", [one for one in proposals if one.fits]),
        ("Dans la résidence, autres travaux", [one for one in proposals if not one.fits]),
    ]
    context = {
        "programme": programme,
        "works": labels_of(programme.natures),
        "is_done": programme.state == Programme.State.DONE,
        "residents": residents_of(request.user, programme.residence),
        "groups": [(title, rows) for title, rows in groups if rows],
        "lots": programme.lots.select_related("kind").order_by("-ordered_on", "-pk"),
        "most": MOST,
    }
    return render(request, "visits/programme_show.html", context)


@require_POST
@roles(*DECIDERS)
def launch(request: HttpRequest, uid: UUID, kind: int) -> HttpResponse:
    """Launch the works of one kind that the page showed: the count is said first."""
    programme = _programme(request, uid)
    works = get_object_or_404(kinds_of_works(), pk=kind)
    chosen = {one for one in map(_uid, request.POST.getlist("action")) if one}
    told = {"on": timezone.localdate(), "by": request.user}
    try:
        if "confirmed" not in request.POST:
            tried = preview_works(programme, works, chosen, **told)
            context = {"programme": programme, "kind": works, "tried": tried}
            return render(request, "visits/programme_launch.html", context)
        lot, refused = launch_works(programme, works, chosen, **told)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:programme-show", programme.uid)
    count = lot.works.count()
    said = plural(count, "travail demandé", "travaux demandés")
    messages.success(
        request,
        f"Le lot «\u00a0{lot.label}\u00a0» est lancé\u00a0: {count} {said}. Le bon est ici\u00a0; "
        "ce qui n’est pas commencé peut encore être annulé.",
    )
    for _, why in refused:
        messages.warning(request, f"Un chantier laissé de côté. {why}")
    return redirect("visits:works-lot-show", lot.uid)


@require_POST
@roles(*DECIDERS)
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take away a programme written by mistake."""
    programme = _programme(request, uid)
    try:
        recording.remove(programme, by=request.user)
    except recording.ProgrammeRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:programme-show", programme.uid)
    messages.success(request, f"Le programme {programme.year} de {programme.residence} est retiré.")
    return redirect("visits:programme-list")


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def surroundings_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what stands around a residence."""
    residence: Residence = get_object_or_404(visible_residences(request.user), pk=pk)
    form = SurroundingsForm(surroundings.lines_of(residence), request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("source", "known_on")}
        try:
            changed = surroundings.save_all(residence, form.distances, **told, by=request.user)
        except surroundings.SurroundingRefusal as refusal:
            form.add_error(None, f"{refusal} Rien n’a été enregistré.")
        else:
            said = plural(changed, "ligne changée", "lignes changées")
            messages.success(request, f"{residence}\u00a0: {changed} {said}.")
            return redirect("visits:works-residence", residence.pk)
    context = {"form": form, "residence": residence, "within": WITHIN}
    status = 422 if form.errors else 200
    return render(request, "visits/surroundings_edit.html", context, status=status)


def _write(request: HttpRequest, form: ProgrammeForm, programme: Programme | None) -> HttpResponse:
    """The form, or what the door kept."""
    if request.method == "POST" and form.is_valid():
        try:
            kept = recording.save(form.told, by=request.user, programme=programme)
        except recording.ProgrammeRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Le programme {kept.year} est enregistré.")
            return redirect("visits:programme-show", kept.uid)
    context = {"form": form, "programme": programme}
    status = 422 if form.errors else 200
    return render(request, "visits/programme_edit.html", context, status=status)


def _programme(request: HttpRequest, uid: UUID) -> Programme:
    """A programme of one's territories."""
    return get_object_or_404(recording.visible_programmes(request.user), uid=uid)


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
