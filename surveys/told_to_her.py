"""What the survey keeps of someone, in the words of the letter that tells her. Her answers stand
with what else she told (`seniors.letter`)."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from seniors.french import day_words
from seniors.known import Chapter
from surveys.models import Aside, Call, Draft, Invitation, Response, Sending

Line = tuple[str, str]


def chapters(records: Sequence[int]) -> Iterator[Chapter]:
    """Whom was asked, when and how she replied; nothing when she never was."""
    if lines := tuple(_lines(records)):
        yield Chapter("L’enquête annuelle", lines)


def _lines(records: Sequence[int]) -> Iterator[Line]:
    replied = Response.objects.filter(senior__in=records).select_related("campaign")
    answers = {one.campaign_id: one for one in replied}
    for one in Invitation.objects.filter(senior__in=records).select_related("campaign"):
        answer = answers.pop(one.campaign_id, None)
        yield f"{one.campaign}, envoyée le {_day(one.sent_on)}", _said(answer)
    for answer in answers.values():
        yield str(answer.campaign), _said(answer)
    reminders = Sending.objects.filter(invitation__senior__in=records).select_related("wave")
    for one in reminders:
        at = _day(timezone.localdate(one.at))
        yield f"Relance du {at}, par {one.wave.get_channel_display()}", one.get_outcome_display()
    for one in Call.objects.filter(invitation__senior__in=records):
        yield f"Appel du {_day(timezone.localdate(one.at))}", one.get_outcome_display()
    for one in Draft.objects.filter(invitation__senior__in=records):
        words = f"{len(one.values)} réponses gardées jusqu’à l’envoi"
        yield f"Réponse commencée le {_day(timezone.localdate(one.begun_at))}", words
    for one in Aside.objects.filter(senior__in=records, decision=""):
        yield f"Seconde réponse reçue le {_day(one.received_on)}", "en attente d’être comparée"


def _said(answer: Response | None) -> str:
    if answer is None:
        return "pas de réponse"
    kept = "" if answer.observation_id else ", comptée seulement\u00a0: vos réponses ne sont pas là"
    return f"réponse {answer.get_channel_display()} du {_day(answer.received_on)}{kept}"


def _day(day: object) -> str:
    return day_words(day, weekday=False, year=True)
