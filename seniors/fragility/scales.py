"""Published scales, scored exactly as their authors say (DOMAIN.md 1). None or NaN is unknown.

Each scale has one table, read by a function for one person and by another for arrays of people.
A total needs all its items; an LSNS-6 subscale needs its own three.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

import numpy as np

Answers = Mapping[str, float | None]
Columns = Mapping[str, np.ndarray]

LSNS_FAMILY = ("lsns_family_seen", "lsns_family_private", "lsns_family_help")
LSNS_FRIENDS = ("lsns_friends_seen", "lsns_friends_private", "lsns_friends_help")
LSNS_AT_RISK_UNDER = 12  # Lubben 2006; one leaflet says 12 and under, the article does not
LSNS_SUBSCALE_LOW_UNDER = 6
UCLA = ("ucla_companionship", "ucla_left_out", "ucla_isolated")
UCLA_LONELY_FROM = 6
PRISMA_ITEMS = ("limited_activities", "needs_help", "stays_home", "walking_aid")
SUPPORT = "can_count_on"
PRISMA_OVER_AGE = 85  # strictly over
PRISMA_FRAIL_FROM = 3
# Item 6, "can count on someone": the published form counts a yes, some tools count a no. Here a
# no counts, since having support is not a difficulty; the rule is part of `score.VERSION`.
Item6 = Literal["no_counts", "yes_counts"]
ITEM6: Item6 = "no_counts"

# What `compute` reads.
ITEMS = (*LSNS_FAMILY, *LSNS_FRIENDS, *UCLA, *PRISMA_ITEMS, SUPPORT)

# In hundredths of a point, so that sums are exact: 16.56 and 30.17 are attainable and are bounds.
EPICES_CONSTANT = 7514
EPICES: dict[str, int] = {
    "social_worker": 1006,
    "health_cover": -1183,
    "couple": -828,
    "owner": -828,  # not asked: a tenant does not own her home
    "money_trouble": 1480,
    "sport": -651,
    "show": -710,
    "holiday": -710,
    "relatives": -947,
    "lodging": -947,
    "material_help": -710,
}
EPICES_PRECARIOUS_FROM = Decimal("30.17")
# 48.53 is also found in print, and both are attainable: 48.52 is the one retained here.
EPICES_QUINTILES = tuple(Decimal(bound) for bound in ("7.10", "16.56", "30.17", "48.52"))


def _sum(answers: Answers, codes: Sequence[str]) -> int | None:
    """The sum of the items, None when one is unknown."""
    values = [answers.get(code) for code in codes]
    if any(value is None or value != value for value in values):  # NaN differs from itself
        return None
    return int(sum(values))


def _sums(answers: Columns, codes: Sequence[str]) -> np.ndarray:
    """The sum of the items of each person, NaN when one is unknown."""
    return sum((answers[code] for code in codes[1:]), start=answers[codes[0]])


def lsns6(answers: Answers) -> int | None:
    """Social ties, 0 to 30; fewer is worse, at risk under 12."""
    return _sum(answers, LSNS_FAMILY + LSNS_FRIENDS)


def lsns_family(answers: Answers) -> int | None:
    """Ties with relatives, 0 to 15; low under 6."""
    return _sum(answers, LSNS_FAMILY)


def lsns_friends(answers: Answers) -> int | None:
    """Ties with friends and neighbours, 0 to 15; low under 6."""
    return _sum(answers, LSNS_FRIENDS)


def ucla3(answers: Answers) -> int | None:
    """Felt loneliness, 3 to 9; no official cut-off, often "lonely" from 6."""
    return _sum(answers, UCLA)


def prisma6(answers: Answers, age: float | None, *, item6: Item6 = ITEM6) -> int | None:
    """PRISMA-7 without the point for being a man, 0 to 6."""
    health, support = _sum(answers, PRISMA_ITEMS), answers.get(SUPPORT)
    if health is None or support is None or age is None:
        return None
    sixth = support == (1 if item6 == "yes_counts" else 0)
    return health + sixth + (age > PRISMA_OVER_AGE)


def prisma7(answers: Answers, age: float | None, sex: str, *, item6: Item6 = ITEM6) -> int | None:
    """Loss of autonomy, 0 to 7; look further from 3. `sex` is "F", "M" or "" for unknown."""
    six = prisma6(answers, age, item6=item6)
    return None if six is None or not sex else six + (sex == "M")


def epices(answers: Answers) -> Decimal | None:
    """Precariousness, 0 to 100; None when one of the ten items asked is unknown."""
    answers = {"owner": 0} | dict(answers)
    if _sum(answers, tuple(EPICES)) is None:
        return None
    total = EPICES_CONSTANT + sum(weight * int(answers[code]) for code, weight in EPICES.items())
    return Decimal(total) / 100


def epices_quintile(score: Decimal) -> int:
    """1 (least precarious) to 5; a score equal to a bound belongs to the quintile above it."""
    return 1 + sum(score >= bound for bound in EPICES_QUINTILES)


def compute(answers: Columns, age: np.ndarray, codes: Sequence[str]) -> dict[str, np.ndarray]:
    """The scales of `codes`, for arrays of people by item code; NaN when an item is unknown."""
    return {code: _COLUMNS[code](answers, age) for code in codes}


def _prisma6_column(answers: Columns, age: np.ndarray) -> np.ndarray:
    """PRISMA-6 of each person."""
    over = np.where(np.isnan(age), np.nan, age > PRISMA_OVER_AGE)
    return _sums(answers, PRISMA_ITEMS) + (1 - answers[SUPPORT]) + over


_COLUMNS = {
    "lsns6": lambda answers, _: _sums(answers, LSNS_FAMILY + LSNS_FRIENDS),
    "lsns6_family": lambda answers, _: _sums(answers, LSNS_FAMILY),
    "lsns6_friends": lambda answers, _: _sums(answers, LSNS_FRIENDS),
    "ucla3": lambda answers, _: _sums(answers, UCLA),
    "prisma6": _prisma6_column,
}
