"""Reports and answers that come at the same moment, on the server that production runs on."""

import uuid

import pytest
from django.db import connection

from tests.journeys.test_at_once import at_once
from tests.make import make_dwelling, make_senior, make_user
from tests.visits.test_watch import make_link, seen
from visits.field_watch import watch
from visits.field_watch.knocks import BY_LINK
from visits.field_watch.watch import WatchRefusal
from visits.models import Need, Signal

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_one_form_tapped_many_times_is_one_signal():
    link, form = make_link(), uuid.uuid4()
    given = at_once(*[lambda: seen(link, form_uid=form)] * 6)
    assert {one.pk for one in given} == {Signal.objects.get().pk}


def test_link_lets_no_more_in_when_all_knock_together():
    link = make_link()
    for n in range(BY_LINK - 2):
        seen(link, address=f"192.0.2.{n}")
    given = at_once(*[lambda n=n: seen(link, address=f"198.51.100.{n}") for n in range(8)])
    assert sum(isinstance(one, Signal) for one in given) == 2
    assert Signal.objects.count() == BY_LINK


def test_two_who_take_it_one_has_it():
    signal = seen(make_link())
    people = [make_user() for _ in range(4)]
    given = at_once(*[lambda by=by: watch.take(signal, by=by) for by in people])
    assert sum(isinstance(one, WatchRefusal) for one in given) == 3


def test_two_who_close_it_one_outcome_stands():
    link = make_link()
    senior = make_senior(make_dwelling(link.residence))
    signal = watch.match(seen(link), senior, by=link.created_by)
    outcomes = [("need", ["bars"]), ("fine", [])] * 2
    given = at_once(
        *[
            lambda outcome=outcome, needs=needs: watch.close(
                signal, outcome=outcome, needs=needs, by=link.created_by
            )
            for outcome, needs in outcomes
        ]
    )
    assert sum(isinstance(one, Signal) for one in given) == 1
    assert Need.objects.count() == (Signal.objects.get().outcome == "need")
