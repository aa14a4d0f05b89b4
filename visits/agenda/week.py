"""An officer's week as a page shows it: days, half-days, cards; in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from seniors.french import day_words
from seniors.models import Objection, Senior, User
from seniors.person import PERSON, records_of
from visits.access import opens_on_own_week, visible_appointments, visible_lists
from visits.agenda import mutes, outcomes
from visits.agenda.planning import IN_ORDER
from visits.agenda.sms import text_message
from visits.agenda.tray import to_place
from visits.agenda.weeks import holiday, week_name
from visits.enums import Slot
from visits.lists.cards import Phone, phones_of
from visits.lists.places import access_line
from visits.models import Appointment, Mute, Neighbour, Signal, Visit, VisitListEntry

HOMES = ("senior__dwelling__residence", "senior__merged_into__dwelling__residence")
TRAY = "a-placer"
PRESSING = list(Signal.Urgency.values)
Outcome = Visit.Outcome


@dataclass
class Card:
    """One person of the week: expected at a moment, or waiting for one in the tray."""

    senior: Senior
    entry: VisitListEntry | None
    appointment: Appointment | None = None
    # Off the list, she was proposed beside one: why.
    beside: str = ""
    signal: Signal | None = None
    pause: Mute | None = None
    # Her own refusal of any visit on that day.
    objection: Objection | None = None
    visit: Visit | None = None
    # Why the reader may not take back the outcome of that visit.
    undo_refusal: str = ""
    near: Sequence[Neighbour] = ()
    sms: str = ""
    access: str = ""
    phones: Sequence[Phone] = ()

    @property
    def key(self) -> str:
        """What names the card on the page."""
        return f"rv-{self.appointment.uid}" if self.appointment else f"liste-{self.entry.pk}"

    @property
    def reason(self) -> str:
        """Why she is to be visited, as the list or the field said it."""
        if self.entry:
            return self.entry.reason
        return self.signal.what if self.signal else self.beside

    @property
    def is_urgent(self) -> bool:
        """Whether someone reported a worrying sign."""
        return self.signal is not None or (
            self.entry is not None and self.entry.why == VisitListEntry.Why.URGENT
        )

    @property
    def is_left(self) -> bool:
        """Whether the visit is still to be made."""
        return self.visit is None and self.pause is None and self.objection is None

    @property
    def can_undo(self) -> bool:
        """Whether the reader may take back the outcome of her visit."""
        return self.visit is not None and not self.undo_refusal

    @property
    def says_why_not(self) -> bool:
        """Whether it is told why not: of a visit not made, on its day."""
        if self.visit is None or not self.undo_refusal or self.visit.outcome == Outcome.DONE:
            return False
        return self.visit.made_on == timezone.localdate()

    @property
    def can_tell_outcome(self) -> bool:
        """Whether its day has come."""
        expected = self.appointment is not None and self.appointment.day <= timezone.localdate()
        return expected and self.visit is None

    @property
    def is_too_late_to_write(self) -> bool:
        """Whether a letter or a text message would come with the visitor: one calls."""
        return self.appointment.day <= timezone.localdate()

    @property
    def next_place(self) -> int:
        """The place just after hers in the round."""
        return self.appointment.position + 1

    @property
    def pause_words(self) -> str:
        """Why she is left in peace."""
        if self.objection:
            return mutes.opposed(self.objection)
        return mutes.words(self.pause) if self.pause else ""

    @property
    def after_words(self) -> str:
        """What follows from the outcome of her visit."""
        again = self.visit.try_again_on
        return f"À retenter à partir du {day_words(again)}." if again else self.pause_words


@dataclass
class HalfDay:
    """A morning or an afternoon, in the order of the round."""

    day: date
    slot: Slot
    cards: list[Card] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What names the half-day on the page."""
        return f"{self.day:%Y-%m-%d}-{self.slot.value}"


@dataclass
class Day:
    """One day of the week."""

    day: date
    half_days: list[HalfDay]
    query: str = ""  # the end of the address that shows it on a narrow screen

    @property
    def name(self) -> str:
        """What names it in an address."""
        return self.day.isoformat()

    @property
    def left(self) -> int:
        """How many visits are still to be made."""
        return sum(card.is_left for card in self.cards)

    @property
    def is_today(self) -> bool:
        """Whether it is today."""
        return self.day == timezone.localdate()

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be planned on it."""
        return self.day < timezone.localdate()

    @property
    def holiday(self) -> str:
        """The public holiday's name, if any."""
        return holiday(self.day)

    @property
    def cards(self) -> list[Card]:
        """Everyone expected, in order."""
        return [card for half_day in self.half_days for card in half_day.cards]


@dataclass
class Week:
    """All that the page shows; `shown` is the day, or TRAY, that a narrow screen shows."""

    officer: User
    viewer: User
    monday: date
    shown: str
    days: list[Day]
    tray: list[Card]
    lists: list[Any]

    @property
    def is_own(self) -> bool:
        """Whether one looks at one's own week."""
        return self.officer == self.viewer

    @property
    def name(self) -> str:
        """« 2026-W48 »."""
        return week_name(self.monday)

    @property
    def friday(self) -> date:
        """The last day of work."""
        return self.monday + timedelta(days=4)

    @property
    def first_open(self) -> date:
        """The day proposed for someone who has none."""
        worked = [day.day for day in self.days if not (day.is_over or day.holiday)]
        return worked[0] if worked else timezone.localdate()

    @property
    def cards(self) -> list[Card]:
        """Everyone expected this week."""
        return [card for day in self.days for card in day.cards]

    @property
    def to_tell(self) -> list[Card]:
        """Those expected whom a letter may still tell."""
        return [
            card
            for card in self.cards
            if card.is_left and not card.appointment.told and not card.is_too_late_to_write
        ]

    @property
    def query(self) -> str:
        """What brings the same page back."""
        return self.query_of(self.monday, self.shown)

    @property
    def tray_query(self) -> str:
        """What shows the tray on a narrow screen."""
        return self.query_of(self.monday, TRAY)

    @property
    def before(self) -> str:
        """The page of the week before."""
        return self.query_of(self.monday - timedelta(days=7))

    @property
    def after(self) -> str:
        """The page of the week after."""
        return self.query_of(self.monday + timedelta(days=7))

    def query_of(self, monday: date, shown: str = "") -> str:
        """The end of an address, for this officer."""
        said = {"semaine": week_name(monday)}
        if not self.is_own or not opens_on_own_week(self.viewer):
            said["pour"] = self.officer.pk
        if shown:
            said["jour"] = shown
        return urlencode(said)


def read_week(officer: User, monday: date, *, viewer: User, shown: str = "") -> Week:
    """The week of `officer` from that Monday, as far as `viewer` may see it."""
    sunday = monday + timedelta(days=6)
    appointments = list(appointments_of(officer, monday, sunday, viewer=viewer))
    lists = list(
        visible_lists(viewer).filter(
            officer=officer,
            published_at__isnull=False,
            starts_on__lte=sunday,
            ends_on__gte=max(monday, timezone.localdate()),
        )
    )
    waiting = to_place(officer, monday, sunday).filter(visit_list__in=lists)
    waiting = waiting.prefetch_related(Prefetch("neighbours", _near()))
    cards = [Card(one.whom, one.entry, one) for one in appointments]
    tray = [Card(_kept(one.senior), one) for one in waiting.select_related(*HOMES)]
    _dress([*cards, *tray], monday, sunday, viewer)
    days = _days(monday, cards)
    week = Week(officer, viewer, monday, _shown(shown, days), days, _pressing_first(tray), lists)
    for day in days:
        day.query = week.query_of(monday, day.name)
    return week


def appointments_of(
    officer: User, first: date, last: date, *, viewer: User
) -> QuerySet[Appointment]:
    """Her standing appointments of these days, in order, with what a card and a paper say.

    `person` is the record kept, `last_visit_on` the last day someone was let in.
    """
    done = Visit.objects.filter(outcome=Visit.Outcome.DONE).annotate(who=PERSON)
    last_visit = done.filter(who=OuterRef("person")).order_by("-made_on").values("made_on")[:1]
    return (
        visible_appointments(viewer)
        .filter(officer=officer, day__range=(first, last), cancelled_at=None)
        .annotate(last_visit_on=Subquery(last_visit))
        .select_related("officer", "entry", *HOMES)
        .select_related("senior__read_in", "senior__dwelling__read_in")
        .prefetch_related(Prefetch("entry__neighbours", _near()))
        .order_by(*IN_ORDER)
    )


def _near() -> QuerySet[Neighbour]:
    """Who lives near an entry and may be called on."""
    near = mutes.to_call_on(Neighbour.objects.all(), timezone.localdate())
    return near.select_related(HOMES[0])


def _kept(senior: Senior) -> Senior:
    """The record kept of this person."""
    return senior.merged_into or senior


def _dress(cards: Sequence[Card], monday: date, sunday: date, viewer: User) -> None:
    """Add to each card its signal, what bars a visit, the visit of its day, neighbours, phones."""
    records = records_of([card.senior.pk for card in cards])
    signals = _signals(records)
    pauses = {records[one.senior_id]: one for one in _pauses(records)}
    opposed = _opposed(records, monday, sunday)
    made = Visit.objects.filter(senior__in=records, made_on__range=(monday, sunday))
    made = outcomes.with_first_form(made)
    visits = {(records[one.senior_id], one.made_on): one for one in made}
    expected = {card.senior.pk for card in cards if card.appointment}
    beside = _beside([card.senior.pk for card in cards if card.entry is None])
    for card in cards:
        pk, home = card.senior.pk, card.senior.dwelling
        card.signal, card.pause = signals.get(pk), pauses.get(pk)
        card.access, card.phones = (access_line(home), phones_of(card.senior)) if home else ("", [])
        near = card.entry.neighbours.all() if card.entry else ()
        card.near = [one for one in near if one.senior_id not in expected]
        card.beside = beside.get(pk, "")
        if card.appointment:
            on = max(card.appointment.day, timezone.localdate())
            card.objection = next((one for one in opposed.get(pk, ()) if one.holds_on(on)), None)
            card.visit = visits.get((pk, card.appointment.day))
            if card.visit:
                card.undo_refusal = outcomes.why_not_undone(card.visit, by=viewer)
            card.sms = text_message(card.appointment)


def _signals(records: dict[int, int]) -> dict[int, Signal]:
    """The most pressing open signal of each person, the oldest of those."""
    rows = Signal.objects.filter(senior__in=records, closed_on=None)
    found: dict[int, Signal] = {}
    for one in sorted(rows, key=lambda one: (PRESSING.index(one.urgency), one.recorded_at)):
        found.setdefault(records[one.senior_id], one)
    return found


def _beside(ids: Sequence[int]) -> dict[int, str]:
    """Why those who are on no list were proposed beside one."""
    rows = Neighbour.objects.filter(senior__in=ids).order_by("pk")
    return dict(rows.values_list("senior", "reason"))


def _pauses(records: dict[int, int]) -> Iterable[Mute]:
    """The pauses of today, the one that lasts longest last."""
    held = mutes.in_force(timezone.localdate()).filter(senior__in=records)
    return sorted(held, key=lambda one: (one.until is None, one.until or date.max))


def _opposed(records: dict[int, int], first: date, last: date) -> dict[int, list[Objection]]:
    """Each person's refusals that hold on one of these days still to come."""
    today = timezone.localdate()
    found: dict[int, list[Objection]] = {}
    held = mutes.objections(max(first, today), max(last, today)).filter(senior__in=records)
    for one in held.order_by("pk"):
        found.setdefault(records[one.senior_id], []).append(one)
    return found


def _days(monday: date, cards: Iterable[Card]) -> list[Day]:
    """Monday to Friday, and the days of the weekend on which someone is expected."""
    days = {
        day: Day(day, [HalfDay(day, slot) for slot in Slot])
        for day in (monday + timedelta(days=n) for n in range(7))
    }
    for card in cards:
        halves = days[card.appointment.day].half_days
        half = next(one for one in halves if one.slot == card.appointment.slot)
        half.cards.append(card)
    return [one for one in days.values() if one.day.weekday() < 5 or one.cards]


def _shown(asked: str, days: Sequence[Day]) -> str:
    """The day asked for if the week has it, else today, else Monday."""
    names = [day.name for day in days]
    if asked == TRAY or asked in names:
        return asked
    today = timezone.localdate().isoformat()
    return today if today in names else names[0]


def _pressing_first(tray: list[Card]) -> list[Card]:
    """Those with an open sign first, otherwise as the list ranks them."""
    return sorted(tray, key=lambda card: not card.is_urgent)
