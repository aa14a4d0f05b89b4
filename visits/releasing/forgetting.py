"""Someone erased is taken out of what is kept to join the files of the years (`rows.MEMORY`).

Her lines say no more whose they are: neither what her pseudonym is made from, nor the pseudonym.
The path itself stays, as one among those that the files already given away hold: without it, the
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
from visits.models import Convention
from visits.releasing.releases import memory_of


@dataclass(frozen=True)
class _Kept:
    """The memory of one recipient, and what hers are known by in it."""

    path: Path
    bases: frozenset[str]

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """What each line holds, the heading first."""
        with self.path.open(newline="", encoding="utf-8") as file:
            yield from csv.reader(file)

    def is_hers(self, line: tuple[str, str, str]) -> bool:
        """Whether a line is of her."""
        return line[0] in self.bases


def piece(asked: Asked) -> Piece:
    """The lines that are hers, recipient by recipient."""
    kept = list(_memories(asked.records))
    count = sum(one.is_hers(line) for one in kept for line in one.lines())

    def erase() -> None:
        # A file is no part of the transaction: it goes once the rest is gone for good.
        transaction.on_commit(lambda: [_forget(one) for one in kept])

    return Piece(
        "pseudonyme d’un export suivi d’année en année",
        "pseudonymes d’exports suivis d’année en année",
        count,
        erase,
    )


def _memories(records: Collection[int]) -> Iterator[_Kept]:
    """Each recipient's, with what hers are known by there."""
    there = [one for one in Convention.objects.all() if memory_of(one).exists()]
    if not there:
        return
    from visits.releasing import rows  # noqa: PLC0415 - pandas, where there is something to look for

    uids = [f"{uid}" for uid in Senior.objects.filter(pk__in=records).values_list("uid", flat=True)]
    for convention in there:
        key = rows.key_for(settings.SECRET_KEY, str(convention.uid))
        bases = frozenset(rows.pseudonym(key, uid) for uid in uids)
        yield _Kept(memory_of(convention), bases)


def _forget(kept: _Kept) -> None:
    """Write the file anew without whose those lines are."""
    draft = kept.path.with_suffix(".forgotten")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for line in kept.lines():
            writer.writerow(["", "", line[2]] if kept.is_hers(line) else line)
    draft.replace(kept.path)
