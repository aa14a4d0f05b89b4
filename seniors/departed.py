"""Who was said gone or dead, and is not yet so in the landlord's file: nothing is sent to them.

The apps that hear of it register when they start, so that nothing here knows of visits.
"""

from collections.abc import Callable, Collection
from datetime import date

from django.db.models import Q, QuerySet

from seniors.person import people_of

# Takes a day; gives rows that have a `senior`, one or more for each of those people.
Source = Callable[[date], QuerySet]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Have those whom this source knows of left out of every sending."""
    _sources.append(source)


def said_gone(on: date) -> Q:
    """Of seniors: said gone or dead that day."""
    found = Q(pk__in=[])
    for source in _sources:
        found |= Q(pk__in=people_of(source(on)))
    return found


def among(records: Collection[int], on: date) -> set[int]:
    """Those of these records, few enough for a query, said gone or dead that day."""
    return {
        one
        for source in _sources
        for one in source(on).filter(senior__in=records).values_list("senior_id", flat=True)
    }
