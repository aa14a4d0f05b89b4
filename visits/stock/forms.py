"""Forms of the stock: they clean and give typed values; the doors decide."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from seniors.access import territories_of, visible_dwellings, visible_residences
from seniors.day_field import DayField
from seniors.models import Dwelling, User
from seniors.rows_field import RowsField
from visits.models import StockCriterion, StockFinding, StockLabel, StockLevel
from visits.programmes.services import SERVICES, WITHIN
from visits.stock.label import Label
from visits.stock.stock_list import vacant
from visits.works.prices import kinds_of_works
from visits.works.words import CleanWords

MANY_RESIDENCES = 200
LAST_PAGE = 40_000
NONE, UNKNOWN, CHECK = "none", "unknown", "check"
FLOORS = (("0", "Rez-de-chaussée"), ("1", "1er étage"), ("2", "2e étage"), ("3", "3e et plus"))
ROOMS = (*((str(n), str(n)) for n in range(1, 5)), ("5", "5 et plus"))
KNOWN, NOT_KNOWN = ("yes", "Avec ascenseur"), ("no", "Sans ascenseur")


class StockFilter(forms.Form):
    """Every field may be empty; a value that makes no sense counts as empty."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label="Résidence",
        widget=forms.TextInput({"type": "search", "placeholder": "Nom de la résidence"}),
    )
    territory = forms.ModelChoiceField(
        None, required=False, label="Territoire", empty_label="Tous les miens"
    )
    residence = forms.ModelChoiceField(
        None, required=False, label="Une résidence", empty_label="Toutes"
    )
    level = forms.ChoiceField(required=False, label="Niveau")
    floor = forms.ChoiceField(
        choices=[("", "Tous"), *FLOORS, (UNKNOWN, "Inconnu")], required=False, label="Étage"
    )
    lift = forms.ChoiceField(
        choices=[("", "Peu importe"), KNOWN, NOT_KNOWN, (UNKNOWN, "Inconnu")],
        required=False,
        label="Ascenseur",
    )
    rooms = forms.ChoiceField(
        choices=[("", "Peu importe"), *ROOMS, (UNKNOWN, "Inconnu")], required=False, label="Pièces"
    )
    vacant = forms.BooleanField(required=False, label="Vacants seulement")

    def __init__(self, user: User, label: Label, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.user, self.stock_label = user, label
        self.fields["territory"].queryset = territories_of(user)
        self.fields["residence"].queryset = residences = visible_residences(user)
        if len(residences[: MANY_RESIDENCES + 1]) > MANY_RESIDENCES:
            self.fields["residence"].widget = forms.HiddenInput()
        self.fields["level"].choices = [
            ("", "Tous"),
            *((str(one.pk), f"{one.name} ou mieux") for one in reversed(label.levels)),
            (NONE, "Aucun niveau"),
            (CHECK, "À vérifier"),
        ]
        self.is_valid()

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None when it is empty or makes no sense."""
        return self.cleaned_data.get(name) or None

    def found(self) -> QuerySet[Dwelling]:
        """The dwellings of the user's territories that match; those still in the stock."""
        found = visible_dwellings(self.user).filter(gone_on=None)
        if text := self.value("q"):
            found = found.filter(residence__name__icontains=text)
        if territory := self.value("territory"):
            found = found.filter(residence__territory=territory)
        if residence := self.value("residence"):
            found = found.filter(residence=residence)
        found = found.filter(
            _floor(self.value("floor")), _lift(self.value("lift")), _rooms(self.value("rooms"))
        )
        if level := self.value("level"):
            found = found.filter(self._level(level))
        return vacant(found) if self.value("vacant") else found

    def _level(self, asked: str) -> Q:
        if asked == NONE:
            return Q(standing__isnull=False, standing__level=None)
        if asked == CHECK:
            return Q(standing__to_check__gt=0)
        rank = self.stock_label.level(int(asked)).rank
        return Q(standing__level__in=self.stock_label.at_least(rank))

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that are lists, in the order of the screen."""
        names = ("level", "territory", "residence", "floor", "lift", "rooms")
        return [self[name] for name in names if not self[name].is_hidden]

    @property
    def is_narrow(self) -> bool:
        """Whether something was asked for."""
        return any(self.value(name) for name in self.fields)

    def query(self, **more: Any) -> str:
        """The query string of this list, with something else asked for."""
        told = {name: value for name, value in self.data.items() if value and name in self.fields}
        return urlencode(told | {name: value for name, value in more.items() if value})


def _floor(asked: str | None) -> Q:
    if not asked:
        return Q()
    if asked == UNKNOWN:
        return Q(floor=None)
    return Q(floor__gte=3) if asked == "3" else Q(floor=int(asked))


def _lift(asked: str | None) -> Q:
    if not asked:
        return Q()
    return Q(has_lift={"yes": True, "no": False}.get(asked))


def _rooms(asked: str | None) -> Q:
    if not asked:
        return Q()
    if asked == UNKNOWN:
        return Q(rooms=None)
    return Q(rooms__gte=5) if asked == "5" else Q(rooms=int(asked))


class NoteForm(CleanWords, forms.Form):
    """What is noted of one or more criteria, for the dwellings ticked or for all of them."""

    ANSWERS = (("yes", "Oui, rempli"), ("no", "Non"), ("unknown", "On ne sait plus"))
    MET = {"yes": True, "no": False, "unknown": None}

    criteria = RowsField(
        StockCriterion.objects.all(),
        label="Critères",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un critère."},
    )
    met = forms.ChoiceField(choices=ANSWERS, label="Rempli", widget=forms.RadioSelect)
    evidence = forms.ChoiceField(choices=StockFinding.Evidence.choices, label="Preuve")
    on = DayField(
        label="Constaté le",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        initial=timezone.localdate,
    )
    words = forms.CharField(
        required=False,
        max_length=200,
        label="Précision",
        help_text="Qui l’a vu, quel document… Sans nom de locataire ni santé.",
    )
    everywhere = forms.BooleanField(
        required=False, label="Pour tous les logements de la résidence, sans les cocher"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def answer(self) -> bool | None:
        """The answer as it is kept."""
        return self.MET[self.cleaned_data["met"]]


class LabelForm(CleanWords, forms.ModelForm):
    """Name and source of the label."""

    class Meta:
        model = StockLabel
        fields = ("name", "source", "is_assumption")
        labels = {"is_assumption": "C’est encore une hypothèse"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class LevelForm(forms.ModelForm):
    """One level and all the criteria that it asks for."""

    class Meta:
        model = StockLevel
        fields = ("name", "meaning", "criteria")
        labels = {"criteria": "Critères"}
        field_classes = {"criteria": RowsField}
        widgets = {"criteria": forms.CheckboxSelectMultiple}
        help_texts = {
            "meaning": "Pour compter avec les autres bailleurs, et pour chercher qui loger.",
            "criteria": "Le niveau est atteint quand tous ceux-là sont remplis.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["criteria"].required = False  # the door says it in its words


class CriterionForm(CleanWords, forms.ModelForm):
    """One criterion: its words, what of the file answers it, which works prove it."""

    works = forms.MultipleChoiceField(
        required=False,
        label="Travaux qui le prouvent",
        widget=forms.CheckboxSelectMultiple,
        help_text="Une fois faits, ils vous seront proposés comme preuve.",
    )

    near = forms.MultipleChoiceField(
        required=False,
        label=f"Services à moins de {WITHIN} m qui le prouvent, s’ils y sont tous",
        widget=forms.CheckboxSelectMultiple,
        help_text="Les distances notées autour de chaque résidence vous seront proposées.",
    )

    class Meta:
        model = StockCriterion
        fields = ("label", "help", "reads", "works", "near")
        help_texts = {"reads": "Tant que personne ne l’a noté pour un logement."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["works"].choices = [(one.code, one.label) for one in kinds_of_works()]
        self.fields["reads"].choices = [("", "Rien"), *StockCriterion.Reads.choices]
        self.fields["near"].choices = [(one.code, one.label) for one in SERVICES.values()]
