"""What the pages of imports say in French of a file: nouns, counts, the sentence to confirm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma

from seniors.extract.headings import MOST_RETURNED
from seniors.models import ImportRun

State = ImportRun.State
CHANGES = ("new", "changed", "gone")
SHOWN_COUNTS = ("new", "changed", "unchanged", "gone", "refused")
_TAGS = {
    State.APPLIED: "tag-good",
    State.PREVIEWED: "tag-warm",
    State.REFUSED: "tag-bad",
    State.CANCELLED: "tag-unknown",
}


@dataclass(frozen=True)
class Noun:
    """What one row of a kind of file is, and which kind comes after."""

    label: str
    one: str
    many: str
    feminine: bool = False
    next_kind: str = ""

    def counted(self, count: int) -> str:
        """« 1 logement », « 10 936 logements »."""
        return f"{intcomma(count)} {self.one if count < 2 else self.many}"

    def adjective(self, masculine: str, feminine: str, count: int) -> str:
        """The adjective that agrees, singular given."""
        word = feminine if self.feminine else masculine
        return (
            word if count < 2 or word[-1] in "sx" else word + ("x" if word.endswith("eau") else "s")
        )


NOUNS = {
    "dwellings": Noun("Logements", "logement", "logements", next_kind="occupants"),
    "occupants": Noun("Occupants", "occupant", "occupants", next_kind="answers"),
    "answers": Noun("Réponses à l’enquête", "réponse", "réponses", feminine=True),
}


def noun_of(run: ImportRun) -> Noun:
    """The words for the rows of this file."""
    return NOUNS.get(run.kind, Noun(run.kind.capitalize(), "ligne", "lignes", feminine=True))


def list_rows(runs: Iterable[ImportRun]) -> list[ImportRun]:
    """The runs with what a line of the list says of them."""
    runs = list(runs)
    for run in runs:
        run.kind_label = noun_of(run).label
        run.summary = summary(run)
        run.tag = _TAGS.get(run.state, "")
    return runs


def summary(run: ImportRun) -> str:
    """« 12 nouveaux, 3 modifiés, 1 refusé »; empty before the file is read."""
    noun = noun_of(run)
    words = {
        "new": ("nouveau", "nouvelle"),
        "changed": ("modifié", "modifiée"),
        "gone": ("absent", "absente"),
        "refused": ("refusé", "refusée"),
    }
    said = [
        f"{intcomma(run.counts[key])} {noun.adjective(*forms, run.counts[key])}"
        for key, forms in words.items()
        if run.counts.get(key)
    ]
    if run.counts and not any(run.counts.get(key) for key in CHANGES):
        said.insert(0, "rien ne change")
    return ", ".join(said)


def confirmation(run: ImportRun) -> str:
    """What the button of the preview says that it will do."""
    noun, counts = noun_of(run), run.counts
    written = counts.get("new", 0) + counts.get("changed", 0)
    refused, gone = counts.get("refused", 0), counts.get("gone", 0)
    notes = []
    if gone:
        notes.append(f"{intcomma(gone)} {noun.adjective('absent', 'absente', gone)}")
    if refused:
        left = noun.adjective("laissé", "laissée", refused)
        word = noun.adjective("refusé", "refusée", refused)
        notes.append(f"{intcomma(refused)} {word} {left} de côté")
    note = f" ({', '.join(notes)})" if notes else ""
    if written:
        return f"Enregistrer {noun.counted(written)}{note}"
    return f"Enregistrer{note}" if gone else "Terminer : rien à changer"


def figures(run: ImportRun) -> list[tuple[int, str]]:
    """(number, French label) of the five counts that every kind of file has."""
    noun = noun_of(run)

    def label(count: int, masculine: str, feminine: str, rest: str = "") -> str:
        name = noun.one if count < 2 else noun.many
        return f"{name} {noun.adjective(masculine, feminine, count)}{rest}"

    counts = {key: run.counts.get(key, 0) for key in SHOWN_COUNTS}
    refused = counts["refused"]
    return [
        (counts["new"], label(counts["new"], "nouveau", "nouvelle")),
        (counts["changed"], label(counts["changed"], "modifié", "modifiée")),
        (counts["unchanged"], label(counts["unchanged"], "inchangé", "inchangée")),
        (counts["gone"], label(counts["gone"], "absent", "absente", " du fichier")),
        (refused, "ligne refusée" if refused < 2 else "lignes refusées"),
    ]


def remarks(run: ImportRun, labels: Mapping[str, str]) -> list[tuple[int, str]]:
    """(number, French label) of what only this kind of file counts, where there is some;
    `to_complete` says the occupants of unknown age."""
    return [
        (number, labels[key])
        for key, number in run.counts.items()
        if key in labels and key not in (*SHOWN_COUNTS, "rows", "ageless") and number
    ]


def to_complete(run: ImportRun) -> str:
    """What to do about the occupants whose age the file does not tell; empty when it tells all."""
    count = run.counts.get("ageless", 0)
    if not count:
        return ""
    if count == 1:
        return (
            "1 occupant sans date de naissance\u00a0: on ne sait pas s’il est senior. Il compte "
            "dans le foyer\u00a0; complétez sa date de naissance et renvoyez le fichier."
        )
    return (
        f"{intcomma(count)} occupants sans date de naissance\u00a0: on ne sait pas s’ils sont "
        "seniors. Ils comptent dans le foyer\u00a0; complétez leur date de naissance et renvoyez "
        "le fichier."
    )


def returned_rows(run: ImportRun) -> str:
    """What the file to send again holds: « lignes refusées », « lignes à compléter »; or of too
    many, « 20 000 premières lignes refusées »."""
    kinds = {"refused": "refusées", "ageless": "à compléter"}
    said = "lignes " + " ou ".join(word for key, word in kinds.items() if run.counts.get(key))
    too_many = sum(run.counts.get(key, 0) for key in kinds) > MOST_RETURNED
    return f"{intcomma(MOST_RETURNED)} premières {said}" if too_many else said


@dataclass(frozen=True)
class Sample:
    """Some rows that will be treated alike: {"line", "what", "changes"} or {"line", "reason"}."""

    key: str
    label: str
    rows: list[dict]

    @property
    def has_changes(self) -> bool:
        """Is there a before and an after to show?"""
        return any(row.get("changes") for row in self.rows)


def samples(run: ImportRun, labels: Mapping[str, str]) -> list[Sample]:
    """The rows to show, those refused first."""
    noun = noun_of(run)
    names = {
        "refused": "",
        "changed": f"{noun.many} {noun.adjective('modifié', 'modifiée', 2)}",
        "new": f"{noun.many} {noun.adjective('nouveau', 'nouvelle', 2)}",
        "gone": f"{noun.many} {noun.adjective('absent', 'absente', 2)} du fichier",
    }
    others = {key: labels.get(key, key) for key in run.samples if key not in names}
    return [
        Sample(key, label, sorted(run.samples[key], key=lambda row: row["line"] or 0))
        for key, label in (names | others).items()
        if run.samples.get(key)
    ]
