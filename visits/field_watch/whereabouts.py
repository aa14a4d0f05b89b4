"""Where something was seen, in the words of the stairwell: entrance, floor, door. Pure.

Someone who reports knows no dwelling by its reference. The entrances and floors to tap are those of
the landlord's file; nobody's name is among them.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from seniors.french import readable_street
from seniors.models import Dwelling
from visits.lists.places import floor_words

MOST = 80  # what `Signal.whereabouts` holds
DOOR_MOST = 25
ELSEWHERE = "?"
# As many doors as one looks through without a search.
FEW_HOMES = 12
Door = tuple[int, str]  # a dwelling, and what stands on its button


@dataclass(frozen=True)
class Places:
    """What may be tapped; empty where there is nothing to choose between. Doors stand for all the
    rest where there are few."""

    entrances: tuple[str, ...]
    floors: tuple[int, ...]
    doors: tuple[Door, ...] = ()


def entrance_of(dwelling: Dwelling) -> str:
    """« 12 rue de Siam, bât. A, esc. 2 »."""
    parts = (
        readable_street(dwelling.address_line),
        f"bât. {dwelling.building}" if dwelling.building else "",
        f"esc. {dwelling.stair}" if dwelling.stair else "",
    )
    return ", ".join(part for part in parts if part)


def places_in(dwellings: Iterable[Dwelling]) -> Places:
    """The entrances and floors of a residence, or its doors, in the order one walks them."""
    dwellings = list(dwellings)
    doors = doors_in(dwellings)
    if 1 < len(dwellings) == len(doors) <= FEW_HOMES:
        return Places((), (), doors)
    entrances, floors = entrances_of(dwellings), floors_of(dwellings)
    return Places(
        entrances if len(entrances) > 1 else (),
        floors if len(floors) > 1 else (),
    )


def entrances_of(dwellings: Iterable[Dwelling]) -> tuple[str, ...]:
    """All the entrances, in the order one walks them."""
    return tuple(sorted({entrance_of(one) for one in dwellings} - {""}, key=_in_order))


def floors_of(dwellings: Iterable[Dwelling]) -> tuple[int, ...]:
    """All the floors that are known, from below."""
    return tuple(sorted({one.floor for one in dwellings if one.floor is not None}))


def doors_in(dwellings: Iterable[Dwelling]) -> tuple[Door, ...]:
    """The dwellings that one can tell apart from the stairs, in the order one walks them: by their
    door, or alone on their floor. The entrance is said where there are several."""
    dwellings = list(dwellings)
    several = len({entrance_of(one) for one in dwellings}) > 1
    said = {one.pk: _on_button(one, several) for one in dwellings}
    alone = Counter(said.values())
    walked = sorted(
        (one for one in dwellings if said[one.pk] and alone[said[one.pk]] == 1),
        key=lambda one: (_in_order(entrance_of(one)), one.floor or 0, _in_order(one.door)),
    )
    return tuple((one.pk, said[one.pk]) for one in walked)


def label_of(home: Dwelling) -> tuple[str, int | None, str]:
    """Entrance, floor and door of one dwelling, as `in_words` takes them."""
    return entrance_of(home), home.floor, f"porte {home.door}" if home.door else ""


def _on_button(home: Dwelling, several: bool) -> str:
    """« 1er étage, porte 12 »."""
    entrance, floor, door = label_of(home)
    return in_words(entrance if several else "", floor, door)


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
    return [(0, int(one)) if one.isdecimal() else (1, one) for one in parts if one]
