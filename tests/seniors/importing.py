"""What tests of imports share: files made on the spot, brought in as a landlord would."""

from datetime import date
from pathlib import Path

import openpyxl

from seniors.extract import intake
from seniors.models import ImportRun

DAY = date(2026, 11, 24)


def csv_file(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    """A file as Excel in French writes it."""
    headings = list(rows[0])
    cells = [headings, *([row.get(name, "") for name in headings] for row in rows)]
    lines = [";".join(row) for row in cells]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def previewed(path: Path, kind: str, *, day: date = DAY, **choices) -> ImportRun:
    """The file received, its columns chosen, and its preview."""
    run = intake.receive(path, kind=kind, name=path.name, extract_on=day)
    options = choices.pop("options", None)
    proposed = intake.propose(run, options)
    for key, value in choices.items():
        proposed[key] = proposed[key] | value
    intake.choose(run, proposed)
    intake.preview(run)
    return run


def imported(path: Path, kind: str, **choices) -> ImportRun:
    """The same, applied."""
    run = previewed(path, kind, **choices)
    assert not run.error, run.error
    intake.apply(run)
    assert run.state == ImportRun.State.APPLIED, run.error
    return run


def numbers(run: ImportRun) -> tuple[int, ...]:
    """New, changed, unchanged, gone, refused."""
    return tuple(run.counts[key] for key in ("new", "changed", "unchanged", "gone", "refused"))


def refusals_of(run: ImportRun) -> list[tuple[str, str]]:
    """(line, reason) of the file of refusals."""
    workbook = intake.refusals_workbook(run)
    if workbook is None:
        return []
    rows = list(openpyxl.load_workbook(workbook).active.values)[1:]
    return [row[-2:] for row in rows]
