"""The partner's page: one file, without account or script. What is shut shows nothing of it."""

import re
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from seniors.middleware import client_ip
from seniors.web import download
from visits import doors
from visits.acting.follow_up import FollowUpRefusal
from visits.acting.hand_over import hand_over_of
from visits.acting.referrals import PDF, READ, Opened, Why, note_read, open_link, ways
from visits.acting.referrals import answer as record_answer
from visits.models import Referral

STATUS = {Why.UNKNOWN: 404, Why.BUSY: 429}
GONE = 410


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to who has the secret; kept by no cache, shown to no search engine, told to no site.

    The address is sent nowhere as a referrer, not even to our own files, whose requests are logged.
    "no-referrer" would send the form without an origin, and Django refuse it.
    """

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, secret: str) -> HttpResponse:
        opened = _open(request, secret)
        response = view(request, secret, opened) if opened.is_open else _shut(request, opened)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return guarded


@require_GET
@public
def show(request: HttpRequest, secret: str, opened: Opened) -> HttpResponse:
    """The file, and what the partner may answer."""
    note_read(opened.referral, READ)
    return _page(request, secret, opened.referral)


@require_GET
@public
def paper(request: HttpRequest, secret: str, opened: Opened) -> HttpResponse:
    """The same on one page to print."""
    from visits.documents.referral import print_hand_over  # noqa: PLC0415

    note_read(opened.referral, PDF)
    content = BytesIO(print_hand_over(hand_over_of(opened.referral.agreement)))
    return download(content, "demande.pdf", "application/pdf")


@require_POST
@public
def answer(request: HttpRequest, secret: str, opened: Opened) -> HttpResponse:
    """What the partner answers, signed with his name."""
    told = {name: request.POST.get(name, "") for name in ("to", "seen", "signed", "note")}
    try:
        record_answer(opened.referral, **told)
    except FollowUpRefusal as refusal:
        if refusal.code == "link_shut":
            return _shut(request, open_link(secret))
        opened = open_link(secret)
        if refusal.code == "step" and opened.referral.agreement.action.state == told["to"]:
            return redirect("referral-show", secret)  # sent twice: it is done
        note_read(opened.referral, READ)  # the page comes back with the file on it
        context = {"refused": str(refusal), "told": told}
        return _page(request, secret, opened.referral, status=422, **context)
    opened = open_link(secret)
    if opened.is_open:
        return redirect("referral-show", secret)
    return _shut(request, opened, thanks=True)


def _page(
    request: HttpRequest, secret: str, referral: Referral, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of an open link."""
    action, file = referral.agreement.action, hand_over_of(referral.agreement)
    context = {
        "secret": secret,
        "referral": referral,
        "action": action,
        "file": file,
        "phones": [{"text": one, "digits": re.sub(r"[^+\d]", "", one)} for one in file.phones],
        "ways": ways(action),
    }
    return render(request, "visits/referral_show.html", context | more, status=status)


def _open(request: HttpRequest, secret: str) -> Opened:
    """What the secret opens; who tries many that do not exist waits."""
    address = client_ip(request)
    if doors.is_barred(address):
        return Opened(why=Why.BUSY)
    opened = open_link(secret)
    if opened.why == Why.UNKNOWN:
        doors.count_miss(address)
    return opened


def _shut(request: HttpRequest, opened: Opened, *, thanks: bool = False) -> HttpResponse:
    """Why there is nothing to see, and whom to ring; nothing of the file."""
    why = opened.why
    context = {"why": why, "phone": settings.LANDLORD_PHONE, "thanks": thanks}
    status = 200 if thanks else STATUS.get(why, GONE)
    return render(request, "visits/referral_shut.html", context, status=status)
