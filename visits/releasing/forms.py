"""Forms of exports and of the conventions under which they are made."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from seniors.day_field import DayField
from visits.enums import ReleaseKind
from visits.models import Convention
from visits.releasing.releases import FIRST_YEAR, SETTLED, is_settled, running_conventions
from visits.works.words import CleanWords


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ConventionForm(CleanWords, forms.ModelForm):
    """What was agreed with a recipient."""

    class Meta:
        model = Convention
        fields = ("recipient", "purpose", "starts_on", "ends_on", "k", "rows")
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}
        labels = {"k": "Plus petit groupe diffusé (personnes)"}
        help_texts = {
            "recipient": "Un organisme, jamais une personne.",
            "purpose": "Ce que la convention permet de faire des chiffres.",
            "k": "Onze d’ordinaire, jamais moins de cinq. Un fichier individuel en demande onze.",
            "rows": "Une ligne par personne, sous pseudonyme\u00a0: c’est une donnée personnelle, "
            "la convention doit le prévoir.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["k"].min_value = self.fields["k"].widget.attrs["min"] = 5
        if not self.instance.pk:
            self.initial.setdefault("k", settings.SMALL_CELL)
        elif is_settled(self.instance):
            for name in SETTLED:
                self.fields[name].widget.attrs["readonly"] = True
                self.fields[name].help_text = (
                    "Ne change plus\u00a0: des exports ont été demandés à ce titre. Pour en "
                    "changer, enregistrez une nouvelle convention."
                )

    def clean_k(self) -> int:
        """Never under five."""
        k = self.cleaned_data["k"]
        if k < 5:
            raise forms.ValidationError("Jamais moins de cinq personnes.")
        return k

    def clean(self) -> dict[str, Any]:
        """An end after the beginning."""
        told = super().clean()
        first, last = told.get("starts_on"), told.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "La convention finit avant de commencer.")
        return told


class AskForm(CleanWords):
    """Which export, and what for."""

    convention = forms.ModelChoiceField(
        Convention.objects.none(), label="Convention", empty_label="Choisissez une convention"
    )
    kind = forms.ChoiceField(
        label="Contenu",
        choices=ReleaseKind.choices,
        help_text="Le premier fichier individuel d’une année arrête qui y figure, pour tous les "
        "destinataires\u00a0: mieux vaut le demander une fois l’année finie.",
    )
    year = forms.TypedChoiceField(label="Année", coerce=int)
    purpose = forms.CharField(
        label="Pour quoi faire",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Dites l’usage, sans nom de personne.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        this_year = timezone.localdate().year
        self.fields["convention"].queryset = running_conventions()
        self.fields["year"].choices = [
            (year, str(year)) for year in range(this_year, FIRST_YEAR - 1, -1)
        ]


class RefuseForm(CleanWords):
    """Why not."""

    because = forms.CharField(label="Raison du refus", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
