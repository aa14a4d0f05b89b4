"""The survey at the desk: reminders, papers typed in, calls, answers on the web, second answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import pandas as pd
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors.demo.landlord import BY_HAND
from seniors.french import counted
from seniors.models import User
from surveys.campaigns.dispatch import running_objections
from surveys.models import Call, Campaign, Draft, Invitation, Keying, Response, Sending, Wave
from surveys.questionnaires import questionnaire
from surveys.receiving import answering, call_form, calls, drafts, intake, keying
from surveys.receiving.answer import FILLED_BY
from surveys.sending import waves
from visits.demo.people import officers
from visits.demo.plan import Demo
from visits.demo.survey import campaign_of

Outcome = Call.Outcome
REMINDED, NEXT = timedelta(days=21), timedelta(days=4)
DRAWN_EACH, BEGUN = 5, 3
# What came of calls, in turn, each officer beginning elsewhere.
CAME = (
    Outcome.NOBODY, Outcome.BACK, Outcome.NOBODY, Outcome.REFUSED, Outcome.NOBODY, Outcome.DIED,
    Outcome.WRONG_NUMBER, Outcome.BACK, Outcome.HOSPITAL, Outcome.NOBODY, Outcome.MOVED,
)  # fmt: skip
CALLS_EACH = 7
# Said otherwise the second time: by telephone after a paper, or by another hand on the same paper.
OTHERWISE = {"falls": 2, "wants_adaptation": 1, "cold_home": 1, "goes_out": 2}


@dataclass(frozen=True)
class Row:
    """An answer that comes by the landlord's own doors."""

    invitation: Invitation
    channel: str
    received_on: date
    coded: answering.Coded
    by: User


def remind(demo: Demo) -> str | None:
    """A reminder that left, and the next one, planned; once."""
    campaign = campaign_of(demo)
    if campaign.waves.exists():
        return None
    manager = User.objects.get(username="responsable")
    sent = _left(campaign, manager)
    waves.plan(
        campaign, channel=Wave.Channel.EMAIL, planned_on=timezone.localdate() + NEXT, by=manager
    )
    return f"{counted(sent, 'lettre partie', 'lettres parties')}, une relance prévue"


@transaction.atomic
def _left(campaign: Campaign, manager: User) -> int:
    """The letters of three weeks after the opening, to those who had not answered by then."""
    day = campaign.opened_on + REMINDED
    morning = _at(day, 8)
    wave = Wave.objects.create(
        campaign=campaign, channel=Wave.Channel.LETTER, planned_on=day, created_by=manager,
        started_at=morning, finished_at=morning + timedelta(minutes=9),
    )  # fmt: skip
    wave.territories.set(campaign.territories.all())
    silent = campaign.invitations.filter(
        Q(answered_on=None) | Q(answered_on__gt=day), senior__dwelling__isnull=False
    ).exclude(senior__in=running_objections(day).values("senior"))
    Sending.objects.bulk_create(
        Sending(wave=wave, invitation_id=pk, outcome=Sending.Outcome.SENT, at=morning)
        for pk in silent.values_list("pk", flat=True)
    )
    wave.expected = wave.sendings.count()
    wave.save(update_fields=["expected"])
    return wave.expected


@transaction.atomic
def receive(demo: Demo) -> str | None:
    """Papers typed, one in some twice; answers by telephone and on the web; some begun; once."""
    campaign = campaign_of(demo)
    if Keying.objects.exists():
        return None
    rows = list(_rows(demo, campaign))
    papers, by_phone, on_web = (
        [row for row in rows if row.channel == one]
        for one in (Response.Channel.PAPER, Response.Channel.PHONE, Response.Channel.WEB)
    )
    _type(papers, demo)
    _answer_calls(by_phone)
    _answer_on_web(on_web)
    again = _say_otherwise([*papers[1:4], *on_web[BEGUN:][-1:]])
    return (
        f"{counted(len(papers), 'papier saisi', 'papiers saisis')}, {len(by_phone)} par téléphone, "
        f"{len(on_web)} en ligne, {again} à comparer"
    )


def _rows(demo: Demo, campaign: Campaign) -> Iterator[Row]:
    """What the file of those answers holds, of people who were asked."""
    frame = pd.read_csv(demo.folder / BY_HAND, sep=";", dtype=str, encoding="utf-8-sig")
    asked = campaign.invitations.filter(senior__dwelling__isnull=False, answered_on=None)
    asked = asked.filter(senior__reference__in=frame["reference"]).select_related(
        "campaign", "senior__dwelling"
    )
    of_person = {one.senior.reference: one for one in asked}
    at_work = {place.pk: who for who in officers() for place in who.territories.all()}
    items = questionnaire.named(campaign.questionnaire)
    channels = {"papier": "paper", "téléphone": "phone", "internet": "web"}
    for raw in frame.fillna("").to_dict("records"):
        invitation = of_person.get(raw["reference"])
        if invitation is None:
            continue
        coded, _ = answering.read(items, raw)
        day, month, year = map(int, raw["date de réception"].split("/"))
        yield Row(
            invitation,
            channels[raw["canal"]],
            date(year, month, day),
            {code: value for code, value in coded.items() if code != FILLED_BY},
            at_work[invitation.territory_id],
        )


def _type(papers: Sequence[Row], demo: Demo) -> None:
    """Each by the officer of the place; of those drawn, every other one again, with a slip."""
    manager = User.objects.get(username="responsable")
    for number, row in enumerate(papers):
        drawn = number % DRAWN_EACH == 0
        type_in = partial(keying.record, row.invitation, received_on=row.received_on)
        type_in(row.coded, by=row.by, draw=lambda drawn=drawn: drawn)
        if drawn and number % (2 * DRAWN_EACH) == 0:
            slip = _otherwise(row.coded) if number % (4 * DRAWN_EACH) == 0 else row.coded
            type_in(slip, by=manager, again=True)


def _answer_calls(rows: Sequence[Row]) -> None:
    """Answered on the telephone; the first ones only begun, to be called back."""
    for number, row in enumerate(rows):
        now = _at(row.received_on, 10 + number % 6, 7 * number % 60)
        if number >= BEGUN:
            call_form.finish(row.invitation, row.coded, version=0, by=row.by, now=now)
            continue
        begun = dict(list(row.coded.items())[: 8 + 4 * number])
        call_form.save(row.invitation, begun, version=0, by=row.by, now=now)
        back = _at(timezone.localdate() + timedelta(days=number), 9, 30)
        calls.note(row.invitation, Outcome.BACK, by=row.by, now=now, known=0, back_at=back)


def _answer_on_web(rows: Sequence[Row]) -> None:
    """Sent today from her own page, alone or helped; the first ones only begun."""
    for number, row in enumerate(rows):
        helper = Draft.Helper.FAMILY if number % 3 == 1 else ""
        drafts.begin(row.invitation, helper=helper)
        told = dict(row.coded)
        if number < BEGUN:
            told = dict(list(told.items())[: 5 + 6 * number])
        kept = drafts.save(row.invitation, drafts.Page(told, seen={}, version=1))
        if number >= BEGUN and drafts.may_go_on(drafts.questionnaire_of(row.invitation), told):
            drafts.send(row.invitation, version=kept.version)


def _say_otherwise(rows: Sequence[Row]) -> int:
    """A second answer, set aside for somebody to compare."""
    for row in rows:
        values, consents, objects = answering.split_coded(
            drafts.questionnaire_of(row.invitation), _otherwise(row.coded)
        )
        intake.record_or_set_aside(
            row.invitation.senior,
            campaign=row.invitation.campaign,
            channel=Response.Channel.PHONE,
            received_on=timezone.localdate(),
            values=values,
            consents=consents,
            objects=objects,
            by=row.by,
        )
    return len(rows)


def _otherwise(coded: answering.Coded) -> answering.Coded:
    """The same answers but for a few."""
    return coded | {code: 0 if coded.get(code) == value else value
                    for code, value in OTHERWISE.items()}  # fmt: skip


@transaction.atomic
def call(demo: Demo) -> str | None:
    """Attempts of the last days, each officer in her territory; one claim already checked."""
    campaign = campaign_of(demo)
    manager = User.objects.get(username="responsable")
    if Call.objects.filter(invitation__campaign=campaign, outcome=Outcome.NOBODY).exists():
        return None
    made = 0
    for place, officer in enumerate(officers()):
        days = _days(demo, CALLS_EACH)
        people = _to_call(campaign, officer)
        for number, (one, day) in enumerate(zip(people, days, strict=False)):
            outcome = CAME[(number + 4 * place) % len(CAME)]
            back = _back(number) if outcome == Outcome.BACK else None
            now = _at(day, 10 + number % 7, 11 * number % 60)
            calls.note(one, outcome, by=officer, now=now, known=0, back_at=back)
            made += 1
        made += _called_last_year(campaign, officer)
    told = calls.to_check(campaign, manager).first()
    if told:
        calls.check(told, Call.Check.MISTAKEN, by=manager, now=timezone.now())
    return counted(made, "appel")


def _called_last_year(campaign: Campaign, officer: User) -> int:
    """A call of the survey before: it goes twelve months after its end, before the others."""
    before = Campaign.objects.filter(closes_on__lt=campaign.opened_on).first()
    someone = _to_call(before, officer).first() if before else None
    if someone is None:
        return 0
    now = _at(before.closes_on - timedelta(days=5), 11)
    calls.note(someone, Outcome.NOBODY, by=officer, now=now, known=0)
    return 1


def _to_call(campaign: Campaign, officer: User) -> QuerySet[Invitation]:
    """Some of the officer's people who have not answered and can be rung."""
    silent = campaign.invitations.filter(
        territory__in=officer.territories.all(),
        senior__dwelling__isnull=False,
        answered_on=None,
        drafts=None,
        calls=None,
    )
    silent = silent.exclude(senior__phone="", senior__mobile="")
    silent = silent.exclude(senior__in=running_objections(timezone.localdate()).values("senior"))
    return silent.select_related("campaign", "senior").order_by("senior__born_on", "pk")


def _days(demo: Demo, count: int) -> list[date]:
    """Working days before today, the oldest first."""
    before = [demo.as_of - timedelta(days=number) for number in range(1, 2 * count)]
    return sorted([day for day in before if day.weekday() < 5][:count])


def _back(number: int) -> datetime:
    """Due this morning, or tomorrow."""
    today = timezone.localdate()
    return _at(today, 8) if number % 2 else _at(today + timedelta(days=1), 14, 30)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
