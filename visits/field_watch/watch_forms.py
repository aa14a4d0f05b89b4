"""The forms of the field watch: they clean and give typed values, they decide nothing."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from seniors.day_field import DayField
from visits.field_watch.watch import WORDS_MOST
from visits.field_watch.whereabouts import DOOR_MOST, ELSEWHERE, Places, in_words
from visits.lists.places import floor_words
from visits.models import Signal
from visits.needs import by_family

Kind, Urgency, Reporter, Outcome = Signal.Kind, Signal.Urgency, Signal.Reporter, Signal.Outcome
# As asked of someone who has no account, and no time.
KINDS = [(kind.value, kind.label[:1].upper() + kind.label[1:]) for kind in Kind]
URGENCIES = [
    (Urgency.NOW.value, "Aujourd’hui"),
    (Urgency.SOON.value, "Cette semaine"),
    (Urgency.WATCH.value, "Ce n’est pas pressé"),
]
REPORTERS = [
    (Reporter.CARETAKER.value, "Gardien ou gardienne"),
    (Reporter.TECHNICIAN.value, "Technicien ou technicienne"),
    (Reporter.NEIGHBOUR.value, "Voisin ou voisine"),
    (Reporter.OTHER.value, "Autre"),
]
FEW_ENTRANCES = 8
YEAR = timedelta(days=365)


class _Plain(forms.Form):
    """Labels as they are written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class SignalForm(_Plain):
    """What was seen, and how urgent it is."""

    form_uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        label="Qu’avez-vous vu\u00a0?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Touchez ce que vous avez vu."},
    )
    urgency = forms.ChoiceField(
        label="Quand faut-il venir\u00a0?",
        choices=URGENCIES,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites quand il faut venir."},
    )
    words = forms.CharField(
        label="En quelques mots",
        required=False,
        max_length=WORDS_MOST,
        help_text="Ce que vous avez vu. Pas de maladie, pas de jugement.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReportForm(SignalForm):
    """The same from someone who has a link: where, by what the landlord knows of the residence."""

    def __init__(self, places: Places, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        if places.doors:
            self.fields["home"] = _homes(places)
        if places.entrances:
            self.fields["entrance"] = _entrances(places)
        if places.floors:
            self.fields["floor"] = forms.ChoiceField(
                label="À quel étage\u00a0?",
                choices=[
                    *((str(one), floor_on_button(one)) for one in places.floors),
                    (ELSEWHERE, "Ailleurs"),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": "Dites à quel étage, ou «\u00a0Ailleurs\u00a0»."},
            )
        self.fields["door"] = forms.CharField(
            label="Quelle porte\u00a0?",
            required=False,
            max_length=DOOR_MOST,
            help_text="«\u00a0à gauche\u00a0», «\u00a0porte 12\u00a0»… Pas de nom.",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["reporter"] = forms.ChoiceField(
            label="Qui êtes-vous\u00a0?",
            choices=REPORTERS,
            required=False,
            widget=forms.RadioSelect,
        )
        order = ["form_uid", "kind", "words", "home", "entrance", "floor", "door", "reporter"]
        self.order_fields(order)

    @property
    def place(self) -> tuple[str, int | None]:
        """Entrance and floor, "" and None where they were not said."""
        entrance = self.cleaned_data.get("entrance", "")
        floor = self.cleaned_data.get("floor", ELSEWHERE)
        return entrance if entrance != ELSEWHERE else "", None if floor == ELSEWHERE else int(floor)

    @property
    def home_id(self) -> int | None:
        """The dwelling whose door was touched."""
        home = self.cleaned_data.get("home", ELSEWHERE)
        return None if home == ELSEWHERE else int(home)

    def said(self) -> dict[str, Any]:
        """What the door of a signal takes, the dwelling apart."""
        filled = self.cleaned_data
        return {
            "form_uid": filled["form_uid"],
            "kind": filled["kind"],
            "urgency": filled["urgency"],
            "words": filled["words"],
            "reporter": filled["reporter"],
            "whereabouts": in_words(*self.place, filled["door"]),
        }


class AddedForm(_Plain):
    """What is added once the report is sent."""

    words = SignalForm.base_fields["words"]


class EnteredForm(SignalForm):
    """The same when one of us enters it, for a person or a residence."""

    reporter = forms.ChoiceField(
        label="Qui l’a vu\u00a0?",
        choices=[(Reporter.OFFICER.value, "Moi"), *REPORTERS],
        initial=Reporter.OFFICER,
        widget=forms.RadioSelect,
    )
    whereabouts = forms.CharField(
        label="Où, dans la résidence\u00a0?",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen_on = DayField(
        label="Vu le",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, about_person: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about_person:
            del self.fields["whereabouts"]


class CloseForm(_Plain):
    """What came of a signal."""

    outcome = forms.ChoiceField(
        label="Qu’en est-il\u00a0?",
        choices=[(one.value, one.label[:1].upper() + one.label[1:]) for one in Outcome],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce qu’il en est\u00a0: le signalement reste ouvert."},
    )
    needs = forms.MultipleChoiceField(
        label="Besoins trouvés",
        required=False,
        choices=[
            (family.label, [(kind.code, kind.label) for kind in kinds])
            for family, kinds in by_family().items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )


class LinkForm(_Plain):
    """For whom a link is, and until when."""

    label = forms.CharField(
        label="Pour qui, ou à quel endroit\u00a0?",
        required=False,
        max_length=80,
        help_text="«\u00a0hall A\u00a0», «\u00a0gardien\u00a0», «\u00a0société de ménage\u00a0»… "
        "Vous seuls le voyez.",
    )
    expires_on = DayField(
        label="Valable jusqu’au",
        initial=lambda: timezone.localdate() + YEAR,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _homes(places: Places) -> forms.ChoiceField:
    """One button a door, without anybody's name."""
    choices = [(str(pk), label) for pk, label in places.doors]
    return forms.ChoiceField(
        label="Devant quelle porte\u00a0?",
        choices=[*choices, (ELSEWHERE, "Ailleurs, ou je ne sais pas")],
        widget=forms.RadioSelect,
        error_messages={"required": "Touchez la porte, ou «\u00a0Ailleurs\u00a0»."},
    )


def _entrances(places: Places) -> forms.ChoiceField:
    """Buttons for a few, a list to scroll for many.

    Where the floor is asked too, « Je ne sais pas » stands already: three touches are enough.
    """
    choices = [*((one, one) for one in places.entrances), (ELSEWHERE, "Je ne sais pas")]
    many = len(places.entrances) > FEW_ENTRANCES
    return forms.ChoiceField(
        label="À quelle entrée\u00a0?",
        choices=[("", "Choisissez…"), *choices] if many else choices,
        widget=forms.Select if many else forms.RadioSelect,
        initial=ELSEWHERE if places.floors else None,
        error_messages={"required": "Choisissez l’entrée, ou «\u00a0Je ne sais pas\u00a0»."},
    )


def floor_on_button(floor: int) -> str:
    """What stands on the button of a floor."""
    words = {0: "Rez-de-chaussée"}.get(floor) or floor_words(floor).removesuffix(" étage")
    return words[:1].upper() + words[1:] if floor < 1 else words
