"""A day asked in a form or by a command: a year nobody means is refused with a sentence."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST_YEAR, LAST_YEAR = 2000, 2099
YEAR = f"Vérifiez l’année\u00a0: elle va de {FIRST_YEAR} à {LAST_YEAR}."


class DayField(forms.DateField):
    """A day of this century: « 26 » typed for a year is sent as 0026, whose reckonings fail."""

    default_error_messages = {"year": YEAR}

    def to_python(self, value: Any) -> date | None:
        """Raises ValidationError: invalid, year."""
        day = super().to_python(value)
        if day and not _is_meant(day):
            raise ValidationError(self.error_messages["year"], code="year")
        return day


def day_argument(text: str) -> date:
    """A day given to a command, AAAA-MM-JJ. Raises ArgumentTypeError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"«\u00a0{text}\u00a0» n’est pas une date AAAA-MM-JJ.") from None
    if not _is_meant(day):
        raise ArgumentTypeError(YEAR)
    return day


def _is_meant(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR
