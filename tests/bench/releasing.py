"""The export of a row a person, from its columns to the archive, against a bare `to_csv`.

Both get the same frames, batch by batch, made from a seed before the clock starts for each: what
the database answers is `pages`' and `score`'s to measure. The work makes the columns anonymous,
gives pseudonyms, joins the year before, writes the CSV, its checksum, its archive and its report.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.bench.measure import bienveille

BATCH = 5_000


def work(case: dict[str, Any]) -> Callable[[], int]:
    """What `making` does with the people of the year, then again the year after."""
    bienveille()
    import pandas as pd

    from visits.releasing import people_rows, rows
    from visits.releasing.codebook import code_book
    from visits.releasing.files import Archive
    from visits.releasing.making import _Seen

    known, tail = columns(case["people"]), tails(case["people"])
    span = SimpleNamespace(year=2026)
    assert len(code_book().of(people_rows.FILE)) == 150
    key = rows.key_for("secret", "convention")
    bases = pd.Series([f"{number:020x}" for number in range(case["people"])])
    first = rows.anonymise(known, people_rows.LADDERS, k=11)
    before = rows.link(bases[first.columns.index], rows.classes_of(first.columns), None, key, k=11)

    def timed() -> int:
        done = rows.anonymise(known, people_rows.LADDERS, k=11)
        classes = rows.classes_of(done.columns)
        names = pd.Series(
            [rows.pseudonym(key, str(one)) for one in classes.index], classes.index, dtype=object
        )
        linked = rows.link(names, classes, before.memory, key, k=11)
        archive = Archive(Path(os.environ["BIENVEILLE_VAR_DIR"]) / "export.zip")
        order, seen = linked.pseudonyms.sort_values().index, _Seen()

        def frames() -> Iterator[pd.DataFrame]:
            for start in range(0, len(order), BATCH):
                people = order[start : start + BATCH]
                yield whole(people, linked.pseudonyms, done.columns, tail, span)

        archive.add(people_rows.FILE, seen.watching(frames()), rows=len(order))
        archive.close(report=seen.diversity(classes.loc[order]), manifest={})
        return len(order)

    return timed


def floor(case: dict[str, Any]) -> Callable[[], int]:
    """The same frames through `to_csv`, and nothing else."""
    bienveille()
    known, tail = columns(case["people"]), tails(case["people"])
    import pandas as pd

    span = SimpleNamespace(year=2026)
    names = pd.Series([f"{number:020x}" for number in range(case["people"])])
    path = Path(os.environ["BIENVEILLE_VAR_DIR"]) / "bare.csv"

    def timed() -> int:
        with path.open("w") as file:
            for start in range(0, case["people"], BATCH):
                people = known.index[start : start + BATCH]
                frame = whole(people, names, known, tail, span)
                frame.to_csv(file, sep=";", index=False, header=start == 0)
        return case["people"]

    return timed


def columns(people: int) -> Any:
    """What others may know of each person."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    values = {
        "territory": [f"Agence {number}" for number in range(30)],
        "age": ["60-69", "70-79", "80-89", "90+"],
        "sex": ["F", "M"],
        "household": ["seul", "plusieurs"],
        "floor": ["rez-de-chaussée", "1-2", "3+", "non renseigné"],
    }
    return pd.DataFrame({name: rng.choice(list(of), people) for name, of in values.items()})


def tails(people: int) -> Any:
    """A batch of the other columns, as many unknown as in a survey; used again for each batch."""
    import numpy as np
    import pandas as pd

    from visits.releasing import people_rows
    from visits.releasing.codebook import code_book

    rng = np.random.default_rng(2)
    told = {}
    for column in code_book().of(people_rows.FILE)[7:]:
        unknown = rng.random(BATCH) < 0.5
        if column.type == "month":
            told[column.name] = np.where(unknown, "", "2026-03").astype(object)
        elif column.type == "text":
            told[column.name] = np.full(BATCH, "À voir bientôt", dtype=object)
        else:
            told[column.name] = np.where(unknown, np.nan, rng.integers(0, 4, BATCH))
    return pd.DataFrame({"gir": "non déclaré"} | told)


def whole(people: Any, names: Any, known: Any, tail: Any, span: Any) -> Any:
    """One batch, in the order of the code book."""
    import pandas as pd

    from visits.releasing.people_rows import KNOWN

    head = pd.DataFrame({"annee": span.year, "pseudonyme": names[people]})
    first = known.loc[people, list(KNOWN)].rename(columns=KNOWN)
    rest = tail.iloc[: len(people)].set_axis(people)
    return pd.concat([head, first, rest], axis=1)
