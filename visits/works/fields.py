"""Form fields that the works' pages share: amounts as French writes them."""

import re
from decimal import Decimal
from typing import Any

from django import forms

ZERO, CENT = Decimal(0), Decimal("0.01")


class MoneyField(forms.DecimalField):
    """Euros with cents: « 1 250,50 », « 1250.5 » or « 1 250,50 € »."""

    widget = forms.TextInput({"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:
        """The amount, comma or point, blanks and sign left out."""
        if isinstance(value, str):
            value = re.sub(r"[\s€]", "", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As it is written back in the field."""
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value


def money_field(label: str, *, least: Decimal = ZERO, **more: Any) -> MoneyField:
    """An amount of `least` euros or more."""
    return MoneyField(
        label=label,
        max_digits=10,
        decimal_places=2,
        min_value=least,
        error_messages={
            "required": "Écrivez un montant en euros, par exemple 250,00.",
            "invalid": "Écrivez un montant en euros, par exemple 250,00.",
            "min_value": "Un montant ne peut pas être négatif."
            if least == ZERO
            else "Écrivez un montant plus grand que zéro.",
            "max_decimal_places": "Deux chiffres après la virgule au plus.",
        },
        **more,
    )
