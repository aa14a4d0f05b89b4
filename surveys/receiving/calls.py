"""Calls to those who did not answer: who comes next, what came of a call, who is left alone.

A death or a departure told on the telephone is never written on the tenant's record, which the
landlord's file alone closes: it waits for a manager (`to_check`). Meanwhile nobody calls on her.
"""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from seniors import departed
from seniors.access import visible_seniors
from seniors.departed import Word
from seniors.french import full_day
from seniors.models import AccessLog, Senior, User
from seniors.person import PERSON, records_of
from seniors.refusal import Refusal
from surveys.campaigns.dispatch import running_objections
from surveys.locking import lock_campaign, lock_invitation
from surveys.models import Call, Campaign, Draft, Hold, Invitation, Response
from surveys.receiving import call_state
from surveys.receiving.call_state import ENDING

Outcome = Call.Outcome
# What the landlord's file alone confirms.
DEPARTURES = (Outcome.MOVED, Outcome.DIED)
# Noted by the form itself, or with a day.
NOT_A_BUTTON = (Outcome.ANSWERED, Outcome.BACK)
WITH_A_DAY = (Outcome.BACK, Outcome.HOSPITAL)

HELD = timedelta(minutes=20)  # after the last thing typed
HOSPITAL = timedelta(days=14)
UNDO = timedelta(minutes=10)


class CallRefusal(Refusal):
    """A call that cannot be made or noted; nothing was changed."""


def refused_by_phone(campaign: Campaign) -> QuerySet:
    """Ids of the invitations of this campaign never to be reminded again, whatever the channel.

    She refused on the telephone and has not agreed since, or was said dead or gone, unless a
    manager found it mistaken.
    """
    said = Call.objects.filter(invitation__campaign=campaign, outcome__in=ENDING)
    over = said.filter(invitation__call_state=call_state.ENDED)
    held = over.exclude(check_said=Call.Check.MISTAKEN)
    return held.order_by().values_list("invitation_id", flat=True)


def check_open(campaign: Campaign, now: datetime) -> None:
    """Raises CallRefusal when this campaign does not call, or does not any more."""
    today = timezone.localdate(now)
    if not campaign.by_phone:
        raise CallRefusal("no_phone", "Cette enquête ne se fait pas par téléphone.")
    if today > campaign.closes_on:
        raise CallRefusal(
            "closed",
            f"L’enquête est terminée depuis le {full_day(campaign.closes_on)}\u00a0: plus personne "
            "n’est à appeler. Ce qui a été noté est gardé.",
        )
    if today < campaign.opened_on:
        raise CallRefusal(
            "early", f"L’enquête commence le {full_day(campaign.opened_on)}\u00a0: revenez ce jour."
        )


def barred(invitation: Invitation, now: datetime) -> str:
    """Why nobody asks her anything on the telephone any more, as a French sentence; "" when one
    may: she who refused, or has no number, may still call herself."""
    records = list(records_of([invitation.senior.merged_into_id or invitation.senior_id]))
    answers = Response.objects.filter(campaign=invitation.campaign_id, senior__in=records)
    if answer := answers.first():
        how = answer.get_channel_display()
        return f"Sa réponse est déjà là : {how}, reçue le {full_day(answer.received_on)}."
    if running_objections(timezone.localdate(now)).filter(senior__in=records).exists():
        return "Cette personne a demandé qu’on ne la contacte plus : ne l’appelez pas."
    told = story(invitation).filter(outcome__in=DEPARTURES)
    if call := told.exclude(check_said=Call.Check.MISTAKEN).last():
        said = call.get_outcome_display()
        return f"Noté le {full_day(timezone.localdate(call.at))} : {said}. Ne l’appelez pas."
    if departed.among(records, timezone.localdate(now)):
        return "Nos équipes ont noté un départ ou un décès\u00a0: ne l’appelez pas."
    return ""


def story(invitation: Invitation) -> QuerySet[Call]:
    """The calls made to her in this campaign, on whichever of her records, the oldest first."""
    return Call.objects.filter(invitation__in=call_state.hers(invitation).values("pk"))


def take(invitation: Invitation, *, by: User, now: datetime) -> bool:
    """Hold her for this user, or for longer; False when another officer is calling her."""
    free = Q(until__lte=now) | Q(by=by)
    held = Hold.objects.filter(free, invitation=invitation)
    if held.update(by=by, until=now + HELD):
        return True
    try:
        with transaction.atomic():
            Hold.objects.create(invitation=invitation, by=by, until=now + HELD)
    except IntegrityError:
        return False
    return True


def hold(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Hold someone chosen: she calls herself, or is to be called back.

    Raises CallRefusal: no_phone, closed, early, barred, held.
    """
    check_open(invitation.campaign, now)
    if why := barred(invitation, now):
        raise CallRefusal("barred", why)
    if not take(invitation, by=by, now=now):
        raise CallRefusal("held", "Une autre personne est en train de l’appeler.")


def is_held(invitation: Invitation, user: User, now: datetime) -> bool:
    """Whether this user is calling her."""
    return Hold.objects.filter(invitation=invitation, by=user, until__gt=now).exists()


def held_by_another(invitation: Invitation, user: User, now: datetime) -> Hold | None:
    """Who else is calling her at this minute."""
    holds = Hold.objects.filter(invitation=invitation, until__gt=now).exclude(by=user)
    return holds.select_related("by").first()


def release(invitation: Invitation, *, by: User) -> None:
    """Leave her to whoever comes next."""
    Hold.objects.filter(invitation=invitation, by=by).delete()


def read_back(outcome: str, day: str, hour: str) -> datetime | None:
    """When to call back, as typed, nine o'clock if the hour is left out; None when nothing is typed
    or that outcome has no such time. Raises CallRefusal: day."""
    if outcome not in WITH_A_DAY or not (day or hour):
        return None
    try:
        at = parse_datetime(f"{day}T{hour or '09:00'}")
    except ValueError:
        at = None
    if at is None or not timezone.is_naive(at):
        raise CallRefusal(
            "day",
            "Le jour ou l’heure où rappeler manque, ou n’est pas compris. Écrivez l’année, le mois "
            "et le jour, comme 2026-12-05, et l’heure, comme 10:30. L’appel n’est pas noté.",
        )
    return timezone.make_aware(at)


@transaction.atomic
def note(
    invitation: Invitation,
    outcome: str,
    *,
    by: User,
    now: datetime,
    known: int,
    back_at: datetime | None = None,
) -> Call:
    """Note what came of a call, and leave her to whoever comes next.

    `known` is how many calls the page showed: the same sent twice counts once, and of two hours to
    call back the last one holds. Raises CallRefusal: outcome, back.
    """
    if outcome not in set(Outcome.values) - {Outcome.ANSWERED}:
        raise CallRefusal("outcome", "Choisissez ce que l’appel a donné\u00a0: rien n’est noté.")
    back_at = _back_at(invitation.campaign, outcome, back_at, now)
    lock_campaign(invitation.campaign)
    lock_invitation(invitation)
    calls = list(story(invitation))
    last = calls[-1] if calls else None
    if last and len(calls) > known and (last.by_id, last.outcome) == (by.pk, outcome):
        if outcome == Outcome.BACK and last.back_at != back_at:
            last.back_at = back_at
            last.save(update_fields=["back_at"])
            call_state.follow(invitation)
        return last
    AccessLog.objects.create(user=by, gesture="survey-call", senior=invitation.senior)
    release(invitation, by=by)
    call = Call.objects.create(
        invitation=invitation,
        by=by,
        at=now,
        outcome=outcome,
        back_at=back_at,
        numbers=_numbers(invitation) if outcome == Outcome.WRONG_NUMBER else "",
    )
    call_state.follow(invitation)
    if outcome in DEPARTURES:
        departed.tell(Word(_person(call), is_dead=outcome == Outcome.DIED), by)
    return call


def _numbers(invitation: Invitation) -> str:
    """Those of her record as it stands."""
    person = Senior.objects.filter(pk=invitation.senior.merged_into_id or invitation.senior_id)
    return person.annotate(told=call_state.NUMBERS).values_list("told", flat=True)[0]


def _back_at(
    campaign: Campaign, outcome: str, asked: datetime | None, now: datetime
) -> datetime | None:
    """When she comes back in the queue; only some outcomes have one."""
    if outcome == Outcome.HOSPITAL and not asked:
        return now + HOSPITAL
    if outcome not in WITH_A_DAY:
        return None
    last = datetime.combine(campaign.closes_on, time.max, timezone.get_current_timezone())
    if not asked or not now < asked <= last:
        raise CallRefusal(
            "back",
            "Indiquez le jour et l’heure où rappeler, après maintenant et au plus tard le "
            f"{full_day(campaign.closes_on)}. L’appel n’est pas noté.",
        )
    return asked


def note_answered(invitation: Invitation, *, by: User, now: datetime) -> Call:
    """Note that she answered on the telephone; `intake` has kept the answer."""
    release(invitation, by=by)
    done, _ = Call.objects.get_or_create(
        invitation=invitation, outcome=Outcome.ANSWERED, defaults={"by": by, "at": now}
    )
    call_state.follow(invitation)
    return done


def _person(call: Call) -> Senior:
    """Whom it was about, as her records stand joined today."""
    return call.invitation.senior.merged_into or call.invitation.senior


def may_undo(call: Call, user: User, now: datetime) -> bool:
    """Whether this call, the last of hers, may still be taken back by who noted it."""
    return (
        call.by_id == user.pk
        and call.outcome != Outcome.ANSWERED
        and not call.check_said
        and now - call.at <= UNDO
    )


@transaction.atomic
def undo(call: Call, *, by: User, now: datetime) -> None:
    """Take the last outcome back: it was noted by mistake. She is held again.

    Raises CallRefusal: late (too old, another's, or another call was noted since).
    """
    lock_campaign(call.invitation.campaign)
    lock_invitation(call.invitation)
    last = story(call.invitation).last()
    if not may_undo(call, by, now) or last is None or last.pk != call.pk:
        minutes = int(UNDO.total_seconds() // 60)
        raise CallRefusal(
            "late",
            f"Un appel s’annule dans les {minutes}\u00a0minutes, par la personne qui l’a noté et "
            "avant qu’un autre ne suive. Rien n’est changé.",
        )
    AccessLog.objects.create(user=by, gesture="survey-call-undo", senior=call.invitation.senior)
    if call.outcome in DEPARTURES:
        departed.tell(Word(_person(call), is_mistaken=True), by)
    call.delete()
    call_state.follow(call.invitation)
    take(call.invitation, by=by, now=now)


def begun_by_refusing(now: datetime) -> QuerySet[Draft]:
    """What those who then refused had begun to answer, to be erased once the refusal can no longer
    be undone; what was typed after it stays: she agreed in the end."""
    over = Call.objects.filter(outcome__in=ENDING, invitation__call_state=call_state.ENDED)
    said = over.exclude(check_said=Call.Check.MISTAKEN).filter(at__lt=now - UNDO)
    # Of two records joined, the call may be on the one and what was begun on the other.
    person = Coalesce("invitation__senior__merged_into", "invitation__senior")
    after = said.annotate(person=person).filter(
        person=OuterRef("person"),
        invitation__campaign=OuterRef("invitation__campaign"),
        at__gte=OuterRef("saved_at"),
    )
    begun = Draft.objects.filter(channel=Response.Channel.PHONE).annotate(person=person)
    return begun.filter(Exists(after))


def recent(campaign: Campaign, user: User) -> QuerySet[Call]:
    """The last calls made to people of the user's territories, the newest first."""
    made = _made_to(visible_seniors(user), campaign).order_by("-at", "-pk")
    return made.select_related("by", "invitation__senior__merged_into")


def to_check(campaign: Campaign, user: User) -> QuerySet[Call]:
    """Deaths and departures told on the telephone, still housed in the file: a manager looks."""
    housed = visible_seniors(user).filter(dwelling__isnull=False)
    told = _made_to(housed, campaign).filter(outcome__in=DEPARTURES, check_said="")
    return told.select_related(
        "invitation__senior__dwelling", "invitation__senior__merged_into", "by"
    )


def _made_to(people: QuerySet[Senior], campaign: Campaign) -> QuerySet[Call]:
    """The calls made to these people, on whichever of their records. Each call is looked at by
    itself: a page wants a few of very many, of people who are more still."""
    hers = people.filter(pk=OuterRef("person"))
    asked = Invitation.objects.filter(pk=OuterRef("invitation"), campaign=campaign)
    return Call.objects.filter(Exists(asked.annotate(person=PERSON).filter(Exists(hers))))


@transaction.atomic
def check(call: Call, said: str, *, by: User, now: datetime) -> None:
    """A manager says whether a death or a departure holds; mistaken, she may be called again.

    The tenant's record is not touched. Raises CallRefusal: said.
    """
    if said not in Call.Check.values:
        raise CallRefusal(
            "said", "Dites si c’est exact ou si c’est une erreur\u00a0: rien n’est noté."
        )
    lock_campaign(call.invitation.campaign)
    lock_invitation(call.invitation)
    AccessLog.objects.create(user=by, gesture="survey-call-check", senior=call.invitation.senior)
    checked = Call.objects.filter(pk=call.pk, check_said="").update(
        check_said=said, checked_at=now, checked_by=by
    )
    if checked and said == Call.Check.MISTAKEN:
        departed.tell(Word(_person(call), is_mistaken=True), by)
    call_state.follow(call.invitation)
