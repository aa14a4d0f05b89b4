"""The register as a workbook: a dwelling a row, a criterion a column; nobody is named in it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import QueryDict

from seniors.french import readable_street
from seniors.models import Dwelling, User
from visits.lists.exports import Column, Sheet, write_sheets
from visits.models import StockCriterion
from visits.stock.forms import StockFilter
from visits.stock.label import Label, read_label
from visits.stock.register import Known, known_of
from visits.stock.stock_list import every_row
from visits.workbooks import told

LIFT = {True: "oui", False: "non", None: "on ne sait pas"}
MET = {True: "oui", False: "non", None: "on ne sait pas"}
UNTOLD = "à mettre à jour"


@dataclass(frozen=True)
class Row:
    """A dwelling with what is known of it."""

    home: Dwelling
    level: str
    possible: str
    to_check: int | None
    known: dict[int, Known]


def rows_of(label: Label, blocks: Iterable[list[Dwelling]]) -> Iterator[Row]:
    """The rows of these dwellings (`stock_list.every_row`), in one query by block."""
    names = {one.pk: one.name for one in label.levels}
    for homes in blocks:
        known = known_of(homes, label.criteria)
        for home in homes:
            now = getattr(home, "standing", None)
            yield Row(
                home,
                names.get(now.level_id, "aucun") if now else UNTOLD,
                names.get(now.possible_id, "aucun") if now else UNTOLD,
                now.to_check if now else None,
                known[home.pk],
            )


def _columns(criteria: Iterable[StockCriterion]) -> tuple[Column, ...]:
    """What is said of each dwelling, then of each criterion."""
    told = (
        Column("territory", "Territoire", "text", 22, lambda r: r.home.residence.territory.name),
        Column("residence", "Résidence", "text", 26, lambda r: r.home.residence.name),
        Column("reference", "Référence du logement", "text", 16, lambda r: r.home.reference),
        Column("address", "Adresse", "text", 30, lambda r: readable_street(r.home.address_line)),
        Column("city", "Commune", "text", 20, lambda r: r.home.city),
        Column("stair", "Escalier", "text", 9, lambda r: r.home.stair),
        Column("floor", "Étage", "number", 8, lambda r: r.home.floor),
        Column("door", "Porte", "text", 9, lambda r: r.home.door),
        Column("lift", "Ascenseur", "text", 14, lambda r: LIFT[r.home.has_lift]),
        Column("rooms", "Pièces", "number", 8, lambda r: r.home.rooms),
        Column("mode", "Occupation", "text", 20, lambda r: r.home.get_mode_display() or ""),
        Column("level", "Niveau atteint", "text", 16, lambda r: r.level),
        Column("possible", "Niveau possible", "text", 16, lambda r: r.possible),
        Column("check", "Critères à vérifier", "number", 10, lambda r: r.to_check),
    )
    return told + tuple(_criterion(one) for one in criteria)


def _criterion(one: StockCriterion) -> Column:
    return Column(f"c{one.pk}", one.label, "text", 18, lambda r: MET[r.known[one.pk].met])


@dataclass(frozen=True)
class Line:
    """One criterion of one level, for the sheet that says what the levels ask for."""

    level: str
    meaning: str
    criterion: str


LABEL = (
    Column("level", "Niveau", "text", 18, lambda n: n.level),
    Column("meaning", "Équivaut à", "text", 14, lambda n: n.meaning),
    Column("criterion", "Critère demandé", "text", 60, lambda n: n.criterion),
)


def write_register(label: Label, rows: Iterable[Row]) -> bytes:
    """The XLSX of these rows (`rows_of`), with the definition of the levels beside."""
    lines = [
        Line(level.name, level.get_meaning_display(), one.label)
        for level in label.levels
        for one in label.criteria
        if one.pk in level.asked
    ]
    sheets = [
        Sheet("Logements", rows, _columns(label.criteria)),
        Sheet("Définition", lines, LABEL),
    ]
    return write_sheets(sheets, title=f"Parc, label {label.row.name}")


def register_book(user: User, query: str, progress: Callable[[int], None]) -> bytes:
    """The XLSX of the dwellings that `user` sees with these filters (`workbooks`)."""
    label = read_label()
    found = StockFilter(user, label, QueryDict(query)).found()
    return write_register(label, told(rows_of(label, every_row(found)), progress))
