"""Whether the password of the account was typed a moment ago: a session left open is no proof of
who holds the telephone."""

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

LATELY = 5 * 60  # seconds
_TYPED_AT, _ASKED = "password_typed_at", "password_asked"


def typed_lately(request: HttpRequest) -> bool:
    """Whether this session began, or began again, with a password less than LATELY ago."""
    typed_at = request.session.get(_TYPED_AT, 0)
    return 0 <= time.time() - typed_at < LATELY


def ask(request: HttpRequest) -> None:
    """Have the log-in page show its form, though she is logged in, until she has typed it."""
    request.session[_ASKED] = True


def is_asked(request: HttpRequest) -> bool:
    """Whether the log-in page is to show its form to who is logged in."""
    return bool(request.session.get(_ASKED))


def _note(*, request: HttpRequest, **_: Any) -> None:
    request.session[_TYPED_AT] = time.time()
    request.session.pop(_ASKED, None)


user_logged_in.connect(_note, dispatch_uid="password typed")
