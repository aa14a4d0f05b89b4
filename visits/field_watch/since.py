"""What was done about a signal since it came: the visit made, and the visit to come."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from seniors.person import PERSON, records_of
from visits.agenda.appointment_rules import standing
from visits.field_watch.inbox import person_of
from visits.models import Appointment, Signal, Visit


@dataclass(frozen=True)
class Since:
    """The last visit on its day or after, whatever came of it; and the next appointment."""

    visit: Visit | None = None
    appointment: Appointment | None = None

    @property
    def is_for_today(self) -> bool:
        """Whether someone goes there today."""
        return self.appointment is not None and self.appointment.day == timezone.localdate()

    @property
    def is_done(self) -> bool:
        """Whether someone was let in: what is left is to say what came of it."""
        return self.visit is not None and self.visit.outcome == Visit.Outcome.DONE


def since_each(signals: Iterable[Signal]) -> dict[int, Since]:
    """{signal: what was done since}, of signals read `with_place`; in three queries."""
    signals = list(signals)
    people = {one.pk: person.pk for one in signals if (person := person_of(one))}
    records = records_of(list(set(people.values())))
    expected, visits = _expected(records), _visits(records)
    found = {}
    for one in signals:
        who = people.get(one.pk)
        made = visits.get(who)
        since = made if made and made.made_on >= timezone.localdate(one.recorded_at) else None
        found[one.pk] = Since(since, expected.get(who))
    return found


def _expected(records: dict[int, int]) -> dict[int, Appointment]:
    """The next appointment of each person."""
    ahead = standing().filter(senior__in=records, day__gte=timezone.localdate())
    rows = ahead.annotate(person=PERSON).select_related("officer").order_by("-day", "-pk")
    return {one.person: one for one in rows}


def _visits(records: dict[int, int]) -> dict[int, Visit]:
    """The last visit of each person, whatever came of it."""
    rows = Visit.objects.filter(senior__in=records).select_related("made_by")
    return {records[one.senior_id]: one for one in rows.order_by("made_on", "pk")}
