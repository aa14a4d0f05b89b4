"""Correcting what the landlord's files say of someone and her home: the only door beside imports.

How to reach her: the file stays the reference, a later extract whose row has changed is read again
over it. Her home: a file that only says again what it said before changes nothing
(`extract.corrected`); one that says something else is read. Where the new value comes from is kept
by who asks for the correction.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q

from seniors.models import AccessLog, Dwelling, HomeCorrection, RecordChange, Senior, User

FIELDS = ("phone", "mobile", "email")
HOME_FIELDS = ("household_size", "floor", "has_lift", "door")


@transaction.atomic
def correct(senior: Senior, field: str, value: str, *, on: date, by: User) -> bool:
    """Write what she said on that day; False when the file read since is newer, or says the same.

    `value` "" empties the field. Raises KeyError on a field that is not corrected here.
    """
    if field not in FIELDS:
        raise KeyError(field)
    senior = (
        Senior.objects.select_related("read_in").select_for_update(of=("self",)).get(pk=senior.pk)
    )
    if senior.read_in and senior.read_in.extract_on > on:
        return False
    if getattr(senior, field) == value:
        return False
    setattr(senior, field, value)
    senior.save(update_fields=[field])
    _tell(senior, field, on, by)
    return True


@transaction.atomic
def correct_home(
    senior: Senior, field: str, value: int | bool | str | None, *, on: date, by: User
) -> bool:
    """Write what was seen of her home on that day; False when she lived elsewhere then, when a
    file changed it or a correction was made since, or when it says the same.

    Raises KeyError on a field that is not corrected here.
    """
    if field not in HOME_FIELDS:
        raise KeyError(field)
    if senior.dwelling_id is None or has_moved_since(senior, on):
        return False
    home = Dwelling.objects.select_for_update().get(pk=senior.dwelling_id)
    if _read_since(senior, field, on):
        return False
    before = getattr(home, field)
    correction = home.corrections.filter(field=field).first()
    if before == value or (correction and correction.on > on):
        return False
    if correction is None:
        correction = HomeCorrection(dwelling=home, field=field, file_said=before)
    correction.on, correction.by = on, by
    setattr(home, field, value)
    home.save(update_fields=[field])
    if correction.file_said != value:
        correction.save()
    elif correction.pk:
        correction.delete()
    _tell(senior, field, on, by)
    return True


def has_moved_since(senior: Senior, on: date) -> bool:
    """Whether she came to live where she does after that day."""
    entered = senior.housed_since and senior.housed_since > on
    return bool(entered) or senior.stays.filter(~Q(dwelling=senior.dwelling), until__gt=on).exists()


def _read_since(senior: Senior, field: str, on: date) -> bool:
    """Whether a file of a later day said something new of it."""
    files = RecordChange.objects.filter(senior=senior, on__gt=on, run__isnull=False)
    return any(field in fields.split(",") for fields in files.values_list("fields", flat=True))


def _tell(senior: Senior, field: str, on: date, by: User) -> None:
    RecordChange.objects.create(senior=senior, on=on, fields=field, by=by)
    AccessLog.objects.create(user=by, gesture=f"correct-{field}", senior=senior)
