"""Whom a reminder reaches, when it may be planned, and what stops it until it leaves."""

import threading
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import Senior
from surveys import tasks
from surveys.models import Call, Wave
from surveys.sending import asked, reminder_letters, waves
from tests.make import make_dwelling, make_residence, make_territory, make_user
from tests.surveys.waves.sending import (
    STOPS,
    TODAY,
    ago,
    answer,
    open_now,
    person,
    planned,
    refuse,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("channel", Wave.Channel.values)
@pytest.mark.parametrize("why", STOPS)
def test_who_may_not_be_written_to_is_not_in_a_reminder(brest, home, manager, channel, why):
    stopped, silent = person(home, "Arrêtée"), person(home, "Silence")
    campaign = open_now(brest)
    STOPS[why][0](campaign, stopped)
    found = waves.due(campaign, channel, [brest], on=TODAY)
    assert list(found) == [silent]
    assert waves.reach(campaign, channel, [brest]).due == 1


def test_a_departure_said_by_mistake_stops_nothing(brest, home, manager):
    here = person(home, "Là")
    campaign = open_now(brest)
    checked = {"check_said": Call.Check.MISTAKEN, "checked_at": timezone.now()}
    refuse(campaign, here, Call.Outcome.MOVED, checked_by=manager, **checked)
    assert list(waves.due(campaign, "letter", [brest], on=TODAY)) == [here]


def test_without_an_e_mail_she_is_counted_apart_and_reached_by_letter(brest, home):
    person(home, "Courriel")
    person(home, "Papier", email="")
    campaign = open_now(brest)
    assert waves.reach(campaign, "email", [brest]) == waves.Reach(due=1, without_email=1)
    assert waves.reach(campaign, "letter", [brest]) == waves.Reach(due=2, without_email=0)


def test_a_wave_stays_in_the_territories_of_its_author(brest, home, manager):
    other = make_territory()
    person(home, "Ici")
    person(make_dwelling(make_residence(other)), "Ailleurs")
    wave = planned(open_now(brest, other), manager)
    tasks.run_wave(wave.pk)
    assert told(wave) == {"Ici": "sent"}
    assert list(wave.territories.all()) == [brest]


def test_two_records_of_one_person_get_one_mail(brest, home, manager):
    kept, absorbed = person(home, "Une"), person(home, "Double")
    campaign = open_now(brest)
    Senior.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    tasks.run_wave(planned(campaign, manager).pk)
    assert [sent.to for sent in mail.outbox] == [["une@example.org"]]


def test_records_joined_once_the_list_is_read_get_one_mail(brest, home, manager, monkeypatch):
    kept, absorbed = person(home, "Une"), person(home, "Double")
    campaign = open_now(brest)
    lock = asked.lock

    def meanwhile(people):
        Senior.objects.filter(pk=absorbed.pk).update(merged_into=kept)
        lock(people)

    monkeypatch.setattr(asked, "lock", meanwhile)
    wave = planned(campaign, manager)
    tasks.run_wave(wave.pk)
    assert [sent.to for sent in mail.outbox] == [["une@example.org"]]
    assert told(wave) == {"Une": "sent"}


@pytest.mark.parametrize(
    ("channel", "day", "code"),
    [("email", ago(1), "day"), ("letter", ago(-15), "day"), ("letter", ago(20), "day")],
)
def test_a_day_outside_the_campaign_or_past_is_refused(brest, manager, channel, day, code):
    with pytest.raises(waves.WaveRefusal) as refusal:
        planned(open_now(brest), manager, channel, day)
    assert refusal.value.code == code
    assert not Wave.objects.exists()


def test_mails_are_not_planned_where_no_server_is_named(brest, manager, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    campaign = open_now(brest)
    with pytest.raises(waves.WaveRefusal, match="Aucun serveur de messagerie"):
        planned(campaign, manager)
    planned(campaign, manager, "letter")
    settings.EMAIL_HOST = "mail.example"
    planned(campaign, manager)


def test_one_wave_a_day_channel_and_territory(brest, manager):
    other = make_territory()
    campaign = open_now(brest, other)
    first = planned(campaign, manager)
    with pytest.raises(waves.WaveRefusal, match="déjà prévue"):
        planned(campaign, make_user(Role.ADMINISTRATOR))
    planned(campaign, make_user(Role.MANAGER, other))
    planned(campaign, manager, "letter")
    waves.cancel(first, by=manager)
    planned(campaign, manager)
    with pytest.raises(waves.WaveRefusal, match="Aucun territoire"):
        planned(campaign, make_user(Role.MANAGER, make_territory()))


@pytest.mark.parametrize("channel", Wave.Channel.values)
@pytest.mark.parametrize("why", STOPS)
def test_what_happens_just_before_it_leaves_stops_it(
    brest, home, manager, channel, why, monkeypatch, settings
):
    """The list is read, then she answers (refuses, objects, leaves), then it would leave."""
    stopped = person(home, "Arrêtée")
    person(home, "Silence")
    campaign = open_now(brest)
    wave = planned(campaign, manager, channel)
    happen, outcome = STOPS[why]
    lock, once = asked.lock, iter([1])

    def meanwhile(people):
        if next(once, None):
            happen(campaign, stopped)
        lock(people)

    monkeypatch.setattr(asked, "lock", meanwhile)
    tasks.run_wave(wave.pk)
    assert told(wave) == {"Arrêtée": outcome, "Silence": "sent"}
    wave.refresh_from_db()
    assert (wave.expected, bool(wave.finished_at), wave.error) == (2, True, "")
    if channel == "email":
        assert [sent.to for sent in mail.outbox] == [["silence@example.org"]]
    else:
        assert len(PdfReader(Path(settings.MEDIA_ROOT) / wave.stored_as).pages) == 1


@pytest.mark.postgresql
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("channel", Wave.Channel.values)
def test_an_answer_being_written_is_waited_for(brest, home, manager, channel, monkeypatch):
    """Two connections: the answer is written but not committed when the wave reaches her."""
    senior = person(home, "Lente")
    campaign = open_now(brest)
    wave = planned(campaign, manager, channel)
    written, reached = threading.Event(), threading.Event()
    failed = []

    def slow_answer() -> None:
        try:
            with transaction.atomic():
                answer(campaign, senior)
                written.set()
                assert reached.wait(20)
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_answer)
    # What each waits at: her row for a mail, the campaign for many letters.
    module, name = (asked, "lock") if channel == "email" else (reminder_letters, "lock_campaign")
    before = getattr(module, name)

    def reach_her(what) -> object:
        reached.set()
        return before(what)

    thread.start()
    assert written.wait(20)
    monkeypatch.setattr(module, name, reach_her)
    try:
        tasks.run_wave(wave.pk)
    finally:
        thread.join(20)
    assert failed == []
    assert mail.outbox == []
    assert told(wave) == {"Lente": "answered"}


def test_a_second_wave_of_the_same_day_writes_to_nobody_again(brest, home, manager):
    person(home, "Une")
    campaign = open_now(brest)
    tasks.run_wave(planned(campaign, manager).pk)
    late = Wave.objects.create(
        campaign=campaign, channel="email", planned_on=ago(3), created_by=manager
    )
    late.territories.set([brest])
    tasks.run_wave(late.pk)
    assert (len(mail.outbox), told(late)) == (1, {})
    assert list(waves.due(campaign, "letter", [brest], on=TODAY)) != []
