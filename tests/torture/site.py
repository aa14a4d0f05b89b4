"""The site as the schedules run it: the product's application, and moments at which it dies.

The harness names a moment in the file BIENVEILLE_TORTURE_MOMENT. The next form to arrive takes it,
and once that moment is reached the whole server ends by its own kill -9. Also gunicorn's
configuration: it tells on a pipe when it is ready.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

from seniors.wsgi import application as product
from tests.torture import FORMS

# "statement-n" is also one: just before the nth statement sent to the database.
MOMENTS = ("arrival", "before-commit", "after-commit", "answer", "half-answer")
SEAL, TURNS = "/visits/seal.js", b"600_000"
_here = threading.local()


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """The product's answer, unless the server dies on the way."""
    if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != FORMS:
        answer = product(environ, start_response)
        return [_quick(b"".join(answer))] if environ["PATH_INFO"].endswith(SEAL) else answer
    with _moment() as moment:
        _here.moment, _here.statements = moment, 0
        _reach("arrival")
        body = b"".join(product(environ, start_response))
        _reach("answer")
        _here.moment = None  # this thread answers others
    return _halved(body) if moment == "half-answer" else [body]


def _quick(script: bytes) -> bytes:
    """The phone's PIN without the thousands of turns that make it slow to guess."""
    return script.replace(TURNS, b"1".rjust(len(TURNS)))


@contextmanager
def _moment() -> Iterator[str | None]:
    """The moment that waited, if any; only one request takes it, and says when it is over."""
    path = Path(os.environ["BIENVEILLE_TORTURE_MOMENT"])
    mine = path.with_name("taken")
    try:
        path.rename(mine)
    except FileNotFoundError:
        yield None
        return
    moment = mine.read_text(encoding="utf-8")
    try:
        yield moment
    finally:
        if moment != "half-answer":  # its end is still to come
            mine.unlink()


def _reach(moment: str) -> None:
    """Die here if this is the moment: no handler, no farewell, every process of the server."""
    if getattr(_here, "moment", None) == moment:
        os.killpg(0, signal.SIGKILL)


def _halved(body: bytes) -> Iterator[bytes]:
    try:
        yield body[: len(body) // 2]
    finally:
        os.killpg(0, signal.SIGKILL)


def _watch(connection: Any, **_sent: Any) -> None:
    """Have the moments around a commit, and before each statement, on a new connection."""
    if hasattr(connection, "is_watched"):
        return
    connection.is_watched = True
    commit = connection.commit

    def watched() -> None:
        _reach("before-commit")
        commit()
        _reach("after-commit")

    def counted(execute: Callable, *args: Any) -> Any:
        _here.statements = getattr(_here, "statements", 0) + 1
        _reach(f"statement-{_here.statements}")
        return execute(*args)

    connection.commit = watched
    connection.execute_wrappers.append(counted)


connection_created.connect(_watch)


def post_worker_init(_worker: Any) -> None:
    """gunicorn's hook: the application is loaded and the socket listens."""
    os.write(int(os.environ["BIENVEILLE_TORTURE_READY"]), b"r")
