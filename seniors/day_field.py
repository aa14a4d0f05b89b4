"""A day asked in a form: a year nobody means is refused with a sentence."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST_YEAR, LAST_YEAR = 2000, 2099


class DayField(forms.DateField):
    """A day of this century: « 26 » typed for a year is sent as 0026, whose reckonings fail."""

    default_error_messages = {
        "year": f"Vérifiez l’année\u00a0: elle va de {FIRST_YEAR} à {LAST_YEAR}.",
    }

    def to_python(self, value: Any) -> date | None:
        """Raises ValidationError: invalid, year."""
        day = super().to_python(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["year"], code="year")
        return day
