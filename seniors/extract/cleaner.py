"""The columns of one piece, read one after the other; reasons kept by row, oddities counted."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract import cells


class Cleaner:
    """Reads the columns of one piece, keeping the reasons of what it could not read."""

    def __init__(self, frame: pd.DataFrame, choices: dict[str, Any]) -> None:
        self.frame, self.lines = frame, frame.index.to_numpy()
        self.chosen = choices.get("values", {})
        self.told: list[tuple[int, str, str]] = []
        self.counts = {"implausible": 0, "unread": 0}

    def has(self, code: str) -> bool:
        return code in self.frame.columns

    def read(
        self,
        code: str,
        reader: Callable[[str], Any],
        *,
        refuse: bool = True,
        rows: Sequence[int] | slice = slice(None),
    ) -> np.ndarray:
        """Values of a column, or of some of its rows; those that cannot be read are refused, or
        only counted."""
        chosen = self.chosen.get(code)
        if chosen:
            reader = partial(_chosen_first, chosen=chosen, reader=reader)
        values, reasons = cells.read_column(self.frame[code].iloc[rows], reader)
        if refuse:
            lines = self.lines[rows]
            self.told += [(lines[row], code, reason) for row, reason in reasons.items()]
        else:
            self.counts["unread"] += len(reasons)
        return values

    def texts(self, code: str, most: int = 160) -> np.ndarray:
        """A column as short text, "" when unknown or when the file does not have it."""
        if not self.has(code):
            return np.full(len(self.frame), "", dtype=object)
        found = self.frame[code].to_numpy(dtype=object).copy()
        rows = cells.not_codes(found.tolist(), most)
        if code in self.chosen:
            rows = list(range(len(found)))
        if rows:
            read = self.read(code, partial(_text, most=most), rows=rows)
            read[read == None] = ""  # noqa: E711 - element by element
            found[rows] = read
        return found

    def implausible(self, values: np.ndarray, least: float, most: float) -> np.ndarray:
        """The values with None, counted, for what is beyond these bounds."""
        known = np.array([value is not None for value in values], dtype=bool)
        wild = np.zeros(len(values), dtype=bool)
        numbers = values[known].astype(float)
        wild[known] = (numbers < least) | (numbers > most)
        if wild.any():
            self.counts["implausible"] += int(wild.sum())
            values = values.copy()
            values[wild] = None
        return values


def _chosen_first(text: str, *, chosen: dict[str, str], reader: Callable[[str], Any]) -> Any:
    """The meaning given on screen, else the reader's."""
    if text in chosen:
        return {"1": True, "0": False}.get(chosen[text])
    return reader(text)


def _text(text: str, *, most: int) -> str:
    code = cells.read_code(text)
    if len(code) > most:
        raise cells.Unread(f"plus de {most} caractères")
    return code


def bounded(text: str, *, reader: Callable[[str], str], most: int) -> str:
    value = reader(text)
    if len(value) > most:
        raise cells.Unread(f"plus de {most} caractères")
    return value
