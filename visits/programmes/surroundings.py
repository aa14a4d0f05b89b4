"""What stands around a residence, as written down or imported: the only door of Surrounding.

For each kind of service: the distance of the nearest, or that none is near, or nothing when nobody
looked. Unknown is never « none ».
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors import guard
from seniors.access import DECIDERS, visible_residences
from seniors.models import Residence, User
from seniors.refusal import Refusal
from visits.models import Surrounding
from visits.programmes.services import SERVICES, WITHIN, Service

FARTHEST = 50_000  # metres
LONGEST = Surrounding._meta.get_field("source").max_length


class SurroundingRefusal(Refusal):
    """A distance that cannot be kept."""


@dataclass(frozen=True)
class Line:
    """One kind of service seen from a residence; `found` is None when nobody looked."""

    service: Service
    found: Surrounding | None

    @property
    def is_near(self) -> bool | None:
        """Within `WITHIN` metres; None when it is not known."""
        if self.found is None:
            return None
        return self.found.metres is not None and self.found.metres <= WITHIN


@dataclass(frozen=True)
class Told:
    """One distance said of a residence, in metres; None when none was found near."""

    residence: Residence
    code: str
    metres: int | None
    source: str
    known_on: date


def lines_of(residence: Residence) -> list[Line]:
    """Every kind of service, known or not, in the order of the list: one query."""
    found = {one.kind: one for one in residence.surroundings.all()}
    return [Line(service, found.get(code)) for code, service in SERVICES.items()]


def is_near_all(found: Sequence[Surrounding], asked: int) -> bool | None:
    """Whether each of the `asked` services is near: no as soon as one is known to be far, None
    while one is not known."""
    near = [one.metres is not None and one.metres <= WITHIN for one in found]
    if not all(near):
        return False
    return True if near and len(near) == asked else None


def without(code: str) -> QuerySet[Surrounding]:
    """The ids of the residences known to have none near; those not known are not among them."""
    far = Q(metres=None) | Q(metres__gt=WITHIN)
    return Surrounding.objects.filter(far, kind=code).values("residence")


def check(told: Told) -> None:
    """Raises SurroundingRefusal: kind, metres, source, day. Reads nothing."""
    if told.code not in SERVICES:
        raise SurroundingRefusal("kind", "Ce service n’est pas dans la liste.")
    if told.metres is not None and not 0 <= told.metres <= FARTHEST:
        raise SurroundingRefusal("metres", "La distance doit être en mètres, de 0 à 50 000.")
    if not told.source or len(told.source) > LONGEST:
        raise SurroundingRefusal(
            "source", f"Dites d’où vient la distance, en {LONGEST} caractères au plus."
        )
    if found := guard.found(told.source):
        raise SurroundingRefusal("source", guard.explain(found))
    if told.known_on > timezone.localdate():
        raise SurroundingRefusal("day", "Cette date n’est pas encore passée.")


@transaction.atomic
def save_all(
    residence: Residence,
    distances: Mapping[str, int | None],
    *,
    source: str,
    known_on: date | None,
    by: User,
) -> int:
    """What is known of a residence, whole: {code: metres, None when none is near}; a code left out
    is not known.

    Source and day are those of what changes: what is unchanged keeps its own. How many lines
    changed. Raises SurroundingRefusal: role, place, and those of `check`.
    """
    before = {one.kind: one for one in residence.surroundings.select_for_update()}
    changed = {
        code: metres
        for code, metres in distances.items()
        if code not in before or before[code].metres != metres
    }
    if changed and known_on is None:
        raise SurroundingRefusal("day", "Dites à quelle date la distance a été relevée.")
    save_many(
        (Told(residence, code, metres, source, known_on) for code, metres in changed.items()), by=by
    )
    gone = [one.pk for code, one in before.items() if code not in distances]
    Surrounding.objects.filter(pk__in=gone).delete()
    return len(changed) + len(gone)


@transaction.atomic
def save_many(rows: Iterable[Told], *, by: User) -> int:
    """Write these distances over those known; how many. All or none.

    Raises SurroundingRefusal: role, place, and those of `check`.
    """
    rows = list(rows)
    if by.role not in DECIDERS:
        raise SurroundingRefusal(
            "role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé."
        )
    for told in rows:
        check(told)
    places = {told.residence.pk for told in rows}
    if visible_residences(by).filter(pk__in=places).count() < len(places):
        raise SurroundingRefusal(
            "place", "Une résidence n’est pas dans vos territoires\u00a0: rien n’a changé."
        )
    Surrounding.objects.bulk_create(
        [
            Surrounding(
                residence=told.residence,
                kind=told.code,
                metres=told.metres,
                source=told.source,
                known_on=told.known_on,
                recorded_by=by,
            )
            for told in rows
        ],
        update_conflicts=True,
        unique_fields=["residence", "kind"],
        update_fields=["metres", "source", "known_on", "recorded_by"],
    )
    return len(rows)
