"""Reminders: whom they reach, what happens between planning and leaving, never twice."""

import threading
import zipfile
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from smtplib import SMTPException, SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule
from pypdf import PdfReader

from seniors import pulse
from seniors.enums import Role
from seniors.french import full_day
from seniors.models import AccessLog, Objection, Senior
from surveys import history, tasks
from surveys.campaigns import dispatch
from surveys.models import Call, Campaign, Response, Sending, Wave
from surveys.receiving import intake
from surveys.sending import asked, links, printing, reminder_letters, reminders, waves
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
Outcome = Sending.Outcome
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _landlord(settings):
    settings.LANDLORD, settings.LANDLORD_PHONE = "Finistère Habitat", "0261910000"
    settings.SITE = "https://site.example"
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


@pytest.fixture
def manager(brest):
    return make_user(Role.MANAGER, brest)


def open_now(*territories, **fields) -> Campaign:
    """A campaign open for two weeks already, and two more."""
    days = {"opened_on": ago(14), "closes_on": ago(-14)}
    return make_campaign(*territories, **days | fields)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def person(home, name: str, **fields) -> Senior:
    return make_senior(home, last_name=name, **{"email": f"{name.lower()}@example.org"} | fields)


def planned(campaign, by, channel="email", day=None) -> Wave:
    return waves.plan(campaign, channel=channel, planned_on=day or TODAY, by=by)


def answer(campaign, senior) -> None:
    one = intake.Answer(senior.pk, Response.Channel.PAPER, TODAY, {}, {})
    intake.record_many(campaign, [one])


def object_to(senior) -> None:
    Objection.objects.create(senior=senior, since=ago(1), reason="ne veut plus")


def refuse(campaign, senior, outcome=Call.Outcome.REFUSED, **fields) -> Call:
    invitation = campaign.invitations.get(senior=senior)
    by = make_user(Role.OFFICER)
    return Call.objects.create(
        invitation=invitation, by=by, at=timezone.now(), outcome=outcome, **fields
    )


def leave(senior, end="died") -> None:
    Senior.objects.filter(pk=senior.pk).update(dwelling=None, ended_on=ago(1), end=end)


# Everything that must stop a reminder, and what is then noted for her.
STOPS = {
    "answered": (answer, Outcome.ANSWERED),
    "refused": (refuse, Outcome.REFUSED),
    "said dead": (lambda c, s: refuse(c, s, Call.Outcome.DIED), Outcome.GONE),
    "objected": (lambda c, s: object_to(s), Outcome.OBJECTED),
    "left": (lambda c, s: leave(s, "left"), Outcome.GONE),
    "died": (lambda c, s: leave(s), Outcome.GONE),
}


def told(wave) -> dict[str, str]:
    """{name: outcome} of a wave."""
    rows = wave.sendings.values_list("invitation__senior__last_name", "outcome")
    return dict(rows)


# Whom


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


# Planning


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


# Between planning and leaving


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
def test_an_answer_being_written_is_waited_for(brest, home, manager, channel):
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
    before = asked.lock

    def reach_her(people) -> None:
        reached.set()
        before(people)

    thread.start()
    assert written.wait(20)
    asked.lock = reach_her
    try:
        tasks.run_wave(wave.pk)
    finally:
        asked.lock = before
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


# The mail


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


# Servers and crashes


class Server(EmailBackend):
    """A mail server that does what the test says, once for each mail."""

    plan: list = []
    down = False

    def open(self):
        """Answer, or not."""
        if self.down:
            raise ConnectionRefusedError

    def send_messages(self, messages):
        """Refuse this one, crash after taking it, or take it."""
        happens = self.plan.pop(0) if self.plan else None
        if isinstance(happens, SMTPException):
            raise happens
        sent = super().send_messages(messages)
        if happens is not None:
            raise happens
        return sent


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.surveys.test_waves.Server"
    monkeypatch.setattr(Server, "plan", [])
    monkeypatch.setattr(Server, "down", False)
    return Server


class Crash(BaseException):
    """The process dies here: nothing after it runs."""


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


def test_a_server_that_refuses_everything_stops_the_wave(brest, home, manager, server, monkeypatch):
    monkeypatch.setattr(reminders, "FAILURES_IN_A_ROW", 2)
    for name in ("A", "B", "C"):
        person(home, name)
    wave = planned(open_now(brest), manager)
    server.plan[:] = [SMTPServerDisconnected("x")] * 2
    tasks.run_wave(wave.pk)
    wave.refresh_from_db()
    assert "refusé 2 courriels de suite" in wave.error
    assert sorted(told(wave).values()) == ["failed", "failed"]


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


# Cancelling


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


# The morning


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


# The pages


def url(name: str, uid) -> str:
    return reverse(f"surveys:{name}", args=[uid])


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def test_a_wave_is_planned_once_counted_then_followed_and_downloaded(brest, home, manager):
    person(home, "Kerbrat")
    gone = person(home, "Bihan")
    campaign, client = open_now(brest), logged_in(manager)
    asked_for = {"channel": "letter", "planned_on": TODAY.isoformat()}
    page = text_of(client.post(url("wave-new", campaign.uid), asked_for))
    assert "Relancer 2 personnes" in page
    assert not Wave.objects.exists()
    client.post(url("wave-new", campaign.uid), asked_for | {"confirm": "1"})
    wave = Wave.objects.get()
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "2 lettres préparées" in page
    assert "Kerbrat" in page
    assert "À retirer de la pile" not in page
    answer(campaign, gone)
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "À retirer de la pile" in page
    letters = client.get(url("wave-file", wave.uid))
    assert letters.getvalue().startswith(b"%PDF")
    assert AccessLog.objects.filter(gesture="relances imprimées").count() == 1
    again = client.post(url("wave-new", campaign.uid), asked_for | {"confirm": "1"})
    assert (again.status_code, "déjà prévue" in text_of(again)) == (422, True)
    page = text_of(client.get(url("campaign-show", campaign.uid)))
    assert "2 envois sur 2 personnes" in page


def test_a_wave_to_come_is_cancelled_from_its_page(brest, home, manager):
    person(home, "Une")
    client = logged_in(manager)
    wave = planned(open_now(brest), manager, day=ago(-2))
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "elle commence d’elle-même" in page
    assert "1 personne" in page
    refused = client.post(url("wave-resume", wave.uid), follow=True)
    assert "n’est pas à reprendre" in text_of(refused)
    page = text_of(client.post(url("wave-cancel", wave.uid), follow=True))
    assert "rien n’était parti" in page
    tasks.start_waves()
    assert mail.outbox == []


def test_a_wave_that_stopped_is_taken_up_from_its_page(brest, home, manager, server):
    person(home, "Une")
    client = logged_in(manager)
    server.down = True
    asked_for = {"channel": "email", "planned_on": TODAY.isoformat(), "confirm": "1"}
    campaign = open_now(brest)
    client.post(url("wave-new", campaign.uid), asked_for)
    wave = Wave.objects.get()
    assert "ne répond pas" in text_of(client.get(url("wave-show", wave.uid)))
    server.down = False
    page = text_of(client.post(url("wave-resume", wave.uid), follow=True))
    assert "1 courriel parti" in page
    assert len(mail.outbox) == 1


def test_the_progress_is_a_piece_of_its_page(brest, home, manager):
    person(home, "Une")
    client = logged_in(manager)
    wave = planned(open_now(brest), manager)
    pulse.wait(tasks.wave_key(wave))
    piece = client.get(url("wave-show", wave.uid), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in piece
    assert piece.strip() in client.get(url("wave-show", wave.uid)).content.decode()
    tasks.run_wave(wave.pk)
    last = client.get(url("wave-show", wave.uid), headers={"HX-Request": "true"})
    assert last["HX-Refresh"] == "true"  # the page has other buttons now


def test_pages_of_waves_take_as_many_queries_for_thirty_as_for_one(brest, home, manager):
    campaign, client = open_now(brest), logged_in(manager)
    person(home, "Une")
    dispatch.invite(campaign, on=TODAY)
    first = planned(campaign, manager, "letter")
    tasks.run_wave(first.pk)
    pages = [url("wave-show", first.uid), url("campaign-show", campaign.uid)]

    def queries() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as made:
                assert client.get(page).status_code == 200
            found.append(len(made))
        return found

    few = queries()
    for number in range(29):
        answer(campaign, person(home, f"P{number}"))
        planned(campaign, manager, "letter", ago(-1 - number % 14)) if number < 14 else None
    dispatch.invite(campaign, on=TODAY)
    rows = campaign.invitations.exclude(sendings__wave=first)
    Sending.objects.bulk_create(
        Sending(wave=first, invitation=one, outcome=Outcome.SENT, at=timezone.now()) for one in rows
    )
    assert queries() == few


def test_a_reminder_is_on_her_sheet(brest, home, manager):
    senior = person(home, "Une")
    tasks.run_wave(planned(open_now(brest), manager).pk)
    told = [(event.what, event.detail) for event in history.events([senior.pk])]
    assert ("Relance de l’enquête", "Enquête 2026, par courriel") in told


def test_a_wave_over_other_territories_is_named_but_not_opened(brest, home, manager):
    campaign = open_now(brest, make_territory())
    wave = planned(campaign, make_user(Role.ADMINISTRATOR))
    client = logged_in(manager)
    assert client.get(url("wave-show", wave.uid)).status_code == 404
    page = text_of(client.get(url("campaign-show", campaign.uid)))
    assert "avec d’autres territoires" in page
    assert url("wave-show", wave.uid) not in page


def test_newcomers_are_counted_then_added(brest, home, manager):
    person(home, "Ancienne")
    campaign, client = open_now(brest), logged_in(manager)
    address = url("campaign-newcomers", campaign.uid)
    assert "Personne n’est à ajouter" in text_of(client.get(address))
    person(home, "Nouvelle")
    assert "Ajouter 1 personne" in text_of(client.get(address))
    person(home, "Autre")
    page = text_of(client.post(address, {"count": "1"}))
    assert "Le nombre a changé" in page
    assert campaign.invitations.count() == 1
    page = text_of(client.post(address, {"count": "2"}, follow=True))
    assert "2 personnes ajoutées" in page
    assert set(campaign.invitations.values_list("sent_on", flat=True)) == {TODAY, ago(14)}
    Campaign.objects.update(closes_on=ago(1))
    assert client.post(address, {"count": "0"}).status_code == 302


def test_a_campaign_opens_with_its_reminders(brest, home, manager):
    person(home, "Une")
    form = {
        "name": "Enquête 2027",
        "territories": [brest.pk],
        "least_age": "65",
        "spared_months": "6",
        "opened_on": TODAY.isoformat(),
        "closes_on": ago(-60).isoformat(),
        "questionnaire": "bienvieillir-60-2026",
        "on_web": "on",
        "letter_on": ago(-30).isoformat(),
        "email_on": ago(-20).isoformat(),
    }
    client = logged_in(manager)
    page = text_of(client.post(reverse("surveys:campaign-new"), form))
    assert "1 personne à interroger" in page
    mail, letter = (full_day(ago(days)).replace("\u00a0", " ") for days in (-20, -30))
    assert f"par courriel le {mail}, par courrier le {letter}" in page
    late = client.post(reverse("surveys:campaign-new"), form | {"email_on": ago(-90).isoformat()})
    assert "Choisissez un jour entre" in text_of(late)
    client.post(reverse("surveys:campaign-new"), form | {"confirm": "1"})
    campaign = Campaign.objects.get()
    assert (campaign.spared_months, campaign.on_web, campaign.by_phone) == (6, True, False)
    assert [wave.channel for wave in campaign.waves.all()] == ["email", "letter"]
    assert all(wave.created_by == manager for wave in campaign.waves.all())
