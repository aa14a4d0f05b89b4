"""« Ne pas visiter »: an opposition is recorded, and lifted; nothing is deleted.

The apps that hear of it register when they start, so that nothing here knows of visits.
"""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils import timezone

from seniors.models import AccessLog, Objection, Senior, User

# Takes an opposition and who noted it; gives what it closed, as a French sentence or "".
Listener = Callable[[Objection, User], str]
_listeners: list[Listener] = []


def add_listener(listener: Listener) -> None:
    """Have an app act on an opposition, in the transaction that records it."""
    _listeners.append(listener)


@transaction.atomic
def record_objection(senior: Senior, *, reason: str, until: date | None, by: User) -> str:
    """Keep her out of the next lists, until a day or without end; sent twice it counts once.

    Gives what it closed, in French, "" for nothing.
    """
    AccessLog.objects.create(user=by, gesture="objection-record", senior=senior)
    Senior.objects.select_for_update().get(pk=senior.pk)
    said = {"senior": senior, "since": timezone.localdate(), "until": until, "reason": reason}
    there = Objection.objects.filter(**said, lifted_on=None).first()
    made = there or Objection.objects.create(**said, recorded_by=by)
    return " ".join(filter(None, (listener(made, by) for listener in _listeners)))


@transaction.atomic
def lift_objection(objection: Objection, *, by: User) -> None:
    """She may be proposed again from today; lifting twice changes nothing."""
    AccessLog.objects.create(user=by, gesture="objection-lift", senior=objection.senior)
    Objection.objects.filter(pk=objection.pk, lifted_on=None).update(lifted_on=timezone.localdate())
