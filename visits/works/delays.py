"""How long works take, from the steps of their actions: asked, decided, done.

Request → decision: from « demandée » to the answer (a partner's yes or no, or the start by our own
people); the first of each counts. Decision → end: from that answer, when it is a yes, to the end.
Request → end: the whole. What an end is, `acting.delay` says. A duration whose end has not come is
not counted, and how many wait is said beside. Under `FEW` ended durations no 90th percentile is
given: it would be the slowest case and no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Min, Q, QuerySet

from visits.acting.delay import DAYS, STANDS, Spread, days_to_end, spread
from visits.enums import State
from visits.models import Action, ActionStep
from visits.works.prices import kinds_of_works

YES = (State.PARTNER_ACCEPTED, State.UNDER_WAY)
DECIDED = (*YES, State.PARTNER_REFUSED)
REFUSALS = (State.PARTNER_REFUSED, State.DECLINED, State.CANCELLED)
BY_KIND, BY_TERRITORY = "kind", "territory"


@dataclass
class Delays:
    """One group of works. `waiting` were asked for and have no answer yet, the first time or again
    after a no."""

    label: str
    decision: Spread
    completion: Spread
    whole: Spread
    waiting: int
    refused: int
    reasons: list[tuple[str, int]] = field(default_factory=list)


def delays(works: QuerySet[Action], by: str, *, since: date, until: date) -> list[Delays]:
    """Those asked for between two days, inclusive, grouped by kind or territory; the whole first.

    `works` are those that may be seen (`backlog.works_of`). Three queries.
    """
    asked = _asked(works, since, until, by)
    refusals = _refusals(works, since, until, by)
    labels = _labels(works, by)
    groups = [(label, [row for row in asked if row["group"] == key],
               [row for row in refusals if row["group"] == key])
              for key, label in labels.items()]  # fmt: skip
    told = [_group("Tous", asked, refusals)]
    return told + [_group(*group) for group in groups if group[1] or group[2]]


def _asked(works: QuerySet[Action], since: date, until: date, by: str) -> list[dict]:
    """One row for each of the works asked for: its first days, and its group."""
    first = DAYS | {
        "decided": Min("steps__on", filter=STANDS & Q(steps__to_state__in=DECIDED)),
        "agreed": Min("steps__on", filter=STANDS & Q(steps__to_state__in=YES)),
    }
    rows = works.order_by().values("pk", "state", group=_group_of(by)).annotate(**first)
    return list(rows.filter(asked__range=(since, until)))


def _refusals(works: QuerySet[Action], since: date, until: date, by: str) -> list[dict]:
    """Each no of the period: the tenant's, a partner's, or works cancelled, with its reason."""
    steps = ActionStep.objects.standing().filter(
        action__in=works.values("pk"), to_state__in=REFUSALS, on__range=(since, until)
    )
    return list(steps.order_by().values("to_state", "note", group=_group_of(by, "action__")))


def _group_of(by: str, path: str = "") -> F:
    """What the rows are grouped by: the kind, or where the works are made."""
    if by == BY_KIND:
        return F(f"{path}kind")
    return F(f"{path}made_in__territory__name")


def _labels(works: QuerySet[Action], by: str) -> dict:
    """{group: its label}, in order."""
    if by == BY_KIND:
        return {kind.pk: kind.label for kind in kinds_of_works()}
    names = works.order_by().values_list(_group_of(by), flat=True).distinct()
    return {name: name or "Sans logement" for name in sorted(set(names), key=lambda n: n or "")}


def _group(label: str, asked: Sequence[dict], refusals: Sequence[dict]) -> Delays:
    return Delays(
        label=label,
        decision=spread(_days_between(asked, "asked", "decided")),
        completion=spread(_days_to_end(asked, "agreed")),
        whole=spread(_days_to_end(asked, "asked")),
        waiting=sum(row["state"] == State.REQUESTED for row in asked),
        refused=len(refusals),
        reasons=_reasons(refusals),
    )


def _days_between(rows: Iterable[dict], start: str, end: str) -> list[int]:
    """The durations whose two days are known; an end before its start is a step made again."""
    known = [(row[start], row[end]) for row in rows if row[start] and row[end]]
    return [(last - first).days for first, last in known if last >= first]


def _days_to_end(rows: Iterable[dict], start: str) -> list[int]:
    """The days from there to the end, of those that have one."""
    days = (days_to_end(row[start], row["ended"], row["state"]) for row in rows)
    return [one for one in days if one is not None]


def _reasons(refusals: Sequence[dict]) -> list[tuple[str, int]]:
    """Who said no and why, the most frequent first."""
    counts: dict[str, int] = defaultdict(int)
    for row in refusals:
        state = State(row["to_state"]).label
        counts[f"{state}, {row['note']}" if row["note"] else f"{state}, sans précision"] += 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
