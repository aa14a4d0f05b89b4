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
from visits.field_watch import watch
from visits.field_watch.watch_forms import REPORTERS, ReportForm
from visits.field_watch.whereabouts import homes_at, places_in
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
        urgent = signal.urgency == Signal.Urgency.NOW
        return redirect(_thanks(token, form.cleaned_data["reporter"], urgent=urgent))
    context = {"form": form, "link": link, "token": token}
    return _page(request, "visits/watch_report.html", context, status)


@require_safe
@login_not_required
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next; from there, another report."""
    try:
        link = watch.link_of(token)
    except watch.NoSuchLink:
        return _dead(request)
    again = reverse("watch-report", args=[token])
    if who := _who(request):
        again += "?" + urlencode({"qui": who})
    context = {"link": link, "urgent": "urgent" in request.GET, "again": again}
    return _page(request, "visits/watch_thanks.html", context)


def _homes(link: WatchLink) -> list[Dwelling]:
    """The dwellings of its residence, as far as a place is told."""
    return list(Dwelling.objects.filter(residence=link.residence, gone_on=None).only(*PLACE))


def _receive(
    request: HttpRequest, link: WatchLink, form: ReportForm, homes: list[Dwelling]
) -> tuple[int, Signal | None]:
    """The status of the answer, and the signal when it was kept."""
    if not form.is_valid():
        return 422, None
    entrance, floor = form.place
    found = homes_at(homes, entrance, floor)
    dwelling = found[0] if len(found) == 1 else None
    address = client_ip(request)
    try:
        return 200, watch.report(link, dwelling=dwelling, address=address, **form.said())
    except watch.WatchRefusal as refusal:
        form.add_error(None if refusal.code == "too_many" else "words", str(refusal))
        return 429 if refusal.code == "too_many" else 422, None


def _who(request: HttpRequest) -> str:
    """Who reports, remembered in the address: there is nothing else to remember it in."""
    who = request.GET.get("qui", "")
    return who if who in dict(REPORTERS) else ""


def _thanks(token: str, who: str, *, urgent: bool) -> str:
    """The address of the page after a report."""
    kept = ({"qui": who} if who else {}) | ({"urgent": "1"} if urgent else {})
    return reverse("watch-thanks", args=[token]) + (f"?{urlencode(kept)}" if kept else "")


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
