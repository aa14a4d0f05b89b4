"""What a card of the list shows beside the columns: how to get in, whom to ring, who lives near."""

from collections.abc import Iterable
from dataclasses import dataclass

from seniors.models import Senior
from seniors.phones import readable
from visits.lists.places import access_line
from visits.models import VisitListEntry


@dataclass(frozen=True)
class Phone:
    """A number to read, and the same to dial."""

    text: str
    digits: str


def dress(entries: Iterable[VisitListEntry]) -> list[VisitListEntry]:
    """The same entries, each with `access`, `phones` and `near`."""
    dressed = list(entries)
    for entry in dressed:
        home = entry.senior.dwelling
        entry.access = access_line(home) if home else ""
        entry.phones = phones_of(entry.senior)
        entry.near = list(entry.neighbours.all())
    return dressed


def phones_of(senior: Senior) -> list[Phone]:
    """Her numbers, the mobile first, each once."""
    texts = dict.fromkeys(readable(one) for one in (senior.mobile, senior.phone) if one)
    return [Phone(text, "".join(c for c in text if c in "+0123456789")) for text in texts]
