"""A phone as the browser's script is one: it seals forms and opens the day it was given."""

import base64
import gzip
import json
import os
import uuid
from datetime import date
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from seniors.models import Senior
from visits.models import Device
from visits.phone.phones import public_key
from visits.visiting import form


def make_form(senior: Senior, **changes: Any) -> dict[str, Any]:
    """A finished form, as the phone writes it before sealing."""
    return {
        "uid": str(uuid.uuid4()),
        "senior": str(senior.uid),
        "entry": None,
        "made_on": date.today().isoformat(),  # noqa: DTZ011 - the phone's own day
        "outcome": "done",
        "channel": "phone",
        "version": form.VERSION,
        "started_at": None,
        "finished_at": None,
        "content": {"present.senior": 1},
    } | changes


def sealed(device: Device, content: dict[str, Any], kind: str = "form") -> dict[str, str]:
    """`content` sealed for the server, as seal.js does it."""
    uid = content["uid"]
    once = ec.generate_private_key(ec.SECP256R1())
    epk = once.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.b64decode(public_key(device))
    )
    key = HKDF(hashes.SHA256(), 32, salt=epk, info=f"bienveille {kind} 1".encode())
    iv = os.urandom(12)
    box = AESGCM(key.derive(once.exchange(ec.ECDH(), theirs))).encrypt(
        iv, json.dumps(content).encode(), f"{kind}|{uid}|{device.uid}".encode()
    )
    parts = {"epk": epk, "iv": iv, "box": box}
    return {"uid": uid, "device": str(device.uid)} | {
        name: base64.b64encode(raw).decode() for name, raw in parts.items()
    }


def opened(device: Device, shut: dict[str, str]) -> dict[str, Any]:
    """The day, opened with the phone's key."""
    iv, box = (base64.b64decode(shut[name]) for name in ("iv", "box"))
    plain = AESGCM(base64.b64decode(device.key)).decrypt(iv, box, f"day||{device.uid}".encode())
    return json.loads(gzip.decompress(plain))
