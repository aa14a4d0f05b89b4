"""Fields that go together: who and when, latitude and longitude."""

from django.db.models import CheckConstraint, Q


def paired(name: str, first: str, second: str) -> CheckConstraint:
    """The constraint `name`: both fields are set, or neither is."""
    return CheckConstraint(
        name=name,
        condition=Q(**{first: None, second: None})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
    )


def dated(name: str, at: str, by: str) -> CheckConstraint:
    """The constraint `name`: nobody did it without a date; dated by nobody, she did it herself."""
    return CheckConstraint(name=name, condition=Q(**{by: None}) | Q(**{f"{at}__isnull": False}))
