"""Mistakes of deployment, found by `manage.py check` before anyone meets them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def grid_loads(**_: Any) -> list[CheckMessage]:
    """The points grid of the settings can be used."""
    from seniors.fragility.grid import GridError, load  # noqa: PLC0415 - pandas stays unloaded

    path = settings.GRID_FILE
    try:
        load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        said = f"La grille de points ne se lit pas : {error}"
        return [Error(said, hint="Voir BIENVEILLE_GRID.", id="seniors.E001")]
    except GridError as error:
        return [Error(f"La grille de points {path} est refusée.\n{error}", id="seniors.E002")]
    return []
