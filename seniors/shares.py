"""What a share drawn from few is worth. Pure."""

from math import sqrt

Z = 1.959964  # for 95 %


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (1927), `of` at least 1."""
    share, spread = found / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    # Rounding never puts the share itself outside, at 0 and at 1.
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def percents(found: int, of: int) -> tuple[int, int] | None:
    """The same out of a hundred, rounded; None out of nobody."""
    if not of:
        return None
    low, high = wilson(found, of)
    return round(100 * low), round(100 * high)
