"""Forms of the survey: open a campaign, print it, send a file of answers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from seniors.access import territories_of
from seniors.models import Territory, User
from seniors.territory_field import TerritoriesField
from surveys import questionnaire
from surveys.models import Campaign

MONTHS_OPEN = timedelta(weeks=8)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CampaignForm(forms.Form):
    """What one decides to open a campaign."""

    name = forms.CharField(label="Nom de l’enquête", max_length=80)
    territories = TerritoriesField(None, label="Territoires")
    least_age = forms.IntegerField(label="À partir de quel âge\u00a0?", min_value=50, max_value=110)
    opened_on = forms.DateField(label="Date d’envoi", widget=_day())
    closes_on = forms.DateField(
        label="Réponses jusqu’au",
        widget=_day(),
        help_text="Cette date est imprimée sur le questionnaire.",
    )
    questionnaire = forms.ChoiceField(label="Questionnaire")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        today = timezone.localdate()
        fields = self.fields
        fields["territories"].initial = fields["territories"].offer(user)
        fields["name"].initial = f"Enquête {today.year}"
        fields["least_age"].initial = settings.SENIOR_AGE
        fields[
            "least_age"
        ].help_text = (
            f"Les dossiers contiennent les locataires de {settings.SENIOR_AGE}\u00a0ans et plus."
        )
        fields["opened_on"].initial = today
        fields["closes_on"].initial = today + MONTHS_OPEN
        fields["questionnaire"].choices = [
            (version.name, f"{version.title} ({version.version})")
            for version in questionnaire.available()
        ]

    def clean_name(self) -> str:
        """A name serves once."""
        name = self.cleaned_data["name"]
        if Campaign.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("Une enquête porte déjà ce nom.")
        return name

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first."""
        cleaned = super().clean()
        opened, closes = cleaned.get("opened_on"), cleaned.get("closes_on")
        if opened and closes and closes < opened:
            self.add_error("closes_on", "Cette date est avant la date d’envoi.")
        return cleaned


class PrintingForm(forms.Form):
    """For whom questionnaires are printed."""

    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        required=False,
        label="Pour",
        empty_label="Tous mes territoires",
        error_messages={"invalid_choice": "Ce territoire n’est pas dans les vôtres."},
    )
    only_silent = forms.BooleanField(
        required=False, label="Seulement les personnes qui n’ont pas encore répondu (relance)"
    )

    def __init__(self, user: User, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        own = territories_of(user).values("pk")
        self.fields["territory"].queryset = campaign.territories.filter(pk__in=own)


class AnswersFileForm(forms.Form):
    """A file of answers; the file comes last, uploads are bounded."""

    extract_on = forms.DateField(
        label="Date du fichier",
        widget=_day(),
        help_text="Le jour où il a été préparé. Elle date les réponses qui n’ont pas la leur.",
    )
    file = forms.FileField(
        label="Fichier des réponses",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text="CSV ou XLSX, tel quel\u00a0: saisie du papier, LimeSurvey ou KoboToolbox.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["extract_on"].initial = timezone.localdate()
        if too_large:
            most = settings.UPLOAD_MAX_BYTES // 1024**2
            self.fields["file"].error_messages["required"] = (
                f"Ce fichier dépasse {most}\u00a0Mo\u00a0: partagez-le en plusieurs."
            )

    def clean_extract_on(self) -> Any:
        """Never tomorrow."""
        day = self.cleaned_data["extract_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        return day
