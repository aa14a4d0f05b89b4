"""The kinds of file that a landlord's system exports: their columns, questions and counts.

Read by every process at its start, like `kinds`: what reads rows, with pandas, is in `dwellings`
and `occupants`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F, Sum

from seniors.extract import dwelling_fields, occupant_fields
from seniors.extract.kinds import Question
from seniors.models import Dwelling, ImportRun, Residence, Senior

if TYPE_CHECKING:  # leaves
    from seniors.extract.dwellings import DwellingBatch
    from seniors.extract.occupants import OccupantBatch

CLOSE_MANY = Question(
    "close_many",
    "Si beaucoup de fiches connues manquent au fichier",
    choices=(
        ("", "les garder\u00a0: le fichier est peut-être partiel"),
        ("1", "les clore\u00a0: le fichier est complet"),
    ),
)


def _numbers(
    model: type[models.Model], *fields: str, digest: str = "row_digest"
) -> list[int | None]:
    """How many rows there are, how many have each field, and a sum over them of `digest`."""
    short = Sum(F(digest) % 1_000_003)  # a sum of whole ones would overflow
    counts = {f"{name}_told": Count(name) for name in fields}
    return list(model.objects.aggregate(rows=Count("pk"), sum=short, **counts).values())


class Dwellings:
    """Dwellings: the RPLS, and what landlords' own systems export."""

    code = "dwellings"
    depends_on = ("dwellings",)
    label = "Logements"
    is_person = False
    fields = dwelling_fields.FIELDS
    count_labels = {
        "residences": "résidences nouvelles",
        "implausible": "valeurs invraisemblables, laissées inconnues",
        "unread": "codes à préciser, laissés inconnus",
        "doubled": "lignes répétées, comptées une fois",
        "found_kept": "corrections faites en visite, gardées\u00a0: le fichier répète l’ancienne",
        "gone_held": "absents du fichier mais trop nombreux pour être clos sans votre accord",
    }

    def standing(self) -> list[int | None]:
        """Changes with the dwellings and where they are, whoever changes them."""
        return [*_numbers(Dwelling, "gone_on"), *_numbers(Residence, digest="territory_id")]

    def questions(self) -> list[Question]:
        """Where the dwellings are, when no column says so."""
        return [
            Question(
                "territory",
                "Territoire (agence) de ces logements",
                help="Seulement si aucune colonne ne le donne. Vide, chaque commune devient un "
                "territoire.",
            ),
            CLOSE_MANY,
        ]

    def explains(self, code: str, cell: str) -> bool:
        """Whether this cell of a yes or no column is understood without asking."""
        from seniors.extract import dwelling_cells  # noqa: PLC0415

        return dwelling_cells.explains(code, cell)

    def open(self, run: ImportRun) -> "DwellingBatch":
        """A batch for this run."""
        from seniors.extract.dwellings import DwellingBatch  # noqa: PLC0415

        return DwellingBatch(run)

    def missing(self, columns: dict[str, str]) -> list[str]:
        """Labels of what a file of dwellings cannot do without: a key, or a whole address."""
        from seniors.extract import dwelling_cells  # noqa: PLC0415

        if "reference" in columns or dwelling_cells.has_address(columns):
            return []
        return ["Référence du logement"]


class Occupants:
    """Occupants and their leases."""

    code = "occupants"
    depends_on = ("dwellings", "occupants")
    label = "Occupants et baux"
    is_person = True
    fields = occupant_fields.FIELDS
    count_labels = {
        "younger": "occupants plus jeunes, comptés dans leur foyer seulement",
        "ageless": "occupants d’âge inconnu, comptés dans leur foyer seulement",
        "not_homes": "baux de garage, de parking ou de commerce, laissés de côté",
        "ended": "baux terminés",
        "closed": "seniors partis ou décédés d’après le fichier",
        "moved": "déménagements dans le parc",
        "households": "logements dont le nombre d’occupants change",
        "implausible": "valeurs invraisemblables, laissées inconnues",
        "unread": "codes à préciser, laissés inconnus",
        "doubled": "lignes répétées, comptées une fois",
        "found_kept": "corrections faites en visite, gardées\u00a0: le fichier répète l’ancienne",
        "gone_held": "absents du fichier mais trop nombreux pour être clos sans votre accord",
    }

    def standing(self) -> list[int | None]:
        """Changes with the dwellings known and the people, whoever changes them."""
        people = _numbers(Senior, "dwelling", "merged_into", "ended_on")
        return [Dwelling.objects.count(), *people]

    def questions(self) -> list[Question]:
        """What no column says."""
        return [CLOSE_MANY]

    def explains(self, code: str, cell: str) -> bool:
        """Whether this cell of a yes or no column is understood without asking."""
        from seniors.extract import occupant_cells  # noqa: PLC0415

        return occupant_cells.explains(code, cell)

    def open(self, run: ImportRun) -> "OccupantBatch":
        """A batch for this run."""
        from seniors.extract.occupants import OccupantBatch  # noqa: PLC0415

        return OccupantBatch(run)

    def recognise(
        self, columns: dict[str, str | None], headings: Sequence[str]
    ) -> dict[str, str | None]:
        """Without the second person when nothing but a second « Nom » would tell of her: it is
        the first one's other name."""
        told = {code for code in occupant_fields.SECOND if columns.get(code)}
        if told & occupant_fields.IDENTIFIES_SECOND:
            return columns
        return columns | dict.fromkeys(told)

    def missing(self, columns: dict[str, str]) -> list[str]:
        """Labels of what a file of occupants cannot do without."""
        missing = []
        if not {"last_name", "full_name"} & set(columns):
            missing.append("Nom")
        if not {"born_on", "birth_year", "age"} & set(columns):
            missing.append("Date de naissance")
        return missing
