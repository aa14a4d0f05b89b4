"""Rows: nobody stands out in a file, nor in the files of several years joined by pseudonym."""

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from visits.releasing.rows import (
    HIDDEN,
    anonymise,
    classes_of,
    coarser,
    diversity,
    key_for,
    link,
    pseudonym,
)

K = 11
OLDER = {"60-69": "60-79", "70-79": "60-79", "80-89": "80+", "90+": "80+"}
LADDERS = {"age": [OLDER, HIDDEN], "sex": [HIDDEN], "place": [HIDDEN]}
KEY = key_for("secret", "a convention")

person = st.tuples(
    st.sampled_from(["60-69", "70-79", "80-89", "90+"]),
    st.sampled_from(["F", "M"]),
    st.sampled_from(["Brest", "Quimper", "Ouessant"]),
)
crowd = st.lists(person, min_size=0, max_size=200)


def frame(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["age", "sex", "place"])


def sizes(classes) -> list[int]:
    return pd.Series(list(classes)).value_counts().tolist()


@settings(max_examples=60, phases=(Phase.generate,))
@given(crowd)
def test_everyone_in_the_file_is_one_of_at_least_k(rows):
    done = anonymise(frame(rows), LADDERS, k=K)
    assert all(size >= K for size in sizes(classes_of(done.columns)))
    assert len(done.columns) + done.dropped == len(rows)
    assert done.dropped < K


def test_the_few_who_are_not_in_the_file_cannot_be_counted_by_subtraction():
    """Twenty women of 70 to 79 by the tables, eighteen in the file: two said no."""
    housed = frame([("70-79", "F", "Brest")] * 20 + [("60-69", "M", "Brest")] * 50)
    agreeing = housed.iloc[[*range(18), *range(20, 50)]]
    done = anonymise(agreeing, LADDERS, k=K, among=housed)
    assert done.columns.value_counts().to_dict() == {("60-79", HIDDEN, "Brest"): 48}


@settings(max_examples=60, phases=(Phase.generate,))
@given(crowd, st.integers(1, 6))
def test_each_group_shown_leaves_k_people_out(rows, of):
    """Whoever reads how many there are in all cannot tell that nearly all of them are here."""
    housed = frame(rows)
    done = anonymise(housed[housed.index % of > 0], LADDERS, k=K, among=housed)
    shown = done.columns[(done.columns != HIDDEN).any(axis=1)]
    there = classes_of(coarser(housed, LADDERS, done.levels)).value_counts()
    for group, count in classes_of(shown).value_counts().items():
        assert K <= count <= there[group] - K


def test_a_column_is_made_coarser_only_when_too_many_would_be_hidden():
    many = frame([("60-69", "F", "Brest")] * 300 + [("90+", "M", "Brest")] * 4)
    done = anonymise(many, LADDERS, k=K)
    assert done.levels == {"age": 0, "sex": 0, "place": 0}
    # Four alone would still be four: others are hidden with them.
    assert (done.hidden, done.dropped) == (304, 0)
    both = frame([("60-69", "F", "Brest")] * 20 + [("70-79", "F", "Brest")] * 5)
    done = anonymise(both, LADDERS, k=K)
    assert done.levels["age"] == 1
    assert set(done.columns["age"]) == {"60-79"}


def test_a_coarser_value_keeps_what_the_ladder_does_not_name():
    found = coarser(frame([("", "F", "Brest")]), LADDERS, {"age": 1, "place": 1})
    assert found.iloc[0].tolist() == ["", "F", HIDDEN]


def joined(files) -> pd.DataFrame:
    """What who holds all the files sees of each pseudonym."""
    columns = [
        pd.Series(classes.to_numpy(), index=names.to_numpy(), name=number)
        for number, (names, classes) in enumerate(files)
    ]
    return pd.concat(columns, axis=1).fillna("absent") if columns else pd.DataFrame()


@settings(max_examples=60, phases=(Phase.generate,))
@given(st.lists(st.lists(st.tuples(st.integers(0, 90), person), max_size=90), max_size=4))
def test_joined_over_the_years_everyone_is_still_one_of_at_least_k(years):
    """People come, leave, move, grow old; the attacker joins all the files by pseudonym."""
    memory, files = None, []
    for people in years:
        rows = dict(people)
        done = anonymise(frame(list(rows.values())).set_axis(list(rows)), LADDERS, k=K)
        classes = classes_of(done.columns)
        bases = pd.Series([pseudonym(KEY, str(one)) for one in classes.index], classes.index)
        linked = link(bases, classes, memory, KEY, k=K)
        assert linked.pseudonyms.is_unique
        memory = linked.memory
        files.append((linked.pseudonyms, classes))
    seen = joined(files)
    assert all(size >= K for size in sizes(seen.apply("/".join, axis=1) if len(seen) else []))


def test_a_pseudonym_stays_the_same_year_after_year_where_many_go_the_same_way():
    classes = pd.Series(["60-69|F"] * 30)
    bases = pd.Series([pseudonym(KEY, str(one)) for one in range(30)])
    first = link(bases, classes, None, KEY, k=K)
    second = link(bases, classes, first.memory, KEY, k=K)
    assert second.pseudonyms.tolist() == first.pseudonyms.tolist() == bases.tolist()
    assert second.cut == 0


def test_the_link_of_the_few_who_moved_is_cut():
    bases = pd.Series([pseudonym(KEY, str(one)) for one in range(60)])
    first = link(bases, pd.Series(["A"] * 30 + ["B"] * 30), None, KEY, k=K)
    second = link(bases, pd.Series(["A"] * 27 + ["B"] * 33), first.memory, KEY, k=K)
    same = second.pseudonyms == first.pseudonyms
    assert not same[27:30].any()
    assert second.cut >= K  # three alone would be three: others go with them
    third = link(bases, pd.Series(["A"] * 27 + ["B"] * 33), second.memory, KEY, k=K)
    assert third.pseudonyms.tolist() == second.pseudonyms.tolist()


def test_another_recipient_gets_other_pseudonyms():
    other = key_for("secret", "another convention")
    assert pseudonym(KEY, "1") != pseudonym(other, "1")
    assert pseudonym(KEY, "1") == pseudonym(key_for("secret", "a convention"), "1")
    assert pseudonym(key_for("rotated", "a convention"), "1") != pseudonym(KEY, "1")


def test_diversity_says_where_all_of_a_group_have_the_same_value():
    classes = pd.Series(["A"] * 10 + ["B"] * 30)
    values = pd.DataFrame({"falls": [2.0] * 10 + [0.0, 1.0, None] * 10})
    found = diversity(classes, values)
    assert found.loc["falls"].tolist() == [1, 0.25]
