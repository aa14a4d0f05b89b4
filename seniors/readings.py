"""Two readings of one figure, and what their difference tells of a few people. Pure."""


def moved_by_few(old: int | None, new: int | None, least: int) -> bool:
    """Whether one count after the other tells of fewer than `least` people: it moved by a few, or
    came out of hiding (None) too soon after."""
    if old is None and new is None:
        return False
    if old is None or new is None:
        return max(old or 0, new or 0) < 2 * least
    return 0 < abs(new - old) < least
