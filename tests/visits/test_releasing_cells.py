"""Cells: no published count lets anyone work out a group under the threshold."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from visits.releasing.cells import Cell, Cube, count_cells, margins, protect

K = 5
AS_FOUND = {"phases": (Phase.generate,)}  # each try is a hundred programmes: no shrinking
AGES, SEXES, PLACES = ("60-69", "70-79", "80+"), ("F", "M"), ("Brest", "Quimper", "Morlaix")
DIMS = ("place", "age", "sex")


def cube_of(counts, *, seen=None, published=None) -> Cube:
    """A cube of people from one count per (place, age, sex); `seen` of them were visited."""
    combos = list(product(PLACES, AGES, SEXES))
    rows = []
    for at, (combo, count) in enumerate(zip(combos, counts, strict=True)):
        visited = min(seen[at], count) if seen else 0
        rows += [(*combo, number < visited) for number in range(count)]
    units = pd.DataFrame(rows, columns=[*DIMS, "visited"])
    units = units.assign(person=range(len(units)), people=True)
    within = {"people": None} | ({"visited": "people"} if seen else {})
    flat = [(), ("place",), ("age",), ("sex",), ("age", "sex")]
    published = published or {"people": margins(DIMS), "visited": flat}
    return Cube(units, pd.DataFrame(combos, columns=list(DIMS)), within, published)


def attack(cube: Cube, told: dict, measure: str, of: tuple, *, rest: bool = False):
    """(least, most) people of a group, for who adds and subtracts whole people."""
    names, size = list(cube.within), len(cube.possible)

    def row(name, of):
        chosen = np.ones(size, dtype=bool)
        for dim, value in of:
            chosen &= (cube.possible[dim] == value).to_numpy()
        out = np.zeros(len(names) * size)
        out[names.index(name) * size : (names.index(name) + 1) * size] = chosen
        return out

    known = [(row(*key), count) for key, count in told.items() if count is not None]
    rules = [LinearConstraint(np.array([r for r, _ in known]), [n for _, n in known],
                              [n for _, n in known])]  # fmt: skip
    for name, wider in cube.within.items():
        if wider:
            for at in range(size):
                one = np.zeros(len(names) * size)
                one[names.index(wider) * size + at], one[names.index(name) * size + at] = 1, -1
                rules.append(LinearConstraint(one, 0, np.inf))
    goal = row(measure, of)
    goal = row(cube.within[measure], of) - goal if rest else goal
    top = 10 * sum(n or 0 for n in told.values()) + 1000
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * goal,
            constraints=rules,
            integrality=1,
            bounds=Bounds(0, top),
            options={"presolve": False},
        )  # with it, HiGHS finds no solution to some
        assert found.success, found.message
        ends.append(round(sign * found.fun))
    return ends


def worked_out(cube: Cube, told: dict) -> list:
    """Hidden cells that have one possible value, groups under K that cannot be taken for more."""
    found = []
    for cell in count_cells(cube):
        measure, of = cell.key
        is_hidden, is_small = told[cell.key] is None, 0 < cell.people < K
        if is_hidden or is_small:  # of the others there is nothing to learn
            least, most = attack(cube, told, measure, of)
            if is_hidden and least == most:
                found.append(("exact", cell.key))
            if is_small and most < K:
                found.append(("small", cell.key))
        wider = cube.within[measure]
        around = wider and [c for c in count_cells(cube) if c.key == (wider, of)]
        if around and 0 < around[0].count - cell.count < K:
            _, most = attack(cube, told, measure, of, rest=True)
            if most < K:
                found.append(("rest", cell.key))
    return found


counts = st.lists(st.one_of(st.integers(0, 4), st.integers(0, 30)), min_size=18, max_size=18)


@settings(max_examples=6, **AS_FOUND)
@given(counts)
def test_no_hidden_cell_can_be_computed_back_from_margins(people):
    cube = cube_of(people)
    assert worked_out(cube, protect(cube, k=K).shown()) == []


@settings(max_examples=4, **AS_FOUND)
@given(counts, counts)
def test_nor_from_two_tables_that_share_a_margin_nor_from_those_who_were_not_visited(people, seen):
    cube = cube_of(people, seen=seen)
    assert worked_out(cube, protect(cube, k=K).shown()) == []


@settings(max_examples=4, **AS_FOUND)
@given(counts)
def test_nor_from_what_an_earlier_export_gave_away(people):
    """Of the same year: an earlier export gave tables of one kind, this one gives others."""
    before = cube_of(people, published={"people": [(), ("place",), ("age",), ("place", "age")]})
    first = protect(before, k=K).shown()
    given_away = {key for key, count in first.items() if count is not None}
    cube = cube_of(people)
    done = protect(cube, k=K, given=given_away)
    assert not done.exposed
    both = done.shown() | {key: n for key, n in first.items() if n is not None}
    assert [one for one in worked_out(cube, both) if both[one[1]] is None] == []


def test_a_small_cell_is_hidden_with_another_of_its_row_and_column():
    people = [20] * 18
    people[0] = 3
    cube = cube_of(people, published={"people": margins(("place", "age"))})
    done = protect(cube, k=11)
    assert not done.small  # 23 people of that place and age
    done = protect(cube_of(people), k=11)
    assert done.small == {("people", (("place", "Brest"), ("age", "60-69"), ("sex", "F")))}
    assert len(done.others) >= 3
    assert done.shown()["people", ()] == sum(people)


def test_a_small_group_that_was_not_visited_is_hidden_too():
    """40 people of whom 38 visited: the two others are a group of two."""
    people, seen = [40] * 18, [20] * 18
    seen[0:18:6] = [40, 40, 38]
    cube = cube_of(people, seen=seen)
    shown = protect(cube, k=11).shown()
    assert shown["visited", (("age", "60-69"), ("sex", "F"))] is None


def test_twelve_actions_of_three_people_are_a_small_cell():
    units = pd.DataFrame({"state": ["done"] * 12 + ["open"] * 30,
                          "person": [1, 2, 3] * 4 + list(range(30)), "actions": True})  # fmt: skip
    possible = pd.DataFrame({"state": ["done", "open", "cancelled"]})
    cube = Cube(units, possible, {"actions": None}, {"actions": [(), ("state",)]})
    done = protect(cube, k=11)
    assert Cell(("actions", (("state", "done"),)), 12, 3) in done.cells
    assert ("actions", (("state", "done"),)) in done.small
    assert done.shown()["actions", ()] == 42


@pytest.mark.parametrize(
    ("came", "left", "hidden"), [(3, 0, True), (0, 3, True), (3, 2, False), (20, 0, False)]
)
def test_a_difference_of_two_years_that_counts_a_few_newcomers_is_not_given(came, left, hidden):
    cube = cube_of([30] * 18)
    key = ("people", (("place", "Brest"), ("age", "80+"), ("sex", "M")))
    done = protect(cube, k=11, moved={key: [(came, left), (20, 0)]})
    assert (done.shown()[key] is None) == hidden
    assert worked_out(cube, done.shown()) == []


def test_what_an_export_of_a_lower_threshold_gave_is_not_given_again_under_a_higher_one():
    people = [20] * 18
    people[0] = 7
    cube = cube_of(people)
    key = ("people", (("place", "Brest"), ("age", "60-69"), ("sex", "F")))
    assert protect(cube, k=5).shown()[key] == 7
    assert protect(cube, k=11, given={key}).shown()[key] is None


def test_a_small_group_that_earlier_exports_already_tell_is_said():
    """All cells of a table but one were given away, and the total."""
    people = [0] * 18
    people[0], people[2], people[4] = 20, 20, 3
    cube = cube_of(people, published={"people": [(), ("age",)]})
    told = {("people", ()), ("people", (("age", "60-69"),)), ("people", (("age", "70-79"),))}
    assert protect(cube, k=11, given=told).exposed == {("people", (("age", "80+"),))}


def test_a_threshold_under_five_is_refused():
    with pytest.raises(ValueError, match="under 5"):
        protect(cube_of([1] * 18), k=4)
