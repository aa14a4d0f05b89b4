"""Score everyone, database to database, against the arithmetic alone.

The floor has the same indicators already in numpy, one matrix product for the domains and the
total, and one executemany of the same columns into a bare table of the same types. Both are timed
warm, as in a worker that has already worked: the score of a territory without people is asked
first, which loads the modules and the grid.
"""

import os
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.importing import PRAGMAS
from tests.bench.measure import bienveille


def work(case: dict[str, Any]) -> Callable[[], int]:
    """The gesture that the site, the command and the imports call."""
    bienveille()
    from seniors.fragility import store
    from seniors.models import Territory

    day = date.fromisoformat(case["as_of"])
    store.score_seniors(as_of=day, territory=Territory.objects.create(code="nobody"))
    return lambda: store.score_seniors(as_of=day).people


def floor(case: dict[str, Any]) -> Callable[[], int]:
    """Features in memory, one product, one executemany."""
    import numpy as np

    rng = np.random.default_rng(1)
    people, indicators, figures = case["people"], case["indicators"], 9
    features = rng.integers(0, 5, (people, indicators), dtype=np.uint8)
    weights = rng.random((indicators, figures))

    def timed() -> int:
        scores = features @ weights
        packed, width = features.tobytes(), indicators
        inputs = (packed[at : at + width] for at in range(0, len(packed), width))
        path = Path(os.environ["BIENVEILLE_VAR_DIR"]) / "bare.sqlite3"
        with sqlite3.connect(path) as connection:
            connection.executescript(PRAGMAS)
            names = ", ".join(f"f{number} REAL" for number in range(figures))
            connection.execute(
                f"CREATE TABLE bare (run INTEGER, senior INTEGER, inputs BLOB, {names}, band TEXT)"
            )
            marks = ", ".join("?" * (figures + 4))
            connection.executemany(
                f"INSERT INTO bare VALUES ({marks})",
                zip(
                    [1] * people,
                    range(people),
                    inputs,
                    *scores.T.tolist(),
                    ["high"] * people,
                    strict=True,
                ),
            )
        return people

    return timed


def count(case: dict[str, Any]) -> Callable[[], int]:
    """Not a timing: how many people and indicators the floor must deal with."""
    bienveille()
    from seniors.fragility import store
    from seniors.models import Senior

    def timed() -> int:
        timed.more = {
            "people": Senior.objects.housed().count(),
            "indicators": len(store.current_grid().inputs),
        }
        return timed.more["people"]

    return timed
