"""Who lives elsewhere than before, told to the apps that keep where people live beside their rows.

They register when the apps start, so that nothing here knows of visits. Whatever changes where a
person lives tells it: imports, merges, erasures.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from django.db import transaction

from seniors.models import Senior

# Gets ids of records, perhaps merged ones; may be called twice for the same move.
Follower = Callable[[Collection[int]], object]
_followers: list[Follower] = []
# The same of ids of dwellings: for what is kept of a dwelling, whoever lives there.
_home_followers: list[Follower] = []
_AT_ONCE = 5_000


def add_follower(follower: Follower) -> None:
    """Have an app hear of moves."""
    _followers.append(follower)


def add_home_follower(follower: Follower) -> None:
    """Have an app hear of dwellings that are of another residence than before."""
    _home_followers.append(follower)


def tell(records: Collection[int]) -> None:
    """These records are of people who live elsewhere than before, or are now told to.

    Once now, in the caller's transaction, and once it is over: what others wrote meanwhile of
    these people could not yet see the move.
    """
    if records and _followers:
        _follow(records, _followers)
        transaction.on_commit(partial(_follow, records, _followers))


def tell_homes(dwellings: Collection[int]) -> None:
    """These dwellings are of another residence than before: whoever lives there has moved."""
    ids = list(dwellings)
    for start in range(0, len(ids), _AT_ONCE):
        people = Senior.objects.housed().filter(dwelling__in=ids[start : start + _AT_ONCE])
        tell(list(people.values_list("pk", flat=True)))
    if ids and _home_followers:
        _follow(ids, _home_followers)
        transaction.on_commit(partial(_follow, ids, _home_followers))


def _follow(records: Collection[int], followers: Sequence[Follower]) -> None:
    ids = list(records)
    for start in range(0, len(ids), _AT_ONCE):
        for follower in followers:
            follower(ids[start : start + _AT_ONCE])
