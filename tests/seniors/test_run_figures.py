"""Figures of a computation, and what an evaluator may see of them."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from seniors.fragility.grid import Indicator, Level
from seniors.run_figures import BandFigure, RunFigures, grid_lines, hide_small, without_small_groups


def figures(*counts, invisible=0, known=0.5):
    bands = tuple(BandFigure(str(n), str(n), count) for n, count in enumerate(counts))
    return RunFigures(bands=bands, people=sum(counts), invisible=invisible, known_share=known)


def test_large_groups_and_empty_ones_are_shown():
    assert hide_small([40, 0, 11], least=11) == [40, 0, 11]


def test_a_small_group_is_hidden_with_the_next_smallest():
    assert hide_small([40, 3, 30, 25], least=11) == [40, None, 30, None]


def test_a_third_is_hidden_when_the_sum_of_two_would_say_too_much():
    """10 + 25 = 35: neither can be over 30, which is shown, so the first would be 5 to 10."""
    assert hide_small([40, 10, 30, 25], least=11) == [40, None, None, None]


def test_two_small_groups_are_hidden_alone_when_they_are_enough_together():
    assert hide_small([40, 6, 7, 25], least=11) == [40, None, None, 25]


def test_two_small_groups_that_are_few_together_take_a_third_with_them():
    assert hide_small([40, 1, 2, 25], least=11) == [40, None, None, None]


def test_a_small_group_is_not_hidden_by_an_empty_one_while_a_full_one_is_left():
    assert hide_small([3, 0, 20], least=11) == [None, 0, None]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(5, 11))
def test_nobody_can_be_computed_back_from_the_total(counts, least):
    shown = hide_small(counts, least=least)
    hidden = [count for count, kept in zip(counts, shown, strict=True) if kept is None]
    assert all(kept is None or kept == 0 or kept >= least for kept in shown)
    assert not hidden or len(hidden) >= 2
    assert not hidden or sum(hidden) >= least or len(hidden) == len(counts)


def test_who_knows_the_rule_computes_nobody_back():
    """Every table of four groups: what is shown of it is shown of others, whoever is hidden."""
    seen: dict[tuple, list[tuple]] = {}
    for counts in product(range(9), repeat=4):
        key = sum(counts), tuple(hide_small(counts, least=5))
        seen.setdefault(key, []).append(counts)
    for (people, shown), tables in seen.items():
        for place in (n for n, count in enumerate(shown) if count is None and people >= 5):
            possible = {table[place] for table in tables}
            assert len(possible) > 1 or min(possible) >= 5, tables


def test_an_evaluator_sees_no_total_of_a_few_people(settings):
    settings.SMALL_CELL = 11
    seen = without_small_groups(figures(4, 3, invisible=2))
    assert seen.people is None
    assert seen.invisible is None
    assert seen.known_percent is None
    assert [band.people for band in seen.bands] == [None, None]


def test_the_invisible_are_hidden_when_those_who_are_not_are_few(settings):
    settings.SMALL_CELL = 11
    assert without_small_groups(figures(30, 30, invisible=55)).invisible is None
    assert without_small_groups(figures(30, 30, invisible=30)).invisible == 30


def test_a_hidden_group_has_no_bar(settings):
    settings.SMALL_CELL = 11
    seen = without_small_groups(figures(50, 5, 12))
    assert [band.length for band in seen.bands] == [1000, 0, 0]
    assert seen.hides_some


def test_levels_are_said_without_a_person():
    rising = Indicator(
        "age",
        "Âge",
        True,
        (Level(70, 1, "{value} ans"), Level(80, 2, "né{e} tôt")),
        0.5,
        "jugement",
    )
    assert grid_lines([rising])[0].levels == (("70 ans ou plus", 1), ("né(e) tôt", 2))
    falling = Indicator("ties", "Liens", False, (Level(4.5, 1, "{value} liens"),), 0.5, "jugement")
    assert grid_lines([falling])[0].levels == (("4,5 liens ou moins", 1),)
