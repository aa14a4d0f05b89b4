"""What the server has at the end of a schedule, read from its database; and faults planted there.

The plants are for the tests of the check itself: each spoils what was stored in one way.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta

from PIL import Image

from seniors.enums import Source
from seniors.models import Observation
from tests.torture.cast import Cast
from tests.torture.fields import FIELDS
from tests.torture.model import Stored, StoredClash, StoredForm, StoredPicture
from visits.models import Clash, Need, Photo, Visit, VisitForm
from visits.visiting import photos


def stored_for(cast: Cast) -> Stored:
    """Everything the visits keep of these people."""
    places = {senior.pk: place for place, senior in enumerate(cast.people)}
    officers = {officer.pk: place for place, officer in enumerate(cast.officers)}
    observed: dict[int, dict[str, int | str]] = {}
    visits = list(Visit.objects.filter(senior__in=places).order_by("pk"))
    rows = Observation.objects.filter(senior__in=places, source=Source.VISIT).order_by("pk")
    for row in rows:
        observed.setdefault(places[row.senior_id], {}).update(row.values)
    return Stored(
        forms=[
            StoredForm(
                uid=str(form.uid),
                receipt=form.receipt,
                officer=officers[form.by_id],
                person=places[form.visit.senior_id],
                visit=form.visit_id,
                content=form.content,
                outcome=form.outcome,
            )
            for form in VisitForm.objects.filter(visit__senior__in=places)
            .select_related("visit")
            .order_by("pk")
        ],
        visits=[(visit.pk, places[visit.senior_id], visit.made_on.isoformat()) for visit in visits],
        clashes=[
            StoredClash(one.visit_id, one.field, str(one.first.uid), str(one.second.uid))
            for one in Clash.objects.filter(visit__senior__in=places).select_related(
                "first", "second"
            )
        ],
        needs=[
            (places[need.senior_id], need.code) for need in Need.objects.filter(senior__in=places)
        ],
        observed=observed,
        outcomes={visit.pk: visit.outcome for visit in visits},
        pictures=[
            _picture(photo, officers[photo.by_id], places[photo.senior_id])
            for photo in Photo.objects.filter(senior__in=places).order_by("pk")
        ],
    )


def _picture(photo: Photo, officer: int, person: int) -> StoredPicture:
    """As the file itself tells it."""
    with Image.open(photos.path_of(photo)) as image:
        width = image.width
    form, receipt = str(photo.form_uid), f"P{photo.pk:06d}"
    return StoredPicture(str(photo.uid), receipt, form, officer, person, photo.room, width)


def _drop(cast: Cast) -> None:
    """An accepted form is no longer there."""
    _form(cast).delete()


def _double(cast: Cast) -> None:
    """A form stands twice, the second under another identity and on another day."""
    form = _form(cast)
    visit = form.visit
    visit.pk, visit.uid = None, uuid.uuid4()
    visit.made_on -= timedelta(days=1)
    visit.save()
    form.pk, form.uid, form.visit, form.observation = None, uuid.uuid4(), visit, None
    form.save()


def _overwrite(cast: Cast) -> None:
    """A value of a form became another one."""
    form = _form(cast)
    code = next(code for code in form.content if code in FIELDS)
    form.content[code] = "autre chose"
    form.save()


def _renumber(cast: Cast) -> None:
    """A form has another receipt than the one that was shown."""
    form = _form(cast)
    form.delete()
    form.pk = None
    form.save()


def _drop_picture(cast: Cast) -> None:
    """A picture that arrived is no longer there."""
    Photo.objects.filter(senior__in=cast.people).latest("pk").delete()


def _end_otherwise(cast: Cast) -> None:
    """A visit ended otherwise than its form says."""
    Visit.objects.filter(pk=_form(cast).visit_id).update(outcome="hospital")


PLANTS: dict[str, Callable[[Cast], None]] = {
    "drop": _drop,
    "double": _double,
    "overwrite": _overwrite,
    "renumber": _renumber,
    "drop-picture": _drop_picture,
    "end-otherwise": _end_otherwise,
}
# The kind of fault that each must be found as.
KINDS = {
    "drop": "lost",
    "double": "doubled",
    "overwrite": "overwritten",
    "renumber": "receipt",
    "drop-picture": "lost",
    "end-otherwise": "overwritten",
}


def _form(cast: Cast) -> VisitForm:
    done = VisitForm.objects.filter(visit__senior__in=cast.people, outcome="done")
    return done.latest("pk")
