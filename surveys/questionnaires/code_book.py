"""The code book of a questionnaire: one row per question, as a table that any tool reads. Pure.

The same rows make the file and the paper (`documents.code_book`).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seniors.enums import ConsentKind, Domain
from surveys.questionnaires.questionnaire import Item, Questionnaire
from surveys.questionnaires.versions import Comparison

# A text that a spreadsheet would compute is kept a text.
RISKY = ("=", "+", "-", "@", "\t", "\r")
KIND_WORDS = {
    "yes_no": "oui ou non",
    "choice": "une réponse parmi plusieurs",
    "scale": "une ligne d’un tableau",
    "tick": "case à cocher",
}
SCALE_WORDS = {
    "lsns6": "LSNS-6 (liens sociaux)",
    "ucla3": "UCLA-3 (solitude)",
    "prisma7": "PRISMA-7 (perte d’autonomie)",
    "epices": "EPICES (précarité)",
}
HEADINGS = (
    "code", "partie", "question", "type", "réponses", "dimension", "échelle", "santé", "gardée si",
)  # fmt: skip
COMPARISON_HEADINGS = (
    "code", "verdict", "question avant", "question après", "réponses avant", "réponses après",
    "ce qui change",
)  # fmt: skip
UNKNOWN = "Sans réponse\u00a0: vide (inconnu, jamais «\u00a0non\u00a0»)."


@dataclass(frozen=True)
class Entry:
    """What the code book says of one question."""

    section: str
    item: Item

    @property
    def replies(self) -> list[tuple[int, str]]:
        """Each value and its words."""
        return [(choice.value, choice.label) for choice in self.item.choices]

    @property
    def kind(self) -> str:
        """How it is asked."""
        return KIND_WORDS[self.item.kind]

    @property
    def domain(self) -> str:
        """The dimension of the score that it speaks to."""
        return str(Domain(self.item.domain).label) if self.item.domain else ""

    @property
    def scale(self) -> str:
        """The published scale that it is part of."""
        return SCALE_WORDS.get(self.item.measures, self.item.measures)

    @property
    def kept_if(self) -> str:
        """The consents without which the answer is not kept."""
        if self.item.consent:
            return f"accord\u00a0: {ConsentKind(self.item.consent).label}"
        if self.item.objection:
            return "opposition, gardée toujours"
        return "accord visite et accord santé" if self.item.sensitive else "accord visite"

    def row(self) -> tuple[str, ...]:
        """Under `HEADINGS`."""
        item = self.item
        replies = _replies(item)
        return (
            item.code, self.section, item.wording, self.kind, replies, self.domain, self.scale,
            "oui" if item.sensitive else "non", self.kept_if,
        )  # fmt: skip


def entries(questionnaire: Questionnaire) -> list[Entry]:
    """Every question, in the order asked."""
    return [
        Entry(section.title, item) for section in questionnaire.sections for item in section.items
    ]


def as_csv(questionnaire: Questionnaire) -> bytes:
    """The code book as a file that French spreadsheets open."""
    return write_csv(HEADINGS, (entry.row() for entry in entries(questionnaire)))


def comparison_csv(comparison: Comparison) -> bytes:
    """What stays comparable between two versions, one row a question."""
    rows = (
        (
            line.code,
            line.verdict.value,
            line.before.wording if line.before else "",
            line.after.wording if line.after else "",
            _replies(line.before),
            _replies(line.after),
            "\u00a0; ".join(line.notes),
        )
        for line in comparison.lines
    )
    return write_csv(COMPARISON_HEADINGS, rows)


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, semicolons, no cell that computes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(RISKY) else cell


def _replies(item: Item | None) -> str:
    if item is None:
        return ""
    return " | ".join(f"{choice.value} = {choice.label}" for choice in item.choices)
