"""Whether a long piece of work waits, lives, failed or died, and how far it got.

One small file per work: what a task writes inside its transaction is seen by nobody else until
the end, and a killed process writes nothing at all. The file holds counts, never a person's data.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

BEAT = 1.0  # seconds between two signs of life
DEAD_AFTER = 30.0  # seconds without one: the process is no longer there
LATE_AFTER = 60.0  # seconds in the queue: something else runs, or nothing takes the work

WAITING, WORKING, FAILED = "waiting", "working", "failed"


@dataclass(frozen=True)
class Pulse:
    """What the last sign of life said, and how many seconds ago."""

    key: str
    state: str
    done: int
    quiet_for: float

    @property
    def is_late(self) -> bool:
        """Still in the queue after a minute."""
        return self.state == WAITING and self.quiet_for > LATE_AFTER

    @property
    def is_dead(self) -> bool:
        """Stopped on an error, or without a word."""
        return self.state == FAILED or (self.state == WORKING and self.quiet_for > DEAD_AFTER)


def wait(key: str) -> None:
    """Say that the work `key` was asked for."""
    _write(key, WAITING, 0)


def read(key: str) -> Pulse | None:
    """The last sign of life of the work `key`; None when it ended well or was never asked for."""
    path = _path(key)
    try:
        content, quiet_for = json.loads(path.read_text()), time.time() - path.stat().st_mtime
    except (FileNotFoundError, ValueError):
        return None
    return Pulse(key, content["state"], content["done"], quiet_for)


def starting_with(prefix: str) -> list[Pulse]:
    """Every work whose key starts with `prefix`, the oldest sign of life first."""
    pulses = [read(path.stem) for path in _folder().glob(f"{prefix}*.json")]
    return sorted((pulse for pulse in pulses if pulse), key=lambda pulse: -pulse.quiet_for)


def forget(key: str) -> None:
    """Drop what was said of the work `key`."""
    _path(key).unlink(missing_ok=True)


@contextmanager
def beating(key: str, done: Callable[[], int]) -> Iterator[None]:
    """Give signs of life, with `done()` rows, for as long as the block runs."""
    stop = threading.Event()
    _write(key, WORKING, 0)

    def beat() -> None:
        while not stop.wait(BEAT):
            _write(key, WORKING, done())

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    ended_well = False
    try:
        yield
        ended_well = True
    finally:
        stop.set()
        thread.join()
        if ended_well:
            forget(key)
        else:
            _write(key, FAILED, done())


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pulse"


def _path(key: str) -> Path:
    return _folder() / f"{key}.json"


def _write(key: str, state: str, done: int) -> None:
    """Replace the file in one move: a reader never sees half of it."""
    _folder().mkdir(parents=True, exist_ok=True)
    path = _path(key)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"state": state, "done": done}))
    draft.replace(path)
