"""Forms of money: one work, one invoice, one budget. They clean; the doors decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from seniors.day_field import DayField
from visits.models import Budget, Invoice, Works
from visits.works.fields import CENT, ZERO, MoneyField, money_field
from visits.works.funders import FUNDERS, TO_ASK
from visits.works.words import CleanWords


def _funder(label: str, empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", empty), *FUNDERS.items()], required=False, label=label)


def _day(label: str, **more: Any) -> DayField:
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return DayField(label=label, widget=widget, **more)


class WorksForm(forms.ModelForm):
    """Quantity, estimate and funder of one work."""

    quantity = MoneyField(label="Quantité", max_digits=7, decimal_places=2, min_value=CENT)
    estimate = money_field(
        "Estimation HT d’un devis",
        required=False,
        help_text="Vide\u00a0: prix du catalogue.",
    )
    funder = _funder("Qui paie", TO_ASK.capitalize())

    class Meta:
        model = Works
        fields = ("quantity", "estimate", "funder")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class InvoiceForm(CleanWords, forms.ModelForm):
    """One invoice; the amount with VAT may be left to be computed from the VAT."""

    billed_on = _day("Datée du")
    paid_on = _day(
        "Payée le (si elle l’est)",
        required=False,
        help_text="Le jour du paiement décide de l’année de la réclamation.",
    )
    net = money_field("Montant HT")
    vat = money_field("TVA (€)", required=False)
    gross = money_field(
        "Montant TTC", required=False, help_text="Vide\u00a0: HT et TVA additionnés."
    )
    subsidy = money_field("Subvention reçue", required=False)
    subsidy_from = _funder("Subvention de", "Personne")

    class Meta:
        model = Invoice
        fields = (
            "supplier", "number", "billed_on", "paid_on", "net", "vat", "gross", "subsidy",
            "subsidy_from", "tax_roll",
        )  # fmt: skip
        labels = {"tax_roll": "Référence au rôle de la taxe foncière"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if self.instance.pk:
            self.initial["vat"] = self.instance.gross - self.instance.net
        for name in ("billed_on", "paid_on"):
            self.fields[name].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_subsidy(self) -> Decimal:
        """Nothing written is nothing received."""
        return self.cleaned_data["subsidy"] or ZERO

    def clean(self) -> dict[str, Any]:
        """The three amounts say the same thing."""
        filled = super().clean()
        net, vat, gross = (filled.get(name) for name in ("net", "vat", "gross"))
        if net is None or {"vat", "gross"} & self.errors.keys():
            return filled
        if gross is None and vat is None:
            self.add_error("gross", "Écrivez la TVA ou le montant TTC.")
        elif gross is None:
            filled["gross"] = net + vat
        elif vat is not None and net + vat != gross:
            self.add_error(
                "gross", "HT et TVA ne font pas ce montant TTC\u00a0: corrigez l’un des trois."
            )
        return filled

    def _get_validation_exclusions(self) -> set[str]:
        """The door checks what the constraints of the table say, with its own words."""
        return {
            *super()._get_validation_exclusions(),
            "works",
            "paid_on",
            "net",
            "gross",
            "subsidy",
        }


class BudgetForm(CleanWords, forms.ModelForm):
    """What one funder gives for one year."""

    amount = money_field("Montant HT")

    class Meta:
        model = Budget
        fields = ("amount", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
