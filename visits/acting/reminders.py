"""Reminders to partners who have not answered: by e-mail, naming nobody, with a fresh link.

After 7 days without an answer, then after 14, then no more: it is the officer's turn, and the
action is on the list of late ones. Never twice a day, never once the tenant took her yes back.
A link cannot be shown again, so each reminder makes a new one, and the old one opens nothing.
"""

import logging
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from seniors.person import PERSON, people_of
from seniors.phones import readable
from visits.acting.follow_up import FollowUpRefusal
from visits.acting.referrals import DAYS, make_link
from visits.acting.waiting import SILENCE, silent
from visits.agenda import closing
from visits.enums import State
from visits.models import Action, Need

SECOND = 2 * SILENCE

log = logging.getLogger(__name__)


@dataclass
class Sent:
    """What one morning did: counts, never a name."""

    sent: int = 0
    refused: int = 0  # no agreement in force, or nothing to hand over any more
    failed: int = 0  # the mail could not leave; tried again tomorrow


def due(today: date | None = None) -> QuerySet[Action]:
    """Those whose partner is to be reminded today; nobody said gone or dead is among them."""
    today = today or timezone.localdate()
    never = Q(reminded_on=None) | Q(reminded_on__lt=F("state_on"))
    once = Q(state_on__lte=today - SECOND, reminded_on__lt=today) & Q(
        reminded_on__lt=F("state_on") + SECOND
    )
    unanswered = silent(Action.objects.order_by("state_on", "pk"), today)
    gone = people_of(closing.said_gone(today))
    unanswered = unanswered.annotate(person=PERSON).exclude(person__in=gone)
    return unanswered.filter(never | once).exclude(partner__email="")


def send_due(today: date | None = None) -> Sent:
    """Remind each partner who is due; one that fails does not stop the others."""
    today, done = today or timezone.localdate(), Sent()
    for pk in list(due(today).values_list("pk", flat=True)):
        try:
            done.sent += remind(pk, today)
        except FollowUpRefusal:
            done.refused += 1
        except (SMTPException, OSError) as error:
            done.failed += 1
            log.warning("reminder not sent: %s", type(error).__name__)
    return done


@transaction.atomic
def remind(action_id: int, today: date) -> bool:
    """Send one reminder if it is still due; marked and sent together, or neither.

    Raises FollowUpRefusal when nothing may be handed over, and what the mail server raises.
    """
    need_id = Action.objects.values_list("need_id", flat=True).get(pk=action_id)
    Need.objects.select_for_update().get(pk=need_id)
    action = due(today).select_related("partner").filter(pk=action_id).first()
    if action is None:
        return False
    asked = action.steps.standing().filter(to_state=State.REQUESTED).last()
    referral, secret = make_link(action, by=asked.by)
    Action.objects.filter(pk=action_id).update(reminded_on=today)
    referral.reminded_on = today
    referral.save(update_fields=["reminded_on"])
    _mail(action.partner.email, secret).send()
    return True


def _mail(to: str, secret: str) -> EmailMessage:
    """A mail that names nobody and says nothing of the request."""
    address = f"{settings.SITE}{reverse('referral-show', args=[secret])}"
    phone = readable(settings.LANDLORD_PHONE)
    question = f"\nUne question\u00a0? {phone}" if phone else ""
    body = (
        "Bonjour,\n\n"
        f"Une demande de {settings.LANDLORD} attend votre réponse. Elle se lit ici, sans compte, "
        f"pendant {DAYS} jours\u00a0:\n{address}\n\n"
        "Ce lien remplace les précédents. Ne le faites suivre à personne.\n"
        f"{question}\n\nMerci,\n{settings.LANDLORD}\n"
    )
    return EmailMessage("Une demande attend votre réponse", body, to=[to])
