"""Many rows written at once: COPY on PostgreSQL, hundreds of rows a statement on SQLite.

For rows already checked by the caller; the database's constraints still hold. Values are plain
Python values in the order of `fields`; a foreign key is named by its attribute (`dwelling_id`).
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from django.db import connection, models

Row = Sequence[Any]
_ALONE = 0xB1E17  # names our lock among those of the database
# At the end of each statement SQLite notes the last id given: a fifth of the time of an insert.
_ROWS_AT_ONCE = 500
_VALUES_AT_ONCE = 32_766  # SQLite's own bound


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of `model`; columns not named take the database's null or fail."""
    table, columns = model._meta.db_table, _columns(model, fields)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f'COPY "{table}" ({names}) FROM STDIN', rows)
        else:
            _in_hundreds(
                cursor,
                len(columns),
                rows,
                lambda marks: f'INSERT INTO "{table}" ({names}) VALUES {marks}',  # noqa: S608 - names of our models
            )


def insert_columns(model: type[models.Model], columns: dict[str, Sequence[Any]]) -> None:
    """Insert new rows of `model` given column by column, at least one row; they get a random
    `uid`, and a text that is not given is empty."""
    count = len(next(iter(columns.values())))
    written = {"uid": new_uids(count), **_as_written(model, columns)}
    for field in model._meta.concrete_fields:
        if field.get_internal_type() in _TEXTS:
            written.setdefault(field.attname, [""] * count)
    insert(model, list(written), zip(*written.values(), strict=True))


def new_uids(count: int) -> list[str]:
    """Random identifiers (UUID version 4, 32 hexadecimal digits), in increasing order: an index
    is filled faster from one end to the other."""
    random = bytearray(os.urandom(16 * count))
    random[6::16] = random[6::16].translate(_VERSION)
    random[8::16] = random[8::16].translate(_VARIANT)
    text = random.hex()
    return sorted(text[start : start + 32] for start in range(0, len(text), 32))


_VERSION = bytes(byte & 0x0F | 0x40 for byte in range(256))
_VARIANT = bytes(byte & 0x3F | 0x80 for byte in range(256))
_TEXTS = ("CharField", "EmailField")
_BITS = {True: 1, False: 0}


def _as_written(
    model: type[models.Model], columns: dict[str, Sequence[Any]]
) -> dict[str, Sequence[Any]]:
    """Columns as they are written fastest: booleans as 1 and 0 and days as text, which SQLite's
    driver would turn one by one; without those that are unknown in every row."""
    written = {}
    for name, values in columns.items():
        kind = model._meta.get_field(name).get_internal_type()
        if kind == "BooleanField":
            values = list(map(_BITS.get, values))
        elif kind == "DateField":
            days = {day: day.isoformat() for day in set(values) if day}
            values = list(map(days.get, values))
        if kind in _TEXTS or values.count(None) < len(values):
            written[name] = values
    return written


def update(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], *, key: str = "id"
) -> None:
    """Update rows of `model`: each row gives `fields`, then the value of `key` that finds it."""
    table, columns = model._meta.db_table, _columns(model, fields)
    (key_column,) = _columns(model, [key])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{column}"' for column in [*columns, key_column])
            cursor.execute(
                f"CREATE TEMP TABLE bulk_rows ON COMMIT DROP AS "  # noqa: S608 - names of our models
                f'SELECT {names} FROM "{table}" WITH NO DATA'
            )
            _copy(cursor, f"COPY bulk_rows ({names}) FROM STDIN", rows)
            sets = ", ".join(f'"{column}" = b."{column}"' for column in columns)
            cursor.execute(
                f'UPDATE "{table}" t SET {sets} FROM bulk_rows b '  # noqa: S608
                f'WHERE t."{key_column}" = b."{key_column}"'
            )
            cursor.execute("DROP TABLE bulk_rows")
        else:
            sets = ", ".join(
                f'"{column}" = b.column{place}' for place, column in enumerate(columns, start=1)
            )
            found = f'"{key_column}" = b.column{len(columns) + 1}'
            _in_hundreds(
                cursor,
                len(columns) + 1,
                rows,
                lambda marks: f'UPDATE "{table}" SET {sets} FROM (VALUES {marks}) b WHERE {found}',  # noqa: S608
            )


def _in_hundreds(
    cursor: Any, width: int, rows: Iterable[Row], statement: Callable[[str], str]
) -> None:
    """Run over rows of `width` values the SQL that `statement` makes of the marks of some of
    them: SQLite takes some hundreds at a time, then the last ones one by one."""
    marks, many = f"({', '.join(['%s'] * width)})", min(_ROWS_AT_ONCE, _VALUES_AT_ONCE // width)
    values = chain.from_iterable(rows)
    some = list(islice(values, many * width))

    def full() -> Iterator[list[Any]]:
        nonlocal some
        while len(some) == many * width:
            yield some
            some = list(islice(values, many * width))

    if len(some) == many * width:
        cursor.executemany(statement(", ".join([marks] * many)), full())
    last = [some[start : start + width] for start in range(0, len(some), width)]
    if last:
        cursor.executemany(statement(marks), last)


def alone() -> None:
    """Wait until no other transaction that asked for this writes; holds to the end of this one.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])


@contextmanager
def page_cache(megabytes: int) -> Iterator[None]:
    """Let SQLite keep fewer pages in memory than the settings give it, for work that goes through
    whole tables in their order: they would fill the cache and serve no more."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size={-1024 * megabytes}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size={before}")


def refresh_statistics(*written: type[models.Model]) -> None:
    """Have PostgreSQL count again what its plans rest on, after many rows were written: these
    models, every table when none is named. It would do so by itself, some minutes later.

    SQLite plans better without: told the true sizes, it sorts whole tables where an order that
    stands in an index can be walked until the page is full.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(f'"{model._meta.db_table}"' for model in written)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def _columns(model: type[models.Model], fields: Sequence[str]) -> list[str]:
    """Column names of the fields."""
    by_attname = {field.attname: field.column for field in model._meta.concrete_fields}
    return [by_attname[name] for name in fields]


def _copy(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    """Stream rows through psycopg's COPY; its errors come out as Django's."""
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
