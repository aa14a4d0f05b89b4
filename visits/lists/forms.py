"""The forms of the visit lists: they clean and give typed values, they decide nothing."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone

from seniors.day_field import DayField
from seniors.enums import Role
from seniors.models import User
from seniors.territory_field import TerritoriesField
from visits.access import officers_for
from visits.models import VisitList

MOST_VISITS = 60  # what one officer can see in a period, and what prints in one go
MOST_DAYS = 92


def next_monday(day: date) -> date:
    """The Monday after `day`."""
    return day + timedelta(days=7 - day.weekday())


class RecipeForm(forms.Form):
    """How a list is made: how many visits, in which shares."""

    capacity = forms.IntegerField(
        label="Visites possibles sur la période", min_value=1, max_value=MOST_VISITS, initial=10
    )
    random_percent = forms.IntegerField(
        label="Part tirée au sort (%)",
        min_value=0,
        max_value=50,
        initial=10,
        help_text="Ces visites disent ce que le classement ne voit pas.",
    )
    silent_percent = forms.IntegerField(
        label="Part des seniors « invisibles » (%)",
        min_value=0,
        max_value=50,
        initial=20,
        help_text="Ceux dont on n’a plus aucune nouvelle.",
    )
    revisit_months = forms.IntegerField(
        label="Pas de nouvelle visite avant (mois)", min_value=0, max_value=60, initial=12
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def recipe(self, *, seed: int, starts_on: date):
        """The recipe that was filled in (`selection.Recipe`)."""
        from visits.lists.selection import Recipe  # noqa: PLC0415

        filled = self.cleaned_data
        return Recipe(
            capacity=filled["capacity"],
            seed=seed,
            starts_on=starts_on,
            random_share=filled["random_percent"] / 100,
            silent_share=filled["silent_percent"] / 100,
            revisit_months=filled["revisit_months"],
        )

    @staticmethod
    def values_of(visit_list: VisitList) -> dict[str, int]:
        """The fields as this list was made."""
        return {
            "capacity": visit_list.capacity,
            "random_percent": round(visit_list.random_share * 100),
            "silent_percent": round(visit_list.silent_share * 100),
            "revisit_months": visit_list.revisit_months,
        }


class NewListForm(RecipeForm):
    """A new list: for whom, where, when."""

    officer = forms.ModelChoiceField(None, label="Pour", empty_label="Choisissez une personne")
    territories = TerritoriesField(None, label="Territoires")
    starts_on = DayField(label="Du", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    ends_on = DayField(label="Au", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        monday = next_monday(timezone.localdate())
        self.fields["officer"].queryset = officers_for(user)
        ids = self.fields["territories"].offer(user)
        self.initial |= {"starts_on": monday, "ends_on": monday + timedelta(days=4)}
        self.own = {str(pk) for pk in ids}
        if user.role == Role.OFFICER or len(ids) == 1:
            self.initial["territories"] = ids
        if user.role == Role.OFFICER:
            self.initial["officer"] = user.pk
            self.fields["officer"].widget = forms.HiddenInput()

    def territories_shown(self) -> list[int]:
        """Ids of the user's territories that are ticked, before anything else is checked."""
        ticked = self["territories"].value() or []
        return [int(pk) for pk in ticked if str(pk) in self.own]

    def clean(self) -> dict:
        """A period is at most a quarter."""
        filled = super().clean()
        first, last = filled.get("starts_on"), filled.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "La fin de la période vient avant son début.")
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("ends_on", "Une liste couvre trois mois au plus.")
        return filled
