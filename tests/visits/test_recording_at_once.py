"""Forms that arrive at the same moment, on the server that production runs on."""

import uuid

import pytest
from django.db import connection  # noqa: F401 - read by the mark below
from django.utils import timezone

from seniors.enums import Role
from seniors.models import Consent, Observation, Senior
from tests.journeys.test_at_once import at_once
from tests.make import make_senior, make_user
from tests.visits.makers import make_agency
from tests.visits.sending import YES, sent
from visits.models import Action, AsideForm, Clash, Need, Visit, VisitForm
from visits.visiting.recording import (
    Conflict,
    Recorded,
    record_attempt,
    record_visit,
    record_visits,
    settle,
)

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
    ),
]
CONTENT = {**YES, "item.falls": 1, "need.bars": 1, "action.grab_bars": "accepted"}


@pytest.fixture
def officer():
    return make_agency(1)[1]


@pytest.fixture
def jeanne(officer):
    return Senior.objects.get()


def test_the_same_form_sent_six_times_at_once_counts_once(officer, jeanne):
    one = sent(jeanne, CONTENT)
    given = at_once(*[lambda: record_visit(one, by=officer)] * 6)
    assert [type(got) for got in given] == [Recorded] * 6
    assert sorted(got.is_new for got in given) == [False] * 5 + [True]
    counts = [one.objects.count() for one in (Visit, VisitForm, Observation, Need, Action)]
    assert counts == [1] * 5
    assert Consent.objects.count() == 2


def test_two_officers_at_once_make_one_visit_and_their_clash(officer, jeanne):
    colleague = make_user(Role.OFFICER, jeanne.dwelling.residence.territory)
    given = at_once(
        lambda: record_visit(sent(jeanne, {"item.online": 1, "need.bars": 1}), by=officer),
        lambda: record_visit(sent(jeanne, {"item.online": 0, "need.bars": 1}), by=colleague),
    )
    assert [got.is_new for got in given] == [True, True]
    assert (Visit.objects.count(), VisitForm.objects.count(), Clash.objects.count()) == (1, 2, 1)
    assert Need.objects.count() == 1
    assert Observation.objects.count() == 1


def test_one_identity_for_two_people_at_once_is_one_form_and_one_aside(officer, jeanne):
    other = make_senior(jeanne.dwelling)
    uid = str(uuid.uuid4())
    given = at_once(
        lambda: record_visit(sent(jeanne, {"item.online": 1}, uid=uid), by=officer),
        lambda: record_visit(sent(other, {"item.online": 1}, uid=uid), by=officer),
    )
    assert {type(got) for got in given} == {Recorded, Conflict}
    assert (Visit.objects.count(), VisitForm.objects.count()) == (1, 1)
    assert AsideForm.objects.count() == 1


def test_forms_sent_together_several_times_at_once_count_once():
    """An answer was late, the phone sent them all again: the second sending waits for the first."""
    _, officer, seniors = make_agency(6)
    forms = [(sent(one, CONTENT), None) for one in seniors]
    orders = [forms, forms[::-1], forms[3:] + forms[:3]]
    given = at_once(*[lambda some=some: record_visits(some, by=officer) for some in orders])
    assert {type(got) for some in given for got in some} == {Recorded}
    assert sorted(got.is_new for some in given for got in some) == [False] * 12 + [True] * 6
    counts = [one.objects.count() for one in (Visit, VisitForm, Observation, Need, Action)]
    assert counts == [6] * 5


def test_two_officers_who_send_about_the_same_people_at_once_wait_for_each_other():
    _, officer, seniors = make_agency(6)
    colleague = make_user(Role.OFFICER, seniors[0].dwelling.residence.territory)
    given = at_once(
        lambda: record_visits([(sent(one, CONTENT), None) for one in seniors], by=officer),
        lambda: record_visits(
            [(sent(one, CONTENT | {"item.falls": 0}), None) for one in reversed(seniors)],
            by=colleague,
        ),
    )
    assert {got.is_new for some in given for got in some} == {True}
    counts = [one.objects.count() for one in (Visit, VisitForm, Clash, Need, Action)]
    assert counts == [6, 12, 6, 6, 6]


def test_the_same_tap_at_once_counts_once(officer, jeanne):
    day = timezone.localdate()
    given = at_once(
        *[lambda: record_attempt(jeanne, outcome="refused", made_on=day, by=officer)] * 4
    )
    assert sorted(got.is_new for got in given) == [False, False, False, True]
    assert VisitForm.objects.count() == 1


def test_two_choices_at_once_leave_one(officer, jeanne):
    record_visit(sent(jeanne, {"item.online": 1}), by=officer)
    record_visit(sent(jeanne, {"item.online": 0}), by=officer)
    clash = Clash.objects.get()
    given = at_once(
        lambda: settle(Clash.objects.get(), keep=clash.first, by=officer),
        lambda: settle(Clash.objects.get(), keep=clash.second, by=officer),
    )
    assert sorted(type(got).__name__ for got in given) == ["Clash", "Refused"]
