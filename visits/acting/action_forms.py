"""Forms about needs and actions: they clean and give typed values; the doors decide."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from seniors.access import DECIDERS, visible_residences, visible_seniors
from seniors.day_field import DayField
from seniors.models import Senior, User
from seniors.person import rows_of
from seniors.queries import search
from visits.acting.charge import followers, may_follow, territory_of
from visits.acting.many_moves import WORDS
from visits.acting.partners import visible_partners
from visits.acting.steps import OPEN, Step
from visits.acting.waiting import late, left_behind, partners_for, silent, visible_actions
from visits.enums import Family, Satisfaction, State
from visits.models import Action, ActionKind
from visits.needs import NEEDS, by_family

MANY_RESIDENCES = 200
EVERY = "all"


def day_field(label: str, **more: Any) -> DayField:
    """A day, filled in with today."""
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return DayField(label=label, widget=widget, initial=timezone.localdate, **more)


class ActionFilter(forms.Form):
    """Every field may be empty; a value that makes no sense counts as empty."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label="Locataire",
        widget=forms.TextInput({"type": "search", "placeholder": "Nom, référence ou rue"}),
    )
    family = forms.ChoiceField(
        choices=[("", "Toutes les familles"), *Family.choices], required=False, label="Famille"
    )
    kind = forms.ModelChoiceField(
        ActionKind.objects.all(), required=False, label="Action", empty_label="Toutes"
    )
    state = forms.ChoiceField(
        choices=[("", "En cours"), *State.choices, (EVERY, "Toutes, closes comprises")],
        required=False,
        label="État",
    )
    partner = forms.ModelChoiceField(None, required=False, label="Partenaire", empty_label="Tous")
    residence = forms.ModelChoiceField(
        None, required=False, label="Résidence", empty_label="Toutes"
    )
    officer = forms.ModelChoiceField(None, required=False, label="Suivie par", empty_label="Tous")
    late = forms.BooleanField(required=False, label="En retard seulement")
    silent = forms.BooleanField(required=False, label="Partenaire sans réponse depuis 7 jours")
    gone = forms.BooleanField(required=False, label="De personnes parties")

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.user = user
        self.fields["partner"].queryset = visible_partners(user)
        self.fields["officer"].queryset = followers(user)
        if user.role not in DECIDERS:
            del self.fields["gone"]
        self.fields["residence"].queryset = residences = visible_residences(user)
        if len(residences[: MANY_RESIDENCES + 1]) > MANY_RESIDENCES:
            self.fields["residence"].widget = forms.HiddenInput()
        self.is_valid()

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None when it is empty or makes no sense."""
        return self.cleaned_data.get(name) or None

    def seen(self) -> QuerySet[Action]:
        """Among whose actions to look: of the people one sees, or of those who have left."""
        return left_behind(self.user) if self.value("gone") else visible_actions(self.user)

    def filter(self, actions: QuerySet[Action]) -> QuerySet[Action]:
        """The actions that match; the open ones unless told otherwise."""
        state = self.value("state")
        if state != EVERY:
            actions = actions.filter(**{"state": state} if state else {"state__in": OPEN})
        if residence := self.value("residence"):
            actions = actions.filter(
                Q(senior__dwelling__residence=residence)
                | Q(senior__merged_into__dwelling__residence=residence)
            )
        told = {
            "kind__family": "family",
            "kind": "kind",
            "partner": "partner",
            "officer": "officer",
        }
        narrow = {path: self.value(name) for path, name in told.items() if self.value(name)}
        actions = actions.filter(**narrow)
        if text := self.value("q"):
            people = Senior.objects.unmerged() if self.value("gone") else visible_seniors(self.user)
            actions = rows_of(search(people, text), actions)
        if self.value("silent"):
            actions = silent(actions)
        return late(actions) if self.value("late") else actions

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that are lists, in the order of the screen."""
        names = ("state", "family", "kind", "partner", "officer", "residence")
        return [self[name] for name in names if not self[name].is_hidden]

    @property
    def is_narrow(self) -> bool:
        """Whether something was asked for."""
        return any(self.value(name) for name in self.fields)

    def query(self, **more: Any) -> str:
        """The query string of this list, with something else asked for."""
        told = {name: value for name, value in self.data.items() if value and name in self.fields}
        return urlencode(told | {name: value for name, value in more.items() if value})


class NewActionForm(forms.Form):
    """A need, and what is done about it if something already is."""

    kind = forms.ModelChoiceField(None, required=False, label="Action", empty_label="Aucune encore")
    need = forms.ChoiceField(
        required=False,
        label="Besoin repéré",
        help_text="Sans réponse, c’est le besoin auquel l’action répond d’ordinaire.",
    )
    state = forms.ChoiceField(
        choices=[
            (State.ACCEPTED, "La personne l’accepte"),
            (State.PROPOSED, "Proposée, il réfléchit"),
            (State.DECLINED, "La personne la décline"),
        ],
        initial=State.ACCEPTED,
        widget=forms.RadioSelect,
        label="Ce qu’en dit la personne",
    )
    on = day_field("Le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        kinds = ActionKind.objects.filter(is_active=True)
        self.fields["kind"].queryset = kinds
        self.fields["kind"].choices = [("", "Aucune encore"), *_by_family(kinds)]
        needs = [
            (family.label, [(one.code, f"{one.label[:1].upper()}{one.label[1:]}") for one in kinds])
            for family, kinds in by_family().items()
        ]
        self.fields["need"].choices = [("", "Celui de l’action"), *needs]

    def clean(self) -> dict[str, Any]:
        """An action answers its need; a need may stand alone."""
        filled = super().clean()
        kind, need = filled.get("kind"), filled.get("need")
        if "kind" not in filled or "need" not in filled:
            return filled
        if kind is None and not need:
            self.add_error("kind", "Choisissez une action, ou au moins un besoin.")
        elif kind and need and need not in kind.needs:
            self.add_error("need", f"«\u00a0{kind}\u00a0» ne répond pas à ce besoin.")
        elif kind and not need:
            filled["need"] = next((code for code in kind.needs if code in NEEDS), "")
            if not filled["need"]:
                self.add_error("need", "Dites à quel besoin cette action répond.")
        return filled


def _by_family(kinds: QuerySet[ActionKind]) -> list[tuple[str, list]]:
    """The catalogue in the groups of a list."""
    groups: dict[str, list] = {family.value: [] for family in Family}
    for kind in kinds:
        groups[kind.family].append((kind.pk, kind.label))
    return [(Family(family).label, lines) for family, lines in groups.items() if lines]


class GiveForm(forms.Form):
    """To whom actions are given; `action` is the one it is about, none for several."""

    use_required_attribute = False  # in a list it stands in the form of another gesture

    officer = forms.ModelChoiceField(None, label="À qui ?", empty_label="Choisissez")

    def __init__(
        self, by: User, action: Action | None = None, data: QueryDict | None = None
    ) -> None:
        super().__init__(data, label_suffix="", auto_id="give-%s")
        people = may_follow(by)
        if action:
            people = people.exclude(pk=action.officer_id).filter(territories=territory_of(action))
        self.fields["officer"].queryset = people


class MoveForm(forms.Form):
    """One step of one action: its day, its reason where one is needed, the partner to ask."""

    on = day_field("Le")
    note = forms.CharField(max_length=200, required=False, label="Précision (facultatif)")

    def __init__(self, action: Action, step: Step, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{step.to}-%s")
        self.step = step
        self.fields["on"].widget.attrs |= {
            "max": timezone.localdate().isoformat(),
            "min": action.state_on.isoformat(),
        }
        if step.note:
            self.fields["note"].required = True
            self.fields["note"].label = "Pourquoi ?"
        if step.to == State.CONFIRMED:
            self.fields["satisfied"] = forms.ChoiceField(
                choices=[("", "Pas demandé"), *Satisfaction.choices],
                required=False,
                label="La personne en est-elle satisfaite\u00a0? (facultatif)",
            )
        if step.to == State.REQUESTED and action.kind.by_partner:
            self._ask_partner(action)

    def _ask_partner(self, action: Action) -> None:
        """Whom to ask, and the tenant's yes if it was not written down before."""
        asked = partners_for(action)
        first = action.partner_id
        if action.state == State.PARTNER_REFUSED:
            asked, first = asked.exclude(pk=first), None
        self.nobody = not asked.exists()
        self.fields["partner"] = forms.ModelChoiceField(
            asked,
            label="À qui ?",
            empty_label="Choisissez un partenaire",
            initial=first,
        )
        self.fields["agreed"] = forms.BooleanField(
            required=False, label="La personne a dit oui à ce texte"
        )
        self.order_fields(["partner", "agreed", "on", "note"])

    @property
    def asks_partner(self) -> bool:
        """Whether a partner is chosen here."""
        return "partner" in self.fields


class ManyForm(forms.Form):
    """One gesture on the actions ticked."""

    to = forms.ChoiceField(
        choices=[(state, words[1]) for state, words in WORDS.items()],
        label="Les marquer",
    )
    on = day_field("Le")
    note = forms.CharField(max_length=200, required=False, label="Pourquoi ? (pour annuler)")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="", auto_id="many-%s")

    def clean(self) -> dict[str, Any]:
        """A cancellation says why."""
        filled = super().clean()
        if filled.get("to") == State.CANCELLED and not filled.get("note"):
            self.add_error("note", "Dites pourquoi ces actions sont annulées.")
        return filled
