"""Forms of imports and of computations of scores."""

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils import timezone

from seniors.access import territories_of
from seniors.day_field import DayField
from seniors.enums import Role
from seniors.fragility.grid import GridError, load
from seniors.models import Territory, User

if TYPE_CHECKING:  # the module of kinds is a leaf
    from seniors.extract.kinds import Field, Question
    from seniors.import_look import Look

MANY = 120  # headings: past that, one types and chooses instead of unrolling a list

SEPARATORS = [
    (";", "point-virgule ( ; )"),
    (",", "virgule ( , )"),
    ("\t", "tabulation"),
    ("|", "barre verticale ( | )"),
]
ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows (cp1252)"),
    ("iso-8859-15", "ISO 8859-15"),
    ("utf-16", "UTF-16"),
    ("mac-roman", "ancien Macintosh"),
    ("cp850", "DOS (cp850)"),
]


def _megabytes() -> str:
    """The bound on uploads, as people write it."""
    return f"{settings.UPLOAD_MAX_BYTES // 1024**2} Mo"


class UploadForm(forms.Form):
    """A file to bring in: what it holds, when it was taken, the file last (see `uploads`)."""

    kind = forms.ChoiceField(label="Que contient le fichier ?", widget=forms.RadioSelect)
    extract_on = DayField(
        label="Date de l’extrait",
        help_text="Le jour où le fichier a été sorti de votre logiciel.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(
        label="Le fichier",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide. Rien n’a été modifié. Refaites l’extraction, "
            "puis envoyez le nouveau fichier.",
        },
    )

    def __init__(
        self, kinds: list[tuple[str, str]], *args: object, too_large: bool = False, **kwargs: object
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.too_large = too_large
        self.fields["kind"].choices = kinds
        self.fields["extract_on"].initial = timezone.localdate()
        self.fields["file"].help_text = (
            f"CSV ou classeur Excel (.xlsx), {_megabytes()} au plus. Envoyez-le tel que "
            "votre logiciel le donne, sans rien y changer."
        )
        if too_large:
            self.fields["file"].error_messages["required"] = (
                f"Ce fichier dépasse {_megabytes()}. Rien n’a été "
                "modifié. Demandez un extrait limité aux colonnes utiles, ou partagez-le en "
                "plusieurs fichiers."
            )

    def clean_extract_on(self) -> object:
        """An extract is never of tomorrow: a later one would be taken for older."""
        day = self.cleaned_data["extract_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        return day


class ScoringForm(forms.Form):
    """For whom scores are computed."""

    territory = forms.ModelChoiceField(
        Territory.objects.none(), required=False, label="Pour", empty_label="Tout le parc"
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        field = self.fields["territory"]
        field.queryset = territories_of(user)
        field.error_messages["invalid_choice"] = "Ce territoire n’est pas dans les vôtres."
        if user.role != Role.ADMINISTRATOR:
            field.required, field.empty_label = True, None
            field.error_messages["required"] = "Choisissez un de vos territoires."

    def clean(self) -> dict[str, Any]:
        """Refuse to start with a grid that cannot be used: its mistakes are said one by one."""
        try:
            load(settings.GRID_FILE.read_text(encoding="utf-8"))
        except GridError as error:
            problems = [f"Ligne {line} : {said}" for line, said in error.problems]
            raise forms.ValidationError(
                ["La grille de points est à corriger.", *problems]
            ) from error
        return super().clean()


class FormatForm(forms.Form):
    """How a file is written, when what was found is wrong. Only what suits the file is asked."""

    separator = forms.ChoiceField(label="Séparateur des colonnes", choices=SEPARATORS)
    encoding = forms.ChoiceField(
        label="Codage des lettres",
        help_text="À changer si les accents sont illisibles dans les exemples.",
        choices=ENCODINGS,
    )
    sheet = forms.ChoiceField(label="Feuille du classeur")
    header_row = forms.IntegerField(
        label="Ligne des en-têtes",
        min_value=1,
        help_text="Le numéro de la ligne qui porte les noms des colonnes.",
    )

    def __init__(self, found: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(found), label_suffix="", **kwargs)
        for name in [name for name in self.fields if name not in found]:
            del self.fields[name]
        if "sheet" in self.fields:
            self.fields["sheet"].choices = [(name, name) for name in found.get("sheets", [])]


class ColumnsForm(forms.Form):
    """Which column of a file gives each of our fields, and what its unclear cells mean.

    `look` is what `import_look.look` saw; the result is `choices`, as `intake.choose` takes it.
    """

    def __init__(self, look: "Look", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.look = look
        self.completes = len(look.headings) > MANY
        for field in look.fields:
            self.fields[_column_name(field)] = self._column(field)
            for cell, code in look.values.get(field.code, {}).items():
                self.fields[_value_name(field, cell)] = _value(field, cell, code)
        for question in look.questions:
            self.fields[f"option-{question.code}"] = _question(question, look.options)

    def _column(self, field: "Field") -> forms.Field:
        """The choice of a heading: a list, or where there are very many a box that completes."""
        described = {"aria-describedby": f"help-{field.code}"} if field.help else {}
        common = {
            "required": field.required,
            "label": field.label,
            "initial": self.look.columns.get(field.code) or "",
            "error_messages": {
                "required": f"Choisissez la colonne qui donne : {field.label}.",
                "invalid_choice": "Cette colonne n’est pas dans le fichier.",
            },
        }
        if self.completes:
            attrs = {"list": "headings", "autocomplete": "off"} | described
            return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
        blank = "— Choisir —" if field.required else "— Pas dans ce fichier —"
        names = [("", blank), *((name, name) for name in self.look.headings)]
        return forms.ChoiceField(choices=names, widget=forms.Select(attrs=described), **common)

    def clean(self) -> dict[str, Any]:
        """Refuse a heading that is not in the file, and one column used for two things."""
        cleaned = super().clean()
        seen: dict[str, str] = {}
        labels = {field.code: field.label for field in self.look.fields}
        for field in self.look.fields:
            name, heading = _column_name(field), cleaned.get(_column_name(field))
            if heading and heading not in self.look.headings:
                self.add_error(name, "Cette colonne n’est pas dans le fichier.")
            elif heading in seen:
                self.add_error(name, f"Cette colonne sert déjà pour : {labels[seen[heading]]}.")
            elif heading:
                seen[heading] = field.code
        if missing := self.look.missing({code: heading for heading, code in seen.items()}):
            names = ", ".join(f"«\u00a0{label}\u00a0»" for label in missing)
            raise forms.ValidationError(f"Indiquez la colonne qui donne\u00a0: {names}.")
        return cleaned

    @property
    def choices(self) -> dict[str, Any]:
        """What was decided; only after `is_valid`."""
        values = {
            field.code: self.look.known.get(field.code, {}) | self._decided(field)
            for field in self.look.fields
            if field.code in self.look.values or field.code in self.look.known
        }
        columns = {
            field.code: self.cleaned_data[_column_name(field)] or None for field in self.look.fields
        }
        asked = {
            each.code: self.cleaned_data[f"option-{each.code}"] for each in self.look.questions
        }
        return {"columns": columns, "values": values, "options": self.look.kept_options | asked}

    def _decided(self, field: "Field") -> dict[str, str]:
        """{cell: code} of what was just said of the column of this field."""
        return {
            cell: self.cleaned_data[_value_name(field, cell)]
            for cell in self.look.values.get(field.code, {})
        }

    @property
    def found(self) -> list[dict[str, Any]]:
        """For the page: the fields that the file seems to have, or cannot do without."""
        return [self._row(field) for field in self.look.fields if self._is_found(field)]

    @property
    def others(self) -> list[dict[str, Any]]:
        """For the page: the fields that the file does not seem to have."""
        return [self._row(field) for field in self.look.fields if not self._is_found(field)]

    @property
    def others_need_care(self) -> bool:
        """Was one of them chosen or refused?"""
        return any(row["chosen"] or row["column"].errors for row in self.others)

    @property
    def questions(self) -> list[forms.BoundField]:
        """What is asked of this kind of file besides its columns, and no column tells."""
        return [
            self[f"option-{each.code}"]
            for each in self.look.questions
            if not self.look.columns.get(each.code)
        ]

    def _is_found(self, field: "Field") -> bool:
        return field.required or bool(self.look.columns.get(field.code))

    def _row(self, field: "Field") -> dict[str, Any]:
        """One field with its choice, some cells of the chosen column and its codes to decide."""
        chosen = self[_column_name(field)].value()
        cells = self.look.headings.get(chosen, ())
        return {
            "field": field,
            "column": self[_column_name(field)],
            "chosen": chosen,
            "examples": [cell for cell in dict.fromkeys(cells) if cell][:3],
            "values": [
                self[_value_name(field, cell)] for cell in self.look.values.get(field.code, {})
            ],
        }


def _column_name(field: "Field") -> str:
    return f"column-{field.code}"


def _value_name(field: "Field", cell: str) -> str:
    """The name of the choice for one cell, made of its content: another column's is another."""
    return f"value-{field.code}-{zlib.crc32(cell.encode()):08x}"


def _value(field: "Field", cell: str, code: str | None) -> forms.Field:
    """What one cell means; empty is unknown."""
    known = [(key, label) for key, label in (field.values or {}).items() if key]
    return forms.ChoiceField(
        choices=[("", "inconnu"), *known],
        required=False,
        label=f"« {cell} »",
        initial=code or "",
    )


def _question(question: "Question", options: Mapping[str, Any]) -> forms.Field:
    """A choice where there are some to choose from, else a text."""
    common = {
        "label": question.label,
        "help_text": question.help,
        "required": False,
        "initial": options.get(question.code, ""),
    }
    if question.choices:
        return forms.ChoiceField(choices=question.choices, **common)
    return forms.CharField(max_length=120, **common)
