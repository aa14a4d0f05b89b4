"""The one way in for a landlord's file, from the site and from the command.

receive → propose → choose → preview → apply. Nothing of the stock changes before `apply`, which
writes every accepted row in one transaction or none.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from seniors import bulk, guard
from seniors.extract import again, mapping, refusals
from seniors.extract.comparing import COUNTS, Comparison
from seniors.extract.kinds import COUNT_LABELS, KINDS, TWIN
from seniors.extract.read import open_table, refuse_other_formats
from seniors.extract.table import Table, UnreadableFile
from seniors.models import ImportMapping, ImportRun, User

# More make no import faster: rows come in the order of the file, or of their keys.
_PAGES_MB = 24
OPEN_STATES = (
    ImportRun.State.RECEIVED,
    ImportRun.State.PREVIEWING,
    ImportRun.State.PREVIEWED,
    ImportRun.State.REFUSED,
)
__all__ = ["COUNTS", "KINDS", "TWIN"]


def count_labels(kind: str) -> dict[str, str]:
    """French label of each count of this kind, in the order they are shown."""
    return COUNT_LABELS | KINDS[kind].count_labels


ENDED = "Cet import est déjà enregistré ou annulé."
BUSY = "Un autre import s’enregistre\u00a0: attendez qu’il soit terminé, puis recommencez."


class NotNow(Exception):
    """The gesture does not fit the state of the import: a French sentence."""


def receive(
    file: Any, *, kind: str, name: str, extract_on: date, by: User | None = None
) -> ImportRun:
    """Store an upload (a path, or anything with `chunks` or `read`) under MEDIA_ROOT. Raises
    UnreadableFile when it is too large, empty or plainly not a table; nothing is kept then."""
    run = ImportRun(
        kind=KINDS[kind].code,
        file_name=guard.without_nir(name)[-200:],
        extract_on=extract_on,
        created_by=by,
    )
    path = _folder() / run.uid.hex
    try:
        run.file_digest = _store(file, path)
        refuse_other_formats(path)
    except UnreadableFile:
        path.unlink(missing_ok=True)
        raise
    run.stored_as = f"imports/{path.name}"
    run.save()
    return run


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _store(file: Any, path: Path) -> str:
    digest, size = hashlib.sha256(), 0
    path.touch(mode=0o600)
    with path.open("wb") as stored:
        for chunk in _chunks(file):
            size += len(chunk)
            if size > settings.UPLOAD_MAX_BYTES:
                most = settings.UPLOAD_MAX_BYTES >> 20
                raise UnreadableFile(
                    f"Ce fichier dépasse {most}\u00a0Mo.",
                    "Gardez seulement les colonnes utiles, ou envoyez un fichier par agence.",
                )
            digest.update(chunk)
            stored.write(chunk)
    return digest.hexdigest()


def _chunks(file: Any) -> Iterator[bytes]:
    if isinstance(file, str | Path):
        with Path(file).open("rb") as opened:
            yield from iter(lambda: opened.read(1 << 20), b"")
    elif hasattr(file, "chunks"):
        yield from file.chunks()
    else:
        yield from iter(lambda: file.read(1 << 20), b"")


def path_of(run: ImportRun) -> Path:
    """Where the file received is stored."""
    return Path(settings.MEDIA_ROOT) / run.stored_as


def refusals_path(run: ImportRun) -> Path | None:
    """Where the rows refused or to complete are kept, if there are any."""
    return Path(settings.MEDIA_ROOT) / run.refusals_as if run.refusals_as else None


def _refusals_of(run: ImportRun) -> Path:
    """Where the rows that this reading refuses are to be kept."""
    return _folder() / f"{run.uid.hex}-refus.jsonl"


def refusals_workbook(run: ImportRun) -> BytesIO | None:
    """The same as an XLSX to mend and send again; None when there are none, or no longer."""
    path = refusals_path(run)
    return refusals.workbook(path) if path and path.exists() else None


def table_of(run: ImportRun, options: dict[str, Any] | None = None) -> Table:
    """The file of a run, opened as was chosen. Raises UnreadableFile."""
    kind = KINDS[run.kind]
    return open_table(
        path_of(run),
        options=options if options is not None else run.choices.get("options"),
        known=mapping.known_names(kind),
        person=kind.is_person,
    )


def propose(run: ImportRun, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """{"columns": {field: heading or None}, "values": {field: {cell: code}}, "options": {...}}:
    as remembered for this layout, else from the synonyms. `options` override how the file is
    read. Raises UnreadableFile."""
    kind, table = KINDS[run.kind], table_of(run, options)
    saved = ImportMapping.objects.filter(kind=run.kind, layout=table.layout).first()
    choices = saved.choices if saved else {}
    columns = mapping.propose_columns(kind.fields, table.headings)
    if hasattr(kind, "recognise"):
        columns = kind.recognise(columns, table.headings)
    columns |= {
        code: heading
        for code, heading in choices.get("columns", {}).items()
        if code in columns and (heading is None or heading in table.headings)
    }
    return {
        "columns": columns,
        "values": choices.get("values", {}),
        "options": choices.get("options", {})
        | run.choices.get("options", {})
        | (options or {})
        | table.options,
    }


def choose(run: ImportRun, choices: dict[str, Any]) -> None:
    """Save how this file is read, and remember it for the next one with the same headings."""
    run.choices = {key: choices.get(key) or {} for key in ("columns", "values", "options")}
    run.save(update_fields=["choices"])
    kept = {"encoding", "sheets", "campaign"}  # what belongs to one file only
    layout = table_of(run).layout
    options = {key: value for key, value in run.choices["options"].items() if key not in kept}
    ImportMapping.objects.update_or_create(
        kind=run.kind, layout=layout, defaults={"choices": run.choices | {"options": options}}
    )


@bulk.page_cache(_PAGES_MB)
def preview(run: ImportRun) -> None:
    """Compare the whole file with the database and write nothing of it: fills counts, samples
    and the file of refusals. Ends PREVIEWED, or REFUSED with `run.error`."""
    if run.state not in OPEN_STATES:
        raise NotNow(ENDED)
    _set(run, state=ImportRun.State.PREVIEWING, error="")
    try:
        if not run.choices.get("columns"):
            run.choices = propose(run, run.choices.get("options"))
        run.choices.pop("left_out", None)
        if last := again.last_one(run):
            told = again.repeat(run, last, _folder())
            _set(run, state=ImportRun.State.PREVIEWED, choices=run.choices, **told)
            return
        told = _told(run, _compared(run))
    except UnreadableFile as error:
        _set(run, state=ImportRun.State.REFUSED, error=str(error), counts={}, samples={})
        return
    except BaseException:
        _set(run, state=ImportRun.State.RECEIVED)
        raise
    _set(run, state=ImportRun.State.PREVIEWED, **told)


def _compared(run: ImportRun, *, write: bool = False) -> Comparison:
    """The whole file compared, perhaps written; the lines of one identifier are left out, and
    remembered."""
    path = _refusals_of(run)
    run.refusals_as = ""
    reading = Comparison(run, table_of(run), progress=_tell(run))
    if reading.compare(path, write=write):
        run.choices["left_out"] = reading.left_out
        if reading.must_start_again:
            reading = Comparison(run, table_of(run), progress=_tell(run))
            reading.compare(path, write=write)
    if path.exists():
        run.refusals_as = f"imports/{path.name}"
    return reading


def apply(run: ImportRun, *, by: User | None = None) -> None:
    """Write what the preview announced, in one transaction. Ends APPLIED; when the database has
    changed since the preview, nothing is written and the run is REFUSED with `run.error`."""
    if run.state not in (ImportRun.State.PREVIEWED, ImportRun.State.APPLYING):
        raise NotNow("Il faut d’abord un aperçu de ce fichier.")
    _write_all(run, _write_as_seen)


def import_now(run: ImportRun) -> None:
    """Compare and write in one reading, in one transaction, without a preview to confirm. Ends
    APPLIED with the counts, samples and refusals of a preview, or REFUSED with `run.error`."""
    if run.state not in OPEN_STATES:
        raise NotNow(ENDED)
    _write_all(run, _write_unseen)


@bulk.page_cache(_PAGES_MB)
def _write_all(run: ImportRun, write: Callable[[ImportRun], dict[str, Any]]) -> None:
    before = run.state
    try:
        _begin(run)
        with transaction.atomic():
            bulk.alone()
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            if locked.state != ImportRun.State.APPLYING:
                raise NotNow(ENDED)
            told = write(run)
            told["counts"] = told["counts"] | again.mark(run)
            _set(run, state=ImportRun.State.APPLIED, applied_at=timezone.now(), **told)
    except UnreadableFile as error:
        _set(run, state=ImportRun.State.REFUSED, error=str(error))
        return
    except NotNow:
        run.refresh_from_db()
        raise
    except BaseException as error:
        with suppress(OperationalError):
            _set(run, state=before)
        if isinstance(error, OperationalError) and "locked" in str(error):
            raise NotNow(BUSY) from error
        raise
    _forget_file(run)
    if any(run.counts.get(key) for key in ("new", "changed", "gone")):
        bulk.refresh_statistics()


def _begin(run: ImportRun) -> None:
    """Say to others that it is being applied, unless one of them has applied it."""
    ended = (ImportRun.State.APPLIED, ImportRun.State.CANCELLED)
    waiting = ImportRun.objects.filter(pk=run.pk).exclude(state__in=ended)
    if not waiting.update(state=ImportRun.State.APPLYING, error=""):
        raise NotNow(ENDED)
    run.state, run.error = ImportRun.State.APPLYING, ""


def _write_as_seen(run: ImportRun) -> dict[str, Any]:
    """Every accepted row, or UnreadableFile when the counts are no longer the preview's."""
    counts = run.counts
    if any(counts.get(key) for key in ("new", "changed", "gone", "silent")):
        reading = Comparison(run, table_of(run), progress=_tell(run))
        reading.compare(None, write=True)
        if any(reading.counts.get(key) != counts.get(key) for key in COUNTS):
            raise UnreadableFile(
                "Les fiches ont changé depuis l’aperçu\u00a0: le résultat serait différent.",
                "Refaites l’aperçu, puis confirmez.",
            )
    return {"counts": counts}


def _write_unseen(run: ImportRun) -> dict[str, Any]:
    if last := again.last_one(run):
        return again.repeat(run, last, _folder())
    return _told(run, _compared(run, write=True))


def _told(run: ImportRun, reading: Comparison) -> dict[str, Any]:
    """What is kept of a reading: fields of the run."""
    return {
        "counts": dict(reading.counts),
        "samples": reading.samples,
        "refusals_as": run.refusals_as,
        "rows_done": reading.counts["rows"],
        "choices": run.choices,
    }


def cancel(run: ImportRun) -> None:
    """Give up a file before it is applied: it is deleted, and its refusals with it."""
    if run.state not in OPEN_STATES:
        raise NotNow(ENDED)
    # Even one that a reading killed on its way left without a word.
    _refusals_of(run).unlink(missing_ok=True)
    _forget_file(run)
    _set(run, state=ImportRun.State.CANCELLED, refusals_as="", samples={})


def _forget_file(run: ImportRun) -> None:
    if run.stored_as:
        path_of(run).unlink(missing_ok=True)
        _progress_path(run).unlink(missing_ok=True)
        _set(run, stored_as="")


def _set(run: ImportRun, **values: Any) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=list(values))


# --- progress: a transaction hides its rows from others, so it is told in a file ---------


def progress(run: ImportRun) -> int:
    """Rows read so far by the preview or the apply under way."""
    try:
        return int(_progress_path(run).read_text() or 0)
    except (FileNotFoundError, ValueError):
        return run.rows_done


def _tell(run: ImportRun) -> Callable[[int], object]:
    path = _progress_path(run)
    return lambda rows: path.write_text(str(rows))


def _progress_path(run: ImportRun) -> Path:
    return _folder() / f"{run.uid.hex}.progress"
