"""Forms of the gestures on one senior's sheet."""

import re
import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from seniors import guard
from seniors.day_field import DayField
from seniors.fragility.items import TOLD
from seniors.french import readable_street
from seniors.guard import contains_nir
from seniors.known import EventKind, Words
from seniors.merge import ABSORBED, KEPT, clashes
from seniors.models import Senior


class ObjectionForm(forms.Form):
    """Why, and until when, she is not to be visited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    reason = forms.CharField(
        label="Motif",
        max_length=120,
        help_text="En quelques mots, comme la personne l’a dit. Pas de santé, pas de jugement.",
    )
    until = DayField(
        required=False,
        label="Jusqu’au",
        help_text="Laissez vide si la personne ne veut plus être visitée du tout.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_reason(self) -> str:
        """A social security number, an illness or a judgement is never written down."""
        reason = self.cleaned_data["reason"]
        if found := guard.found(reason):
            raise ValidationError(guard.explain(found))
        return reason

    def clean_until(self) -> date | None:
        """A pause ends in the future."""
        until = self.cleaned_data["until"]
        if until and until <= timezone.localdate():
            raise ValidationError("Choisissez une date à venir, ou laissez vide.")
        return until


class HistoryForm(forms.Form):
    """What to show of a history; a value that makes no sense counts as none."""

    quoi = forms.ChoiceField(
        label="Quoi", required=False, choices=[("", "Tout"), *EventKind.choices]
    )
    annee = forms.IntegerField(required=False, min_value=1900, max_value=2200)
    mots = forms.CharField(
        label="Mots",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=400)
    tout = forms.BooleanField(required=False)

    def asked(self) -> dict[str, Any]:
        """What `timeline.timeline_of` takes."""
        self.is_valid()
        filled = self.cleaned_data
        return {
            "kind": filled.get("quoi", ""),
            "year": filled.get("annee"),
            "words": filled.get("mots", ""),
            "page": filled.get("page") or 1,
            "whole": filled.get("tout", False),
        }

    def query(self, **changes: Any) -> str:
        """The query string of these filters, some of them changed."""
        asked = self.asked()
        values = {"quoi": asked["kind"], "annee": asked["year"], "mots": asked["words"]} | changes
        return urlencode({name: value for name, value in values.items() if value})


class ReachForm(forms.Form):
    """How to reach her: what the landlord's file says, corrected."""

    phone = forms.CharField(label="Téléphone", required=False, max_length=20)
    mobile = forms.CharField(label="Portable", required=False, max_length=20)
    email = forms.EmailField(label="Courriel", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_phone(self) -> str:
        """A number one can dial."""
        return _number(self.cleaned_data["phone"])

    def clean_mobile(self) -> str:
        """The same."""
        return _number(self.cleaned_data["mobile"])


class FactForm(forms.Form):
    """What she answers today to one question; `words` are those it was asked with."""

    form_uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    reply = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse."},
    )

    def __init__(self, code: str, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        item = TOLD[code]
        replies = words.replies or {1: "oui", 0: "non"}
        self.fields["reply"].label = words.question
        self.fields["reply"].choices = [
            (value, said) for value, said in replies.items() if item.low <= value <= item.high
        ]


def _number(text: str) -> str:
    """A telephone number as it is kept; refused when it cannot be one, or is another number."""
    text = text.strip()
    if contains_nir(text):
        raise ValidationError("Retirez le numéro de sécurité sociale\u00a0: il n’est jamais gardé.")
    if text and not re.fullmatch(r"\+?[0-9 .()/-]{6,20}", text):
        raise ValidationError("Ce numéro ne peut pas être composé\u00a0: vérifiez les chiffres.")
    return text


class MergeForm(forms.Form):
    """One choice for each thing that two records of one person tell differently."""

    def __init__(self, kept: Senior, absorbed: Senior, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for clash in clashes(kept, absorbed):
            choices = [(KEPT, _words(kept, clash.field)), (ABSORBED, _words(absorbed, clash.field))]
            self.fields[clash.field] = forms.ChoiceField(
                label=clash.label.capitalize(),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": "Choisissez l’une des deux valeurs."},
            )


def _words(senior: Senior, field: str) -> str:
    """The value of a field of the record, as a person reads it."""
    if field == "home":
        return _home_words(senior)
    value = getattr(senior, field)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    display = getattr(senior, f"get_{field}_display", None)
    return str(display() if display else value)


def _home_words(senior: Senior) -> str:
    """Where she lives, or since when she has left."""
    home, since = senior.dwelling, senior.housed_since
    if home is None:
        return f"{senior.get_end_display()} le {senior.ended_on:%d/%m/%Y}"
    entered = f", depuis le {since:%d/%m/%Y}" if since else ""
    street = readable_street(home.address_line)
    return f"{street}, {home.city_line} (logement {home.reference}){entered}"
