"""The page of the week as a test drives it: gestures, their undo, what stands."""

from django.urls import reverse

from tests.visits.weekly import today
from visits.agenda import planning
from visits.agenda.weeks import week_name
from visits.enums import Slot
from visits.models import Appointment, Signal, VisitList


def plan(week: VisitList, n: int = 0, **fields) -> Appointment:
    """The person of that number expected on the Monday morning, unless told otherwise."""
    fields = {"day": week.starts_on, "slot": Slot.MORNING, "by": week.officer} | fields
    entry = week.entries.all()[n]
    return planning.plan(entry.senior, officer=week.officer, entry=entry, **fields)


def address(name: str, *args, week: VisitList | None = None, **query) -> str:
    """The address of a gesture, from the page of that week."""
    if week:
        query["semaine"] = week_name(week.starts_on)
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(f'visits:{name}', args=args)}?{words}"


def post(client, name: str, *args, week: VisitList, htmx: bool = True, **fields):
    """A gesture as the page sends it."""
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(address(name, *args, week=week), fields, headers=headers)


def undo(client, answer, week: VisitList, *, htmx: bool = True):
    """Send back what the page offers to undo the gesture."""
    offered = answer.context["undo"]
    fields: dict[str, list[str]] = {}
    for name, value in offered["fields"]:
        fields.setdefault(name, []).append(value)
    headers = {"HX-Request": "true"} if htmx else {}
    query = f"?semaine={week_name(week.starts_on)}"
    return client.post(offered["url"] + query, fields, headers=headers)


def moments() -> list[tuple]:
    """(person, day, slot, hour) of what stands, in order."""
    rows = planning.standing().order_by(*planning.IN_ORDER)
    return list(rows.values_list("senior_id", "day", "slot", "starts_at"))


def report(senior, **fields) -> Signal:
    """A worrying sign seen today."""
    fields = {"urgency": "now", "what": "courrier qui s’accumule", "seen_on": today()} | fields
    return Signal.objects.create(senior=senior, **fields)
