"""Pictures of rooms: their pixels only, once, whatever was sent."""

import base64
import struct
import uuid
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image, ImageCms

from seniors.enums import Role
from tests.make import make_senior, make_territory, make_user
from tests.visits.sending import send
from visits.models import Photo, VisitDraft
from visits.visiting import photos
from visits.visiting.photos import PhotoRefusal, receive, redrawn
from visits.visiting.recording import Refused

GPS = 0x8825


def home():
    """Someone at home, and the officer of her territory."""
    senior = make_senior()
    return senior, make_user(Role.OFFICER, senior.dwelling.residence.territory)


def picture(size=(800, 600), kind="JPEG", mode="RGB", **more) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "red").save(out, kind, **more)
    return out.getvalue()


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Téléphone de Camille"
    exif[0x0112] = 6  # taken on its side
    exif.get_ifd(GPS)[2] = (48.0, 23.0, 12.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture(exif=exif.tobytes(), icc_profile=profile)


def test_nothing_is_left_of_where_and_when_it_was_taken():
    sent = with_metadata()
    assert b"Exif" in sent
    kept = redrawn(sent)
    image = Image.open(BytesIO(kept))
    assert (image.format, dict(image.getexif())) == ("JPEG", {})
    assert not {"icc_profile", "exif", "comment"} & image.info.keys()
    assert b"Exif" not in kept
    assert b"Camille" not in kept
    assert image.size == (600, 800)  # upright


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")],
)
def test_each_kind_is_drawn_again_and_made_small(kind, mode):
    image = Image.open(BytesIO(redrawn(picture((3000, 1500), kind, mode))))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1600, 800))


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels a side."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"hello", bomb(), picture()[:200], picture(kind="GIF"), b"<svg/>"]
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(PhotoRefusal, match="ne se lit pas"):
        redrawn(content)


def test_a_picture_too_heavy_is_refused():
    with pytest.raises(PhotoRefusal, match="2 Mo"):
        redrawn(b"x" * (photos.MOST_BYTES + 1))


@pytest.mark.django_db
def test_a_picture_sent_twice_is_one_and_may_come_before_its_form(settings):
    senior = make_senior()
    officer = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    sent = {
        "uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "senior": str(senior.uid),
        "room": "bathroom", "image": base64.b64encode(picture()).decode(),
    }  # fmt: skip
    first, is_new = receive(sent, by=officer)
    again, is_new_again = receive(sent, by=officer)
    assert (is_new, is_new_again, first) == (True, False, again)
    assert photos.path_of(first).read_bytes()[:2] == b"\xff\xd8"
    assert photos.path_of(first).is_relative_to(settings.MEDIA_ROOT / "photos")
    with pytest.raises(PhotoRefusal, match="déjà ce numéro"):
        receive(sent | {"form_uid": str(uuid.uuid4())}, by=officer)
    with pytest.raises(PhotoRefusal, match="pièce"):
        receive(sent | {"uid": str(uuid.uuid4()), "room": "../../etc"}, by=officer)
    with pytest.raises(PhotoRefusal, match="ne se lit pas"):
        receive(sent | {"uid": str(uuid.uuid4()), "image": "é"}, by=officer)
    assert Photo.objects.count() == 1
    stored = [path for path in (settings.MEDIA_ROOT / "photos").rglob("*") if path.is_file()]
    assert len(stored) == 1


@pytest.mark.django_db
def test_a_stranger_cannot_add_a_picture():
    senior = make_senior()
    stranger = make_user(Role.OFFICER, make_territory())
    sent = {"uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "senior": str(senior.uid)}
    with pytest.raises(Refused, match="pas dans vos territoires"):
        receive(sent | {"room": "bathroom", "image": ""}, by=stranger)


@pytest.mark.django_db
def test_a_form_has_so_many_pictures_and_no_more():
    senior, officer = home()
    form_uid, told = uuid.uuid4(), {"senior": senior, "room": "bathroom", "by": officer}
    uids = [uuid.uuid4() for _ in range(photos.MOST_A_FORM)]
    for uid in uids:
        photos.store(picture((8, 8)), uid=uid, form_uid=form_uid, **told)
    with pytest.raises(PhotoRefusal) as refused:
        photos.store(picture((8, 8)), uid=uuid.uuid4(), form_uid=form_uid, **told)
    assert refused.value.code == "too_many"
    assert not photos.store(picture((8, 8)), uid=uids[0], form_uid=form_uid, **told)[1]
    assert photos.store(picture((8, 8)), uid=uuid.uuid4(), form_uid=uuid.uuid4(), **told)[1]


@pytest.mark.django_db
def test_pictures_whose_form_never_came_are_erased_after_thirty_days(capsys):
    senior, officer = home()
    made = send(senior, officer).form
    draft = VisitDraft.objects.create(officer=officer, senior=senior, content={})
    told = {"senior": senior, "room": "bathroom", "by": officer}
    alone, new, received, begun = (
        photos.store(picture((8, 8)), uid=uuid.uuid4(), form_uid=uid, **told)[0]
        for uid in (uuid.uuid4(), uuid.uuid4(), made.uid, draft.uid)
    )
    long_ago = timezone.now() - timedelta(days=31)
    Photo.objects.exclude(pk=new.pk).update(received_at=long_ago)
    call_command("purge_photos")
    assert "1 photo(s) sans fiche" in capsys.readouterr().out
    assert photos.path_of(alone).exists()
    call_command("purge_photos", "--apply")
    assert set(Photo.objects.all()) == {new, received, begun}
    assert not photos.path_of(alone).exists()
    assert all(photos.path_of(one).exists() for one in (new, received, begun))
    assert photos.purge() == 0
