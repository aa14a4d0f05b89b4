"""Reads and writes scores: the only module of the fragility package that touches the database.

Silence is read from `Senior.last_contact_on` and from observations of any source. Surveys and
visits are unknown here, so a reply, a visit made and a field report count as news of a person
only through the observation they leave (an empty one will do) or the contact date they set.
"""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from seniors import bulk
from seniors.fragility import grid as grids
from seniors.fragility import indicators, score
from seniors.fragility.grid import Grid
from seniors.fragility.load import Loader
from seniors.models import FragilityScore, GridVersion, ScoreRun, Territory, User

log = logging.getLogger(__name__)
BATCH = 20_000
FIGURES = ("total", "least", "most", "known_share")
MAYBE = (*grids.DOMAINS, "silence")
FIELDS = ("run_id", "senior_id", "inputs", *FIGURES, *MAYBE, "band")
FAILED = "Le calcul s’est arrêté sur une erreur\u00a0; aucun score n’a été changé."


def score_seniors(
    *,
    territory: Territory | None = None,
    as_of: date | None = None,
    grid_text: str | None = None,
    by: User | None = None,
    progress: Callable[[int], None] | None = None,
) -> ScoreRun:
    """Score everyone housed in `territory`, or in the whole stock; adds rows, changes none.

    `as_of` is today when not given, `grid_text` the grid of the settings. `progress` receives
    the number of people done. Raises `grid.GridError` before anything is written. A later
    failure undoes the rows, leaves its French sentence on the run and is raised again.
    """
    grid = current_grid() if grid_text is None else grids.load(grid_text)
    run = ScoreRun.objects.create(
        grid=_kept(grid),
        territory=territory,
        as_of=as_of or timezone.localdate(),
        code_version=score.VERSION,
        started_by=by,
    )
    try:
        with transaction.atomic(), _no_collection():
            run.people = _fill(run, grid, progress or (lambda done: None))
            run.finished_at = timezone.now()
            run.save(update_fields=["people", "finished_at"])
    except Exception:
        run.people = run.finished_at = None
        run.error = FAILED
        run.save(update_fields=["people", "finished_at", "error"])
        raise
    bulk.refresh_statistics(FragilityScore)
    log.info("run %s: %s people", run.uid, run.people)
    return run


def current_grid() -> Grid:
    """The grid that the settings name; raises `grid.GridError` or OSError."""
    return grids.load(settings.GRID_FILE.read_text(encoding="utf-8"))


def grid_of(run: ScoreRun) -> Grid:
    """The grid this run used."""
    return grids.load(run.grid.text)


def latest_run(territory: Territory | None = None) -> ScoreRun | None:
    """The newest finished run that covers the territory, or the newest of the whole stock."""
    covering = (
        Q(territory=None) if territory is None else Q(territory=None) | Q(territory=territory)
    )
    finished = ScoreRun.objects.filter(covering, finished_at__isnull=False)
    return finished.select_related("grid").order_by("-finished_at", "-id").first()


def latest_runs(territories: Iterable[Territory]) -> dict[int, int]:
    """{territory id: id of the newest finished run that covers it}, in one query."""
    ids = {territory.pk for territory in territories}
    finished = ScoreRun.objects.filter(
        Q(territory=None) | Q(territory__in=ids), finished_at__isnull=False
    )
    newest: dict[int, int] = {}
    for run_id, territory_id in finished.order_by("finished_at", "id").values_list(
        "id", "territory_id"
    ):
        newest |= dict.fromkeys(ids if territory_id is None else [territory_id], run_id)
    return newest


def latest_scores(territories: Iterable[Territory]) -> QuerySet[FragilityScore]:
    """Each senior's score in the newest finished run covering the territory where she lives.

    Someone who arrived in the territory since that run has none yet.
    """
    by_run: dict[int, list[int]] = {}
    for territory_id, run_id in latest_runs(territories).items():
        by_run.setdefault(run_id, []).append(territory_id)
    there = Q(pk__in=[])
    for run_id, ids in by_run.items():
        there |= Q(run=run_id, senior__dwelling__residence__territory__in=ids)
    return FragilityScore.objects.filter(there)


def values_of(row: FragilityScore) -> dict[str, float | None]:
    """What the score was computed from: {indicator code: value, None when unknown}."""
    codes = grid_of(row.run).inputs
    return {
        code: None if byte == indicators.UNKNOWN_BYTE else float(byte)
        for code, byte in zip(codes, bytes(row.inputs), strict=True)
    }


def band_counts(run: ScoreRun) -> dict[str, int]:
    """{band code: number of people}, "" for those too little known."""
    bands = FragilityScore.objects.filter(run=run).values_list("band")
    return dict(bands.annotate(n=Count("id")).order_by())


def replay(run: ScoreRun) -> pd.DataFrame:
    """The run's scores computed again from their inputs; index senior_id, columns of `score`."""
    return _scores_of(run, _again)


def stored(run: ScoreRun) -> pd.DataFrame:
    """The run's scores as they were written, in the shape of `replay`."""
    return _scores_of(run, _as_written)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Rows by the ten thousand and no cycle among them: looking for some costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _kept(grid: Grid) -> GridVersion:
    """The stored text of the grid."""
    kept, _ = GridVersion.objects.get_or_create(
        digest=grid.digest, defaults={"version": grid.version[:40], "text": grid.text}
    )
    return kept


def score_again(senior_ids: Iterable[int], run: ScoreRun) -> int:
    """Write the scores of these people anew in a run from which theirs were erased, with what may
    be used today; answers how many. Those of the others do not change."""
    loader = Loader(run.territory, run.as_of, grid_of(run).answers_valid_months)
    loader.people = loader.people.filter(pk__in=list(senior_ids))
    return _fill(run, grid_of(run), lambda done: None, loader)


def _fill(
    run: ScoreRun, grid: Grid, progress: Callable[[int], None], loader: Loader | None = None
) -> int:
    """Score and write everyone, or those of `loader`, batch by batch; answers how many."""
    loader = loader or Loader(run.territory, run.as_of, grid.answers_valid_months)
    done = 0
    for ids, people, answers in loader.batches(BATCH):
        # Bytes first: the score is computed from what is kept, so that a replay is equal.
        inputs = indicators.compute(people, answers, run.as_of, codes=grid.inputs)
        scores = score.figures(_by_code(inputs, grid), len(ids), grid)
        bulk.insert(FragilityScore, FIELDS, _rows(run, ids, inputs, scores))
        done += len(ids)
        progress(done)
    return done


def _by_code(inputs: np.ndarray, grid: Grid) -> dict[str, np.ndarray]:
    """The bytes of each indicator."""
    return dict(zip(grid.inputs, np.ascontiguousarray(inputs.T), strict=True))


def _rows(
    run: ScoreRun, people: np.ndarray, inputs: np.ndarray, scores: dict[str, np.ndarray]
) -> Iterator[tuple]:
    """Rows of `FIELDS`, NaN written as null."""
    width, packed = inputs.shape[1], inputs.tobytes()
    pieces = (packed[at : at + width] for at in range(0, len(packed), width))
    figures = [scores[name].tolist() for name in FIGURES]
    maybe = [[None if v != v else v for v in scores[name].tolist()] for name in MAYBE]
    ids, bands = [run.pk] * len(people), scores["band"].tolist()
    return zip(ids, people.tolist(), pieces, *figures, *maybe, bands, strict=True)


def _scores_of(run: ScoreRun, read: Callable[[list[tuple], Grid], pd.DataFrame]) -> pd.DataFrame:
    """All the rows of a run through `read`, batch by batch, in the order of seniors."""
    columns = ["senior_id", "inputs", *score.COLUMNS]
    rows = FragilityScore.objects.filter(run=run).order_by("senior_id").values_list(*columns)
    grid, stream = grid_of(run), rows.iterator(chunk_size=BATCH)
    frames = [read([], grid)]
    while batch := list(islice(stream, BATCH)):
        frames.append(read(batch, grid))
    return pd.concat(frames[1:] or frames)


def _again(rows: list[tuple], grid: Grid) -> pd.DataFrame:
    """Scores computed from the inputs of the rows."""
    packed = b"".join(bytes(row[1]) for row in rows)
    inputs = np.frombuffer(packed, dtype=np.uint8).reshape(len(rows), len(grid.inputs))
    index = pd.Index([row[0] for row in rows], name="senior_id", dtype="int64")
    return pd.DataFrame(score.figures(_by_code(inputs, grid), len(rows), grid), index=index)


def _as_written(rows: list[tuple], grid: Grid) -> pd.DataFrame:
    """Scores as the rows hold them."""
    index = pd.Index([row[0] for row in rows], name="senior_id", dtype="int64")
    frame = pd.DataFrame([row[2:] for row in rows], index=index, columns=list(score.COLUMNS))
    return frame.astype(dict.fromkeys((*FIGURES, *MAYBE), float))
