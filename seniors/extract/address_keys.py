"""Keys of dwellings that have none: every part of the address, the same from year to year.

Dwellings that share an address are told apart by what else is said of them, never by their
place in the file: the same rows in another order have the same keys.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from seniors.extract import cells, rpls
from seniors.extract.csv_file import digest_of_cells
from seniors.extract.text import plain

_PARTS = ("insee_code", "postcode", "city", "street_number", "street_repeat", "street_type",
          "street", "address", "building", "stair", "entrance", "corridor", "floor", "door",
          "box", "complement", "geo_complement", "estate", "locality")  # fmt: skip
# The code of the commune says these, however they are written.
_SAID_BY_COMMUNE = ("postcode", "city")
_READERS: dict[str, Callable[[str], Any]] = {
    "insee_code": rpls.read_insee,
    "postcode": rpls.read_postcode,
    "floor": lambda text: _floor(rpls.read_floor(text)),
    "street_number": rpls.read_street_number,
    "street_type": rpls.full_type,
}
_MOST = 120


def keys_of(frame: pd.DataFrame) -> list[str]:
    """One key per row, from the columns (field codes) that the file has."""
    parts = {code: _part(frame[code], code) for code in _PARTS if code in frame.columns}
    if "insee_code" in parts:
        known = parts["insee_code"] != ""
        for code in _SAID_BY_COMMUNE:
            if code in parts:
                parts[code] = np.where(known, "", parts[code])
    rows = zip(*parts.values(), strict=True)
    return [_short(" ".join(filter(None, row))) for row in rows]


def _part(series: pd.Series, code: str) -> np.ndarray:
    """A part as read where it can be, else as written; plain."""
    said, places = pd.factorize(series.to_numpy(dtype=object))[::-1]
    texts = pd.Series([re.sub(r"\.0$", "", cell.strip()) for cell in said], dtype=object)
    if code not in _READERS:
        return np.array([plain(text) for text in texts], dtype=object)[places]
    values, unread = cells.column(texts, _READERS[code])
    found = [
        plain(text if reason else value or "")
        for text, value, reason in zip(texts, values, unread, strict=True)
    ]
    return np.array(found, dtype=object)[places]


def _floor(floor: int | None) -> str:
    return "" if floor is None else f"ss{-floor}" if floor < 0 else str(floor)


def _short(key: str) -> str:
    if len(key) <= _MOST:
        return key
    return f"{key[:_MOST]} {hashlib.sha256(key.encode()).hexdigest()[:16]}"


class Ranks:
    """Which of the dwellings of its address each line is: 0 for the first."""

    def __init__(self, frames: Iterable[pd.DataFrame]) -> None:
        keys, digests, lines = [np.array([], dtype=np.uint64)], [np.array([])], [np.array([])]
        for frame in frames:
            texts = np.array(keys_of(frame), dtype=object)
            keys.append(pd.util.hash_array(texts, categorize=False))
            digests.append(digest_of_cells(frame))
            lines.append(frame.index.to_numpy())
        self._of_line = self._ranked(*map(np.concatenate, (keys, digests, lines)))

    @staticmethod
    def _ranked(keys: np.ndarray, digests: np.ndarray, lines: np.ndarray) -> dict[int, int]:
        order = np.lexsort((digests, keys))
        keys, lines = keys[order], lines[order]
        places = np.arange(len(keys))
        first = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.array([], dtype=bool)
        ranks = places - np.maximum.accumulate(np.where(first, places, 0)) if len(keys) else places
        others = ranks > 0
        return dict(zip(lines[others].astype(int).tolist(), ranks[others].tolist(), strict=True))

    def names(self, keys: Sequence[str], lines: np.ndarray) -> np.ndarray:
        """The reference of each row: its key, and its rank when it is not the first."""
        ranks = (self._of_line.get(line, 0) for line in lines.tolist())
        return np.array(
            [f"{key} #{rank + 1}" if rank else key for key, rank in zip(keys, ranks, strict=True)],
            dtype=object,
        )
