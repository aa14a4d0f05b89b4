"""Who was said gone or dead, and is not yet so in the landlord's file: nothing is sent to them.

The apps that hear of it register when they start, so that nothing here knows of visits. What one
app is told, it tells the others, mistakes included.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from seniors.models import Senior, User
from seniors.person import people_of


@dataclass(frozen=True)
class Word:
    """What was said of someone on the telephone: dead, else gone; or that it was a mistake."""

    senior: Senior
    is_dead: bool = False
    is_mistaken: bool = False


# Takes a day; gives rows that have a `senior`, one or more for each of those people.
Source = Callable[[date], QuerySet]
_sources: list[Source] = []
Listener = Callable[[Word, User], object]
_listeners: list[Listener] = []


def add_source(source: Source) -> None:
    """Have those whom this source knows of left out of every sending."""
    _sources.append(source)


def add_listener(listener: Listener) -> None:
    """Have an app act on what another one is told, by whom."""
    _listeners.append(listener)


def tell(word: Word, by: User) -> None:
    """Tell the other apps, in the caller's transaction."""
    for listener in _listeners:
        listener(word, by)


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
