"""The rates of the projection, read once from their file. Pure: no database, no clock."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VARIANTS = {"low": "basse", "central": "centrale", "high": "haute"}
_FILE = Path(__file__).with_name("rates.toml")
_SAID = {
    "percent": lambda value: f"{100 * value:g}\u00a0%".replace(".", ","),
    "times": lambda value: f"× {value:g}".replace(".", ","),
    "years": lambda value: f"{value:g}\u00a0ans",
    "euros": lambda value: f"{value:,}\u00a0€".replace(",", "\u202f"),
}


@dataclass(frozen=True)
class Rates:
    """One variant. Shares are 0…1; `mortality` is by sex ("F", "M"); `cost` is in euros, HT."""

    ages: tuple[int, ...]
    mortality: dict[str, tuple[float, ...]]
    mortality_fall: float
    leave: float
    leave_old: float
    enter: float
    reach_sixty: float
    need_ages: tuple[int, ...]
    need: tuple[float, ...]
    adapted: float
    adopted: float
    catch_up: int
    cost: int
    years: int
    draws: int


@dataclass(frozen=True)
class Supposed:
    """One line of what is supposed, as the page says it: low, central, high."""

    label: str
    values: tuple[str, str, str]
    source: str
    is_assumption: bool


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def rates_of(variant: str) -> Rates:
    """The rates of a variant of `VARIANTS`."""
    told, place = _told(), list(VARIANTS).index(variant)
    one = {name: part["values"][place] for name, part in told.items() if _has_values(part)}
    return Rates(
        ages=tuple(told["mortality"]["ages"]),
        mortality={"F": tuple(told["mortality"]["women"]), "M": tuple(told["mortality"]["men"])},
        need_ages=tuple(told["need"]["ages"]),
        need=tuple(told["need"][variant]),
        years=told["years"],
        draws=told["draws"],
        **one,
    )


@cache
def supposed() -> list[Supposed]:
    """Everything that is supposed, in the order of the file."""
    return [_line(part) for part in _told().values() if isinstance(part, dict)]


def _has_values(part: Any) -> bool:
    return isinstance(part, dict) and "values" in part


def _line(part: dict[str, Any]) -> Supposed:
    """A part of the file in words."""
    if _has_values(part):
        said = tuple(_SAID[part["unit"]](value) for value in part["values"])
    elif "central" in part:
        said = tuple(_many(part[variant]) for variant in VARIANTS)
    else:
        both = f"femmes {_many(part['women'])}\u00a0; hommes {_many(part['men'])}"
        at = f"à {', '.join(map(str, part['ages']))} ans\u00a0: "
        said = (f"{at}{both}",) * 3
    return Supposed(part["label"], said, part["source"], part["assumption"])


def _many(values: list[float]) -> str:
    return ", ".join(_SAID["percent"](round(value, 6)) for value in values)
