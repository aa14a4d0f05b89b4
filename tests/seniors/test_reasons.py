"""The sentence of reasons: true to the computation, and kind."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.fragility import grid as grids
from seniors.fragility import items, reasons, score
from seniors.fragility.grid_check import FORBIDDEN

GRID = grids.load(
    (Path(grids.__file__).parent / "grids" / "bienveille.toml").read_text(encoding="utf-8")
)
RANGES = {
    code: (items.ITEMS[code].low, items.ITEMS[code].high) if code in items.ITEMS else (0, 120)
    for code in GRID.inputs
}
PERSON = st.fixed_dictionaries(
    {code: st.one_of(st.none(), st.integers(*bounds)) for code, bounds in RANGES.items()}
)
SEX = st.sampled_from(["F", "M", ""])


def figures(values):
    return score.score(pd.DataFrame([values], columns=GRID.inputs, dtype=float), GRID).iloc[0]


def test_sentence_reads_as_an_officer_would_say_it():
    values = {"age": 87, "alone": 1, "floor_no_lift": 4, "falls": 2}

    assert reasons.sentence(values, GRID, sex="F") == (
        "Visite proposée car\u00a0: est tombée au moins deux fois en douze mois, "
        "4e étage sans ascenseur, 87 ans, vit seule."
    )


@pytest.mark.parametrize(("sex", "said"), [("F", "seule"), ("M", "seul"), ("", "seul(e)")])
def test_sentence_agrees_with_the_person(sex, said):
    assert (
        reasons.sentence({"alone": 1}, GRID, sex=sex) == f"Visite proposée car\u00a0: vit {said}."
    )


def test_first_floor_is_written_as_the_french_do():
    level = '{ from = 1, points = 1, words = "{rank} étage'
    grid = grids.load(GRID.text.replace(level, level.replace("points = 1", "points = 2.9")))

    assert "1er étage sans ascenseur" in reasons.sentence({"floor_no_lift": 1}, grid)


def test_long_silence_is_said_with_its_length():
    values = {"age": 87, "alone": 1, "months_silent": 14}

    assert reasons.sentence(values, GRID, sex="F") == (
        "Visite proposée car\u00a0: 87 ans, vit seule, pas de nouvelles depuis 14 mois."
    )


def test_someone_never_heard_of_is_said_to_be():
    said = reasons.sentence({"age": 87, "months_silent": None}, GRID)

    assert said == "Visite proposée car\u00a0: 87 ans, pas de nouvelles connues."


def test_news_of_last_month_is_not_called_silence():
    assert "nouvelles" not in reasons.sentence({"age": 87, "months_silent": 11}, GRID)


def test_nothing_serious_and_nothing_known_are_not_the_same_sentence():
    well = {code: one.bound for code, one in best().items()} | {"age": 66, "months_silent": 0}

    assert reasons.sentence(well, GRID) == reasons.NOTHING_SERIOUS
    assert reasons.sentence({"age": 66}, GRID) == reasons.TOO_LITTLE_KNOWN


def test_trifle_is_no_reason_to_come():
    well = {code: one.bound for code, one in best().items()} | {"age": 66, "months_silent": 0}

    assert reasons.sentence(well | {"grab_bars": 0}, GRID) == reasons.NOTHING_SERIOUS


def best():
    return {
        one.code: grids.Level(one.levels[0].bound + (-1 if one.rising else 1), 0, "")
        for one in GRID.indicators
    }


@given(PERSON, SEX)
def test_taking_a_named_fact_away_lowers_the_rank(values, sex):
    said = reasons.sentence(values, GRID, sex=sex)
    named = [fact for fact in reasons.named(values, GRID, sex=sex) if fact.words in said]
    before = figures(values)

    for fact in named:
        for instead in (None, best()[fact.code].bound):
            assert figures(values | {fact.code: instead})["total"] < before["total"]


@given(PERSON, SEX)
def test_every_fact_named_weighs_in_the_total_or_among_the_silent(values, sex):
    said = reasons.sentence(values, GRID, sex=sex)
    if not said.startswith(reasons.OPENING):
        return
    before = figures(values)
    in_total = {fact.words for fact in reasons.named(values, GRID, sex=sex)}
    silent = pd.notna(before["silence"])

    for words in said.removeprefix(reasons.OPENING).removesuffix(".").split(", "):
        assert words in in_total or silent


@given(PERSON, SEX)
def test_heaviest_known_difficulty_is_named_first_when_we_have_news(values, sex):
    values = values | {"months_silent": 0}
    facts = reasons.named(values, GRID, sex=sex)

    said = reasons.sentence(values, GRID, sex=sex)

    if facts:
        heaviest = max(facts, key=lambda fact: fact.excess)
        assert said.startswith(f"{reasons.OPENING}{heaviest.words}")


@given(PERSON, SEX, st.integers(1, 8))
def test_sentence_is_short_kind_and_whole(values, sex, limit):
    said = reasons.sentence(values, GRID, sex=sex, limit=limit)

    assert len(said) <= reasons.LONGEST
    assert not FORBIDDEN.search(said)
    assert not re.search(r"[{}]|\bnan\b|\bNone\b", said)
    assert said.endswith(".")
    assert said.count(", ") < limit


def test_no_word_of_the_grid_judges_a_person():
    everyone = (*GRID.indicators, *GRID.silence.indicators)
    texts = [one.label for one in everyone] + [lv.words for one in everyone for lv in one.levels]

    assert [text for text in texts if FORBIDDEN.search(text)] == []


def test_contributions_add_up_to_the_least_bound():
    values = {"age": 87, "alone": 1, "falls": 2, "lonely": 0, "can_count_on": 0}
    highest = sum(one.max_points for one in GRID.indicators)

    points = sum(fact.points for fact in reasons.contributions(values, GRID))

    assert 100 * points / highest == pytest.approx(figures(values)["least"])
