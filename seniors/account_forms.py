"""The form of an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from seniors.enums import Role
from seniors.models import User
from seniors.territory_field import TerritoriesField


class AccountForm(forms.ModelForm):
    """Who, what they do, and where."""

    class Meta:
        model = User
        fields = [
            "first_name",
            "last_name",
            "username",
            "email",
            "role",
            "territories",
            "is_active",
        ]
        field_classes = {"territories": TerritoriesField}
        widgets = {"territories": forms.CheckboxSelectMultiple}
        labels = {"username": "Identifiant", "email": "Courriel", "is_active": "Compte ouvert"}
        help_texts = {
            "username": "Pour se connecter\u00a0: prenom.nom, par exemple.",
            "is_active": "Décochez pour fermer le compte\u00a0: la personne ne peut plus se "
            "connecter, ce qu’elle a fait reste.",
            "territories": "Là où le rôle s’applique. Un administrateur voit tout\u00a0; un "
            "évaluateur ne voit que des chiffres.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True
        if self.instance.pk is None:
            del self.fields["is_active"]

    def clean(self) -> dict[str, Any]:
        """An officer or a manager without a territory would see nothing."""
        cleaned = super().clean()
        if cleaned.get("role") in (Role.OFFICER, Role.MANAGER) and not cleaned.get("territories"):
            self.add_error("territories", ValidationError("Choisissez au moins un territoire."))
        return cleaned

    @property
    def own_fields(self) -> dict[str, Any]:
        """The cleaned values, territories apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "territories"}
