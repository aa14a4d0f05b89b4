"""A table of criteria, one row for each dwelling and criterion, checked against what is noted.

Nothing is written here. What was noted already is not noted again: sent twice, the same table
changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from seniors.access import visible_dwellings
from seniors.extract.cells import Unread, is_unknown, read_date
from seniors.extract.text import plain
from seniors.models import Dwelling, User
from seniors.refusal import Refusal
from visits.models import StockCriterion, StockFinding
from visits.programmes.file_rows import Checked, Row
from visits.programmes.reading import Cells, Heading
from visits.stock.register import Noted, check, note

CRITERIA = {
    "dwelling": Heading("Logement", ("référence logement", "référence du logement", "n° logement")),
    "criterion": Heading("Critère", ("critère du label", "item")),
    "met": Heading("Rempli", ("respecté", "conforme", "valeur", "oui/non")),
    "evidence": Heading("Preuve", ("source", "justificatif"), needed=False),
    "on": Heading("Date", ("constaté le", "date du constat", "relevé le")),
    "words": Heading("Précision", ("commentaire", "détail"), needed=False),
}
_MET = {
    True: ("oui", "o", "1", "vrai", "x", "rempli", "conforme"),
    False: ("non", "n", "0", "faux", "pas rempli", "non conforme"),
    None: ("on ne sait plus", "ne sait plus", "inconnu", "inconnue"),
}
MET = {plain(word): met for met, words in _MET.items() for word in words}
EVIDENCE = {plain(label): code for code, label in StockFinding.Evidence.choices}
SAID = {True: "rempli", False: "pas rempli", None: "on ne sait plus"}
LONGEST = StockFinding._meta.get_field("words").max_length


class _Key(NamedTuple):
    """What makes two findings the same one."""

    dwelling: int
    criterion: int
    met: bool | None
    evidence: str
    on: date
    words: str


def check_criteria(user: User, rows: Iterable[tuple[int, Cells]]) -> Checked:
    """What a table of criteria would note; `Row.residence` is the dwelling."""
    rows = list(rows)
    homes = _homes(user, {cells["dwelling"] for _, cells in rows})
    criteria = {plain(one.label): one for one in StockCriterion.objects.all()}
    found = StockFinding.objects.filter(dwelling__in={one.pk for one in homes.values()})
    noted = list(found.order_by("on", "pk"))
    had = {_key_of(one) for one in noted}
    latest = {(one.dwelling_id, one.criterion_id): one for one in noted}
    checked, seen = Checked(), {}
    for line, cells in rows:
        try:
            told = _read(cells, homes, criteria)
        except (Unread, Refusal) as reason:
            checked.refused.append((line, str(reason)))
            continue
        home, key = homes[cells["dwelling"]], _key_of(told)
        if other := seen.get((key.dwelling, key.criterion, key.on)):
            checked.refused.append((line, f"déjà dit à la ligne {other} de ce tableau"))
            continue
        seen[key.dwelling, key.criterion, key.on] = line
        if key in had:
            checked.same += 1
            continue
        before = latest.get((key.dwelling, key.criterion))
        was = f"{SAID[before.met]}, {before.on:%d/%m/%Y}" if before else ""
        says = f"{told.criterion}\u00a0: {SAID[told.met]}, {told.on:%d/%m/%Y}"
        checked.rows.append(Row(line, home, says, was, told))
    return checked


def _homes(user: User, references: Iterable[str]) -> dict[str, Dwelling]:
    """{reference: dwelling} of those that the user sees and are still in the stock."""
    wanted = sorted(references)
    seen = visible_dwellings(user).filter(gone_on=None, reference__in=wanted)
    return {one.reference: one for one in seen}


def _read(cells: Cells, homes: dict[str, Dwelling], criteria: dict[str, StockCriterion]) -> Noted:
    """One row. Raises Unread, RegisterRefusal."""
    if (home := homes.get(cells["dwelling"])) is None:
        raise Unread("logement inconnu dans vos territoires")
    if (criterion := criteria.get(plain(cells["criterion"]))) is None:
        raise Unread("critère inconnu\u00a0: écrivez-le comme dans le label")
    if plain(cells["met"]) not in MET:
        raise Unread("rempli\u00a0: oui, non, ou on ne sait plus")
    if (on := read_date(cells["on"])) is None:
        raise Unread("date manquante")
    if len(cells["words"]) > LONGEST:
        raise Unread(f"précision trop longue\u00a0: {LONGEST} caractères au plus")
    evidence = _evidence(cells["evidence"])
    check(on, evidence, cells["words"])
    return Noted(home.pk, criterion, MET[plain(cells["met"])], evidence, on, cells["words"])


def _evidence(text: str) -> str:
    """Without one, a document: the table itself."""
    if is_unknown(text):
        return StockFinding.Evidence.DOCUMENT
    try:
        return EVIDENCE[plain(text)]
    except KeyError:
        raise Unread(f"preuve inconnue\u00a0: {', '.join(StockFinding.Evidence.labels)}") from None


def _key_of(one: Noted | StockFinding) -> _Key:
    return _Key(one.dwelling_id, one.criterion.pk if isinstance(one, Noted) else one.criterion_id,
                one.met, one.evidence, one.on, one.words)  # fmt: skip


def save_criteria(rows: Sequence[Noted], *, by: User) -> int:
    """Note all of it, or nothing. Raises RegisterRefusal."""
    return note(rows, by=by) if rows else 0
