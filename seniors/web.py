"""The few HTTP helpers that all apps share."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from seniors.navigation import menu


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the landlord's name, and the menu of who is logged in."""
    logged_in = hasattr(request, "user") and request.user.is_authenticated
    first, more = menu(request) if logged_in else ((), ())
    return {"landlord": settings.LANDLORD, "menu": first, "menu_more": more}


def page_or_piece(
    request: HttpRequest, page: str, piece: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The piece for an htmx request, the page for a plain, boosted or history-restoring one."""
    htmx = request.htmx
    whole = not htmx or htmx.boosted or htmx.history_restore_request
    response = render(request, page if whole else piece, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def pks_among(texts: Iterable[str]) -> list[int]:
    """Those of these texts that can be the id of a row, which has 18 figures at most."""
    return [int(one) for one in texts if one.isdecimal() and len(one) <= 18]


def download(content: Any, name: str, content_type: str) -> FileResponse:
    """A file to save, never shown in place and never kept by a shared cache."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response
