"""Forms of the backlog: they clean and give typed values."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from seniors.access import territories_of, visible_residences
from seniors.day_field import DayField
from seniors.models import User
from visits.acting.waiting import late
from visits.enums import State
from visits.models import Action, Need
from visits.programmes.fields import lacking_field
from visits.programmes.surroundings import without
from visits.works.backlog import (
    CODES,
    DECIDE_WITHIN,
    WAITING,
    bare_needs_of,
    works_of,
)
from visits.works.funders import FUNDERS, TO_ASK
from visits.works.prices import kinds_of_works

MANY_RESIDENCES = 200
EVERY, BARE, NOBODY = "all", "bare", "none"


class BacklogFilter(forms.Form):
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
    kind = forms.ModelChoiceField(None, required=False, label="Travail", empty_label="Tous")
    state = forms.ChoiceField(
        choices=[
            ("", "En cours"),
            (BARE, "Besoins sans action"),
            *State.choices,
            (EVERY, "Tous, clos compris"),
        ],
        required=False,
        label="État",
    )
    funder = forms.ChoiceField(
        choices=[("", "Tous"), *FUNDERS.items(), (NOBODY, TO_ASK)],
        required=False,
        label="Financeur",
    )
    lacking = lacking_field()
    order = forms.ChoiceField(
        choices=[
            ("", "Les retards d’abord"),
            ("age", "Les plus anciens d’abord"),
            ("cost", "Les plus chers d’abord"),
            ("place", "Par résidence"),
        ],
        required=False,
        label="Ordre",
    )
    late = forms.BooleanField(required=False, label="En retard seulement")

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.user = user
        self.fields["territory"].queryset = territories_of(user)
        self.fields["kind"].queryset = kinds_of_works()
        self.fields["residence"].queryset = residences = visible_residences(user)
        if len(residences[: MANY_RESIDENCES + 1]) > MANY_RESIDENCES:
            self.fields["residence"].widget = forms.HiddenInput()
        self.is_valid()

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None when it is empty or makes no sense."""
        return self.cleaned_data.get(name) or None

    def halves(self) -> tuple[QuerySet[Action], QuerySet[Need]]:
        """The actions and the bare needs that match; what is to be made unless told otherwise."""
        return self._actions(), self._needs()

    def done(self) -> QuerySet[Action]:
        """The works that match but are done: the tenant is yet to confirm them. Of no use once a
        state is asked for."""
        return self._matching.filter(state=State.DONE)

    def _actions(self) -> QuerySet[Action]:
        actions, state = self._matching, self.value("state")
        if state == BARE:
            return actions.none()
        if state == EVERY:
            return actions
        return actions.filter(**{"state": state} if state else {"state__in": WAITING})

    @cached_property
    def _matching(self) -> QuerySet[Action]:
        """The works that match, in every state: her territories are asked for once."""
        actions = works_of(self.user).filter(self._where("made_in"))
        kind, funder = self.value("kind"), self.value("funder")
        if kind:
            actions = actions.filter(kind=kind)
        if funder == NOBODY:
            actions = actions.filter(Q(works=None) | Q(works__funder=""))
        elif funder:
            actions = actions.filter(works__funder=funder)
        return late(actions) if self.value("late") else actions

    def _needs(self) -> QuerySet[Need]:
        needs = bare_needs_of(self.user).filter(self._where("lives_in"))
        kind = self.value("kind")
        if self.value("state") in State.values or self.value("funder") in FUNDERS:
            return needs.none()
        if kind:
            needs = needs.filter(code__in=[code for code in kind.needs if code in CODES])
        if self.value("late"):
            needs = needs.filter(found_on__lt=timezone.localdate() - DECIDE_WITHIN)
        return needs

    def _where(self, place: str) -> Q:
        """The place asked for: the residence of the works, or where the person of a need lives."""
        where = Q()
        if territory := self.value("territory"):
            where &= Q(**{f"{place}__territory": territory})
        if residence := self.value("residence"):
            where &= Q(**{place: residence})
        if code := self.value("lacking"):
            where &= Q(**{f"{place}__in": without(code)})
        if text := self.value("q"):
            where &= Q(**{f"{place}__name__icontains": text})
        return where

    @property
    def order_asked(self) -> str:
        """A key of `backlog.ORDERS`."""
        return self.value("order") or "late"

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that are lists, in the order of the screen."""
        names = ("state", "kind", "territory", "residence", "funder", "lacking", "order")
        return [self[name] for name in names if not self[name].is_hidden]

    @property
    def waits(self) -> bool:
        """Whether all that is listed waits to be made."""
        return (self.value("state") or BARE) in (BARE, *WAITING)

    @property
    def is_narrow(self) -> bool:
        """Whether something was asked for."""
        return any(self.value(name) for name in self.fields)

    def query(self, **more: Any) -> str:
        """The query string of this list, with something else asked for."""
        told = {name: value for name, value in self.data.items() if value and name in self.fields}
        return urlencode(told | {name: value for name, value in more.items() if value})


class PeriodForm(forms.Form):
    """Two days; without an answer, the last twelve months."""

    since = DayField(label="Demandés du", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = DayField(label="au", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, data: QueryDict) -> None:
        today = timezone.localdate()
        told = {"since": (today - timedelta(days=365)).isoformat(), "until": today.isoformat()}
        super().__init__(told | data.dict(), label_suffix="")
        self.last_year = today - timedelta(days=365), today

    def clean(self) -> dict[str, Any]:
        """In the order of time."""
        filled = super().clean()
        since, until = filled.get("since"), filled.get("until")
        if since and until and until < since:
            self.add_error(
                None, "La période finit avant de commencer\u00a0: voici la dernière année."
            )
        return filled

    @property
    def period(self) -> tuple:
        """First and last day; the last year when what was asked makes no sense."""
        if not self.is_valid():
            return self.last_year
        return self.cleaned_data["since"], self.cleaned_data["until"]
