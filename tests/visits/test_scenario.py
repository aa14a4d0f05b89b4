"""Budget scenarios: never above the means, the same answer each time, the rule as it is told."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from seniors import moves
from seniors.enums import Role
from seniors.models import Senior
from tests.make import make_territory, make_user
from tests.visits.acting import ago, make_action, make_person
from visits.acting.follow_up import add_need
from visits.enums import State
from visits.models import Action, ActionKind, Works, WorksLot, WorksPrice
from visits.steering.backlog_read import backlog_of
from visits.steering.scenario import (
    Means,
    Request,
    differences,
    months_between,
    plan,
    waits,
)
from visits.works.prices import VAT_ASSUMED

TODAY = date(2026, 11, 24)
ADDRESS = "visits:steering-scenarios"


def asked(pk, cost=1000, **fields):
    """A request of a month ago."""
    fields = {"label": "Barres d’appui", "place": "Kerinou", "since": date(2026, 10, 20)} | fields
    return Request(pk=pk, cost=Decimal(cost), **fields)


def made(requests, budget=10_000, capacity=2, months=12, **more):
    means = Means(Decimal(budget), capacity, months)
    return plan(requests, means, today=TODAY, **more)


def order(requests, **means):
    """Ids in the order of launch."""
    return [one.request.pk for one in made(requests, **means).launched]


requests_of_any_kind = st.lists(
    st.builds(
        Request,
        pk=st.integers(1, 9999),
        label=st.just("Douche"),
        place=st.just("Lambé"),
        since=st.dates(date(2020, 1, 1), TODAY + timedelta(days=40)),
        cost=st.decimals("0.01", 20_000, places=2),
        urgent=st.booleans(),
        band=st.none() | st.integers(0, 3),
        age=st.none() | st.integers(55, 105),
        home=st.none() | st.integers(1, 12),
    ),
    max_size=40,
    unique_by=lambda one: one.pk,
)
means_of_any_kind = st.builds(
    Means,
    budget=st.decimals(0, 200_000, places=2),
    capacity=st.integers(0, 9),
    months=st.integers(1, 24),
)


@given(requests_of_any_kind, means_of_any_kind)
def test_nothing_goes_above_the_budget_nor_the_dwellings_of_a_month(requests, means):
    """Dwellings are counted here from the outcomes; one that is unknown is one of its own."""
    told = plan(requests, means, today=TODAY)
    assert told.spent <= means.budget
    assert told.left >= 0
    assert all(1 <= one.month <= means.months for one in told.launched)
    homes = {month: set() for month in range(1, means.months + 1)}
    for one in told.launched:
        homes[one.month].add(one.request.home or f"works {one.request.pk}")
    counted = [(one.number, one.homes) for one in told.by_month]
    assert counted == [(month, len(some)) for month, some in homes.items()]
    assert all(len(some) <= means.capacity for some in homes.values())
    assert sum(len(some) for some in homes.values()) == len(set().union(*homes.values()))
    assert sum(one.cost for one in told.by_month) == told.spent
    assert sum(one.works for one in told.by_month) == len(told.launched)


@given(requests_of_any_kind, means_of_any_kind, st.randoms())
def test_the_same_backlog_gives_the_same_plan_in_whatever_order_it_is_read(requests, means, dice):
    first = plan(requests, means, today=TODAY)
    shuffled = list(requests)
    dice.shuffle(shuffled)
    assert plan(shuffled, means, today=TODAY) == first
    assert {one.request.pk for one in first.outcomes} == {one.pk for one in requests}


@given(requests_of_any_kind, means_of_any_kind)
def test_who_waits_could_not_be_launched_with_what_is_left(requests, means):
    told = plan(requests, means, today=TODAY)
    full = told.homes == means.capacity * means.months
    begun = {one.request.home for one in told.launched} - {None}
    assert all(
        one.request.cost > told.left or (full and one.request.home not in begun)
        for one in told.waiting
    )


@given(requests_of_any_kind, means_of_any_kind, st.integers(1, 5))
def test_a_larger_capacity_makes_nobody_wait_longer(requests, means, more):
    """With a budget for everything: else an early one may take what a later one had."""
    enough = Means(Decimal(1_000_000), means.capacity, means.months)
    larger = Means(enough.budget, means.capacity + more, means.months)
    first, second = (plan(requests, one, today=TODAY) for one in (enough, larger))
    assert all(one.months >= 0 for one in differences(first, second))


def test_a_budget_of_zero_launches_nothing_and_everyone_waits_to_the_end():
    told = made([asked(1), asked(2)], budget=0)
    assert (told.launched, told.spent) == ([], 0)
    assert [one.waits for one in told.waiting] == [13, 13]


def test_a_capacity_of_zero_launches_nothing():
    assert made([asked(1)], capacity=0).launched == []


def test_an_empty_backlog_is_a_plan():
    told = made([])
    assert (told.outcomes, told.spent) == ([], 0)
    assert [(one.count, one.middle) for one in waits(told)] == [(0, None)] * 6


def test_the_rule_is_applied_line_by_line():
    old = date(2025, 11, 1)
    assert order([asked(1, since=old), asked(2, urgent=True)]) == [2, 1]
    assert order([asked(1, band=0), asked(2, since=old, band=3)]) == [2, 1]
    assert order([asked(1, band=2), asked(2, band=0), asked(3)]) == [2, 1, 3]
    assert order([asked(1, age=70), asked(2, age=90), asked(3)]) == [2, 1, 3]
    assert order([asked(1), asked(2, since=date(2026, 10, 10))]) == [2, 1]
    assert order([asked(2), asked(1)]) == [1, 2]


def test_what_costs_more_than_what_is_left_lets_the_next_one_pass():
    told = made([asked(1, 800, urgent=True), asked(2, 500, band=0), asked(3, 200)], budget=1000)
    assert [one.request.pk for one in told.launched] == [1, 3]
    assert [one.request.pk for one in told.waiting] == [2]


def test_months_fill_one_after_the_other():
    told = made([asked(n) for n in range(1, 6)], capacity=2, months=2)
    assert [one.month for one in told.outcomes] == [1, 1, 2, 2, None]
    assert [one.waits for one in told.outcomes] == [1, 1, 2, 2, 3]


def test_several_works_of_a_dwelling_take_one_place_of_one_month():
    """The third works of the first dwelling leave with its first, and take nobody's place."""
    told = made([asked(1, home=7), asked(2, home=8), asked(3, home=7), asked(4)], capacity=1)
    assert [(one.request.pk, one.month) for one in told.outcomes] == [
        (1, 1),
        (2, 2),
        (3, 1),
        (4, 3),
    ]
    assert [(one.homes, one.works) for one in told.by_month[:3]] == [(1, 2), (1, 1), (1, 1)]
    assert told.homes == 3


def test_an_end_comes_after_the_usual_delay_and_a_cost_has_its_vat():
    told = made([asked(1, 1000, vat=Decimal(10), delay=180), asked(2, 500)], capacity=1)
    assert [one.ends for one in told.outcomes] == [7, 2]
    assert (told.spent, told.spent_gross) == (1500, 1600)
    waiting = made([asked(1, delay=45)], budget=1).outcomes[0]
    assert (waiting.month, waiting.ends) == (None, None)


@pytest.mark.parametrize("cost", [0, -5])
def test_what_has_no_price_is_never_free(cost):
    with pytest.raises(ValueError, match="without a price"):
        asked(1, cost)


def test_a_month_is_whole_only_on_its_day():
    assert months_between(date(2026, 10, 24), TODAY) == 1
    assert months_between(date(2026, 10, 25), TODAY) == 0
    assert months_between(date(2026, 12, 1), TODAY) == 0


def test_two_plans_of_unequal_length_are_looked_at_until_the_same_month():
    requests = [asked(1), asked(2)]
    short = made(requests, budget=1000, capacity=1, months=2, until=12)
    long = made(requests, budget=2000, capacity=1, months=12, until=12)
    [gap] = differences(short, long)
    assert (gap.request.pk, gap.months) == (2, 11)
    assert gap.words == "11 mois de plus dans A au moins"
    assert differences(made(requests, budget=0, months=2, until=12), made(requests, budget=0)) == []


# What is read


@pytest.fixture
def territory():
    return make_territory("Agence de Brest")


@pytest.fixture
def manager(territory):
    return make_user(Role.MANAGER, territory)


def ready(territory, code="grab_bars", state=State.ACCEPTED, **fields):
    """Works that wait there, at 440 € unless an estimate is given."""
    WorksPrice.objects.update_or_create(
        kind=ActionKind.objects.get(code="grab_bars"),
        defaults={"unit_cost": 440, "delay_days": 45, "source": "essai"},
    )
    action = make_action(code, state, senior=make_person(territory)[0])
    if fields:
        Works.objects.create(action=action, **fields)
    return action


def refused_by_partner(territory):
    """Works that a partner refused."""
    action = ready(territory, state=State.REQUESTED)
    Action.objects.filter(pk=action.pk).update(state=State.PARTNER_REFUSED)


def bare_need(territory, by):
    """A need there without an action."""
    add_need(make_person(territory)[0], "light", found_on=ago(5), by=by)


@pytest.mark.django_db
def test_what_is_agreed_and_not_begun_is_read_at_its_estimate_or_at_the_catalogue(
    territory, manager
):
    catalogue = ready(territory)
    two = ready(territory, quantity=2)
    quoted = ready(territory, estimate=Decimal("512.30"))
    ready(territory, state=State.PROPOSED)
    ready(territory, state=State.REQUESTED)
    ready(territory, state=State.UNDER_WAY)
    refused_by_partner(territory)
    bare_need(territory, manager)
    told = backlog_of(manager)
    costs = {one.pk: one.cost for one in told.requests}
    assert costs == {catalogue.pk: 440, two.pk: 880, quoted.pk: Decimal("512.30")}
    assert (told.not_agreed, told.asked, told.refused, told.bare) == (1, 1, 1, 1)
    assert {(one.vat, one.delay) for one in told.requests} == {(10, 45)}
    assert {one.home for one in told.requests} == {
        one.dwelling_id for one in (catalogue, two, quoted)
    }


@pytest.mark.django_db
def test_works_without_a_price_and_works_in_a_lot_are_left_out(territory, manager):
    action = ready(territory)
    lot = WorksLot.objects.create(
        label="Barres", kind=action.kind, ordered_on=TODAY, ordered_by=manager
    )
    Works.objects.create(action=action, lot=lot)
    other = ready(territory, "shower")
    WorksPrice.objects.filter(kind=other.kind).delete()
    ready(territory, estimate=0)
    told = backlog_of(manager)
    assert (told.requests, told.asked) == ([], 1)
    assert [one.why for one in told.unpriced] == ["prix à donner", "estimation de 0\u00a0€"]
    quoted = ready(territory, "shower", estimate=900)
    [request] = backlog_of(manager).requests
    assert (request.pk, request.vat) == (quoted.pk, VAT_ASSUMED)
    assert request.delay == quoted.kind.due_days


@pytest.mark.django_db
def test_the_backlog_is_that_of_ones_territories_or_of_one(territory, manager):
    other = make_territory()
    mine, far = ready(territory), ready(other)
    admin = make_user(Role.ADMINISTRATOR)
    bare_need(other, admin)
    own = backlog_of(manager)
    assert ([one.pk for one in own.requests], own.bare) == ([mine.pk], 0)
    there = backlog_of(admin, other)
    assert ([one.pk for one in there.requests], there.bare) == ([far.pk], 1)
    # Of one, by the dwelling of the works; a manager sees those of the people of hers.
    Senior.objects.filter(pk=mine.senior_id).update(dwelling=far.dwelling)
    moves.tell([mine.senior_id])
    assert [one.pk for one in backlog_of(admin, territory).requests] == [mine.pk]
    assert [one.pk for one in backlog_of(admin, other).requests] == [far.pk]
    assert backlog_of(manager).requests == []
    assert backlog_of(admin, territory).bare == 0


# The page


@pytest.mark.django_db
def test_two_budgets_stand_side_by_side_and_the_workbook_says_the_same(client, territory, manager):
    for _ in range(3):
        ready(territory)
    ready(territory, estimate=0)
    refused_by_partner(territory)
    bare_need(territory, manager)
    client.force_login(manager)
    told = {"a-budget": "440", "a-capacity": "1", "a-months": "3", "b-budget": "1320"}
    shown = client.get(reverse(ADDRESS), told)
    first, second = shown.context["plans"]
    assert (len(first.launched), len(second.launched)) == (1, 3)
    assert "mois de plus dans A au moins" in shown.content.decode()
    assert "estimation de 0\u00a0€" in shown.content.decode()
    assert "1 refusé par un partenaire, 1 besoin sans action" in shown.content.decode()
    answer = client.get(reverse("visits:steering-scenarios-workbook"), told)
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["Demandes"].iter_rows(min_row=2, values_only=True))
    assert [row[6:12] for row in rows] == [
        (one.month, one.ends, one.waits, other.month, other.ends, other.waits)
        for one, other in zip(first.outcomes, second.outcomes, strict=True)
    ]
    months = list(book["Mois par mois"].iter_rows(min_row=2, values_only=True))
    assert [row[2:4] for row in months] == [
        (one.homes, one.works) for made in (first, second) for one in made.by_month
    ]
    unpriced = [row[3] for row in book["Sans prix"].iter_rows(min_row=2, values_only=True)]
    assert unpriced == ["estimation de 0\u00a0€"]
    about = dict(book["Lire d’abord"].iter_rows(min_row=2, values_only=True))
    assert about["Scénario A, budget (€ HT)"] == "440"
    assert about["Refusés par un partenaire, hors du calcul"] == "1"
    assert about["Besoins sans action, hors du calcul"] == "1"
    assert about["Scénario B, dépensé (€ TTC)"] == f"{second.spent_gross}"
    assert "Aucune demande nouvelle" in about["Hypothèse"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("a-budget", "0", "ne lance rien"),
        ("a-budget", "-5", "ne lance rien"),
        ("a-budget", "beaucoup", "en chiffres"),
        ("a-budget", "NaN", "en chiffres"),
        ("a-budget", "1e30", "vérifiez les zéros"),
        ("b-capacity", "0", "rien ne peut être lancé"),
        ("b-capacity", "1.5", "nombre entier"),
        ("b-months", "", "Donnez une durée"),
        ("b-months", "999", "plus courte"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_computed(client, manager, field, value, said):
    client.force_login(manager)
    shown = client.get(reverse(ADDRESS), {field: value})
    assert shown.status_code == 422
    assert said in shown.content.decode()
    assert not shown.context["plans"]
    sent_back = client.get(reverse("visits:steering-scenarios-workbook"), {field: value})
    assert sent_back.status_code == 302
    assert sent_back["Location"].startswith(reverse(ADDRESS) + "?")


@pytest.mark.django_db
def test_without_works_the_page_says_what_is_needed(client, territory, manager):
    ready(territory, state=State.PROPOSED)
    bare_need(territory, manager)
    client.force_login(manager)
    told = client.get(reverse(ADDRESS)).content.decode()
    assert "Aucuns travaux n’attendent ici" in told
    assert "1 proposition attend" in told
    assert "1 besoin est sans action" in told


@pytest.mark.django_db
def test_the_page_asks_the_same_number_of_queries_however_many_works(
    client, territory, manager, django_assert_num_queries
):
    client.force_login(manager)
    ready(territory)
    client.get(reverse(ADDRESS))
    with django_assert_num_queries(QUERIES):
        client.get(reverse(ADDRESS))
    for _ in range(12):
        ready(territory)
    with django_assert_num_queries(QUERIES):
        client.get(reverse(ADDRESS))


QUERIES = 11
