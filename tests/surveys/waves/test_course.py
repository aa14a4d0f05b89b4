"""Cancelled, started in the morning, over, deleted."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from surveys import tasks
from surveys.models import Campaign, Wave
from surveys.sending import reminder_letters, reminders, waves
from tests.surveys.waves.sending import ago, open_now, person, planned, told

pytestmark = pytest.mark.django_db


def test_a_cancelled_wave_sends_nothing_more(brest, home, manager, monkeypatch):
    for name in ("A", "B"):
        person(home, name)
    wave = planned(open_now(brest), manager)
    remind = reminders.remind

    def then_cancelled(*args, **kwargs):
        remind(*args, **kwargs)
        assert waves.cancel(wave, by=manager) == 1

    monkeypatch.setattr(reminders, "remind", then_cancelled)
    tasks.run_wave(wave.pk)
    tasks.start_waves()
    wave.refresh_from_db()
    assert (len(mail.outbox), wave.finished_at) == (1, None)
    assert wave.cancelled_at


def test_letters_cancelled_while_they_are_drawn_leave_no_file(
    brest, home, manager, settings, monkeypatch
):
    person(home, "Une")
    wave = planned(open_now(brest), manager, "letter")
    some = reminder_letters._some

    def cancelled(*args):
        letters = some(*args)
        waves.cancel(wave, by=manager)
        return letters

    monkeypatch.setattr(reminder_letters, "_some", cancelled)
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert (wave.stored_as, wave.finished_at, told(wave)) == ("", None, {})
    assert list((Path(settings.MEDIA_ROOT) / "waves").iterdir()) == []


def test_what_is_finished_cannot_be_cancelled(brest, home, manager):
    person(home, "Une")
    wave = planned(open_now(brest), manager)
    tasks.run_wave(wave.pk)
    with pytest.raises(waves.WaveRefusal, match="Cette relance est finie"):
        waves.cancel(wave, by=manager)


def test_each_morning_starts_the_waves_of_that_day_and_those_missed(brest, home, manager):
    person(home, "Une")
    campaign = open_now(brest)
    tomorrow = planned(campaign, manager, day=ago(-1))
    missed = planned(campaign, manager, "letter")
    Wave.objects.filter(pk=missed.pk).update(planned_on=ago(2))
    tasks.start_waves()
    assert (told(missed), told(tomorrow)) == ({"Une": "sent"}, {})
    out = StringIO()
    call_command("set_schedules", stdout=out)
    schedule = Schedule.objects.get(func="surveys.tasks.start_waves")
    assert (schedule.schedule_type, schedule.repeats) == ("D", -1)


def test_a_wave_left_over_after_the_end_says_so_and_sends_nothing(brest, home, manager):
    person(home, "Une")
    campaign = open_now(brest)
    wave = planned(campaign, manager)
    Campaign.objects.filter(pk=campaign.pk).update(closes_on=ago(1))
    tasks.start_waves()
    wave.refresh_from_db()
    assert "s’est terminée le" in wave.error
    assert (bool(wave.cancelled_at), mail.outbox) == (True, [])


def test_letters_are_deleted_after_a_week(brest, home, manager, settings):
    person(home, "Une")
    wave = planned(open_now(brest), manager, "letter")
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    path = Path(settings.MEDIA_ROOT) / wave.stored_as
    assert tasks.purge_printings() == 0
    Wave.objects.update(started_at=timezone.now(), finished_at=timezone.now() - timedelta(days=8))
    assert tasks.purge_printings() == 1
    assert not path.exists()
