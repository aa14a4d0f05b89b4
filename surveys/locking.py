"""What is held while the survey writes, in one order everywhere, so that two gestures never wait
for each other: campaigns by id, before any person; then people by id; her invitation, and what is
begun or set aside, after the campaign.

Held without their keys: a row that only names a campaign or an invitation is written meanwhile.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from seniors.person import records_of
from surveys.models import Campaign, Invitation


def lock_campaign(campaign: Campaign) -> Campaign:
    """The campaign as it stands once it is held: one answer, merge or sending at a time."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def lock_campaigns(records: Collection[int]) -> None:
    """Hold all that asked the people of these records, or heard from them."""
    people = records_of(list(records))
    theirs = list(campaigns_of(list(people)).values_list("pk", flat=True))
    held = Campaign.objects.select_for_update(no_key=True).filter(pk__in=theirs)
    list(held.order_by("pk").values_list("pk", flat=True))


def lock_invitation(invitation: Invitation) -> None:
    """Hold what her calls come to."""
    Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)


def campaigns_of(records: Collection[int]) -> QuerySet[Campaign]:
    """The campaigns that asked these records or heard from them, in the order of their locks."""
    asked = Q(invitations__senior__in=records) | Q(responses__senior__in=records)
    return Campaign.objects.filter(asked).order_by("pk").distinct()
