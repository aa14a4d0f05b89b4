"""Which cells of tables may leave: small ones are hidden, then others, until none can be computed
back. Pure: frames in, decisions out.

A reader of the tables knows that counts add up. What he can work out of a hidden group is the range
of its count over everything that the published cells allow: a linear programme. A group under `k`
is safe when that range reaches `k`: he cannot even tell that the group is small. Then no other
group that contains it, and that he could compute by adding and subtracting, is under `k` either:
it would bound the hidden one. A cell that is hidden only to protect another must have a range too.

Rule of the threshold: INSEE, 11 people, never under 5 (DOMAIN.md 4).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, vstack

LEAST_K = 5
PERSON = "person"
# ((dimension, value), …) in the order of dimensions; () is everyone.
Of = tuple[tuple[str, str], ...]
Key = tuple[str, Of]


@dataclass(frozen=True)
class Cube:
    """Units to count (people, actions…), and the cells in which they would be published.

    `units` has one row per unit: the columns of `dims`, `person` (who is behind it), and one of
    booleans per measure. `within` gives for each measure the one that contains it (visited people
    are among all people), None for the widest; `published` the sets of dimensions that are
    crossed, each margin being one of them. `possible` has one row per combination of values that
    can exist, of `dims` at least; `never` says in which of them a measure counts nobody, as anyone
    knows.
    """

    units: pd.DataFrame
    possible: pd.DataFrame
    within: Mapping[str, str | None]
    published: Mapping[str, Sequence[tuple[str, ...]]]
    never: Mapping[str, Sequence[bool]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A count that could be published, and how many different people are behind it."""

    key: Key
    count: int
    people: int


@dataclass(frozen=True)
class Protected:
    """The cells, and why some are hidden: `small` tells of less than k people, `others` protect
    those, or those that are left out of a cell.

    `exposed` are groups that what was given away before lets anyone compute: with one of them,
    nothing may leave.
    """

    cells: tuple[Cell, ...]
    small: frozenset[Key]
    others: frozenset[Key]
    exposed: frozenset[Key] = field(default_factory=frozenset)

    def shown(self) -> dict[Key, int | None]:
        """{key: count, None when hidden}."""
        hidden = self.small | self.others
        return {cell.key: None if cell.key in hidden else cell.count for cell in self.cells}


@dataclass(frozen=True)
class _Guard:
    """A group whose count must stay unknown: its range reaches `reach`, or more than one value.

    `key` is the cell that it is, or the one of which it is the rest in the wider cell.
    """

    key: Key
    row: csr_array
    count: int
    reach: float | None = None
    is_rest: bool = False


def count_cells(cube: Cube) -> list[Cell]:
    """Every cell of the cube, the empty ones too."""
    return [cell for cell, _ in _cells(cube)]


def protect(
    cube: Cube,
    *,
    k: int,
    given: Collection[Key] = (),
    moved: Mapping[Key, Sequence[tuple[int, int]]] | None = None,
) -> Protected:
    """Hide what must be, with no group of 1 to `k` - 1 people left to be computed.

    `given` are the cells that earlier exports gave away about the same people and period: hiding
    them protects nothing, unless they are under this `k`. `moved` gives, for cells that earlier
    exports gave, how many people came in and left since each: where they only came, or only left,
    the difference of both counts them, and must not be under `k`; where both happened it is a
    balance, which counts nobody.
    """
    if k < LEAST_K:
        raise ValueError(f"k is {k}, under {LEAST_K}")
    rows = dict(_cells_by_key(cube))
    given = frozenset(key for key in given if key in rows and not 0 < rows[key][0].people < k)
    guards = list(_guards(cube, rows, k, given, moved or {}))
    small = {guard.key for guard in guards if not guard.is_rest}
    search = _Search(cube, rows, set(small), given)
    exposed = set()
    while guards:
        guard = guards.pop()
        for key in search.protecting(guard):
            if key is None:
                # One hidden for others and told before says nothing of a few.
                exposed |= {guard.key} if guard.reach else set()
                break
            cell, row = rows[key]
            guards.append(_Guard(key, row, cell.count))
    return Protected(
        tuple(cell for cell, _ in rows.values()),
        frozenset(small),
        frozenset(search.hidden - small),
        frozenset(exposed),
    )


def _guards(
    cube: Cube,
    rows: Mapping[Key, tuple[Cell, csr_array]],
    k: int,
    given: Collection[Key],
    moved: Mapping[Key, Sequence[tuple[int, int]]],
) -> Iterator[_Guard]:
    """The groups to protect: small cells, small rests of a cell in the wider one, and movements."""
    for key, (cell, row) in rows.items():
        if key in given:
            continue
        if 0 < cell.people < k:
            yield _Guard(key, row, cell.count, float(k))
            continue
        around = rows.get((cube.within[key[0]], key[1]))
        if around and 0 < around[0].people - cell.people < k:
            rest = around[0].count - cell.count
            yield _Guard(key, around[1] - row, rest, float(k), is_rest=True)
        if any(_counts_few(came, left, k) for came, left in moved.get(key, ())):
            yield _Guard(key, row, cell.count)


def _counts_few(came: int, left: int, k: int) -> bool:
    """Whether the difference of two years counts fewer than `k` people."""
    return min(came, left) == 0 < max(came, left) < k


class _Search:
    """Hides further cells until what a guard asks for holds."""

    def __init__(
        self,
        cube: Cube,
        rows: Mapping[Key, tuple[Cell, csr_array]],
        hidden: set[Key],
        given: frozenset[Key],
    ) -> None:
        self.rows, self.hidden, self.given = rows, hidden, given
        self.inside, self.bounds = _inside(cube), _bounds(cube)

    def protecting(self, guard: _Guard) -> Iterator[Key | None]:
        """Each cell hidden for this guard; None when no more can be done."""
        while True:
            known = [key for key in self.rows if key not in self.hidden or key in self.given]
            top, pinning = self._range(guard.row, known)
            if guard.reach is None:
                if top >= guard.count + 1:
                    return
                low, pinning_low = self._range(-guard.row, known)
                if -low <= guard.count - 1:
                    return
                pinning += pinning_low
            elif top >= guard.reach - 1e-6:
                return
            free = [key for key in pinning if key not in self.given]
            if not free:
                yield None
                return
            chosen = min(free, key=lambda key: (not self.rows[key][0].count,
                                                self.rows[key][0].count, key))  # fmt: skip
            self.hidden.add(chosen)
            yield chosen

    def _range(self, row: csr_array, known: Sequence[Key]) -> tuple[float, list[Key]]:
        """The most that a sum can be, and the known cells that hold it there."""
        told = vstack([self.rows[key][1] for key in known]) if known else None
        values = [self.rows[key][0].count for key in known] if known else None
        found = linprog(
            -row.toarray().ravel(),
            A_ub=self.inside,
            b_ub=None if self.inside is None else np.zeros(self.inside.shape[0]),
            A_eq=told,
            b_eq=values,
            bounds=self.bounds,
            method="highs",
        )
        if found.status == 3:  # without bound
            return float("inf"), []
        if not found.success:
            raise ArithmeticError(found.message)
        weights = found.eqlin.marginals
        return -found.fun, [key for key, w in zip(known, weights, strict=True) if abs(w) > 1e-9]


def _bounds(cube: Cube) -> np.ndarray:
    """The least and the most of each (measure, combination)."""
    nobody = [cube.never.get(measure, [False] * len(cube.possible)) for measure in cube.within]
    most = np.where(np.concatenate(nobody).astype(bool), 0.0, np.inf)
    return np.column_stack([np.zeros(len(most)), most])


def _inside(cube: Cube) -> csr_array | None:
    """Rows of « a measure is at most the one that contains it », combination by combination."""
    place = {measure: at for at, measure in enumerate(cube.within)}
    size, found = len(cube.possible), []
    eye = csr_array(eye_array(size))
    for measure, wider in cube.within.items():
        if wider is not None:
            blocks = [csr_array((size, size))] * len(place)
            blocks[place[measure]], blocks[place[wider]] = eye, -eye
            found.append(_side_by_side(blocks))
    return vstack(found).tocsr() if found else None


def _side_by_side(blocks: Sequence[csr_array]) -> csr_array:
    return vstack([block.T for block in blocks]).T.tocsr()


def _cells_by_key(cube: Cube) -> Iterator[tuple[Key, tuple[Cell, csr_array]]]:
    for cell, row in _cells(cube):
        yield cell.key, (cell, row)


def _cells(cube: Cube) -> Iterator[tuple[Cell, csr_array]]:
    """Each cell, with the row that adds its combinations among all (measure, combination)."""
    size = len(cube.possible)
    for at, measure in enumerate(cube.within):
        counted = cube.units[cube.units[measure].astype(bool)]
        for dims in cube.published[measure]:
            counts, people = _counts(counted, dims)
            for values, places in _places(cube.possible, dims).items():
                row = np.zeros(len(cube.within) * size)
                row[at * size + places] = 1.0
                of = tuple(zip(dims, values, strict=True))
                cell = Cell((measure, of), int(counts.get(values, 0)), int(people.get(values, 0)))
                yield cell, csr_array(row.reshape(1, -1))


def _counts(units: pd.DataFrame, dims: tuple[str, ...]) -> tuple[dict, dict]:
    """({values: units}, {values: different people})."""
    if not dims:
        return {(): len(units)}, {(): units[PERSON].nunique()}
    groups = units.groupby(list(dims), observed=True)[PERSON]
    return _by_tuple(groups.size()), _by_tuple(groups.nunique())


def _by_tuple(found: pd.Series) -> dict[tuple, int]:
    return {key if isinstance(key, tuple) else (key,): int(n) for key, n in found.items()}


def _places(possible: pd.DataFrame, dims: tuple[str, ...]) -> dict[tuple, np.ndarray]:
    """{values: the combinations that have them}."""
    if not dims:
        return {(): np.arange(len(possible))}
    found = possible.reset_index(drop=True).groupby(list(dims), observed=True).indices
    return {key if isinstance(key, tuple) else (key,): places for key, places in found.items()}


def margins(dims: Sequence[str]) -> list[tuple[str, ...]]:
    """Every subset of the dimensions, from none to all, in their order."""
    found: list[tuple[str, ...]] = [()]
    for dim in dims:
        found += [(*one, dim) for one in found]
    return found
