"""The workbook of the actions: what the list shows, one row each, nothing on health."""

from collections.abc import Iterable
from io import BytesIO

from visits.lists.exports import Column, write_table
from visits.models import Action
from visits.needs import NEEDS


def _home(action: Action, field: str) -> str:
    """A field of the person's home; empty for someone who has left."""
    return getattr(action.person.dwelling, field, None) or ""


COLUMNS = (
    Column("person", "Locataire", "text", 28, lambda a: a.person.full_name),
    Column("kind", "Action", "text", 30, lambda a: a.kind.label),
    Column("family", "Famille", "text", 22, lambda a: a.kind.get_family_display()),
    Column("need", "Besoin", "text", 28, lambda a: NEEDS[a.need.code].label),
    Column("found", "Repéré le", "date", 12, lambda a: a.need.found_on),
    Column("state", "État", "text", 24, lambda a: a.get_state_display()),
    Column("since", "Depuis le", "date", 12, lambda a: a.state_on),
    Column("waits", "Attend", "text", 32, lambda a: a.waits),
    Column("due", "Attendue pour le", "date", 14, lambda a: a.due_on),
    Column("late", "Jours de retard", "number", 10, lambda a: a.days_late or None),
    Column("partner", "Partenaire", "text", 26, lambda a: a.partner.name if a.partner else ""),
    Column("residence", "Résidence", "text", 24, lambda a: str(_home(a, "residence"))),
    Column("address", "Adresse", "text", 28, lambda a: _home(a, "address_line")),
    Column("city", "Commune", "text", 20, lambda a: _home(a, "city_line")),
    Column("because", "Annulée car", "text", 28, lambda a: a.cancelled_because),
    Column("reference", "Référence", "text", 14, lambda a: a.person.reference),
)


def write_actions(actions: Iterable[Action]) -> BytesIO:
    """The XLSX of these actions (`waiting.dress`)."""
    return BytesIO(write_table(actions, COLUMNS, sheet_name="Actions", title="Actions"))
