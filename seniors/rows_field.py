"""Rows to tick in a form: an id that no row can have is refused as an unknown one is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet


class RowsField(forms.ModelMultipleChoiceField):
    """Some rows, ticked or chosen."""

    def clean(self, value: Any) -> QuerySet:
        """Raises ValidationError, for an id too long for a database (SQLite) too."""
        try:
            return super().clean(value)
        except OverflowError:
            longest = max(map(str, value), key=len)
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": longest[:20]},
            ) from None
