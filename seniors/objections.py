"""« Ne pas visiter »: an opposition is recorded, and lifted; nothing is deleted."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from seniors.models import AccessLog, Objection, Senior, User


@transaction.atomic
def record_objection(senior: Senior, *, reason: str, until: date | None, by: User) -> Objection:
    """Keep her out of the next lists, until a day or without end; sent twice it counts once."""
    AccessLog.objects.create(user=by, gesture="objection-record", senior=senior)
    Senior.objects.select_for_update().get(pk=senior.pk)
    said = {"senior": senior, "since": timezone.localdate(), "until": until, "reason": reason}
    there = Objection.objects.filter(**said, lifted_on=None).first()
    return there or Objection.objects.create(**said, recorded_by=by)


@transaction.atomic
def lift_objection(objection: Objection, *, by: User) -> None:
    """She may be proposed again from today; lifting twice changes nothing."""
    AccessLog.objects.create(user=by, gesture="objection-lift", senior=objection.senior)
    Objection.objects.filter(pk=objection.pk, lifted_on=None).update(lifted_on=timezone.localdate())
