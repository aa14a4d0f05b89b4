"""Long work of the survey, out of the request: thousands of people asked, of questionnaires drawn,
of reminders sent."""

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from seniors import bulk, pulse
from seniors.logs import discreet
from surveys.campaigns import dispatch
from surveys.models import Campaign, Invitation, Printing, Tally, Wave
from surveys.sending import reminders, waves

KEPT_FOR = timedelta(days=7)
# Drawn at once, in the request: her own letter; several are waited for with a progress bar.
ALONE = 1
# Written down at once, in the request.
FEW = 2000
# Mails sent by one task.
SLICE = 500

log = logging.getLogger(__name__)


def start_asking(campaign: Campaign, count: int) -> None:
    """Have everyone a campaign is for written down: at once when they are few, else by the task
    runner."""
    pulse.wait(asking_key(campaign))
    if count <= FEW or settings.Q_CLUSTER["sync"]:
        ask_everyone(campaign.pk)
    else:
        transaction.on_commit(lambda: async_task("surveys.tasks.ask_everyone", campaign.pk))


def pulse_of_asking(campaign: Campaign) -> pulse.Pulse | None:
    """The last sign of life of a campaign being opened."""
    return pulse.read(asking_key(campaign))


def asking_key(campaign: Campaign) -> str:
    """The name of this work."""
    return f"campaign-{campaign.uid}"


@discreet
def ask_everyone(campaign_id: int) -> None:
    """Write down everyone a campaign is for, in one transaction: cut, nobody is asked, and it may
    be run again. The reminders of that day, which waited for it, then start."""
    campaign = Campaign.objects.get(pk=campaign_id)
    done = 0

    def progress(people: int) -> None:
        nonlocal done
        done = people

    with pulse.beating(asking_key(campaign), lambda: done):
        count = dispatch.ask_everyone(campaign, progress=progress)
        bulk.refresh_statistics(Invitation, Tally)
    log.info("campaign %s: %s asked", campaign_id, count)
    if campaign.asked_at is None:  # it was not, before this
        for wave in waves.planned(timezone.localdate()).filter(campaign=campaign):
            start_wave(wave)


def start_printing(printing: Printing) -> None:
    """Have a printing drawn by the task runner; at once when it is one person's letter."""
    pulse.wait(key_of(printing))
    if printing.copies <= ALONE or settings.Q_CLUSTER["sync"]:
        draw_printing(printing.pk)
    else:
        transaction.on_commit(lambda: async_task("surveys.tasks.draw_printing", printing.pk))


def pulse_of(printing: Printing) -> pulse.Pulse | None:
    """The last sign of life of a printing being drawn."""
    return pulse.read(key_of(printing))


def key_of(printing: Printing) -> str:
    """The name of this work."""
    return f"printing-{printing.uid}"


@discreet
def draw_printing(printing_id: int) -> None:
    """Draw the file of a printing, unless it is already there."""
    from surveys.sending import printing as gestures  # noqa: PLC0415

    printing = Printing.objects.select_related("campaign", "created_by", "territory").get(
        pk=printing_id
    )
    if printing.stored_as:
        return
    done = 0

    def progress(copies: int) -> None:
        nonlocal done
        done = copies

    with pulse.beating(key_of(printing), lambda: done):
        gestures.draw(printing, progress=progress)
    log.info("printing %s: %s copies", printing.pk, printing.copies)


@discreet
def start_waves() -> None:
    """Each morning: start the reminders planned for that day, take up those that stopped."""
    planned = list(waves.planned(timezone.localdate()))
    for wave in planned:
        start_wave(wave)
    log.info("waves: %s to start", len(planned))


def start_wave(wave: Wave) -> None:
    """Have a wave leave: now where there is no task runner, else by it."""
    pulse.wait(wave_key(wave))
    if settings.Q_CLUSTER["sync"]:
        run_wave(wave.pk)
    else:
        transaction.on_commit(lambda: async_task("surveys.tasks.run_wave", wave.pk))


def pulse_of_wave(wave: Wave) -> pulse.Pulse | None:
    """The last sign of life of a wave that leaves."""
    return pulse.read(wave_key(wave))


def wave_key(wave: Wave) -> str:
    """The name of this work."""
    return f"wave-{wave.uid}"


@discreet
def run_wave(wave_id: int) -> None:
    """Send a wave, or what is left of it: letters in one file, mails SLICE at a time, so that
    other work is not kept waiting and no task outlives its time."""
    today = timezone.localdate()
    life = pulse_of_wave(Wave.objects.get(pk=wave_id))
    if life and life.state == pulse.WORKING and not life.is_dead:
        return  # another task is at it
    found = waves.begin(wave_id, today=today)
    if found is None:
        pulse.forget(wave_key(Wave.objects.get(pk=wave_id)))
        return
    done = found.sendings.count()

    def progress(people: int) -> None:
        nonlocal done
        done = people

    with pulse.beating(wave_key(found), lambda: done):
        goes_on = _draw_letters(found, progress, today)
        if found.channel == Wave.Channel.EMAIL:
            goes_on = _send_mails(found, progress, today)
    log.info("wave %s: %s people", found.pk, done)
    if goes_on:
        start_wave(found)


def _draw_letters(wave: Wave, progress: Callable[[int], None], today: date) -> bool:
    """The file of letters; nothing is left after it."""
    from surveys.sending import reminder_letters  # noqa: PLC0415

    if wave.channel == Wave.Channel.LETTER:
        reminder_letters.draw(wave, today=today, progress=progress)
    return False


def _send_mails(wave: Wave, progress: Callable[[int], None], today: date) -> bool:
    """Some mails; whether there are more to send."""
    before = wave.sendings.count()
    try:
        if reminders.send_some(
            wave, limit=SLICE, today=today, progress=lambda sent: progress(before + sent)
        ):
            return True
    except reminders.Unreachable as error:
        waves.stop(wave, str(error))
        return False
    waves.finish(wave)
    return False


def count_old_files() -> int:
    """How many `purge_printings` would delete."""
    from surveys.sending import printing as gestures  # noqa: PLC0415

    return len(_old_files()) + len(gestures.abandoned())


def _old_files() -> list[Printing | Wave]:
    """Questionnaires and letters drawn over a week ago, whose file is still there."""
    long_ago = timezone.now() - KEPT_FOR
    printings = Printing.objects.filter(created_at__lt=long_ago).exclude(stored_as="")
    letters = Wave.objects.filter(finished_at__lt=long_ago).exclude(stored_as="")
    return [*printings, *letters]


def purge_printings() -> int:
    """Delete the files drawn over a week ago, and what a drawing that died left: how many."""
    from surveys.sending import printing as gestures  # noqa: PLC0415

    old, left = _old_files(), gestures.abandoned()
    for found in old:
        gestures.forget(found)
    for path in left:
        gestures.erase(path)
    return len(old) + len(left)
