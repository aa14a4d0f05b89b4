"""How someone erased at her request is known again, so that no file of occupants brings her back.

Her number stays on her empty record. For files without numbers, a keyed digest of her name and
birth stands for both: it finds her in a row of a file, and tells nothing to who reads the base.
"""

from datetime import date

from django.utils.crypto import salted_hmac

NAME = "Fiche effacée"


def key_of(search_name: str, birth: date | int | None) -> int:
    """64 bits of a digest that only this installation can compute."""
    said = f"{search_name}|{birth or ''}"
    digest = salted_hmac("seniors.tombstones", said, algorithm="sha256").digest()
    return int.from_bytes(digest[:8], signed=True)
