"""What truly troubles each invented senior: latent frailty, isolation and precarity.

Kept apart in truth.csv, never imported. The three latent values are standard normal or so; a
need is a latent value past a fixed bound together with a home or a help that does not answer it.
They are not the grid's items: answers are drawn from them later, with noise and silence.
"""

import numpy as np
import pandas as pd

from seniors.demo.parameters import value
from seniors.demo.people import SENIOR_AGE, by_band

NEEDS = ("need_home", "need_autonomy", "need_isolation", "need_rights")


def make_truth(people: pd.DataFrame, stock: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per senior: record facts, latent values, needs; `need` is any of the four.

    Index: the person's reference.
    """
    truth = people[people["age"] >= SENIOR_AGE].set_index("reference")
    home = stock.set_index("reference").loc[truth["dwelling"]]
    for column in ("floor", "lift", "house", "adapted", "surface"):
        truth[column] = home[column].to_numpy()
    truth["steps"] = np.where(truth["lift"], 0, truth["floor"])
    entered = pd.to_datetime(truth["entered_on"])
    truth["tenure"] = (entered.max() - entered).dt.days / 365.2425
    _latent(truth, rng)
    _facts(truth, rng)
    _needs(truth, rng)
    return truth


def _latent(truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """Frailty grows with age; isolation with living alone, stairs and frailty; then means."""
    count = len(truth)
    woman = truth["sex"] == "F"
    truth["frailty"] = 0.75 * (truth["age"] - 72) / 10 + 0.1 * woman + rng.normal(0, 1, count)
    truth["isolation"] = (
        -0.5
        + 0.55 * truth["alone"]
        + 0.2 * (truth["alone"] & ~woman)
        + 0.4 * (truth["steps"] >= 2)
        + 0.3 * (truth["frailty"] > 0.5)
        - 0.012 * (truth["tenure"] - 15)
        + rng.normal(0, 0.85, count)
    )
    truth["precarity"] = (
        -0.2
        + 0.25 * truth["alone"]
        + 0.7 * truth["very_low_income"]
        + 0.4 * truth["arrears"]
        + rng.normal(0, 0.9, count)
    )


def _facts(truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """What a good observer would see: limits, dependence, falls, help, bathing."""
    count = len(truth)
    frailty = truth["frailty"]
    truth["limited"] = frailty + rng.normal(0, 0.35, count) > 0.33
    # The more frail the likelier, with each age band's published share on average.
    odds = np.exp(0.9 * (frailty - 0.75 * (truth["age"] - 72) / 10))
    share = by_band("dependent_by_band", truth["age"].to_numpy())
    truth["dependent"] = rng.random(count) < np.clip(share * odds / np.exp(0.9**2 / 2), 0, 0.95)
    truth["fall_risk"] = 0.62 * frailty + rng.normal(0, 0.85, count)
    truth["falls"] = (truth["fall_risk"] > 0.66).astype(int) + (truth["fall_risk"] > 1.45)
    long_here = np.clip(truth["tenure"] / 25, 0.4, 1.6)
    bath = rng.random(count) < value("bath") * long_here
    level = truth["adapted"] | (rng.random(count) < 0.08)
    truth["bathing"] = np.where(level, 1, np.where(bath, 3, 2))
    truth["help"] = rng.random(count) < 1 / (
        1 + np.exp(0.6 - 1.1 * frailty + 0.5 * truth["isolation"])
    )
    truth["claims_rights"] = rng.random(count) < 0.45


def _needs(truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """The four needs of the programme, and how many each person has."""
    frailty = truth["frailty"]
    unfit = (truth["bathing"] >= 2) | (truth["steps"] >= 1)
    truth["need_home"] = (frailty + 0.25 * truth["steps"].clip(upper=3) > 1.4) & unfit
    truth["need_autonomy"] = (truth["dependent"] | (truth["falls"] == 2)) & ~truth["help"]
    truth["need_isolation"] = truth["isolation"] + rng.normal(0, 0.25, len(truth)) > 1.05
    truth["need_rights"] = (truth["precarity"] > 0.75) & ~truth["claims_rights"]
    truth["needs"] = truth[list(NEEDS)].sum(axis=1)
    truth["need"] = truth["needs"] > 0
