"""The workbook of an export, opened by LibreOffice: the same cells as the CSV, nothing repaired.

A damaged workbook is offered for repair in a window; without a screen, it is not opened at all.
"""

import csv
import io
import subprocess
from pathlib import Path

import pytest

from tests.visits.releasing import make_release, make_stock, opened

pytestmark = pytest.mark.django_db
# Separator ;, quotes ", UTF-8, first line, as numbers, every sheet in a file of its own.
CSV = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1"
JAVA = "javaldx"  # says that this machine has no Java, whatever the file


def convert(workbook: Path, to: str) -> list[Path]:
    """What LibreOffice writes of it."""
    profile = (workbook.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", to,
               "--outdir", str(workbook.parent), str(workbook)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    told = f"{done.stdout}{done.stderr}"
    assert done.returncode == 0, told
    lines = [line for line in told.splitlines() if JAVA not in line]
    assert not [line for line in lines if "rror" in line or "arning" in line]
    return sorted(workbook.parent.glob(f"*.{to.partition(':')[0]}"))


def cells_of(text: str) -> list[list[str | float]]:
    """Rows of a CSV, a number being the same however it is written."""
    return [[number(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=";")]


def number(cell: str) -> str | float:
    plain = cell.removeprefix("'").strip()
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return plain


@pytest.mark.parametrize("kind", ["tables", "rows"])
def test_the_workbook_opens_with_the_cells_of_the_csv(tmp_path, kind):
    make_stock(60)
    files = opened(make_release(kind))
    book = tmp_path / "classeur.xlsx"
    book.write_bytes(files["classeur.xlsx"])
    sheets = {
        path.stem.partition("-")[2].lower(): path.read_text("utf-8") for path in convert(book, CSV)
    }
    compared = 0
    for name, data in files.items():
        if (sheet := name.removesuffix(".csv")) in sheets and name.endswith(".csv"):
            assert cells_of(sheets[sheet]) == cells_of(data.decode("utf-8-sig"))
            compared += 1
    assert compared == {"tables": 3, "rows": 1}[kind]
    (page,) = convert(book, "pdf")
    assert page.stat().st_size > 10_000
