"""Invented landlords whose measure has a known effect, as the frames that `effects` wants."""

import numpy as np
import pandas as pd

RECORDS = ("age_band", "alone")


def stepped(
    seed: int, *, effect: float, places: int = 36, drift: float = 0.0, periods: int = 4
) -> pd.DataFrame:
    """A panel of `effects.compare_places`: a third of the residences joins, then another third.

    Each residence has a level and a yearly shock of its own; people answer less and less; those
    worse off answer less. `drift` is what residences that will join gain each year anyway.
    """
    dice = np.random.default_rng(seed)
    size = dice.integers(4, 30, places)
    start = np.array([2.0, 3.0, np.nan])[np.arange(places) % 3]
    dice.shuffle(start)
    place = np.repeat(np.arange(places), size)
    level = 40 + dice.normal(0, 8, places)[place] + dice.normal(0, 15, len(place))
    rows = []
    for period in range(periods):
        shock = dice.normal(0, 4, places)[place]
        began = start[place] <= period
        joins = ~np.isnan(start[place])
        value = level + shock + drift * period * joins + effect * began
        value = value + dice.normal(0, 10, len(place))
        told = dice.random(len(place)) < 0.75 - level / 400
        rows.append(
            pd.DataFrame(
                {
                    "person": np.arange(len(place)),
                    "place": place,
                    "period": period,
                    "value": np.where(told, value, np.nan),
                    "start": start[place],
                    "late": False,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def alike(seed: int, *, effect: float, places: int = 40) -> pd.DataFrame:
    """People of `effects.compare_alike`: the older and the lonelier are reached more often."""
    dice = np.random.default_rng(seed)
    place = np.repeat(np.arange(places), dice.integers(8, 30, places))
    people = len(place)
    age_band, alone = dice.integers(0, 4, people), dice.integers(0, 2, people)
    exposed = dice.random(people) < 0.15 + 0.1 * age_band + 0.1 * alone
    before = np.clip(30 + 5 * age_band + 8 * alone + dice.normal(0, 15, people), 0, 100)
    trend = 2 * age_band + 3 * alone + dice.normal(0, 3, places)[place]
    value = before + trend + effect * exposed + dice.normal(0, 10, people)
    told = dice.random(people) < 0.7
    return pd.DataFrame(
        {
            "place": place,
            "age_band": age_band,
            "alone": alone,
            "exposed": exposed,
            "before": before,
            "value": np.where(told, value, np.nan),
            "late": False,
        }
    )


def drawn(seed: int, *, effect: float, places: int = 60) -> pd.DataFrame:
    """Visits of `effects.compare_drawn`: half of the residences are reached, strata differ."""
    dice = np.random.default_rng(seed)
    place = np.repeat(np.arange(places), dice.integers(10, 40, places))
    people = len(place)
    frail = dice.random(people) < 0.3
    reached = np.arange(places) % 2 == 0
    dice.shuffle(reached)
    exposed = reached[place]
    chance = np.where(frail, 0.55, 0.3) + dice.normal(0, 0.04, places)[place]
    found = dice.random(people) < chance + effect / 100 * exposed
    probability = np.where(frail, 0.5, 0.2)
    seen = dice.random(people) < probability
    rows = {"place": place, "exposed": exposed, "found": found, "probability": probability}
    return pd.DataFrame(rows)[seen]
