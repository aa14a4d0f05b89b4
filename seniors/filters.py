"""The filters of the list of seniors, as a form that narrows a queryset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from seniors import queries
from seniors.access import territories_of, visible_residences
from seniors.enums import Role
from seniors.models import Senior, User

ORDERS = (("visit", "Ordre de visite"), ("name", "Nom"), ("age", "Âge"))
AGES = (
    ("0-74", "Moins de 75 ans"),
    ("75-79", "75 à 79 ans"),
    ("80-84", "80 à 84 ans"),
    ("85-89", "85 à 89 ans"),
    ("90-150", "90 ans et plus"),
)
NO_SCORE = "none"
LAST_PAGE = 400
MANY_RESIDENCES = 200


@dataclass(frozen=True)
class Chosen:
    """A filter in use: what it says, and the query string of the list without it."""

    label: str
    without: str


class SeniorFilter(forms.Form):
    """Every field may be empty; a value that makes no sense counts as empty."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label="Chercher",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Nom, référence, rue ou résidence"}
        ),
    )
    sort = forms.ChoiceField(choices=ORDERS, required=False, label="Trier par")
    territory = forms.ModelChoiceField(
        None, required=False, label="Territoire", empty_label="Tous mes territoires"
    )
    residence = forms.ModelChoiceField(
        None, required=False, label="Résidence", empty_label="Toutes"
    )
    band = forms.ChoiceField(required=False, label="Ordre de visite")
    age = forms.ChoiceField(choices=[("", "Tous les âges"), *AGES], required=False, label="Âge")
    answered = forms.ChoiceField(
        choices=[("", "Peu importe"), ("yes", "A répondu"), ("no", "N’a pas répondu")],
        required=False,
        label="Enquête, depuis un an",
    )
    silent = forms.BooleanField(required=False, label="Senior «\u00a0invisible\u00a0»")
    alone = forms.BooleanField(required=False, label="Personne seule")
    no_lift = forms.BooleanField(required=False, label="En étage sans ascenseur")
    left = forms.BooleanField(required=False, label="A quitté le parc")
    page = forms.IntegerField(
        min_value=1, max_value=LAST_PAGE, required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, user: User, runs: queries.Runs, bands: Sequence[tuple[str, str]], data: QueryDict
    ) -> None:
        super().__init__(data, label_suffix="")
        self.runs = runs
        self.fields["territory"].queryset = territories = territories_of(user)
        self.fields["residence"].queryset = residences = visible_residences(user)
        self.fields["band"].choices = [("", "Tous"), *bands, (NO_SCORE, "Pas encore calculé")]
        few = []
        if len(territories) == 1:
            del self.fields["territory"]
            few = list(residences[: MANY_RESIDENCES + 1])
        if 0 < len(few) <= MANY_RESIDENCES:
            names = [(residence.pk, str(residence)) for residence in few]
            self.fields["residence"].choices = [("", "Toutes"), *names]
        else:  # too many for a list: one follows a link, or types the name
            self.fields["residence"].widget = forms.HiddenInput()
        if user.role != Role.ADMINISTRATOR:
            del self.fields["left"]
        self.is_valid()

    def value(self, name: str, default: Any = None) -> Any:
        """The cleaned value of a field, `default` when it is empty or makes no sense."""
        return self.cleaned_data.get(name) or default

    @property
    def one_band(self) -> str | None:
        """The band asked for, when it is one of a grid."""
        return None if self.value("band") == NO_SCORE else self.value("band")

    def filter(self, seniors: QuerySet[Senior]) -> QuerySet[Senior]:
        """The seniors that match; those who left only when they are asked for."""
        seniors = seniors.filter(dwelling__isnull=bool(self.value("left")))
        for name, narrow in _NARROW.items():
            if value := self.value(name):
                seniors = narrow(seniors, value)
        if self.value("band") == NO_SCORE:
            seniors = queries.without_score(seniors, self.runs)
        # Together: each condition apart would search every senior's score again.
        score = {"band": self.one_band} if self.one_band else {}
        if self.value("silent"):
            score["silence__isnull"] = False
        if score:
            seniors = queries.with_score(seniors, self.runs, **score)
        if text := self.value("q"):
            seniors = queries.search(seniors, text)
        return seniors

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that are lists, in the order of the screen."""
        names = ("territory", "residence", "band", "age", "answered")
        return [self[name] for name in names if name in self.fields and not self[name].is_hidden]

    @property
    def ticks(self) -> list[forms.BoundField]:
        """The boxes to tick."""
        return [
            self[name] for name in ("silent", "alone", "no_lift", "left") if name in self.fields
        ]

    def chosen(self) -> list[Chosen]:
        """The filters in use."""
        return [
            Chosen(self._said(name), self.query_without(name))
            for name in ("q", *_NARROW, "band", "silent", "left")
            if self.value(name)
        ]

    def _said(self, name: str) -> str:
        """A filter in use, as a screen says it."""
        field, value = self.fields[name], self.value(name)
        if value is True:
            return field.label
        shown = dict(field.choices)[value] if name in _CODED else value
        return f"«\u00a0{shown}\u00a0»" if name == "q" else str(shown)

    def query_without(self, *names: str) -> str:
        """The query string of this form, without those fields, the page and what is empty."""
        return self._query({}, {*names, "page"})

    def query_of_page(self, number: int) -> str:
        """The query string of another page of the same list."""
        return self._query({"page": str(number)}, {"page"})

    def _query(self, more: dict[str, str], less: set[str]) -> str:
        told = {name: value for name, value in self.data.items() if value and name not in less}
        return urlencode(told | more)


def _of_age(seniors: QuerySet[Senior], ages: str) -> QuerySet[Senior]:
    """Completed years today; by the year alone when the day of birth is unknown."""
    youngest, oldest = map(int, ages.split("-"))
    today = timezone.localdate()
    after, until = _years_before(today, oldest + 1), _years_before(today, youngest)
    years = Q(born_on=None, birth_year__gte=today.year - oldest)
    years &= Q(birth_year__lte=today.year - youngest)
    return seniors.filter(Q(born_on__gt=after, born_on__lte=until) | years)


def _years_before(day: date, years: int) -> date:
    """The same day that many years before; the 28th for a 29 February."""
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _answered(seniors: QuerySet[Senior], code: str) -> QuerySet[Senior]:
    """Those who answered a survey in the last year, or those who did not."""
    recent = queries.answered_since(timezone.localdate() - timedelta(days=365))
    return seniors.filter(recent if code == "yes" else ~recent)


_CODED = ("band", "age", "answered")
_NARROW = {
    "territory": lambda seniors, one: seniors.filter(dwelling__residence__territory=one),
    "residence": lambda seniors, one: seniors.filter(dwelling__residence=one),
    "age": _of_age,
    "answered": _answered,
    "alone": lambda seniors, _: seniors.filter(dwelling__household_size=1),
    "no_lift": lambda seniors, _: seniors.filter(dwelling__floor__gte=1, dwelling__has_lift=False),
}
