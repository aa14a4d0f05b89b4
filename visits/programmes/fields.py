"""The field by which lists keep the residences that lack a service near them."""

from django import forms

from visits.programmes.services import SERVICES, WITHIN

LACKING = [
    ("", "Peu importe"),
    *((one.code, one.without.capitalize()) for one in SERVICES.values()),
]


def lacking_field() -> forms.ChoiceField:
    """« Sans commerce », within the distance that we call near."""
    return forms.ChoiceField(
        choices=LACKING,
        required=False,
        label=f"À {WITHIN} m",
        help_text="Ce qui n’est pas connu n’y est pas.",
    )
