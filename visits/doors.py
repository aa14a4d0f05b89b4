"""Who tries secrets that do not exist waits: so many an hour from one address, then nothing opens.

Counted in the memory of each worker: a guess has one chance in 2^256, this only spares the server.
"""

from django.core.cache import cache

MISSES, WHILE = 30, 3600


def is_barred(address: str | None) -> bool:
    """Whether this address tried too many."""
    return cache.get(_key(address), 0) >= MISSES


def count_miss(address: str | None) -> None:
    """One more secret that opens nothing."""
    cache.set(_key(address), cache.get(_key(address), 0) + 1, WHILE)


def _key(address: str | None) -> str:
    return f"misses {address or ''}".replace(" ", "-").replace(":", "_")
