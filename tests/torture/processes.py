"""Schedules shared out among processes; each has a server, browsers and a database of its own."""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django

from tests.run import postgresql, postgresql_programs
from tests.torture.total import Sum


def play_in(processes: int, seed: str, places: range, plants: list[str]) -> list[Sum]:
    """Play these schedules in so many processes; the sum of each."""
    shares = [places[one::processes] for one in range(processes)]
    work = [(seed, share, plants) for share in shares if share]
    put_away_when_stopped()
    if len(work) == 1:
        return [_play(*work[0])]
    # Left early, the pool stops its processes.
    with multiprocessing.get_context("spawn").Pool(len(work), put_away_when_stopped) as pool:
        return pool.starmap(_play, work, chunksize=1)


def _play(seed: str, places: range, plants: list[str]) -> Sum:
    with _database():
        django.setup()
        run = importlib.import_module("tests.torture.run")
        return run.play_all(seed, places, plants=plants)


def put_away_when_stopped() -> None:
    """Asked to stop, this process still puts away the server and the browsers it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


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
