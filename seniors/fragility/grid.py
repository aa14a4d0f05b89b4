"""The points grid: a TOML file that a landlord changes without code, read into frozen values.

`load` refuses a grid with every mistake at once, each with its line and a French sentence.
docs/grid.md explains the file.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from seniors.fragility.grid_check import DOMAINS, GridError, check

__all__ = ["DOMAINS", "Band", "Grid", "GridError", "Indicator", "Level", "Silence", "load"]


@dataclass(frozen=True)
class Level:
    """A degree of seriousness: reached from a value up, or from a value down."""

    bound: float
    points: float
    words: str


@dataclass(frozen=True)
class Indicator:
    """What is counted: levels by growing seriousness, and what an unknown answer is worth."""

    code: str
    label: str
    rising: bool  # whether a higher value is worse
    levels: tuple[Level, ...]
    unknown: float  # expected share of the highest points when the answer is unknown
    source: str
    domain: str = ""
    sensitive: bool = False

    @property
    def max_points(self) -> float:
        """Points of the most serious level."""
        return self.levels[-1].points

    @property
    def unknown_points(self) -> float:
        """Points expected of someone whose answer is unknown: never none, never the most."""
        return self.unknown * self.max_points

    def level(self, value: float) -> Level | None:
        """The most serious level that a known value reaches."""
        reached = [
            level
            for level in self.levels
            if (value >= level.bound if self.rising else value <= level.bound)
        ]
        return reached[-1] if reached else None


@dataclass(frozen=True)
class Band:
    """A range of totals, from `start` up to the next band."""

    code: str
    label: str
    start: float


@dataclass(frozen=True)
class Silence:
    """Who counts as silent, and how the silent are ordered."""

    months: int
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Grid:
    """A validated grid; bands go from the highest to the lowest."""

    version: str
    text: str
    answers_valid_months: int
    minimum_known_share: float
    bands: tuple[Band, ...]
    indicators: tuple[Indicator, ...]
    silence: Silence

    @property
    def inputs(self) -> tuple[str, ...]:
        """Codes of all that the computation reads, each once, in a fixed order."""
        both = (*self.indicators, *self.silence.indicators)
        return tuple(dict.fromkeys(indicator.code for indicator in both))

    @property
    def max_points(self) -> float:
        """Points of someone at the worst of everything: what 100 stands for."""
        return sum(indicator.max_points for indicator in self.indicators)

    @property
    def digest(self) -> str:
        """Identity of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def band_label(self, code: str) -> str:
        """What a screen shows for a band; an empty code is someone too little known."""
        labels = {band.code: band.label for band in self.bands}
        return labels.get(code, "On ne sait pas assez")


@lru_cache(maxsize=16)
def load(text: str) -> Grid:
    """Read a grid; raises `GridError`, whose `problems` are (line, French sentence)."""
    raw = check(text)
    return Grid(
        version=raw["version"],
        text=text,
        answers_valid_months=raw["answers_valid_months"],
        minimum_known_share=raw["minimum_known_share"],
        bands=tuple(Band(band["code"], band["label"], band["from"]) for band in raw["bands"]),
        indicators=_indicators(raw["indicators"]),
        silence=Silence(raw["silence"]["months"], _indicators(raw["silence"]["indicators"])),
    )


def _indicators(tables: Iterable[Mapping]) -> tuple[Indicator, ...]:
    """The indicators of checked tables."""
    return tuple(
        Indicator(
            code=table["code"],
            domain=table.get("domain", ""),
            label=table["label"],
            rising="from" in table["levels"][0],
            levels=tuple(
                Level(level.get("from", level.get("upto")), level["points"], level["words"])
                for level in table["levels"]
            ),
            unknown=table["unknown"],
            source=table["source"],
            sensitive=table.get("sensitive", False),
        )
        for table in tables
    )
