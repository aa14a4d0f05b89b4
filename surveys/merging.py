"""What the survey does when two records become one person, or are parted again.

Her invitations then count once, her calls are one story, and of two answers to one campaign the
second goes aside for a person to compare.
"""

from collections.abc import Collection

from seniors.merge import Follower
from seniors.models import User
from seniors.person import records_of
from surveys.campaigns import counting
from surveys.models import Campaign
from surveys.receiving import asides, call_state


def hold(records: Collection[int]) -> None:
    """Lock the campaigns of these records, as whoever answers does first."""
    theirs = list(
        counting.campaigns_of(list(records_of(list(records)))).values_list("pk", flat=True)
    )
    list(Campaign.objects.select_for_update().filter(pk__in=theirs).order_by("pk"))


def joined(records: Collection[int], by: User) -> None:
    """One person from now on."""
    counting.note_records(records)
    call_state.follow_records(records)
    asides.pair(records, by=by)


def parted(records: Collection[int]) -> None:
    """Two again: what had been compared by nobody yet is no second answer any more."""
    counting.note_records(records)
    call_state.follow_records(records)
    asides.unpair(records)


FOLLOWER = Follower(hold, joined, parted)
