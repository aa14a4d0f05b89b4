"""Forms of agreements taken back and of erasures."""

from typing import Any

from django import forms

from seniors.withdrawal import Channel


class WithdrawalForm(forms.Form):
    """How she said that she takes her agreement back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    channel = forms.ChoiceField(
        label="Comment la personne l’a dit",
        choices=[(one.value, one.label) for one in Channel if one != Channel.WEB],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites comment la personne vous l’a demandé."},
    )


class ErasureForm(forms.Form):
    """The number of the record, copied by hand: nobody erases by a slip."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    typed = forms.CharField(
        label="Recopiez la référence de cette fiche pour confirmer",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Recopiez la référence\u00a0: rien n’est encore effacé."},
    )
