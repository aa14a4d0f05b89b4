"""The workbook of the projection: what it supposes first, then the years and the places."""

from collections.abc import Callable, Iterable

from visits.lists.exports import Column, Sheet, write_sheets
from visits.steering.future import Future, Line
from visits.steering.rates import supposed

FIGURES = {
    "seniors": "Seniors de 60 ans et plus",
    "oldest": "dont 75 ans et plus",
    "to_adapt": "Logements à adapter si rien n’est fait",
    "works": "Adaptations dans l’année",
    "cost": "Coût de l’année (€ HT)",
    "spent": "Coût cumulé (€ HT)",
}
SUPPOSED = (
    Column("label", "Hypothèse", "text", 50, lambda one: one.label),
    Column("low", "Basse", "text", 22, lambda one: one.values[0]),
    Column("central", "Centrale", "text", 22, lambda one: one.values[1]),
    Column("high", "Haute", "text", 22, lambda one: one.values[2]),
    Column(
        "kind", "Nature", "text", 14, lambda one: "hypothèse" if one.is_assumption else "publié"
    ),
    Column("source", "Source", "text", 80, lambda one: one.source),
)
ABOUT = (
    Column("what", "Ce que dit ce classeur", "text", 30, lambda line: line[0]),
    Column("said", "", "text", 90, lambda line: line[1]),
)
NOBODY = "Aucun locataire de 60 ans ou plus n’est connu dans ces territoires."


def write_future(future: Future | None, *, variant: str) -> bytes:
    """The XLSX of a projection; without one, a sentence says why."""
    sheets = [Sheet("Lire d’abord", _about(future, variant), ABOUT)]
    sheets.append(Sheet("Hypothèses", supposed(), SUPPOSED))
    if future:
        head = "Résidence" if future.by == "residence" else "Territoire"
        sheets.append(Sheet("Ensemble", _rows(future, [future.together]), _columns("Ensemble")))
        sheets.append(Sheet(f"Par {head.lower()}", _rows(future, future.lines), _columns(head)))
    return write_sheets(sheets, title="Avenir")


def _rows(future: Future, lines: Iterable[Line]) -> list[tuple]:
    """One row per place and year."""
    return [
        (line.name, year, told)
        for line in lines
        for year, told in zip(future.years, line.years, strict=True)
    ]


def _columns(head: str) -> list[Column]:
    """Each figure, then both ends of its interval."""
    columns = [
        Column("name", head, "text", 30, lambda row: row[0]),
        Column("year", "Année", "number", 8, lambda row: row[1]),
    ]
    for code, label in FIGURES.items():
        for part, said in (("mean", label), ("least", "au moins"), ("most", "au plus")):
            read = _reader(code, part)
            columns.append(Column(f"{code}_{part}", said, "number", 13, read))
    return columns


def _reader(code: str, part: str) -> Callable[[tuple], int]:
    """One figure of a row."""
    return lambda row: getattr(row[2][code], part)


def _about(future: Future | None, variant: str) -> list[tuple[str, str]]:
    """What one must know to read the rest."""
    if future is None:
        return [("Rien à projeter", NOBODY)]
    return [
        ("Hypothèse", variant),
        (
            "Intervalle",
            f"9 chances sur 10, sur {future.draws} tirages\u00a0: la part du hasard seul",
        ),
        ("Ce qui n’est pas connu des taux", "Comparez les hypothèses basse, centrale et haute."),
        ("Âge inconnu", f"{future.unknown} personnes, laissées de côté"),
    ]
