"""Where something was seen, in the words of the stairwell: entrance, floor, door. Pure.

Someone who reports knows no dwelling by its reference. The entrances and floors to tap are those of
the landlord's file; nobody's name is among them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from seniors.french import readable_street
from seniors.models import Dwelling
from visits.lists.places import floor_words

MOST = 80  # what `Signal.whereabouts` holds
DOOR_MOST = 25
ELSEWHERE = "?"


@dataclass(frozen=True)
class Places:
    """What may be tapped; empty where there is nothing to choose between."""

    entrances: tuple[str, ...]
    floors: tuple[int, ...]


def entrance_of(dwelling: Dwelling) -> str:
    """« 12 rue de Siam, bât. A, esc. 2 »."""
    parts = (
        readable_street(dwelling.address_line),
        f"bât. {dwelling.building}" if dwelling.building else "",
        f"esc. {dwelling.stair}" if dwelling.stair else "",
    )
    return ", ".join(part for part in parts if part)


def places_in(dwellings: Iterable[Dwelling]) -> Places:
    """The entrances and floors of a residence, in the order one walks them."""
    dwellings = list(dwellings)
    entrances = sorted({entrance_of(one) for one in dwellings} - {""}, key=_in_order)
    floors = {one.floor for one in dwellings if one.floor is not None}
    return Places(
        tuple(entrances) if len(entrances) > 1 else (),
        tuple(sorted(floors)) if len(floors) > 1 else (),
    )


def homes_at(dwellings: Iterable[Dwelling], entrance: str, floor: int | None) -> list[Dwelling]:
    """The dwellings of that entrance and floor; "" and None stand for any."""
    return [
        one
        for one in dwellings
        if (not entrance or entrance_of(one) == entrance) and floor in (None, one.floor)
    ]


def in_words(entrance: str, floor: int | None, door: str) -> str:
    """The place as it is kept and read; a long entrance is cut, never the floor or the door."""
    near = ", ".join(part for part in (floor_words(floor), door[:DOOR_MOST]) if part)
    room = MOST - len(near) - 2
    if len(entrance) > room:
        entrance = f"{entrance[: room - 1]}…"
    said = ", ".join(part for part in (entrance, near) if part)
    return said[:1].upper() + said[1:]


def is_at(dwelling: Dwelling, said: str) -> bool:
    """Whether the words `said` of a place could be about that dwelling."""
    said = said.casefold()
    floor = floor_words(dwelling.floor)
    return (entrance_of(dwelling).casefold() in said) + bool(floor and floor in said) == 2


def _in_order(label: str) -> list[tuple[int, int | str]]:
    """« 2 rue » before « 10 rue »."""
    parts = re.split(r"(\d+)", label.casefold())
    return [(0, int(one)) if one.isdigit() else (1, one) for one in parts if one]
