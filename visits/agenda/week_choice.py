"""Whose week a manager opens: her officers, each with what the week holds; in four queries."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from seniors.models import User
from seniors.person import PERSON
from visits.access import visible_appointments, weeks_for
from visits.agenda.weeks import week_name
from visits.models import Visit


@dataclass(frozen=True)
class Choice:
    """An officer, the visits of her week, those of today, and those of past days left untold."""

    officer: User
    places: str
    query: str
    visits: int
    today: int
    untold: int


def choices_for(user: User, monday: date) -> list[Choice]:
    """The weeks that `user` may open, those of her officers in the order of their names."""
    today, sunday = timezone.localdate(), monday + timedelta(days=6)
    rows = visible_appointments(user).filter(day__range=(monday, sunday), cancelled_at=None)
    expected = list(rows.annotate(person=PERSON).values_list("officer", "person", "day"))
    seen = Visit.objects.filter(made_on__range=(monday, sunday)).annotate(person=PERSON)
    visited = set(seen.values_list("person", "made_on"))
    found = []
    for officer in weeks_for(user).prefetch_related("territories"):
        days = [(person, day) for who, person, day in expected if who == officer.pk]
        found.append(
            Choice(
                officer,
                ", ".join(str(one) for one in officer.territories.all()),
                f"semaine={week_name(monday)}&pour={officer.pk}",
                visits=len(days),
                today=sum(day == today for _, day in days),
                untold=sum(day < today and (person, day) not in visited for person, day in days),
            )
        )
    return found
