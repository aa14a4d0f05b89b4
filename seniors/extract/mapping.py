"""Which heading gives which field: proposed from the names landlords use, then remembered."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seniors.extract.kinds import Field, Kind
from seniors.extract.text import plain


def known_names(kind: Kind) -> set[str]:
    """Every heading that a field of this kind answers to, plain."""
    return {plain(name) for field in kind.fields for name in (field.label, *field.synonyms)}


def propose_columns(fields: Sequence[Field], headings: Sequence[str]) -> dict[str, str | None]:
    """{field: heading or None}: synonyms are tried in their order, a heading serves once."""
    by_name: dict[str, str] = {}
    for heading in headings:
        name = plain(heading)
        by_name.setdefault(name, heading)
        # Open RPLS files write QPV_CODE beside QPV_LIBELLE.
        by_name.setdefault(name.removesuffix(" code"), heading)
    taken: set[str] = set()
    columns: dict[str, str | None] = {}
    for field in fields:
        names = (plain(name) for name in (*field.synonyms, field.label, field.code))
        found = (by_name[name] for name in names if name in by_name)
        columns[field.code] = next((heading for heading in found if heading not in taken), None)
        taken.add(columns[field.code])
    return columns


def renamed(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The frame under field codes; one heading may give several fields."""
    found = {code: frame[name] for code, name in columns.items() if name in frame.columns}
    return pd.DataFrame(found, index=frame.index)


_TOTAL_STARTS = ("total", "totau", "sous-", "sous ", "nombr")
TOTAL = ("total", "sous total", "total general", "totaux", "nombre total")


def without_totals(frame: pd.DataFrame) -> np.ndarray:
    """Mask of the rows that are not a line of totals: « TOTAL » in a row mostly empty."""
    keep = np.ones(len(frame), dtype=bool)
    suspects = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        cells = frame[name].to_numpy(dtype=object)
        found = [cell for cell in set(cells) if cell[:5].lower() in _TOTAL_STARTS]
        if found:
            suspects |= np.isin(cells, found)
    for place in np.flatnonzero(suspects):
        cells = [cell.strip() for cell in frame.iloc[place] if cell.strip()]
        is_total = any(plain(cell).rstrip(" 0123456789") in TOTAL for cell in cells)
        if is_total and len(cells) <= max(len(frame.columns) / 2, 2):
            keep[place] = False
    return keep
