"""The very file of the last import, sent again: it is known without being read."""

import hashlib
import json
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from seniors import guard
from seniors.extract.kinds import KINDS
from seniors.models import ImportRun

_HAPPENED = ("households", "closed", "moved", "residences", "silent", "new", "changed", "gone")


def last_one(run: ImportRun) -> ImportRun | None:
    """The import that this file repeats: of the same bytes, day and choices, the last one applied
    of the kinds that its outcome depends on, under the same rules, the records standing as it left
    them. Nothing can differ then."""
    kind = KINDS[run.kind]
    if not hasattr(kind, "standing"):
        return None
    applied = ImportRun.objects.filter(state=ImportRun.State.APPLIED, kind__in=kind.depends_on)
    last = applied.order_by("-applied_at").first()
    same = last is not None and all(
        getattr(last, name) == getattr(run, name) for name in ("kind", "file_digest", "extract_on")
    )
    if not same or _reading(last) != _reading(run) or not _has_refusals(last):
        return None
    return last if last.counts.get("mark") == mark(run)["mark"] else None


def _reading(run: ImportRun) -> list[Any]:
    return [run.choices.get(key) for key in ("columns", "values", "options")]


def _has_refusals(run: ImportRun) -> bool:
    """Whether the file of its rows refused or to complete, if any were, is still there."""
    if not run.refusals_as:
        return not (run.counts.get("refused") or run.counts.get("ageless"))
    return (Path(settings.MEDIA_ROOT) / run.refusals_as).exists()


def mark(run: ImportRun) -> dict[str, int]:
    """A count kept with a run applied: a number for the rules that it was read by and for the
    records as they stand."""
    kind = KINDS[run.kind]
    if not hasattr(kind, "standing"):
        return {}
    said = json.dumps([_rules(), settings.SENIOR_AGE, kind.standing()], default=str)
    return {"mark": int.from_bytes(hashlib.sha256(said.encode()).digest()[:6])}


@lru_cache(maxsize=1)
def _rules() -> str:
    """Digest of the code that reads files."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(guard.__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def repeat(run: ImportRun, last: ImportRun, folder: Path) -> dict[str, Any]:
    """What is told of a file that changes nothing: fields of the run."""
    counts = {key: 0 if key in _HAPPENED else count for key, count in last.counts.items()}
    known = ("new", "changed", "unchanged")
    counts["unchanged"] = sum(last.counts.get(key, 0) for key in known)
    refusals_as = ""
    if last.refusals_as:
        refusals_as = f"imports/{run.uid.hex}-refus.jsonl"
        shutil.copyfile(folder.parent / last.refusals_as, folder.parent / refusals_as)
    refused = last.samples.get("refused", [])
    return {
        "counts": counts,
        "samples": {"refused": refused} if refused else {},
        "refusals_as": refusals_as,
        "rows_done": counts["rows"],
    }
