"""What the survey keeps of someone, in the words of the letter that tells her. The answers that
count stand with what else she told (`seniors.letter`); those begun, or set aside, stand here."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone

from seniors.french import day_words
from seniors.known import Chapter
from surveys.models import Aside, Call, Campaign, Draft, Invitation, Response, Sending
from surveys.questionnaires import questionnaire
from surveys.receiving.drafts import words

Line = tuple[str, str]


def chapters(records: Sequence[int]) -> Iterator[Chapter]:
    """Whom was asked, when and how she replied, what she began or sent twice; nothing when she
    never was."""
    if lines := tuple(_lines(records)):
        yield Chapter("L’enquête annuelle", lines)
    yield from _begun(records)
    yield from _aside(records)


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


def _begun(records: Sequence[int]) -> Iterator[Chapter]:
    """Answers begun and not sent: what each page kept, where two of them say otherwise."""
    rows = Draft.objects.filter(invitation__senior__in=records).order_by("begun_at", "pk")
    for one in rows.select_related("invitation__campaign"):
        campaign = one.invitation.campaign
        lines = [(str(campaign), f"{one.get_channel_display()}, gardée jusqu’à l’envoi")]
        if one.helper:
            lines.append(("Qui vous aidait", one.get_helper_display()))
        lines += _told(campaign, one.values)
        lines += _told(campaign, one.clashing, where=" (dans une autre page)")
        day = _day(timezone.localdate(one.begun_at))
        yield Chapter(f"Votre réponse commencée le {day}", tuple(lines))


def _aside(records: Sequence[int]) -> Iterator[Chapter]:
    """Second answers that wait for a person to compare them with the first."""
    rows = Aside.objects.filter(senior__in=records, decision="").order_by("kept_at", "pk")
    for one in rows.select_related("campaign"):
        coded = dict(one.values)
        for code, item in questionnaire.named(one.campaign.questionnaire).items.items():
            if item.consent in one.consents:
                coded[code] = int(one.consents[item.consent])
            if item.objection and one.objecting:
                coded[code] = 1
        waits = f"{one.get_channel_display()}, en attente d’être comparée à la première"
        title = f"Votre seconde réponse, reçue le {_day(one.received_on)}"
        yield Chapter(title, ((str(one.campaign), waits), *_told(one.campaign, coded)))


def _told(campaign: Campaign, coded: Mapping[str, int | None], *, where: str = "") -> list[Line]:
    """Each question answered with the reply, in words and in the order asked."""
    asked = questionnaire.named(campaign.questionnaire).items
    return [
        (f"{item.wording}{where}", words(item, coded[code]))
        for code, item in asked.items()
        if code in coded
    ]


def _said(answer: Response | None) -> str:
    if answer is None:
        return "pas de réponse"
    kept = "" if answer.observation_id else ", comptée seulement\u00a0: vos réponses ne sont pas là"
    return f"réponse {answer.get_channel_display()} du {_day(answer.received_on)}{kept}"


def _day(day: object) -> str:
    return day_words(day, weekday=False, year=True)
