"""Rows of a table checked against what is known: what is new, what changes, what is refused.

Nothing is written here. A row is known by its residence and year, or residence and service: the
same table sent again changes nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from seniors.access import visible_residences
from seniors.extract.cells import Unread, is_unknown, read_date, read_whole
from seniors.extract.text import plain
from seniors.models import Residence, User
from seniors.refusal import Refusal
from visits.models import Programme, Surrounding
from visits.programmes import recording, surroundings
from visits.programmes.natures import NATURES, labels_of
from visits.programmes.reading import Cells, Heading
from visits.programmes.services import SERVICES

_PLACE = Heading("Résidence", ("référence résidence", "programme immobilier", "site"))
PROGRAMMES = {
    "residence": _PLACE,
    "year": Heading("Année", ("an", "année des travaux")),
    "natures": Heading("Travaux", ("nature", "nature des travaux", "natures")),
    "state": Heading("État", ("statut", "avancement"), needed=False),
    "note": Heading("Précision", ("détail",), needed=False),
}
SURROUNDINGS = {
    "residence": _PLACE,
    "code": Heading("Service", ("type", "équipement")),
    "metres": Heading("Distance (m)", ("distance", "mètres", "distance en mètres")),
    "source": Heading("Source", ("d’après", "origine")),
    "known_on": Heading("Date", ("relevé le", "date du relevé")),
}
_STATES = {
    Programme.State.PLANNED: ("prévu", "planifié", "programmé", "à l’étude", "projet"),
    Programme.State.DECIDED: ("décidé", "voté", "validé", "engagé", "en cours", "notifié"),
    Programme.State.DONE: ("fait", "terminé", "livré", "réceptionné", "achevé"),
}
STATES = {plain(word): state for state, words in _STATES.items() for word in words}
NATURE_WORDS = {
    plain(word): one.code for one in NATURES.values() for word in (one.label, one.code, *one.words)
}
SERVICE_WORDS = {
    plain(word): one.code for one in SERVICES.values() for word in (one.label, one.code, *one.words)
}
NOTHING_NEAR = {"aucun", "aucune", "non", "rien", "pas a proximite"}


@dataclass(frozen=True)
class Row:
    """One row that can be kept: what it says, and what is known today ("" when nothing is)."""

    line: int
    residence: Residence
    says: str
    was: str
    told: Any


@dataclass
class Checked:
    """A whole table: rows that change something, how many do not, (line, reason) of the others."""

    rows: list[Row] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Rows of which nothing was known."""
        return sum(not row.was for row in self.rows)


class _Places:
    """The residences that the user sees, by reference and by name."""

    def __init__(self, user: User) -> None:
        self.by_reference: dict[str, Residence] = {}
        self.by_name: dict[str, list[Residence]] = {}
        for one in visible_residences(user):
            self.by_reference[one.reference.strip().lower()] = one
            self.by_name.setdefault(plain(one.name), []).append(one)

    def find(self, text: str) -> Residence:
        """Raises Unread when none, or several, are called so."""
        named = self.by_name.get(plain(text), [])
        if one := self.by_reference.get(text.lower()):
            return one
        if len(named) > 1:
            raise Unread("plusieurs résidences portent ce nom\u00a0: écrivez sa référence")
        if not named:
            raise Unread("résidence inconnue dans vos territoires")
        return named[0]


def check_programmes(user: User, rows: Iterable[tuple[int, Cells]]) -> Checked:
    """What a table of programmes would change."""
    places = _Places(user)

    def told(cells: Cells) -> recording.Told:
        read = recording.Told(
            residence=places.find(cells["residence"]),
            year=_needed(read_whole(cells["year"]), "année manquante"),
            natures=_natures(cells["natures"]),
            state=_state(cells["state"]),
            note=cells["note"],
        )
        recording.check(read)
        return read

    checked, firsts = _read(rows, told, lambda one: (one.residence.pk, one.year))
    known = {
        (one.residence_id, one.year): one
        for one in Programme.objects.filter(residence__in={key[0] for key in firsts})
    }
    for key, (line, one) in firsts.items():
        says = f"{one.year}\u00a0: {_said(**one.fields)}"
        kept = known.get(key)
        was = "" if kept is None else _said(kept.natures, kept.state, kept.note)
        _compare(checked, Row(line, one.residence, says, was, one), _said(**one.fields))
    return checked


def check_surroundings(user: User, rows: Iterable[tuple[int, Cells]]) -> Checked:
    """What a table of services would change; of several of a kind, the nearest is kept."""
    places = _Places(user)

    def told(cells: Cells) -> surroundings.Told:
        read = surroundings.Told(
            residence=places.find(cells["residence"]),
            code=_word(cells["code"], SERVICE_WORDS, "service inconnu"),
            metres=_metres(cells["metres"]),
            source=cells["source"],
            known_on=_needed(read_date(cells["known_on"]), "date manquante"),
        )
        surroundings.check(read)
        return read

    checked, firsts = _read(rows, told, lambda one: (one.residence.pk, one.code), nearer=_is_nearer)
    known = {
        (one.residence_id, one.kind): one
        for one in Surrounding.objects.filter(residence__in={key[0] for key in firsts})
    }
    for key, (line, one) in firsts.items():
        service, kept = SERVICES[one.code].label, known.get(key)
        was = "" if kept is None else _distance(kept.metres, kept.source, kept.known_on)
        says = _distance(one.metres, one.source, one.known_on)
        _compare(checked, Row(line, one.residence, f"{service}\u00a0: {says}", was, one), says)
    return checked


def _read(
    rows: Iterable[tuple[int, Cells]],
    told: Callable[[Cells], Any],
    key_of: Callable[[Any], tuple],
    *,
    nearer: Callable[[Any, Any], bool] | None = None,
) -> tuple[Checked, dict[tuple, tuple[int, Any]]]:
    """Each row read once; of two of one key the first is kept, or the nearer of the two."""
    checked, firsts = Checked(), {}
    for line, cells in rows:
        try:
            one = told(cells)
        except (Unread, Refusal) as reason:
            checked.refused.append((line, str(reason)))
            continue
        key = key_of(one)
        if key not in firsts:
            firsts[key] = line, one
            continue
        other = firsts[key][0]
        if nearer is None:
            checked.refused.append((line, f"déjà dit à la ligne {other} de ce tableau"))
            continue
        if nearer(one, firsts[key][1]):
            firsts[key], line, other = (line, one), other, line
        checked.refused.append((line, f"la ligne {other} est plus proche\u00a0: elle est gardée"))
    return checked, firsts


def _compare(checked: Checked, row: Row, says: str) -> None:
    """A row that says what is known changes nothing."""
    if row.was == says:
        checked.same += 1
    else:
        checked.rows.append(row)


def _is_nearer(one: surroundings.Told, other: surroundings.Told) -> bool:
    return one.metres is not None and (other.metres is None or one.metres < other.metres)


def _said(natures: Iterable[str], state: str, note: str, **_rest: Any) -> str:
    parts = (labels_of(natures), Programme.State(state).label, note)
    return ", ".join(part for part in parts if part)


def _distance(metres: int | None, source: str, known_on: Any) -> str:
    far = "aucun tout près" if metres is None else f"{metres} m"
    return f"{far} ({source}, {known_on:%d/%m/%Y})"


def _natures(text: str) -> tuple[str, ...]:
    """Codes of a list of works, however it is parted: labels hold commas too, so the longest
    words we know are taken out first, and nothing may be left."""
    found, rest = [], f" {plain(text)} "
    for words in sorted(NATURE_WORDS, key=len, reverse=True):
        if f" {words} " in rest:
            found.append(NATURE_WORDS[words])
            rest = rest.replace(f" {words} ", " / ")
    if not found or set(rest.split()) - {"et", "/"}:
        raise Unread(f"travaux inconnus\u00a0: écrivez parmi {labels_of(NATURES)}")
    return tuple(found)


def _state(text: str) -> str:
    if is_unknown(text):
        return Programme.State.PLANNED
    return _word(text, STATES, "état inconnu\u00a0: prévu, décidé ou fait")


def _metres(text: str) -> int | None:
    if plain(text) in NOTHING_NEAR:
        return None
    bare = re.sub(r"\s*m(ètres?|etres?)?\.?$", "", text.strip(), flags=re.IGNORECASE)
    return _needed(read_whole(bare), "distance manquante\u00a0: des mètres, ou «\u00a0aucun\u00a0»")


def _word(text: str, words: dict[str, str], reason: str) -> str:
    try:
        return words[plain(text)]
    except KeyError:
        raise Unread(reason) from None


def _needed(value: Any, reason: str) -> Any:
    if value is None:
        raise Unread(reason)
    return value
