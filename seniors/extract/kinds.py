"""What can be imported: the fields of each kind of file, and who compares and writes its rows.

Read by every process at its start: pandas is loaded only when rows are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from seniors.extract.table import Block
    from seniors.models import ImportRun

SAMPLES = 8

TWIN = "deux lignes portent cet identifiant avec un contenu différent"

COUNT_LABELS = {
    "rows": "lignes lues",
    "new": "nouveaux",
    "changed": "modifiés",
    "unchanged": "inchangés",
    "gone": "absents du fichier",
    "refused": "refusés",
}


@dataclass(frozen=True)
class Field:
    """One thing we can read from a column. `values` gives the codes offered on screen for
    cells that no rule explains: {code: French label}. `is_day`: a number there counts days."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    values: dict[str, str] | None = None
    help: str = ""
    is_day: bool = False


@dataclass(frozen=True)
class Question:
    """Something asked of a kind of file besides its columns; the answer is in the run's options.

    Without `choices` (value, French label) it is answered by a text.
    """

    code: str
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass
class Piece:
    """What comparing some rows gave. `refusals` has columns line, column, reason; `to_complete`
    says of lines that are not refused what they lack; `samples` is
    {"new": [{"line", "what", "changes": [{"label", "before", "after"}]}]}; `rows` is for
    `Batch.write` alone."""

    counts: dict[str, int] = field(default_factory=dict)
    refusals: pd.DataFrame = field(default_factory=lambda: refusals([]))
    to_complete: dict[int, str] = field(default_factory=dict)
    samples: dict[str, list] = field(default_factory=dict)
    rows: Any = None


def refusals(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    """Refused rows as a frame: line of the spreadsheet, field code or "", French reason."""
    import pandas as pd  # noqa: PLC0415 - see the top

    return pd.DataFrame(rows, columns=["line", "column", "reason"])


class Batch(Protocol):
    """One file against the database, some thousands of rows after the others.

    The lines that share an identifier are left out: the file is compared again with them in
    `run.choices["left_out"]`, unless the batch has `leave_out(refused lines, repeated lines) ->
    {count: number}`, which writes none of them and says what they counted for.
    """

    def compare(self, block: Block, reading: Any) -> Piece:
        """A block against the database; `rows_of(block)` of the Comparison under way gives its
        rows as text, or those that must be cut into cells. Counts every row of it: "rows",
        "refused" and the others."""

    def twins(self) -> list[list[int]]:
        """After the last block: the lines that share an identifier, by group."""

    def write(self, piece: Piece) -> None:
        """Write what `compare` found new or changed; called inside the transaction."""

    def finish(self, write: bool) -> dict[str, Any]:
        """After the last block: {"counts": {...}, "samples": {...}} of what is gone."""


class Kind(Protocol):
    """One kind of file.

    A kind may also have `questions() -> list[Question]`, and `explains(code, cell) -> bool`:
    whether a cell of the column of that field is understood without asking on screen.
    One that has `standing()`, numbers that change with the records it writes, knows its last
    file sent again; `depends_on` names the kinds whose files change what this one would do.
    """

    code: str
    label: str
    fields: tuple[Field, ...]
    count_labels: dict[str, str]
    is_person: bool

    def open(self, run: ImportRun) -> Batch:
        """A batch for this run; reads `run.choices` and `run.extract_on`."""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make `kind` known; once per process."""
    KINDS[kind.code] = kind
