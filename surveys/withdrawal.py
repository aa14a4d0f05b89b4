"""What the survey holds of someone who takes an agreement back, or is erased: answers, those begun,
those set aside, those waiting to be typed twice. That she replied, and when, stays as a count.
"""

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet

from seniors.enums import ConsentKind, Source
from seniors.erasers import Asked, Kept, Piece, deleting
from seniors.fragility import items
from seniors.models import Observation
from surveys.models import Aside, Call, Draft, Invitation, Keying, Response
from surveys.questionnaires import questionnaire

# No answer has this digest: one sent again finds that another was received.
ERASED = "erased"


def pieces(asked: Asked) -> Iterator[Piece]:
    """What goes with these agreements."""
    if ConsentKind.VISIT in asked.kinds:
        yield from answers(asked)
    elif ConsentKind.HEALTH in asked.kinds:
        yield from _on_health(asked)


def consent_text(kind: str, code: str) -> str:
    """The words of an agreement in the questionnaire of that name, "" for another text."""
    found = {each.name: each for each in questionnaire.available()}.get(code)
    asked = (item for item in found.items.values() if item.consent == kind) if found else ()
    return next((item.text for item in asked), "")


def everything(asked: Asked) -> Iterator[Piece]:
    """What goes when all of hers is erased."""
    yield from answers(asked)
    calls = Call.objects.filter(invitation__senior__in=asked.records)
    yield deleting("appel de l’enquête", "appels de l’enquête", calls)


def kept(asked: Asked) -> Iterator[Kept]:
    """What stays then."""
    asked_of = Invitation.objects.filter(senior__in=asked.records)
    why = "sans aucune réponse, pour que les taux de réponse déjà donnés restent vrais"
    count = asked_of.count()
    yield Kept("envoi de l’enquête, compté", "envois de l’enquête, comptés", count, why)


def answers(asked: Asked) -> Iterator[Piece]:
    """Every answer, wherever it stands."""
    told = Observation.objects.filter(senior__in=asked.records, source=Source.SURVEY)

    def erase() -> None:
        _responses(asked).update(observation=None, content_digest=ERASED)
        told.delete()

    one, many = "questionnaire rempli, avec ses réponses", "questionnaires remplis, avec réponses"
    yield Piece(one, many, told.count(), erase)
    yield deleting("réponse commencée", "réponses commencées", _drafts_of(asked))
    aside = _asides_of(asked)
    yield deleting("seconde réponse mise de côté", "secondes réponses mises de côté", aside)
    typed = _typed(asked)
    yield Piece(
        "saisie en attente de relecture",
        "saisies en attente de relecture",
        typed.count(),
        lambda: typed.update(values={}),
    )


def _on_health(asked: Asked) -> Iterator[Piece]:
    """What tells of health in what is not sent or not settled yet; what is kept is in her
    observations (`seniors.withdrawal`)."""
    yield _without(_drafts_of(asked), ("values", "clashing"), "réponse commencée")
    yield _without(_asides_of(asked), ("values",), "seconde réponse mise de côté")
    yield _without(_typed(asked), ("values",), "saisie en attente de relecture")
    told = _responses(asked).exclude(content_digest=ERASED)
    touched = [
        one.pk
        for one in told.filter(observation__isnull=False).select_related("observation")
        if _sensitive(one.observation.values)
    ]
    rows = Response.objects.filter(pk__in=touched)
    # A digest of what she told would let anyone who tries find it again.
    yield Piece(
        "questionnaire dont les réponses sur la santé sont effacées",
        "questionnaires dont les réponses sur la santé sont effacées",
        len(touched),
        lambda: rows.update(content_digest=ERASED),
    )


def _without(rows: QuerySet, fields: tuple[str, ...], what: str) -> Piece:
    """The piece that takes answers on health out of these rows."""
    found = [one for one in rows if any(_sensitive(getattr(one, field) or {}) for field in fields)]

    def erase() -> None:
        for one in found:
            for field in fields:
                told = getattr(one, field) or {}
                lost = _sensitive(told)
                setattr(one, field, {k: v for k, v in told.items() if k not in lost})
            type(one)._base_manager.filter(pk=one.pk).update(
                **{field: getattr(one, field) for field in fields}
            )

    label = f"{what}, pour les réponses sur la santé"
    return Piece(label, label, len(found), erase)


def _sensitive(told: Mapping[str, object]) -> set[str]:
    """The codes of these answers that tell of health."""
    return {code for code in told if items.is_sensitive(code)}


def _responses(asked: Asked) -> QuerySet[Response]:
    return Response.objects.filter(senior__in=asked.records)


def _drafts_of(asked: Asked) -> QuerySet[Draft]:
    return Draft.objects.filter(invitation__senior__in=asked.records)


def _asides_of(asked: Asked) -> QuerySet[Aside]:
    return Aside.objects.filter(senior__in=asked.records)


def _typed(asked: Asked) -> QuerySet[Keying]:
    return Keying.objects.filter(response__senior__in=asked.records).exclude(values={})
