"""Weeks and half-days of work: Monday to Friday, public holidays left out. Pure."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from visits.enums import Slot

# The last moment at which one may still set out for a half-day's round.
SET_OUT = {Slot.MORNING: time(10), Slot.AFTERNOON: time(15)}
HalfDay = tuple[date, Slot]


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of that week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def monday_of(text: str | None, *, otherwise: date) -> date:
    """The Monday of « 2026-W48 » as HTML writes weeks; of `otherwise` for anything else."""
    found = re.fullmatch(r"(20\d\d)-W(\d\d?)", text or "")
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except (TypeError, ValueError):
        return week_of(otherwise)[0]


def week_name(day: date) -> str:
    """« 2026-W48 »."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def is_worked(day: date) -> bool:
    """Whether one works that day."""
    return day.weekday() < 5 and not holiday(day)


def holiday(day: date) -> str:
    """The name of the public holiday, "" on other days."""
    return _holidays(day.year).get(day, "")


def half_days(first: date, last: date, now: datetime) -> list[HalfDay]:
    """The half-days of work from `first` to `last` that one may still set out for at `now`."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        (day, slot)
        for day in days
        if day >= now.date() and is_worked(day)
        for slot in (Slot.MORNING, Slot.AFTERNOON)
        if day > now.date() or now.time() < SET_OUT[slot]
    ]


def half_day_at(now: datetime) -> Slot:
    """The half-day that one may still set out for."""
    return Slot.MORNING if now.time() < SET_OUT[Slot.MORNING] else Slot.AFTERNOON


@lru_cache(maxsize=8)
def _holidays(year: int) -> dict[date, str]:
    """The public holidays of mainland France, in French."""
    return dict(holidays.France(years=year, language="fr"))
