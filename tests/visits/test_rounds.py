"""The order of a round: everyone once, neighbours together, never a longer way."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from visits.agenda.rounds import ONE_HALT, Stop, halts, length, metres, order, spread

BREST = (48.39, -4.49)
points = st.none() | st.tuples(
    st.floats(48.0, 48.7, allow_nan=False), st.floats(-4.8, -3.4, allow_nan=False)
)
stops = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["", "1", "2"]), points), max_size=14
).map(lambda rows: [Stop(n, *row) for n, row in enumerate(rows)])


def along(*metres_north: float, residence: str = "") -> list[Stop]:
    """Stops on a line, these many metres north of the start, each its own residence."""
    return [
        Stop(n, residence or f"r{n}", "", (48 + metre / 111_195, -4.0))
        for n, metre in enumerate(metres_north)
    ]


def keys(found: list[Stop]) -> list:
    """What the stops stand for."""
    return [stop.key for stop in found]


@given(stops)
def test_everyone_is_visited_once(given_stops):
    assert sorted(keys(order(given_stops))) == keys(given_stops)


@given(stops)
def test_the_way_is_never_longer_than_the_one_given(given_stops):
    assert length(order(given_stops)) <= length(given_stops) + 1e-6


@given(stops, points)
@example(
    [
        Stop(0, "A", "", (48.0, -3.75)), Stop(1, "B", "", (48.5, -3.5)),
        Stop(2, "A", "", (48.5, -3.75)), Stop(3, "A", "", (48.5, -4.0)),
    ],
    (48.5, -3.75),
)  # fmt: skip
def test_the_way_from_a_beginning_is_never_longer_than_the_one_given(given_stops, start):
    found = order(given_stops, start=start)
    assert sorted(keys(found)) == keys(given_stops)
    begin = Stop("start", "start", "", start)
    assert length([begin, *found]) <= length([begin, *given_stops]) + 1e-6


@given(stops)
def test_homes_within_reach_of_one_residence_follow_each_other(given_stops):
    """Whatever the order given: the members of a halt are a single run."""
    found = order(given_stops)
    for halt in halts(given_stops):
        places = [keys(found).index(stop.key) for stop in halt]
        assert sorted(places) == list(range(min(places), min(places) + len(halt)))


@given(stops)
def test_inside_a_halt_a_stair_is_done_before_the_next(given_stops):
    for halt in halts(given_stops):
        stairs = [stop.stair for stop in halt]
        changes = sum(a != b for a, b in pairwise(stairs))
        assert changes == len(set(stairs)) - 1


def test_a_line_is_walked_from_end_to_end():
    assert keys(order(along(4000, 0, 3000, 1000, 2000))) in ([1, 3, 4, 2, 0], [0, 2, 4, 3, 1])


def test_the_round_goes_on_from_where_one_comes():
    assert keys(order(along(4000, 1000, 3000, 2000), start=(48.0, -4.0))) == [1, 3, 2, 0]


def test_a_home_without_coordinates_goes_with_its_residence_or_comes_last():
    known = along(0, 5000)
    with_neighbour = Stop("next", "r0", "", None)
    nowhere = Stop("last", "r9", "", None)
    assert keys(order([nowhere, with_neighbour, *known])) in (
        ["next", 0, 1, "last"],
        [0, "next", 1, "last"],
        [1, "next", 0, "last"],
        [1, 0, "next", "last"],
    )


def test_a_residence_spread_over_a_town_is_several_halts():
    assert [len(halt) for halt in halts(along(0, ONE_HALT - 1, 5000, residence="A"))] == [2, 1]


def test_the_distance_of_brest_and_quimper():
    assert 52_000 < metres(BREST, (47.996, -4.096)) < 54_000


@given(stops, st.lists(st.integers(0, 6), max_size=10))
def test_a_spread_places_each_at_most_once_and_within_the_room(given_stops, room):
    placed = spread(halts(given_stops), room)
    assert len({stop.key for _, stop in placed}) == len(placed)
    assert all([n for n, _ in placed].count(place) <= room[place] for place, _ in placed)
    if sum(room) >= len(given_stops):
        assert len(placed) == len(given_stops)


def test_a_spread_keeps_a_residence_in_one_half_day():
    trio = [*along(0, 10, 20, residence="A"), Stop(9, "B", "", (48.5, -4.0))]
    assert [n for n, _ in spread(halts([trio[3], *trio[:3]]), [3, 3])] == [0, 1, 1, 1]


def test_a_residence_that_no_half_day_holds_is_cut():
    assert [n for n, _ in spread(halts(along(0, 10, 20, residence="A")), [2, 1])] == [0, 0, 1]
