"""The workbook of the actions: what the list shows, one row each, nothing on health."""

from collections.abc import Callable, Iterable, Iterator

from django.http import QueryDict

from seniors.models import AccessLog, User
from visits.acting.action_forms import ActionFilter
from visits.acting.waiting import dress, in_order
from visits.lists.exports import Column, write_table
from visits.models import Action
from visits.needs import NEEDS
from visits.workbooks import told

CHUNK = 500


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


def every_action(form: ActionFilter) -> Iterator[Action]:
    """All the actions of the list, some at a time; who is in it is journalled, once each."""
    ids = list(in_order(form.filter(form.seen())).values_list("pk", flat=True))
    named: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        actions = dress(in_order(Action.objects.filter(pk__in=ids[start : start + CHUNK])))
        new = dict.fromkeys(one.person.pk for one in actions if one.person.pk not in named)
        AccessLog.objects.bulk_create(
            AccessLog(user=form.user, gesture="actions-xlsx", senior_id=pk) for pk in new
        )
        named |= new.keys()
        yield from actions


def write_actions(actions: Iterable[Action]) -> bytes:
    """The XLSX of these actions (`every_action`)."""
    return write_table(actions, COLUMNS, sheet_name="Actions", title="Actions")


def actions_book(user: User, query: str, progress: Callable[[int], None]) -> bytes:
    """The XLSX of the list that `user` sees with these filters (`workbooks`)."""
    form = ActionFilter(user, QueryDict(query))
    return write_actions(told(every_action(form), progress))
