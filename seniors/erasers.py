"""What each app says that a withdrawal, an erasure or the end of a term takes away of its own.

They are registered when the apps start, so that nothing here knows of surveys or visits. A piece is
what is counted on the page shown before, and what is erased when a person confirms: the one
declaration, so that nothing goes that was not shown.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from seniors.enums import ConsentKind
from seniors.french import plural
from seniors.models import User


@dataclass(frozen=True)
class Piece:
    """Something that goes: its words for one and for several, how many, and the gesture.

    Gestures are called in the order of the pieces, in one transaction. Files go once it is over
    (`transaction.on_commit`): undone, nothing is lost.
    """

    single: str
    many: str
    count: int
    erase: Callable[[], object]

    @property
    def label(self) -> str:
        """Its words, in the number that there is."""
        return plural(self.count, self.single, self.many)


@dataclass(frozen=True)
class Kept:
    """Something that an erasure leaves, and why."""

    single: str
    many: str
    count: int
    why: str

    @property
    def label(self) -> str:
        """Its words, in the number that there is."""
        return plural(self.count, self.single, self.many)


@dataclass(frozen=True)
class Asked:
    """What is asked: of the records of one person, by whom (None: by herself), on which day.

    `kinds` are the agreements taken back; all four when everything is to be erased.
    """

    records: tuple[int, ...]
    kinds: frozenset[ConsentKind]
    by: User | None
    on: date
    # False: what is planned stands, as when she only refused that what she said be kept.
    plans: bool = True


# A fixed number of queries for each source; counts only, until a gesture is called.
Source = Callable[[Asked], Iterable[Piece]]
KeptSource = Callable[[Asked], Iterable[Kept]]
TermSource = Callable[[date], Iterable["Term"]]
_locks: list[Callable[[Collection[int]], object]] = []
_withdrawals: list[Source] = []
_erasures: list[Source] = []
_kept: list[KeptSource] = []
_terms: list[TermSource] = []


@dataclass(frozen=True)
class Term:
    """Rows past the time they may be kept on a day: which rule, and the gesture that erases."""

    code: str
    label: str
    rule: str
    count: int
    erase: Callable[[], object]


def add_lock(lock: Callable[[Collection[int]], object]) -> None:
    """Have an app lock what it writes of these records before any person is: what it was writing
    of them is waited for, then goes with the rest."""
    _locks.append(lock)


def lock(records: Collection[int]) -> None:
    """To be called first, in the transaction that erases."""
    for one in _locks:
        one(records)


def add_withdrawals(source: Source) -> None:
    """Have what this source declares go with an agreement taken back."""
    _withdrawals.append(source)


def add_erasures(source: Source, kept: KeptSource | None = None) -> None:
    """Have what this source declares go when all is to be erased; `kept` says what stays."""
    _erasures.append(source)
    if kept:
        _kept.append(kept)


def add_terms(source: TermSource) -> None:
    """Have what this source declares go when its time is over."""
    _terms.append(source)


def withdrawn(asked: Asked) -> list[Piece]:
    """What goes with these agreements, from every source."""
    return _of(_withdrawals, asked)


def erased(asked: Asked) -> list[Piece]:
    """What goes when all is to be erased, from every source."""
    return _of(_erasures, asked)


def kept(asked: Asked) -> list[Kept]:
    """What stays then."""
    return [one for source in _kept for one in source(asked) if one.count]


def past_terms(on: date) -> list[Term]:
    """What is past its time on that day, every rule, those with nothing included."""
    return [one for source in _terms for one in source(on)]


def deleting(single: str, many: str, rows: QuerySet) -> Piece:
    """A piece that deletes rows; they are read again by the gesture."""
    return Piece(single, many, rows.count(), rows.delete)


def _of(sources: Sequence[Source], asked: Asked) -> list[Piece]:
    return [piece for source in sources for piece in source(asked) if piece.count]
