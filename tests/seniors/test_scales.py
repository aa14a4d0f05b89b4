"""Published scales, on their published vectors and on both sides of every bound."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.fragility import scales

EPICES_CASES = [
    ("best possible", "0 1 1 1 0 1 1 1 1 1 1", "0.00", 1),
    ("worst possible", "1 0 0 0 1 0 0 0 0 0 0", "100.00", 5),
    ("all no", "0 0 0 0 0 0 0 0 0 0 0", "75.14", 5),
    ("all yes", "1 1 1 1 1 1 1 1 1 1 1", "24.86", 3),
    ("tenant couple, all else good", "0 1 1 0 0 1 1 1 1 1 1", "8.28", 2),
    ("tenant alone, all else good", "0 1 0 0 0 1 1 1 1 1 1", "16.56", 3),
    ("tenant alone, no holiday", "0 1 0 0 0 1 1 0 1 1 1", "23.66", 3),
    ("tenant alone, no sport, no show", "0 1 0 0 0 0 0 1 1 1 1", "30.17", 4),
    ("tenant alone, no leisure", "0 1 0 0 0 0 0 0 1 1 1", "37.27", 4),
    ("same couple", "0 1 1 0 0 0 0 0 1 1 1", "28.99", 3),
    ("money trouble and social worker", "1 1 0 0 1 0 0 0 1 1 1", "62.13", 5),
    ("package row 1", "1 0 0 1 0 1 0 0 1 0 1", "53.84", 5),
    ("package row 2", "0 1 0 0 1 0 1 0 1 0 0", "61.54", 5),
]


def answers_to(codes, text):
    return dict(zip(codes, map(int, text.split()), strict=True))


@pytest.mark.parametrize(
    ("text", "total", "quintile"),
    [case[1:] for case in EPICES_CASES],
    ids=[case[0] for case in EPICES_CASES],
)
def test_epices_gives_the_published_vector_to_the_cent(text, total, quintile):
    result = scales.epices(answers_to(scales.EPICES, text))

    assert result == Decimal(total)
    assert scales.epices_quintile(result) == quintile


def test_epices_of_a_tenant_needs_no_answer_on_owning_her_home():
    told = answers_to(scales.EPICES, "0 1 0 0 0 1 1 1 1 1 1")
    del told["owner"]

    assert scales.epices(told) == Decimal("16.56")


@pytest.mark.parametrize("code", [code for code in scales.EPICES if code != "owner"])
@pytest.mark.parametrize("missing", [None, float("nan")])
def test_epices_is_unknown_when_one_item_is(code, missing):
    told = answers_to(scales.EPICES, "0 1 0 0 0 1 1 1 1 1 1")

    assert scales.epices(told | {code: missing}) is None


@pytest.mark.parametrize(
    ("score", "quintile"),
    [
        ("7.09", 1),
        ("7.10", 2),
        ("16.55", 2),
        ("16.56", 3),
        ("30.16", 3),
        ("30.17", 4),
        ("48.51", 4),
        ("48.52", 5),
        ("48.53", 5),
    ],
)
def test_epices_bound_belongs_to_the_quintile_above(score, quintile):
    assert scales.epices_quintile(Decimal(score)) == quintile


def test_epices_cut_off_is_reached_exactly():
    alone_no_leisure = answers_to(scales.EPICES, "0 1 0 0 0 0 0 1 1 1 1")

    assert scales.epices(alone_no_leisure) >= scales.EPICES_PRECARIOUS_FROM


LSNS = scales.LSNS_FAMILY + scales.LSNS_FRIENDS


@pytest.mark.parametrize(
    ("text", "total", "family", "friends", "at_risk"),
    [
        ("2 1 1 1 0 0", 5, 4, 1, True),
        ("3 2 1 2 2 1", 11, 6, 5, True),
        ("3 2 2 2 2 1", 12, 7, 5, False),
        ("5 5 5 5 5 5", 30, 15, 15, False),
    ],
)
def test_lsns6_gives_the_published_vector(text, total, family, friends, at_risk):
    told = answers_to(LSNS, text)

    assert (scales.lsns6(told), scales.lsns_family(told), scales.lsns_friends(told)) == (
        total,
        family,
        friends,
    )
    assert (scales.lsns6(told) < scales.LSNS_AT_RISK_UNDER) is at_risk


def test_lsns6_keeps_the_subscale_whose_items_are_all_there():
    told = answers_to(LSNS, "3 2 1 2 2 1") | {"lsns_friends_help": None}

    assert scales.lsns6(told) is None
    assert scales.lsns_friends(told) is None
    assert scales.lsns_family(told) == 6


@pytest.mark.parametrize(
    ("text", "total", "lonely"),
    [("1 1 1", 3, False), ("2 2 1", 5, False), ("2 2 2", 6, True), ("3 3 3", 9, True)],
)
def test_ucla3_gives_the_published_vector(text, total, lonely):
    told = answers_to(scales.UCLA, text)

    assert scales.ucla3(told) == total
    assert (total >= scales.UCLA_LONELY_FROM) is lonely


def test_ucla3_is_unknown_when_one_item_is():
    assert scales.ucla3({"ucla_companionship": 1, "ucla_left_out": 2}) is None


PRISMA = ("limited_activities", "needs_help", "stays_home", "can_count_on", "walking_aid")
PRISMA_CASES = [
    ("woman 78, limited, stick, support", "F", 78, "1 0 0 1 1", 3, 2),
    ("woman 78, limited, stick, alone", "F", 78, "1 0 0 0 1", 2, 3),
    ("man 86, no problem, support", "M", 86, "0 0 0 1 0", 3, 2),
    ("man 85 exactly, limited, no support", "M", 85, "1 0 0 0 0", 2, 3),
]


@pytest.mark.parametrize(
    ("sex", "age", "text", "yes_counts", "no_counts"),
    [case[1:] for case in PRISMA_CASES],
    ids=[case[0] for case in PRISMA_CASES],
)
def test_prisma7_gives_the_vector_under_each_rule_of_item_6(sex, age, text, yes_counts, no_counts):
    told = answers_to(PRISMA, text)

    assert scales.prisma7(told, age, sex, item6="yes_counts") == yes_counts
    assert scales.prisma7(told, age, sex, item6="no_counts") == no_counts
    assert scales.prisma7(told, age, sex) == no_counts


def test_prisma6_gives_no_point_for_being_a_man():
    told = answers_to(PRISMA, "1 0 0 0 1")

    assert scales.prisma6(told, 78) == scales.prisma7(told, 78, "F") == 3
    assert scales.prisma7(told, 78, "M") == 4


@pytest.mark.parametrize(("age", "points"), [(85, 0), (86, 1)])
def test_prisma_counts_age_strictly_over_85(age, points):
    assert scales.prisma6(answers_to(PRISMA, "0 0 0 1 0"), age) == points


def test_prisma7_is_unknown_without_sex_age_or_an_item():
    told = answers_to(PRISMA, "1 0 0 1 1")

    assert scales.prisma7(told, 78, "") is None
    assert scales.prisma6(told, None) is None
    assert scales.prisma6(told | {"can_count_on": None}, 78) is None
    assert scales.prisma6(told | {"needs_help": None}, 78) is None


ITEM = {
    **dict.fromkeys(LSNS, st.one_of(st.none(), st.integers(0, 5))),
    **dict.fromkeys(scales.UCLA, st.one_of(st.none(), st.integers(1, 3))),
    **dict.fromkeys(PRISMA, st.one_of(st.none(), st.integers(0, 1))),
}


@given(
    st.lists(
        st.tuples(st.fixed_dictionaries(ITEM), st.one_of(st.none(), st.integers(60, 105))),
        min_size=1,
        max_size=5,
    )
)
def test_frame_of_people_scores_as_each_person_alone(people):
    answers = {code: np.array([told[code] for told, _ in people], dtype=float) for code in ITEM}
    age = np.array([age for _, age in people], dtype=float)
    codes = ("lsns6", "lsns6_family", "lsns6_friends", "ucla3", "prisma6")

    together = scales.compute(answers, age, codes)

    alone = [
        [
            scales.lsns6(told),
            scales.lsns_family(told),
            scales.lsns_friends(told),
            scales.ucla3(told),
            scales.prisma6(told, age),
        ]
        for told, age in people
    ]
    np.testing.assert_array_equal(
        np.column_stack(list(together.values())), np.array(alone, dtype=float)
    )
