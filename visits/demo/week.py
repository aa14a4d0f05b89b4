"""This week as it stands on the day of the demonstration: planned, begun, some doors shut."""

import uuid
from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from seniors.models import User
from visits.agenda import planning, tray
from visits.agenda.appointment_rules import standing
from visits.agenda.weeks import week_of
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.enums import Channel, Slot
from visits.models import Appointment, Visit, VisitList
from visits.visiting import form
from visits.visiting.recording import record_attempt, record_visit

Outcome = Visit.Outcome
_NAMESPACE = uuid.UUID("5d1f9a9e-1c1f-4a86-9d4c-3c1a6c0c7a55")
# How the visits of the days gone by ended, in turn.
ENDED = (
    Outcome.DONE,
    Outcome.DONE,
    Outcome.ABSENT,
    Outcome.DONE,
    Outcome.HOSPITAL,
    Outcome.DONE,
    Outcome.MOVED,
)
TOLD = ("letter", "phone", "sms", "letter", "")
# What was found, in turn; invented, in the form's own codes.
FOUND: tuple[dict[str, int | str], ...] = (
    {"consent.health": 1, "hazard.bathroom.step": 2, "hazard.bathroom.bars": 1,
     "need.bathroom": 1, "need.bars": 1,
     "wish.words": "Une douche, pour ne plus enjamber la baignoire."},
    {"consent.health": 0, "hazard.equipment.shutters": 1, "need.shutters": 1, "need.company": 1,
     "wish.words": "J’aimerais bien qu’on m’appelle de temps en temps."},
    {"consent.health": 1, "hazard.inside.rugs": 1, "hazard.inside.night": 1, "need.light": 1,
     "right.css": 1},
)  # fmt: skip


def live_the_week(demo: Demo) -> str | None:
    """Plan the published lists of this week and tell how the days gone by went, once."""
    monday, sunday = week_of(demo.as_of)
    lists = VisitList.objects.filter(
        officer__username__in=usernames(),
        published_at__isnull=False,
        starts_on__range=(monday, sunday),
        officer__appointments=None,
    )
    made = [_week(one, demo) for one in lists.select_related("officer")]
    if not made:
        return None
    return f"{sum(n for n, _ in made)} rendez-vous, {sum(n for _, n in made)} issues"


@transaction.atomic
def _week(visit_list: VisitList, demo: Demo) -> tuple[int, int]:
    """One officer's: how many appointments, how many visits told of."""
    officer = visit_list.officer
    begins = timezone.make_aware(datetime.combine(visit_list.starts_on, time(8)))
    made = tray.propose_week(visit_list, by=officer, now=begins)
    for day in sorted({one.day for one in made}):
        planning.order_round(officer, day, by=officer)
    _tell(made, officer)
    over = standing().filter(officer=officer, day__lt=demo.as_of).order_by(*planning.IN_ORDER)
    rows = list(over.select_related("senior", "entry"))
    for number, one in enumerate(rows):
        _end(one, number, officer)
    return len(made), len(rows)


def _tell(made: Sequence[Appointment], officer: User) -> None:
    """Most people know; a few have an hour."""
    for how in set(TOLD) - {""}:
        told = [one for n, one in enumerate(made) if TOLD[n % len(TOLD)] == how]
        planning.tell(told, how=how, by=officer)
    for slot, hour in ((Slot.MORNING, time(10)), (Slot.AFTERNOON, time(14, 30))):
        firsts = {one.day: one for one in reversed(made) if one.slot == slot}
        for one in firsts.values():
            Appointment.objects.filter(pk=one.pk).update(starts_at=hour)


def _end(appointment: Appointment, number: int, officer: User) -> None:
    """How one visit went."""
    outcome = ENDED[number % len(ENDED)]
    senior, day = appointment.senior, appointment.day
    if outcome != Outcome.DONE:
        record_attempt(senior, outcome=outcome, made_on=day, by=officer, entry=appointment.entry)
        return
    found = {code: value for code, value in FOUND[number % len(FOUND)].items()
             if code in form.FIELDS}  # fmt: skip
    record_visit(
        {
            "uid": str(uuid.uuid5(_NAMESPACE, f"{senior.reference} {day}")),
            "senior": str(senior.uid),
            "entry": appointment.entry_id,
            "made_on": day.isoformat(),
            "outcome": outcome.value,
            "channel": Channel.PHONE.value,
            "version": form.VERSION,
            "content": {"present.senior": 1, "consent.visit": 1, **found},
        },
        by=officer,
    )
