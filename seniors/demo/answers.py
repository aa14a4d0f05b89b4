"""The answers of a survey among invented seniors: who answers, what they say and leave out."""

import numpy as np
import pandas as pd

from seniors.demo.parameters import series, value
from seniors.demo.people import by_band

EPICES_WEIGHTS = {
    "social_worker": 10.06,
    "health_cover": -11.83,
    "couple": -8.28,
    "money_trouble": 14.80,
    "sport": -6.51,
    "show": -7.10,
    "holiday": -7.10,
    "relatives": -9.47,
    "lodging": -9.47,
    "material_help": -7.10,
}
LSNS = tuple(
    f"lsns_{circle}_{item}"
    for circle in ("family", "friends")
    for item in ("seen", "private", "help")
)
CONSENTS = ("consent_visit", "consent_health", "consent_sharing", "consent_evaluation")


def say(truth: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What every senior would answer: one column per item, whole numbers, same index as `truth`."""
    said = pd.DataFrame(index=truth.index)
    for part in (_home, _autonomy, _isolation, _rights):
        part(said, truth, rng)
    return said.astype(int)


def answers(
    said: pd.DataFrame,
    truth: pd.DataFrame,
    rng: np.random.Generator,
    more: np.ndarray | float = 0.0,
) -> pd.DataFrame:
    """The rows that come back, with gaps: items as nullable whole numbers, then the consents.

    Isolated people answer less; who is never on line does not answer on line. Channel is paper,
    web or phone. `more` is added to each one's chance to answer.
    """
    rate = by_band("response_by_band", truth["age"].to_numpy()) + more
    rate = rate - value("response_lost_if_isolated") * (truth["isolation"] > 0.65)
    came = rng.random(len(truth)) < rate
    back = said[came].astype("Int8")
    gaps = rng.random(back.shape) < value("item_missing")
    back = back.mask(gaps)
    for code in CONSENTS:
        back[code] = (rng.random(len(back)) < value(code)).astype(int)
    back["no_contact"] = (rng.random(len(back)) < value("no_contact")).astype(int)
    draw = rng.random(len(back))
    online = said.loc[back.index, "online"] == 1
    back["channel"] = np.select(
        [draw < value("on_paper"), online & (draw < 0.94)], ["paper", "web"], "phone"
    )
    return back


def a_year_before(
    said: pd.DataFrame, back: pd.DataFrame, truth: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The rows that came back the year before: most people answer again, most say the same.

    `said` and `back` are of this year; `truth` holds those who were asked then.
    """
    then = say(truth, rng)
    # Nobody falls the same every year: some had the falls of somebody else.
    then["falls"] = rng.permutation(then["falls"].to_numpy())
    now = said.loc[truth.index]
    then = now.where(rng.random(now.shape) < value("same_answer"), then)
    habit = np.where(truth.index.isin(back.index), *series("habit"))
    before = answers(then, truth, rng, habit)
    both = before.index.intersection(back.index)
    for code in (*CONSENTS, "no_contact"):
        same = rng.random(len(both)) < value("same_consent")
        before.loc[both[same], code] = back.loc[both[same], code]
    # Whoever asked to be left alone then was not asked this year.
    before.loc[both, "no_contact"] = 0
    return before


def _yes(chance: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """1 with that chance (a latent value through the logistic curve)."""
    return rng.random(len(chance)) < 1 / (1 + np.exp(-np.asarray(chance, dtype=float)))


def _level(latent: pd.Series, bounds: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """How many bounds the latent value passes, with some noise."""
    noisy = latent + rng.normal(0, 0.45, len(latent))
    return np.searchsorted(bounds, noisy)


def _home(said: pd.DataFrame, truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """The dwelling, and how it is lived in."""
    frailty = truth["frailty"]
    said["bathing"] = truth["bathing"]
    said["bath_difficulty"] = _level(frailty + 0.5 * (truth["bathing"] - 2), (0.6, 1.5), rng)
    said["grab_bars"] = _yes(-1.2 + 1.2 * truth["adapted"] + 0.4 * frailty, rng)
    said["entrance_steps"] = _yes(np.where(truth["lift"], -0.4, 0.8), rng)
    said["stairs_difficulty"] = _level(frailty + 0.1 * truth["steps"], (0.5, 1.4), rng)
    said["shutters_hard"] = _yes(-0.9 + 0.8 * frailty, rng)
    said["night_light"] = _yes(0.4 + 0 * frailty, rng)
    said["loose_rugs"] = _yes(-0.2 + 0 * frailty, rng)
    said["cold_home"] = _yes(-1.4 + 0.7 * truth["precarity"], rng)
    wants = _yes(-1.1 + 1.0 * frailty, rng)
    said["wants_adaptation"] = wants
    for code, often in (("bars", 0.3), ("shower", 0.9), ("wc", -0.4), ("shutters", -0.3)):
        said[f"wish_{code}"] = wants & _yes(often - 0.6 + 0 * frailty, rng)
    said["wish_light"] = wants & _yes(-1.5 + 0 * frailty, rng)
    said["wish_move"] = _yes(-2.8 + 0.4 * truth["steps"] + 0.4 * frailty, rng)


def _autonomy(said: pd.DataFrame, truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """Falls, limits, help."""
    frailty = truth["frailty"]
    said["falls"] = truth["falls"]
    said["unsteady"] = _yes(-0.9 + 1.3 * truth["fall_risk"], rng)
    said["fear_falling"] = _yes(-0.7 + 1.2 * truth["fall_risk"], rng)
    said["limited_activities"] = truth["limited"]
    said["needs_help"] = truth["dependent"] | _yes(-3 + 1.0 * frailty, rng)
    said["stays_home"] = _yes(-2.6 + 1.2 * frailty + 0.2 * truth["steps"], rng)
    said["can_count_on"] = _yes(1.9 - 1.4 * truth["isolation"], rng)
    said["walking_aid"] = _yes(-2.0 + 1.6 * frailty, rng)
    said["errands_difficulty"] = _level(frailty + 0.15 * truth["steps"], (0.6, 1.5), rng)
    shut_in = 0.6 * frailty + 0.4 * truth["isolation"] + 0.25 * (truth["steps"] >= 2)
    said["goes_out"] = _level(shut_in, (0.0, 0.75, 1.4), rng)
    said["help_home"] = truth["help"] & _yes(-0.3 + 0.8 * frailty, rng)
    said["help_family"] = truth["help"] & _yes(0.8 - 1.0 * truth["isolation"], rng)
    enough = np.where(truth["need_autonomy"], -1.3, 1.8)
    said["help_enough"] = _yes(pd.Series(enough, truth.index), rng)
    said["apa"] = truth["dependent"] & _yes(0.4 + 0 * frailty, rng)


def _isolation(said: pd.DataFrame, truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """LSNS-6, UCLA-3, the direct question."""
    isolation = truth["isolation"]
    offsets = (0.55, 0.0, 0.1, 0.15, -0.45, -0.35)
    for code, offset in zip(LSNS, offsets, strict=True):
        ties = 2.6 + offset - 0.95 * isolation + rng.normal(0, 0.75, len(truth))
        said[code] = np.clip(np.round(ties), 0, 5)
    lonely = 0.75 * isolation + 0.15 * truth["frailty"] + rng.normal(0, 0.6, len(truth))
    for item in ("companionship", "left_out", "isolated"):
        said[f"ucla_{item}"] = 1 + _level(lonely, (0.45, 1.25), rng)
    said["lonely"] = _level(lonely, (-0.75, -0.15, 0.4, 1.3), rng)


def _rights(said: pd.DataFrame, truth: pd.DataFrame, rng: np.random.Generator) -> None:
    """The items of EPICES but owning, and being on line."""
    frailty, isolation, precarity = truth["frailty"], truth["isolation"], truth["precarity"]
    said["social_worker"] = _yes(-2.0 + 0.7 * precarity + 0.6 * truth["claims_rights"], rng)
    said["health_cover"] = _yes(3.0 - 0.8 * precarity, rng)
    said["couple"] = (truth["household_size"] >= 2) & truth["role"].isin(["holder", "spouse"])
    said["money_trouble"] = _yes(-1.5 + 1.4 * precarity, rng)
    said["sport"] = _yes(0.3 - 0.9 * frailty, rng)
    said["show"] = _yes(0.1 - 0.5 * frailty - 0.4 * precarity, rng)
    said["holiday"] = _yes(0.4 - 0.5 * frailty - 0.6 * precarity, rng)
    said["relatives"] = _yes(1.6 - 1.0 * isolation, rng)
    said["lodging"] = _yes(1.6 - 0.9 * isolation, rng)
    said["material_help"] = _yes(1.3 - 0.8 * isolation - 0.3 * precarity, rng)
    young = (truth["age"] - 72) / 10
    said["online"] = _yes(1.3 - 1.3 * young - 0.3 * precarity, rng)
    said["wants_visit"] = _yes(-0.9 + 0.5 * frailty + 0.3 * isolation, rng)
    said["filled_by"] = 1 + _yes(-1.8 + 0.9 * frailty, rng)


def epices(said: pd.DataFrame) -> pd.Series:
    """EPICES of complete answers (DOMAIN 1.1); every tenant is a non-owner. NaN if one lacks."""
    total = pd.Series(75.14, said.index)
    for code, weight in EPICES_WEIGHTS.items():
        total = total + weight * said[code].astype(float)
    return total.round(2)
