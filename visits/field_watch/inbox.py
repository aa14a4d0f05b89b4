"""What the pages of the signals read: what is open, who it may be about, the links of a residence.

Each in a fixed number of queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from django.db.models import Case, Count, Max, Q, QuerySet, Value, When
from django.utils import timezone

from seniors.access import visible_residences, visible_seniors, within
from seniors.models import Dwelling, Residence, Senior, User
from seniors.queries import search
from visits.access import visible_signals
from visits.field_watch.whereabouts import is_at
from visits.lists.places import access_line
from visits.models import Signal, WatchLink

MOST_FOUND = 12
LINKS = (
    "senior__dwelling__residence",
    "senior__merged_into__dwelling__residence",
    "dwelling__residence",
    "residence",
    "link",
    "taken_by",
    "closed_by",
    "recorded_by",
)
_PRESSING = Case(
    *(When(urgency=code, then=Value(place)) for place, code in enumerate(Signal.Urgency.values))
)


@dataclass(frozen=True)
class Candidate:
    """Someone whom a signal may be about; `is_here`: where the reporter said."""

    senior: Senior
    is_here: bool

    @property
    def access(self) -> str:
        """Building, stair, floor and door."""
        return access_line(self.senior.dwelling)


def with_place(signals: QuerySet[Signal]) -> QuerySet[Signal]:
    """With all that a line of the inbox says."""
    return signals.select_related(*LINKS)


def open_signals(user: User) -> QuerySet[Signal]:
    """What waits for someone: the most urgent first, the oldest of those first."""
    waiting = with_place(visible_signals(user).filter(closed_on=None))
    return waiting.order_by(_PRESSING, "recorded_at", "pk")


def closed_signals(user: User) -> QuerySet[Signal]:
    """What was answered, the latest first."""
    return with_place(visible_signals(user).exclude(closed_on=None)).order_by("-closed_on", "-pk")


def stamp_of(signals: Iterable[Signal]) -> str:
    """The same as long as the same signals, each with its `since`, wait for the same people."""
    waiting = " ".join(
        f"{one.pk}-{one.senior_id}-{one.taken_by_id}-{one.since.visit and one.since.visit.outcome}"
        f"-{one.since.appointment and one.since.appointment.pk}"
        for one in signals
    )
    return f"{crc32(waiting.encode()):x}"


def person_of(signal: Signal) -> Senior | None:
    """Who it is about: the record kept, when hers was absorbed by another."""
    return signal.senior and (signal.senior.merged_into or signal.senior)


def home_of(signal: Signal) -> Dwelling | None:
    """The dwelling, as it is known today."""
    person = person_of(signal)
    return (person and person.dwelling) or signal.dwelling


def candidates(signal: Signal, user: User, words: str = "") -> list[Candidate]:
    """Who lives where it was seen, nearest to what was said first; or who is looked for."""
    people = visible_seniors(user).filter(dwelling__isnull=False)
    if words.strip():
        found = search(people, words).select_related("dwelling__residence")
        return [Candidate(one, is_here=False) for one in found.order_by("search_name")[:MOST_FOUND]]
    if signal.dwelling_id:
        people = people.filter(dwelling=signal.dwelling_id)
    else:
        people = people.filter(dwelling__residence=signal.residence_id)
    all_here = people.select_related("dwelling__residence").order_by("search_name")
    found = [
        Candidate(one, bool(signal.dwelling_id) or is_at(one.dwelling, signal.whereabouts))
        for one in all_here
    ]
    return sorted(found, key=lambda one: not one.is_here)[:MOST_FOUND]


def others_open(signal: Signal, user: User) -> int:
    """How many other open signals are about the same person, or else the same dwelling."""
    person = person_of(signal)
    if person:
        same = Q(senior=person) | Q(senior__merged_into=person)
    elif signal.dwelling_id:
        same = Q(dwelling=signal.dwelling_id)
    else:
        return 0
    return visible_signals(user).filter(same, closed_on=None).exclude(pk=signal.pk).count()


def places_for(user: User, words: str) -> tuple[list[Senior], list[Residence]]:
    """Whom, or which residence, one of us may report about, from a name or an address."""
    if not words.strip():
        return [], []
    people = search(visible_seniors(user).filter(dwelling__isnull=False), words)
    people = people.select_related("dwelling__residence").order_by("search_name")
    return list(people[:MOST_FOUND]), residences_named(user, words)


def residences_named(user: User, words: str) -> list[Residence]:
    """Residences whose name, reference or street holds the words."""
    words = words.strip()
    if not words:
        return []
    named = Q(name__icontains=words) | Q(reference__iexact=words)
    streets = Dwelling.objects.filter(street__icontains=words).values("residence")
    found = visible_residences(user).filter(named | Q(pk__in=streets))
    return list(found.select_related("territory")[:MOST_FOUND])


def links_for(user: User) -> QuerySet[WatchLink]:
    """The links of the user's residences, those that open first, with what they brought."""
    links = within(user, WatchLink.objects.all(), "residence__territory")
    dead = Q(revoked_at__isnull=False) | Q(expires_on__lt=timezone.localdate())
    return (
        links.select_related("residence__territory", "created_by")
        .annotate(
            received=Count("signals"),
            waiting=Count("signals", filter=Q(signals__closed_on=None)),
            last_at=Max("signals__recorded_at"),
            is_dead=Case(When(dead, then=Value(1)), default=Value(0)),
        )
        .order_by("is_dead", "residence__name", "-created_at")
    )
