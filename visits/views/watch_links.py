"""The links of the residences: make, print, revoke, see what they bring."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import STAFF, roles, visible_residences
from seniors.web import download
from visits.field_watch import watch
from visits.field_watch.inbox import links_for, residences_named
from visits.field_watch.watch_forms import LinkForm
from visits.models import Signal, WatchLink

PAGE = 30


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """The links, and the residences that a search finds."""
    words = request.GET.get("q", "").replace("\x00", "")
    page = Paginator(links_for(request.user), PAGE).get_page(request.GET.get("page"))
    for link in page:
        link.address = _address(request, link) if not link.is_dead else ""
    context = {
        "page": page,
        "words": words,
        "residences": residences_named(request.user, words),
    }
    return render(request, "visits/signal_links.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def new(request: HttpRequest, residence: int) -> HttpResponse:
    """Make a link for a residence."""
    place = get_object_or_404(visible_residences(request.user), pk=residence)
    form = LinkForm(request.POST or None)
    if form.is_valid():
        try:
            watch.make_link(place, **form.cleaned_data, by=request.user)
            messages.success(request, f"Le lien de {place} est prêt\u00a0: imprimez son affiche.")
            return redirect("visits:signal-links")
        except watch.WatchRefusal as refusal:
            form.add_error("expires_on" if refusal.code == "expires" else "label", str(refusal))
    context = {"form": form, "residence": place}
    status = 422 if form.errors else 200
    return render(request, "visits/signal_link_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def revoke(request: HttpRequest, uid: str) -> HttpResponse:
    """Ask, with what it brought, then close the link."""
    link = _link(request, uid)
    if request.method == "POST":
        watch.revoke(link, by=request.user)
        messages.success(request, f"Le lien de {link.residence} ne fonctionne plus.")
        return redirect("visits:signal-links")
    return render(request, "visits/signal_link_revoke.html", {"link": link})


@require_GET
@roles(*STAFF)
def poster(request: HttpRequest, uid: str) -> FileResponse:
    """The sheet to hang in the hall."""
    from visits.documents.watch_poster import draw_poster  # noqa: PLC0415

    link = _open_link(request, uid)
    return _pdf(draw_poster(str(link.residence), _address(request, link)), "affiche", link)


@require_GET
@roles(*STAFF)
def cards(request: HttpRequest, uid: str) -> FileResponse:
    """Pocket cards for caretakers and technicians, ten a sheet."""
    from visits.documents.watch_poster import draw_cards  # noqa: PLC0415

    link = _open_link(request, uid)
    who = Signal.Reporter.TECHNICIAN if "technicien" in request.GET else Signal.Reporter.CARETAKER
    address = f"{_address(request, link)}?qui={who.value}"
    return _pdf(draw_cards(str(link.residence), address), "cartes", link)


def _link(request: HttpRequest, uid: str) -> WatchLink:
    """A link of this person's residences."""
    return get_object_or_404(links_for(request.user), uid=uid)


def _open_link(request: HttpRequest, uid: str) -> WatchLink:
    """The same, that still opens: no paper leads to a closed door."""
    return get_object_or_404(links_for(request.user), uid=uid, is_dead=0)


def _address(request: HttpRequest, link: WatchLink) -> str:
    """The whole address, as a telephone reads it."""
    return request.build_absolute_uri(reverse("watch-report", args=[watch.token_of(link)]))


def _pdf(content: bytes, name: str, link: WatchLink) -> FileResponse:
    """A file to print; it names nobody."""
    return download(BytesIO(content), f"{name}-{link.residence.pk}.pdf", "application/pdf")
