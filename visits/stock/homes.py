"""A dwelling as the pages of the stock show it: where, what it reaches, criterion by criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seniors.french import plural, readable_street
from seniors.models import Dwelling
from visits.lists.places import access_line
from visits.models import StockCriterion, StockLevel, StockStanding
from visits.stock.label import Label
from visits.stock.register import Known, standing_of

UNTOLD = "à mettre à jour"


@dataclass(frozen=True)
class Cell:
    """One criterion of one dwelling: `mark` is "yes", "no" or "unknown"; `source` says from whom
    it is known."""

    criterion: StockCriterion
    known: Known

    @property
    def mark(self) -> str:
        return {True: "yes", False: "no"}.get(self.known.met, "unknown")

    @property
    def words(self) -> str:
        return {True: "oui", False: "non"}.get(self.known.met, "on ne sait pas")

    @property
    def source(self) -> str:
        if self.known.from_file:
            return "fichier des logements"
        finding = self.known.finding
        if finding is None or finding.met is None:
            return ""
        return f"{finding.get_evidence_display()}, {finding.on:%d/%m/%Y}"


@dataclass(frozen=True)
class Home:
    """One row. `level` and `possible` are None when no level; `is_told` False when the level was
    not computed yet."""

    dwelling: Dwelling
    cells: list[Cell]
    level: StockLevel | None
    possible: StockLevel | None
    to_check: int
    lacking: list[StockCriterion]
    is_told: bool = True

    @property
    def address(self) -> str:
        return readable_street(self.dwelling.address_line)

    @property
    def place(self) -> str:
        """Where in the building; the reference when nothing is known."""
        return access_line(self.dwelling) or self.dwelling.reference

    @property
    def size(self) -> str:
        rooms = self.dwelling.rooms
        return f"{rooms}\u00a0{plural(rooms, 'pièce', 'pièces')}" if rooms else ""

    @property
    def met(self) -> list[StockCriterion]:
        """The criteria known as met; told by `detailed` alone, as the next two."""
        return [one.criterion for one in self.cells if one.mark == "yes"]

    @property
    def not_met(self) -> list[StockCriterion]:
        return [one.criterion for one in self.cells if one.mark == "no"]

    @property
    def unknown(self) -> list[StockCriterion]:
        return [one.criterion for one in self.cells if one.mark == "unknown"]

    @property
    def level_words(self) -> str:
        """The level reached; « aucun niveau » when none is."""
        if not self.is_told:
            return UNTOLD
        return self.level.name if self.level else "aucun niveau"

    @property
    def maybe(self) -> str:
        """« peut-être Adapté : 2 critères à vérifier », empty when nothing could lift it."""
        if not self.to_check or self.possible is None or self.possible == self.level:
            return ""
        said = plural(self.to_check, "critère", "critères")
        return f"peut-être {self.possible.name}\u00a0: {self.to_check}\u00a0{said} à vérifier"


def listed(label: Label, dwellings: Sequence[Dwelling]) -> list[Home]:
    """The rows of a list, from the level kept (`standing`, selected with the dwellings)."""
    return [_kept(label, one, getattr(one, "standing", None)) for one in dwellings]


def detailed(
    label: Label, dwellings: Sequence[Dwelling], known: Mapping[int, Mapping[int, Known]]
) -> list[Home]:
    """The same with every criterion, computed now from `register.known_of`."""
    of_pk = {one.pk: one for one in label.criteria}
    homes = []
    for one in dwellings:
        now = standing_of(label, known[one.pk])
        homes.append(
            Home(
                one,
                [Cell(criterion, known[one.pk][criterion.pk]) for criterion in label.criteria],
                label.level(now.level),
                label.level(now.possible),
                len(now.to_check),
                [of_pk[pk] for pk in now.lacking],
            )
        )
    return homes


def _kept(label: Label, dwelling: Dwelling, now: StockStanding | None) -> Home:
    if now is None:
        return Home(dwelling, [], None, None, 0, [], is_told=False)
    return Home(
        dwelling, [], label.level(now.level_id), label.level(now.possible_id), now.to_check, []
    )
