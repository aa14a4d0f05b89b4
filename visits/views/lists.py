"""The pages of the visit lists: read, form, one gesture, answer."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.web import page_or_piece
from visits.access import visible_lists
from visits.lists.around import left_out_lines, lowest_by_score, mean_shares, one_more_day
from visits.lists.cards import dress
from visits.lists.forms import NewListForm, RecipeForm
from visits.lists.queries import addable, counts_of, entries_of, entries_read, lists_for, reach_of
from visits.models import VisitList

PAGE = 25
PIECE = "visits/_list_body.html"


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """All the lists that this person may open, the latest period first."""
    page = Paginator(lists_for(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "visits/list_index.html", {"page": page})


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a list: the answer is a draft."""
    from visits.lists.listing import ListRefusal, propose_list, seed_for  # noqa: PLC0415

    form = NewListForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        seed = seed_for(filled["officer"], filled["starts_on"])
        try:
            made = propose_list(
                officer=filled["officer"],
                territories=list(filled["territories"]),
                ends_on=filled["ends_on"],
                recipe=form.recipe(seed=seed, starts_on=filled["starts_on"]),
                by=request.user,
            )
            return redirect("visits:list-show", made.uid)
        except ListRefusal as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.errors else 200
    context = {"form": form, "reach": reach_of(request.user, form.territories_shown())}
    return render(request, "visits/list_new.html", context, status=status)


@require_GET
@roles(*STAFF)
def reach(request: HttpRequest) -> HttpResponse:
    """How many seniors live in the territories ticked, said before the list is proposed."""
    form = NewListForm(request.GET, user=request.user)
    context = {"form": form, "reach": reach_of(request.user, form.territories_shown())}
    return render(request, "visits/_list_reach.html", context)


@require_GET
@roles(*STAFF)
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One list."""
    return _answer(request, _list(request, uid))


@require_POST
@roles(*STAFF)
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """Compute the draft again, with the shares that were filled in."""
    from visits.lists.listing import propose_again  # noqa: PLC0415

    visit_list = _list(request, uid)
    form = RecipeForm(request.POST)
    if not form.is_valid():
        return _answer(request, visit_list, recipe_form=form, status=422)
    recipe = form.recipe(seed=visit_list.seed, starts_on=visit_list.starts_on)
    done = "La liste est proposée de nouveau, d’après les derniers scores."
    return _gesture(request, visit_list, propose_again, visit_list, recipe=recipe, done=done)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def publish(request: HttpRequest, uid: str) -> HttpResponse:
    """Ask, with the count, then freeze."""
    from visits.lists.listing import ListRefusal, publish_list  # noqa: PLC0415

    visit_list = _list(request, uid)
    if request.method == "POST":
        expected = request.POST.get("expected")
        try:
            publish_list(
                visit_list,
                by=request.user,
                expected=None if expected is None else _count(expected),
            )
            messages.success(request, "La liste est publiée : elle ne bougera plus.")
        except ListRefusal as refusal:
            messages.error(request, str(refusal))
        return redirect("visits:list-show", visit_list.uid)
    counts = counts_of(list(entries_of(visit_list)))
    context = {"visit_list": visit_list, "counts": counts}
    return render(request, "visits/list_publish.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Ask, then delete the draft."""
    from visits.lists.listing import ListRefusal, discard_list  # noqa: PLC0415

    visit_list = _list(request, uid)
    if request.method == "GET":
        return render(request, "visits/list_discard.html", {"visit_list": visit_list})
    try:
        discard_list(visit_list)
    except ListRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:list-show", visit_list.uid)
    messages.success(request, "Le brouillon est supprimé.")
    return redirect("visits:list-index")


@require_POST
@roles(*STAFF)
def skip(request: HttpRequest, uid: str, entry: int) -> HttpResponse:
    """Set a person aside."""
    from visits.lists.listing import skip_entry  # noqa: PLC0415

    visit_list = _list(request, uid)
    skipped = get_object_or_404(visit_list.entries, pk=entry)
    because = request.POST.get("because", "")
    return _gesture(request, visit_list, skip_entry, skipped, because=because, by=request.user)


@require_POST
@roles(*STAFF)
def unskip(request: HttpRequest, uid: str, entry: int) -> HttpResponse:
    """Put a skipped person back."""
    from visits.lists.listing import unskip_entry  # noqa: PLC0415

    visit_list = _list(request, uid)
    return _gesture(
        request, visit_list, unskip_entry, get_object_or_404(visit_list.entries, pk=entry)
    )


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def add(request: HttpRequest, uid: str) -> HttpResponse:
    """Find someone of the territories and add her with a reason."""
    from visits.lists.listing import ListRefusal, add_entry  # noqa: PLC0415

    visit_list = _list(request, uid)
    words = request.GET.get("q", "")
    if request.method == "GET":
        found = addable(visit_list, words)
        context = {"visit_list": visit_list, "found": found, "words": words}
        return page_or_piece(
            request, "visits/list_add.html", "visits/_list_add_found.html", context
        )
    senior = get_object_or_404(visible_seniors(request.user), uid=_uid(request.POST.get("senior")))
    try:
        add_entry(visit_list, senior, because=request.POST.get("because", ""), by=request.user)
        messages.success(request, f"{senior} est sur la liste.")
        return redirect("visits:list-show", visit_list.uid)
    except ListRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{request.path}?{urlencode({'q': senior.reference})}")


@require_POST
@roles(*STAFF)
def add_neighbour(request: HttpRequest, uid: str, neighbour: int) -> HttpResponse:
    """Add someone proposed beside the list, for the reason already said."""
    from visits.lists.listing import add_entry  # noqa: PLC0415

    visit_list = _list(request, uid)
    near = get_object_or_404(visit_list.neighbours.select_related("senior"), pk=neighbour)
    reason = {"because": near.reason, "by": request.user, "neighbour": True}
    return _gesture(request, visit_list, add_entry, visit_list, near.senior, **reason)


def _count(text: str) -> int:
    """A count sent back by a page; 0, which no page shows, for what is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _uid(text: str | None) -> UUID | None:
    """An identity sent back by a page; None for what is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _list(request: HttpRequest, uid: str) -> VisitList:
    """A list that this person may open."""
    lists = visible_lists(request.user).select_related("officer", "published_by", "score_run")
    return get_object_or_404(lists, uid=uid)


def _gesture(
    request: HttpRequest,
    visit_list: VisitList,
    gesture: Any,
    *args: Any,
    done: str = "",
    **kwargs: Any,
) -> HttpResponse:
    """Make a gesture; its refusal, if any, is shown on the list, or `done` when it is made."""
    from visits.lists.listing import ListRefusal  # noqa: PLC0415

    refused = ""
    try:
        gesture(*args, **kwargs)
    except ListRefusal as refusal:
        refused = str(refusal)
    if request.htmx:
        visit_list = _list(request, visit_list.uid)
        return _answer(request, visit_list, refused=refused, status=422 if refused else 200)
    if refused:
        messages.error(request, refused)
    elif done:
        messages.success(request, done)
    return redirect("visits:list-show", visit_list.uid)


def _answer(
    request: HttpRequest, visit_list: VisitList, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page of a list, or its body under htmx."""
    entries = dress(entries_read(visit_list))
    context = {
        "visit_list": visit_list,
        "territories": visit_list.territories.all(),
        "entries": [entry for entry in entries if not entry.skipped_at],
        "skipped": [entry for entry in entries if entry.skipped_at],
        "counts": counts_of(entries),
        "left_out": left_out_lines(visit_list),
        "more": one_more_day(visit_list),
        "lowest": lowest_by_score(entries),
        "shares": mean_shares(visit_list),
        "recipe_form": RecipeForm(initial=RecipeForm.values_of(visit_list)),
    } | context
    return page_or_piece(request, "visits/list_show.html", PIECE, context, status=status)
