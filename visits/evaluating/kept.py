"""Figures of measures that are kept: effects, long to compute for a large landlord, and whom a
measure reached as evaluators last read it. The only door of MeasureFigure.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from surveys.models import Response
from visits.evaluating.effects import Effect, NoEffect, Side
from visits.evaluating.measures import labels_of
from visits.evaluating.reach import Count, Reach, shown_to_evaluator, told_apart
from visits.models import Measure, MeasureFigure

# Replies to the surveys beyond which an effect is computed out of the request.
LARGE = 20_000
REACH = "reach"


@dataclass(frozen=True)
class Computed:
    """An effect, or the sentence that says why there is none, and when it was computed."""

    found: Effect | str
    at: datetime


def is_large() -> bool:
    """Whether an effect takes too long to be computed while someone waits."""
    return Response.objects.all()[LARGE : LARGE + 1].exists()


def effect_of(measure: Measure, code: str) -> Computed | None:
    """The effect on one indicator: computed now, or what was kept when that takes long; None when
    it was never computed."""
    if not is_large():
        return compute(measure, code)
    row = measure.figures.filter(code=code).first()
    return _computed(row) if row else None


def effects_of(measure: Measure) -> dict[str, Effect | str]:
    """{label: its effect, or why there is none}, of all that is compared."""
    found = {label: effect_of(measure, code) for code, label in labels_of(measure).items()}
    return {label: one.found if one else NEVER for label, one in found.items()}


NEVER = "Pas encore calculé\u00a0: lancez le calcul depuis la page du dispositif."


def compute(measure: Measure, code: str) -> Computed:
    """The effect as it is now; kept."""
    from visits.evaluating.outcomes import effect_on  # noqa: PLC0415 - pandas comes with it

    try:
        found: Effect | str = effect_on(measure, code)
        told = asdict(found)
    except NoEffect as refusal:
        found = str(refusal)
        told = {"refused": found}
    at = timezone.now()
    _keep(measure, code, told, at)
    return Computed(found, at)


def compute_all(measure: Measure, *, progress: Callable[[int], None]) -> int:
    """Every effect of a measure; how many. May run twice without harm."""
    codes = list(labels_of(measure))
    for done, code in enumerate(codes, 1):
        compute(measure, code)
        progress(done)
    return len(codes)


def reach_shown(measure: Measure, reach: Reach) -> tuple[Reach, datetime]:
    """Whom it reached as an evaluator may read it, and of when.

    Read day after day, a count that grows by one tells of one person. So the figures stay as they
    were until each has moved by nobody, or by as many people as a group must have.
    """
    least = settings.SMALL_CELL
    fresh, now = shown_to_evaluator(reach, least), timezone.now()
    row = measure.figures.filter(code=REACH).first()
    if row:
        before = _reach(row.told)
        if before == fresh or told_apart(before, fresh, least):
            return before, row.kept_at
    _keep(measure, REACH, asdict(fresh) | {"invoiced": str(fresh.invoiced or "")}, now)
    return fresh, now


def _keep(measure: Measure, code: str, told: dict[str, Any], at: datetime) -> None:
    MeasureFigure.objects.update_or_create(
        measure=measure, code=code, defaults={"told": told, "kept_at": at}
    )


def _computed(row: MeasureFigure) -> Computed:
    told = row.told
    return Computed(told.get("refused") or _effect(told), row.kept_at)


def _effect(told: dict[str, Any]) -> Effect:
    sides = {name: Side(**told[name]) for name in ("reached", "others")}
    before = _effect(told["before"]) if told["before"] else None
    return Effect(**told | sides | {"before": before})


def _reach(told: dict[str, Any]) -> Reach:
    counts = tuple(Count(**one) for one in told["counts"])
    invoiced = Decimal(told["invoiced"]) if told["invoiced"] else None
    return Reach(**told | {"counts": counts, "invoiced": invoiced})
