"""The filters of the steering pages: they clean and give typed values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone

from seniors.access import territories_of
from seniors.models import Territory, User
from visits.steering.periods import Period, period_of, periods
from visits.steering.rates import VARIANTS
from visits.steering.scenario import Means


class TerritoryFilter(forms.Form):
    """One of one's territories, or all; a value that makes no sense counts as empty."""

    territory = forms.ModelChoiceField(
        None, required=False, label="Territoire", empty_label="Tous mes territoires"
    )

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.fields["territory"].queryset = territories_of(user)
        self.is_valid()

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None when it is empty or makes no sense."""
        return self.cleaned_data.get(name) or None

    @property
    def only(self) -> Territory | None:
        """The territory asked for."""
        return self.value("territory")

    def query(self) -> str:
        """The query string of the same page, without what is empty or makes no sense."""
        told = {name: self.data.get(name) for name in self.fields if self.value(name)}
        return urlencode({name: value for name, value in told.items() if value})


class SteeringFilter(TerritoryFilter):
    """A territory and a period."""

    period = forms.ChoiceField(required=False, label="Période")
    field_order = ("period", "territory")

    def __init__(self, user: User, data: QueryDict) -> None:
        self.today = timezone.localdate()
        super().__init__(user, data)

    def full_clean(self) -> None:
        """The choices depend on the day."""
        offered = [
            (one.code, f"{one.label[:1].upper()}{one.label[1:]}") for one in periods(self.today)
        ]
        self.fields["period"].choices = offered
        super().full_clean()

    @property
    def chosen(self) -> Period:
        """The period asked for, the last twelve months otherwise."""
        return period_of(self.value("period") or "", self.today)


class FutureFilter(TerritoryFilter):
    """A territory and a variant of the projection."""

    variant = forms.ChoiceField(
        choices=[(code, f"Hypothèse {label}") for code, label in VARIANTS.items()],
        required=False,
        label="Hypothèses",
        initial="central",
    )
    field_order = ("territory", "variant")

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(user, data if data.get("variant") else _with_central(data))

    @property
    def chosen(self) -> str:
        """The variant asked for, the central one otherwise."""
        return self.value("variant") or "central"


def _with_central(data: QueryDict) -> QueryDict:
    """The same, the central variant chosen, so that the list shows it."""
    told = data.copy()
    told["variant"] = "central"
    return told


class MeansForm(forms.Form):
    """What one scenario has: a budget, a capacity, a length."""

    budget = forms.DecimalField(
        label="Budget, en euros HT",
        min_value=Decimal("0.01"),
        max_value=Decimal(100_000_000),
        max_digits=11,
        decimal_places=2,
        widget=forms.NumberInput({"step": "any"}),
        error_messages={
            "required": "Donnez un budget.",
            "invalid": "Écrivez le budget en chiffres, par exemple 30000.",
            "min_value": "Un budget de zéro euro, ou moins, ne lance rien\u00a0: donnez au moins "
            "quelques euros.",
            "max_value": "Ce budget dépasse 100 millions d’euros\u00a0: vérifiez les zéros.",
        },
    )
    capacity = forms.IntegerField(
        label="Logements où l’on commence par mois, au plus",
        help_text="Plusieurs travaux dans un logement ne comptent qu’une fois.",
        min_value=1,
        max_value=1_000,
        error_messages={
            "required": "Dites dans combien de logements des travaux peuvent commencer par mois.",
            "invalid": "Écrivez un nombre entier de logements par mois.",
            "min_value": "Avec aucun logement par mois, rien ne peut être lancé\u00a0: donnez au "
            "moins 1.",
            "max_value": "Au-delà de 1\u202f000 logements par mois, vérifiez le nombre.",
        },
    )
    months = forms.IntegerField(
        label="Durée, en mois",
        min_value=1,
        max_value=60,
        error_messages={
            "required": "Donnez une durée.",
            "invalid": "Écrivez un nombre entier de mois.",
            "min_value": "La durée est d’un mois au moins.",
            "max_value": "Au-delà de 60 mois, ce calcul n’a plus de sens\u00a0: donnez une durée "
            "plus courte.",
        },
    )

    def __init__(self, data: QueryDict, *, prefix: str, begin: Mapping[str, int]) -> None:
        asked = {f"{prefix}-{name}": str(value) for name, value in begin.items()}
        asked |= {name: data[name] for name in asked if name in data}
        super().__init__(asked, prefix=prefix, label_suffix="")

    @property
    def means(self) -> Means | None:
        """What was asked for; None when it makes no sense, and the form says why."""
        return Means(**self.cleaned_data) if self.is_valid() else None

    @property
    def query(self) -> dict[str, str]:
        """Its part of the address."""
        return {name: value for name, value in self.data.items() if value}
