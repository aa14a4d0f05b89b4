"""Run a piece of work and its floor in fresh processes, in turn; compare their times.

A job is named `module:function`. The function gets the case, prepares what is not to be timed,
and returns a callable; that callable alone is timed, and returns how many rows it dealt with.
Peak memory is that of the whole process (`getrusage`), its imports included.
"""

import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent.parent


class JobFailed(Exception):
    """A job ended badly; the message is what it wrote."""


@dataclass(frozen=True)
class Once:
    """One run of one job."""

    seconds: float
    peak_mb: float
    rows: int
    more: dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """A work against its floor: medians over the repetitions, ratios taken pair by pair."""

    rows: int
    seconds: float
    floor_seconds: float
    peak_mb: float
    floor_mb: float
    ratio: float
    least: float
    most: float
    more: dict[str, Any]

    @property
    def per_second(self) -> float:
        """Rows dealt with in a second."""
        return self.rows / self.seconds


def run(job: str, case: dict[str, Any], *, base: Path | None = None, **environment: str) -> Once:
    """Run a job in a fresh process, on its own copy of the folder `base` (database and files)."""
    with tempfile.TemporaryDirectory(prefix="bienveille-bench-") as folder:
        if base:
            shutil.copytree(base, folder, dirs_exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.measure", job, json.dumps(case)],
            cwd=ROOT,
            env=os.environ
            | {
                "BIENVEILLE_DEV": "1",
                "BIENVEILLE_DEBUG": "0",
                "BIENVEILLE_VAR_DIR": folder,
                "BIENVEILLE_TASKS_INLINE": "1",
            }
            | environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise JobFailed(f"{job}: {done.stderr.strip()[-1500:]}")
    return Once(**json.loads(done.stdout.splitlines()[-1]))


def compare(
    work: str,
    floor: str,
    case: dict[str, Any],
    *,
    base: Path | None = None,
    times: int = 3,
    **environment: str,
) -> Compared:
    """Floor and work in turn, `times` times; the ratio is the median of the pairs' ratios."""
    pairs = []
    for _ in range(times):
        bare = run(floor, case, base=base, **environment)
        pairs.append((bare, run(work, case, base=base, **environment)))
    ratios = [done.seconds / bare.seconds for bare, done in pairs]
    return Compared(
        rows=pairs[0][1].rows,
        seconds=statistics.median(done.seconds for _, done in pairs),
        floor_seconds=statistics.median(bare.seconds for bare, _ in pairs),
        peak_mb=max(done.peak_mb for _, done in pairs),
        floor_mb=max(bare.peak_mb for bare, _ in pairs),
        ratio=statistics.median(ratios),
        least=min(ratios),
        most=max(ratios),
        more=pairs[-1][1].more,
    )


def bienveille() -> None:
    """Make the models usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seniors.settings")
    django = importlib.import_module("django")
    django.setup()


def main(job: str, case: str) -> None:
    """In the fresh process: prepare, time, tell."""
    module, name = job.split(":")
    timed = getattr(importlib.import_module(module), name)(json.loads(case))
    start = perf_counter()
    rows = timed()
    seconds = perf_counter() - start
    more = getattr(timed, "more", {})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "rows": rows, "more": more}))


if __name__ == "__main__":
    main(*sys.argv[1:])
