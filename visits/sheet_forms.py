"""The forms of what is done from a senior's sheet."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from seniors.day_field import DayField
from visits.contests import REASON_MOST
from visits.enums import Slot
from visits.models import Contest, Mute


class _Plain(forms.Form):
    """Labels as they are written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def _day(**fields: Any) -> DayField:
    """A day, picked from a calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(widget=widget, **fields)


class PauseForm(_Plain):
    """Why, and until when, she is left in peace."""

    why = forms.ChoiceField(
        label="Pourquoi\u00a0?",
        choices=[
            (one.value, f"{one.label[:1].upper()}{one.label[1:]}")
            for one in (Mute.Why.OFFICER, Mute.Why.HOSPITAL, Mute.Why.REFUSED, Mute.Why.MOVED,
                        Mute.Why.DECEASED, Mute.Why.UNSAFE)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites pourquoi."},
    )  # fmt: skip
    until = _day(
        label="Jusqu’au",
        required=False,
        help_text="Laissez vide si l’on ne sait pas\u00a0: elle tient jusqu’à ce qu’on la lève.",
    )
    reason = forms.CharField(
        label="Précision",
        required=False,
        max_length=200,
        help_text="En quelques mots, sans maladie ni jugement.",
    )

    def clean_until(self) -> date | None:
        """A pause ends in the future."""
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError("Choisissez une date à venir, ou laissez vide.")
        return until


class OpinionForm(_Plain):
    """How soon an officer thinks she should be seen, and why."""

    says = forms.ChoiceField(
        label="Votre avis",
        choices=[(one.value, f"{one.label[:1].upper()}{one.label[1:]}") for one in Contest.Says],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si elle est à voir plus tôt ou peut attendre."},
    )
    reason = forms.CharField(
        label="Pourquoi\u00a0?",
        max_length=REASON_MOST,
        help_text="Ce que le calcul ne sait pas. Ni maladie, ni jugement.",
        error_messages={"required": "Dites pourquoi\u00a0: votre avis est gardé avec sa raison."},
    )


class PlanForm(_Plain):
    """When to call on her; `week-plan` receives it."""

    day = _day(label="Jour", initial=timezone.localdate)
    slot = forms.ChoiceField(label="Moment", choices=Slot.choices, widget=forms.RadioSelect,
                             initial=Slot.MORNING)  # fmt: skip
