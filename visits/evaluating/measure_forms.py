"""Forms of the measures: they clean; `measures` writes."""

from typing import Any

from django import forms
from django.utils import timezone

from seniors.access import visible_residences
from seniors.day_field import DayField
from seniors.models import User
from seniors.rows_field import RowsField
from seniors.territory_field import TerritoriesField
from visits.enums import Outcome
from visits.evaluating.measures import effects_offered
from visits.evaluating.target import CRITERIA
from visits.models import Measure
from visits.needs import by_family
from visits.works import declared
from visits.works.words import CleanWords

READ = "Lu aussi par les évaluateurs\u00a0: ni nom de personne, ni nom de résidence."


def _day(label: str, **more: Any) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, widget=widget, **more)


class MeasureForm(CleanWords, forms.ModelForm):
    """What is tried, for whom, by which actions, to change what."""

    effects = forms.MultipleChoiceField(
        label="Ce qu’il doit améliorer",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Des réponses à l’enquête, comparées d’une année à l’autre.",
    )
    ends_on = _day("Fin, si elle est connue", required=False)
    min_age = forms.IntegerField(
        label="À partir de quel âge",
        initial=60,
        min_value=55,
        max_value=100,
        help_text="Ce qui est coché ou rempli ensuite s’y ajoute\u00a0: tout doit être vrai.",
        error_messages={
            "invalid": "Écrivez un âge en chiffres, par exemple 70.",
            "min_value": "Un dispositif s’adresse à des personnes de 55 ans au moins.",
            "max_value": "Au-delà de 100 ans, il ne reste presque personne\u00a0: vérifiez l’âge.",
        },
    )

    lives_alone = forms.TypedChoiceField(
        label="Foyer",
        required=False,
        coerce=lambda said: said == "True",
        empty_value=False,
        choices=((False, "Vivant seules ou non"), (True, "Vivant seules")),
        widget=forms.RadioSelect,
    )
    min_floor = forms.IntegerField(
        label="En étage sans ascenseur, à partir de l’étage",
        required=False,
        min_value=1,
        max_value=50,
        help_text="1 pour le premier étage. Vide\u00a0: à tout étage.",
        error_messages={
            "invalid": "Écrivez un étage en chiffres, par exemple 2.",
            "min_value": "Au rez-de-chaussée, l’ascenseur ne compte pas\u00a0: écrivez 1 ou plus, "
            "ou rien.",
            "max_value": "Aucun immeuble n’a autant d’étages\u00a0: vérifiez.",
        },
    )
    girs = forms.TypedMultipleChoiceField(
        label="De GIR déclaré",
        required=False,
        coerce=int,
        choices=declared.WORDS["gir"].replies.items(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Celui que la personne dit avoir reçu. Rien de coché\u00a0: quel qu’il soit, ou "
        "inconnu.",
    )
    needs = forms.MultipleChoiceField(
        label="Avec l’un de ces besoins repéré",
        required=False,
        choices=[
            (
                family.label,
                [(kind.code, f"{kind.label[:1].upper()}{kind.label[1:]}") for kind in kinds],
            )
            for family, kinds in by_family().items()
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: avec ou sans besoin.",
    )

    class Meta:
        model = Measure
        fields = ("name", "purpose", "kinds", *CRITERIA, "effects", "ends_on")
        field_classes = {"kinds": RowsField}
        widgets = {"kinds": forms.CheckboxSelectMultiple, "purpose": forms.Textarea({"rows": 3})}
        help_texts = {"name": READ, "purpose": READ}
        labels = {"kinds": "Actions qui en font partie"}
        error_messages = {
            "name": {"unique": "Un dispositif porte déjà ce nom : donnez-en un autre."},
            "kinds": {"required": "Cochez au moins une action."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["effects"].choices = effects_offered()


class SitesForm(forms.Form):
    """Where it begins, and when."""

    territories = TerritoriesField(None, required=False, label="Territoires entiers")
    residences = RowsField(
        None,
        required=False,
        label="Ou seulement ces résidences",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Ctrl (ou ⌘) pour en choisir plusieurs.",
    )
    starts_on = _day("Début à cet endroit")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["territories"].offer(user)
        homes = visible_residences(user).order_by("name")
        self.fields["residences"].queryset = homes
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        """At least one place."""
        told = super().clean()
        if not self.errors and not (told["territories"] or told["residences"]):
            raise forms.ValidationError("Choisissez au moins un territoire ou une résidence.")
        return told


class DecisionForm(CleanWords):
    """What the meeting decided, and why."""

    outcome = forms.ChoiceField(label="Décision", choices=Outcome.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Parce que", max_length=500, widget=forms.Textarea({"rows": 3}), help_text=READ
    )
    on = _day("Décidé le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["on"].initial = timezone.localdate
