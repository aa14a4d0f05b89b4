"""Ends of tenancies: a departure or a death closes a record and keeps it."""

from datetime import date
from typing import Any

import numpy as np

from seniors import bulk, moves
from seniors.extract import stock
from seniors.extract.kinds import SAMPLES
from seniors.models import Dwelling, Senior, Stay

_AT_ONCE = 5_000


def close_ended(
    live: stock.Live, ended: dict[int, tuple[date, bool]], *, write: bool
) -> dict[str, int]:
    """Close those whose only leases in the file have ended; `ended` is {id: (day, by death)}.
    Returns their count as « closed »."""
    pks = np.array(list(ended), dtype=np.int64)
    unseen = pks[np.isin(pks, live.ids[~live.seen])].tolist()
    ends = {pk: (ended[pk][0], "died" if ended[pk][1] else "left") for pk in unseen}
    live.see(np.array(list(ends), dtype=np.int64))
    if write:
        _close(ends)
    return {"closed": len(ends), "silent": len(ends)} if ends else {}


def close_absent(live: stock.Live, day: date, *, even_many: bool, write: bool) -> dict[str, Any]:
    """Close those whom a complete file of their territory does not show.

    `live` holds their dwelling as it was before the file was written: whom the file moves into a
    territory does not make it a file of that territory.
    """
    if live.seen.all():
        return {"counts": {}}
    rows = Dwelling.objects.order_by("pk").values_list("pk", "residence__territory")
    placed = np.fromiter(rows.iterator(chunk_size=20_000), dtype=np.dtype((np.int64, 2)))
    territories = placed[np.searchsorted(placed[:, 0], live.extra[0]), 1]
    here = np.isin(territories, np.unique(territories[live.seen]))
    gone = live.ids[here & ~live.seen]
    if stock.too_many(len(gone), int(here.sum())) and not even_many:
        return {"counts": {"gone_held": len(gone)}}
    if write:
        _close(dict.fromkeys(gone.tolist(), (day, "left")))
    first = Senior.objects.filter(pk__in=gone[:SAMPLES].tolist()).select_related("dwelling")
    samples = [
        {"line": None, "what": f"{senior.full_name} · {senior.dwelling}", "changes": []}
        for senior in first
    ]
    return {"counts": {"gone": len(gone)}, "samples": {"gone": samples}}


def _close(ends: dict[int, tuple[date, str]]) -> None:
    """Empty the dwelling, date the end, keep the stay."""
    ids = list(ends)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        homes = Senior.objects.filter(pk__in=some, dwelling__isnull=False).values_list(
            "id", "dwelling_id", "lease_reference", "housed_since"
        )
        rows = [(*home, *ends[home[0]]) for home in homes]
        leave(rows)
        bulk.update(
            Senior,
            ["dwelling_id", "ended_on", "end", "row_digest"],
            [(None, day, end, None, pk) for pk, _, _, _, day, end in rows],
        )
        moves.tell([pk for pk, *_ in rows])


def leave(rows: list[tuple[int, int, str, date | None, date, str]]) -> None:
    """Keep the homes left: (senior, dwelling, lease, since, until, end)."""
    fields = ["senior_id", "dwelling_id", "lease_reference", "since", "until", "end"]
    if rows:
        bulk.insert(Stay, fields, rows)
