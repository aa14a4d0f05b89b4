"""What leaves the week: letters in a window envelope, text messages, calendars, the day's sheet."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader

from tests.visits.weekly import make_week
from visits.agenda import planning
from visits.agenda.calendar import write_calendar
from visits.agenda.notices import write_letters
from visits.agenda.sms import MOST, appointment_text, in_alphabet, text_message
from visits.agenda.week import appointments_of
from visits.agenda.weeks import week_name
from visits.enums import Slot
from visits.models import Appointment

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def week(db, settings):
    """Three people for a week to come, of a landlord with a telephone."""
    settings.LANDLORD = "Finistère Habitat"
    settings.LANDLORD_PHONE = "0298954567"
    settings.LANDLORD_ADDRESS = "6 boulevard Laennec\n29000 Quimper"
    return make_week(3)


def plan(week, n: int = 0, **fields) -> Appointment:
    """The person of that number expected on the Monday morning, unless told otherwise."""
    fields = {"day": week.starts_on, "slot": Slot.MORNING, "by": week.officer} | fields
    entry = week.entries.all()[n]
    return planning.plan(entry.senior, officer=week.officer, entry=entry, **fields)


def on(appointment: Appointment, day: date) -> Appointment:
    """The same, on a day that is given."""
    appointment.day = day
    return appointment


def read(week) -> list[Appointment]:
    """The week as the papers read it."""
    return list(appointments_of(week.officer, week.starts_on, week.ends_on, viewer=week.officer))


def text_of(pdf: bytes) -> list[str]:
    """The text of each page, blanks made plain."""
    pages = PdfReader(BytesIO(pdf)).pages
    return [page.extract_text().replace("\u00a0", " ") for page in pages]


# --- letters


def test_a_letter_says_who_comes_when_and_that_she_may_refuse(week):
    plan(week, starts_at=time(10, 30))
    (page,) = text_of(write_letters(read(week)))
    assert "Madame Le Goff," in page
    assert "Nolwenn Riou viendra vous rendre visite" in page
    assert "à 10 h 30" in page
    assert "libre de dire non" in page
    assert "Pour changer de jour ou refuser : 02 98 95 45 67." in page


def test_a_letter_says_nothing_of_why(week):
    """No score, no age, no reason: it lies on a table where others read it."""
    plan(week)
    (page,) = text_of(write_letters(read(week)))
    for word in ("82 ans", "seule", "score", "fragil", "P1"):
        assert word not in page


def test_the_address_alone_stands_in_the_window(week):
    """Between 90 and 200 mm from the left and 44 and 90 mm from the top: the address's lines."""
    plan(week)
    page = PdfReader(BytesIO(write_letters(read(week)))).pages[0]
    seen = []

    def visit(text, _, matrix, *__):
        x, y = matrix[4] * 25.4 / 72, 297 - matrix[5] * 25.4 / 72
        if text.strip() and 90 < x < 200 and 44 < y < 90:
            seen.append(text.strip())

    page.extract_text(visitor_text=visit)
    assert seen == ["Mme Jeanne Le Goff", "3 RUE DE SIAM", "29200 BREST"]


def test_a_letter_each_in_the_order_of_the_week(week):
    plan(week, 1, day=week.starts_on + timedelta(days=1))
    plan(week, 0, slot=Slot.AFTERNOON)
    plan(week, 2)
    pages = text_of(write_letters(read(week)))
    assert ["le matin" in page for page in pages] == [True, False, True]
    assert "l’après-midi, entre 14 h et 17 h" in pages[1]


def test_without_a_telephone_one_asks_the_agency(week, settings):
    settings.LANDLORD_PHONE = ""
    plan(week)
    (page,) = text_of(write_letters(read(week)))
    assert "dites-le à votre agence" in page


# --- text messages


def test_the_text_message_says_who_when_and_how_to_refuse(week):
    said = text_message(on(plan(week, slot=Slot.AFTERNOON), date(2026, 12, 1)))
    assert said == (
        "Bonjour Mme Jeanne Le Goff, Nolwenn Riou (Finistère Habitat) viendra vous voir mardi 1er "
        "décembre l'après-midi. Pour changer ou refuser : 02 98 95 45 67"
    )
    assert len(said) <= MOST


names = st.text(min_size=1, max_size=80)


@given(names, names, names, names)
def test_a_text_message_is_one_message_whatever_the_names(name, officer, landlord, when):
    said = appointment_text(
        name=name,
        short_name=name[:10],
        officer=officer,
        landlord=landlord,
        when=when,
        phone="02 98 95 45 67",
    )
    assert len(said) <= MOST
    assert said == in_alphabet(said)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("août", "aout"),
        ("l’après-midi", "l'après-midi"),
        ("LEBŒUF", "LEBOEUF"),
        ("HASCOËT", "HASCOET"),
        ("10\u00a0h\u00a030", "10 h 30"),
        ("«\u00a0Les Genêts\u00a0»", '" Les Genets "'),
        ("ç", "c"),
        ("漢", ""),
    ],
)
def test_what_a_telephone_does_not_write_is_said_otherwise(written, sent):
    assert in_alphabet(written) == sent


def test_the_longest_wording_that_fits_is_sent():
    fields = {"short_name": "Mme Le Goff", "officer": "Nolwenn Riou", "landlord": "Habitat"}
    fields |= {"when": "mardi 1er décembre le matin", "phone": "02 98 95 45 67"}
    long = appointment_text(name="Mme Marie-Josèphe Le Goff de Kerguelen du Penhoat", **fields)
    assert long.startswith("Bonjour Mme Le Goff,")


# --- calendars


def events(content: bytes) -> tuple[Calendar, list]:
    """The calendar as a calendar reads it."""
    calendar = Calendar.from_ical(content)
    return calendar, calendar.walk("VEVENT")


def test_a_calendar_has_the_appointment_at_its_hour_in_paris(week):
    one = on(plan(week, starts_at=time(10, 30)), date(2026, 7, 1))
    calendar, (event,) = events(write_calendar([one]))
    assert calendar["method"] == "PUBLISH"
    assert event["uid"] == f"{one.uid}@bienveille"
    assert event.decoded("dtstart") == datetime(2026, 7, 1, 10, 30, tzinfo=PARIS)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert (event["status"], event.decoded("sequence")) == ("CONFIRMED", 0)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Paris"


def test_without_an_hour_the_half_day_is_kept_free(week):
    one = plan(week, slot=Slot.AFTERNOON)
    _, (event,) = events(write_calendar([one]))
    assert (event.decoded("dtstart").hour, event.decoded("dtend").hour) == (14, 17)
    assert (event["transp"], event["summary"]) == ("TRANSPARENT", "Visite L. (l’après-midi)")


def test_what_goes_to_a_calendar_names_nobody(week):
    """Calendars copy themselves to other companies: one letter, a street without its number."""
    one = plan(week, starts_at=time(10))
    text = write_calendar([one]).decode()
    for word in ("Goff", "Jeanne", "seule", "3 rue", one.senior.reference):
        assert word not in text.replace("\r\n ", "")
    _, (event,) = events(text.encode())
    assert (event["summary"], event["location"]) == ("Visite L.", "rue de Siam, Brest")
    assert event["class"] == "PRIVATE"


def test_moved_it_replaces_what_the_calendar_had(week):
    one = plan(week)
    moved = planning.move(one, day=one.day, slot=Slot.AFTERNOON, by=week.officer)
    (_, (before,)), (_, (after,)) = events(write_calendar([one])), events(write_calendar([moved]))
    assert before["uid"] == after["uid"]
    assert after.decoded("sequence") == before.decoded("sequence") + 1


def test_cancelled_it_is_taken_away(week):
    one = planning.cancel(plan(week), by=week.officer)
    calendar, (event,) = events(write_calendar([one]))
    assert (calendar["method"], event["status"]) == ("CANCEL", "CANCELLED")
    assert event.decoded("sequence") == 1


def test_the_week_keeps_one_calendar_for_what_stands_and_what_does_not(client, week):
    plan(week, 0)
    planning.cancel(plan(week, 1), by=week.officer)
    plan(week, 2, day=week.starts_on + timedelta(days=2))
    client.force_login(week.officer)
    url = reverse("visits:week-calendar")
    answer = client.get(url, {"semaine": week_name(week.starts_on)})
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar, found = events(b"".join(answer))
    assert calendar["method"] == "PUBLISH"
    assert sorted(one["status"] for one in found) == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
    day = client.get(url, {"le": week.starts_on.isoformat()})
    assert len(events(b"".join(day))[1]) == 2


def test_one_appointment_has_its_own_file(client, week):
    one = plan(week)
    client.force_login(week.officer)
    answer = client.get(reverse("visits:week-event", args=[one.uid]))
    assert len(events(b"".join(answer))[1]) == 1


# --- the day's sheet


def test_the_sheet_of_a_day_follows_its_rounds_with_their_hours(client, week):
    for n, slot, hour in ((2, Slot.AFTERNOON, time(14, 30)), (0, Slot.MORNING, None)):
        senior = week.entries.all()[n].senior
        senior.last_name = f"NOM{n}"
        senior.save()
        plan(week, n, slot=slot, starts_at=hour)
    client.force_login(week.officer)
    answer = client.get(reverse("visits:week-round"), {"le": week.starts_on.isoformat()})
    (page,) = text_of(b"".join(answer))
    assert page.index("NOM0") < page.index("NOM2")
    assert page.index("Le matin") < page.index("À 14 h 30")
    assert "seule" not in page
