"""The convention under which figures leave; no export is made: one is asked for on the site."""

from datetime import timedelta

from seniors.enums import Role
from seniors.french import day_words
from seniors.models import User
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.models import Convention
from visits.releasing.releases import save_convention


def sign_convention(demo: Demo) -> str | None:
    """One, for three years, once."""
    if Convention.objects.exists():
        return None
    chief = User.objects.filter(username__in=usernames(), role=Role.ADMINISTRATOR).get()
    convention = Convention(
        recipient="Carsat (convention inventée)",
        purpose="Évaluer le programme\u00a0: qui est repéré, visité, aidé, en combien de temps.",
        starts_on=demo.as_of - timedelta(days=300),
        ends_on=demo.as_of + timedelta(days=795),
        rows=True,
    )
    save_convention(convention, by=chief)
    ends = day_words(convention.ends_on, weekday=False, year=True)
    return f"une convention, jusqu’au {ends}"
