"""What leaves the week: letters, calendars, the sheet of a day."""

import pytest
from django.urls import reverse

from seniors.models import AccessLog
from tests.visits.week_pages import address, plan
from tests.visits.weekly import today
from visits.agenda import planning

pytestmark = pytest.mark.django_db


def test_letters_of_the_week_are_for_those_not_told_and_are_journalled(client, officer, week):
    told, waiting = plan(week, 0), plan(week, 1)
    planning.tell([told], how="phone", by=officer)
    answer = client.get(address("week-letters", week=week))
    assert answer["Content-Type"] == "application/pdf"
    logged = AccessLog.objects.filter(gesture="appointment-letter").values_list("senior", flat=True)
    assert list(logged) == [waiting.senior_id]
    planning.tell([waiting], how="letter", by=officer)
    assert client.get(address("week-letters", week=week)).status_code == 404


def test_the_sheet_of_a_day_is_journalled_and_an_empty_day_has_none(client, officer, week):
    one = plan(week)
    answer = client.get(address("week-round", week=week, le=one.day))
    assert answer["Content-Type"] == "application/pdf"
    assert AccessLog.objects.get(gesture="day-pdf").senior_id == one.senior_id
    assert client.get(address("week-round", week=week, le=today())).status_code == 404


@pytest.mark.parametrize("day", ["", "x", "2026-02-31"])
def test_a_day_that_is_none_is_the_week_or_today(client, officer, week, day):
    plan(week)
    assert client.get(address("week-calendar", week=week, le=day)).status_code == 200
    assert client.get(address("week-round", week=week, le=day)).status_code == 404


def test_for_a_visit_of_today_a_call_is_offered_no_letter_nor_text(client, officer, week):
    one = plan(week, day=today())
    page = client.get(reverse("visits:week-show")).content.decode()
    assert "Trop tard pour un SMS ou une lettre" in page
    assert reverse("visits:week-letter", args=[one.uid]) not in page
    assert 'value="sms"' not in page
    assert 'name="how" value="phone"' in page
    later = plan(week, 1)
    page = client.get(address("week-show", week=week)).content.decode()
    assert reverse("visits:week-letter", args=[later.uid]) in page
    assert 'value="sms"' in page
