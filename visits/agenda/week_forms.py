"""The small forms of the week: they clean and give typed values, they decide nothing."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from seniors.day_field import DayField
from seniors.models import User
from visits.agenda.cover import colleagues_of
from visits.enums import Slot


class MomentForm(forms.Form):
    """A day, a half-day, perhaps an hour and a place in the round."""

    day = DayField(error_messages={"required": "Choisissez un jour."})
    slot = forms.ChoiceField(
        choices=Slot.choices, error_messages={"required": "Choisissez le matin ou l’après-midi."}
    )
    hour = forms.TimeField(
        required=False, error_messages={"invalid": "Écrivez l’heure comme 10:30."}
    )
    place = forms.IntegerField(required=False, min_value=0, max_value=500)

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence."""
        return next((error for errors in self.errors.values() for error in errors), "")


class CoverForm(forms.Form):
    """Who is away, from when to when, and who stands in."""

    officer = forms.ModelChoiceField(None, label="Qui s’absente", empty_label=None)
    colleague = forms.ModelChoiceField(None, label="Qui remplace", empty_label="Choisissez")
    starts_on = DayField(label="Du", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    ends_on = DayField(label="Au (compris)", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, officers, officer: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["officer"].queryset = officers
        self.fields["officer"].initial = officer.pk
        self.fields["colleague"].queryset = colleagues_of(officer)


def uids(sent: QueryDict, name: str = "uid") -> list[UUID]:
    """The identities sent back by a page, those that are none left out; at most 200."""
    found = []
    for text in sent.getlist(name)[:200]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
