"""Which demonstration: its folder, its landlord, and what a step of it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from seniors.demo.landlord import LEAST

MANIFEST = "manifest.json"


class OtherDemo(Exception):
    """This demonstration cannot be: too small, or another is there; the message is in French."""


@dataclass(frozen=True)
class Demo:
    """Where the files are, and which landlord: its size, its seed and its last extract's day."""

    folder: Path
    dwellings: int
    seed: int
    as_of: date


def begin(folder: Path, *, dwellings: int | None, seed: int | None, today: date) -> Demo:
    """The demonstration of this folder: the one already there, or a new one as of `today`.

    Raises OtherDemo when it would be too small, or when the one there has another size or seed.
    """
    path = folder / MANIFEST
    if path.exists():
        kept = json.loads(path.read_text())
        for asked, name, words in (
            (dwellings, "dwellings", "logements"),
            (seed, "seed", "de graine"),
        ):
            if asked is not None and asked != kept[name]:
                raise OtherDemo(
                    f"Une démonstration de {spaced(kept['dwellings'])} logements (graine "
                    f"{kept['seed']}) est déjà là, pas de {asked} {words}. Pour en changer, "
                    f"effacez d’abord le dossier {folder.parent}."
                )
        return Demo(folder, kept["dwellings"], kept["seed"], date.fromisoformat(kept["as_of"]))
    if dwellings is not None and dwellings < LEAST:
        raise OtherDemo(f"Il faut au moins {LEAST} logements pour une démonstration.")
    return Demo(folder, dwellings or 10_936, 2026 if seed is None else seed, today)


def spaced(number: int) -> str:
    """A number with the French thousands mark."""
    return f"{number:,}".replace(",", "\u202f")


@dataclass(frozen=True)
class Step:
    """One thing to do. The gesture gives a French line on it, None when it was done before."""

    code: str
    title: str
    gesture: Callable[[], str | None]
