"""What anyone who has a link may do, without an account: report what worries in a residence.

No session and no cookie: the link in the address is all there is. Django's CSRF check keeps another
site from using the rights that a cookie carries; here a cookie carries none, and whoever could
forge the request could as well send it. So the check is left out, and with it the refusal of
browsers that keep no cookie. What holds instead: the signed link, the identity of each form, and a
limit per link and per address (`knocks`).
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from seniors.middleware import client_ip
from seniors.models import Dwelling
from visits.field_watch import completing, watch
from visits.field_watch.watch import WORDS_MOST
from visits.field_watch.watch_forms import (
    REPORTERS,
    URGENCIES,
    AddedForm,
    ReportForm,
    floor_on_button,
)
from visits.field_watch.whereabouts import (
    FEW_HOMES,
    doors_in,
    entrances_of,
    floors_of,
    homes_at,
    in_words,
    label_of,
    places_in,
)
from visits.models import Signal, WatchLink

PLACE = ("street_number", "street", "building", "stair", "door", "floor")


@require_safe
@login_not_required
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The form of a residence."""
    try:
        link = watch.link_of(token)
    except watch.NoSuchLink:
        return _dead(request)
    form = ReportForm(places_in(_homes(link)), initial={"reporter": _who(request)})
    return _page(request, "visits/watch_report.html", {"form": form, "link": link, "token": token})


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@csrf_exempt
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Where the form is sent: another address than its own, so that « back » finds the form that
    was filled in, with its identity, and not a new one."""
    try:
        link = watch.link_of(token)
    except watch.NoSuchLink:
        return _dead(request)
    if request.method != "POST":
        return redirect("watch-report", token)
    homes = _homes(link)
    form = ReportForm(places_in(homes), request.POST)
    status, signal = _receive(request, link, form, homes)
    if signal:
        return redirect(_thanks(token, signal, form))
    context = {"form": form, "link": link, "token": token}
    return _page(request, "visits/watch_report.html", context, status)


@require_safe
@login_not_required
def thanks(request: HttpRequest, token: str, ticket: str = "") -> HttpResponse:
    """What happens next; for some minutes, what may be added or taken back; another report."""
    try:
        link = watch.link_of(token)
        signal = completing.signal_of(link, ticket) if ticket else None
    except watch.NoSuchLink:
        return _dead(request)
    return _after(request, link, token, ticket, signal)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@csrf_exempt
def complete(request: HttpRequest, token: str, ticket: str) -> HttpResponse:
    """The dwelling, a few words, or that it was a mistake."""
    try:
        link = watch.link_of(token)
        signal = completing.signal_of(link, ticket)
    except watch.NoSuchLink:
        return _dead(request)
    done = reverse("watch-done", args=[token, ticket]) + _query(request)
    if request.method != "POST":
        return redirect(done)
    try:
        _change(request, link, signal)
    except watch.WatchRefusal as refusal:
        words = request.POST.get("words", "")
        return _after(request, link, token, ticket, signal, refused=str(refusal), words=words)
    return redirect(done)


def _change(request: HttpRequest, link: WatchLink, signal: Signal) -> None:
    """The gesture asked for. Raises WatchRefusal."""
    if "mistake" in request.POST:
        completing.take_back(signal)
        return
    pickable = {str(pk): pk for pk, _ in doors_in(_homes(link))}
    if pk := pickable.get(request.POST.get("home", "")):
        completing.say_home(signal, Dwelling.objects.get(pk=pk))
    form = AddedForm(request.POST)
    if not form.is_valid():
        said = f"{WORDS_MOST}\u00a0caractères au plus\u00a0: rien n’est ajouté."
        raise watch.WatchRefusal("words", said)
    completing.add_words(signal, form.cleaned_data["words"])


def _after(
    request: HttpRequest,
    link: WatchLink,
    token: str,
    ticket: str,
    signal: Signal | None,
    *,
    refused: str = "",
    **kept: str,
) -> HttpResponse:
    """The page after a report."""
    who = _who(request)
    again = reverse("watch-report", args=[token]) + (f"?{urlencode({'qui': who})}" if who else "")
    urgent = signal.urgency == Signal.Urgency.NOW if signal else "urgent" in request.GET
    context = {"link": link, "token": token, "urgent": urgent, "again": again}
    context |= {"refused": refused, "added": AddedForm(initial=kept)}
    if signal:
        signal.refresh_from_db()
        context |= {
            "signal": signal,
            "ticket": ticket,
            "query": _query(request),
            "when": dict(URGENCIES)[signal.urgency],
            "taken_back": completing.is_taken_back(signal),
            "may_change": completing.may_change(signal),
        }
        if context["may_change"] and not signal.senior_id:
            context |= _doors(request, link)
    return _page(request, "visits/watch_thanks.html", context, 422 if refused else 200)


def _doors(request: HttpRequest, link: WatchLink) -> dict[str, Any]:
    """The doors to choose from at the entrance and the floor said, or which of these to say first:
    {"doors": …}, or {"steps": [(what stands on the link, its query), …]}."""
    homes = _homes(link)
    entrances, floors = entrances_of(homes), floors_of(homes)
    asked = request.GET
    number = asked.get("entree", "")
    entrance = next((one for n, one in enumerate(entrances) if str(n) == number), "")
    floor = next((one for one in floors if str(one) == asked.get("etage")), None)
    doors = doors_in(homes)
    there = {one.pk for one in homes_at(homes, entrance, floor)}
    here = [door for door in doors if door[0] in there]
    if len(here) <= FEW_HOMES:
        return {"doors": here, "narrowed": len(here) < len(doors)}
    said = {key: asked[key] for key in ("entree", "etage", "qui") if key in asked}
    if not entrance and len(entrances) > 1:
        steps = [(one, said | {"entree": n}) for n, one in enumerate(entrances)]
    elif floor is None and len(floors) > 1:
        steps = [(floor_on_button(one), said | {"etage": one}) for one in floors]
    else:
        return {"doors": here, "narrowed": len(here) < len(doors)}
    return {"steps": [(label, f"?{urlencode(query)}") for label, query in steps]}


def _homes(link: WatchLink) -> list[Dwelling]:
    """The dwellings of its residence, as far as a place is told."""
    return list(Dwelling.objects.filter(residence=link.residence, gone_on=None).only(*PLACE))


def _receive(
    request: HttpRequest, link: WatchLink, form: ReportForm, homes: list[Dwelling]
) -> tuple[int, Signal | None]:
    """The status of the answer, and the signal when it was kept."""
    if not form.is_valid():
        return 422, None
    said, dwelling = form.said(), next((one for one in homes if one.pk == form.home_id), None)
    if dwelling:
        said["whereabouts"] = in_words(*label_of(dwelling))
    else:
        found = homes_at(homes, *form.place)
        dwelling = found[0] if len(found) == 1 else None
    try:
        return 200, watch.report(link, dwelling=dwelling, address=client_ip(request), **said)
    except watch.WatchRefusal as refusal:
        form.add_error(None if refusal.code == "too_many" else "words", str(refusal))
        return 429 if refusal.code == "too_many" else 422, None


def _who(request: HttpRequest) -> str:
    """Who reports, remembered in the address: there is nothing else to remember it in."""
    who = request.GET.get("qui", "")
    return who if who in dict(REPORTERS) else ""


def _thanks(token: str, signal: Signal, form: ReportForm) -> str:
    """The address of the page after a report: who reports and the place said go with it."""
    entrance, floor = form.place
    entrances = form.places.entrances
    kept = {
        "qui": form.cleaned_data["reporter"],
        "entree": str(entrances.index(entrance)) if entrance else "",
        "etage": "" if floor is None else str(floor),
    }
    query = urlencode({key: value for key, value in kept.items() if value})
    done = reverse("watch-done", args=[token, completing.ticket_of(signal)])
    return done + (f"?{query}" if query else "")


def _query(request: HttpRequest) -> str:
    """The place and who reports, as the address says them."""
    kept = {key: request.GET[key] for key in ("qui", "entree", "etage") if key in request.GET}
    return f"?{urlencode(kept)}" if kept else ""


def _dead(request: HttpRequest) -> HttpResponse:
    """One page for a link that is forged, unknown, expired or revoked: it tells them not apart."""
    return _page(request, "visits/watch_dead.html", {}, 404)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page that is asked for again each time, yet that « back » shows as it was filled in."""
    context = {"landlord_phone": settings.LANDLORD_PHONE} | context
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-cache"
    return response
