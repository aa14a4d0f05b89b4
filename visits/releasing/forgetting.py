"""Someone erased is taken out of what is kept to join the files of the years (`given.Memory`).

Her lines say no more whose they are: neither what her path is made from, nor the path. Its
history itself stays, as one among those that the files already given away hold: without it, the
next file would count that group one short and cut the links of others.
"""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from seniors.erasers import Asked, Piece
from seniors.models import Senior
from visits.releasing.releases import memory_path, writing_memory


@dataclass(frozen=True)
class _Kept:
    """The memory, and what hers are known by in it."""

    path: Path
    bases: frozenset[str]

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """What each line holds, the heading first; none before the first file."""
        if not self.path.exists():
            return
        with self.path.open(newline="", encoding="utf-8") as file:
            yield from csv.reader(file)

    def is_hers(self, line: tuple[str, str, str]) -> bool:
        """Whether a line is of her."""
        return line[0] in self.bases


def piece(asked: Asked) -> Piece:
    """The lines that are hers."""
    kept = _Kept(memory_path(), _bases(asked.records))
    count = sum(map(kept.is_hers, kept.lines()))

    def erase() -> None:
        # A file is no part of the transaction: it goes once the rest is gone for good.
        if count:
            transaction.on_commit(lambda: _forget(kept))

    return Piece(
        "pseudonyme d’un export suivi d’année en année",
        "pseudonymes d’exports suivis d’année en année",
        count,
        erase,
    )


def _bases(records: Collection[int]) -> frozenset[str]:
    """What hers are known by; not looked for before the first file."""
    if not memory_path().exists():
        return frozenset()
    from visits.releasing import rows  # noqa: PLC0415 - pandas, where there is something to look for

    uids = Senior.objects.filter(pk__in=records).values_list("uid", flat=True)
    key = rows.key_for(settings.SECRET_KEY, "")
    return frozenset(rows.pseudonym(key, f"{uid}") for uid in uids)


def _forget(kept: _Kept) -> None:
    """Write the file anew without whose those lines are: as it is now, a file of people may have
    been made since they were counted; one that is being made will not bring them back
    (`given.add`)."""
    draft = kept.path.with_suffix(".forgotten")
    with writing_memory():
        with draft.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            for line in kept.lines():
                writer.writerow(["", "", line[2]] if kept.is_hers(line) else line)
        draft.replace(kept.path)
