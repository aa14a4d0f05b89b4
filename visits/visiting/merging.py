"""Forms of one visit put together field by field. Pure.

The first form received that answers a field is the one that stands, until a person has chosen
another. Nothing is lost: what does not stand is in its form, and a clash points to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Content = Mapping[str, int | str]


@dataclass(frozen=True)
class Told:
    """A value that stands, and the place in the sequence of the form that says it."""

    value: int | str
    place: int


def put_together(
    forms: Sequence[Content], chosen: Mapping[str, int] | None = None
) -> dict[str, Told]:
    """{field: what stands} of forms in the order they were received.

    `chosen` is {field: place of the form that a person chose}.
    """
    stands: dict[str, Told] = {}
    for place, content in enumerate(forms):
        for code, value in content.items():
            stands.setdefault(code, Told(value, place))
    for code, place in (chosen or {}).items():
        if code in forms[place]:
            stands[code] = Told(forms[place][code], place)
    return stands


def added(stands: Mapping[str, Told], content: Content) -> dict[str, int | str]:
    """What a new form answers and none did before."""
    return {code: value for code, value in content.items() if code not in stands}


def clashing(stands: Mapping[str, Told], content: Content) -> list[str]:
    """Fields that a new form answers otherwise, in order."""
    return [
        code for code, value in content.items() if code in stands and stands[code].value != value
    ]
