"""The archive that is taken away: CSV, XLSX, code book, report of what was lost, manifest.

Written row group by row group: memory does not grow with the number of people. The workbook is made
beside the CSV, in a file without a name, then put in the archive. CSV is UTF-8 with a mark,
separated by semicolons, decimals with a comma: it opens in a French spreadsheet as it is.
"""

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from time import localtime
from typing import Any

import numpy as np
import pandas as pd

from visits.lists.exports import RISKY
from visits.releasing.codebook import Column, code_book
from visits.releasing.workbook import MOST_ROWS, Head, Workbook, small_numbers

# Named in each manifest: to be changed with any change of what is counted or hidden.
VERSION = "4"
MARK = "\ufeff"
BLOCK = 1 << 20
HYPOTHESES = (
    "Personnes\u00a0: locataires seniors logés à la date d’observation, visités ou non.",
    "Événements\u00a0: du 1er janvier de l’année à la date d’observation, d’après ce qui était "
    "enregistré le jour de la fabrication.",
    "Actions\u00a0: décidées dans l’année, avec leur état, leur délai et leurs factures à la date "
    "d’observation\u00a0; ce qui est fait ou facturé après n’est compté dans aucune année.",
    "GIR\u00a0: celui que la personne dit avoir reçu, avec son accord sur la santé, dans les 24 "
    "derniers mois (tableaux) ou dans l’année (fichier individuel)\u00a0; il n’est jamais calculé.",
    "Fichier individuel\u00a0: réponses, événements et score de la seule année. Le premier fichier "
    "d’une année arrête, pour tous les destinataires, qui y figure et sous quelles "
    "caractéristiques\u00a0; les suivants le reprennent, moins qui s’y oppose depuis.",
    "D’une année à l’autre, la différence de deux effectifs est un solde d’arrivées et de "
    "départs\u00a0; elle n’est pas diffusée quand elle compterait moins de personnes que le seuil.",
)


@dataclass(frozen=True)
class Written:
    """One file of the archive."""

    name: str
    sha256: str
    rows: int | None = None


class Archive:
    """A zip being written; `close` adds the workbook, the code book, the report, the manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.written: list[Written] = []
        # Whatever happens to this process, it leaves no rows behind.
        self._file = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - closed by `_put_book`
        self._book = Workbook(self._file, "Export Bienveille")

    def add(
        self,
        file: str,
        frames: Iterable[pd.DataFrame],
        *,
        rows: int,
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        """A CSV of one of the code book's files, and its sheet when a sheet can hold it."""
        columns, name = code_book().of(file), f"{file}.csv"
        digest, done = hashlib.sha256(), 0
        heads = [_head(one) for one in columns]
        sheet = self._book.sheet(file.capitalize(), heads) if rows <= MOST_ROWS else nullcontext()
        with self.zip.open(name, "w", force_zip64=True) as member, sheet as page:

            def write(frame: pd.DataFrame, *, first: bool) -> int:
                text = _csv(frame, columns, header=first)
                data = ((MARK if first else "") + text).encode()
                digest.update(data)
                member.write(data)
                if page:
                    page.write(frame)
                return len(frame)

            for written in _beside(write, frames):
                progress(done := done + written)
            if not done:
                data = (MARK + ";".join(one.name for one in columns) + "\r\n").encode()
                digest.update(data)
                member.write(data)
        self.written.append(Written(name, digest.hexdigest(), done))

    def close(
        self, *, report: Sequence[tuple[str, str]], manifest: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The rest of the archive; gives the manifest, as it is in it."""
        book = code_book()
        files = {one.name.removesuffix(".csv") for one in self.written}
        columns = [column for column in book.columns if column.file in files]
        lines = pd.DataFrame([_line(column) for column in columns])
        self._put("livre-des-codes.csv", MARK + lines.to_csv(sep=";", index=False))
        told = "".join(f"{label}\u00a0: {value}\r\n" for label, value in report)
        self._put("bilan.txt", MARK + told)
        self._put_book(
            {"Livre des codes": lines, "Bilan": pd.DataFrame(report, columns=["Mesure", "Valeur"])}
        )
        whole = {
            **manifest,
            "version_du_code": VERSION,
            "livre_des_codes": book.version,
            "fichiers": [asdict(one) for one in self.written],
            "hypotheses": list(HYPOTHESES),
            "definitions": {f"{one.file}.{one.name}": one.definition for one in columns},
            "bilan": [list(line) for line in report],
        }
        self.zip.writestr("manifeste.json", json.dumps(whole, ensure_ascii=False, indent=1))
        self.zip.close()
        return whole

    def _put(self, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        self.zip.writestr(name, data)
        self.written.append(Written(name, hashlib.sha256(data).hexdigest()))

    def _put_book(self, more: Mapping[str, pd.DataFrame]) -> None:
        """The workbook, with these texts behind; packed already, it is copied as it is."""
        for name, frame in more.items():
            heads = [Head(head, width=30) for head in frame]
            with self._book.sheet(name, heads) as page:
                page.write(frame)
        self._book.close()
        digest = hashlib.sha256()
        self._file.seek(0)
        info = zipfile.ZipInfo("classeur.xlsx", localtime()[:6])
        with self._file, self.zip.open(info, "w", force_zip64=True) as member:
            while block := self._file.read(BLOCK):
                digest.update(block)
                member.write(block)
        self.written.append(Written(info.filename, digest.hexdigest()))


def _beside(write: Callable[..., int], frames: Iterable[pd.DataFrame]) -> Iterator[int]:
    """What `write` gives of each frame: while one is written, the next is read from the database,
    which is another processor's work."""
    with ThreadPoolExecutor(1) as thread:
        writing = None
        for frame in frames:
            if writing:
                yield writing.result()
            writing = thread.submit(write, frame, first=writing is None)
        if writing:
            yield writing.result()


def _csv(frame: pd.DataFrame, columns: Sequence[Column], *, header: bool) -> str:
    """The rows as text, as pandas would write them; what is unknown stays empty."""
    cells = [_cells(frame[one.name], one) for one in columns]
    head = [";".join(_quoted(one.name) for one in columns)] if header else []
    return "".join(f"{line}\r\n" for line in chain(head, map(";".join, zip(*cells, strict=True))))


def _cells(column: pd.Series, one: Column) -> np.ndarray:
    """The texts of a column, each different one made once."""
    if one.type != "text" and (small := small_numbers(column, _DIGITS)) is not None:
        return small
    places, different = pd.factorize(column.to_numpy())
    if one.type == "text":
        told = [_harmless(str(value)) for value in different]
    elif column.dtype.kind == "f":
        # Without « ,0 », unless others of the column have decimals.
        whole = all(value.is_integer() for value in different)
        told = [str(int(value)) if whole else _decimal(value) for value in different]
    else:
        told = map(str, different)
    return np.array([*map(_quoted, told), ""], dtype=object)[places]  # unknown is the last, at -1


_DIGITS = np.array([*map(str, range(1000)), ""], dtype=object)  # the last is what is unknown
_SPECIAL = re.compile('[;"\r\n]')


def _decimal(value: float) -> str:
    return str(value).replace(".", ",", 1)


def _harmless(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text


def _quoted(text: str) -> str:
    """Between quotes when it would be cut otherwise."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def _head(one: Column) -> Head:
    """The column of a sheet: codes are text, so that no column mixes both."""
    return Head(one.name, is_number=one.type == "number", repeats=one.type in ("category", "month"))


def _line(column: Column) -> dict[str, str]:
    """One line of the code book as it is printed."""
    return {
        "fichier": column.file,
        "colonne": column.name,
        "libellé": column.label,
        "type": column.type,
        "valeurs": " | ".join(f"{code} = {words}" for code, words in column.values.items()),
        "unité": column.unit,
        "définition": column.definition,
        "source": column.source,
    }
