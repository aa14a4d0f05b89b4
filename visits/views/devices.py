"""« Mes appareils »: the phones that keep a day, blocked when they are lost."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from seniors.access import DECIDERS, STAFF, roles
from visits.phone import phones


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """« Mes appareils »: the phones that keep a day; for who decides, those of the people too."""
    found = phones.visible_devices(request.user).order_by("revoked_at", "-seen_at")
    mine = [one for one in found if one.user_id == request.user.pk]
    others = [one for one in found if one.user_id != request.user.pk]
    return render(request, "visits/device_list.html", {"mine": mine, "others": others})


@require_POST
@roles(*STAFF)
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Block a phone that is lost, given back or in other hands."""
    device = get_object_or_404(phones.visible_devices(request.user), uid=uid)
    phones.revoke(device, request.user)
    messages.success(
        request,
        f"«\u00a0{device.label}\u00a0» est bloqué\u00a0: il effacera la journée dès qu’il aura du "
        "réseau. Ses fiches terminées arriveront quand même.",
    )
    return redirect("visits:device-list")


@require_POST
@roles(*DECIDERS)
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open again a phone blocked by mistake."""
    device = get_object_or_404(phones.visible_devices(request.user), uid=uid)
    phones.restore(device, request.user)
    messages.success(
        request,
        f"«\u00a0{device.label}\u00a0» peut de nouveau servir\u00a0: il demandera un nouveau code.",
    )
    return redirect("visits:device-list")
