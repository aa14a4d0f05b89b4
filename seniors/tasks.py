"""Long work, out of the request: read a file, apply it, compute scores, clear old files.

Each task takes identifiers, calls one gesture, and may run twice without harm. The computation
is a leaf (pandas): imported inside.
"""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from seniors import applied, pulse
from seniors.import_words import CHANGES
from seniors.logs import discreet
from seniors.models import ImportRun, Territory, User

KEPT_FOR = timedelta(days=7)
SCORED_AFTER = ("occupants", "answers")

log = logging.getLogger(__name__)


def start_preview(run: ImportRun) -> None:
    """Have the file of `run` read; the page of the run shows how far it is."""
    _move(run, ImportRun.State.PREVIEWING)
    _start("seniors.tasks.preview_import", _key(run), run.pk)


def start_closing_preview(run: ImportRun) -> None:
    """Have it read again, closing also what is gone in numbers that look like a mistake.

    Said of this file only: `intake.choose` would remember it for the next ones.
    """
    run.choices = run.choices | {"options": run.choices.get("options", {}) | {"close_many": True}}
    run.save(update_fields=["choices"])
    start_preview(run)


def start_apply(run: ImportRun, *, by: User) -> None:
    """Have the accepted rows of `run` written."""
    _move(run, ImportRun.State.APPLYING)
    _start("seniors.tasks.apply_import", _key(run), run.pk, by.pk)


def changes_scores(run: ImportRun) -> bool:
    """Does what this file brings change scores, so that they are computed again at once?"""
    return run.kind in SCORED_AFTER and any(run.counts.get(key) for key in CHANGES)


def start_scoring(*, territory: Territory | None = None, by: User) -> str:
    """Have the scores computed; gives the key by which `pulse` tells of this work."""
    for old in scorings():
        if old.is_dead:
            pulse.forget(old.key)
    key = f"score-{uuid.uuid4()}"
    _start("seniors.tasks.score", key, key, territory and territory.pk, by.pk)
    return key


def scorings() -> list[pulse.Pulse]:
    """Computations asked for that have not ended well."""
    return pulse.starting_with("score-")


def pulse_of(run: ImportRun) -> pulse.Pulse | None:
    """The last sign of life of the work on `run`."""
    return pulse.read(_key(run))


def is_stuck(run: ImportRun) -> bool:
    """Is nobody working on this file any more, or nobody yet after a minute?"""
    said = pulse_of(run)
    return said is None or said.is_dead or said.is_late


@discreet
def preview_import(run_id: int) -> None:
    """Fill the counts, samples and refusals of a run whose columns are chosen."""
    from seniors.extract import intake  # noqa: PLC0415

    run = ImportRun.objects.get(pk=run_id)
    if run.state != ImportRun.State.PREVIEWING:
        return
    with pulse.beating(_key(run), lambda: intake.progress(run)):
        intake.preview(run)
    log.info("import %s previewed: %s", run.pk, run.counts)


@discreet
def apply_import(run_id: int, user_id: int) -> None:
    """Write the accepted rows of a run, then compute scores if they may have changed."""
    from seniors.extract import intake  # noqa: PLC0415

    run = ImportRun.objects.get(pk=run_id)
    if run.state != ImportRun.State.APPLYING:
        return
    user = User.objects.get(pk=user_id)
    with pulse.beating(_key(run), lambda: intake.progress(run)):
        intake.apply(run, by=user)
    log.info("import %s applied: %s", run.pk, run.counts)
    if run.state != ImportRun.State.APPLIED:
        return
    if changes_scores(run):
        start_scoring(by=user)
    applied.tell(run)


@discreet
def score(key: str, territory_id: int | None, user_id: int) -> None:
    """Compute the scores of the whole stock or of one territory."""
    from seniors.fragility import store  # noqa: PLC0415

    people = 0

    def progress(done: int, *_: int) -> None:
        nonlocal people
        people = done

    territory = Territory.objects.get(pk=territory_id) if territory_id else None
    with pulse.beating(key, lambda: people):
        run = store.score_seniors(
            territory=territory, by=User.objects.get(pk=user_id), progress=progress
        )
    log.info("scores %s: %s people", run.pk, run.people)


@discreet
def purge_records() -> None:
    """Erase what is past the time it may be kept, as `retention` says: each night."""
    from seniors import retention  # noqa: PLC0415

    log.info("retention: %s", retention.purge())


def old_imports() -> QuerySet[ImportRun]:
    """Imports older than a week that still have a file: theirs, or that of their refused rows."""
    limit = timezone.now() - KEPT_FOR
    return ImportRun.objects.filter(created_at__lt=limit).exclude(stored_as="", refusals_as="")


def purge_imports() -> int:
    """Erase those files; an import not applied is given up. Answers how many imports."""
    from seniors.extract import intake  # noqa: PLC0415

    runs = list(old_imports())
    for run in runs:
        pulse.forget(_key(run))
        if run.state in intake.OPEN_STATES:
            intake.cancel(run)
        elif path := intake.refusals_path(run):
            path.unlink(missing_ok=True)
            run.refusals_as = ""
            run.save(update_fields=["refusals_as"])
    return len(runs)


def _start(task: str, key: str, *args: object) -> None:
    """Queue a task, or run it here where BIENVEILLE_TASKS_INLINE asks for it."""
    pulse.wait(key)
    if settings.Q_CLUSTER["sync"]:
        _INLINE[task.rpartition(".")[2]](*args)
    else:
        async_task(task, *args)


def _move(run: ImportRun, state: ImportRun.State) -> None:
    """Say at once where the run stands: the page is shown before the task begins."""
    run.state, run.rows_done, run.error = state, 0, ""
    run.save(update_fields=["state", "rows_done", "error"])


def _key(run: ImportRun) -> str:
    return f"import-{run.uid}"


_INLINE = {task.__name__: task for task in (preview_import, apply_import, score)}
