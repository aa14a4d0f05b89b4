"""Whom the lists reach, on a truth that only this file and the tests read.

The invented people have needs that nobody imported. For each order of visits, how many people with
a need live in the homes visited, per 100 visits? A check that the chain works, from file to list,
with silence, gaps and refusals in between: not a proof of the grid, whose figures and whose
people were written by the same hands.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.bases import TODAY, Bases
from tests.bench.measure import bienveille, run

CAPACITIES = (100, 300, 1000)
ORDERS = {
    "list": "the lists (score, silent and random shares)",
    "score": "score alone, no share kept for others",
    "age": "the oldest first",
    "rule": "75 and over, alone, upstairs without lift; then the oldest",
    "random": "at random",
}


def table(folder: Path, *, dwellings: int, seeds: tuple[int, ...]) -> list[str]:
    """The lines to print."""
    found = []
    for seed in seeds:
        bases = Bases(folder, dwellings, seed)
        truth = bases.file("truth/truth.csv")
        case = {"truth": str(truth), "seed": seed}
        found.append(run("tests.bench.reach:count", case, base=bases.at("score")).more)
    lines = [
        f"People with a need reached per 100 visits, {dwellings:,} dwellings, "
        f"seeds {', '.join(map(str, seeds))}: mean (least-most).",
        "A check that the chain works, not a proof of the grid.",
        f"{'order of visits':<62}" + "".join(f"{n:>7} visits   " for n in CAPACITIES),
    ]
    for order, words in ORDERS.items():
        cells = ""
        for capacity in CAPACITIES:
            cells += _cell([one["reached"][order][str(capacity)] for one in found])
        lines.append(f"{words:<62}{cells}")
    lines.append("Of whom with no answer, visit or signal on record:")
    for order in ("list", "score"):
        cells = ""
        for capacity in CAPACITIES:
            cells += _cell([one["unheard"][order][str(capacity)] for one in found])
        lines.append(f"{ORDERS[order]:<62}{cells}")
    share = sum(one["share"] for one in found) / len(found)
    lines.append(f"Share of seniors with a need: {100 * share:.0f} %")
    return lines


def _cell(values: list[float]) -> str:
    """Mean (least-most) over the seeds."""
    mean = sum(values) / len(values)
    return f"{mean:.0f} ({min(values):.0f}-{max(values):.0f})".rjust(17)


def count(case: dict[str, Any]) -> Callable[[], int]:
    """Make the lists in this database, then meet the truth."""
    bienveille()
    import numpy as np
    import pandas as pd
    from django.db import transaction

    from seniors.enums import Role
    from seniors.models import Observation, Senior, Territory, User
    from visits.lists import listing
    from visits.lists.selection import Recipe

    truth = pd.read_csv(case["truth"], index_col="reference")

    def people() -> pd.DataFrame:
        rows = Senior.objects.housed().values_list(
            "id",
            "reference",
            "born_on",
            "dwelling_id",
            "dwelling__household_size",
            "dwelling__floor",
            "dwelling__has_lift",
        )
        names = ["id", "reference", "born_on", "home", "household", "floor", "lift"]
        frame = pd.DataFrame(list(rows), columns=names)
        frame["need"] = frame["reference"].map(truth["need"]).eq(True)
        heard = set(Observation.objects.values_list("senior_id", flat=True))
        frame["unheard"] = frame["need"] & ~frame["id"].isin(heard)
        frame["born_on"] = pd.to_datetime(frame["born_on"])
        return frame

    def listed(capacity: int, **shares: float) -> list[int]:
        """Homes of a list of that many visits, in order; the draft is not kept."""
        officer = User.objects.get(username="bench")
        with transaction.atomic():
            start = TODAY - timedelta(days=TODAY.weekday())
            drawn = listing.propose_list(
                officer=officer,
                territories=list(Territory.objects.all()),
                ends_on=start + timedelta(days=6),
                recipe=Recipe(capacity=capacity, seed=case["seed"], starts_on=start, **shares),
                by=officer,
            )
            homes = list(
                drawn.entries.order_by("position").values_list("senior__dwelling_id", flat=True)
            )
            transaction.set_rollback(True)
        return homes

    def timed() -> int:
        officer = User.objects.create_user("bench", role=Role.OFFICER)
        officer.territories.set(Territory.objects.all())
        frame = people()
        old_enough = frame["born_on"] <= pd.Timestamp(TODAY) - pd.DateOffset(years=75)
        upstairs = (frame["floor"] >= 1) & frame["lift"].eq(False)
        rule = old_enough & (frame["household"] == 1) & upstairs
        shuffled = frame.iloc[np.random.default_rng(case["seed"]).permutation(len(frame))]
        orders = {
            "age": frame.sort_values("born_on"),
            "rule": frame.assign(rule=rule).sort_values(
                ["rule", "born_on"], ascending=[False, True]
            ),
            "random": shuffled,
        }
        in_need = frame.groupby("home")[["need", "unheard"]].sum()
        reached: dict[str, dict[int, float]] = {name: {} for name in ORDERS}
        unheard: dict[str, dict[int, float]] = {name: {} for name in ORDERS}
        for capacity in CAPACITIES:
            homes = {
                name: order["home"].drop_duplicates()[:capacity] for name, order in orders.items()
            }
            homes["list"] = listed(capacity)
            homes["score"] = listed(capacity, random_share=0.0, silent_share=0.0)
            for name, visited in homes.items():
                per_100 = 100 * in_need.loc[list(visited)].mean()
                reached[name][capacity] = float(per_100["need"])
                unheard[name][capacity] = float(per_100["unheard"])
        timed.more = {
            "reached": reached,
            "unheard": unheard,
            "share": float(frame["need"].mean()),
        }
        return len(frame)

    return timed
