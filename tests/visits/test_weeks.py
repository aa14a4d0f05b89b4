"""Weeks as French people work them."""

from datetime import date, datetime, time

import pytest

from visits.agenda.weeks import half_days, holiday, is_worked, monday_of, week_name, week_of
from visits.enums import Slot

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W49", MONDAY),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W1", date(2027, 1, 4)),
        ("2027-W53", date(2026, 11, 23)),  # that year has 52
        ("2026-W00", date(2026, 11, 23)),
        ("n’importe quoi", date(2026, 11, 23)),
        ("", date(2026, 11, 23)),
        (None, date(2026, 11, 23)),
    ],
)
def test_a_week_is_read_as_html_writes_it(text, monday):
    assert monday_of(text, otherwise=date(2026, 11, 24)) == monday


def test_a_week_is_named_so_that_it_is_read_back():
    assert monday_of(week_name(date(2027, 1, 2)), otherwise=MONDAY) == date(2026, 12, 28)


def test_a_week_goes_from_monday_to_sunday():
    assert week_of(date(2026, 12, 6)) == (MONDAY, date(2026, 12, 6))


def test_nobody_works_on_a_public_holiday_nor_at_the_weekend():
    days = [date(2026, 12, 25), date(2026, 12, 26), date(2027, 3, 29), date(2026, 12, 24)]
    assert [is_worked(day) for day in days] == [False, False, False, True]
    assert holiday(date(2026, 12, 25)) == "Noël"


@pytest.mark.parametrize(
    ("hour", "first"),
    [
        (time(9, 59), Slot.MORNING),
        (time(10), Slot.AFTERNOON),
        (time(14, 59), Slot.AFTERNOON),
    ],
)
def test_one_still_sets_out_for_what_is_left_of_the_day(hour, first):
    assert half_days(MONDAY, MONDAY, datetime.combine(MONDAY, hour))[0] == (MONDAY, first)


def test_a_week_has_ten_half_days_less_its_holidays():
    before = datetime.combine(date(2026, 12, 20), time(12))
    assert len(half_days(date(2026, 12, 21), date(2026, 12, 27), before)) == 8
