"""Schedules shared out among processes; each has a server, browsers and a database of its own."""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager

import django

from tests.run import postgresql, postgresql_programs
from tests.torture.total import Sum


def play_in(processes: int, seed: str, places: range, *, proves: bool) -> list[Sum]:
    """Play these schedules in so many processes; the sum of each. The first one also `proves`
    that the count sees."""
    shares = [places[one::processes] for one in range(processes)]
    work = [(seed, share, proves and not n) for n, share in enumerate(shares) if share]
    put_away_when_stopped()
    if len(work) == 1:
        return [_play(*work[0])]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(work), spawn, put_away_when_stopped) as pool:
        return list(pool.map(_play, *zip(*work, strict=True)))


def _play(seed: str, places: range, proves: bool) -> Sum:
    with _database():
        django.setup()
        importlib.import_module("tests.torture.altered").collect()
        run = importlib.import_module("tests.torture.run")
        return run.play_all(seed, places, proves=proves)


def put_away_when_stopped() -> None:
    """Asked to stop, this process still puts away the server and the browsers it started."""

    def stop(*_: object) -> None:
        for child in multiprocessing.active_children():
            child.terminate()
        sys.exit(1)

    signal.signal(signal.SIGTERM, stop)


@contextmanager
def _database() -> Iterator[None]:
    """A new database with its tables, named in the environment."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bv-torture-"))
        os.environ |= {
            "BIENVEILLE_DEV": "1",
            "BIENVEILLE_DEBUG": "0",
            "BIENVEILLE_VAR_DIR": folder,
            "BIENVEILLE_TASKS_INLINE": "1",
            "DJANGO_SETTINGS_MODULE": "tests.torture.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright runs its own loop
        }
        if programs := postgresql_programs():
            os.environ |= stack.enter_context(postgresql(programs))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True)
        yield
