"""A landlord's file as frames of text, in pieces. Nothing is interpreted here.

Every cell is text, "" when empty. Rows are numbered as a spreadsheet numbers them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seniors import guard
from seniors.extract import headings as names_of

PIECE_ROWS = 25_000


class UnreadableFile(Exception):
    """The whole file is refused: a French sentence that says what happened and what to do."""

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(f"{what} Rien n’a été modifié. {to_do}")


class Block:
    """Some rows of a file: read once, cut into cells only for the rows that need it."""

    def __init__(self, lines: np.ndarray) -> None:
        self.lines = lines

    def frame(self, mask: np.ndarray | None = None) -> pd.DataFrame:
        """The wanted columns of the rows of `mask`, as text, indexed by line."""
        raise NotImplementedError

    def originals(self, mask: np.ndarray) -> pd.DataFrame:
        """Every readable column of those rows, to send back what is refused."""
        raise NotImplementedError

    def too_wide(self) -> list[int]:
        """Lines that have cells beyond the last heading: which cell is which is not sure."""
        return []

    def digests(self) -> np.ndarray:
        """One 64-bit number per row, equal for equal rows, without any refused column."""
        raise NotImplementedError


@dataclass
class Table:
    """One sheet of a file.

    `headings` may be chosen; `refused_headings` are there but never read. `options` says what
    was found: separator, encoding, sheet, header_row (first row is 1).
    """

    path: Path
    row: list[str]  # every heading in its place, "" when empty
    sample_rows: list[list[str]]
    options: dict[str, Any]
    person: bool = False
    # Where a number counts days; said once the columns are chosen.
    day_headings: frozenset[str] = frozenset()
    headings: list[str] = field(init=False)
    refused_headings: list[str] = field(init=False)
    layout: str = field(init=False)

    def __post_init__(self) -> None:
        named = [(place, name) for place, name in enumerate(self.row) if name]
        columns = list(zip_longest(*self.sample_rows, fillvalue=""))
        refused = [name for place, name in named if self._is_refused(place, name, columns)]
        self.refused_headings = [guard.without_nir(name) for name in refused]
        self.headings = [name for _, name in named if name not in refused]
        self.layout = names_of.layout_of(self.headings)

    @property
    def is_correction(self) -> bool:
        """Whether this is a file of refused rows sent again: a part, never the whole stock."""
        return names_of.REASON in self.row

    @property
    def may_hold_nir(self) -> bool:
        """False only when no cell can hold a person's number."""
        return True

    def _is_refused(self, place: int, name: str, columns: Sequence[Sequence[str]]) -> bool:
        if names_of.is_refused(name, person=self.person) or guard.contains_nir(name):
            return True
        cells = [cell for cell in columns[place] if cell] if place < len(columns) else []
        long = [cell for cell in cells if len(cell) >= guard.NIR_LENGTH]
        return sum(map(guard.contains_nir, long)) > len(cells) / 2

    @property
    def may_hold_totals(self) -> bool:
        """False only when no row can be a line of totals."""
        return True

    def sample(self, n: int = 10) -> pd.DataFrame:
        """The first rows of the readable columns, as text."""
        places = [self.row.index(name) for name in self.headings]
        rows = [
            [guard.without_nir(row[place]) if place < len(row) else "" for place in places]
            for row in self.sample_rows[:n]
        ]
        return pd.DataFrame(rows, columns=self.headings, dtype=object)

    def blocks(self, headings: Collection[str]) -> Iterator[Block]:
        """The rows, some thousands at a time; memory does not grow with the file."""
        raise NotImplementedError

    def pieces(self, headings: Collection[str]) -> Iterator[pd.DataFrame]:
        """The wanted columns as frames of text, indexed by line; blank rows left out."""
        for block in self.blocks(headings):
            frame = block.frame()
            if len(frame):
                yield frame
