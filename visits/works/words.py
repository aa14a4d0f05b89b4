"""What every form of works refuses in free text: numbers and judgements that are never stored."""

from typing import Any

from django import forms

from seniors import guard


class CleanWords(forms.Form):
    """A form whose texts pass the guard."""

    def clean(self) -> dict[str, Any]:
        """No NIR, diagnosis or judgement in any text."""
        filled = super().clean()
        for name, value in list(filled.items()):
            if isinstance(value, str) and (found := guard.found(value)):
                self.add_error(name, guard.explain(found))
        return filled
