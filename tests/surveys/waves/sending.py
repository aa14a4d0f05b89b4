"""People to remind, what stops a reminder, and a mail server that fails when told to."""

from datetime import date, timedelta
from smtplib import SMTPException

from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import Objection, Senior
from surveys.models import Call, Campaign, Response, Sending, Wave
from surveys.receiving import call_state, intake
from surveys.sending import waves
from tests.make import make_senior, make_user
from tests.surveys.make import make_campaign

Outcome = Sending.Outcome
TODAY = timezone.localdate()


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
    call = Call.objects.create(
        invitation=invitation, by=by, at=timezone.now(), outcome=outcome, **fields
    )
    call_state.follow(invitation)
    return call


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


class Crash(BaseException):
    """The process dies here: nothing after it runs."""


def url(name: str, uid) -> str:
    return reverse(f"surveys:{name}", args=[uid])


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
