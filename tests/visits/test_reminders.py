"""Reminders: when, to whom, never twice, never after a no, and nobody named in the mail."""

from datetime import timedelta
from io import StringIO
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from tests.visits.acting import WORDING, ago, make_action, make_partner, make_person, territory_of
from visits.acting.follow_up import agree, move, withdraw
from visits.acting.referrals import make_link
from visits.acting.reminders import send_due
from visits.enums import State
from visits.models import Action, Referral
from visits.tasks import remind_partners

pytestmark = pytest.mark.django_db


def asked(days: int, **fields) -> Action:
    """An action asked of a partner that many days ago."""
    senior, officer = make_person(last_name="Kermarrec")
    partner = make_partner(**{"territory": None} | fields)
    return make_action(
        "home_help", State.REQUESTED, senior=senior, by=officer, partner=partner, on=ago(days)
    )


def mornings(first: int, last: int) -> list[int]:
    """The days since the request on which a mail leaves; it was made `last` days ago."""
    sent = []
    for day in range(first, last + 1):
        before = len(mail.outbox)
        send_due(ago(last - day))
        send_due(ago(last - day))
        sent += [day] * (len(mail.outbox) - before)
    return sent


def test_a_silent_partner_is_reminded_after_seven_days_then_after_fourteen():
    asked(40)
    assert mornings(0, 40) == [7, 14]


def test_a_morning_that_was_missed_sends_one_mail_only():
    asked(40)
    assert mornings(16, 40) == [16]


def test_the_mail_names_nobody_and_carries_a_link_that_opens(client, settings):
    settings.LANDLORD_PHONE = "0261910000"
    action = asked(8)
    old = make_link(action, by=action.created_by)[1]
    assert send_due().sent == 1
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["accueil@admr.example"], "Une demande attend votre réponse")
    assert "Une question\u00a0? 02\u00a061\u00a091\u00a000\u00a000\n" in sent.body
    for hidden in ("Kermarrec", "Jeanne", "Siam", "domicile"):
        assert hidden not in sent.body + sent.subject
    address = next(line for line in sent.body.splitlines() if "/transmission/" in line)
    secret = address.rstrip("/").rpartition("/")[2]
    assert client.get(reverse("referral-show", args=[secret])).status_code == 200
    assert client.get(reverse("referral-show", args=[old])).status_code == 410
    action.refresh_from_db()
    today = timezone.localdate()
    assert (action.reminded_on, Referral.objects.get(revoked_at=None).reminded_on) == (today, today)


def test_nobody_is_reminded_once_the_tenant_took_her_yes_back():
    action = asked(8)
    withdraw(action.agreements.get(), by=action.created_by)
    done = send_due()
    assert (done.sent, done.refused, mail.outbox) == (0, 1, [])
    assert not Referral.objects.exists()


@pytest.mark.parametrize("to", [State.PARTNER_ACCEPTED, State.PARTNER_REFUSED, State.CANCELLED])
def test_who_answered_is_not_reminded(to):
    action = asked(8)
    move(action, to, on=ago(1), by=action.created_by, note="Complet")
    assert (send_due().sent, mail.outbox) == (0, [])


def test_a_partner_without_an_address_is_not_written_to():
    asked(8, email="")
    done = send_due()
    assert (done.sent, done.refused, done.failed, mail.outbox) == (0, 0, 0, [])


def test_a_request_made_again_is_counted_from_its_own_day():
    action = asked(30)
    send_due(ago(20))
    by = action.created_by
    other = make_partner(name="Autre", territory=territory_of(action.senior))
    move(action, State.PARTNER_REFUSED, on=ago(10), by=by, note="Complet")
    agree(action, other, given_on=ago(10), by=by, wording=WORDING)
    move(action, State.REQUESTED, on=ago(10), by=by, partner=other)
    mail.outbox.clear()
    assert (send_due(ago(4)).sent, send_due(ago(3)).sent, send_due(ago(2)).sent) == (0, 1, 0)


class Broken(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages):
        """Refuse it, take the others."""
        if any("casse" in address for message in messages for address in message.to):
            raise SMTPException
        return super().send_messages(messages)


def test_a_mail_that_cannot_leave_is_tried_again_and_stops_no_other(settings):
    settings.EMAIL_BACKEND = "tests.visits.test_reminders.Broken"
    broken = asked(9, email="casse@example.org", name="En panne")
    link = make_link(broken, by=broken.created_by)[0]
    asked(8)
    done = send_due()
    assert (done.sent, done.failed, len(mail.outbox)) == (1, 1, 1)
    broken.refresh_from_db()
    link.refresh_from_db()
    assert (broken.reminded_on, link.revoked_at) == (None, None)


def test_no_mail_leaves_where_no_server_is_named(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    action = asked(8)
    remind_partners()
    action.refresh_from_db()
    assert action.reminded_on is None


def test_the_task_reminds():
    asked(8)
    remind_partners()
    remind_partners()
    assert len(mail.outbox) == 1


def test_the_schedule_is_set_once_and_keeps_its_next_time():
    out = StringIO()
    call_command("set_schedules", stdout=out)
    assert Schedule.objects.filter(func="visits.tasks.count_steering").count() == 1
    schedule = Schedule.objects.get(func="visits.tasks.remind_partners")
    assert (schedule.func, schedule.schedule_type) == ("visits.tasks.remind_partners", "D")
    assert timezone.localtime(schedule.next_run).date() == timezone.localdate() + timedelta(days=1)
    Schedule.objects.update(func="old.task", next_run=timezone.now())
    at = Schedule.objects.get(pk=schedule.pk).next_run
    call_command("set_schedules", stdout=out)
    schedule.refresh_from_db()
    assert (schedule.func, schedule.next_run) == ("visits.tasks.remind_partners", at)
    assert "déjà programmé" in out.getvalue()
