"""The code book: what each column of an export is. One definition; nothing leaves without it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from seniors.refusal import Refusal

FILE = Path(__file__).parent / "codebook.toml"
TYPES = ("text", "number", "category", "month")


class CodeBookRefusal(Refusal):
    """What would be written is not what the code book says."""


@dataclass(frozen=True)
class Column:
    """A column of one of the files: `values` {code: words} of a category, `unit` of a number."""

    file: str
    name: str
    label: str
    type: str
    definition: str
    source: str
    unit: str = ""
    sensitive: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeBook:
    """All the columns, in the order of the files."""

    version: str
    columns: tuple[Column, ...]

    def of(self, file: str) -> list[Column]:
        """The columns of a file."""
        return [column for column in self.columns if column.file == file]

    def check(self, file: str, names: Sequence[str]) -> None:
        """Raise CodeBookRefusal unless the columns are those of the code book, in its order."""
        expected = [column.name for column in self.of(file)]
        if list(names) == expected:
            return
        odd = sorted(set(names) ^ set(expected)) or ["l’ordre des colonnes"]
        raise CodeBookRefusal(
            "codebook",
            f"Le livre des codes ne décrit pas le fichier «\u00a0{file}\u00a0» tel qu’il serait "
            f"écrit\u00a0: {', '.join(odd)}. Aucun fichier n’a été écrit. Prévenez la personne qui "
            "s’occupe du logiciel.",
        )


@cache
def code_book() -> CodeBook:
    """The one that is shipped."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    columns = tuple(Column(**line) for line in content["columns"])
    wrong = [column.name for column in columns if column.type not in TYPES]
    if wrong:
        raise ValueError(f"columns of no known type: {', '.join(wrong)}")
    return CodeBook(content["version"], columns)
