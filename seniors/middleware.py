"""Closed by default: every view needs a log-in unless it says `login_not_required`.

And pages that no cache keeps; where a visitor comes from, for the lock after repeated failures.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from seniors import signing_in


class login_required(LoginRequiredMiddleware):
    """Django's rule, and under htmx a redirect of the whole page, not a log-in form in a table.

    A view marked `answers_json` is called by a script: it gets a 401, never a page. What a form of
    `signing_in.keeps_form` was sending waits in the log-in page. What a page made for another
    account sends is refused.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable, view_args: tuple, view_kwargs: dict
    ) -> HttpResponse | None:
        """Nobody signs what another typed."""
        if signing_in.is_of_another(request, view_func):
            return signing_in.refuse_another(request, view_func)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        """Send a visitor who is not logged in to the log-in page."""
        if getattr(view_func, "answers_json", False):
            return JsonResponse({"code": "login", "login": resolve_url("login")}, status=401)
        if said := signing_in.ended(request, view_func):
            return said
        response = super().handle_no_permission(request, view_func)
        if request.htmx and response.status_code == 302:
            return HttpResponseClientRedirect(response["Location"])
        return response


def kept_by_no_cache(get_response: Callable) -> Callable:
    """Pages of who is logged in are about people: after log-out, « back » shows none of them."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return answer


def client_ip(request: HttpRequest) -> str | None:
    """Where a log-in comes from, as the last of our own proxies saw it.

    Each proxy adds the address it hears to the end of X-Forwarded-For; what stands before was
    written by the visitor, and is not believed.
    """
    heard = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXIES <= len(heard):
        return heard[-settings.PROXIES].strip()
    return request.META.get("REMOTE_ADDR") or None
