"""What the survey does when two records become one person, or are parted again.

Her invitations then count once, her calls are one story, and of two answers to one campaign the
second goes aside for a person to compare.
"""

from collections.abc import Collection

from seniors.merge import Follower
from seniors.models import User
from surveys.campaigns import counting
from surveys.locking import lock_campaigns
from surveys.receiving import asides, call_state


def joined(records: Collection[int], by: User) -> None:
    """One person from now on."""
    counting.note_records(records)
    call_state.follow_records(records)
    asides.pair(records, by=by)


def parted(records: Collection[int]) -> None:
    """Two again: what had been compared by nobody yet is no second answer any more, or is the
    answer of its own record."""
    asides.unpair(records)
    counting.note_records(records)
    call_state.follow_records(records)


FOLLOWER = Follower(lock_campaigns, joined, parted)
