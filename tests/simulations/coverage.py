"""How often the 95 % interval holds the known effect, and how often it finds what is not there."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from tests.simulations import landlords
from visits.evaluating import effects


@dataclass(frozen=True)
class Kind:
    """One method with the landlords that try it."""

    name: str
    landlord: Callable[..., pd.DataFrame]
    estimate: Callable[[pd.DataFrame], effects.Effect]


KINDS = (
    Kind("stepped", landlords.stepped, effects.compare_places),
    Kind(
        "alike",
        landlords.alike,
        lambda people: effects.compare_alike(people, landlords.RECORDS),
    ),
    Kind("drawn", landlords.drawn, effects.compare_drawn),
)


def coverage(
    kind: Kind, times: int, *, effect: float, first: int = 0
) -> tuple[float, float, float]:
    """Share of intervals that hold the effect, share that leave zero out, mean error in points."""
    found = [
        kind.estimate(kind.landlord(seed, effect=effect)) for seed in range(first, first + times)
    ]
    held = sum(one.low <= effect <= one.high for one in found) / times
    clear = sum(one.is_clear for one in found) / times
    return held, clear, sum(one.points - effect for one in found) / times
