"""Reminders by e-mail: one by one, each checked again in the transaction that sends it.

A line is written before each mail and completed after it. What a crash leaves in between is never
sent again: a mail too many is worse than one too few, which the next wave or a call makes up for.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from smtplib import SMTPException, SMTPSenderRefused

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone

from seniors.french import full_day
from seniors.models import Senior
from seniors.person import records_of
from seniors.phones import readable
from surveys.models import Invitation, Sending, Wave
from surveys.sending import asked, links, waves

Outcome = Sending.Outcome
# Refused one after the other: it is the server that refuses, not each address.
FAILURES_IN_A_ROW = 10

log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The mail server takes nothing; the message is a French sentence."""


@dataclass
class _Post:
    """The connection, and the mails in a row that it refused."""

    connection: BaseEmailBackend
    refused: list[Sending] = field(default_factory=list)

    def open(self) -> None:
        """Be ready to send. Raises Unreachable."""
        try:
            self.connection.open()
        except (SMTPException, OSError) as error:
            log.warning("reminders: no mail server, %s", type(error).__name__)
            raise Unreachable(
                "Le serveur de messagerie ne répond pas. Les courriels déjà partis ne seront pas "
                "renvoyés\u00a0; reprenez quand il répond."
            ) from None

    def close(self) -> None:
        """Leave; the next `open` begins anew."""
        try:
            self.connection.close()
        except (SMTPException, OSError) as error:
            log.info("reminders: connection lost, %s", type(error).__name__)

    def failed(self, sending: Sending) -> None:
        """One more mail that did not leave. Raises Unreachable when they all do not."""
        self.refused.append(sending)
        self.close()
        if len(self.refused) >= FAILURES_IN_A_ROW:
            raise Unreachable(
                f"Le serveur de messagerie a refusé {len(self.refused)} courriels de suite\u00a0: "
                "l’envoi s’est arrêté. Faites vérifier ses réglages, puis reprenez."
            )

    def forget_refused(self) -> None:
        """The server was at fault, not these addresses: they are dealt with when it is back."""
        Sending.objects.filter(pk__in=[one.pk for one in self.refused]).delete()


def send_some(
    wave: Wave, *, limit: int, today: date, progress: Callable[[int], None] = lambda done: None
) -> bool:
    """Remind at most `limit` people of a wave; says whether somebody is left.

    Raises Unreachable: what had left has left, the rest can be taken up again.
    """
    todo = waves.left(wave, on=today).order_by("pk").values_list("pk", "invitation")
    post = _Post(mail.get_connection())
    done = 0
    try:
        for done, (person, invitation) in enumerate(list(todo[:limit]), 1):
            if not waves.goes_on(wave):
                return False
            post.open()
            remind(wave, person, invitation, post, today=today)
            progress(done)
    except Unreachable:
        post.forget_refused()
        raise
    finally:
        post.close()
    return done == limit


def remind(wave: Wave, person: int, invitation: int, post: _Post, *, today: date) -> None:
    """Write to one person, unless she may not be written to any more; note which."""
    try:
        with transaction.atomic():
            sending = Sending.objects.create(
                wave=wave, invitation_id=invitation, outcome=Outcome.BEGUN, at=timezone.now()
            )
    except IntegrityError:  # another worker is at it
        return
    try:
        outcome = _send(sending, person, post, today=today)
    except SMTPSenderRefused:
        sending.delete()  # nobody's mail was taken
        raise Unreachable(
            f"Le serveur de messagerie refuse l’adresse {settings.DEFAULT_FROM_EMAIL}\u00a0: "
            "rien ne part plus. Faites-la corriger, puis reprenez."
        ) from None
    if outcome == Outcome.FAILED:
        post.failed(sending)
    elif outcome == Outcome.SENT:
        post.refused.clear()


@transaction.atomic
def _send(sending: Sending, person: int, post: _Post, *, today: date) -> Sending.Outcome | None:
    """The check and the mail, with her row held: what was answered before is seen. None when her
    record was absorbed since the list was read: she is written to on the other."""
    wave = sending.wave
    asked.lock([person])
    if not Senior.objects.unmerged().filter(pk=person).exists():
        sending.delete()
        return None
    outcome = asked.barred(wave.campaign, [person], on=today).get(person)
    if outcome is None and is_second(sending, person, today):
        outcome = Outcome.TWICE
    if outcome is None:
        senior = Senior.objects.get(pk=person)
        outcome = _mail(sending.invitation, senior, post) if senior.email else Outcome.NO_ADDRESS
    Sending.objects.filter(pk=sending.pk).update(outcome=outcome, at=timezone.now())
    return outcome


def is_second(sending: Sending, person: int, today: date) -> bool:
    """Whether another wave of this channel, or another of her records, was first that day."""
    others = Sending.objects.filter(
        wave__campaign=sending.wave.campaign_id,
        wave__channel=sending.wave.channel,
        at__date=today,
        outcome=Outcome.SENT,
        invitation__senior__in=list(records_of([person])),
    )
    return others.exclude(pk=sending.pk).exists()


def _mail(invitation: Invitation, senior: Senior, post: _Post) -> Sending.Outcome:
    """Hand one mail to the server."""
    message = message_to(invitation, senior)
    message.connection = post.connection
    try:
        message.send()
    except SMTPSenderRefused:
        raise
    except (SMTPException, OSError, ValueError) as error:  # ValueError: an address with a newline
        log.warning("reminders: one mail refused, %s", type(error).__name__)
        return Outcome.FAILED
    return Outcome.SENT


def message_to(invitation: Invitation, senior: Senior) -> EmailMessage:
    """Plain words: who writes, how to answer, by when, how to be left alone."""
    campaign, phone = invitation.campaign, readable(settings.LANDLORD_PHONE)
    again = invitation.sent_on < timezone.localdate()
    ring = f", ou appelez le {phone}" if phone else ""
    paper = f"Vous pouvez aussi renvoyer le questionnaire sur papier{ring}."
    ways = (
        f"Pour répondre en ligne, ouvrez cette adresse\u00a0:\n{links.web_link(invitation)}\n\n"
        f"{paper}"
        if campaign.on_web
        else f"Pour répondre, renvoyez le questionnaire sur papier que vous avez reçu{ring}."
    )
    body = (
        f"Bonjour {senior.full_name},\n\n"
        f"{opening(settings.LANDLORD, again=again)}\n\n"
        f"{ways}\n\n"
        f"Votre référence\u00a0: {links.in_groups(invitation.reference)}\n"
        f"Réponse souhaitée avant le {full_day(campaign.closes_on)}.\n\n"
        "Vous êtes libre de répondre. Ne pas répondre ne change rien à votre bail ni à votre "
        "loyer.\n\n"
        "Pour ne plus recevoir de messages sur cette enquête, répondez «\u00a0STOP\u00a0» à ce "
        f"courriel{ring}. Vous n’avez pas de raison à donner.\n\n"
        f"Si vous avez répondu ces jours-ci, merci\u00a0: ne tenez pas compte de ce message.\n\n"
        f"{settings.LANDLORD}\n"
    )
    subject = f"{settings.LANDLORD}\u00a0: votre avis sur votre logement"
    stop = {
        "List-Unsubscribe": f"<mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}?subject=STOP>"
    }
    return EmailMessage(" ".join(subject.split()), body, to=[senior.email], headers=stop)


def opening(landlord: str, *, again: bool) -> str:
    """What the letter and the mail begin with, whether or not she was written to before."""
    if again:
        return (
            f"Il y a quelque temps, {landlord} vous a écrit pour savoir comment vous vivez chez "
            "vous. Nous n’avons pas encore reçu votre réponse. Elle nous aide à proposer une "
            "visite, des travaux ou un coup de main à qui le souhaite."
        )
    return (
        f"{landlord} demande à ses locataires comment ils vivent chez eux. Votre réponse nous "
        "aide à proposer une visite, des travaux ou un coup de main à qui le souhaite."
    )
