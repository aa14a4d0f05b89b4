"""A workbook written row group by row group, as large as a sheet can be: memory does not grow.

The general writer (`visits.lists.exports`) takes a cell at a time, minutes for fifteen million.
Here a column becomes texts of cells at once, each different one made once. Only what an export
needs: headings that stay, texts that can never be formulas, numbers.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd

from visits.lists.exports import RISKY

MOST_ROWS = 1_048_575  # of a sheet, its heading aside
AT_ONCE = 500
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_QUOTED, _BOLD = ' s="1"', ' s="2"'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    "</borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_EMPTY = "<c/>"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in no XML
_NUMBERS = np.array([*(f"<c><v>{n}</v></c>" for n in range(1000)), _EMPTY], dtype=object)


@dataclass(frozen=True)
class Head:
    """A column: its heading, whether it holds numbers, whether few of its texts differ."""

    name: str
    is_number: bool = False
    repeats: bool = False
    width: int = 14


@dataclass
class Workbook:
    """An XLSX being written into `file`; `close` ends it."""

    file: IO[bytes]
    title: str
    _names: list[str] = field(default_factory=list)
    _texts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    @contextmanager
    def sheet(self, name: str, heads: Sequence[Head]) -> Iterator["Sheet"]:
        """One more sheet, to write frames in whose columns are those."""
        self._names.append(name)
        part = f"xl/worksheets/sheet{len(self._names)}.xml"
        with self._zip.open(part, "w", force_zip64=True) as member:
            widths = "".join(
                f'<col min="{at}" max="{at}" width="{head.width}" customWidth="1"/>'
                for at, head in enumerate(heads, 1)
            )
            top = "".join(_inline(head.name, _BOLD) for head in heads)
            member.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
                f"</sheetView></sheetViews><cols>{widths}</cols><sheetData><row>{top}</row>".encode()
            )
            yield Sheet(member, heads, self._texts)
            member.write(b"</sheetData></worksheet>")

    def close(self) -> None:
        """The parts that name the others."""
        sheets = range(1, len(self._names) + 1)
        overrides = {f"/xl/worksheets/sheet{n}.xml": f"{_TYPES}.worksheet+xml" for n in sheets} | {
            "/xl/workbook.xml": f"{_TYPES}.sheet.main+xml",
            "/xl/styles.xml": f"{_TYPES}.styles+xml",
            "/xl/sharedStrings.xml": f"{_TYPES}.sharedStrings+xml",
            "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        }
        types = "".join(
            f'<Override PartName="{part}" ContentType="{kind}"/>'
            for part, kind in overrides.items()
        )
        listed = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in enumerate(self._names, 1)
        )
        targets = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n in sheets]
        targets += [
            (f"{_OFFICE}/styles", "styles.xml"),
            (f"{_OFFICE}/sharedStrings", "sharedStrings.xml"),
        ]
        texts = "".join(f"<si>{_text(one)}</si>" for one in self._texts)
        core = f"{_PACKAGE}/metadata/core-properties"
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
            "_rels/.rels": _relations(
                [
                    (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
                    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
                ]
            ),
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{core}" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(self.title)}</dc:title>'
            "</cp:coreProperties>",
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews>'
            f"<workbookView/></bookViews><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": _relations(targets),
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        }
        for name, content in parts.items():
            self._zip.writestr(name, _HEAD + content)
        self._zip.writestr("xl/styles.xml", _STYLES)
        self._zip.close()


@dataclass(frozen=True)
class Sheet:
    """A sheet being written."""

    member: IO[bytes]
    heads: Sequence[Head]
    texts: dict[str, int]

    def write(self, frame: pd.DataFrame) -> None:
        """Its rows; what is unknown, and the empty text, stay empty."""
        columns = [self._cells(frame[head.name], head) for head in self.heads]
        rows = map("".join, zip(*columns, strict=True))
        # Of a wide file, the text of all the rows of a group would weigh more than the group.
        while some := list(islice(rows, AT_ONCE)):
            self.member.write(f"<row>{'</row><row>'.join(some)}</row>".encode())

    def _cells(self, column: pd.Series, head: Head) -> np.ndarray:
        """The cells of one column, as XML."""
        if head.is_number and (small := small_numbers(column, _NUMBERS)) is not None:
            return small
        places, different = pd.factorize(column.to_numpy())
        told = [self._cell(one, head) for one in different]
        return np.array([*told, _EMPTY], dtype=object)[places]  # unknown is the last, at -1

    def _cell(self, value: object, head: Head) -> str:
        if head.is_number:
            number = float(value)
            return f"<c><v>{int(number) if number.is_integer() else number!r}</v></c>"
        text = _plain(value)
        if not text:
            return _EMPTY
        style = _QUOTED if text.lstrip(" ").startswith(RISKY) else ""
        if not head.repeats:
            return _inline(text, style)
        place = self.texts.setdefault(text, len(self.texts))
        return f'<c{style} t="s"><v>{place}</v></c>'


def small_numbers(column: pd.Series, texts: np.ndarray) -> np.ndarray | None:
    """Of whole numbers, the texts at those places, the last of what is unknown: most of a wide file
    is such. None when another number, or one with no place, is among them."""
    if column.dtype.kind not in "iuf":
        return None
    values = column.to_numpy(dtype=float)
    known = ~np.isnan(values)
    told = values[known]
    if len(told) and (
        told.min() < 0 or told.max() >= len(texts) - 1 or not np.array_equal(told, told.round())
    ):
        return None
    return texts[np.where(known, values, len(texts) - 1).astype(np.intp)]


def _plain(value: object) -> str:
    """A text; a code that a frame holds as a float, without « .0 »."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _inline(text: str, style: str = "") -> str:
    return f'<c{style} t="inlineStr"><is>{_text(text)}</is></c>'


def _text(text: str) -> str:
    return f'<t xml:space="preserve">{escape(_ILLEGAL.sub("", text))}</t>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'
