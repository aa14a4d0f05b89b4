"""Making one export: its content, what it must not let anyone work out, its archive."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from seniors.fragility.indicators import UNKNOWN_BYTE
from seniors.french import plural
from seniors.refusal import Refusal
from visits.enums import ReleaseKind
from visits.models import Release
from visits.releasing import choosing, content, given, people_rows, rows
from visits.releasing.files import Archive
from visits.releasing.releases import (
    BEGUN,
    ROWS_K,
    ReleaseRefusal,
    alone,
    deliver,
    fail,
    is_wanted,
    memory_path,
    path_of,
    writing_memory,
)

if TYPE_CHECKING:
    from visits.releasing.tables import Tables

log = logging.getLogger(__name__)
Progress = Callable[[int], None]
FAILED = (
    "La fabrication s’est arrêtée sur une erreur\u00a0; aucun fichier n’a été écrit. Demandez-le "
    "de nouveau\u00a0; si cela se répète, prévenez la personne qui s’occupe du serveur."
)
STEPS = {"territory": "territoire", "age": "tranche d’âge", "sex": "sexe", "household": "ménage",
         "floor": "étage"}  # fmt: skip


def make_release(release: Release, *, progress: Progress = lambda done: None) -> None:
    """Make the file of an approved export. A refusal is kept on the row; an error also, and is
    raised again."""
    begun = path_of(release).with_suffix(BEGUN)
    begun.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        manifest = _make(release, begun, progress)
    except Exception as error:
        begun.unlink(missing_ok=True)
        fail(release, str(error) if isinstance(error, Refusal) else FAILED)
        if isinstance(error, Refusal):
            return
        raise
    is_made = deliver(release, begun, manifest)
    log.info("release %s %s", release.pk, "made" if is_made else "given up")


def _make(release: Release, path: Path, progress: Progress) -> dict[str, Any]:
    """Write the archive at `path`; gives what to keep of it (`Release.manifest`)."""
    span = content.Span.of(release.year, timezone.localdate())
    build = _tables if release.kind == ReleaseKind.TABLES else _people
    return build(release, span, path, progress)


def _head(release: Release, span: content.Span, k: int) -> dict[str, Any]:
    """What every manifest says first."""
    return {
        "contenu": release.get_kind_display(),
        "bailleur": settings.LANDLORD,
        "destinataire": release.convention.recipient,
        "finalite": release.convention.purpose,
        "demande": release.purpose,
        "annee": span.year,
        "date_d_observation": span.day.isoformat(),
        "seuil": k,
    }


def _tables(release: Release, span: content.Span, path: Path, progress: Progress) -> dict[str, Any]:
    """Aggregates."""
    # The solver that hides cells weighs 36 MB, which a file of rows does without.
    from visits.releasing.tables import make_tables  # noqa: PLC0415

    k = release.convention.k
    tables = make_tables(span, k=k, earlier=list(given_before(release)))
    if tables.exposed:
        raise ReleaseRefusal(
            "exposed",
            "Joints aux exports déjà remis, ces tableaux laisseraient déduire un groupe de moins "
            f"de {k} personnes. Aucun fichier n’a été écrit. Demandez l’export d’une autre année.",
        )
    archive, done = Archive(path), 0
    for name, frame in tables.files.items():
        archive.add(name, [frame], rows=len(frame))
        progress(done := done + len(frame))
    told = archive.close(report=_tables_report(tables, k), manifest=_head(release, span, k))
    kept = [[measure, [list(pair) for pair in of], n] for (measure, of), n in tables.cells.items()]
    return told | {"cells": kept, "works": tables.works}


def _tables_report(tables: "Tables", k: int) -> list[tuple[str, str]]:
    whole = len(tables.cells) + tables.small + tables.others
    return [
        ("Seuil", f"{k} personnes"),
        ("Effectifs calculés", str(whole)),
        ("Effectifs diffusés", str(len(tables.cells))),
        ("Effectifs masqués", f"{whole - len(tables.cells)} ({_percent(tables.hidden_share)})"),
    ]


def given_before(release: Release) -> Iterator[content.Given]:
    """What every earlier export of tables gave away, to whomever: recipients may talk."""
    made = Release.objects.filter(kind=ReleaseKind.TABLES, made_at__isnull=False)
    for manifest in made.exclude(pk=release.pk).values_list("manifest", flat=True):
        cells = {
            (measure, tuple((dim, value) for dim, value in of)): count
            for measure, of, count in manifest.get("cells", [])
        }
        works = {row["action"]: row for row in manifest.get("works", [])}
        yield content.Given(date.fromisoformat(manifest["date_d_observation"]), cells, works)


def _people(release: Release, span: content.Span, path: Path, progress: Progress) -> dict[str, Any]:
    """A row a person. One at a time: each goes on from what those before gave away."""
    k, memory_at = max(release.convention.k, ROWS_K), memory_path()
    with alone(memory_at.with_suffix(".lock")):
        memory = given.load(memory_at)
        _must_remember(release, memory)
        chosen = choosing.choose(
            span,
            secret=settings.SECRET_KEY,
            convention=str(release.convention.uid),
            memory=memory,
            k=k,
        )
        archive, seen = Archive(path), _Seen()
        frames = seen.watching(people_rows.frames(chosen, span))
        archive.add(people_rows.FILE, frames, rows=len(chosen.pseudonyms), progress=progress)
        classes = rows.classes_of(chosen.columns).loc[chosen.pseudonyms.sort_values().index]
        told = archive.close(
            report=[*_people_report(chosen, k), *seen.diversity(classes)],
            manifest=_head(release, span, k),
        )
        _remember(release, chosen.memory, memory_at)
    return told


def _must_remember(release: Release, memory: given.Memory | None) -> None:
    """Every year of which a file was given is in the memory: without it, no link would be cut."""
    made = Release.objects.filter(kind=ReleaseKind.ROWS, made_at__isnull=False)
    years = made.exclude(pk=release.pk).order_by().values_list("year", flat=True).distinct()
    lost = set(years) - {one.year for one in (memory.years if memory else ())}
    if lost:
        raise ReleaseRefusal(
            "memory",
            "L’historique des fichiers individuels déjà remis "
            f"({', '.join(map(str, sorted(lost)))}) n’est plus sur le serveur\u00a0: joint à eux, "
            "un nouveau fichier pourrait désigner des personnes. Aucun fichier n’a été écrit. "
            "Demandez à la personne qui s’occupe du serveur de rétablir le dossier «\u00a0releases"
            "\u00a0» depuis la sauvegarde.",
        )


def _remember(release: Release, memory: given.Memory, memory_at: Path) -> None:
    """Keep what the file gives away, unless it was given up meanwhile: then it leaves nothing, and
    who was erased may be among those it would add."""
    with transaction.atomic():
        if is_wanted(release):
            with writing_memory():
                given.add(memory, memory_at)


def _people_report(chosen: choosing.Chosen, k: int) -> list[tuple[str, str]]:
    kept = len(chosen.pseudonyms)
    coarse = [STEPS[name] for name, level in chosen.levels.items() if level]
    settled = "le premier fichier de cette année" if chosen.is_again else "ce fichier"
    return [
        ("Seuil", f"{k} personnes"),
        ("Locataires seniors logés", _spaced(chosen.housed)),
        ("Lignes du fichier", _part(kept, chosen.housed, k)),
        (
            "Lignes écartées pour qu’aucun petit groupe ne se déduise",
            _at_least(chosen.left_out, chosen.housed - kept, k),
        ),
        ("Lignes aux caractéristiques masquées", _part(chosen.hidden, kept, k)),
        ("Caractéristiques rendues moins précises", ", ".join(coarse) or "aucune"),
        ("Liens coupés avec les fichiers précédents", _part(chosen.cut, kept, k)),
        ("Personnes et caractéristiques arrêtées par", settled),
    ]


class _Seen:
    """The sensitive columns of the frames that went by, a byte each: 255 is unknown."""

    def __init__(self) -> None:
        self.parts: list[pd.DataFrame] = []

    def watching(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """The same frames."""
        for frame in frames:
            kept = people_rows.sensitive_of(frame).astype(float).round().fillna(UNKNOWN_BYTE)
            self.parts.append(kept.astype("uint8"))
            yield frame

    def diversity(self, classes: pd.Series) -> list[tuple[str, str]]:
        """How many different values there are of each in the groups of the file."""
        if not self.parts:
            return []
        seen = pd.concat(self.parts)
        found = pd.concat(
            rows.diversity(classes, seen[[name]].where(seen[[name]] != UNKNOWN_BYTE))
            for name in seen
        )
        return [
            (f"Diversité de «\u00a0{name}\u00a0»", _diversity_words(int(least), alike))
            for name, least, alike in found.itertuples()
        ]


def _diversity_words(least: int, alike: float) -> str:
    if not least:
        return "sans objet\u00a0: ce n’est connu de personne dans ce fichier"
    return (
        f"au moins {least} {plural(least, 'valeur', 'valeurs')} par groupe\u00a0; "
        f"{_percent(alike)} des personnes dans un groupe d’une seule valeur"
    )


def _part(count: int, whole: int, k: int) -> str:
    """A count and its share; a few people are not counted here either."""
    if 0 < count < k:
        return f"moins de {k}"
    return f"{_spaced(count)} ({_percent(count / (whole or 1))})"


def _at_least(left_out: int, absent: int, k: int) -> str:
    """How many rows were left out, never to the point of telling that few of the absent said no:
    those could still be 2 `k`."""
    least = max(min(left_out, absent - 2 * k), 0) // k * k
    return f"au moins {_spaced(least)}" if least else "peu, ou non diffusé"


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%".replace(".", ",")
