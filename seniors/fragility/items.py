"""The catalogue of codes: what can be learned about a person, and what is read or computed.

An item's code is the same in the questionnaire, the visit form, an Observation and the grid.
Values are small whole numbers; what they mean is in docs/grid.md. An item marked sensitive tells
something of a person's health: it is stored only with the HEALTH consent (DOMAIN.md 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One code: its lowest and highest value, and whether it is about health."""

    code: str
    low: int
    high: int
    sensitive: bool = False


def _items(codes: str, low: int, high: int, *, sensitive: bool = False) -> list[Item]:
    """Items that share a range."""
    return [Item(code, low, high, sensitive) for code in codes.split()]


# What a person tells or an officer sees: the values of an Observation.
ITEMS: dict[str, Item] = {
    item.code: item
    for item in [
        # Home
        *_items("bathing", 1, 3),
        *_items("bath_difficulty stairs_difficulty", 0, 2, sensitive=True),
        *_items("grab_bars entrance_steps shutters_hard night_light loose_rugs cold_home", 0, 1),
        *_items("wants_adaptation wish_bars wish_shower wish_wc", 0, 1),
        *_items("wish_shutters wish_light wish_move", 0, 1),
        # Autonomy and falls
        *_items("falls errands_difficulty", 0, 2, sensitive=True),
        *_items("unsteady fear_falling limited_activities needs_help", 0, 1, sensitive=True),
        *_items("stays_home walking_aid apa", 0, 1, sensitive=True),
        *_items("goes_out", 0, 3),
        *_items("can_count_on help_home help_family help_enough", 0, 1),
        # Isolation
        *_items("lsns_family_seen lsns_family_private lsns_family_help", 0, 5),
        *_items("lsns_friends_seen lsns_friends_private lsns_friends_help", 0, 5),
        *_items("ucla_companionship ucla_left_out ucla_isolated", 1, 3),
        *_items("lonely", 0, 4),
        # Rights and means
        *_items("social_worker health_cover couple money_trouble sport show holiday", 0, 1),
        *_items("relatives lodging material_help online", 0, 1),
        # Said in the survey, never counted in the score
        *_items("wants_visit", 0, 1),
        *_items("filled_by", 1, 3),
    ]
}
# Declared when a payer of works or of help needs it, dated like any observation: asked by no
# survey, counted in no score. The GIR is the one that she was given, never one we would compute.
DECLARED: dict[str, Item] = {
    item.code: item for item in [*_items("gir", 1, 6, sensitive=True), *_items("retired", 0, 1)]
}
TOLD = ITEMS | DECLARED
# Read from the tenant record: known even of those who never answered.
RECORD = (
    "age",
    "alone",
    "floor",
    "lift",
    "floor_no_lift",
    "tenure",
    "arrears",
    "very_low_income",
    "months_silent",
)
# Computed from items (`scales`): those that fit in a byte, so that a grid may use them.
SCALES = ("lsns6", "lsns6_family", "lsns6_friends", "ucla3", "prisma6")
SENSITIVE_SCALES = frozenset({"prisma6"})
INDICATORS = (*RECORD, *ITEMS, *SCALES)


def is_sensitive(code: str) -> bool:
    """Whether the code tells something of a person's health."""
    return code in SENSITIVE_SCALES or (code in TOLD and TOLD[code].sensitive)


def problems(values: Mapping[str, object]) -> list[str]:
    """French sentences on what cannot be stored: unknown code, not a whole number, out of range."""
    found = []
    for code, value in values.items():
        item = TOLD.get(code)
        if item is None:
            found.append(f"L’information « {code} » n’existe pas.")
        elif type(value) is not int:
            found.append(f"« {code} » attend un nombre entier, pas « {value} ».")
        elif not item.low <= value <= item.high:
            found.append(f"« {code} » va de {item.low} à {item.high}, pas {value}.")
    return found
