"""Mails and letters leave once each, whatever fails or crashes on the way."""

import zipfile
from io import BytesIO
from pathlib import Path
from smtplib import SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from pypdf import PdfReader

from seniors import pulse
from seniors.french import full_day
from seniors.models import Senior
from surveys import tasks
from surveys.sending import asked, links, printing, reminder_letters, reminders
from tests.surveys.waves.sending import (
    TODAY,
    Crash,
    logged_in,
    open_now,
    person,
    planned,
    told,
    url,
)

pytestmark = pytest.mark.django_db


def test_a_mail_says_who_writes_how_to_answer_and_how_to_be_left_alone(brest, home, manager):
    person(home, "Kerbrat", reference="LOC-42")
    campaign = open_now(brest)
    tasks.run_wave(planned(campaign, manager).pk)
    [sent] = mail.outbox
    reference = campaign.invitations.get().reference
    body = sent.body.replace("\u00a0", " ")
    assert sent.subject == "Finistère Habitat : votre avis sur votre logement"
    for words in (
        "Bonjour Mme Jeanne Kerbrat,",
        "Nous n’avons pas encore reçu votre réponse",
        f"https://site.example/enquete/{reference}/\n",
        f"Votre référence : {links.in_groups(reference)}".replace("\u00a0", " "),
        f"avant le {full_day(campaign.closes_on)}".replace("\u00a0", " "),
        "Vous êtes libre de répondre",
        "répondez « STOP »",
        "02 61 91 00 00",
    ):
        assert words in body
    assert "LOC-42" not in body
    assert sent.extra_headers["List-Unsubscribe"].startswith("<mailto:")
    assert sent.content_subtype == "plain"


def test_the_first_message_does_not_say_that_one_was_written_to_before(brest, home, manager):
    person(home, "Neuve")
    campaign = open_now(brest, opened_on=TODAY, on_web=False)
    tasks.run_wave(planned(campaign, manager).pk)
    [sent] = mail.outbox
    assert "pas encore reçu" not in sent.body
    assert "/enquete/" not in sent.body
    assert "renvoyez le questionnaire sur papier" in sent.body


def test_an_address_taken_away_meanwhile_is_noted(brest, home, manager, monkeypatch):
    senior = person(home, "Effacée")
    campaign = open_now(brest)
    lock = asked.lock

    def meanwhile(people):
        Senior.objects.filter(pk=senior.pk).update(email="")
        lock(people)

    monkeypatch.setattr(asked, "lock", meanwhile)
    wave = planned(campaign, manager)
    tasks.run_wave(wave.pk)
    assert (told(wave), mail.outbox) == ({"Effacée": "no_address"}, [])


def test_a_refused_address_stops_no_other(brest, home, manager, server):
    person(home, "Refusée")
    person(home, "Bonne")
    server.plan[:] = [SMTPServerDisconnected("x")]
    wave = planned(open_now(brest), manager)
    tasks.run_wave(wave.pk)
    assert told(wave) == {"Refusée": "failed", "Bonne": "sent"}
    wave.refresh_from_db()
    assert wave.finished_at


def test_a_server_that_is_down_stops_the_wave_which_is_taken_up_later(brest, home, manager, server):
    person(home, "Une")
    wave = planned(open_now(brest), manager)
    server.down = True
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert "ne répond pas" in wave.error
    assert (told(wave), wave.finished_at) == ({}, None)
    server.down = False
    tasks.start_waves()
    wave.refresh_from_db()
    assert (told(wave), wave.error, len(mail.outbox)) == ({"Une": "sent"}, "", 1)


def test_a_server_that_refuses_everything_stops_the_wave_and_those_it_refused_are_taken_up(
    brest, home, manager, server, monkeypatch
):
    monkeypatch.setattr(reminders, "FAILURES_IN_A_ROW", 2)
    for name in ("A", "B", "C", "D", "E"):
        person(home, name)
    wave = planned(open_now(brest), manager)
    refused = SMTPServerDisconnected("x")
    server.plan[:] = [refused, None, refused, refused]
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert "refusé 2 courriels de suite" in wave.error
    assert told(wave) == {"A": "failed", "B": "sent"}, "B left: A’s address alone is at fault"
    tasks.start_waves()
    assert told(wave) == {"A": "failed"} | dict.fromkeys("BCDE", "sent")
    assert len(mail.outbox) == 4


def test_a_sender_that_is_refused_marks_nobody(brest, home, manager, server):
    person(home, "Une")
    wave = planned(open_now(brest), manager)
    server.plan[:] = [SMTPSenderRefused(550, b"no", "x")]
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert (told(wave), "refuse l’adresse" in wave.error) == ({}, True)


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_a_mail_left_sends_it_to_nobody_twice(brest, home, manager, server):
    """The second mail is taken by the server, then the process dies before it is noted."""
    for name in ("Une", "Deux", "Trois"):
        person(home, name)
    wave = planned(open_now(brest), manager)
    server.plan[:] = [None, Crash()]
    with pytest.raises(Crash):
        tasks.run_wave(wave.pk)
    assert (len(mail.outbox), told(wave)) == (2, {"Une": "sent", "Deux": "begun"})
    pulse.forget(tasks.wave_key(wave))
    tasks.start_waves()
    assert sorted(sent.to[0] for sent in mail.outbox) == [
        "deux@example.org", "trois@example.org", "une@example.org"
    ]  # fmt: skip
    assert told(wave) == {"Une": "sent", "Deux": "begun", "Trois": "sent"}
    tasks.run_wave(wave.pk)
    assert len(mail.outbox) == 3


def test_a_crash_in_the_middle_of_the_letters_begins_again_from_nothing(
    brest, home, manager, settings, monkeypatch
):
    monkeypatch.setattr(reminder_letters, "AT_ONCE", 1)
    for name in ("Une", "Deux"):
        person(home, name)
    wave = planned(open_now(brest), manager, "letter")
    some, times = reminder_letters._some, iter([0, 1])

    def dies(*args):
        if next(times):
            raise Crash
        return some(*args)

    monkeypatch.setattr(reminder_letters, "_some", dies)
    with pytest.raises(Crash):
        tasks.run_wave(wave.pk)
    assert wave.sendings.count() == 1
    monkeypatch.setattr(reminder_letters, "_some", some)
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert told(wave) == {"Une": "sent", "Deux": "sent"}
    assert len(PdfReader(Path(settings.MEDIA_ROOT) / wave.stored_as).pages) == 2


def test_many_letters_make_an_archive_of_several_files(brest, home, manager, settings, monkeypatch):
    monkeypatch.setattr(printing, "COPIES_PER_FILE", 2)
    for number in range(5):
        person(home, f"P{number}")
    wave = planned(open_now(brest), manager, "letter")
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    with zipfile.ZipFile(Path(settings.MEDIA_ROOT) / wave.stored_as) as archive:
        pages = [
            len(PdfReader(BytesIO(archive.read(name))).pages) for name in sorted(archive.namelist())
        ]
    assert pages == [2, 2, 1]
    file = logged_in(manager).get(url("wave-file", wave.uid))
    assert file["Content-Type"] == "application/zip"
    assert file.getvalue()


def test_mails_leave_some_at_a_time(brest, home, manager, monkeypatch):
    monkeypatch.setattr(tasks, "SLICE", 2)
    for name in ("A", "B", "C", "D", "E"):
        person(home, name)
    wave = planned(open_now(brest), manager)
    tasks.run_wave(wave.pk)
    assert len(mail.outbox) == 5
    wave.refresh_from_db()
    assert (wave.expected, bool(wave.finished_at)) == (5, True)
    assert tasks.pulse_of_wave(wave) is None


def test_a_wave_that_is_at_work_is_not_started_twice(brest, home, manager):
    person(home, "Une")
    wave = planned(open_now(brest), manager)
    with pulse.beating(tasks.wave_key(wave), lambda: 0):
        tasks.run_wave(wave.pk)
        assert mail.outbox == []
    tasks.run_wave(wave.pk)
    assert len(mail.outbox) == 1
