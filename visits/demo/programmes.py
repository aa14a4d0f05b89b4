"""Renovations of the years to come, and the shops around them: where several wait for works."""

from datetime import timedelta

from django.db.models import Count, F

from seniors.enums import Role
from seniors.models import Residence, User
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.models import Programme
from visits.programmes import recording, surroundings
from visits.programmes.proposals import READY
from visits.works.backlog import works_of

S = Programme.State
# Year from now, works, state, note.
PLANNED = (
    (1, ("bathrooms", "plumbing"), S.DECIDED, "Cage par cage, deux semaines chacune"),
    (1, ("windows", "insulation"), S.PLANNED, ""),
    (2, ("common_areas", "lift"), S.PLANNED, "Étude en cours"),
    (0, ("bathrooms", "electricity"), S.DECIDED, ""),
    (-1, ("heating",), S.DONE, ""),
)
AROUND = (
    {"food_shop": 320, "pharmacy": 410, "bus_stop": 90, "doctor": 650},
    {"food_shop": None, "bus_stop": 240, "park": 120},
    {"food_shop": 900, "pharmacy": 1200, "bus_stop": 60, "post_office": None},
)


def plan_works(demo: Demo) -> str | None:
    """Some programmes, once, where the most people wait."""
    if Programme.objects.exists():
        return None
    manager = User.objects.filter(username__in=usernames(), role=Role.MANAGER).get()
    waiting = works_of(manager).filter(READY).order_by().values(home=F("lives_in"))
    most = waiting.annotate(n=Count("pk")).order_by("-n", "home").values_list("home", flat=True)
    places = Residence.objects.in_bulk([pk for pk in most[: len(PLANNED)] if pk])
    known_on = demo.as_of - timedelta(days=40)
    for number, (place, line) in enumerate(zip(places.values(), PLANNED, strict=False)):
        years, natures, state, note = line
        told = recording.Told(place, demo.as_of.year + years, natures, state, note)
        recording.save(told, by=manager)
        around = AROUND[number % len(AROUND)]
        surroundings.save_all(place, around, source="Relevé inventé", known_on=known_on, by=manager)
    return f"{len(places)} programmes de travaux"
