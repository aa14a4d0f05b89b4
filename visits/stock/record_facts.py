"""What the landlord's file of dwellings says of a criterion: yes, no, or nothing. Pure."""

from collections.abc import Callable

NO_STAIRS, ACCESSIBLE = "no_stairs", "accessible"


def from_record(
    reads: str, *, floor: int | None, has_lift: bool | None, is_accessible: bool | None
) -> bool | None:
    """What the file says of a criterion that `reads` it (`StockCriterion.Reads`)."""
    rule = _RULES.get(reads)
    return rule(floor, has_lift, is_accessible) if rule else None


def _no_stairs(floor: int | None, has_lift: bool | None, _: bool | None) -> bool | None:
    """The ground floor, or a lift; a floor without news of the lift is unknown."""
    if floor == 0 or has_lift:
        return True
    return False if floor is not None and has_lift is False else None


def _accessible(_floor: int | None, _lift: bool | None, accessible: bool | None) -> bool | None:
    """A « no » of the file does not say what is missing: it is unknown here."""
    return True if accessible else None


_RULES: dict[str, Callable[[int | None, bool | None, bool | None], bool | None]] = {
    NO_STAIRS: _no_stairs,
    ACCESSIBLE: _accessible,
}
