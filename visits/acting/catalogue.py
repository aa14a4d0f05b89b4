"""The catalogue of actions: what a new installation starts with; afterwards the landlord's own."""

import tomllib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db.models import Q

from visits.enums import Family
from visits.models import ActionKind

SHIPPED = Path(__file__).parent / "catalogue.toml"
# Another home: those who said yes wait for it, in the order in which they said it.
HOMES = ("move_home", "shared_housing")


def works(path: str = "") -> Q:
    """The kinds, found by following `path`, that are works: what is done to a dwelling. Another
    home is waited for, not ordered."""
    return Q(**{f"{path}family": Family.ADAPTATION}) & ~Q(**{f"{path}code__in": HOMES})


def is_works(kind: ActionKind) -> bool:
    """`works`, of one kind already read."""
    return kind.family == Family.ADAPTATION and kind.code not in HOMES


def shipped() -> list[dict[str, Any]]:
    """The lines of `catalogue.toml`, as fields of an ActionKind."""
    content = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return [
        {"family": family.value, "position": place} | line
        for family in Family
        for place, line in enumerate(content[family], 1)
    ]


def begin(*, apps: Apps = apps, **_sent: Any) -> None:
    """Fill an empty catalogue; called once the tables are made (`apps`)."""
    try:
        kinds = apps.get_model("visits", "ActionKind").objects
    except LookupError:  # the tables were just taken away
        return
    if not kinds.exists():
        kinds.bulk_create(kinds.model(**line) for line in shipped())
