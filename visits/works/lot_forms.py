"""Forms of a lot: which works, then what the order says. They clean; `lots` decides."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from seniors.access import visible_residences
from seniors.day_field import DayField
from seniors.models import Residence, User
from visits.works.forms import MANY_RESIDENCES
from visits.works.prices import kinds_of_works
from visits.works.words import CleanWords


class ChoiceForm(forms.Form):
    """Which works a lot is made of; unbound until a kind is asked for, from wherever one comes."""

    kind = forms.ModelChoiceField(None, label="Travail", empty_label="Choisissez")
    residence = forms.ModelChoiceField(
        None, required=False, label="Résidence", empty_label="Toutes les miennes"
    )

    def __init__(self, user: User, data: QueryDict) -> None:
        from_ = {"residence": data.get("residence")}
        super().__init__(data if "kind" in data else None, initial=from_, label_suffix="")
        self.fields["kind"].queryset = kinds_of_works()
        self.fields["residence"].queryset = residences = visible_residences(user)
        if len(residences[: MANY_RESIDENCES + 1]) > MANY_RESIDENCES:
            self.fields["residence"].widget = forms.HiddenInput()

    @property
    def place(self) -> Residence | None:
        """The residence that is chosen, where the page does not show it in a list."""
        try:
            return self.fields["residence"].clean(self["residence"].value())
        except forms.ValidationError:
            return None


class OrderForm(CleanWords):
    """What the order says."""

    label = forms.CharField(max_length=120, label="Nom du lot")
    company = forms.CharField(
        max_length=120, required=False, label="Entreprise ou équipe (facultatif)"
    )
    wanted_by = DayField(
        required=False,
        label="Attendus pour le (facultatif)",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    note = forms.CharField(max_length=300, required=False, label="Précision (facultatif)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_wanted_by(self) -> Any:
        """Not before today."""
        wanted = self.cleaned_data["wanted_by"]
        if wanted and wanted < timezone.localdate():
            raise forms.ValidationError("Cette date est déjà passée.")
        return wanted


class CancelForm(CleanWords):
    """Why a lot is cancelled."""

    note = forms.CharField(max_length=200, label="Pourquoi\u00a0?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
