"""The site as the schedules run it: the product's application, and moments at which it dies.

The harness names a moment in a file. The next form, or picture, to arrive takes it, and once that
moment is reached the whole server ends by its own kill -9.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.test import Client

from seniors.wsgi import application as product
from tests.torture import DOORS

# Where a form may find a moment; set as the server starts.
moment_path = Path()
# Asked for once, before a server is made from this process: its first answers cost the most.
WARM = ("/connexion/", "/visites/terrain/", "/visites/terrain/sw.js")
_here = threading.local()


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """The product's answer, unless the server dies on the way."""
    path = environ["PATH_INFO"] if environ["REQUEST_METHOD"] == "POST" else ""
    kind = next((one for one, start in DOORS.items() if path.startswith(start)), "")
    if not kind:
        return product(environ, start_response)
    with _moment(kind) as moment:
        _here.moment, _here.statements = moment, 0
        _reach("arrival")
        body = b"".join(product(environ, start_response))
        _reach("answer")
        _here.moment = None  # this thread answers others
    return _halved(body) if moment == "half-answer" else [body]


@contextmanager
def _moment(kind: str) -> Iterator[str | None]:
    """The moment that waited for this kind, if any; only one request takes it, and says when it is
    over."""
    mine = moment_path.with_name("taken")
    try:
        wanted, moment = moment_path.read_text(encoding="utf-8").split()
        if wanted != kind:
            raise FileNotFoundError
        moment_path.rename(mine)
    except FileNotFoundError:
        yield None
        return
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

for _path in WARM:
    Client(headers={"host": "127.0.0.1"}).get(_path)
connections.close_all()
