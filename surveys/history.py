"""What the survey tells on a senior's sheet: questionnaires and reminders sent, calls, replies,
and the words asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.utils import timezone

from seniors.known import Event, EventKind, Words
from surveys.models import Aside, Call, Invitation, Response, Sending
from surveys.questionnaires.questionnaire import Item, available


def events(records: Sequence[int]) -> Iterator[Event]:
    """Each questionnaire sent, each reminder, call and reply, of these records."""
    sent = Invitation.objects.filter(senior__in=records).select_related("campaign")
    for one in sent:
        yield Event(one.sent_on, "Questionnaire envoyé", one.campaign.name, kind=EventKind.SURVEY)
    reminders = Sending.objects.filter(
        invitation__senior__in=records, outcome=Sending.Outcome.SENT
    ).select_related("wave__campaign")
    for one in reminders:
        detail = f"{one.wave.campaign.name}, par {one.wave.get_channel_display()}"
        day = timezone.localdate(one.at)
        yield Event(day, "Relance de l’enquête", detail, kind=EventKind.SURVEY)
    calls = Call.objects.filter(invitation__senior__in=records)
    for one in calls.select_related("invitation__campaign", "by", "checked_by"):
        what = f"Appel de l’enquête\u00a0: {one.get_outcome_display()}"
        detail = f"{one.invitation.campaign.name}, par {one.by}"
        yield Event(timezone.localdate(one.at), what, detail, kind=EventKind.SURVEY)
        if one.checked_at:
            what = f"Appel de l’enquête vérifié\u00a0: {one.get_check_said_display()}"
            day = timezone.localdate(one.checked_at)
            yield Event(day, what, f"par {one.checked_by}", kind=EventKind.SURVEY)
    replies = Response.objects.filter(senior__in=records).select_related("campaign")
    for one in replies:
        detail = f"{one.campaign.name}, {one.get_channel_display()}"
        yield Event(one.received_on, "Réponse à l’enquête", detail, kind=EventKind.SURVEY)


def words() -> Mapping[str, Words]:
    """Every item as the latest questionnaire that has it asks it."""
    found: dict[str, Words] = {}
    for questionnaire in available():
        for section in questionnaire.sections:
            lead = ""
            for item in section.items:
                # The words before a group of items are written on its first one.
                lead = item.lead or (lead if item.text[:1].islower() else "")
                if item.is_answer:
                    found.setdefault(item.code, _words(item, lead))
    return found


def wording_of(code: str) -> str:
    """The name of a questionnaire on which a consent was given, "" when it is none of ours."""
    found = {each.name: each for each in available()}.get(code)
    return f"questionnaire «\u00a0{found.title}\u00a0», version {found.version}" if found else ""


def consent_ways(records: Sequence[int]) -> dict[tuple[str, date], str]:
    """{(questionnaire, day): paper, telephone or on line} of what these records answered, one of
    two answers set aside included; nothing where two ways say that day on the same questionnaire.

    A consent keeps the questionnaire and the day of the answer, never its way.
    """
    fields = "campaign__questionnaire", "received_on", "channel"
    hers, beside = (
        model.objects.filter(senior__in=records).order_by().values_list(*fields)
        for model in (Response, Aside)
    )
    ways: dict[tuple[str, date], set[str]] = {}
    for asked, day, channel in hers.union(beside):
        ways.setdefault((asked, day), set()).add(channel)
    return {
        key: Response.Channel(found.pop()).label for key, found in ways.items() if len(found) == 1
    }


def _words(item: Item, lead: str) -> Words:
    """The question with what stands before its group, and its replies."""
    if item.kind == "tick":
        asked = f"Aiderait\u00a0: {item.text[:1].lower()}{item.text[1:]}"
        return Words(asked, {1: "oui", 0: "non"}, item.domain)
    replies = {choice.value: choice.label for choice in item.choices}
    return Words(f"{lead} {item.text}".strip(), replies, item.domain)
