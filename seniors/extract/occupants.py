"""Files of occupants: who is a senior, where she lives, who moved, left or died.

One row per occupant, or one per lease with a second person in other columns. Only people who
have reached the landlord's senior age at the extract's date become records; the younger ones
only count in the size of the household.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings

from seniors.extract import departures, occupant_cells, stock, tenancies
from seniors.extract.cleaner import Cleaner
from seniors.extract.comparing import Comparison
from seniors.extract.homes import Homes
from seniors.extract.kinds import TWIN, Piece, refusals
from seniors.extract.occupant_cells import Presence
from seniors.extract.occupant_fields import SAYS_SOMEONE
from seniors.extract.people import People
from seniors.extract.table import Block
from seniors.models import ImportRun, Senior

NO_BIRTH = "à compléter\u00a0: sans date de naissance, on ne sait pas si c’est un senior"
_SLOT = np.int64(0x5DEECE66D)
_ROW_COUNTS = ("new", "changed", "unchanged", "younger", "ageless", "not_homes", "ended",
               "refused", "doubled")  # fmt: skip


class OccupantBatch:
    """One file of occupants against the records."""

    def __init__(self, run: ImportRun) -> None:
        self.run, self.choices = run, run.choices
        columns = {code: name for code, name in run.choices["columns"].items() if name}
        self.salt = stock.salt_of(run.choices, columns)
        self.live = stock.Live(
            Senior, "dwelling", where="dwelling_id IS NOT NULL AND merged_into_id IS NULL"
        )
        self.people = People()
        self.homes = Homes(one_row_per_lease=not SAYS_SOMEONE.isdisjoint(columns))
        self.partial = False
        self.ended: dict[int, tuple[date, bool]] = {}
        # Lines under the number of a record since merged, by the record kept; and the records
        # kept that the file shows under their own number.
        self.held: dict[int, list[Piece]] = defaultdict(list)
        self.shown: set[int] = set()
        self.tally = stock.Tally(*_ROW_COUNTS)
        self.left_out: list[int] = []

    def compare(self, block: Block, reading: Comparison) -> Piece:
        """Every row counts in its household; only seniors not known as they are get cleaned."""
        self.partial = reading.table.is_correction
        dropped = np.isin(block.lines, reading.dropped_lines)
        frame, told = reading.rows_of(block, ~dropped if dropped.any() else None)
        digests = (block.digests() ^ self.salt)[np.searchsorted(block.lines, frame.index)]
        frame, slots = occupant_cells.one_row_each(frame)
        digests = digests[np.cumsum(slots == 0) - 1] ^ (slots * _SLOT)
        piece = Piece({"doubled": int(dropped.sum())})
        cleaner = Cleaner(frame, self.choices)
        here = occupant_cells.presence(
            cleaner, extract_on=self.run.extract_on, senior_age=settings.SENIOR_AGE
        )
        twins = np.isin(cleaner.lines, reading.refused_lines)
        self._sort(piece, cleaner, here, digests, twins)
        both = refusals([(line, "reference", TWIN) for line in cleaner.lines[twins]])
        piece.refusals = pd.concat(
            [told, refusals(cleaner.told), piece.refusals, both], ignore_index=True
        )
        piece.counts["refused"] = int(piece.refusals["line"].nunique())
        for key, count in cleaner.counts.items():
            piece.counts[key] = piece.counts.get(key, 0) + count
        piece.counts["rows"] = sum(piece.counts.get(key, 0) for key in _ROW_COUNTS)
        return piece

    def _sort(
        self,
        piece: Piece,
        cleaner: Cleaner,
        here: Presence,
        digests: np.ndarray,
        twins: np.ndarray,
    ) -> None:
        """Each row into one count; the seniors to compare are cleaned."""
        good = ~np.isin(cleaner.lines, [line for line, _, _ in cleaner.told]) & ~twins
        ids, numbers = self._who(cleaner, here, good)
        self.homes.count(here, good, cleaner.lines)
        kept, absorbed = self.people.kept_for(ids), self.people.absorbed(ids)
        self.live.see(kept[~good & (kept >= 0)])
        ended = good & np.array([day is not None for day in here.ended_on], dtype=bool)
        for row in np.flatnonzero(ended & (ids >= 0)):
            self.ended[int(kept[row])] = (here.ended_on[row], bool(here.died[row]))
        housed = good & here.is_home
        self.live.see(kept[housed & (kept >= 0)])
        self.shown |= self.people.having_absorbed(ids[housed])
        senior = housed & (here.is_senior | (ids >= 0))
        met = self.live.meet(digests)
        # A record merged into another is never written again: the kept one is, by `finish`. One
        # erased at the person's request neither.
        erased = self.people.erased(kept)
        same = senior & (((met >= 0) & (met == ids)) | absorbed | erased)
        for row in np.flatnonzero(senior & absorbed & (met != kept) & ~erased).tolist():
            self._hold(cleaner, here, int(kept[row]), row, digests[row])
        self._remember(ids, numbers, senior, cleaner.lines)
        sorts = {
            "unchanged": same,
            "not_homes": good & ~here.is_home & ~ended,
            "ended": ended,
            "younger": housed & ~senior & ~here.is_ageless,
            "ageless": housed & ~senior & here.is_ageless,
        }
        self.tally.sort(cleaner.lines, sorts)
        piece.counts |= {key: int(mask.sum()) for key, mask in sorts.items()}
        piece.to_complete = dict.fromkeys(cleaner.lines[sorts["ageless"]].tolist(), NO_BIRTH)
        rows = np.flatnonzero(senior & ~same)
        if len(rows):
            part = Cleaner(cleaner.frame.iloc[rows], self.choices)
            own = occupant_cells.at(here, rows)
            tenancies.compare(
                piece, part, own, self.run, homes=self.homes, ids=ids[rows],
                numbers=[numbers[row] for row in rows], digests=digests[rows],
            )  # fmt: skip
            self.tally.sort(part.lines, piece.rows.sorts())

    def _hold(
        self, cleaner: Cleaner, here: Presence, kept: int, row: int, digest: np.int64
    ) -> None:
        """Compare a line of an absorbed record with the one kept; `finish` says if it holds."""
        piece, part = Piece(), Cleaner(cleaner.frame.iloc[[row]], self.choices)
        own = occupant_cells.at(here, np.array([row]))
        tenancies.compare(
            piece, part, own, self.run, homes=self.homes, ids=np.array([kept]),
            numbers=[""], digests=np.array([digest]),
        )  # fmt: skip
        self.held[kept].append(piece)

    def _settle_held(self, *, write: bool) -> dict[str, Any]:
        """Let the lines of absorbed records speak for those kept that have no line of their own:
        two lines of one person would undo each other at each import."""
        counts: Counter[str] = Counter()
        samples: list[dict[str, Any]] = []
        for kept, pieces in self.held.items():
            changed = pieces[0].counts.get("changed", 0)
            if kept in self.shown or len(pieces) > 1 or not changed:
                continue
            counts.update(changed=1, unchanged=-1, moved=pieces[0].counts["moved"])
            samples += pieces[0].samples["changed"]
            if write:
                tenancies.write(pieces[0], self.run)
        return {"counts": dict(counts), "samples": {"changed": samples} if samples else {}}

    def _who(
        self, cleaner: Cleaner, here: Presence, good: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(id or -1, number) of each row that may be a senior."""
        numbers = np.array(cleaner.texts("reference", 80), dtype=object)
        numbers[numbers == None] = ""  # noqa: E711 - element by element
        ids = self.people.find(numbers)
        alone = np.flatnonzero((numbers == "") & good & here.is_senior)
        if len(alone):
            ids[alone], numbers[alone] = self.people.find_by_name(
                *self._leases_and_names(cleaner, here, alone), occupant_cells.at(here, alone)
            )
        lost = np.flatnonzero(good & here.is_ageless)
        if len(lost) and not cleaner.has("reference"):
            found = self.people.find_without_birth(*self._leases_and_names(cleaner, here, lost))
            # Of two rows of one name, the one with a birth is the person known.
            _, first = np.unique(found, return_index=True)
            found[np.isin(found, ids) | ~np.isin(np.arange(len(found)), first)] = -1
            ids[lost] = found
        return ids, numbers

    def _leases_and_names(
        self, cleaner: Cleaner, here: Presence, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(lease, else the dwelling; name as it is searched) of these rows."""
        part = Cleaner(cleaner.frame.iloc[rows], self.choices)
        names = occupant_cells.names_of(part)["search_name"]
        leases = part.texts("lease_reference", 60)
        return np.where(leases == "", here.dwellings[rows], leases), names

    def _remember(
        self, ids: np.ndarray, numbers: np.ndarray, senior: np.ndarray, lines: np.ndarray
    ) -> None:
        hashes = pd.util.hash_array(numbers, categorize=False) | np.uint64(1 << 63)
        keys = np.where(ids >= 0, ids.astype(np.uint64), hashes)
        self.tally.key(keys[senior], lines[senior])

    def twins(self) -> list[list[int]]:
        """Lines that share an identifier, by group."""
        return self.tally.twins()

    def leave_out(self, twins: Sequence[int], repeats: Sequence[int]) -> dict[str, int]:
        """Write none of these lines; what they counted for."""
        self.left_out = [*twins, *repeats]
        self.homes.leave_out(twins, repeats)
        return self.tally.leave_out(self.left_out)

    def write(self, piece: Piece) -> None:
        """New people, changed people, homes they left."""
        tenancies.write(piece, self.run, left_out=self.left_out)

    def finish(self, write: bool) -> dict[str, Any]:
        """Who ended or is gone; how many live in each dwelling."""
        counts = self.homes.finish(self.run, partial=self.partial, write=write)
        closed = departures.close_ended(self.live, self.ended, write=write)
        held = self._settle_held(write=write)
        end = {"counts": held["counts"] | counts | closed, "samples": held["samples"]}
        if not self.partial:
            many = bool(self.choices.get("options", {}).get("close_many"))
            gone = departures.close_absent(
                self.live, self.run.extract_on, even_many=many, write=write
            )
            end = {
                "counts": end["counts"] | gone["counts"],
                "samples": end["samples"] | gone.get("samples", {}),
            }
        return end
