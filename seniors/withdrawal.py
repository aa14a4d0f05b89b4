"""An agreement taken back: what it erases is told before, and done at once.

Each app declares what goes with each agreement (`erasers`); what the tenant record holds of it is
declared here. An anonymous count stays: that she replied, that a visit was made.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import date

from django.db import models, transaction
from django.utils import timezone

from seniors import consents, erasers
from seniors.enums import ConsentKind, Source
from seniors.erasers import Asked, Piece
from seniors.fragility import items
from seniors.models import (
    AccessLog,
    Consent,
    FragilityScore,
    Objection,
    Observation,
    ScoreRun,
    Senior,
    User,
)
from seniors.refusal import Refusal

log = logging.getLogger(__name__)
WORDING = "retrait-"
NO_LISTS = "A retiré son accord pour préparer une visite"
# What these answers tell is used for the order of visit: it goes with them.
SCORED = (ConsentKind.VISIT, ConsentKind.HEALTH)


class Channel(models.TextChoices):
    """How she said it."""

    ORAL = "oral", "de vive voix"
    PHONE = "phone", "par téléphone"
    LETTER = "letter", "par courrier"
    EMAIL = "email", "par courriel"
    WEB = "web", "en ligne, sur sa page"


# What follows, told with what goes.
AFTER = {
    ConsentKind.VISIT: "Restent, sans ses réponses\u00a0: le fait qu’elle a répondu ou reçu une "
    "visite, ce qui a été vu dans le logement, ses besoins et ses actions en cours. Une "
    "opposition est notée\u00a0: elle ne sera plus ni sur une liste de visites, ni relancée par "
    "l’enquête. Elle se lève depuis sa fiche, si la personne le demande.",
    ConsentKind.HEALTH: "Restent ses autres réponses, ses besoins et ses actions en cours, et tout "
    "signalement encore ouvert\u00a0: quelqu’un est peut-être en danger. Son ordre de visite est "
    "calculé de nouveau sans ces réponses.",
    ConsentKind.SHARING: "Les actions en cours restent, mais les partenaires n’en voient plus "
    "rien. Ce qu’un partenaire a déjà lu ou imprimé, il faut le lui dire de vive voix.",
    ConsentKind.EVALUATION: "Ses réponses restent sur sa fiche. Les prochains exports et les "
    "prochaines comparaisons sont faits sans elle\u00a0; ceux déjà remis ne se reprennent pas.",
}


class WithdrawalRefusal(Refusal):
    """Nothing was withdrawn, and why."""


def wording_of(code: str) -> str:
    """How a withdrawal was said, from the code kept with it; "" for another text."""
    channel = code.removeprefix(WORDING)
    if channel == code or channel not in Channel.values:
        return ""
    return f"dit {Channel(channel).label}"


def what_goes(senior: Senior, kinds: Collection[ConsentKind]) -> list[tuple[str, int]]:
    """(label, count) of what taking these agreements back erases. Changes nothing."""
    asked = Asked(_records_of(senior), frozenset(kinds), None, timezone.localdate())
    return [(piece.label, piece.count) for piece in pieces_of(asked)]


@transaction.atomic
def withdraw(
    senior: Senior,
    kinds: Collection[ConsentKind],
    *,
    by: User | None,
    channel: Channel,
    on: date | None = None,
) -> list[tuple[str, int]]:
    """Take these agreements back and erase what they allowed, whole or not at all.

    `by` is None when she does it herself on her page. Gives what was erased, (label, count).
    Raises WithdrawalRefusal: none, future, already (refused before, and nothing is left).
    """
    on = on or timezone.localdate()
    _check(kinds, on)
    erasers.lock(_records_of(senior))
    # Two tabs at once: the second finds it done.
    Senior.objects.select_for_update(no_key=True).get(pk=senior.merged_into_id or senior.pk)
    records = _records_of(senior)
    asked = Asked(records, frozenset(kinds), by, on)
    pieces = pieces_of(asked)
    if not pieces and not _given(records, kinds):
        raise WithdrawalRefusal("already", "Cet accord est déjà retiré\u00a0: rien n’a changé.")
    person = senior.merged_into_id or senior.pk
    Consent.objects.bulk_create(
        Consent(
            senior_id=person,
            kind=kind,
            given=False,
            decided_on=on,
            settled_on=on,
            wording=f"{WORDING}{channel}",
            source=Source.SURVEY if channel == Channel.WEB else Source.OFFICER,
        )
        for kind in ConsentKind
        if kind in kinds
    )
    for piece in pieces:
        piece.erase()
    if ConsentKind.VISIT in kinds:
        _keep_off_lists(records, person, by, on)
    if any(kind in kinds for kind in SCORED):
        _score_again(person)
    _journal(asked, person, sum(piece.count for piece in pieces))
    return [(piece.label, piece.count) for piece in pieces]


@transaction.atomic
def settle(senior: Senior, kinds: Collection[ConsentKind]) -> int:
    """Erase what is still kept of agreements that she has refused since, elsewhere than here; gives
    how many pieces. Those that hold again are left alone, and so are her visits to come: she did
    not refuse them."""
    person = senior.merged_into_id or senior.pk
    erasers.lock(_records_of(senior))
    Senior.objects.select_for_update(no_key=True).get(pk=person)
    records = _records_of(senior)
    told = consents.latest_by_kind(Consent.objects.filter(senior__in=records))
    refused = frozenset(kind for kind in kinds if kind in told and not told[kind].given)
    asked = Asked(records, refused, None, timezone.localdate(), plans=False)
    pieces = pieces_of(asked) if refused else []
    for piece in pieces:
        piece.erase()
    if pieces and any(kind in refused for kind in SCORED):
        _score_again(person)
    answers = Consent.objects.filter(senior__in=records, kind__in=kinds, settled_on=None)
    answers.filter(given=False).update(settled_on=asked.on)
    return sum(piece.count for piece in pieces)


def said_of(done: Collection[tuple[str, int]]) -> str:
    """What was done, in one sentence: « L’accord est retiré. Effacé : 2 réponses… »."""
    if not done:
        return "L’accord est retiré. Il n’y avait rien à effacer."
    pieces = ", ".join(f"{count} {label}" for label, count in done)
    return f"L’accord est retiré. C’est effacé\u00a0: {pieces}."


def pieces_of(asked: Asked) -> list[Piece]:
    """What goes with these agreements, in the order in which it is erased."""
    found = [*erasers.withdrawn(asked), *(one for one in _own_pieces(asked) if one.count)]
    if any(kind in asked.kinds for kind in SCORED) and (
        found or _given(asked.records, asked.kinds)
    ):
        scores = FragilityScore.objects.filter(senior__in=asked.records)
        single = "calcul d’ordre de visite, fait avec ces réponses"
        many = "calculs d’ordre de visite, faits avec ces réponses"
        if (piece := erasers.deleting(single, many, scores)).count:
            found.append(piece)
    return found


def _own_pieces(asked: Asked) -> Iterator[Piece]:
    """What was noted on her record with these agreements, after the other apps."""
    observations = Observation.objects.filter(senior__in=asked.records)
    if ConsentKind.VISIT in asked.kinds:
        said = observations.filter(source=Source.OFFICER)
        yield erasers.deleting("réponse notée sur la fiche", "réponses notées sur la fiche", said)
    if ConsentKind.HEALTH in asked.kinds:
        yield _sensitive(observations)


def _sensitive(observations: models.QuerySet[Observation]) -> Piece:
    """Answers on health, whoever noted them; the rest of what was told that day stays."""
    told = [
        (one, codes)
        for one in observations
        if (codes := [code for code in one.values if items.is_sensitive(code)])
    ]

    def erase() -> None:
        # Read again: a source before this one may have taken some away.
        for one in Observation.objects.filter(pk__in=[row.pk for row, _ in told]):
            one.values = {k: v for k, v in one.values.items() if not items.is_sensitive(k)}
            one.save(update_fields=["values"])

    count = sum(len(codes) for _, codes in told)
    single = "réponse sur la santé ou l’autonomie"
    return Piece(single, "réponses sur la santé ou l’autonomie", count, erase)


def _check(kinds: Collection[ConsentKind], on: date) -> None:
    if not kinds:
        raise WithdrawalRefusal(
            "none", "Aucun accord n’est choisi\u00a0: rien n’a changé. Choisissez-en un."
        )
    if on > timezone.localdate():
        raise WithdrawalRefusal(
            "future", "Cette date n’est pas encore passée\u00a0: rien n’a changé."
        )


def _records_of(senior: Senior) -> tuple[int, ...]:
    """Her record and those absorbed by it."""
    person = senior.merged_into_id or senior.pk
    absorbed = Senior.objects.filter(merged_into=person).values_list("pk", flat=True)
    return (person, *absorbed)


def _given(records: Collection[int], kinds: Collection[ConsentKind]) -> bool:
    """Whether the latest answer to one of these is yes, or none was ever given."""
    told = consents.latest_by_kind(Consent.objects.filter(senior__in=records, kind__in=kinds))
    return any(kind not in told or told[kind].given for kind in kinds)


def _keep_off_lists(records: Collection[int], person: int, by: User | None, on: date) -> None:
    """An opposition without end, so that no list and no reminder takes her; she may lift it."""
    running = Objection.objects.filter(senior__in=records, until=None, lifted_on=None)
    if not running.exists():
        Objection.objects.create(senior_id=person, since=on, reason=NO_LISTS, recorded_by=by)


def _score_again(person: int) -> None:
    """Her place in the order of today, from what is left: she is not lost for having said no."""
    from seniors.fragility import store  # noqa: PLC0415

    senior = Senior.objects.select_related("dwelling__residence__territory").get(pk=person)
    if senior.dwelling is None:
        return
    territory = senior.dwelling.residence.territory
    run_id = store.latest_runs([territory]).get(territory.pk)
    if run_id:
        store.score_again([person], ScoreRun.objects.select_related("grid").get(pk=run_id))


def _journal(asked: Asked, person: int, count: int) -> None:
    """Who did it, which agreements and how much went; no content. Hers alone is dated by the
    answer to the agreement itself."""
    kinds = [kind.value for kind in ConsentKind if kind in asked.kinds]
    if asked.by:
        AccessLog.objects.bulk_create(
            AccessLog(user=asked.by, gesture=f"withdraw-{kind} {count}", senior_id=person)
            for kind in kinds
        )
    log.info("withdrawal of %s: %s pieces erased", ", ".join(kinds), count)
