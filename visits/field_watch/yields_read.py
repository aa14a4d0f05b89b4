"""The signals of a year as `yields` counts them: those of the reader's territories, or all."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from seniors.enums import Role
from seniors.models import User
from visits.access import visible_signals
from visits.field_watch.yields import Row, Yield, for_evaluators, yields
from visits.models import Signal


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
    """One line per kind; an evaluator has those of the whole stock, small groups hidden."""
    rows = _rows(user, year)
    kinds = Signal.Kind.values
    if user.role == Role.EVALUATOR:
        found = for_evaluators(rows, kinds, settings.SMALL_CELL)
    else:
        found = yields(rows, kinds)
    return [Line(Signal.Kind(one.kind).label, one) for one in found]


def years_of(user: User) -> list[int]:
    """The years from the first signal to this one, the latest first: whole years only, so that
    two pages never differ by a few days, hence by a few people."""
    now = timezone.localdate().year
    first = _seen_by(user).order_by("seen_on").values_list("seen_on", flat=True).first()
    return list(range(now, (first.year if first else now) - 1, -1))


def _rows(user: User, year: int) -> list[Row]:
    """One row per signal of the year."""
    about = ("senior__merged_into", "senior", "dwelling", "pk")
    told = _seen_by(user).filter(seen_on__year=year).values_list("kind", "outcome", *about)
    return [
        Row(kind, outcome, _about(merged or senior, dwelling, pk))
        for kind, outcome, merged, senior, dwelling, pk in told
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
