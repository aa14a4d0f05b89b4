"""The landlord's files, and the tables they go to."""

import json
from datetime import date

from django.core.management import call_command

from seniors.demo.landlord import make_landlord, write
from seniors.extract import intake
from seniors.models import ImportRun
from visits.demo.plan import MANIFEST, Demo, spaced

SIGNALS, VISITS, OBJECTIONS = "signalements.csv", "visites.csv", "oppositions.csv"


def migrate() -> str:
    """Create or update the tables."""
    call_command("migrate", verbosity=0)
    return "à jour"


def make_files(demo: Demo) -> str | None:
    """Make the landlord and write its files, once."""
    path = demo.folder / MANIFEST
    if path.exists():
        return None
    demo.folder.mkdir(parents=True, exist_ok=True)
    landlord = make_landlord(demo.dwellings, seed=demo.seed, as_of=demo.as_of)
    write(landlord, demo.folder)
    landlord.signals.to_csv(demo.folder / SIGNALS, index=False)
    landlord.visits.to_csv(demo.folder / VISITS, index=False)
    landlord.objections.to_csv(demo.folder / OBJECTIONS, index=False)
    kept = {"dwellings": demo.dwellings, "seed": demo.seed, "as_of": demo.as_of.isoformat()}
    path.write_text(json.dumps(kept))
    return f"fichiers dans {demo.folder}"


def import_file(
    demo: Demo,
    name: str,
    kind: str,
    extract_on: date,
    *,
    options: dict | None = None,
    values: dict | None = None,
) -> str | None:
    """Take one file through preview and apply, unless it was applied before."""
    if ImportRun.objects.filter(kind=kind, file_name=name, state=ImportRun.State.APPLIED).exists():
        return None
    run = intake.receive(demo.folder / name, kind=kind, name=name, extract_on=extract_on)
    choices = intake.propose(run, options)
    choices["values"] |= values or {}
    intake.choose(run, choices)
    intake.preview(run)
    if run.state == ImportRun.State.PREVIEWED:
        intake.apply(run)
    if run.state != ImportRun.State.APPLIED:
        raise RuntimeError(run.error)
    return _told(run)


def _told(run: ImportRun) -> str:
    """The counts of a run, zeros left out."""
    words = {
        "rows": "lignes",
        "new": "nouveaux",
        "changed": "modifiés",
        "gone": "partis",
        "refused": "refusés",
    }
    counts = [(run.counts.get(key), word) for key, word in words.items()]
    return ", ".join(f"{spaced(count)} {word}" for count, word in counts if count)
