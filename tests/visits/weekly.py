"""An officer with a published list for a week to come, ready to plan."""

from datetime import date, timedelta

from django.utils import timezone

from seniors.enums import Role
from seniors.models import GridVersion, ScoreRun, Senior, User
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.agenda.weeks import is_worked
from visits.models import Visit, VisitList, VisitListEntry


def today() -> date:
    """Today where the landlord is."""
    return timezone.localdate()


def coming_monday() -> date:
    """The Monday of the first week to come without a public holiday."""
    monday = today() + timedelta(days=7 - today().weekday())
    while not all(is_worked(monday + timedelta(days=n)) for n in range(5)):
        monday += timedelta(days=7)
    return monday


def make_week(people: int = 4, *, monday: date | None = None) -> VisitList:
    """A published list of that week, each entry's person in a residence of her own."""
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory, first_name="Nolwenn", last_name="Riou")
    grid = GridVersion.objects.get_or_create(digest="x", version="x", text="")[0]
    run = ScoreRun.objects.create(grid=grid, as_of=today())
    monday = monday or coming_monday()
    made = VisitList.objects.create(
        officer=officer,
        score_run=run,
        starts_on=monday,
        ends_on=monday + timedelta(days=4),
        capacity=people or 1,
        seed=1,
        random_share=0,
        silent_share=0,
        revisit_months=12,
        published_at=timezone.now(),
        published_by=officer,
    )
    made.territories.set([territory])
    for n in range(people):
        add_person(made, latitude=48 + n / 100, longitude=-4.0)
    return made


def add_person(visit_list: VisitList, *, why: str = "score", **home) -> VisitListEntry:
    """One more entry, in a new residence unless `residence` is given."""
    territory = visit_list.territories.get()
    residence = home.pop("residence", None) or make_residence(territory)
    senior = make_senior(make_dwelling(residence, **home))
    return visit_list.entries.create(
        senior=senior,
        position=visit_list.entries.count() + 1,
        why=why,
        reason="82 ans, seule.",
        total=60.0,
    )


def people_of(visit_list: VisitList) -> list[Senior]:
    """Those on the list, in order."""
    return [entry.senior for entry in visit_list.entries.select_related("senior")]


def make_visit(senior: Senior, outcome: str, *, by: User, on: date | None = None) -> Visit:
    """A visit as `recording` writes it, before anything follows from it."""
    return Visit.objects.create(senior=senior, made_on=on or today(), outcome=outcome, made_by=by)
