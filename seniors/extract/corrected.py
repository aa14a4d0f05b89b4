"""What was found at the door to be otherwise than the files say (`models.HomeCorrection`).

A file that says again what it said then, or nothing, undoes nothing. One that says something else
is read, which the history of those who live there tells; the correction is then over, as it is
once the file agrees.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Q

from seniors import bulk
from seniors.models import HomeCorrection, ImportRun, RecordChange, Senior

_SIZE = "household_size"
# A correction that a file ends: dwelling, column, whether the file says something new.
Over = tuple[int, str, bool]


class Corrected:
    """The corrections in force, against one file."""

    def __init__(self) -> None:
        self.said: dict[int, dict[str, Any]] = defaultdict(dict)
        self.days: dict[tuple[int, str], date] = {}
        rows = HomeCorrection.objects.values_list("dwelling", "field", "file_said", "on")
        for home, column, said, on in rows:
            self.said[home][column] = said
            self.days[home, column] = on

    def keep(
        self,
        values: dict[str, np.ndarray],
        ids: np.ndarray,
        before: Callable[[int], dict[str, Any]],
    ) -> tuple[int, list[tuple[int, Over]]]:
        """Put what was found in place of what the file only repeats, in these columns; `before`
        gives what stands, by row. How many were kept, and (row, correction) of those over."""
        kept, over = 0, []
        for row in np.flatnonzero(np.isin(ids, list(self.said))).tolist():
            home, found = int(ids[row]), before(row)
            for column in sorted(self.said[home].keys() & values.keys()):
                told = values[column][row]
                if self._is_repeated(home, column, told):
                    values[column][row] = found[column]
                    kept += 1
                else:
                    over.append((row, (home, column, told != found[column])))
        return kept, over

    def keep_households(
        self, ids: np.ndarray, sizes: np.ndarray, before: np.ndarray
    ) -> tuple[int, list[Over]]:
        """The same for how many live in these dwellings: `sizes` of a file, 0 when it does not
        say, under 0 when nobody can."""
        kept, over = 0, []
        counted = [home for home, columns in self.said.items() if _SIZE in columns]
        if not counted:
            return kept, over
        there = self._still_there(counted)
        for place in np.flatnonzero(np.isin(ids, counted)).tolist():
            home, size = int(ids[place]), int(sizes[place])
            if home in there and self._is_repeated(home, _SIZE, size if size > 0 else None):
                sizes[place] = 0
                kept += 1
            else:
                over.append((home, _SIZE, size > 0 and size != int(before[place])))
        return kept, over

    def _is_repeated(self, home: int, column: str, told: Any) -> bool:
        """Whether a file says nothing new of a fact that was corrected."""
        return told is None or told == "" or told == self.said[home][column]

    def _still_there(self, homes: list[int]) -> set[int]:
        """Where one of those who lived there on the day of the correction still does."""
        people = Senior.objects.unmerged().filter(dwelling__in=homes)
        return {
            home
            for home, since in people.values_list("dwelling", "housed_since")
            if since is None or since <= self.days[home, _SIZE]
        }


def close(over: Iterable[Over], run: ImportRun) -> None:
    """Forget these corrections; what the file says otherwise is told to who lives there."""
    over = list(over)
    if not over:
        return
    which = Q()
    news: defaultdict[int, list[str]] = defaultdict(list)
    for home, column, is_news in over:
        which |= Q(dwelling=home, field=column)
        if is_news:
            news[home].append(column)
    HomeCorrection.objects.filter(which).delete()
    people = Senior.objects.unmerged().filter(dwelling__in=news)
    told = (
        (pk, run.extract_on, ",".join(sorted(news[home])), run.pk)
        for pk, home in people.values_list("pk", "dwelling")
    )
    bulk.insert(RecordChange, ["senior_id", "on", "fields", "run_id"], told)
