"""The line of headings: where it is, what its cells say, which of them are refused.

Pure text: rows are lists of cells as read; nothing here opens a file.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence

from seniors.extract.text import plain

# The two columns we add to what we send back: never read again.
LINE, REASON = "Ligne du fichier", "Motif du refus"
MOST_RETURNED = 20_000  # rows: the first ones are enough to find a cause

LOOK_AT = 40  # a title longer than this many lines is chosen on screen

_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060\x00]")
_BLANKS = re.compile(r"\s+")
_LETTER = re.compile(r"[^\W\d_]")

# Never read, whatever the sheet (DATA.md section 3, « refuse »).
_REFUSED = re.compile(
    r"\b(nir|iban|rib|bic|religion|confession|nationalite|secu|ssn|obs)\b"
    r"|\bn ss\b|\bno ss\b|\bnum(ero)? ss\b|\bnumss\b|\bnss\b|securite sociale|titre de? ?sejour"
    r"|carte de? ?sejour|\bobservations?\b|\bcommentaires?\b|\bremarques?\b|\bbloc notes\b"
    r"|\bnotes?\b(?! dpe)|\bident fiscal\b|\bnumero fiscal\b|\bethni"
)
# On a sheet of people this is the social security number, not the commune's code.
_REFUSED_OF_PERSON = re.compile(r"^((n|no|num|numero|code|matricule) )?insee$")


def clean(cell: str) -> str:
    """A heading as people read it: one blank between words, no byte-order mark."""
    return _BLANKS.sub(" ", _INVISIBLE.sub("", cell)).strip()


def distinct(cells: Sequence[str]) -> list[str]:
    """Headings cleaned, the second « Nom » named « Nom (2) »; empty ones stay empty."""
    seen: Counter[str] = Counter()
    names = []
    for cell in map(clean, cells):
        seen[cell] += 1
        names.append(f"{cell} ({seen[cell]})" if cell and seen[cell] > 1 else cell)
    return names


def is_refused(heading: str, *, person: bool = False) -> bool:
    """Whether a column of this name may not be read at all."""
    name = plain(heading)
    return bool(_REFUSED.search(name) or (person and _REFUSED_OF_PERSON.match(name)))


def layout_of(names: Collection[str]) -> str:
    """Digest of a file's headings, the same whatever their order, case and accents."""
    kept = (plain(name) for name in names if name and name not in (LINE, REASON))
    text = "\n".join(sorted(kept))
    return hashlib.sha256(text.encode()).hexdigest()


def find_row(rows: Sequence[Sequence[str]], known: Collection[str] = ()) -> int:
    """Place of the line of headings among the first rows: the one that says most known names,
    else the first as full as the fullest and made of words."""
    rows = rows[:LOOK_AT]
    hits = [sum(plain(cell) in known for cell in row) for row in rows]
    if hits and max(hits) >= 2:
        return hits.index(max(hits))
    words = [sum(bool(_LETTER.search(cell)) for cell in row) for row in rows]
    width = max((sum(map(bool, map(str.strip, row))) for row in rows), default=0)
    for place, count in enumerate(words):
        if count and count >= 0.75 * width:
            return place
    return next((place for place, row in enumerate(rows) if any(map(str.strip, row))), 0)
