"""The export of a row a person, from PostgreSQL to its archive, against a bare `to_csv`.

The landlord is that of `large`: 190,000 seniors, of whom 100,000 are housed and agreed to the
evaluation. The work is `make_release` itself, for the second file of a recipient: who is in it,
under which columns, pseudonyms joined with the year before, every query, CSV, checksum, archive,
report, workbook. The floor is handed the very same frames, read before the clock starts. Fewer of
them agree, and the same work is measured again: what grows with the file is the difference.
"""

import json
import os
import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

from tests.bench import large
from tests.bench.measure import bienveille

PEOPLE = 100_000
FEWER = (30_000, 10_000)
REPLIES = 2_000  # different replies, shared among the people
RECIPIENT = "Mesure"


def fill(case: dict[str, Any]) -> Callable[[], int]:
    """The landlord, what its people agreed to and told, and the first file of a recipient, whose
    memory is left at `memory`."""
    bienveille()
    from django.core.management import call_command
    from django.utils import timezone

    today = timezone.localdate()
    call_command("migrate", verbosity=0)
    large.fill(today)
    _tell(today)

    def timed() -> int:
        release = _asked(today.year - 1)
        _make(release)
        from visits.releasing.releases import memory_path

        shutil.copy(memory_path(), case["memory"])
        return large.SENIORS

    return timed


def fewer(case: dict[str, Any]) -> Callable[[], int]:
    """Only `people` agree from now on; the first file of their recipient, and its memory."""
    bienveille()
    from django.utils import timezone

    from seniors.models import Consent
    from visits.releasing.releases import memory_path

    last = case["people"] * (large.SENIORS * 20 // 19) // large.SENIORS
    Consent.objects.filter(kind="evaluation", senior__gt=last).delete()

    def timed() -> int:
        _make(_asked(timezone.localdate().year - 1))
        shutil.copy(memory_path(), case["memory"])
        return case["people"]

    return timed


def work(case: dict[str, Any]) -> Callable[[], int]:
    """What the background does with an approved export; its modules are loaded already, as in a
    process that works all day."""
    bienveille()
    from django.utils import timezone

    from visits.releasing import making  # noqa: F401
    from visits.releasing.releases import memory_path

    release = _asked(timezone.localdate().year)
    at = memory_path()
    at.parent.mkdir(parents=True)
    shutil.copy(case["memory"], at)

    def timed() -> int:
        start = process_time()
        rows = _make(release)
        timed.more = {"cpu": process_time() - start}
        return rows

    return timed


def floor(case: dict[str, Any]) -> Callable[[], int]:
    """The same frames through `to_csv`, and nothing else."""
    bienveille()
    from django.conf import settings
    from django.utils import timezone

    from visits.releasing import choosing, content, given, people_rows
    from visits.releasing.releases import ROWS_K

    day = timezone.localdate()
    span = content.Span.of(day.year, day)
    chosen = choosing.choose(
        span,
        secret=settings.SECRET_KEY,
        convention=str(_convention().uid),
        memory=given.load(Path(case["memory"])),
        k=ROWS_K,
    )
    frames = list(people_rows.frames(chosen, span))
    assert len(frames[0].columns) == 150
    path = Path(os.environ["BIENVEILLE_VAR_DIR"]) / "bare.csv"

    def timed() -> int:
        start = process_time()
        with path.open("w") as file:
            for number, frame in enumerate(frames):
                frame.to_csv(file, sep=";", index=False, header=number == 0)
        timed.more = {"cpu": process_time() - start}
        return sum(map(len, frames))

    return timed


def _asked(year: int) -> Any:
    """An export that was approved. Each measure goes on from the memory it is given, so those that
    were made for others are forgotten."""
    from seniors.models import User
    from visits.enums import ReleaseKind, ReleaseState
    from visits.models import Release

    Release.objects.all().delete()
    user = User.objects.order_by("pk").first()
    return Release.objects.create(
        convention=_convention(),
        kind=ReleaseKind.ROWS,
        year=year,
        purpose="Mesure",
        state=ReleaseState.MAKING,
        asked_by=user,
    )


def _convention() -> Any:
    from seniors.models import User
    from visits.models import Convention

    found = Convention.objects.filter(recipient=RECIPIENT).first()
    return found or Convention.objects.create(
        recipient=RECIPIENT,
        purpose="Mesure",
        starts_on=date(2020, 1, 1),
        ends_on=date(2100, 1, 1),
        rows=True,
        created_by=User.objects.order_by("pk").first(),
    )


def _make(release: Any) -> int:
    """Make its file; how many rows it has."""
    from visits.releasing import making, people_rows

    making.make_release(release)
    if "error" in release.manifest:
        raise RuntimeError(release.manifest["error"])
    files = release.manifest["fichiers"]
    return next(one["rows"] for one in files if one["name"] == f"{people_rows.FILE}.csv")


def _tell(today: date) -> None:
    """Sex, household and floor of everyone; consents, replies and scores."""
    from django.db import connection, transaction
    from django.utils import timezone

    from seniors.fragility import store
    from seniors.models import (
        Consent,
        Dwelling,
        FragilityScore,
        GridVersion,
        Observation,
        ScoreRun,
        Senior,
    )

    grid = store.current_grid()
    bands = ", ".join(f"'{band.code}'" for band in grid.bands)
    share = large.SENIORS * 20 // 19  # one in twenty has gone
    agreed = min(PEOPLE * share // large.SENIORS + 1, large.SENIORS)
    series = f"FROM generate_series(1, {agreed}) AS i, told"
    consent = {
        "senior_id": "i",
        "kind": "k",
        "given": "true",
        "decided_on": "told.today - 200",
        "source": "'survey'",
    }
    reply = {
        "senior_id": "i",
        "source": "CASE WHEN r = 1 THEN 'survey' ELSE 'visit' END",
        "observed_on": "told.today - 150 * r + (i % 60)",
        "values": f"(SELECT told FROM replies WHERE id = 1 + (i + r) % {REPLIES})",
    }
    score = {
        "senior_id": "i",
        "run_id": "1",
        "inputs": f"decode(repeat(lpad(to_hex(i % 4), 2, '0'), {len(grid.inputs)}), 'hex')",
        **dict.fromkeys(("total", "home", "isolation", "rights", "autonomy"), "i % 100"),
        "most": "100",
        "known_share": "0.6",
        "band": f"(ARRAY[{bands}])[1 + i % {len(grid.bands)}]",
        "silence": "CASE WHEN i % 4 = 0 THEN 0.5 END",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS told AS SELECT %s::date AS today", [today])
        cursor.execute("CREATE TEMP TABLE replies (id int PRIMARY KEY, told jsonb)")
        cursor.executemany("INSERT INTO replies VALUES (%s, %s)", list(enumerate(_replies(), 1)))
        kinds = f"{series}, (VALUES ('visit'), ('health'), ('evaluation')) AS c(k)"
        cursor.execute(large.insert(Consent, consent, kinds))
        twice = f"{series}, generate_series(1, 2) AS r"
        cursor.execute(large.insert(Observation, reply, twice))
        cursor.execute(large.insert(FragilityScore, score, series))
        cursor.execute(
            f"UPDATE {Senior._meta.db_table} SET sex = CASE WHEN id % 3 = 0 THEN 'M' ELSE 'F' END"
        )
        cursor.execute(
            f"UPDATE {Dwelling._meta.db_table} SET household_size = 1 + id % 2, floor = id % 5"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    GridVersion.objects.update(text=grid.text, version=grid.version, digest=grid.digest)
    ScoreRun.objects.update(finished_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _replies() -> list[str]:
    """Answers to half of the items, as JSON."""
    from seniors.fragility.items import ITEMS

    dice = random.Random(1)
    return [
        json.dumps({code: dice.randint(0, 3) for code in ITEMS if dice.random() < 0.5})
        for _ in range(REPLIES)
    ]
