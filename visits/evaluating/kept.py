"""Figures of measures that are kept: effects, long to compute for a large landlord, and what an
evaluator last read, of whom a measure reached and of what it changed. The only door of
MeasureFigure.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from surveys.models import Response
from visits.acting.delay import Spread
from visits.evaluating.effects import Effect, NoEffect, may_follow, shown_to_evaluator
from visits.evaluating.means import Mean
from visits.evaluating.measures import labels_of
from visits.evaluating.reach import Count, Reach, told_apart
from visits.evaluating.reach import shown_to_evaluator as reach_for_evaluator
from visits.evaluating.sides import Change, Side
from visits.models import Measure, MeasureFigure

# Replies to the surveys beyond which an effect is computed out of the request.
LARGE = 20_000
REACH = "reach"
READ = "read:"  # before the code of an effect: as evaluators last read it


@dataclass(frozen=True)
class Computed:
    """An effect, or the sentence that says why there is none, when it was computed, and who was
    measured before and after: those reached, then the others (empty when nobody was)."""

    found: Effect | str
    at: datetime
    sides: tuple[Side, ...] = ()


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


def stored_of(measure: Measure, *, to_evaluator: bool = False) -> dict[str, Computed | None]:
    """{code: what was last computed; None: never}, of all that is compared."""
    rows = {row.code: _computed(row) for row in measure.figures.exclude(code=REACH)}
    told = {code: rows.get(code) for code in labels_of(measure)}
    if not to_evaluator:
        return told
    return {
        code: now and _held(measure, code, now, rows.get(f"{READ}{code}"))
        for code, now in told.items()
    }


def effects_of(
    measure: Measure, *, read: Callable[[Measure, str], Computed | None] = effect_of
) -> dict[str, Computed | None]:
    """{label: its effect, or why there is none; None: never computed}, of all that is compared;
    `read` may be `effect_shown`."""
    return {label: read(measure, code) for code, label in labels_of(measure).items()}


def effect_shown(measure: Measure, code: str) -> Computed | None:
    """The effect as an evaluator may read it, and of when.

    Read before and after one more answer, two effects tell that answer. So it stays as it was
    until as many people as a group must have came in or went.
    """
    now = effect_of(measure, code)
    row = measure.figures.filter(code=f"{READ}{code}").first()
    return now and _held(measure, code, now, _computed(row) if row else None)


def _held(measure: Measure, code: str, now: Computed, before: Computed | None) -> Computed:
    """What an evaluator reads, who read `before`. Without an effect, nothing of the sides."""
    least, fresh = settings.SMALL_CELL, now.found
    if isinstance(fresh, Effect):
        fresh = shown_to_evaluator(fresh, least)
    if before and before.found == fresh:
        return before
    if before and isinstance(before.found, Effect) and not may_follow(before.found, fresh, least):
        return before
    sides = (fresh.reached, fresh.others) if isinstance(fresh, Effect) else ()
    told = asdict(fresh) if isinstance(fresh, Effect) else {"refused": fresh}
    _keep(measure, f"{READ}{code}", told, now.at)
    return Computed(fresh, now.at, sides)


NEVER = "Pas encore calculé\u00a0: lancez le calcul depuis la page du dispositif."


def compute(measure: Measure, code: str) -> Computed:
    """The effect as it is now; kept."""
    from visits.evaluating.outcomes import effect_on  # noqa: PLC0415 - pandas comes with it

    try:
        found: Effect | str = effect_on(measure, code)
        sides, told = (found.reached, found.others), asdict(found)
    except NoEffect as refusal:
        found, sides = str(refusal), refusal.sides
        told = {"refused": found, "sides": [asdict(side) for side in sides]}
    at = timezone.now()
    _keep(measure, code, told, at)
    return Computed(found, at, sides)


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
    fresh, now = reach_for_evaluator(reach, least), timezone.now()
    row = measure.figures.filter(code=REACH).first()
    before = _reach(row.told) if row else None
    if row and before and (before == fresh or told_apart(before, fresh, least)):
        return before, row.kept_at
    _keep(measure, REACH, asdict(fresh) | {"invoiced": str(fresh.invoiced or "")}, now)
    return fresh, now


def _keep(measure: Measure, code: str, told: dict[str, Any], at: datetime) -> None:
    MeasureFigure.objects.update_or_create(
        measure=measure, code=code, defaults={"told": told, "kept_at": at}
    )


def _computed(row: MeasureFigure) -> Computed:
    told = row.told
    if "refused" in told:
        sides = tuple(_side(side) for side in told.get("sides", ()))
        return Computed(told["refused"], row.kept_at, sides)
    found = _effect(told)
    return Computed(found, row.kept_at, (found.reached, found.others))


def _side(told: dict[str, Any]) -> Side:
    change = told.get("change")
    return Side(**told | {"change": Change(**change) if change else None})


def _effect(told: dict[str, Any]) -> Effect:
    sides = {name: _side(told[name]) for name in ("reached", "others")}
    before = _effect(told["before"]) if told["before"] else None
    return Effect(**told | sides | {"before": before})


def _reach(told: dict[str, Any]) -> Reach | None:
    """None of figures kept under another form."""
    if set(told) != {field.name for field in fields(Reach)}:
        return None
    counts = tuple(Count(**one) for one in told["counts"])
    invoiced = Decimal(told["invoiced"]) if told["invoiced"] else None
    delay = Spread(**told["delay"]) if told["delay"] else None
    cost = Mean(**told["cost"]) if told["cost"] else None
    read = {"counts": counts, "delay": delay, "invoiced": invoiced, "cost": cost}
    return Reach(**told | read)
