"""The figures of the steering page: each stage counts people among those of its denominator."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import merge
from seniors.enums import Role
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.steering import OUTCOME, ago, ask, make_agency, shares, someone, visit, year
from visits.acting.charge import give
from visits.acting.follow_up import add_need, move
from visits.acting.steps import OPEN
from visits.enums import Family, State
from visits.models import Action
from visits.releasing import content, people_rows
from visits.steering.figures import CLOSED_ACCOUNTS
from visits.steering.overview import overview_for
from visits.steering.periods import period_of, periods

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inline(settings):
    """Asked for, counted at once."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def agency():
    return make_agency()


def test_each_stage_counts_people_among_those_of_its_denominator(agency):
    _, _, manager = agency
    assert shares(overview_for(manager, year())) == {
        "seniors": (6, None),
        "asked": (4, 6),
        "answered": (2, 4),
        "silent": (2, 4),
        "listed": (6, 6),
        "listed_visited": (3, 6),
        "visited": (3, 6),
        "found": (2, 3),
        "requested": (2, 2),
        "done": (1, 2),
        "confirmed": (1, 1),
        "knocked": (5, None),
        "refused": (1, 5),
        "absent": (1, 5),
    }


def test_a_refused_visit_is_no_visit_until_the_door_opens(agency):
    territory, _, manager = agency
    senior = someone(territory)
    before = shares(overview_for(manager, year()))
    visit(senior, OUTCOME.REFUSED, days=30)
    after = shares(overview_for(manager, year()))
    assert after["visited"][0] == before["visited"][0]
    assert after["refused"] == (2, 6)
    visit(senior, OUTCOME.DONE, days=3)
    later = shares(overview_for(manager, year()))
    assert (later["visited"][0], later["refused"]) == (before["visited"][0] + 1, (1, 6))


def test_what_a_tenant_says_is_not_done_is_not_done(agency):
    territory, officer, manager = agency
    senior = someone(territory)
    visit(senior)
    action = make_action("shutters", State.DONE, senior=senior, by=officer)
    assert shares(overview_for(manager, year()))["done"] == (2, 3)
    move(action, State.UNDER_WAY, on=ago(1), by=officer)
    assert shares(overview_for(manager, year()))["done"] == (1, 3)


def test_a_person_on_two_records_counts_once(agency):
    territory, _, manager = agency
    kept, other = someone(territory), someone(territory)
    visit(kept, days=9)
    visit(other, days=6)
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, other)}
    merge.merge(kept, other, chosen, by=manager)
    told = shares(overview_for(manager, year()))
    assert (told["seniors"][0], told["visited"][0], told["knocked"][0]) == (7, 4, 6)
    month = overview_for(manager, year()).by_month
    assert sum(one["visited"].count for _, one in month) >= 4


def test_who_has_left_is_in_no_figure(agency):
    _, _, manager = agency
    gone = make_senior(ended_on=ago(1), end="left")
    visit(gone)
    assert shares(overview_for(manager, year()))["visited"] == (3, 6)


def test_what_happened_before_the_period_is_not_counted(agency):
    _, _, manager = agency
    old = next(one for one in periods(timezone.localdate()) if one.code.startswith("20"))
    last = period_of(str(int(old.code) - 2), timezone.localdate())
    told = shares(overview_for(manager, last))
    assert told["seniors"] == (6, None)
    assert [told[code][0] for code in ("asked", "visited", "found", "requested")] == [0, 0, 0, 0]


def test_a_manager_counts_her_territories_only(agency):
    _, _, manager = agency
    elsewhere = someone(make_territory())
    visit(elsewhere)
    ask(elsewhere)
    assert shares(overview_for(manager, year()))["visited"] == (3, 6)
    admin = make_user(Role.ADMINISTRATOR)
    assert shares(overview_for(admin, year()))["visited"] == (4, 7)


def test_a_territory_of_another_in_the_filter_shows_ones_own(client, agency):
    territory, _, manager = agency
    other = make_territory()
    client.force_login(manager)
    shown = client.get(reverse("visits:steering-show"), {"territory": other.pk, "period": "zzz"})
    assert shown.context["overview"].territories == [territory]
    assert shown.context["overview"].period == year()


def test_the_workload_is_in_the_order_of_names_and_leaves_nothing_out(agency):
    territory, officer, manager = agency
    other = make_user(Role.OFFICER, territory, first_name="Zoé", last_name="Abgrall")
    visit(someone(territory), by=make_user(Role.OFFICER, is_active=False))
    loads = overview_for(manager, year()).workload
    assert [load.name for load in loads] == [*map(str, (other, officer, manager)), CLOSED_ACCOUNTS]
    assert (loads[1].to_visit, loads[1].visited, loads[1].knocked) == (3, 3, 5)
    assert (loads[1].open_actions, loads[3].visited) == (2, 1)
    give(Action.objects.filter(officer=officer, state__in=OPEN).first(), other, by=manager)
    loads = overview_for(manager, year()).workload
    assert (loads[0].open_actions, loads[1].open_actions) == (1, 1)


def test_who_answered_and_who_did_not_are_visited_side_by_side(agency):
    _, _, manager = agency
    told = {share.code: (share.count, share.of) for share in overview_for(manager, year()).watched}
    assert told["silent_visited"] == (0, 2)
    assert told["answered_visited"] == (1, 2)


def test_who_was_visited_and_had_a_need_is_the_same_in_steering_and_in_exports(agency):
    """A refusal, a record absorbed, a need said by telephone, another of someone never visited."""
    territory, officer, manager = agency
    today = timezone.localdate()
    said, absorbed, refuses, unseen = (someone(territory) for _ in range(4))
    for one in (said, absorbed):
        visit(one, days=0, by=officer)
    visit(refuses, OUTCOME.REFUSED, days=0)
    for one, code in ((said, "bars"), (absorbed, "light"), (refuses, "bars"), (unseen, "bars")):
        add_need(one, code, found_on=today, by=officer)
    kept_one = someone(territory)
    chosen = {clash.field: "kept" for clash in merge.clashes(kept_one, absorbed)}
    merge.merge(kept_one, absorbed, chosen, by=manager)
    told = shares(overview_for(manager, period_of(str(today.year), today)))
    span = content.Span.of(today.year, today)
    people = content.with_events(content.people_on(span.day), span)
    with_need = people[[f"need_{family.value}" for family in Family]].any(axis=1)
    assert told["visited"][0] == people["visited"].sum() >= 2
    assert told["found"][0] == with_need.sum() >= 2
    assert people["reached"].sum() == told["visited"][0]  # nothing else was heard of anybody
    events = people_rows._Events(span, content.decided_in(span)).of(people.index)
    assert events["visitee"].astype(bool).tolist() == people["visited"].tolist()
    assert events["jointe"].astype(bool).tolist() == people["reached"].tolist()


def test_a_period_is_whole_months_up_to_today():
    offered = periods(date(2026, 1, 15))
    assert [one.code for one in offered] == ["12", "3", "2026", "2025", "2024"]
    assert offered[0].start == date(2025, 2, 1)
    assert offered[1].months == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert (offered[2].end, offered[3].end) == (date(2026, 1, 15), date(2025, 12, 31))
