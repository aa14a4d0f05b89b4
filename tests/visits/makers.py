"""A small agency with scores, ready for lists."""

from datetime import date

from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import Senior, Territory, User
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.lists.listing import propose_list
from visits.lists.selection import Recipe
from visits.models import VisitList

TODAY = date(2026, 11, 24)
MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


def make_agency(people: int = 6, **fields) -> tuple[Territory, User, list[Senior]]:
    """A territory, its officer and `people` seniors of growing age, one per home, two per house."""
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory, first_name="Camille", last_name="Bihan")
    seniors = []
    for n in range(people):
        if n % 2 == 0:
            residence = make_residence(territory)
        home = make_dwelling(residence, floor=n % 5, has_lift=False, household_size=1)
        known = {"born_on": date(1955 - n, 5, 17), "last_contact_on": date(2026, 10, 1)} | fields
        seniors.append(make_senior(home, **known))
    return territory, officer, seniors


def make_list(
    territory: Territory, officer: User, *, capacity: int = 3, by: User | None = None, **fields
) -> VisitList:
    """A draft for the coming week, by score alone unless told otherwise."""
    score_seniors(territory=territory, as_of=TODAY)
    recipe = {"capacity": capacity, "seed": 1, "starts_on": MONDAY, "random_share": 0.0}
    recipe |= {"silent_share": 0.0} | fields
    return propose_list(
        officer=officer,
        territories=[territory],
        ends_on=FRIDAY,
        recipe=Recipe(**recipe),
        by=by or officer,
    )


def names_on(visit_list: VisitList) -> list[int]:
    """Ids of those to visit, in order."""
    entries = visit_list.entries.filter(skipped_at=None)
    return list(entries.values_list("senior_id", flat=True))
