"""Import and re-import, against parsing the same file and one bare executemany.

The import is what `import_extract --apply` does, by the same function: the file is read once,
compared and written in one transaction. On the site it is read twice, before and after someone
confirms: told apart. Both sides are timed in a process where their modules are already loaded.

The floor reads the very columns that the import reads, as text, with pandas in one go, then writes
them as they are into a table without index, constraint or key, in one transaction. It writes every
row of the occupants' file; the import reads and counts them all, and keeps the seniors.
"""

import csv
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.measure import bienveille

# As the settings open SQLite, so that both write to disk with the same care.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"


def work(case: dict[str, Any]) -> Callable[[], int]:
    """From the file to the rows in the database, by what `import_extract --apply` calls: stored,
    its columns proposed, then read once, compared and written in one transaction."""
    return _import(case, "import_now")


def previewed(case: dict[str, Any]) -> Callable[[], int]:
    """The same on the site: a reading for the preview, another once it is confirmed."""
    return _import(case, "preview", "apply")


def _import(case: dict[str, Any], *gestures: str) -> Callable[[], int]:
    bienveille()
    # Loaded before the time is taken, as pandas is for the floor.
    import pyproj  # noqa: F401

    from seniors.extract import csv_file, dwellings, intake, occupants, workbook  # noqa: F401

    day = date.fromisoformat(case["extract_on"])

    def timed() -> int:
        run = intake.receive(
            Path(case["file"]), kind=case["kind"], name=case["name"], extract_on=day
        )
        intake.choose(run, intake.propose(run))
        seconds = {}
        for gesture in gestures:
            start = perf_counter()
            getattr(intake, gesture)(run)
            if run.error:
                raise RuntimeError(run.error)
            seconds[gesture] = perf_counter() - start
        timed.more = {"counts": run.counts, **seconds}
        return run.counts["rows"]

    return timed


def floor(case: dict[str, Any]) -> Callable[[], int]:
    """Parse, then one executemany."""
    import pandas as pd

    def timed() -> int:
        frame = _parse(pd, case)
        with sqlite3.connect(_database()) as connection:
            connection.executescript(PRAGMAS)
            names = ", ".join(f"c{number} TEXT" for number in range(len(frame.columns)))
            connection.execute(f"CREATE TABLE bare ({names})")
            marks = ", ".join("?" * len(frame.columns))
            columns = [frame[name].tolist() for name in frame.columns]
            connection.executemany(f"INSERT INTO bare VALUES ({marks})", zip(*columns, strict=True))
        return len(frame)

    return timed


def parse(case: dict[str, Any]) -> Callable[[], int]:
    """The floor of a re-import: parse alone."""
    import pandas as pd

    return lambda: len(_parse(pd, case))


def _parse(pd: Any, case: dict[str, Any]) -> Any:
    return pd.read_csv(
        case["file"],
        sep=";",
        encoding=case["encoding"],
        usecols=case["columns"],
        dtype=str,
        keep_default_na=False,
    )


def _database() -> Path:
    from os import environ

    return Path(environ["BIENVEILLE_VAR_DIR"]) / "bare.sqlite3"


def columns_read(case: dict[str, Any]) -> Callable[[], int]:
    """Not a timing: which headings the import reads in this file, for the floor to read too."""
    bienveille()
    from seniors.extract import intake

    def timed() -> int:
        day = date.fromisoformat(case["extract_on"])
        run = intake.receive(
            Path(case["file"]), kind=case["kind"], name=case["name"], extract_on=day
        )
        chosen = intake.propose(run)["columns"]
        timed.more = {"columns": sorted({heading for heading in chosen.values() if heading})}
        return len(timed.more["columns"])

    return timed


def yardstick(case: dict[str, Any]) -> Callable[[], int]:
    """django-import-export on the same file and model, as its documentation sets it up.

    Each cell is given as it is where the model takes it; codes are turned to values in
    `before_import_row`, as a landlord's developer would write. `bulk` turns on its bulk mode.
    """
    bienveille()
    from import_export import resources
    from tablib import Dataset

    from seniors.models import Dwelling, Residence, Territory

    territory = Territory.objects.get_or_create(code="bench", defaults={"name": "bench"})[0]

    class DwellingResource(resources.ModelResource):
        """The dwellings of an RPLS file."""

        def before_import_row(self, row: dict[str, Any], **_: Any) -> None:
            """From RPLS columns to fields."""
            residence = residences.get(row["COMPLIDENT"] + row["DEPCOM"])
            if residence is None:
                residence = Residence.objects.create(
                    reference=row["COMPLIDENT"] + row["DEPCOM"],
                    name=row["COMPLIDENT"],
                    territory=territory,
                )
                residences[residence.reference] = residence
            row.update(_fields(row))
            row["residence"] = residence.pk

        class Meta:
            """What is written, and by which key."""

            model = Dwelling
            import_id_fields = ("reference",)
            fields = (*FIELDS, "residence")
            use_bulk = case["bulk"]
            batch_size = 1000
            force_init_instance = case["bulk"]

    residences: dict[str, Residence] = {}

    def timed() -> int:
        with Path(case["file"]).open(encoding=case["encoding"], newline="") as opened:
            reader = csv.DictReader(opened, delimiter=";")
            data = Dataset(headers=[*reader.fieldnames, *FIELDS, "residence"])
            for row in reader:
                if len(data) == case["rows"]:
                    break
                if row["IDENT_INT"]:
                    data.append([*row.values(), *[""] * (len(FIELDS) + 1)])
        result = DwellingResource().import_data(data, raise_errors=True)
        return sum(result.totals.values())

    return timed


FIELDS = (
    "reference",
    "rpls_id",
    "street_number",
    "street",
    "postcode",
    "city",
    "insee_code",
    "stair",
    "door",
    "floor",
    "has_lift",
    "is_collective",
    "in_priority_district",
    "rooms",
    "surface",
    "built_in",
    "energy_class",
    "mode",
    "rent",
)


def _fields(row: dict[str, str]) -> dict[str, Any]:
    """The model's fields of one RPLS row."""
    floor_text = {"RC": "0", "RDC": "0"}.get(row["ETAGE"], row["ETAGE"])
    return {
        "reference": row["IDENT_INT"],
        "rpls_id": row["IDENT_REP"],
        "street_number": row["NUMVOIE"],
        "street": f"{row['TYPVOIE']} {row['NOMVOIE']}",
        "postcode": row["CODEPOSTAL"],
        "city": row["LIBCOM"],
        "insee_code": row["DEPCOM"],
        "stair": row["ESC"],
        "door": row["NUMAPPT"],
        "floor": floor_text,
        "has_lift": {"O": "1", "N": "0"}[row["ASC"]],
        "is_collective": "1" if row["TYPECONST"] == "C" else "0",
        "in_priority_district": "1" if row["QPV"] == "1" else "0",
        "rooms": row["NBPIECE"],
        "surface": row["SURFHAB"],
        "built_in": row["CONSTRUCT"],
        "energy_class": row["DPEENERGIE"],
        "mode": row["MODE"],
        "rent": "" if row["LOYERPRINC"] == "9999" else row["LOYERPRINC"].replace(",", "."),
    }
