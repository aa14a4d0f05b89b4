"""The door of the public pages of the survey: who may come in, and nothing of a page lost outside.

The check against forged requests is Django's, made here: a page that stayed open for a day, or in a
browser that forgot its cookies, is not refused with what it holds. It is kept in the next page, and
goes on once the birth year is right again.
"""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.csrf import csrf_exempt

from surveys.models import Invitation
from surveys.receiving import answering, drafts, web

# What a page that lost its access may still send, and how much of it.
RESUMED = {"web-question", "web-all", "web-check", "web-clash", "web-start", "web-agreements"}
MOST_FIELDS, LONGEST = 300, 4000
EXPIRED, SHUT, GONE, CHANGED = 403, 410, 409, 409

View = Callable[..., HttpResponse]


class _Check(CsrfViewMiddleware):
    """Tells why instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def public(view: View) -> View:
    """Open to anyone; kept by no cache, shown to no search engine, told to no other site.

    The address is sent nowhere as a referrer, not even to our own files, whose requests are logged.
    "no-referrer" would send the form without an origin, and Django refuse it.
    """

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return guarded


def inside(view: View) -> View:
    """Open to who gave the birth year lately, while the campaign is open: gets the invitation."""

    @came_in
    @wraps(view)
    def guarded(request: HttpRequest, invitation: Invitation, **kwargs: Any) -> HttpResponse:
        if web.is_open(invitation.campaign):
            return view(request, invitation, **kwargs)
        context = {
            "campaign": invitation.campaign,
            "reference": invitation.reference,
            "may_take_back": web.may_come_in(invitation.campaign),
            "said": _said(request, invitation),
        }
        return page(request, "surveys/web_shut.html", context, status=SHUT)

    return guarded


def came_in(view: View) -> View:
    """Open to who gave the birth year lately, the campaign being open or not."""

    @public
    @wraps(view)
    def guarded(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        invitation = web.opened_by(request.COOKIES.get(web.COOKIE, ""), reference)
        if invitation is None or not is_ours(request):
            return _ask_again(request, reference)
        response = view(request, invitation, **kwargs)
        if web.COOKIE not in response.cookies:
            keep_open(response, invitation)
        return response

    return guarded


def is_ours(request: HttpRequest) -> bool:
    """Whether the request comes from one of our own pages."""
    return _Check(lambda _: HttpResponse()).process_view(request, lambda: None, (), {}) is None


def keep_open(response: HttpResponse, invitation: Invitation) -> None:
    """Let this browser in for a while more, into the pages of this reference alone."""
    response.set_cookie(
        web.COOKIE,
        web.key_of(invitation),
        max_age=web.OPEN_FOR,
        path=_path(invitation.reference),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def close(response: HttpResponse, reference: str) -> HttpResponse:
    """Let this browser in no more."""
    response.delete_cookie(web.COOKIE, path=_path(reference), samesite="Lax")
    return response


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A public page."""
    context = {"landlord_phone": settings.LANDLORD_PHONE} | context
    return render(request, template, context, status=status)


def inner_page(
    request: HttpRequest,
    template: str,
    invitation: Invitation,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of someone who came in; `before` is what we already have of her, if it is shown."""
    context = {
        "reference": invitation.reference,
        "campaign": invitation.campaign,
        "before": SimpleLazyObject(lambda: web.answer_before(invitation)),
    } | context
    return page(request, template, context, status=status)


def gone(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The answer was sent meanwhile, from another page: what this one said is shown, not kept."""
    context = {"said": _said(request, invitation)}
    return inner_page(request, "surveys/web_gone.html", invitation, context, status=GONE)


def to(name: str, invitation: Invitation, *args: str) -> HttpResponse:
    """On to another page of this reference."""
    return redirect(f"surveys:{name}", invitation.reference, *args)


def number(text: str | None) -> int:
    """A version that a page sent back; 0 for none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def keep(sent: Iterable[tuple[str, str]]) -> str:
    """What a page was sending, as the next one keeps it."""
    return json.dumps([(name, value[:LONGEST]) for name, value in sent][:MOST_FIELDS])


def kept_of(request: HttpRequest) -> list[tuple[str, str]]:
    """The same, read back."""
    try:
        told = json.loads(request.POST.get("kept", ""))
        return [(_whole(name), _whole(value)) for name, value in told][:MOST_FIELDS]
    except (ValueError, TypeError, RecursionError):  # nested without end
        return []


def _whole(told: object) -> str:
    """As a text that a page can show: without the halves of characters that JSON may name."""
    return str(told).encode(errors="ignore").decode()


def next_path(asked: str, reference: str) -> str:
    """Where a page was going, when that is one of the pages of this reference; "" otherwise."""
    try:
        match = resolve(asked)
    except Resolver404:
        return ""
    fits = match.url_name in RESUMED and match.kwargs.get("reference") == reference
    return asked if fits and match.namespace == "surveys" else ""


def _said(request: HttpRequest, invitation: Invitation) -> list[tuple[str, str]]:
    """What the page that was sent answers, in words: (question, reply)."""
    asked = drafts.questionnaire_of(invitation)
    coded, _ = answering.read(asked, request.POST)
    told = [(asked.items[code], value) for code, value in coded.items()]
    return [(item.wording, drafts.words(item, value)) for item, value in told]


def _ask_again(request: HttpRequest, reference: str) -> HttpResponse:
    """The birth year once more; what a page was sending waits in this one."""
    if request.method != "POST":
        return redirect("surveys:web-open", reference)
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context = {
        "reference": reference,
        "then": next_path(request.path, reference),
        "kept": keep(sent),
        "expired": True,
    }
    return page(request, "surveys/web_open.html", context, status=EXPIRED)


def _path(reference: str) -> str:
    return reverse("surveys:web-open", args=[reference])
