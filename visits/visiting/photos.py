"""Pictures of rooms: drawn again without what they tell of where and when, kept out of reach.

A picture may arrive before the form it belongs to. Its identity is its `uid`: sent twice, it is
one picture. Nothing of the file that was sent is kept, only its pixels.
"""

import base64
import binascii
import uuid
import warnings
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from PIL import Image, ImageOps

from seniors.models import Senior, User
from seniors.refusal import Refusal
from visits.models import Photo, VisitDraft, VisitForm
from visits.visiting import arrivals, form

MOST_BYTES = 2 * 1024 * 1024
MOST_A_FORM = 12
ALONE_FOR = timedelta(days=30)
MOST_SIDE = 1600
# What a phone takes, and little enough to draw again.
MOST_PIXELS = 24_000_000
TOO_MANY = (
    f"Cette fiche a déjà {MOST_A_FORM} photos\u00a0: celle-ci n’est pas gardée, les autres le sont."
)
TOO_LARGE = "La photo dépasse 2 Mo\u00a0: elle n’est pas gardée. Prenez-la plus petite."
FORMATS = ("JPEG", "PNG", "WEBP")
ROOMS = {room.code: room.title for room in form.ROOMS}


class PhotoRefusal(Refusal):
    """A picture that cannot be kept."""


def receive(sent: Mapping[str, Any], *, by: User) -> tuple[Photo, bool]:
    """Keep a picture as the phone sends it, {uid, form_uid, senior, room, image in base64}.

    Answers the photo and whether it is new. Raises PhotoRefusal, and arrivals.Refused
    (unknown_senior).
    """
    try:
        uids = [uuid.UUID(str(sent.get(name))) for name in ("uid", "form_uid", "senior")]
        content = base64.b64decode(str(sent.get("image", "")), validate=True)
    except (ValueError, binascii.Error):
        raise _unreadable() from None
    photo_uid, form_uid, senior_uid = uids
    # Whoever could send the form may send its pictures, however late they come.
    form_sent = VisitForm.objects.filter(uid=form_uid, by=by)
    made_on = form_sent.values_list("visit__made_on", flat=True).first()
    person = arrivals.person_for(senior_uid, by=by, on=made_on or timezone.localdate())
    return store(
        content,
        uid=photo_uid,
        form_uid=form_uid,
        senior=Senior.objects.get(pk=person),
        room=str(sent.get("room")),
        by=by,
    )


def store(
    content: bytes, *, uid: uuid.UUID, form_uid: uuid.UUID, senior: Senior, room: str, by: User
) -> tuple[Photo, bool]:
    """Keep the picture `content` of a room, once; answers it and whether it is new.

    Raises PhotoRefusal: too_large, unreadable, room, too_many, other (the identity is another
    picture's).
    """
    if known := _known(uid, senior, form_uid):
        return known, False
    if room not in ROOMS:
        raise PhotoRefusal("room", "Cette pièce n’existe pas\u00a0: la photo n’est pas gardée.")
    if Photo.objects.filter(form_uid=form_uid).count() >= MOST_A_FORM:
        raise PhotoRefusal("too_many", TOO_MANY)
    path = _storage().save(f"photos/{uid.hex[:2]}/{uid}.jpg", ContentFile(redrawn(content)))
    try:
        with transaction.atomic():
            made = Photo.objects.create(
                uid=uid, form_uid=form_uid, senior=senior, room=room, stored_as=path, by=by
            )
    except IntegrityError:  # the same picture, at the same moment
        _storage().delete(path)
        return _known(uid, senior, form_uid), False
    return made, True


def forget(form_uid: uuid.UUID) -> None:
    """Delete the pictures of a form that will never come."""
    _erase(Photo.objects.filter(form_uid=form_uid))


def left_alone() -> QuerySet[Photo]:
    """The pictures of long ago whose form neither came nor is being filled in on line."""
    old = Photo.objects.filter(received_at__lt=timezone.now() - ALONE_FOR)
    here = {"uid": OuterRef("form_uid")}
    return old.exclude(Exists(VisitForm.objects.filter(**here))).exclude(
        Exists(VisitDraft.objects.filter(**here))
    )


def purge() -> int:
    """Delete them, with their files; how many."""
    return _erase(left_alone())


def redrawn(content: bytes) -> bytes:
    """The same picture as a JPEG of at most MOST_SIDE a side, upright, with its pixels only.

    Raises PhotoRefusal: too_large, unreadable.
    """
    if len(content) > MOST_BYTES:
        raise PhotoRefusal(
            "too_large",
            "La photo dépasse 2 Mo\u00a0: elle n’est pas gardée. Prenez-la plus petite.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tags that it skips
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _jpeg(content)
    except Exception:  # noqa: BLE001 - a broken file makes Pillow raise anything
        raise _unreadable() from None


def path_of(photo: Photo) -> Path:
    """Where its file is."""
    return Path(_storage().path(photo.stored_as))


def _erase(photos: QuerySet[Photo]) -> int:
    """Delete pictures, the row first: a file left behind is no worse than before."""
    found = dict(photos.order_by().values_list("pk", "stored_as"))
    Photo.objects.filter(pk__in=found).delete()
    for path in found.values():
        _storage().delete(path)
    return len(found)


def _jpeg(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:  # said by the header, before any pixel
            raise ValueError
        image.draft("RGB", (MOST_SIDE, MOST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((MOST_SIDE, MOST_SIDE))
        drawn = Image.new("RGB", upright.size, "white")
        layer = upright.convert("RGBA")
        drawn.paste(layer, mask=layer)
    out = BytesIO()
    drawn.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _known(uid: uuid.UUID, senior: Senior, form_uid: uuid.UUID) -> Photo | None:
    """The picture of this identity, if it came before."""
    known = Photo.objects.filter(uid=uid).select_related("senior").first()
    if known is None:
        return None
    owner = known.senior.merged_into_id or known.senior_id
    if (owner, known.form_uid) != (senior.pk, form_uid):
        raise PhotoRefusal(
            "other", "Une autre photo porte déjà ce numéro\u00a0: celle-ci n’est pas gardée."
        )
    return known


def _storage() -> FileSystemStorage:
    return FileSystemStorage(location=settings.MEDIA_ROOT)


def _unreadable() -> PhotoRefusal:
    return PhotoRefusal(
        "unreadable", "Cette photo ne se lit pas\u00a0: elle n’est pas gardée. Prenez-en une autre."
    )
