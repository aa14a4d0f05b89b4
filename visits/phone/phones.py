"""The phones that keep an officer's day: enrolled, blocked, and the forms they sealed.

What a phone keeps is shut with `Device.key`, which it has under the officer's PIN. What it sends
is sealed for `Device.private_key`, which never leaves the server: a form that waits on the phone
can be sent by any page and read back by none (docs/field.md).
"""

import base64
import binascii
import gzip
import json
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors.access import DECIDERS, STAFF, territories_of
from seniors.enums import Role
from seniors.models import AccessLog, User
from seniors.refusal import Refusal
from visits.models import Device
from visits.visiting.fields import whole

# A day kept on a phone is wiped by the phone after that many days without news.
FIELD_DAYS = 7
# Phones in use at once by one person: one more, and an old one must be blocked first.
MOST_DEVICES = 5
# Within an hour: keys asked for again (a forgotten PIN), days fetched.
MOST_KEYS, MOST_DAYS = 10, 60
FORM, PHOTO, DAY = "form", "photo", "day"
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TYPE_IT = "Tapez d’abord votre mot de passe du site. Rien n’est changé sur ce téléphone."
NO_VISITS = "Votre compte ne fait pas de visites."
UNKNOWN = "Le site ne connaît plus ce téléphone. Ajoutez-le de nouveau."


class PhoneRefusal(Refusal):
    """A gesture that cannot be made."""


@transaction.atomic
def enrol(user: User, label: str) -> Device:
    """A new phone of `user`, with its keys. Raises PhoneRefusal: role, too_many."""
    User.objects.select_for_update().get(pk=user.pk)
    if user.role not in STAFF:
        raise PhoneRefusal("role", NO_VISITS)
    if user.devices.filter(revoked_at=None).count() >= MOST_DEVICES:
        raise PhoneRefusal(
            "too_many",
            f"Vous avez déjà {MOST_DEVICES} téléphones. Bloquez-en un dans « Mes appareils », "
            "puis recommencez.",
        )
    return _made(user, uuid.uuid4(), label)


@transaction.atomic
def enrol_again(user: User, label: str, *, uid: uuid.UUID | None, public: Any) -> Device:
    """The phone `uid` of `user`, that a restored backup does not hold, with the keys it had.

    `public`: the public key that the phone was given. Raises PhoneRefusal: role, unknown (the
    site did not make that key for that phone and that account, or has the phone).
    """
    User.objects.select_for_update().get(pk=user.pk)
    if user.role not in STAFF:
        raise PhoneRefusal("role", NO_VISITS)
    is_ours = uid and public == _text(_point(_drawn(user, uid)[1]))
    if not is_ours or Device.objects.filter(uid=uid).exists():
        raise PhoneRefusal("unknown", UNKNOWN)
    return _made(user, uid, label)


def _made(user: User, uid: uuid.UUID, label: str) -> Device:
    AccessLog.objects.create(user=user, gesture="device-enrol")
    key, private = _drawn(user, uid)
    return Device.objects.create(
        uid=uid,
        user=user,
        label=whole(label).strip()[:80] or "Téléphone",
        key=_text(key),
        private_key=_pem(private),
        seen_at=timezone.now(),
    )


def _drawn(user: User, uid: uuid.UUID) -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    """The keys of a phone, from the site's secret: the same as long as it is the same."""
    secret = settings.SECRET_KEY.encode()
    info = f"bienveille phone {user.pk}".encode()
    drawn = HKDF(hashes.SHA256(), 32 + 48, salt=uid.bytes, info=info).derive(secret)
    # 48 bytes for a number under 2^256: no part of the curve comes out more often.
    number = int.from_bytes(drawn[32:]) % (CURVE_ORDER - 1) + 1
    return drawn[:32], ec.derive_private_key(number, ec.SECP256R1())


def standing(uids: Collection[uuid.UUID], user: User | None) -> dict[str, str]:
    """Where these phones stand, {uid: "revoked", or of `user`'s own "open", or "unknown"}.

    Without a user, those that are blocked only.
    """
    found = {one.uid: one for one in Device.objects.filter(uid__in=uids)}
    told = {str(uid): "revoked" for uid, one in found.items() if one.revoked_at}
    if user is not None:
        told |= {str(uid): "unknown" for uid in uids if uid not in found}
        mine = {str(uid): "open" for uid, one in found.items() if one.user_id == user.pk}
        told = mine | told
    return told


def key_again(device: Device, *, typed_lately: bool) -> str:
    """The key of a phone whose PIN is forgotten; `typed_lately`: the account's password just was.

    Raises PhoneRefusal: revoked, password, too_often.
    """
    refuse_revoked(device)
    if not typed_lately:
        raise PhoneRefusal("password", TYPE_IT)
    refuse_hurry(device.user, "device-key", MOST_KEYS)
    AccessLog.objects.create(user=device.user, gesture="device-key")
    return device.key


def refuse_hurry(user: User, gesture: str, most: int) -> None:
    """Raises PhoneRefusal: too_often, when the journal has that many lines of the last hour."""
    hour = timezone.now() - timedelta(hours=1)
    if AccessLog.objects.filter(user=user, gesture=gesture, at__gte=hour).count() >= most:
        raise PhoneRefusal("too_often", "Trop de demandes. Réessayez dans une heure.")


def seen(device: Device) -> None:
    """Note that the phone was in touch, to the minute: thirty forms in a row write it once."""
    now = timezone.now()
    if device.seen_at is None or now - device.seen_at > timedelta(minutes=1):
        Device.objects.filter(pk=device.pk).update(seen_at=now)


def refuse_revoked(device: Device) -> None:
    """Raises PhoneRefusal: revoked."""
    if device.revoked_at:
        raise PhoneRefusal(
            "revoked",
            "Ce téléphone est bloqué\u00a0: il ne garde plus la journée. Vos fiches terminées "
            "partent quand même.",
        )


@transaction.atomic
def revoke(device: Device, by: User) -> None:
    """Block a phone: at its next contact it wipes the day and its keys. Twice changes nothing."""
    blocked = Device.objects.filter(pk=device.pk, revoked_at=None)
    if blocked.update(revoked_at=timezone.now(), revoked_by=by):
        AccessLog.objects.create(user=by, gesture="device-revoke")


@transaction.atomic
def restore(device: Device, by: User) -> None:
    """Open a phone blocked by mistake: its owner chooses a new PIN, drafts can be read again."""
    opened = Device.objects.filter(pk=device.pk, revoked_at__isnull=False)
    if opened.update(revoked_at=None, revoked_by=None):
        AccessLog.objects.create(user=by, gesture="device-restore")


def visible_devices(user: User) -> QuerySet[Device]:
    """One's own; those of the people of her territories for a manager; all for an administrator."""
    devices = Device.objects.select_related("user")
    if user.role == Role.ADMINISTRATOR:
        return devices
    mine = devices.filter(user=user)
    if user.role not in DECIDERS:
        return mine
    theirs = User.objects.filter(territories__in=territories_of(user))
    return devices.filter(user__in=theirs) | mine


def public_key(device: Device) -> str:
    """What the phone seals with: the P-256 point, uncompressed, in base64."""
    return _text(_point(_private_key(device)))


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def shut(device: Device, content: Mapping[str, Any]) -> dict[str, str]:
    """`content` as only the phone with `Device.key` reads it: {iv, box}, gzip then AES-GCM."""
    iv = secrets.token_bytes(12)
    plain = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), 6)
    box = AESGCM(base64.b64decode(device.key)).encrypt(iv, plain, _bound(DAY, "", device))
    return {"iv": _text(iv), "box": _text(box)}


def open_sealed(device: Device, sealed: Mapping[str, Any], kind: str = FORM) -> dict[str, Any]:
    """What the phone sealed; it may be blocked since. Raises PhoneRefusal: unreadable.

    `sealed`: {uid, epk, iv, box}: the phone's key of one use, ECDH P-256, HKDF-SHA256, AES-256-GCM
    bound to the kind, the identity and the phone.
    """
    try:
        theirs = _bytes(sealed["epk"])
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = _private_key(device).exchange(ec.ECDH(), point)
        key = HKDF(hashes.SHA256(), 32, salt=theirs, info=f"bienveille {kind} 1".encode())
        opened = AESGCM(key.derive(shared)).decrypt(
            _bytes(sealed["iv"]), _bytes(sealed["box"]), _bound(kind, str(sealed["uid"]), device)
        )
        content = json.loads(opened)
    except (KeyError, TypeError, ValueError, InvalidTag, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("uid") != sealed.get("uid"):
        raise PhoneRefusal(
            "unreadable",
            "La fiche est arrivée abîmée et n’a pas été enregistrée. Rouvrez-la sur le téléphone "
            "et envoyez-la de nouveau.",
        )
    return content


def _bound(kind: str, uid: str, device: Device) -> bytes:
    """What a box is bound to: moved to another identity or phone, it does not open."""
    return f"{kind}|{uid}|{device.uid}".encode()


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _private_key(device: Device) -> ec.EllipticCurvePrivateKey:
    return serialization.load_pem_private_key(device.private_key.encode(), password=None)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
