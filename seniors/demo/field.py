"""What the field saw before: signals of caretakers, last year's visits, people who objected."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from seniors.demo.parameters import value

SIGNS = (
    "volets fermés depuis plusieurs jours",
    "courrier qui s’accumule",
    "ne se montre plus dans l’immeuble",
    "chute dans les parties communes",
)
# What an officer notes in a visit, among what a survey asks.
SEEN = (
    "bathing",
    "grab_bars",
    "entrance_steps",
    "loose_rugs",
    "cold_home",
    "wants_adaptation",
    "can_count_on",
    "help_home",
    "help_enough",
    "goes_out",
    "lonely",
)


def make_signals(truth: pd.DataFrame, rng: np.random.Generator, as_of: date) -> pd.DataFrame:
    """A few worrying signs: reference, urgency (now, soon, watch), what, seen_on."""
    chance = value("urgent_signals") * np.where(truth["need"], 1.8, 0.4)
    people = truth.index[rng.random(len(truth)) < chance * 1.6]
    if len(people) < 2:
        people = truth.index[truth["need"]][:2]
    days = rng.integers(0, 20, len(people))
    return pd.DataFrame(
        {
            "reference": people,
            "urgency": rng.choice(["now", "soon", "watch"], len(people), p=[0.3, 0.4, 0.3]),
            "what": rng.choice(SIGNS, len(people)),
            "seen_on": [as_of - timedelta(days=int(day)) for day in days],
        }
    )


def make_visits(
    truth: pd.DataFrame, said: pd.DataFrame, rng: np.random.Generator, as_of: date
) -> pd.DataFrame:
    """Visits of the last 18 months: reference, made_on, outcome, consent_health, then SEEN items.

    Items are whole numbers, missing when the visit was not made.
    """
    people = truth.index[rng.random(len(truth)) < value("visited_last_year")]
    outcome = rng.choice(["done", "absent", "refused"], len(people), p=[0.8, 0.13, 0.07])
    days = rng.integers(20, 550, len(people))
    visits = pd.DataFrame(
        {
            "reference": people,
            "made_on": [as_of - timedelta(days=int(day)) for day in days],
            "outcome": outcome,
            "consent_health": rng.random(len(people)) < value("consent_health"),
        }
    )
    seen = said.loc[people, list(SEEN)].reset_index(drop=True).astype("Int8")
    return pd.concat([visits, seen.where(visits["outcome"] == "done")], axis=1)


def make_objections(truth: pd.DataFrame, rng: np.random.Generator, as_of: date) -> pd.DataFrame:
    """A few people who want no visit: reference, since, until (None: without end), reason."""
    people = truth.index[rng.random(len(truth)) < value("objections")]
    if not len(people):
        people = truth.index[:1]
    pause = rng.random(len(people)) < 0.3
    return pd.DataFrame(
        {
            "reference": people,
            "since": as_of - timedelta(days=90),
            "until": [as_of + timedelta(days=60) if wait else None for wait in pause],
            "reason": np.where(pause, "absente pour quelques mois", "ne souhaite pas de visite"),
        }
    )
