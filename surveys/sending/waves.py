"""The sendings of a campaign after the first: planned for a day, counted before, stopped, read.

What leaves, and to whom nothing leaves any more at that moment, is in `reminders` (mails) and
`reminder_letters` (paper).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from seniors.access import territories_of, visible_seniors
from seniors.enums import Role
from seniors.french import full_day
from seniors.models import AccessLog, Senior, Territory, User
from seniors.person import people_of
from seniors.refusal import Refusal
from surveys.campaigns import dispatch
from surveys.campaigns.queries import living_elsewhere
from surveys.locking import lock_campaign
from surveys.models import Campaign, Invitation, Sending, Wave
from surveys.sending import asked

Channel = Wave.Channel
Outcome = Sending.Outcome


class WaveRefusal(Refusal):
    """A wave that cannot be planned, started again or cancelled; nothing was changed."""


@dataclass(frozen=True)
class Reach:
    """How many a wave would write to if it left now, and how many silent people it cannot."""

    due: int
    without_email: int


def can_mail() -> bool:
    """Whether a mail server is named: without one, no mail leaves."""
    return bool(settings.EMAIL_HOST) or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def check_day(day: date, channel: str, *, opened_on: date, closes_on: date) -> None:
    """Raises WaveRefusal: day, mail."""
    if not opened_on <= day <= closes_on:
        raise WaveRefusal(
            "day",
            f"Choisissez un jour entre l’ouverture de l’enquête, le {full_day(opened_on)}, et sa "
            f"fin, le {full_day(closes_on)}.",
        )
    if day < timezone.localdate():
        raise WaveRefusal("day", "Ce jour est passé\u00a0: choisissez aujourd’hui ou plus tard.")
    if channel == Channel.EMAIL and not can_mail():
        raise WaveRefusal(
            "mail",
            "Aucun serveur de messagerie n’est réglé\u00a0: aucun courriel ne peut partir. La "
            "personne qui s’occupe du serveur peut en indiquer un.",
        )


def territories_for(campaign: Campaign, user: User) -> list[Territory]:
    """Those of the campaign where this user may send something."""
    return list(campaign.territories.filter(pk__in=territories_of(user).values("pk")))


@transaction.atomic
def plan(campaign: Campaign, *, channel: str, planned_on: date, by: User) -> Wave:
    """Plan a reminder for the territories that `by` holds in this campaign.

    Raises WaveRefusal: day, mail, nowhere, twice.
    """
    lock_campaign(campaign)
    check_day(planned_on, channel, opened_on=campaign.opened_on, closes_on=campaign.closes_on)
    territories = territories_for(campaign, by)
    if not territories:
        raise WaveRefusal("nowhere", "Aucun territoire de cette enquête n’est dans les vôtres.")
    same = Wave.objects.filter(
        campaign=campaign, channel=channel, planned_on=planned_on, cancelled_at=None
    )
    if same.filter(territories__in=territories).exists():
        raise WaveRefusal(
            "twice",
            f"Une relance par {Channel(channel).label} est déjà prévue le {full_day(planned_on)} "
            "pour un de ces territoires\u00a0: choisissez un autre jour, ou annulez-la d’abord.",
        )
    wave = Wave.objects.create(
        campaign=campaign, channel=channel, planned_on=planned_on, created_by=by
    )
    wave.territories.set(territories)
    return wave


@transaction.atomic
def launch(
    asked_for: Mapping[str, Any], planned: Sequence[tuple[str, date]], *, by: User
) -> Campaign:
    """Create a campaign with its reminders; those it asks are written down next
    (`surveys.tasks.start_asking`). Raises WaveRefusal: taken (the name), and those of `plan`."""
    try:
        with transaction.atomic():
            campaign = dispatch.create_campaign(**asked_for)
    except IntegrityError:
        raise WaveRefusal("taken", "Une enquête porte déjà ce nom.") from None
    for channel, day in planned:
        plan(campaign, channel=channel, planned_on=day, by=by)
    return campaign


def due(
    campaign: Campaign, channel: str, territories: Collection[Territory], *, on: date
) -> QuerySet[Senior]:
    """People to remind: silent, there, not reminded that way today, with an address for it."""
    today = Sending.objects.filter(
        wave__campaign=campaign,
        wave__channel=channel,
        outcome__in=(Outcome.SENT, Outcome.BEGUN),
        at__date=on,
    )
    reminded = people_of(Invitation.objects.filter(pk__in=today.values("invitation")))
    people = asked.silent(campaign, on=on, territories=territories).exclude(pk__in=reminded)
    return people.exclude(email="") if channel == Channel.EMAIL else people


def left(wave: Wave, *, on: date) -> QuerySet[Senior]:
    """Those of a wave whom it has not dealt with yet."""
    done = people_of(Invitation.objects.filter(sendings__wave=wave))
    people = due(wave.campaign, wave.channel, list(wave.territories.all()), on=on)
    return people.exclude(pk__in=done)


def reach(campaign: Campaign, channel: str, territories: Collection[Territory]) -> Reach:
    """How many would be reminded if the wave left now."""
    today = timezone.localdate()
    count = due(campaign, channel, territories, on=today).count()
    if channel != Channel.EMAIL:
        return Reach(count, 0)
    silent = asked.silent(campaign, on=today, territories=territories)
    return Reach(count, silent.filter(email="").count())


def visible_waves(user: User, campaign: Campaign) -> QuerySet[Wave]:
    """Waves of this campaign all of whose territories are the user's: they hold names."""
    waves = Wave.objects.filter(campaign=campaign)
    if user.role == Role.ADMINISTRATOR:
        return waves
    elsewhere = Wave.territories.through.objects.filter(wave=OuterRef("pk")).exclude(
        territory__in=territories_of(user).values("pk")
    )
    return waves.filter(~Exists(elsewhere), territories__in=territories_of(user)).distinct()


def listed(user: User, campaign: Campaign) -> list[Wave]:
    """Every wave of the campaign in the user's territories, with `is_open` (whether its page is
    theirs) and `sent`, how many it reached."""
    mine = set(visible_waves(user, campaign).values_list("pk", flat=True))
    found = list(
        Wave.objects.filter(campaign=campaign)
        .filter(Q(pk__in=mine) | Q(territories__in=territories_of(user)))
        .distinct()
    )
    counts = outcomes(found)
    for wave in found:
        wave.is_open, wave.sent = wave.pk in mine, counts[wave.pk].get(Outcome.SENT, 0)
    return found


def outcomes(waves: Collection[Wave]) -> dict[int, dict[Outcome, int]]:
    """{wave id: {outcome: how many people}}, in one query; the rarer outcomes last."""
    rows = Sending.objects.filter(wave__in=waves).values_list("wave", "outcome")
    found: dict[int, dict[Outcome, int]] = {wave.pk: {} for wave in waves}
    for pk, outcome, count in rows.annotate(Count("pk")).order_by("-pk__count"):
        found[pk][Outcome(outcome)] = count
    return found


def sendings_of(wave: Wave, user: User) -> QuerySet[Sending]:
    """What a wave did for each person whom this user still sees, by outcome, then by name."""
    seen = visible_seniors(user).values("pk")
    return (
        Sending.objects.filter(
            Q(invitation__senior__in=seen) | Q(invitation__senior__merged_into__in=seen), wave=wave
        )
        .select_related("invitation__senior__merged_into")
        .order_by("outcome", "invitation__senior__search_name", "pk")
    )


def may_open(user: User, wave: Wave) -> bool:
    """Whether there is a file of letters, all of people whom this user's territories still hold."""
    letters = Invitation.objects.filter(sendings__wave=wave, sendings__outcome=Outcome.SENT)
    return bool(wave.stored_as) and not living_elsewhere(user, letters).exists()


def too_late(wave: Wave, user: User) -> QuerySet[Sending]:
    """Letters of this wave to take out of the pile, while there is one, in its order: she
    answered, refused, objected, left or died since they were drawn. Whoever lives out of this
    user's territories is named to others."""
    if wave.channel != Channel.LETTER or not wave.stored_as:
        return Sending.objects.none()
    still = asked.silent(wave.campaign, on=timezone.localdate()).values("pk")
    sent = Sending.objects.filter(wave=wave, outcome=Outcome.SENT)
    away = living_elsewhere(user, Invitation.objects.filter(sendings__wave=wave))
    sent = sent.exclude(invitation__in=away.values("pk"))
    return (
        sent.exclude(Q(invitation__senior__in=still) | Q(invitation__senior__merged_into__in=still))
        .select_related("invitation__senior__merged_into")
        .order_by("pk")
    )


def planned(today: date) -> QuerySet[Wave]:
    """Waves to start, or to take up where a crash stopped them, that day."""
    waves = Wave.objects.filter(planned_on__lte=today, finished_at=None, cancelled_at=None)
    waves = waves.filter(campaign__asked_at__isnull=False)
    return waves.select_related("campaign").order_by("planned_on", "pk")


@transaction.atomic
def begin(wave_id: int, *, today: date) -> Wave | None:
    """The wave, marked as started; None when nothing is to leave (done, cancelled, too late, which
    is then written on it) or not yet, those whom the campaign asks being still written down."""
    wave = Wave.objects.select_for_update().get(pk=wave_id)
    if wave.finished_at or wave.cancelled_at:
        return None
    if wave.campaign.closes_on < today:
        wave.cancelled_at = timezone.now()
        wave.error = (
            f"L’enquête s’est terminée le {full_day(wave.campaign.closes_on)} avant que tout soit "
            "parti\u00a0: rien ne part plus."
        )
        wave.save(update_fields=["cancelled_at", "error"])
        return None
    if wave.campaign.asked_at is None:
        return None
    if wave.expected is None:
        wave.started_at, wave.expected = timezone.now(), left(wave, on=today).count()
    wave.error = ""
    wave.save(update_fields=["started_at", "expected", "error"])
    return wave


def goes_on(wave: Wave) -> bool:
    """Whether nobody cancelled it in the meantime."""
    return Wave.objects.filter(pk=wave.pk, finished_at=None, cancelled_at=None).exists()


def stop(wave: Wave, why: str) -> None:
    """Write why it stopped: a person, or the next morning, takes it up again."""
    Wave.objects.filter(pk=wave.pk).update(error=why)


def finish(wave: Wave) -> None:
    """Nobody is left; a wave cancelled in the meantime stays so."""
    live = Wave.objects.filter(pk=wave.pk, finished_at=None, cancelled_at=None)
    live.update(finished_at=timezone.now())


@transaction.atomic
def cancel(wave: Wave, *, by: User) -> int:
    """Nothing more leaves; gives how many had left. Cancelling twice changes nothing.

    Raises WaveRefusal (done) when all had left.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.finished_at:
        raise WaveRefusal(
            "done", "Cette relance est finie\u00a0: il n’y a plus rien à annuler. Rien n’a changé."
        )
    if not wave.cancelled_at:
        AccessLog.objects.create(user=by, gesture="relance annulée")
        wave.cancelled_at = timezone.now()
        wave.save(update_fields=["cancelled_at"])
    # Letters of a file that nobody could download have not left.
    if wave.channel == Channel.LETTER:
        wave.sendings.all().delete()
    return wave.sendings.filter(outcome__in=(Outcome.SENT, Outcome.BEGUN)).count()
