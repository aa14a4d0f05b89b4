"""Text as people write it, made comparable."""

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=1 << 15)  # streets and names come again and again
def plain(text: str) -> str:
    """Lower case, no accents, words of letters and digits parted by one blank."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", letters.lower()).strip()


def search_key(last_name: str, first_name: str) -> str:
    """What a name is searched and matched by: `plain` last name, then first name."""
    return f"{plain(last_name)} {plain(first_name)}".strip()
