"""Handing an action over to its partner: the paper, the link, the agreement taken back."""

from io import BytesIO
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import STAFF, roles
from seniors.models import AccessLog
from seniors.web import download
from visits.acting.follow_up import FollowUpRefusal, withdraw
from visits.acting.hand_over import hand_over_of
from visits.acting.referrals import DAYS, check_hand_over, make_link
from visits.acting.waiting import left_behind, visible_actions
from visits.models import Action, Agreement
from visits.views.action_page import action_of


@require_GET
@roles(*STAFF)
def paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The one-page file for the partner; the download is journalled."""
    from visits.documents.referral import print_hand_over  # noqa: PLC0415

    action = action_of(request, uid)
    try:
        agreement = check_hand_over(action)
    except FollowUpRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:action-show", action.uid)
    person = action.senior.merged_into or action.senior
    AccessLog.objects.create(user=request.user, gesture="referral-pdf", senior=person)
    content = BytesIO(print_hand_over(hand_over_of(agreement)))
    return download(content, "transmission.pdf", "application/pdf")


@require_POST
@roles(*STAFF)
def link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new link for the partner, shown this once: only its digest is kept."""
    action = action_of(request, uid)
    try:
        referral, secret = make_link(action, by=request.user)
    except FollowUpRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("visits:action-show", action.uid)
    person = action.senior.merged_into or action.senior
    AccessLog.objects.create(user=request.user, gesture="referral-link", senior=person)
    address = request.build_absolute_uri(reverse("referral-show", args=[secret]))
    context = {
        "action": action,
        "referral": referral,
        "address": address,
        "mail": _mail(action, address),
        "days": DAYS,
    }
    return render(request, "visits/action_link.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def withdraw_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """The tenant takes her yes back; what stops is said first."""
    there = Q(action__in=visible_actions(request.user))
    seen = Agreement.objects.filter(there | Q(action__in=left_behind(request.user)))
    agreement = get_object_or_404(seen.select_related("action__kind", "partner"), pk=pk)
    if request.method == "POST":
        try:
            withdraw(agreement, by=request.user)
            messages.success(request, "C’est noté : plus aucun lien vers cette demande ne s’ouvre.")
        except FollowUpRefusal as refusal:
            messages.error(request, str(refusal))
        return redirect("visits:action-show", agreement.action.uid)
    links = agreement.referrals.filter(revoked_at=None).count()
    context = {"agreement": agreement, "action": agreement.action, "links": links}
    return render(request, "visits/action_withdraw.html", context)


def _mail(action: Action, address: str) -> str:
    """A mailto: with a text that names nobody."""
    subject = quote(f"Une demande de {settings.LANDLORD} vous attend")
    body = quote(
        "Bonjour,\n\nUne demande attend votre réponse. Elle se lit ici, sans compte, pendant "
        f"{DAYS} jours :\n{address}\n\nMerci,\n{settings.LANDLORD}\n"
    )
    # « ? » and « & » may stand in an address: bare, they would add readers.
    to = quote(action.partner.email, safe="@")
    return f"mailto:{to}?subject={subject}&body={body}"
