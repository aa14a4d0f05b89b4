"""How long the survey keeps what was answered; that someone replied stays counted."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from seniors.enums import Source
from seniors.erasers import Term
from seniors.models import Observation
from seniors.retention import years_before
from surveys.campaigns import counting
from surveys.models import Aside, Call, Draft, Keying, Response
from surveys.receiving import calls
from surveys.withdrawal import ERASED

ANSWER_YEARS, SHELL_YEARS = 2, 1


def terms(on: date) -> Iterator[Term]:
    """The rules, and what is past them on that day."""
    typed = Keying.objects.exclude(values={})  # waits for a second typing that may never come
    old = Observation.objects.filter(
        source=Source.SURVEY, observed_on__lte=years_before(on, ANSWER_YEARS)
    )

    def erase() -> None:
        typed.filter(response__observation__in=old.values("pk")).update(values={})
        Response.objects.filter(observation__in=old.values("pk")).update(
            observation=None, content_digest=ERASED
        )
        old.delete()

    label = "Réponses à l’enquête"
    yield Term("answers", label, "effacées après 24 mois\u00a0; il reste que la personne a "
               "répondu", old.count(), erase)  # fmt: skip
    closed = years_before(on, SHELL_YEARS)
    drafts = Draft.objects.filter(invitation__campaign__closes_on__lte=closed)
    made = Call.objects.filter(invitation__campaign__closes_on__lte=closed)
    aside = Aside.objects.filter(campaign__closes_on__lte=closed)
    typed_once = typed.filter(response__campaign__closes_on__lte=closed)

    def forget() -> None:
        for rows in (drafts, made, aside):
            rows.delete()
        typed_once.update(values={})

    yield Term(
        "shells",
        "Réponses commencées, mises de côté ou à ressaisir, appels",
        "effacés 12 mois après la fin de l’enquête",
        drafts.count() + made.count() + aside.count() + typed_once.count(),
        forget,
    )
    begun = calls.begun_by_refusing(timezone.now() + (on - timezone.localdate()))
    yield Term(
        "refused_calls",
        "Réponses commencées au téléphone, puis refusées",
        "effacées dans la nuit",
        begun.count(),
        begun.delete,
    )
    yield Term(
        "silent",
        "Personnes interrogées qui n’ont pas répondu",
        "oubliées 12 mois après la fin de l’enquête\u00a0; les taux de réponse restent",
        counting.forgettable(closed).count(),
        lambda: counting.forget(closed),
    )
