"""Urgent signals that nobody has closed, as they stand on top of the home page and of the week."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from seniors.models import Dwelling, Senior, User
from visits.field_watch.inbox import home_of, person_of, with_place
from visits.field_watch.since import Since, since_each
from visits.field_watch.watch import open_urgent
from visits.models import Signal

SHOWN = 5


@dataclass(frozen=True)
class Urgent:
    """One signal: who it is about if that is known, where, and what was done since."""

    signal: Signal
    person: Senior | None
    home: Dwelling | None
    since: Since


@dataclass(frozen=True)
class Board:
    """The oldest of them, how many in all, and a mark that changes with what is shown."""

    shown: list[Urgent]
    count: int
    mark: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


def board_for(user: User, now: datetime | None = None) -> Board:
    """What `user` has to see at once."""
    signals = open_urgent(user)
    rows = list(with_place(signals)[: SHOWN + 1])
    count = len(rows) if len(rows) <= SHOWN else signals.count()
    done = since_each(rows[:SHOWN])
    shown = [Urgent(one, person_of(one), home_of(one), done[one.pk]) for one in rows[:SHOWN]]
    return Board(shown, count, _mark(shown, count, now or timezone.now()))


def _mark(shown: list[Urgent], count: int, now: datetime) -> str:
    """The same as long as a page read before says the truth; ages are told by the hour."""
    said = [
        (
            one.signal.pk,
            one.signal.senior_id,
            one.signal.taken_by_id,
            one.since.appointment and (one.since.appointment.pk, one.since.appointment.revision),
            one.since.visit and (one.since.visit.pk, one.since.visit.outcome),
            int((now - one.signal.recorded_at).total_seconds() // 3600),
        )
        for one in shown
    ]
    return sha256(f"{count} {now:%Y-%m-%d} {said}".encode()).hexdigest()[:12]
