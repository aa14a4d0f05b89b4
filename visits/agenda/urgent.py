"""Urgent signals that nobody has closed, as they stand on top of the home page and of the week.

Those that the officer has not seen come first, the latest of them first; then those she has seen,
the oldest first. Each open page asks again every few seconds: `pulse` is what it costs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from seniors.models import Dwelling, Senior, User
from visits.field_watch.inbox import home_of, person_of, with_place
from visits.field_watch.since import Since, since_each
from visits.field_watch.watch import open_urgent
from visits.models import Signal, SignalSeen

SHOWN = 5


@dataclass(frozen=True)
class Urgent:
    """One signal: who it is about if that is known, where, and what was done since."""

    signal: Signal
    person: Senior | None
    home: Dwelling | None
    since: Since

    @property
    def is_new(self) -> bool:
        """Whether the reader has not seen it yet."""
        return not self.signal.is_seen


@dataclass(frozen=True)
class Board:
    """The first of them, how many in all and not seen, the latest of all (its number), a mark that
    changes with what is shown, and the pulse at that moment."""

    shown: list[Urgent]
    count: int
    unseen: int
    newest: int
    mark: str
    pulse: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)

    @property
    def new(self) -> list[Urgent]:
        """Those shown that the reader has not seen yet."""
        return [one for one in self.shown if one.is_new]


def pulse() -> str:
    """The same as long as no urgent signal comes, is taken, is said to be of someone or is closed,
    in any territory. One query, along an index of the open urgent signals alone."""
    open_ = Signal.objects.filter(urgency=Signal.Urgency.NOW, closed_on=None).order_by()
    told = open_.aggregate(Count("pk"), Sum("pk"), Sum("senior"), Sum("taken_by"))
    return "-".join(str(told[key] or 0) for key in sorted(told))


def board_for(user: User, now: datetime | None = None) -> Board:
    """What `user` has to see at once; in a fixed number of queries."""
    beat = pulse()  # read first: what comes meanwhile is asked for again
    signals = _told(open_urgent(user), user)
    counts = signals.aggregate(
        count=Count("pk"), unseen=Count("pk", filter=Q(is_seen=False)), newest=Max("pk")
    )
    rows = list(with_place(signals.order_by(*_FIRST))[:SHOWN])
    done = since_each(rows)
    shown = [Urgent(one, person_of(one), home_of(one), done[one.pk]) for one in rows]
    mark = _mark(shown, counts["count"], counts["unseen"], now or timezone.now())
    return Board(shown, counts["count"], counts["unseen"], counts["newest"] or 0, mark, beat)


def see(signals: Iterable[Signal], *, by: User) -> None:
    """Note that `by` has seen these; twice changes nothing."""
    rows = [SignalSeen(signal=one, user=by) for one in signals]
    SignalSeen.objects.bulk_create(rows, ignore_conflicts=True)


_FIRST = (
    "is_seen",
    Case(When(is_seen=True, then=F("recorded_at"))).asc(nulls_first=True),
    "-recorded_at",
    "-pk",
)


def _told(signals: QuerySet[Signal], user: User) -> QuerySet[Signal]:
    """With `is_seen`: whether `user` has seen it, or answers for it."""
    seen = SignalSeen.objects.filter(signal=OuterRef("pk"), user=user)
    knows = When(Exists(seen) | Q(taken_by=user.pk), then=Value(True))
    return signals.annotate(is_seen=Case(knows, default=Value(False)))


def _mark(shown: list[Urgent], count: int, unseen: int, now: datetime) -> str:
    """The same as long as a page read before says the truth; ages are told by the hour."""
    said = [
        (
            one.signal.pk,
            one.is_new,
            one.signal.senior_id,
            one.signal.dwelling_id,
            one.signal.what,
            one.signal.taken_by_id,
            one.since.appointment and (one.since.appointment.pk, one.since.appointment.revision),
            one.since.visit and (one.since.visit.pk, one.since.visit.outcome),
            int((now - one.signal.recorded_at).total_seconds() // 3600),
        )
        for one in shown
    ]
    return sha256(f"{count} {unseen} {now:%Y-%m-%d} {said}".encode()).hexdigest()[:12]
