"""A file looked at before it is read: its headings, some cells, and what we propose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from seniors.extract import intake
from seniors.extract.cells import squeeze
from seniors.extract.kinds import KINDS, Field, Kind, Question
from seniors.models import ImportMapping, ImportRun

# What a page may ask, as it offers it: an encoding of another kind would hide a social security
# number from who looks for one.
SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "mac-roman", "cp850")
OPTIONS = ("separator", "encoding", "sheet", "header_row")
SAMPLE_ROWS = 200  # enough to meet the codes of a column
SHOWN_ROWS, SHOWN_COLUMNS = 5, 40
MOST_CODES = 12  # a column with more different cells is not one of codes


@dataclass(frozen=True)
class Look:
    """What the page of columns shows.

    `headings` gives the first cells of each column, `columns` the heading proposed for each
    field, `values` the codes to decide, `known` those decided before, `options` how the file
    is read; `missing` names what a choice of columns cannot do without.
    """

    fields: tuple[Field, ...]
    headings: dict[str, list[str]]
    refused_headings: list[str]
    columns: dict[str, str | None]
    values: dict[str, dict[str, str | None]]
    known: dict[str, dict[str, str | None]]
    options: dict[str, Any]
    questions: tuple[Question, ...]
    missing: Callable[[dict[str, str]], list[str]]
    remembered_at: datetime | None

    @property
    def shown_headings(self) -> list[str]:
        """As many headings as a screen can bear."""
        return list(self.headings)[:SHOWN_COLUMNS]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The first rows, under `shown_headings`."""
        columns = [self.headings[name][:SHOWN_ROWS] for name in self.shown_headings]
        return list(zip(*columns, strict=True))

    @property
    def kept_options(self) -> dict[str, Any]:
        """The options that a page sends back, so that the file is read the same way."""
        return {name: self.options[name] for name in OPTIONS if name in self.options}


def look(
    run: ImportRun,
    *,
    options: Mapping[str, Any] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Look:
    """Open the file of `run` and propose. `options` say how to read it and `chosen` which
    heading gives each field, where someone has said so. Raises `read.UnreadableFile`."""
    kind = KINDS[run.kind]
    asked = {**run.choices.get("options", {}), **(options or {})}
    table = intake.table_of(run, asked)
    proposal = intake.propose(run, asked)
    columns = proposal["columns"]
    if options is None:
        columns |= run.choices.get("columns", {})
    sample = table.sample(SAMPLE_ROWS)
    headings = {name: sample[name].tolist() for name in table.headings}
    now = {**columns, **(chosen or {})}
    known = proposal["values"] | run.choices.get("values", {})
    saved = ImportMapping.objects.filter(kind=run.kind, layout=table.layout).first()
    return Look(
        fields=tuple(kind.fields),
        headings=headings,
        refused_headings=table.refused_headings,
        columns=columns,
        values=_to_decide(kind, headings, now, known),
        known=known,
        options=proposal["options"],
        # Whether to close many absent records is asked at the preview, with their number.
        questions=tuple(each for each in kind.questions() if each.code != "close_many"),
        missing=getattr(kind, "missing", lambda columns: []),
        remembered_at=saved.saved_at if saved else None,
    )


def asked_in(post: Mapping[str, str]) -> dict[str, Any]:
    """From what a page sent: `options` and `chosen` of `look`; None where nothing was sent.

    An option that the page does not offer is left aside.
    """
    options = {name: post[name] for name in OPTIONS if _is_offered(name, post.get(name, ""))}
    chosen = {
        name.removeprefix("column-"): post[name] for name in post if name.startswith("column-")
    }
    return {"options": options or None, "chosen": chosen or None}


def _is_offered(name: str, text: str) -> bool:
    """Whether the page offers this way to read a file."""
    if name == "header_row":
        return text.isdecimal() and len(text) < 8 and int(text) > 0
    offered = {"separator": SEPARATORS, "encoding": ENCODINGS}.get(name)
    return bool(text) and (offered is None or text in offered)


def _to_decide(
    kind: Kind,
    headings: Mapping[str, Sequence[str]],
    chosen: Mapping[str, str | None],
    known: Mapping[str, Mapping[str, str | None]],
) -> dict[str, dict[str, str | None]]:
    """{field: {cell: code}} for the columns of codes that hold some to decide."""
    values = {
        field.code: _codes(
            headings.get(chosen.get(field.code) or "", ()),
            known.get(field.code, {}),
            partial(kind.explains, field.code),
        )
        for field in kind.fields
        if field.values
    }
    return {code: found for code, found in values.items() if found}


def _codes(
    cells: Sequence[str], known: Mapping[str, str | None], explains: Callable[[str], bool]
) -> dict[str, str | None]:
    """{cell: code, None when not yet known} of the cells that no rule explains."""
    distinct = dict.fromkeys(map(squeeze, cells))
    unclear = [cell for cell in distinct if not explains(cell)]
    if len(unclear) > MOST_CODES:
        return {}
    return {cell: known.get(cell) for cell in unclear}
