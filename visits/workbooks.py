"""Lists too long for a request: asked for, written apart, taken within a day. The only door of
Workbook.

Each person has one of each kind, which the next takes the place of. They hold homes, those of the
actions people too, which the journal then says: a file is read by who asked for it, while her role
opens that list and she holds every territory that it may show.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors import pulse
from seniors.access import DECIDERS, STAFF, territories_of
from seniors.enums import Role
from seniors.models import User
from seniors.refusal import Refusal
from visits.models import Workbook

AT_ONCE = 2_000  # rows that a request writes: about a second
KEPT_FOR = timedelta(days=1)
EVERY = 500  # rows between two words of progress
Row = TypeVar("Row")


@dataclass(frozen=True)
class Kind:
    """A list: its title, the name of its file and of the page that shows it, the roles that it is
    open to, and whether people are named in it."""

    title: str
    file: str
    page: str
    roles: Collection[Role] = DECIDERS
    names_people: bool = False

    @property
    def is_steering(self) -> bool:
        """Whether its page is under « Pilotage »."""
        return self.roles == DECIDERS


KINDS = {
    "works": Kind("Travaux d’adaptation", "travaux", "visits:works-list"),
    "stock": Kind("Parc", "parc", "visits:stock-list"),
    "actions": Kind("Actions", "actions", "visits:action-list", STAFF, names_people=True),
}


NO_LIST = "Cette liste n’existe pas, ou votre rôle ne l’ouvre pas\u00a0: rien n’est préparé."


class WorkbookRefusal(Refusal):
    """A workbook that cannot be asked for or read."""


def is_long(count: int) -> bool:
    """Whether a list of so many rows is written apart."""
    return count > AT_ONCE


def is_open(kind: str, user: User) -> bool:
    """Whether there is such a list, for her role."""
    return kind in KINDS and user.role in KINDS[kind].roles


@transaction.atomic
def ask(kind: str, query: str, count: int, *, by: User) -> Workbook:
    """A workbook to be written (`tasks.start_workbook`), in the place of the last one; the one
    being written when it is the same. Raises WorkbookRefusal: kind."""
    if not is_open(kind, by):
        raise WorkbookRefusal("kind", NO_LIST)
    User.objects.select_for_update().get(pk=by.pk)  # two presses of the button are one
    last = Workbook.objects.filter(user=by, kind=kind).first()
    if last and last.query == query and last.made_at is None:
        return last
    if last:
        _delete(last)
    told = {"query": query, "count": count, "territories": _held(by)}
    return Workbook.objects.create(user=by, kind=kind, **told)


def last_of(kind: str, query: str, *, by: User) -> Workbook | None:
    """The workbook of that list that she may still take, or that is being written."""
    book = Workbook.objects.filter(user=by, kind=kind, query=query).first()
    if book is None or book.asked_at < timezone.now() - KEPT_FOR or not may_read(book, by):
        return None
    return book


def write(book: Workbook, content: bytes) -> None:
    """Keep the file of a workbook, unless another was asked for meanwhile. It may show what she
    held when it was asked for and what she holds now: its rows were read in between."""
    path = path_of(book)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    asked, held = book.territories, _held(book.user)
    shown = None if asked is None or held is None else sorted({*asked, *held})
    told = {"made_at": timezone.now(), "territories": shown}
    made = Workbook.objects.filter(pk=book.pk, made_at=None).update(**told)
    if not made:
        path.unlink(missing_ok=True)


def read(book: Workbook, *, by: User) -> Path:
    """Its file. Raises WorkbookRefusal: not_made, gone, territories."""
    if book.made_at is None:
        raise WorkbookRefusal("not_made", "Ce tableau n’est pas encore prêt.")
    if book.asked_at < timezone.now() - KEPT_FOR or not path_of(book).is_file():
        raise WorkbookRefusal(
            "gone", "Ce tableau se gardait un jour, il est effacé\u00a0: préparez-le de nouveau."
        )
    if not may_read(book, by):
        raise WorkbookRefusal(
            "territories",
            "Ce tableau porte sur des territoires que vous n’avez plus\u00a0: préparez-le de "
            "nouveau.",
        )
    return path_of(book)


def may_read(book: Workbook, by: User) -> bool:
    """Whether who asked for it still has the role, and holds all that it may show."""
    if not is_open(book.kind, by):
        return False
    held = _held(by)
    return held is None or (book.territories is not None and set(book.territories) <= set(held))


def told(rows: Iterable[Row], progress: Callable[[int], None]) -> Iterator[Row]:
    """The same rows, saying now and then how many have gone by."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % EVERY == 0:
            progress(number)


def old(now: datetime | None = None) -> QuerySet[Workbook]:
    """Those whose day is over."""
    return Workbook.objects.filter(asked_at__lt=(now or timezone.now()) - KEPT_FOR)


def purge() -> int:
    """Delete those, and the files that nothing names any more; how many workbooks."""
    gone = list(old())
    for book in gone:
        _delete(book)
    kept = {path_of(book).name for book in Workbook.objects.all()}
    for path in _folder().glob("*.xlsx"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    return len(gone)


def path_of(book: Workbook) -> Path:
    """Where its file is; nothing is said by its name."""
    return _folder() / f"{book.uid.hex}.xlsx"


def key_of(book: Workbook) -> str:
    """The name of the work that writes it."""
    return f"workbook-{book.uid}"


def _held(user: User) -> list[int] | None:
    """The territories whose rows she sees; None for all there is."""
    if user.role == Role.ADMINISTRATOR:
        return None
    return sorted(territories_of(user).values_list("pk", flat=True))


def _delete(book: Workbook) -> None:
    path, key = path_of(book), key_of(book)
    book.delete()
    transaction.on_commit(lambda: (path.unlink(missing_ok=True), pulse.forget(key)))


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "workbooks"
