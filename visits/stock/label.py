"""The landlord's label: its levels and criteria, begun from `label.toml`. Their only door.

Each change counts a version: the levels reached are brought up to date with it (`refresh`).
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import F

from seniors.access import DECIDERS
from seniors.models import User
from seniors.refusal import Refusal
from visits.models import StockCriterion, StockLabel, StockLevel
from visits.stock.levels import Level

SHIPPED = Path(__file__).parent / "label.toml"
MOST_LEVELS = 12


class LabelRefusal(Refusal):
    """A change of the label that cannot be made."""


@dataclass(frozen=True)
class Label:
    """The label as the pages and the register read it, in three queries."""

    row: StockLabel
    criteria: list[StockCriterion]
    levels: list[StockLevel]  # the lowest first, each with its `asked` criteria ids

    @property
    def for_standing(self) -> list[Level]:
        """The levels as `levels.standing` takes them."""
        return [Level(one.pk, one.rank, one.asked) for one in self.levels]

    def level(self, pk: int | None) -> StockLevel | None:
        """The level of that id."""
        return next((one for one in self.levels if one.pk == pk), None)

    def at_least(self, rank: int) -> list[int]:
        """Ids of the levels of that rank and above."""
        return [one.pk for one in self.levels if one.rank >= rank]


def shipped() -> dict[str, Any]:
    """What `label.toml` says."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def begin(*, apps: Apps = apps, **_sent: Any) -> None:
    """Fill an empty label; called once the tables are made."""
    try:
        labels, criteria, levels = (
            apps.get_model("visits", name).objects
            for name in ("StockLabel", "StockCriterion", "StockLevel")
        )
    except LookupError:  # the tables were just taken away
        return
    if labels.exists():
        return
    content = shipped()
    names = ("name", "source", "is_assumption")
    labels.create(**{name: content[name] for name in names})
    made = {}
    for place, line in enumerate(content["criteria"], 1):
        fields = {key: value for key, value in line.items() if key != "code"}
        made[line["code"]] = criteria.create(position=place, **fields)
    for rank, line in enumerate(content["levels"], 1):
        level = levels.create(name=line["name"], meaning=line["meaning"], rank=rank)
        level.criteria.set([made[code] for code in line["criteria"]])


def read_label() -> Label:
    """The label of today."""
    levels = list(StockLevel.objects.order_by("rank"))
    asked: dict[int, set[int]] = {}
    links = StockLevel.criteria.through.objects.values_list("stocklevel_id", "stockcriterion_id")
    for level, criterion in links:
        asked.setdefault(level, set()).add(criterion)
    for level in levels:
        level.asked = frozenset(asked.get(level.pk, ()))
    row = StockLabel.objects.first() or StockLabel(name="Label")
    return Label(row, list(StockCriterion.objects.all()), levels)


@transaction.atomic
def save_label(label: StockLabel, *, by: User) -> StockLabel:
    """Its name, its source, whether it is still an assumption. Raises LabelRefusal: role."""
    _check_role(by)
    label.save()
    return label


@transaction.atomic
def save_level(level: StockLevel, criteria: Collection[StockCriterion], *, by: User) -> StockLevel:
    """A new level or a changed one, with all its criteria. A new one is the highest.

    Raises LabelRefusal: role, empty, many.
    """
    _check_role(by)
    if not criteria:
        raise LabelRefusal(
            "empty",
            "Un niveau demande au moins un critère\u00a0: rien n’a été enregistré. Cochez-en un.",
        )
    if level.pk is None:
        highest = StockLevel.objects.order_by("-rank").first()
        if StockLevel.objects.count() >= MOST_LEVELS:
            raise LabelRefusal(
                "many",
                f"Le label a déjà {MOST_LEVELS} niveaux\u00a0: rien n’a été ajouté. "
                "Retirez-en un d’abord.",
            )
        level.rank = highest.rank + 1 if highest else 1
    level.save()
    level.criteria.set(criteria)
    _changed()
    return level


@transaction.atomic
def raise_level(level: StockLevel, *, by: User) -> None:
    """Exchange its rank with that of the level just above; the highest stays. Raises
    LabelRefusal: role."""
    _check_role(by)
    above = StockLevel.objects.filter(rank__gt=level.rank).order_by("rank").first()
    if above is None:
        return
    low, high = level.rank, above.rank
    free = StockLevel.objects.order_by("-rank").values_list("rank", flat=True)[0] + 1
    for one, rank in ((above, free), (level, high), (above, low)):
        StockLevel.objects.filter(pk=one.pk).update(rank=rank)
    _changed()


@transaction.atomic
def remove_level(level: StockLevel, *, by: User) -> None:
    """The label has this level no more; what was noted of dwellings stays. Raises LabelRefusal:
    role, last."""
    _check_role(by)
    if StockLevel.objects.count() == 1:
        raise LabelRefusal(
            "last", "Le label garde au moins un niveau\u00a0: rien n’a changé. Changez celui-ci."
        )
    level.delete()
    _changed()


@transaction.atomic
def save_criterion(criterion: StockCriterion, *, by: User) -> StockCriterion:
    """A new criterion, the last, or a changed one. Raises LabelRefusal: role."""
    _check_role(by)
    if criterion.pk is None:
        last = StockCriterion.objects.order_by("-position").first()
        criterion.position = last.position + 1 if last else 1
    criterion.save()
    _changed()
    return criterion


@transaction.atomic
def remove_criterion(criterion: StockCriterion, *, by: User) -> None:
    """The label has this criterion no more. Raises LabelRefusal: role, noted, asked."""
    _check_role(by)
    if criterion.findings.exists():
        raise LabelRefusal(
            "noted",
            "Ce critère a déjà été noté pour des logements\u00a0: rien n’a changé. Décochez-le "
            "dans les niveaux plutôt que de le retirer.",
        )
    levels = StockLevel.criteria.through.objects
    alone = [
        level.name
        for level in criterion.levels.all()
        if levels.filter(stocklevel=level).count() == 1
    ]
    if alone:
        raise LabelRefusal(
            "asked",
            f"«\u00a0{alone[0]}\u00a0» n’a que ce critère\u00a0: rien n’a changé. Changez ce "
            "niveau d’abord.",
        )
    criterion.delete()
    _changed()


def _changed() -> None:
    """The levels reached are those of an older version until they are brought up to date."""
    StockLabel.objects.update(version=F("version") + 1)


def _check_role(by: User) -> None:
    if by.role not in DECIDERS:
        raise LabelRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
