"""Calls to those who did not answer: who comes next, what came of a call, who is left alone."""

from django.db.models import QuerySet

from surveys.models import Call, Campaign

Outcome = Call.Outcome
# Said on the telephone, these end every other way of asking. A wrong number does not: a letter
# still reaches her.
ENDING = (Outcome.REFUSED, Outcome.MOVED, Outcome.DIED)


def refused_by_phone(campaign: Campaign) -> QuerySet:
    """Ids of the invitations of this campaign never to be reminded again, whatever the channel.

    She refused on the telephone, or was said dead or gone, unless a manager found it mistaken.
    """
    said = Call.objects.filter(invitation__campaign=campaign, outcome__in=ENDING)
    held = said.exclude(check_said=Call.Check.MISTAKEN)
    return held.order_by().values_list("invitation_id", flat=True)
