"""Territories to tick in a form, and what is said when there is none."""

from django import forms

from seniors.access import territories_of
from seniors.enums import Role
from seniors.models import User
from seniors.rows_field import RowsField

NOT_GIVEN = (
    "Aucun territoire ne vous est confié\u00a0: demandez à un administrateur d’en ajouter un à "
    "votre compte."
)
NOT_IMPORTED = (
    "Aucun territoire n’est encore connu\u00a0: importez d’abord le fichier des logements."
)


class TerritoriesField(RowsField):
    """Some territories, ticked."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"required": "Cochez au moins un territoire."}

    def offer(self, user: User) -> list[int]:
        """Propose those of this person, or say how to have one; the ids proposed."""
        self.queryset = territories_of(user)
        ids = list(self.queryset.values_list("pk", flat=True))
        if not ids:
            self.help_text = NOT_IMPORTED if user.role == Role.ADMINISTRATOR else NOT_GIVEN
            self.error_messages["required"] = "Il n’y a encore aucun territoire à cocher."
        return ids
