"""The order of a round by distance, and its spread over half-days. Pure: stops in, stops out.

A stop is a person's home. Those of one residence within reach of each other are one halt, whatever
the order they came in, and inside it those of one stair come together. The halts are put in order
by the nearest neighbour from each possible beginning, then 2-opt; the answer is never longer than
the order given, halt by halt. A home without coordinates goes with its residence, or comes last.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]  # latitude, longitude in degrees
EARTH = 6_371_000  # metres
# Homes of one residence nearer than this are one halt: some residences are spread over a town.
ONE_HALT = 300


@dataclass(frozen=True)
class Stop:
    """A home to call at; `key` is the caller's own. Unknown: "" and None."""

    key: Hashable
    residence: Hashable
    stair: str
    point: Point | None


Halt = list[Stop]


def order(stops: Iterable[Stop], *, start: Point | None = None) -> list[Stop]:
    """The same stops in the order of the shortest way found, beginning near `start` if given."""
    return [stop for halt in halts_in_order(halts(stops), start=start) for stop in halt]


def length(stops: Sequence[Stop]) -> float:
    """Metres from halt to halt as the crow flies, homes without coordinates left out."""
    where = {stop.key: _middle(halt) for halt in halts(stops) for stop in halt}
    points = [where[stop.key] for stop in stops if stop.point]
    return _length(points)


def halts(stops: Iterable[Stop]) -> list[Halt]:
    """The stops grouped by residence and reach, in order of first appearance."""
    place: dict[Hashable, int] = {}
    residences: dict[Hashable, list[Stop]] = {}
    for stop in stops:
        place.setdefault(stop.key, len(place))
        residences.setdefault(stop.residence or ("alone", stop.key), []).append(stop)
    found = [_by_stair(halt) for there in residences.values() for halt in _within_reach(there)]
    return sorted(found, key=lambda halt: min(place[stop.key] for stop in halt))


def halts_in_order(halts: Sequence[Halt], *, start: Point | None = None) -> list[Halt]:
    """The halts along the shortest way found; those without any coordinates keep the end."""
    placed = [(halt, _middle(halt)) for halt in halts]
    known = [(halt, point) for halt, point in placed if point]
    unknown = [halt for halt, point in placed if not point]
    points = [point for _, point in known]
    return [known[n][0] for n in _shortest(points, start)] + unknown


def spread(halts: Sequence[Halt], room: Sequence[int]) -> list[tuple[int, Stop]]:
    """(place in `room`, stop) for each stop, filling the places in turn.

    A halt stays in one place where it fits; when this leaves someone out, halts are cut. Whoever
    has no place then is left out.
    """
    most = max(room, default=0) or 1
    pieces = [halt[n : n + most] for halt in halts for n in range(0, len(halt), most)]
    whole = _fill(pieces, room)
    if len(whole) == sum(len(halt) for halt in halts):
        return whole
    return _fill([[stop] for halt in halts for stop in halt], room)


def metres(a: Point, b: Point) -> float:
    """The distance of two points, by the haversine."""
    (lat1, lon1), (lat2, lon2) = ((radians(p[0]), radians(p[1])) for p in (a, b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def _fill(groups: Sequence[Sequence[Stop]], room: Sequence[int]) -> list[tuple[int, Stop]]:
    """Each group in the first place, from the current one on, that holds it whole."""
    placed, place, left = [], 0, list(room)
    for group in groups:
        there = next((n for n in range(place, len(left)) if left[n] >= len(group)), None)
        if there is None:
            continue
        place = there
        left[there] -= len(group)
        placed += [(there, stop) for stop in group]
    return placed


def _within_reach(there: list[Stop]) -> list[Halt]:
    """The stops of one residence, cut where a home is far from all others."""
    found: list[Halt] = []
    for stop in (one for one in there if one.point):
        near = [halt for halt in found if any(_near(stop, other) for other in halt)]
        joined = [other for halt in near for other in halt] + [stop]
        found = [halt for halt in found if halt not in near]
        found.append(joined)
    rank = {stop.key: n for n, stop in enumerate(there)}
    found = sorted((sorted(halt, key=lambda one: rank[one.key]) for halt in found),
                   key=lambda halt: rank[halt[0].key])  # fmt: skip
    unknown = [one for one in there if not one.point]
    if found:
        found[0] = found[0] + unknown
        return found
    return [unknown]


def _near(a: Stop, b: Stop) -> bool:
    """Whether one walks from one to the other."""
    return metres(a.point, b.point) <= ONE_HALT


def _by_stair(halt: Halt) -> Halt:
    """Those of one stair together, in order of first appearance."""
    first: dict[str, int] = {}
    for n, stop in enumerate(halt):
        first.setdefault(stop.stair, n)
    return sorted(halt, key=lambda stop: first[stop.stair])


def _middle(halt: Halt) -> Point | None:
    """The middle of the homes whose place is known."""
    points = [stop.point for stop in halt if stop.point]
    if not points:
        return None
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _length(points: Sequence[Point]) -> float:
    """Metres along these points."""
    return sum(metres(a, b) for a, b in pairwise(points))


def _shortest(points: Sequence[Point], start: Point | None) -> list[int]:
    """The best order found, by numbers; that of the points given when none is shorter."""
    given = list(range(len(points)))
    if len(points) < 2:
        return given
    gap = [[metres(a, b) for b in points] for a in points]
    away = [metres(start, point) if start else 0.0 for point in points]

    def cost(way: Sequence[int]) -> float:
        return away[way[0]] + sum(gap[a][b] for a, b in pairwise(way))

    begin = [min(given, key=away.__getitem__)] if start else given
    ways = [given, *(_nearest_first(first, gap) for first in begin)]
    best = _untangled(min(ways, key=cost), cost)
    # Shorter from where one comes, yet no longer in itself than what was given.
    return min((best, given), key=cost) if start is None else _no_longer(best, given, points)


def _no_longer(best: list[int], given: list[int], points: Sequence[Point]) -> list[int]:
    """`best`, unless the way itself is longer than the one given."""
    longer = _length([points[n] for n in best]) > _length([points[n] for n in given])
    return given if longer else best


def _nearest_first(first: int, gap: Sequence[Sequence[float]]) -> list[int]:
    """From `first`, always to the nearest that is left."""
    way, left = [first], set(range(len(gap))) - {first}
    while left:
        row = gap[way[-1]]
        nearest = min(left, key=lambda n: (row[n], n))
        way.append(nearest)
        left.remove(nearest)
    return way


def _untangled(way: list[int], cost) -> list[int]:
    """2-opt: turn a stretch round as long as this shortens the way."""
    best, shortest, again = way, cost(way), True
    while again:
        again = False
        for i in range(len(best) - 1):
            for j in range(i + 1, len(best)):
                turned = [*best[:i], *reversed(best[i : j + 1]), *best[j + 1 :]]
                if (found := cost(turned)) < shortest - 1e-6:
                    best, shortest, again = turned, found, True
    return best
