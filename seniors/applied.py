"""What other apps do once a landlord's file was applied; registered when they start, so that
nothing here knows of them.
"""

from collections.abc import Callable

from seniors.models import ImportRun

_followers: list[Callable[[ImportRun], None]] = []


def add_follower(follower: Callable[[ImportRun], None]) -> None:
    """Have this called with each file that was applied: what another app keeps may change."""
    _followers.append(follower)


def tell(run: ImportRun) -> None:
    """Say to the other apps that a file was applied."""
    for follower in _followers:
        follower(run)
