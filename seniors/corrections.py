"""Correcting what the landlord's file says of how to reach someone: the only door beside imports.

The file stays the reference: a later extract whose row has changed is read again over it. Where
the new value comes from is kept by who asks for the correction.
"""

from datetime import date

from django.db import transaction

from seniors.models import AccessLog, RecordChange, Senior, User

FIELDS = ("phone", "mobile", "email")


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
    RecordChange.objects.create(senior=senior, on=on, fields=field, by=by)
    AccessLog.objects.create(user=by, gesture=f"correct-{field}", senior=senior)
    return True
