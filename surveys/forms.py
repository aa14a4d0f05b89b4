"""Forms of the survey: open a campaign, print it, send a file of answers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from seniors.access import territories_of
from seniors.day_field import DayField
from seniors.models import Territory, User
from seniors.territory_field import TerritoriesField
from surveys.campaigns import dispatch
from surveys.models import Campaign, Wave
from surveys.questionnaires import questionnaire
from surveys.sending import waves

MONTHS_OPEN = timedelta(weeks=8)
REMINDED_AFTER = timedelta(weeks=4)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CampaignForm(forms.Form):
    """What one decides to open a campaign."""

    name = forms.CharField(label="Nom de l’enquête", max_length=80)
    territories = TerritoriesField(None, label="Territoires")
    least_age = forms.IntegerField(label="À partir de quel âge\u00a0?", min_value=50, max_value=110)
    spared_months = forms.IntegerField(
        label="Ne pas interroger les personnes visitées depuis moins de combien de mois\u00a0?",
        min_value=0,
        max_value=36,
        required=False,
        initial=0,
        help_text="0\u00a0: une visite récente n’écarte personne.",
    )
    opened_on = DayField(label="Date d’envoi", widget=_day())
    closes_on = DayField(
        label="Réponses jusqu’au",
        widget=_day(),
        help_text="Cette date est imprimée sur le questionnaire.",
    )
    questionnaire = forms.ChoiceField(label="Questionnaire")
    on_web = forms.BooleanField(
        label="On peut aussi répondre en ligne, par le QR code imprimé",
        required=False,
        initial=True,
    )
    by_phone = forms.BooleanField(
        label="Les personnes sans réponse peuvent être appelées", required=False, initial=True
    )
    letter_on = DayField(
        label="Relance par courrier, le",
        widget=_day(),
        required=False,
        help_text="Ce jour-là, les lettres sont préparées pour qui n’a pas répondu. Facultatif.",
    )
    email_on = DayField(
        label="Relance par courriel, le",
        widget=_day(),
        required=False,
        help_text="Ce jour-là, les courriels partent seuls. Facultatif.",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        today = timezone.localdate()
        fields = self.fields
        fields["territories"].initial = fields["territories"].offer(user)
        fields["name"].initial = dispatch.free_name(today.year)
        fields["least_age"].initial = settings.SENIOR_AGE
        fields[
            "least_age"
        ].help_text = (
            f"Les dossiers contiennent les locataires de {settings.SENIOR_AGE}\u00a0ans et plus."
        )
        fields["opened_on"].initial = today
        fields["closes_on"].initial = today + MONTHS_OPEN
        fields["letter_on"].initial = today + REMINDED_AFTER
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

    def clean_spared_months(self) -> int:
        """Left empty, a visit spares nobody."""
        return self.cleaned_data["spared_months"] or 0

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first, reminders between the two."""
        cleaned = super().clean()
        opened, closes = cleaned.get("opened_on"), cleaned.get("closes_on")
        if opened and closes and closes < opened:
            self.add_error("closes_on", "Cette date est avant la date d’envoi.")
        elif opened and closes:
            for channel, day in self.waves():
                try:
                    waves.check_day(day, channel, opened_on=opened, closes_on=closes)
                except waves.WaveRefusal as refusal:
                    self.add_error(f"{channel}_on", str(refusal))
        return cleaned

    def criteria(self) -> dict[str, Any]:
        """Who is asked, territories aside, once the form is valid."""
        asked = self.cleaned_data
        return {
            "least_age": asked["least_age"],
            "spared_months": asked["spared_months"],
            "on": asked["opened_on"],
        }

    def campaign(self) -> dict[str, Any]:
        """What the campaign is, once the form is valid."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("letter_on", "email_on")}

    def waves(self) -> list[tuple[str, date]]:
        """The reminders asked for: (channel, day), the first day first."""
        days = [
            (channel, self.cleaned_data.get(f"{channel}_on")) for channel in ("letter", "email")
        ]
        return sorted([(c, day) for c, day in days if day], key=lambda pair: pair[1])


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


class WaveForm(forms.Form):
    """How and when those who did not answer are reminded."""

    channel = forms.ChoiceField(label="Par", choices=Wave.Channel.choices)
    planned_on = DayField(label="Le", widget=_day())

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.campaign = campaign
        today = timezone.localdate()
        self.fields["planned_on"].initial = max(campaign.opened_on, today + timedelta(days=1))

    def clean(self) -> dict[str, Any]:
        """Today or later, while the campaign is open."""
        cleaned = super().clean()
        channel, day = cleaned.get("channel"), cleaned.get("planned_on")
        if channel and day:
            opened, closes = self.campaign.opened_on, self.campaign.closes_on
            try:
                waves.check_day(day, channel, opened_on=opened, closes_on=closes)
            except waves.WaveRefusal as refusal:
                self.add_error("planned_on" if refusal.code == "day" else "channel", str(refusal))
        return cleaned


class AnswersFileForm(forms.Form):
    """A file of answers; the file comes last, uploads are bounded."""

    extract_on = DayField(
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


class QuestionnaireForm(forms.Form):
    """A definition to look at: pasted, or a file that takes its place."""

    LONGEST = 200_000

    pasted = forms.CharField(
        required=False,
        label="Coller le questionnaire (TOML)",
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        error_messages={"max_length": "Ce texte est trop long pour un questionnaire."},
    )
    file = forms.FileField(
        required=False,
        label="Ou choisir un fichier",
        widget=forms.FileInput(attrs={"accept": ".toml,.txt"}),
        help_text="Rien n’est enregistré\u00a0: le texte est lu, puis oublié.",
        error_messages={"empty": "Ce fichier est vide."},
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.too_large = too_large

    def clean_file(self) -> str:
        """The text of the file."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > self.LONGEST:
            raise forms.ValidationError("Ce fichier est trop gros pour un questionnaire.")
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "Ce fichier ne se lit pas comme du texte\u00a0: enregistrez-le en UTF-8."
            ) from None

    def clean(self) -> dict[str, Any]:
        """One text, from the file when there is one."""
        cleaned = super().clean()
        cleaned["text"] = cleaned.get("file") or cleaned.get("pasted") or ""
        if not cleaned["text"].strip() and not self.errors:
            raise forms.ValidationError(
                "Ce fichier est trop gros pour un questionnaire."
                if self.too_large
                else "Collez un questionnaire ou choisissez un fichier."
            )
        return cleaned
