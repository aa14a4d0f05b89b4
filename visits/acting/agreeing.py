"""The tenant's yes to hand an action over to a partner, and the end of it."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from seniors.models import User
from visits.acting.follow_up_rules import FollowUpRefusal, check_day, check_role, is_in_force
from visits.acting.moving import locked
from visits.models import Action, Agreement, Partner, Referral


@transaction.atomic
def agree(action: Action, partner: Partner, *, given_on: date, by: User, wording: str) -> Agreement:
    """The tenant's yes to hand this action over to this partner; the one in force if there is one.

    One withdrawn after that day stays withdrawn. A yes after a no to any sharing takes the place
    of the one that the no had ended. Raises FollowUpRefusal: role, future.
    """
    check_role(by)
    check_day(given_on)
    locked(action.need_id)
    told = {"action": action, "partner": partner, "given_on": given_on}
    theirs = Agreement.objects.filter(action=action, partner=partner)
    known = theirs.filter(withdrawn_on=None).first()
    if known and not is_in_force(known) and is_in_force(Agreement(**told)):
        _take_back(known, by)
        known = None
    else:
        later = theirs.filter(withdrawn_on__gt=given_on).order_by("-withdrawn_on")
        known = known or later.first()
    return known or Agreement.objects.create(**told, recorded_by=by, wording=wording)


@transaction.atomic
def withdraw(agreement: Agreement, *, by: User) -> Agreement:
    """The tenant takes her yes back: from now on no link made from it opens.

    Raises FollowUpRefusal: role, withdrawn.
    """
    check_role(by)
    locked(agreement.action.need_id)
    agreement = Agreement.objects.get(pk=agreement.pk)
    if agreement.withdrawn_on:
        raise FollowUpRefusal("withdrawn", "Cet accord est déjà retiré\u00a0: rien n’a changé.")
    return _take_back(agreement, by)


def _take_back(agreement: Agreement, by: User) -> Agreement:
    """The end of an agreement, and of its links."""
    agreement.withdrawn_on, agreement.withdrawn_by = timezone.localdate(), by
    agreement.save(update_fields=["withdrawn_on", "withdrawn_by"])
    Referral.objects.filter(agreement=agreement, revoked_at=None).update(revoked_at=timezone.now())
    return agreement
