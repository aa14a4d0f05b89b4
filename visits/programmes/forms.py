"""Forms of programmes and surroundings: they clean; the doors decide."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from seniors.access import territories_of, visible_residences
from seniors.day_field import DayField
from seniors.enums import Role
from seniors.models import Residence, User
from visits.models import Programme
from visits.programmes.fields import lacking_field
from visits.programmes.natures import NATURES
from visits.programmes.recording import FIRST, LAST, LONGEST, Told
from visits.programmes.services import SERVICES, WITHIN, Service
from visits.programmes.surroundings import FARTHEST, Line, without

MANY_RESIDENCES = 200


class ProgrammeForm(forms.Form):
    """The works of one residence, one year. With very many residences, hers is typed."""

    residence = forms.ModelChoiceField(None, label="Résidence", empty_label="Choisissez")
    year = forms.IntegerField(label="Année des travaux", min_value=FIRST, max_value=LAST)
    natures = forms.MultipleChoiceField(
        label="Travaux",
        choices=[(one.code, one.label) for one in NATURES.values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une sorte de travaux."},
    )
    state = forms.ChoiceField(label="État", choices=Programme.State.choices)
    note = forms.CharField(label="Précision (facultatif)", required=False, max_length=LONGEST)

    def __init__(
        self, user: User, *args: Any, programme: Programme | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.residences = visible_residences(user)
        self.programme = programme
        if programme:
            del self.fields["residence"]
            names = ("year", "natures", "state", "note")
            self.initial |= {name: getattr(programme, name) for name in names}
        elif len(self.residences[: MANY_RESIDENCES + 1]) > MANY_RESIDENCES:
            typed = forms.CharField(label="Nom ou référence de la résidence", max_length=160)
            self.fields["residence"] = typed
        else:
            self.fields["residence"].queryset = self.residences
        self.initial.setdefault("year", timezone.localdate().year + 1)

    def clean_residence(self) -> Residence:
        """The residence itself, found by what was typed."""
        told = self.cleaned_data["residence"]
        if isinstance(told, Residence):
            return told
        found = list(self.residences.filter(Q(reference__iexact=told) | Q(name__iexact=told))[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                "Plusieurs résidences portent ce nom\u00a0: écrivez la référence."
                if found
                else "Aucune résidence de vos territoires ne s’appelle ainsi."
            )
        return found[0]

    @property
    def told(self) -> Told:
        """What the door takes."""
        filled = self.cleaned_data
        residence = self.programme.residence if self.programme else filled["residence"]
        natures = tuple(filled["natures"])
        return Told(residence, filled["year"], natures, filled["state"], filled["note"])


class ProgrammeFilter(forms.Form):
    """Every field may be empty; a value that makes no sense counts as empty."""

    territory = forms.ModelChoiceField(
        None, required=False, label="Territoire", empty_label="Tous les miens"
    )
    state = forms.ChoiceField(
        choices=[("", "Tous"), *Programme.State.choices], required=False, label="État"
    )
    lacking = lacking_field()

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.fields["territory"].queryset = territories_of(user)
        self.is_valid()

    def narrow(self, programmes: QuerySet[Programme]) -> QuerySet[Programme]:
        """Those that match."""
        told = self.cleaned_data
        if territory := told.get("territory"):
            programmes = programmes.filter(residence__territory=territory)
        if state := told.get("state"):
            programmes = programmes.filter(state=state)
        if code := told.get("lacking"):
            programmes = programmes.filter(residence__in=without(code))
        return programmes

    def query(self) -> str:
        """The query string of this list."""
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})


class SurroundingsForm(forms.Form):
    """The distance of each service from one residence; nothing written is not known."""

    source = forms.CharField(
        label="D’après", required=False, max_length=120, help_text="Pour ce que vous changez."
    )
    known_on = DayField(
        label="Relevé le", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, lines: Sequence[Line], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.lines = lines
        self.initial.setdefault("known_on", timezone.localdate())
        for line in lines:
            found, code = line.found, line.service.code
            self.fields[f"metres_{code}"] = forms.IntegerField(
                label=f"{line.service.label}, en mètres",
                required=False,
                min_value=0,
                max_value=FARTHEST,
                initial=found.metres if found else None,
            )
            self.fields[f"none_{code}"] = forms.BooleanField(
                label=f"Aucun à {WITHIN} m",
                required=False,
                initial=bool(found) and found.metres is None,
            )

    @property
    def rows(self) -> Iterator[tuple[Service, Line, forms.BoundField, forms.BoundField]]:
        """Each service with its two fields."""
        for line in self.lines:
            code = line.service.code
            yield line.service, line, self[f"metres_{code}"], self[f"none_{code}"]

    def clean(self) -> dict[str, Any]:
        """A distance, or none near: not both."""
        filled = super().clean()
        for code in SERVICES:
            if filled.get(f"none_{code}") and filled.get(f"metres_{code}") is not None:
                self.add_error(
                    f"metres_{code}", "Écrivez une distance, ou cochez «\u00a0Aucun\u00a0»."
                )
        return filled

    @property
    def distances(self) -> dict[str, int | None]:
        """{code: metres, None when none is near}, of what is known."""
        filled = self.cleaned_data
        return {
            code: filled[f"metres_{code}"]
            for code in SERVICES
            if filled[f"none_{code}"] or filled[f"metres_{code}"] is not None
        }


class PasteForm(forms.Form):
    """A table, pasted; an administrator may send the file itself. Files come last in a form."""

    text = forms.CharField(
        label="Collez le tableau ici",
        required=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text="Copié d’un tableur ou d’un fichier CSV, ligne d’en-têtes comprise.",
    )
    file = forms.FileField(label="Ou envoyez le fichier (CSV ou XLSX)", required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if user.role != Role.ADMINISTRATOR:  # files of others are dropped (`uploads`)
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        filled = super().clean()
        if not self.errors and not filled["text"].strip() and not filled.get("file"):
            self.add_error("text", "Collez un tableau avec sa ligne d’en-têtes.")
        return filled
