"""Many people against a dwelling at once: what is told is what each of them would be told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from visits.stock.matching import ADAPTED, Crowd, Person, Place, match, ranked

MAYBE = st.none() | st.integers(0, 2)
PEOPLE = st.lists(
    st.builds(
        Person,
        pk=st.just(0),
        residence=st.integers(1, 3),
        city=st.sampled_from(["", "Brest", "Quimper"]),
        floor=st.none() | st.integers(-1, 4),
        has_lift=st.none() | st.booleans(),
        household=st.none() | st.integers(1, 4),
        rank=st.integers(0, 2),
        agreed=st.sampled_from(["", "", "a dit oui le 3 mars", "a dit oui le 4 mai"]),
        wish=st.sampled_from(["", "", "souhaite changer de logement"]),
        refuses=st.booleans(),
        paused=st.sampled_from([False, False, False, True]),
        stairs_difficulty=MAYBE,
        bath_difficulty=MAYBE,
        walking_aid=MAYBE,
        falls=MAYBE,
    ),
    max_size=40,
)
PLACE = st.builds(
    Place,
    pk=st.just(7),
    residence=st.integers(1, 3),
    city=st.sampled_from(["", "Brest"]),
    floor=st.none() | st.integers(0, 3),
    has_lift=st.none() | st.booleans(),
    rooms=st.none() | st.integers(1, 5),
    rank=st.integers(1, 3),
    meaning=st.sampled_from([ADAPTED, "accessible"]),
)


@settings(max_examples=300)
@given(people=PEOPLE, place=PLACE, most=st.integers(1, 5), asked=st.sets(st.integers(0, 39)))
def test_a_crowd_is_told_what_each_would_be(people, place, most, asked):
    people = [_numbered(one, number) for number, one in enumerate(people)]
    free = [one for one in people if one.pk not in asked]
    whole = ranked(match(one, place) for one in free)
    assert Crowd(people).best_for(place, most, without=asked) == (whole[:most], len(whole))


def _numbered(person: Person, number: int) -> Person:
    told = {name: getattr(person, name) for name in Person.__slots__}
    return Person(**told | {"pk": number})
