"""A measure that joins one agency after another, so that those that wait can be compared."""

from datetime import timedelta

from seniors.enums import Role
from seniors.models import Territory, User
from visits.demo.plan import Demo
from visits.evaluating.measures import add_sites, save_measure
from visits.models import ActionKind, Measure

NAME = "Barres et main courante sans attendre"


def try_measures(demo: Demo) -> str | None:
    """What was done, in French; None when it had been."""
    if Measure.objects.exists():
        return None
    by = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").first()
    told = {
        "name": NAME,
        "purpose": "Poser barres et main courante dès la visite, sans attendre un plan de travaux.",
        "kinds": ActionKind.objects.filter(code__in=("grab_bars", "handrail", "raised_wc")),
        "min_age": 70,
        "lives_alone": False,
        "min_floor": None,
        "girs": [],
        "needs": [],
        "effects": ["bath_difficulty", "falls"],
        "ends_on": None,
    }
    measure = save_measure(Measure(), told=told, by=by)
    for months, territory in zip((9, 3), Territory.objects.order_by("name"), strict=False):
        add_sites(
            measure,
            territories=[territory],
            residences=[],
            starts_on=demo.as_of - timedelta(days=30 * months),
            by=by,
        )
    return f"1 dispositif, dans {measure.sites.count()} agences"
