"""What counts as having happened to someone between two days, said once.

The steering page counts it by territory, exports by group or row by row: from the same rows.
"""

from datetime import date

from django.db.models import QuerySet

from seniors.models import Observation
from visits.models import Need, Visit

Days = tuple[date, date]  # both included


def visits_done(days: Days) -> QuerySet[Visit]:
    """Whom these are about was visited: a door that opened. A refusal is not a visit."""
    return Visit.objects.filter(made_on__range=days, outcome=Visit.Outcome.DONE)


def needs_found(days: Days) -> QuerySet[Need]:
    """A need was found, on a visit or not; shares count those of people visited in the period."""
    return Need.objects.filter(found_on__range=days)


def words_heard(days: Days) -> QuerySet[Observation]:
    """An answer, a signal or a visit said something. Whoever one of these is about, or who was
    visited, was reached."""
    return Observation.objects.filter(observed_on__range=days)
