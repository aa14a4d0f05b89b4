"""The catalogue of actions: what a new installation starts with; afterwards the landlord's own."""

import tomllib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps

from visits.enums import Family

SHIPPED = Path(__file__).parent / "catalogue.toml"


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
