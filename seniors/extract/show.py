"""Values as the preview shows them: French labels, before and after."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models

UNKNOWN = "inconnu"


def shown(value: Any) -> str:
    """A value in French; unknown is said."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return str(value)


def change(
    model: type[models.Model],
    names: Sequence[str],
    before: Sequence[Any],
    after: Sequence[Any],
    *,
    moved: str | None = None,
    back: bool = False,
) -> list[dict[str, str]]:
    """What differs, field by field: {"label", "before", "after"}. `moved` names a new residence,
    `back` says that a closed record is open again."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    changes = [
        {
            "label": str(fields[name].verbose_name),
            "before": _value(fields[name], old),
            "after": _value(fields[name], new),
        }
        for name, old, new in zip(names, before, after, strict=True)
        if old != new
    ]
    if moved:
        changes.append({"label": "résidence", "before": "", "after": moved})
    if back:
        changes.append({"label": "fiche", "before": "close", "after": "rouverte"})
    return changes


def _value(field: models.Field, value: Any) -> str:
    return str(dict(field.flatchoices).get(value, shown(value))) if field.choices else shown(value)
