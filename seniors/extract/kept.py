"""What is kept of the rows until the whole file is known: nothing is written before. It waits in
files, so that memory does not grow with the landlord's."""

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from seniors.extract.kinds import Piece

# Rows; the others wait in a file.
_IN_MEMORY = 50_000
_LEAST = 2_500  # what a piece counts for, however few of its rows are to be written


class Kept:
    """Pieces in their order. The file has no name and vanishes with the process."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._near, self._far = folder, [], 0
        self._rows = 0
        self._file: Any = None

    def add(self, piece: Piece) -> None:
        """Keep what `Batch.write` needs of a piece."""
        if piece.rows is None:
            return
        kept = Piece(rows=piece.rows)
        written = sum(piece.counts.get(key, 0) for key in ("new", "changed", "silent"))
        self._rows += max(written, _LEAST)
        if self._rows <= _IN_MEMORY:
            self._near.append(kept)
            return
        self._file = self._file or tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `pieces`
        pickle.dump(kept.rows, self._file, pickle.HIGHEST_PROTOCOL)
        self._far += 1

    def pieces(self) -> Iterator[Piece]:
        """Every piece, once."""
        while self._near:
            yield self._near.pop(0)
        if self._file:
            with self._file:
                self._file.seek(0)
                for _ in range(self._far):
                    yield Piece(rows=pickle.load(self._file))  # noqa: S301 - written above by this process


_NEAR = 1 << 20  # bytes


class Aside:
    """Numbers of each piece, in the order of the pieces."""

    def __init__(self) -> None:
        folder = Path(settings.MEDIA_ROOT) / "imports"
        self._file = tempfile.SpooledTemporaryFile(_NEAR, dir=folder)  # noqa: SIM115 - closed with its owner
        self._pieces = 0

    def add(self, *columns: np.ndarray) -> None:
        """Put the columns of one more piece aside."""
        pickle.dump(columns, self._file, pickle.HIGHEST_PROTOCOL)
        self._pieces += 1

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        """The columns of each piece; as often as is wanted, once all are there."""
        self._file.seek(0)
        for _ in range(self._pieces):
            yield pickle.load(self._file)  # noqa: S301 - written above by this process

    def __del__(self) -> None:
        self._file.close()
