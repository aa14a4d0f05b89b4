"""The kind « réponses à l’enquête » of the import engine: its columns and its campaign.

Read by every process at its start: what reads rows, with pandas, is in `answer_rows`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from seniors.extract.kinds import COUNT_LABELS, Field, Question
from seniors.extract.text import plain
from seniors.models import ImportRun
from surveys.models import Campaign
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Item

if TYPE_CHECKING:  # leaves
    from surveys.receiving.answer_rows import AnswersBatch

_PARTS = re.compile(r"[/\[\]]|\. |\.\u00a0|: ")

REFERENCE = Field(
    "reference",
    "Référence du locataire",
    (
        "référence", "référence locataire", "reference", "ref", "réf locataire", "n° locataire",
        "numéro locataire", "code locataire", "code client", "code tiers", "identifiant",
        "identifiant locataire", "qr code", "code qr", "qr", "code barres", "token", "jeton",
        "clé d’invitation", "code d’invitation", "code de participation", "code d’accès",
        "invitation", "n° bail", "numéro de bail", "bail",
    ),
    required=True,
    help="Celle imprimée sur chaque page, à côté du QR code. Le numéro de bail convient quand "
    "un seul locataire senior y figure.",
)  # fmt: skip
RECEIVED_ON = Field(
    "received_on",
    "Date de la réponse",
    (
        "submitdate", "date de soumission", "date d’envoi", "_submission_time", "date de réponse",
        "date réponse", "date de réception", "date réception", "date de saisie", "datestamp",
        "reçu le", "end", "date",
    ),
    help="Sans elle, la date de l’extrait est retenue.",
    is_day=True,
)  # fmt: skip
CHANNEL = Field(
    "channel",
    "Par quel moyen",
    ("canal", "mode", "mode de réponse", "moyen", "support"),
    help="Papier, téléphone ou en ligne.",
)


class Answers:
    """The kind « réponses à l’enquête » of the import engine."""

    code = "answers"
    label = "Réponses à l’enquête"
    is_person = True
    count_labels = COUNT_LABELS | {
        "new": "nouvelles réponses",
        "aside": "dont mises de côté\u00a0: la personne avait répondu autrement, à comparer",
        "unchanged": "déjà reçues",
        "refused": "refusées",
        "unconsented": "comptées sans être gardées, faute d’accord",
        "objections": "ne veulent plus être contactés",
    }

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every question of every version, the latest wording first."""
        items: dict[str, Item] = {}
        for version in questionnaire.available():
            items |= {code: item for code, item in version.items.items() if code not in items}
        return items

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What a column may hold: who, when, how, then each question."""
        texts = Counter(item.text for item in self.items.values())
        questions = [_field(item, alone=texts[item.text] == 1) for item in self.items.values()]
        return (REFERENCE, RECEIVED_ON, CHANNEL, *questions)

    def recognise(
        self, columns: dict[str, str | None], headings: Sequence[str]
    ) -> dict[str, str | None]:
        """Complete the columns found by name with headings that hold a code among other words."""
        by_name: dict[str, str] = {}
        for heading in headings:
            for name in names_in(heading):
                by_name.setdefault(name, heading)
        taken = set(columns.values())
        found = dict(columns)
        for field in self.fields:
            if found.get(field.code):
                continue
            bare = plain(field.code)
            names = (bare, bare.replace(" ", ""), *map(plain, (field.label, *field.synonyms)))
            heading = next(
                (by_name[n] for n in names if by_name.get(n, "") not in taken | {""}), None
            )
            found[field.code] = heading
            taken.add(heading)
        return found

    def questions(self) -> list[Question]:
        """Which campaign these answers are to."""
        campaigns = Campaign.objects.order_by("-opened_on", "-pk")
        names = [(str(each.uid), each.name) for each in campaigns]
        last = ("", "La dernière ouverte à la date de l’extrait")
        return [Question("campaign", "Enquête", choices=(last, *names))]

    def explains(self, code: str, cell: str) -> bool:
        """Whether a cell is one of the replies, or no answer."""
        from surveys.receiving import decode  # noqa: PLC0415

        item = self.items.get(code)
        if item is None:
            return True
        try:
            decode.read_cell(item, cell, decode.words_of(item))
        except decode.NotAChoice:
            return False
        return True

    def open(self, run: ImportRun) -> "AnswersBatch":
        """The answers of this file, for one campaign. Raises UnreadableFile without one."""
        from surveys.receiving.answer_rows import AnswersBatch  # noqa: PLC0415

        return AnswersBatch(run)


def _field(item: Item, *, alone: bool) -> Field:
    """A question as a field of the engine: its code, its words and its aliases name a column.

    Without the words of its group, a line of a table names a column only when it is `alone` in
    saying so: family and friends are asked with the same words.
    """
    return Field(
        item.code,
        item.wording,
        (item.code, *([item.text] if alone else []), *item.aliases),
        values={str(choice.value): choice.label for choice in item.choices},
    )


def names_in(heading: str) -> Iterator[str]:
    """What a heading may be called: whole, then its last parts, « groupe/code », « code[sous] »,
    « code. Question » in any of these; plain."""
    yield plain(heading)
    parts = [part for part in map(plain, _PARTS.split(heading)) if part]
    # « logement/wish/bars »: a reply of a question of several, in a group.
    yield from (" ".join(parts[first:]) for first in range(1, len(parts) - 1))
    yield from reversed(parts)
    # LimeSurvey allows no underscore in a code: « bathdifficulty ».
    yield plain(heading).replace(" ", "")
