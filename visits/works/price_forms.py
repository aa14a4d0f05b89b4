"""The form of a price: it cleans; `prices` writes."""

from typing import Any

from django import forms

from visits.models import WorksPrice
from visits.works.fields import CENT, MoneyField, money_field


class PriceForm(forms.ModelForm):
    """What one kind of works costs and how long it takes."""

    unit_cost = money_field("Prix unitaire HT", least=CENT)
    vat_rate = MoneyField(
        label="TVA (%)",
        max_digits=4,
        decimal_places=2,
        help_text="10\u00a0% est une hypothèse\u00a0: à vérifier avec votre comptabilité.",
    )

    class Meta:
        model = WorksPrice
        fields = (
            "unit", "unit_cost", "vat_rate", "delay_days", "is_deductible", "source",
            "is_assumption",
        )  # fmt: skip
        labels = {
            "unit": "Unité",
            "delay_days": "Délai de la demande à l’acceptation (jours)",
            "is_deductible": "Travaux d’accessibilité, à vérifier pour la taxe foncière",
            "source": "D’où vient ce prix",
            "is_assumption": "C’est une hypothèse",
        }
        help_texts = {
            "unit": "Une barre, un mètre, une fenêtre…",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_vat_rate(self) -> Any:
        """Between nothing and a hundred."""
        rate = self.cleaned_data["vat_rate"]
        if not 0 <= rate <= 100:
            raise forms.ValidationError("Un taux de TVA va de 0 à 100.")
        return rate

    def clean_delay_days(self) -> int:
        """At least a day, at most three years."""
        days = self.cleaned_data["delay_days"]
        if not 1 <= days <= 1095:
            raise forms.ValidationError("Un délai va de 1 à 1 095 jours.")
        return days
