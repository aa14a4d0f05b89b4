"""All of someone erased at her request; what a duty keeps is told, with why, before and after.

Her record stays, empty, with its number alone: so that the next file of occupants does not bring
her back, and that nobody calls on her. What each app erases and keeps is declared by it
(`erasers`); what the tenant record holds is declared here.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from seniors import erasers, moves, tombstones
from seniors.enums import ConsentKind, Role
from seniors.erasers import Asked, Kept, Piece, deleting
from seniors.models import (
    AccessLog,
    Consent,
    FragilityScore,
    ImportRun,
    Merge,
    Objection,
    Observation,
    RecordChange,
    Senior,
    Stay,
    User,
)
from seniors.refusal import Refusal

log = logging.getLogger(__name__)
REASON = "Effacement demandé par la personne"
# What a record loses; its number stays.
EMPTY = {
    "title": "", "last_name": tombstones.NAME, "first_name": "", "search_name": "", "sex": "",
    "born_on": None, "birth_year": None, "phone": "", "mobile": "", "email": "",
    "dwelling": None, "lease_reference": "", "role": "", "housed_since": None,
    "end": Senior.End.ERASED, "last_contact_on": None, "has_arrears": None,
    "very_low_income": None, "row_digest": None, "read_in": None,
}  # fmt: skip


class ErasureRefusal(Refusal):
    """Nothing was erased, and why."""


@dataclass(frozen=True)
class Plan:
    """What an erasure takes away and what it leaves."""

    goes: list[tuple[str, int]]
    stays: list[Kept]


def plan(senior: Senior) -> Plan:
    """What erasing all of hers would take away and leave. Changes nothing."""
    asked = _asked(senior, None)
    goes = [(piece.label, piece.count) for piece in _pieces(asked)]
    return Plan(goes, [*_own_kept(asked), *erasers.kept(asked)])


@transaction.atomic
def erase(senior: Senior, *, by: User, typed: str) -> list[tuple[str, int]]:
    """Erase all of hers that no duty keeps; gives (label, count) of what went.

    `typed` is the number of her record, written by hand. Raises ErasureRefusal: role, typed, done.
    """
    if by.role != Role.ADMINISTRATOR:
        raise ErasureRefusal(
            "role", "Seule l’administration efface une fiche\u00a0: rien n’a changé."
        )
    erasers.lock(_asked(senior, by).records)
    held = Senior.objects.select_for_update(no_key=True)
    senior = held.get(pk=senior.merged_into_id or senior.pk)
    if senior.erased_on:
        raise ErasureRefusal("done", "Cette fiche est déjà effacée\u00a0: rien n’a changé.")
    if typed.strip() != senior.reference:
        raise ErasureRefusal(
            "typed",
            "Ce n’est pas la référence de cette fiche\u00a0: rien n’est effacé. Recopiez-la "
            "telle qu’elle est écrite ci-dessus.",
        )
    asked = _asked(senior, by)
    pieces = _pieces(asked)
    done = [(piece.label, piece.count) for piece in pieces]
    for piece in pieces:
        piece.erase()
    count = sum(piece.count for piece in pieces)
    AccessLog.objects.create(user=by, gesture=f"erase {count}", senior=senior)
    log.info("erasure: %s pieces erased", count)
    return done


@transaction.atomic
def forget(senior: Senior) -> int:
    """Empty the record of someone who left long ago (`retention`); gives how many pieces went.

    No tombstone: if she comes back to live here, the file of occupants fills it again.
    """
    asked = _asked(senior, None)
    erasers.lock(asked.records)
    pieces = _pieces(asked, for_good=False)
    for piece in pieces:
        piece.erase()
    return sum(piece.count for piece in pieces)


def _asked(senior: Senior, by: User | None) -> Asked:
    person = senior.merged_into_id or senior.pk
    absorbed = Senior.objects.filter(merged_into=person).values_list("pk", flat=True)
    return Asked((person, *absorbed), frozenset(ConsentKind), by, timezone.localdate())


def _pieces(asked: Asked, *, for_good: bool = True) -> list[Piece]:
    """In the order in which they are erased: the tenant record comes last."""
    own = (one for one in _own_pieces(asked, for_good) if one.count)
    return [*erasers.erased(asked), *own]


def _own_pieces(asked: Asked, for_good: bool) -> Iterator[Piece]:
    here = {"senior__in": asked.records}
    told = Observation.objects.filter(**here)
    yield deleting("observation et ses réponses", "observations et leurs réponses", told)
    scores = FragilityScore.objects.filter(**here)
    yield deleting("calcul de son ordre de visite", "calculs de son ordre de visite", scores)
    yield deleting("ancien logement", "anciens logements", Stay.objects.filter(**here))
    changes = RecordChange.objects.filter(**here)
    yield deleting("modification de sa fiche", "modifications de sa fiche", changes)
    joined = Merge.objects.filter(Q(kept__in=asked.records) | Q(absorbed__in=asked.records))
    yield deleting("fusion de fiches", "fusions de fiches", joined)
    yield _samples(asked.records)
    records = len(asked.records)
    single = "fiche\u00a0: nom, naissance, téléphones, courriel, logement, bail, ressources"
    many = "fiches\u00a0: nom, naissance, téléphones, courriel, logement, bail, ressources"
    yield Piece(single, many, records, lambda: _empty(asked, for_good))


def _samples(records: Sequence[int]) -> Piece:
    """Lines shown before an import was confirmed, where one of them was hers."""
    hers = Senior.objects.filter(pk__in=records).values_list("reference", "last_name", "first_name")
    words = {word for reference, *name in hers for word in (reference, " ".join(name).strip())}
    runs = [
        run.pk
        for run in ImportRun.objects.exclude(samples={}).only("pk", "samples")
        if any(word and word in str(run.samples) for word in words)
    ]
    return Piece(
        "aperçu d’import où elle figure",
        "aperçus d’import où elle figure",
        len(runs),
        lambda: ImportRun.objects.filter(pk__in=runs).update(samples={}),
    )


def _empty(asked: Asked, for_good: bool) -> None:
    """The records say nothing any more; for good, no file fills them and nobody is to call."""
    for one in Senior.objects.filter(pk__in=asked.records):
        end = one.end
        if for_good:
            birth = one.born_on or one.birth_year
            one.erased_key = tombstones.key_of(one.search_name, birth)
            one.erased_on, one.ended_on = asked.on, one.ended_on or asked.on
        for name, value in EMPTY.items():
            setattr(one, name, value)
        if not for_good:
            one.end = end
        one.save()
    moves.tell(asked.records)
    said = Objection.objects.filter(senior__in=asked.records)
    if not for_good:
        said.delete()
        return
    said.update(reason=REASON)
    Objection.objects.create(
        senior_id=asked.records[0], since=asked.on, reason=REASON, recorded_by=asked.by
    )


def _own_kept(asked: Asked) -> Iterator[Kept]:
    here = {"senior__in": asked.records}
    yield Kept(
        "référence locataire, sur une fiche vide",
        "références locataire, sur des fiches vides",
        len(asked.records),
        "pour qu’aucun fichier ne fasse revenir cette fiche, et que personne ne l’appelle",
    )
    consents = Consent.objects.filter(**here).count()
    why = "preuve de ce qui a été accepté ou refusé, pendant 5 ans"
    if consents:
        yield Kept("accord donné ou retiré", "accords donnés ou retirés", consents, why)
    read = AccessLog.objects.filter(**here).count()
    why = "pour savoir qui a ouvert cette fiche et qui l’a effacée, sans rien de son contenu"
    if read:
        yield Kept("ligne du journal des accès", "lignes du journal des accès", read, why)
