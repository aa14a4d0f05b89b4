"""Forms of the directory and of the catalogue: they clean; `partners` writes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from seniors.access import territories_of
from seniors.extract.text import plain
from seniors.guard import contains_nir
from seniors.models import Territory, User
from seniors.rows_field import RowsField
from visits.enums import Family
from visits.models import ActionKind, Partner
from visits.needs import by_family
from visits.rights_rules import is_forbidden

NO_NIR = "Retirez le numéro de sécurité sociale : il n’est jamais gardé."

NO_PROMISE = (
    "MaPrimeAdapt’ est fermée aux locataires du parc social, et un droit ne se promet pas\u00a0: "
    "dites seulement avec qui le vérifier."
)


class PartnerFilter(forms.Form):
    """Narrows the directory; a value that makes no sense counts as empty."""

    q = forms.CharField(
        required=False, max_length=100, label="Chercher", widget=forms.TextInput({"type": "search"})
    )
    family = forms.ChoiceField(
        choices=[("", "Toutes"), *Family.choices], required=False, label="Famille d’actions"
    )
    kind = forms.ModelChoiceField(
        ActionKind.objects.all(), required=False, label="Action", empty_label="Toutes"
    )
    territory = forms.ModelChoiceField(
        None, required=False, label="Territoire", empty_label="Tous les miens"
    )
    closed = forms.BooleanField(required=False, label="Aussi ceux mis de côté")

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.fields["territory"].queryset = territories_of(user)
        self.is_valid()

    def filter(self, partners: QuerySet[Partner]) -> list[Partner]:
        """The partners that match; accents and case do not count, and a directory is short."""
        told = {name: value for name, value in self.cleaned_data.items() if value}
        if "closed" not in told:
            partners = partners.filter(is_active=True)
        paths = {"family": "kinds__family", "kind": "kinds", "territory": "territories"}
        for name, path in paths.items():
            if name in told:
                partners = partners.filter(**{path: told[name]})
        partners = partners.distinct().prefetch_related("kinds", "territories")
        words = plain(told.get("q", "")).split()
        return [one for one in partners if all(word in _said_of(one) for word in words)]

    @property
    def is_narrow(self) -> bool:
        """Whether something was asked for."""
        return any(self.cleaned_data.get(name) for name in self.fields)


def _said_of(partner: Partner) -> str:
    """What one searches a partner by."""
    kinds = (kind.label for kind in partner.kinds.all())
    return plain(" ".join([partner.name, partner.contact_name, partner.address, *kinds]))


class PartnerForm(forms.ModelForm):
    """One partner: who, what, where."""

    class Meta:
        model = Partner
        fields = (
            "name", "kinds", "territories", "contact_name", "phone", "email", "address",
            "is_place", "hours",
        )  # fmt: skip
        field_classes = {"kinds": RowsField, "territories": RowsField}
        widgets = {
            "kinds": forms.CheckboxSelectMultiple,
            "territories": forms.CheckboxSelectMultiple,
        }
        labels = {"kinds": "Ce qu’il fait", "territories": "Où"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        territories = territories_of(user)
        self.fields["territories"].queryset = territories
        self.fields["territories"].required = self.fields["kinds"].required = True
        if not self.instance.pk and len(territories) == 1:
            self.initial["territories"] = list(territories)
        kinds = ActionKind.objects.filter(by_partner=True)
        if self.instance.pk:
            kinds = (kinds.filter(is_active=True) | self.instance.kinds.all()).distinct()
        else:
            kinds = kinds.filter(is_active=True)
        self.fields["kinds"].queryset = kinds

    def clean(self) -> dict[str, Any]:
        """No number that is never stored, in any of its words."""
        filled = super().clean()
        for name, value in list(filled.items()):
            if isinstance(value, str) and contains_nir(value):
                self.add_error(name, NO_NIR)
        return filled

    def territories_chosen(self) -> list[Territory]:
        """Those ticked, once the form is valid."""
        return list(self.cleaned_data["territories"])


class KindForm(forms.ModelForm):
    """One line of the catalogue."""

    needs = forms.MultipleChoiceField(
        label="Besoins auxquels elle répond", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ActionKind
        fields = ("label", "family", "needs", "by_partner", "due_days", "hint")
        labels = {"due_days": "Délai attendu après la demande (jours)"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["needs"].choices = [
            (family.label, [(one.code, one.label) for one in kinds])
            for family, kinds in by_family().items()
        ]
        if self.instance.pk:
            self.fields["family"].disabled = True
        if self.instance.pk and self.instance.actions.exists():
            self.fields["by_partner"].disabled = True
            self.fields[
                "by_partner"
            ].help_text = (
                "Des actions en dépendent : ajoutez une autre ligne au catalogue pour changer cela."
            )
        self.fields["due_days"].min_value = 1

    def clean(self) -> dict[str, Any]:
        """What is never kept, nor ever promised to a tenant, is not proposed to one either."""
        filled = super().clean()
        for name in ("label", "hint"):
            if contains_nir(filled.get(name, "")):
                self.add_error(name, NO_NIR)
            elif is_forbidden(filled.get(name, "")):
                self.add_error(name, NO_PROMISE)
        return filled

    def clean_label(self) -> str:
        """A name that no other line has."""
        label = self.cleaned_data["label"]
        same = ActionKind.objects.filter(label__iexact=label).exclude(pk=self.instance.pk).first()
        if same:
            where = "" if same.is_active else ", mise de côté"
            raise forms.ValidationError(
                f"«\u00a0{same}\u00a0» est déjà au catalogue{where}\u00a0: modifiez cette "
                "ligne-là, ou donnez un autre nom."
            )
        return label

    def clean_due_days(self) -> int:
        """At least a day, at most three years."""
        days = self.cleaned_data["due_days"]
        if not 1 <= days <= 1095:
            raise forms.ValidationError("Un délai va de 1 à 1 095 jours.")
        return days
