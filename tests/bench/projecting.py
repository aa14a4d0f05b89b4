"""The projection of a stock: every residence, fifteen years, a thousand draws.

No floor: the bar is a time. The people are those of the base, one per row, as the page has them.
"""

from collections.abc import Callable
from typing import Any

from tests.bench.measure import bienveille


def work(case: dict[str, Any]) -> Callable[[], int]:
    """The central variant by residence, as for one large territory."""
    bienveille()
    from django.utils import timezone

    from seniors.models import Territory
    from visits.steering.future import SEED, Stock, people_of, stock_of
    from visits.steering.projection import project
    from visits.steering.rates import rates_of

    stocks = [stock_of([one], timezone.localdate()) for one in Territory.objects.all()]
    rows, names = [], []
    for one in stocks:
        rows += [(group + len(names), *rest) for group, *rest in one.rows]
        names += one.names
    rates = rates_of("central")
    people = people_of(Stock("residence", names, rows, 0), rates)

    def timed() -> int:
        told = project(people, len(names), rates, seed=SEED)
        timed.more = {"people": len(rows), "groups": len(names), "draws": told.draws}
        return len(rows)

    return timed
