"""The level reached, what the file says, who needs a vacant dwelling: without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.stock.levels import Level, standing
from visits.stock.matching import (
    Crowd,
    Person,
    Place,
    best_places,
    match,
)
from visits.stock.record_facts import from_record

LEVELS = [
    Level(1, 1, frozenset({1, 2})),
    Level(2, 2, frozenset({1, 2, 3})),
    Level(3, 3, frozenset({1, 4})),  # not above the second: it asks for other things
]
ANSWERS = st.dictionaries(st.integers(1, 4), st.sampled_from([True, False, None]))


@pytest.mark.parametrize(
    ("met", "level", "possible", "to_check", "lacking"),
    [
        ({}, None, 3, (1, 2, 3, 4), ()),
        ({1: True, 2: None}, None, 3, (2, 3, 4), ()),
        ({1: True, 2: True}, 1, 3, (3, 4), ()),
        ({1: True, 2: True, 3: False}, 1, 3, (4,), (3,)),
        ({1: True, 2: True, 3: False, 4: False}, 1, 1, (), (3,)),
        ({1: True, 4: True}, 3, 3, (), ()),
        ({1: False}, None, None, (), (1,)),
    ],
)
def test_the_highest_level_whose_every_criterion_is_met_is_reached(
    met, level, possible, to_check, lacking
):
    found = standing(LEVELS, met)
    assert (found.level, found.possible) == (level, possible)
    assert (found.to_check, found.lacking) == (to_check, lacking)


@given(ANSWERS)
def test_unknown_is_never_counted_as_met(met):
    """A level reached stays reached when what is unknown turns out to be a no."""
    told = {one: bool(value) for one, value in met.items()}
    assert standing(LEVELS, met).level == standing(LEVELS, told).level


@given(ANSWERS)
def test_the_possible_level_is_the_one_reached_when_every_unknown_is_a_yes(met):
    told = {one: met.get(one) is not False for one in range(1, 5)}
    found, best = standing(LEVELS, met), standing(LEVELS, told)
    assert found.possible == best.level
    assert (not found.to_check) >= (found.level == found.possible == 3)


def test_a_level_that_asks_for_nothing_is_reached_by_none():
    assert standing([Level(1, 1, frozenset())], {}).level is None


@pytest.mark.parametrize(
    ("reads", "record", "said"),
    [
        ("no_stairs", (0, None, None), True),
        ("no_stairs", (4, True, None), True),
        ("no_stairs", (1, False, None), False),
        ("no_stairs", (1, None, None), None),
        ("no_stairs", (None, None, None), None),
        ("accessible", (0, True, True), True),
        ("accessible", (0, True, False), None),  # it does not say what is missing
        ("", (0, True, True), None),
    ],
)
def test_the_file_answers_yes_no_or_nothing(reads, record, said):
    floor, has_lift, accessible = record
    found = from_record(reads, floor=floor, has_lift=has_lift, is_accessible=accessible)
    assert found is said


PLACE = Place(9, residence=1, city="Brest", floor=0, has_lift=None, rooms=2, rank=3,
              meaning="adapted")  # fmt: skip
HIGH = Person(1, residence=2, city="Quimper", floor=3, has_lift=False, household=1)


def test_the_reason_says_all_that_counts_in_one_sentence():
    person = replace(
        HIGH, residence=1, wish="souhaite changer de logement (enquête, 3 mars 2026)",
        walking_aid=1, bath_difficulty=2,
    )  # fmt: skip
    assert match(person, PLACE).reason == (
        "Souhaite changer de logement (enquête, 3 mars 2026), habite au 3e étage sans ascenseur, "
        "se déplace avec une canne ou une autre aide, a beaucoup de mal à utiliser sa salle de "
        "bains, resterait dans sa résidence, la taille convient\u00a0: 2\u00a0pièces pour "
        "1\u00a0personne."
    )


KNOWN = st.builds(
    lambda **known: replace(HIGH, **known),
    residence=st.sampled_from([1, 2]),
    city=st.sampled_from(["Brest", "Quimper", ""]),
    floor=st.sampled_from([None, 0, 1, 2, 5]),
    has_lift=st.sampled_from([None, True, False]),
    household=st.sampled_from([None, 1, 2, 4]),
    rank=st.integers(0, 4),
    agreed=st.sampled_from(["", "a dit oui"]),
    wish=st.sampled_from(["", "souhaite changer"]),
    stairs_difficulty=st.sampled_from([None, 0, 1, 2]),
    bath_difficulty=st.sampled_from([None, 0, 1, 2]),
    walking_aid=st.sampled_from([None, 0, 1]),
    falls=st.sampled_from([None, 0, 1, 2]),
)
TAKEN_AWAY = {
    "wish": "", "stairs_difficulty": None, "bath_difficulty": None, "walking_aid": None,
    "falls": None, "floor": None,
}  # fmt: skip


@given(KNOWN, st.sampled_from(sorted(TAKEN_AWAY)))
def test_a_fact_that_is_named_once_taken_away_lowers_the_person(person, fact):
    less = replace(person, **{fact: TAKEN_AWAY[fact]})
    before, after = match(person, PLACE), match(less, PLACE)
    if before and after and len(after.facts) < len(before.facts):
        assert after.points < before.points
    if before is None and person.has_stairs is not False:
        assert after is None


@given(KNOWN)
def test_each_named_fact_weighs(person):
    found = match(person, PLACE)
    if found:
        assert all(one.points > 0 for one in found.facts)
        assert found.reason.count(",") >= len(found.facts) - 1


@pytest.mark.parametrize(
    "known",
    [
        {"refuses": True},
        {"paused": True},
        {"floor": 3, "has_lift": True},  # nothing known to answer
        {"floor": None, "has_lift": None},
        {"household": 4},  # too small for four
        {"rank": 3},  # her home is as good
    ],
)
def test_nobody_is_named_without_a_need_that_is_known(known):
    assert match(replace(HIGH, **known), PLACE) is None


def test_a_dwelling_up_stairs_answers_no_difficulty_of_climbing():
    upstairs = replace(PLACE, floor=2, has_lift=False)
    assert match(replace(HIGH, walking_aid=1), upstairs) is None
    assert match(replace(HIGH, walking_aid=1), replace(upstairs, has_lift=None)) is None


def test_a_dwelling_that_is_only_accessible_answers_no_difficulty_of_washing():
    person = replace(HIGH, floor=0, bath_difficulty=2)
    assert match(person, replace(PLACE, meaning="accessible")) is None
    assert match(person, PLACE).points > 0


def test_the_wrong_size_lowers_and_is_said():
    large = match(HIGH, replace(PLACE, rooms=4))
    assert large.reason.endswith(
        "mais le logement est grand\u00a0: 4\u00a0pièces pour 1\u00a0personne."
    )
    assert large.points < match(HIGH, replace(PLACE, rooms=None)).points


def test_the_order_is_the_same_both_ways_and_ties_are_stable():
    people = [replace(HIGH, pk=3), replace(HIGH, pk=1), replace(HIGH, pk=2, wish="souhaite bouger")]
    assert [one.person.pk for one in Crowd(people).best_for(PLACE, 9)[0]] == [2, 1, 3]
    near = replace(PLACE, pk=8, residence=2)
    assert [one.place.pk for one in best_places(HIGH, [PLACE, near])] == [8, 9]
