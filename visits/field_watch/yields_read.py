"""The signals of a year as `yields` counts them: those of the reader's territories, or all.

Read before and after one more signal, a count tells that signal: an evaluator reads a year once it
is over and its last signals are closed, as it was taken at the first reading.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from seniors import held
from seniors.enums import Role
from seniors.models import User
from visits.access import visible_signals
from visits.field_watch.yields import Row, Yield, for_evaluators, yields
from visits.models import Need, Signal

# Day and month of the next year from which an evaluator reads a year.
SETTLED = (4, 1)


@dataclass(frozen=True)
class Line:
    """A kind in words, and its figures."""

    label: str
    figures: Yield

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the kind was received."""
        return self.figures.received == 0

    @property
    def share(self) -> str:
        """« 45 % », "" when there is none."""
        return _percent(self.figures.share)

    @property
    def least(self) -> str:
        """The lower end of the interval."""
        return _percent(self.figures.least)

    @property
    def most(self) -> str:
        """Its upper end."""
        return _percent(self.figures.most)


def yields_for(user: User, year: int) -> list[Line]:
    """One line per kind, of one of `years_of`; an evaluator has those of the whole stock, small
    groups hidden, as they were first read."""
    kinds = Signal.Kind.values
    if user.role == Role.EVALUATOR:

        def take() -> list[Yield]:
            return for_evaluators(_rows(user, year), kinds, settings.SMALL_CELL)

        found = held.once(f"yields of {year}", list[Yield], take)
    else:
        found = yields(_rows(user, year), kinds)
    return [Line(Signal.Kind(one.kind).label, one) for one in found]


def years_of(user: User) -> list[int]:
    """The years from the first signal to this one, the latest first: whole years only, so that
    two pages never differ by a few days, hence by a few people. To the last one that has settled
    for an evaluator, who may have none."""
    today = timezone.localdate()
    last = today.year
    if user.role == Role.EVALUATOR:
        last -= 1 if today >= date(last, *SETTLED) else 2
    first = _seen_by(user).order_by("seen_on").values_list("seen_on", flat=True).first()
    return list(range(last, (first.year if first else last) - 1, -1))


def _rows(user: User, year: int) -> list[Row]:
    """One row per signal of the year."""
    about = ("senior__merged_into", "senior", "dwelling", "pk")
    left_need = Exists(Need.objects.filter(signal=OuterRef("pk")))
    told = _seen_by(user).filter(seen_on__year=year).annotate(left_need=left_need)
    return [
        Row(kind, outcome, _about(merged or senior, dwelling, pk), left)
        for kind, outcome, left, merged, senior, dwelling, pk in told.values_list(
            "kind", "outcome", "left_need", *about
        )
    ]


def _about(senior: int | None, dwelling: int | None, pk: int) -> str:
    """Whom it counts for: a person, else a home, else itself."""
    if senior:
        return f"senior {senior}"
    return f"home {dwelling}" if dwelling else f"signal {pk}"


def _seen_by(user: User) -> QuerySet[Signal]:
    """All of them for an evaluator, who is shown counts only."""
    return Signal.objects.all() if user.role == Role.EVALUATOR else visible_signals(user)


def _percent(share: float | None) -> str:
    """A share as one reads it."""
    return "" if share is None else f"{100 * share:.0f}\u00a0%"
