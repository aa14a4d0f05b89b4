"""Appointments as calendars read them (RFC 5545).

Calendars copy what they hold to other companies' machines: an event says « Visite », one letter
and a street without its number; neither name, nor reason, nor telephone.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from seniors.french import readable_street
from visits.enums import Slot
from visits.models import Appointment

PARIS = ZoneInfo("Europe/Paris")
# A visit with an hour; without one, the whole half-day in which it falls.
LASTS = timedelta(minutes=45)
HOURS = {Slot.MORNING: (time(9), time(12)), Slot.AFTERNOON: (time(14), time(17))}


def write_calendar(appointments: Iterable[Appointment]) -> bytes:
    """The .ics file of these appointments; a cancelled one takes away the event it had made."""
    rows = list(appointments)
    gone = bool(rows) and all(one.cancelled_at for one in rows)
    calendar = Calendar()
    calendar.add("prodid", "-//Bienveille//Rendez-vous//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    for one in rows:
        calendar.add_component(_event(one))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(appointment: Appointment) -> Event:
    """One appointment."""
    event = Event()
    starts, ends = _times(appointment)
    event.add("uid", f"{appointment.uid}@bienveille")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", appointment.changed_at)
    event.add("last-modified", appointment.changed_at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", _title(appointment))
    event.add("location", _place(appointment))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if appointment.cancelled_at else "CONFIRMED")
    # An hour that was agreed keeps the officer busy; a half-day is only meant.
    event.add("transp", "OPAQUE" if appointment.starts_at else "TRANSPARENT")
    return event


def _times(appointment: Appointment) -> tuple[datetime, datetime]:
    """From when to when, where the landlord is."""
    if appointment.starts_at:
        starts = datetime.combine(appointment.day, appointment.starts_at, PARIS)
        return starts, starts + LASTS
    first, last = HOURS[Slot(appointment.slot)]
    return tuple(datetime.combine(appointment.day, hour, PARIS) for hour in (first, last))


def _title(appointment: Appointment) -> str:
    """« Visite L. », and when in the day if no hour was agreed."""
    letter = appointment.whom.last_name[:1].upper()
    moment = "" if appointment.starts_at else f" ({appointment.get_slot_display()})"
    return f"Visite {letter}.{moment}"


def _place(appointment: Appointment) -> str:
    """The street and the town, without the number."""
    home = appointment.whom.dwelling
    if home is None:
        return ""
    return ", ".join(part for part in (readable_street(home.street), home.city) if part)
