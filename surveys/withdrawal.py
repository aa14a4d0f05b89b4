"""What the survey holds of someone who takes an agreement back, or is erased: answers, those begun,
those set aside, those waiting to be typed twice. That she replied, and when, stays as a count.
"""

from collections.abc import Callable, Iterator

from django.db.models import Model, QuerySet

from seniors.enums import ConsentKind, Source
from seniors.erasers import Asked, Kept, Piece, deleting
from seniors.fragility import items
from seniors.models import Observation
from surveys.models import Aside, Call, Draft, Invitation, Keying, Response
from surveys.questionnaires import questionnaire

# No answer has this digest: one sent again finds that another was received.
ERASED = "erased"
COMPARED = "trace d’une seconde réponse comparée", "traces de secondes réponses comparées"


def pieces(asked: Asked) -> Iterator[Piece]:
    """What goes with these agreements."""
    if ConsentKind.VISIT in asked.kinds:
        yield from answers(asked)
        yield _compared(asked)
    else:
        yield from _in_part(asked)


def consent_text(kind: str, code: str) -> str:
    """The words of an agreement in the questionnaire of that name, "" for another text."""
    found = {each.name: each for each in questionnaire.available()}.get(code)
    asked = (item for item in found.items.values() if item.consent == kind) if found else ()
    return next((item.text for item in asked), "")


def everything(asked: Asked) -> Iterator[Piece]:
    """What goes when all of hers is erased."""
    yield from answers(asked)
    yield deleting(*COMPARED, _asides_of(asked).exclude(decision=""))
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
    aside = _asides_of(asked).filter(decision="")
    yield deleting("seconde réponse mise de côté", "secondes réponses mises de côté", aside)
    typed = _typed(asked)
    yield Piece(
        "saisie en attente de relecture",
        "saisies en attente de relecture",
        typed.count(),
        lambda: typed.update(values={}),
    )


def _in_part(asked: Asked) -> Iterator[Piece]:
    """What goes of answers not sent or not settled yet: those on health, and the agreement itself,
    which sending or choosing them later would give anew. What is kept is in her observations
    (`seniors.withdrawal`)."""
    on_health = ConsentKind.HEALTH in asked.kinds
    what = "les réponses sur la santé" if on_health else "cet accord"
    agreements = _agreements(asked)

    def goes(code: str, value: object) -> bool:
        """An agreement refused there stays."""
        return (on_health and items.is_sensitive(code)) or (code in agreements and bool(value))

    begun, aside = ("values", "clashing"), ("values", "consents")
    yield _without(_drafts_of(asked), begun, goes, f"réponse commencée, pour {what}")
    yield _without(_asides_of(asked), aside, goes, f"seconde réponse mise de côté, pour {what}")
    if on_health:
        yield _without(_typed(asked), ("values",), goes, f"saisie en attente, pour {what}")
        yield _digests(asked)
        yield _compared(asked)


def _agreements(asked: Asked) -> frozenset[str]:
    """The codes of these agreements in every questionnaire, and their kinds."""
    kinds = {kind.value for kind in asked.kinds}
    found = (item for each in questionnaire.available() for item in each.items.values())
    return frozenset({item.code for item in found if item.consent in kinds} | kinds)


def _digests(asked: Asked) -> Piece:
    """Of what she told of her health: anyone who tries could find it again."""
    told = _responses(asked).exclude(content_digest=ERASED)
    touched = [
        one.pk
        for one in told.filter(observation__isnull=False).select_related("observation")
        if any(map(items.is_sensitive, one.observation.values))
    ]
    rows = Response.objects.filter(pk__in=touched)
    return Piece(
        "questionnaire dont les réponses sur la santé sont effacées",
        "questionnaires dont les réponses sur la santé sont effacées",
        len(touched),
        lambda: rows.update(content_digest=ERASED),
    )


def _compared(asked: Asked) -> Piece:
    """Digests of second answers compared before, whose content is gone already."""
    decided = _asides_of(asked).exclude(decision="")
    traces = [one.pk for one in decided if not one.content_digest.startswith(ERASED)]

    def erase() -> None:
        for pk in traces:
            Aside.objects.filter(pk=pk).update(content_digest=_erased(pk))

    return Piece(*COMPARED, len(traces), erase)


def _erased(aside: int) -> str:
    """The digest of an aside that had one: two of them stay two."""
    return f"{ERASED} {aside}"


def _without(
    rows: QuerySet, fields: tuple[str, ...], goes: Callable[[str, object], bool], label: str
) -> Piece:
    """The piece that takes out of these rows what `goes` says of each code and its value."""

    def left(one: Model, field: str) -> dict[str, object]:
        told = getattr(one, field) or {}
        return {code: value for code, value in told.items() if not goes(code, value)}

    found = [
        one for one in rows if any(left(one, name) != (getattr(one, name) or {}) for name in fields)
    ]

    def erase() -> None:
        for one in found:
            kept = {name: left(one, name) for name in fields}
            if isinstance(one, Draft):
                kept["version"] = one.version + 1  # a page that shows more is behind
            if isinstance(one, Aside) and any(map(items.is_sensitive, one.values)):
                kept["content_digest"] = _erased(one.pk)
            type(one)._base_manager.filter(pk=one.pk).update(**kept)

    return Piece(label, label, len(found), erase)


def _responses(asked: Asked) -> QuerySet[Response]:
    return Response.objects.filter(senior__in=asked.records)


def _drafts_of(asked: Asked) -> QuerySet[Draft]:
    return Draft.objects.filter(invitation__senior__in=asked.records)


def _asides_of(asked: Asked) -> QuerySet[Aside]:
    return Aside.objects.filter(senior__in=asked.records)


def _typed(asked: Asked) -> QuerySet[Keying]:
    return Keying.objects.filter(response__senior__in=asked.records).exclude(values={})
