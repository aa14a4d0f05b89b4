"""What the files with a row a person gave away, whomever they were for: the first of a year says
who is in it, under which columns, and which path each goes on with.

The rows of two files of one year tell the same replies: whoever holds both joins them, whatever
the pseudonyms. So a later file of that year shows the same people in the same way, less those who
have said no since, with as many more as leave at least `k` out. Pure but for `load` and `save`.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from visits.releasing import rows

LEFT_OUT = "~"  # after a class: in the first file of the year, no more in the one of that number
_STANDS = re.compile(r"^(?!-$)(?!.*~\d+$)", re.DOTALL)


@dataclass(frozen=True)
class Year:
    """A year of which a file was given, and how many steps each column was made coarser in it."""

    year: int
    levels: dict[str, int]


@dataclass(frozen=True)
class Memory:
    """The years, in the order of their files, and all paths (`rows.MEMORY`): one class a year."""

    years: tuple[Year, ...]
    paths: pd.DataFrame

    def place_of(self, year: int) -> int | None:
        """Which file is that of a year; None when none was made."""
        return next((at for at, one in enumerate(self.years) if one.year == year), None)

    def shown_in(self, year: int) -> pd.DataFrame:
        """The paths in the latest file of that year: `rows.MEMORY` and `shown`, the class."""
        at = self.place_of(year)
        shown = self.paths["history"].map(lambda told: told.split(rows.STEP)[at])
        there = shown.map(lambda told: bool(_STANDS.match(told))).astype(bool)
        return self.paths.assign(shown=shown)[there]

    def without(self, year: int, paths: pd.Index) -> "Memory":
        """The same, these paths being left out of a new file of that year."""
        if not len(paths):
            return self
        at = self.place_of(year)
        told = self.paths["history"].map(lambda told: told.split(rows.STEP)[at])
        number = 1 + max((int(one.rpartition(LEFT_OUT)[2]) for one in told if _left_out(one)),
                         default=0)  # fmt: skip
        history = self.paths["history"].copy()
        history.loc[paths] = [
            _marked(one, at, f"{LEFT_OUT}{number}") for one in self.paths.loc[paths, "history"]
        ]
        history[:] = rows.shared(history.to_numpy(dtype=object))
        return Memory(self.years, self.paths.assign(history=history))


def _left_out(told: str) -> bool:
    return told != rows.ABSENT and not _STANDS.match(told)


def _marked(history: str, at: int, mark: str) -> str:
    told = history.split(rows.STEP)
    told[at] += mark
    return rows.STEP.join(told)


def load(path: Path) -> Memory | None:
    """What was kept; None before the first file. Few histories differ: each is in memory once."""
    if not path.exists():
        return None
    paths = pd.read_csv(path, dtype=str, keep_default_na=False)
    years = tuple(Year(year, levels) for year, levels in json.loads(paths.columns[-1]))
    paths.columns = list(rows.MEMORY)
    paths["history"] = rows.shared(paths["history"].to_numpy(dtype=object))
    return Memory(years, paths)


def add(memory: Memory, path: Path) -> None:
    """Save what a file adds to the memory that it began from. Whom an erasure took out of that one
    meanwhile stays out: lines are in the same order, new ones behind."""
    paths = memory.paths
    if path.exists():
        before = pd.read_csv(path, usecols=[0], dtype=str, keep_default_na=False).iloc[:, 0]
        paths = paths.copy()
        out = paths.index[: len(before)][(before == "").to_numpy()]
        paths.loc[out, ["base", "pseudonym"]] = ""
    save(Memory(memory.years, paths), path)


def save(memory: Memory, path: Path) -> None:
    """Keep it, whole or not at all. The last heading says the years."""
    draft = path.with_suffix(".draft")
    told = json.dumps([[one.year, one.levels] for one in memory.years])
    heading = [*rows.MEMORY[:-1], told]
    memory.paths.to_csv(draft, index=False, header=heading)
    draft.replace(path)
