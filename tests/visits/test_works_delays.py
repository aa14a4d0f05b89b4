"""Delays of works: medians and percentiles of what ended, how many wait, why some are refused."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import WORDING, ago, kind_of, make_action, make_partner
from visits.acting.delay import FEW, spread
from visits.acting.follow_up import add_need, agree, decide, move
from visits.enums import State
from visits.models import ActionKind
from visits.works.backlog import works_of
from visits.works.delays import BY_KIND, BY_TERRITORY, delays

S = State
YEAR = {"since": ago(365), "until": ago(0)}


def test_the_ninetieth_is_not_given_of_few():
    assert spread([]) == spread(())
    assert (spread([]).median, spread([]).is_small) == (None, False)
    few = spread(range(1, FEW))
    assert (few.median, few.ninetieth, few.is_small) == (5, None, True)
    assert spread(range(1, 11)).ninetieth == 9
    assert spread(range(1, 21)).ninetieth == 18
    assert (spread([4, 2]).median, spread([7]).median) == (3, 7)


@given(st.lists(st.integers(0, 2000), min_size=FEW, max_size=200))
def test_nine_in_ten_take_no_more_than_the_ninetieth(durations):
    said = spread(durations).ninetieth
    within = [one for one in durations if one <= said]
    below = [one for one in durations if one < said]
    assert 10 * len(within) >= 9 * len(durations)
    assert 10 * len(below) < 9 * len(durations)


@pytest.fixture
def manager(db):
    return make_user(Role.MANAGER, make_territory("Brest"))


def took(manager, code, *steps, territory=None, note=""):
    """An action whose steps were made that many days ago."""
    senior = make_senior(make_dwelling(make_residence(territory or manager.territories.first())))
    kind = kind_of(code)
    need = add_need(senior, kind.needs[0], found_on=ago(300), by=manager)
    action = decide(need, kind, state=S.ACCEPTED, on=ago(300), by=manager)
    for state, days in steps:
        action = move(action, state, on=ago(days), by=manager, note=note)
    return action


def test_each_duration_runs_from_its_own_step(manager):
    took(manager, "shower", (S.REQUESTED, 200), (S.UNDER_WAY, 150), (S.DONE, 80))
    took(manager, "shower", (S.REQUESTED, 100), (S.UNDER_WAY, 90))
    took(manager, "shower", (S.REQUESTED, 50))
    whole, showers = delays(works_of(manager), BY_KIND, **YEAR)
    assert (showers.label, showers.waiting) == ("Douche à la place de la baignoire", 1)
    found = (showers.decision, showers.completion, showers.whole)
    assert [(one.count, one.median) for one in found] == [(2, 30), (1, 70), (1, 120)]
    assert whole.decision == showers.decision


def test_refusals_are_counted_with_their_reasons(manager):
    for note in ("Trop cher", "Trop cher", "Mur porteur"):
        took(manager, "shower", (S.REQUESTED, 60), (S.CANCELLED, 40), note=note)
    whole = delays(works_of(manager), BY_KIND, **YEAR)[0]
    assert whole.refused == 3
    assert whole.reasons == [("annulée, Trop cher", 2), ("annulée, Mur porteur", 1)]
    assert whole.waiting == 0


def test_works_asked_of_another_after_a_refusal_wait_for_an_answer_again(manager):
    ActionKind.objects.filter(code="shower").update(by_partner=True)
    territory = manager.territories.get()
    person = make_senior(make_dwelling(make_residence(territory)))
    action = make_action("shower", S.PARTNER_REFUSED, senior=person, by=manager)
    whole = delays(works_of(manager), BY_KIND, **YEAR)[0]
    assert (whole.waiting, whole.refused, whole.decision.count) == (0, 1, 1)
    other = make_partner("shower", territory=territory, name="Salles de bains du Léon")
    agree(action, other, given_on=ago(5), by=manager, wording=WORDING)
    move(action, S.REQUESTED, on=ago(5), by=manager, partner=other)
    whole = delays(works_of(manager), BY_KIND, **YEAR)[0]
    assert (whole.waiting, whole.refused, whole.decision.count) == (1, 1, 1)


def test_what_was_asked_before_the_period_is_left_out(manager):
    took(manager, "shower", (S.REQUESTED, 200), (S.UNDER_WAY, 150))
    assert delays(works_of(manager), BY_KIND, since=ago(100), until=ago(0))[0].decision.count == 0


def test_territories_stand_apart_and_a_manager_sees_hers(client, manager):
    elsewhere = make_territory("Quimper")
    took(manager, "shower", (S.REQUESTED, 60), (S.UNDER_WAY, 50))
    took(manager, "shower", (S.REQUESTED, 60), (S.UNDER_WAY, 20), territory=elsewhere)
    everyone = delays(works_of(make_user(Role.ADMINISTRATOR)), BY_TERRITORY, **YEAR)
    assert [(row.label, row.decision.median) for row in everyone] == [
        ("Tous", 25), ("Brest", 10), ("Quimper", 40),
    ]  # fmt: skip
    client.force_login(manager)
    groups = dict(client.get(reverse("visits:works-delays")).context["groups"])
    assert [row.label for row in groups["Par territoire"]] == ["Tous", "Brest"]


@pytest.mark.parametrize("query", ["", "?since=hier", "?since=2026-05-01&until=2026-01-01"])
def test_a_period_that_makes_no_sense_is_the_last_year(client, manager, query):
    client.force_login(manager)
    answer = client.get(reverse("visits:works-delays") + query)
    assert (answer.context["since"], answer.context["until"]) == (ago(365), ago(0))


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_takes_the_same_queries(client, manager, count, django_assert_num_queries):
    for _ in range(count):
        took(manager, "shower", (S.REQUESTED, 60), (S.UNDER_WAY, 50))
    client.force_login(manager)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("visits:works-delays"))


QUERIES = 9
