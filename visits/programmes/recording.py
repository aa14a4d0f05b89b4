"""Programmes of works, written down and corrected: the only door of Programme.

One residence has one programme a year; whoever keeps the works of its territory writes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from seniors import guard
from seniors.access import DECIDERS, visible_residences, within
from seniors.models import Residence, User
from seniors.refusal import Refusal
from visits.models import Programme
from visits.programmes.natures import NATURES, labels_of

FIRST, LAST = 1990, 2100  # years that may be
LONGEST = Programme._meta.get_field("note").max_length


class ProgrammeRefusal(Refusal):
    """A programme that cannot be kept, or works that cannot be launched for it."""


@dataclass(frozen=True)
class Told:
    """What is said of the works of a residence, one year."""

    residence: Residence
    year: int
    natures: tuple[str, ...]
    state: str = Programme.State.PLANNED
    note: str = ""

    @property
    def fields(self) -> dict[str, object]:
        """As the columns of a Programme; the natures in the order of their list."""
        natures = [code for code in NATURES if code in self.natures]
        return {"year": self.year, "natures": natures, "state": self.state, "note": self.note}


def visible_programmes(user: User) -> QuerySet[Programme]:
    """The programmes of the user's territories, with their residence."""
    seen = within(user, Programme.objects.all(), "residence__territory")
    return seen.select_related("residence__territory")


def programmes_of(residence: Residence) -> list[Programme]:
    """Those of one residence, the first year first, each with its `works` in words: one query."""
    found = list(residence.programmes.all())
    for one in found:
        one.works = labels_of(one.natures)
    return found


def check(told: Told) -> None:
    """Raises ProgrammeRefusal: year, natures, state, note. Reads nothing."""
    if not FIRST <= told.year <= LAST:
        raise ProgrammeRefusal(
            "year", f"L’année doit être entre {FIRST} et {LAST}\u00a0: rien n’a été enregistré."
        )
    if not told.natures or not set(told.natures) <= NATURES.keys():
        raise ProgrammeRefusal(
            "natures", "Dites quels travaux sont prévus\u00a0: rien n’a été enregistré."
        )
    if told.state not in Programme.State.values:
        raise ProgrammeRefusal("state", "Cet état n’existe pas\u00a0: rien n’a été enregistré.")
    if len(told.note) > LONGEST:
        raise ProgrammeRefusal(
            "note", f"La précision dépasse {LONGEST} caractères\u00a0: raccourcissez-la."
        )
    if found := guard.found(told.note):
        raise ProgrammeRefusal("note", guard.explain(found))


@transaction.atomic
def save(told: Told, *, by: User, programme: Programme | None = None) -> Programme:
    """Write a programme, or correct this one (its residence stays).

    Raises ProgrammeRefusal: role, place, twice, and those of `check`.
    """
    _check_role(by)
    check(told)
    if not visible_residences(by).filter(pk=told.residence.pk).exists():
        raise ProgrammeRefusal(
            "place", "Cette résidence n’est pas dans vos territoires\u00a0: rien n’a changé."
        )
    kept = programme or Programme(residence=told.residence)
    for name, value in told.fields.items():
        setattr(kept, name, value)
    kept.recorded_by = by
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise ProgrammeRefusal(
            "twice",
            f"{told.residence} a déjà un programme en {told.year}\u00a0: complétez celui-là. "
            "Rien n’a été enregistré.",
        ) from None
    return kept


@transaction.atomic
def save_many(rows: Iterable[Told], *, by: User) -> int:
    """Write these programmes, over those of the same residence and year; how many.

    All or none. Raises ProgrammeRefusal.
    """
    rows = list(rows)
    known = {
        (one.residence_id, one.year): one
        for one in Programme.objects.filter(residence__in={row.residence.pk for row in rows})
    }
    for told in rows:
        save(told, by=by, programme=known.get((told.residence.pk, told.year)))
    return len(rows)


@transaction.atomic
def remove(programme: Programme, *, by: User) -> None:
    """Take away one written by mistake. Raises ProgrammeRefusal: role, launched."""
    _check_role(by)
    held = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if held.lots.exists():
        raise ProgrammeRefusal(
            "launched",
            "Un lot de travaux est lancé pour ce programme\u00a0: il ne peut plus être retiré. "
            "Rien n’a changé.",
        )
    held.delete()


def _check_role(by: User) -> None:
    if by.role not in DECIDERS:
        raise ProgrammeRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
