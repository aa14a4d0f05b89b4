"""The day kept on a phone: whom to see, in the order of the round, and what to know at the door.

Read in a fixed number of queries whatever the number of people, at most MOST_PEOPLE. People who
object to visits, or are left in peace for now, stay out of it. The answer is JSON; `phones.shut`
closes it before it leaves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from seniors import consents, known, sheet
from seniors.access import visible_seniors
from seniors.french import readable_street
from seniors.models import AccessLog, Consent, Objection, Observation, Senior, User
from seniors.person import PERSON, records_of
from visits.access import covered_by, visible_appointments, visible_lists
from visits.acting.partners import offered_in
from visits.agenda import mutes, tray
from visits.agenda.appointment_rules import hour_words
from visits.enums import Slot, State
from visits.lists.cards import phones_of
from visits.lists.places import access_line
from visits.models import Action, ActionKind, Appointment, Need, Signal, Visit
from visits.models import VisitListEntry as Entry
from visits.needs import NEEDS
from visits.phone.phones import FIELD_DAYS
from visits.rights import suggestions_for
from visits.visiting import confirm

MOST_PEOPLE = 60
# Visits that ended badly are told for two years.
UNSAFE_DAYS = 730
ENDED = (State.DECLINED, State.PARTNER_REFUSED, State.DONE, State.CONFIRMED, State.CANCELLED)


@dataclass
class Stop:
    """One person of the round: why she is on it, and when she is expected."""

    person: int
    entry: Entry | None = None
    appointment: Appointment | None = None

    @property
    def place(self) -> tuple:
        """Today's appointments in their order, then the list, then the days to come."""
        day, list_place = self.appointment, self.entry.position if self.entry else 0
        if day is None:
            return (1, date.min, 0, list_place)
        if day.day == timezone.localdate():
            return (0, date.min, day.slot != Slot.MORNING, day.position)
        return (2, day.day, day.slot != Slot.MORNING, day.position)


def package_of(user: User, *, at: datetime | None = None) -> dict[str, Any]:
    """The day of `user` at that moment (now), each person written in the access log."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    stops, left_out = _stops(user, today)
    ids = [stop.person for stop in stops]
    people = {
        one.pk: one
        for one in visible_seniors(user)
        .filter(pk__in=ids)
        .select_related("dwelling__residence", "dwelling__read_in", "read_in")
    }
    stops = [stop for stop in stops if stop.person in people]
    records = records_of(list(people))
    about = _about(records, today)
    AccessLog.objects.bulk_create(
        AccessLog(user=user, gesture="package", senior_id=pk) for pk in people
    )
    questions, rights, sources = _Once(), _Once(), _Once()
    to_confirm = {
        pk: {
            code.removeprefix("known."): [said, sources.place_of(source)]
            for code, (said, source) in rows.items()
        }
        for pk, rows in confirm.known_of_many(list(people.values())).items()
    }
    words = known.words()
    for person, to_check in suggestions_for(list(people), today).items():
        about[person].rights = [rights.place_of(one.line, one.brief) for one in to_check]
    return {
        "made_at": at.isoformat(),
        "expires_at": (at + timedelta(days=FIELD_DAYS)).isoformat(),
        "day": today.isoformat(),
        "officer": str(user),
        "people": [
            _person(people[stop.person], stop, about[stop.person], questions, words, today)
            | {"known": to_confirm[stop.person]}
            for stop in stops
        ],
        "left_out": left_out,
        "questions": questions.labels,
        "rights": rights.labels,
        "sources": [words for (words,) in sources.labels],
        "partners": _partners(people.values()),
        "kinds": _kinds(),
    }


def _stops(user: User, today: date) -> tuple[list[Stop], int]:
    """Whom to see, in order, and how many more did not fit."""
    last = today + timedelta(days=FIELD_DAYS - 1)
    stops: dict[int, Stop] = {}
    officers = _officers(user, today)
    appointments = visible_appointments(user).filter(
        officer__in=officers, day__range=(today, last), cancelled_at=None
    )
    for one in appointments.annotate(person=PERSON).select_related("entry"):
        if one.person not in stops:
            stops[one.person] = Stop(one.person, one.entry, one)
    for entry in _entries(user, officers, today, last):
        stop = stops.setdefault(entry.person, Stop(entry.person))
        stop.entry = stop.entry or entry
    closed = _not_to_visit(stops, today)
    found = [stop for stop in stops.values() if stop.person not in closed]
    found.sort(key=lambda stop: stop.place)
    return found[:MOST_PEOPLE], max(len(found) - MOST_PEOPLE, 0)


def _officers(user: User, today: date) -> QuerySet[User]:
    """Herself, and the colleagues she stands in for."""
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=covered_by(user, today)))


def _entries(user: User, officers: QuerySet[User], today: date, last: date) -> Iterable[Entry]:
    """The visits left on the published lists of these days."""
    lists = visible_lists(user).filter(
        officer__in=officers, published_at__isnull=False, starts_on__lte=last, ends_on__gte=today
    )
    entries = Entry.objects.filter(visit_list__in=lists, skipped_at=None).annotate(person=PERSON)
    left = entries.exclude(Exists(tray.settled(last, before=today)))
    return left.order_by("visit_list__starts_on", "position")


def _not_to_visit(people: Iterable[int], today: date) -> set[int]:
    """Those who object to visits or are left in peace today, save by what was noted today."""
    records = records_of(list(people))
    objecting = Objection.objects.filter(
        Q(until=None) | Q(until__gte=today), since__lte=today, lifted_on=None
    )
    paused = mutes.in_force(today).exclude(visit__made_on=today)
    return {
        records[row]
        for rows in (objecting, paused)
        for row in rows.filter(senior__in=records).values_list("senior_id", flat=True)
    }


class About:
    """What is known of one person, before it is put in words."""

    def __init__(self) -> None:
        self.told: dict[str, Observation] = {}
        self.visits: list[Visit] = []
        self.signals: list[Signal] = []
        self.needs: list[Need] = []
        self.actions: list[Action] = []
        self.consents: dict[str, Consent] = {}
        self.rights: list[int] = []


def _about(records: Mapping[int, int], today: date) -> dict[int, About]:
    """{person: what is known}, in one query per kind of row."""
    about: dict[int, About] = defaultdict(About)
    here = {"senior__in": records}
    agreed = list(Consent.objects.filter(**here).order_by("decided_on", "pk"))
    for consent in agreed:
        about[records[consent.senior_id]].consents[consent.kind] = consent
    answers = consents.latest_of(
        ((one.senior_id, one.kind, one.given) for one in agreed if one.kind in consents.KINDS),
        records,
    )
    told: dict[int, list[Observation]] = defaultdict(list)
    for row in Observation.objects.filter(**here):
        told[records[row.senior_id]].append(row)
    for person, rows in told.items():
        about[person].told = sheet.latest_told(
            rows,
            health=consents.allows_health(answers, person),
            survey=consents.allows_survey(answers, person),
        )
    kinds: list[tuple[str, Iterable[Any]]] = [
        ("visits", Visit.objects.filter(**here).select_related("made_by")),
        ("signals", Signal.objects.filter(**here, closed_on=None).order_by("seen_on")),
        ("needs", Need.objects.filter(**here, closed_on=None)),
        ("actions", Action.objects.filter(**here).exclude(state__in=ENDED).select_related("kind")),
    ]
    for name, rows in kinds:
        for row in rows:
            getattr(about[records[row.senior_id]], name).append(row)
    return about


class _Once:
    """Words that many share, written once in the package: people refer to them by their place."""

    def __init__(self) -> None:
        self.labels: list[list[str]] = []
        self._places: dict[tuple[str, ...], int] = {}

    def place_of(self, *words: str) -> int:
        """Where these words stand in `labels`."""
        place = self._places.setdefault(words, len(self.labels))
        if place == len(self.labels):
            self.labels.append(list(words))
        return place


def _person(
    senior: Senior,
    stop: Stop,
    about: About,
    questions: _Once,
    words: Mapping[str, known.Words],
    today: date,
) -> dict[str, Any]:
    """One person as the phone shows her; what is empty or unknown is left out."""
    home = senior.dwelling
    said = {
        "uid": str(senior.uid),
        "entry": stop.entry.pk if stop.entry else None,
        "name": senior.full_name,
        "sex": senior.sex,
        "age": senior.age_on(today),
        "why": stop.entry.reason if stop.entry else "",
        "when": _when(stop.appointment),
        "phones": [[one.text, one.digits] for one in phones_of(senior)],
        "alerts": _alerts(about, today),
        "last": _last(about.visits, today),
        "today": _today(about.visits, today),
        "told": [
            [
                questions.place_of(fact.domain, fact.label),
                fact.words,
                fact.origin,
                fact.on.isoformat() if fact.on else "",
            ]
            for fact in sheet.facts_told(about.told, words)
        ],
        "consents": {
            kind: [one.given, one.decided_on.isoformat()] for kind, one in about.consents.items()
        },
        "needs": [[one.code, NEEDS[one.code].label] for one in about.needs if one.code in NEEDS],
        "actions": [[one.kind.label, one.get_state_display()] for one in about.actions],
        "rights": about.rights,
    }
    if home:
        said |= {
            "address": readable_street(home.address_line),
            "city": home.city_line,
            "territory": home.residence.territory_id,
            "residence": home.residence.name,
            "access": access_line(home),
            "point": [home.latitude, home.longitude] if home.latitude is not None else None,
        }
    return {key: value for key, value in said.items() if value not in (None, "", [], {})}


def _when(appointment: Appointment | None) -> dict[str, str] | None:
    """The day and the moment she is expected."""
    if appointment is None:
        return None
    hour = appointment.starts_at
    return {
        "day": appointment.day.isoformat(),
        "slot": appointment.get_slot_display(),
        "hour": hour_words(hour) if hour else "",
    }


def _alerts(about: About, today: date) -> list[str]:
    """What to know before ringing, the gravest first."""
    since = today - timedelta(days=UNSAFE_DAYS)
    unsafe = [
        f"Visite impossible sans danger le {one.made_on:%d/%m/%Y}. Ne pas y aller seul."
        for one in about.visits
        if one.outcome == Visit.Outcome.UNSAFE and one.made_on >= since
    ]
    signals = [
        f"Signalement ({one.get_urgency_display()}) du {one.seen_on:%d/%m/%Y}\u00a0: "
        f"{one.what or one.get_kind_display()}"
        for one in about.signals
    ]
    return unsafe[:1] + signals


def _last(visits: Sequence[Visit], today: date) -> dict[str, str] | None:
    """The last visit before today (`visits` latest first); `again`: not to be tried before."""
    before = next((one for one in visits if one.made_on < today), None)
    if before is None:
        return None
    again = before.try_again_on
    return {
        "on": before.made_on.isoformat(),
        "outcome": before.get_outcome_display(),
        "by": str(before.made_by or ""),
    } | ({"again": again.isoformat()} if again and again > today else {})


def _today(visits: Sequence[Visit], today: date) -> str:
    """The outcome of today's visit when the server already has one."""
    return next((one.outcome for one in visits if one.made_on == today), "")


def _partners(people: Iterable[Senior]) -> list[dict[str, Any]]:
    """Who may take an action over, and in which of the territories where these people live."""
    there = {one.dwelling.residence.territory_id for one in people if one.dwelling}
    rows = offered_in(there).prefetch_related("kinds", "territories")
    return [
        {
            "uid": str(one.uid),
            "name": one.name,
            "kinds": [kind.code for kind in one.kinds.all()],
            "territories": [here.pk for here in one.territories.all() if here.pk in there],
        }
        for one in rows
    ]


def _kinds() -> list[dict[str, Any]]:
    """The catalogue of actions, in its order."""
    return [
        {
            "code": one.code,
            "family": one.family,
            "label": one.label,
            "hint": one.hint,
            "needs": one.needs,
            "by_partner": one.by_partner,
        }
        for one in ActionKind.objects.filter(is_active=True)
    ]
