"""Figures held for evaluators: read before and after one more answer, live ones tell that answer.
The only door of HeldFigure.

What is held must stay readable: a later form of it comes with a migration of the rows.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from django.utils import timezone

from seniors.models import HeldFigure

T = TypeVar("T")


def once(key: str, kind: Any, take: Callable[[], T]) -> T:
    """What `take` gives, of the type `kind`, taken at the first reading and never again."""
    found = among([key], kind)
    if key not in found:
        # Of two first readings at once, both read what one of them took.
        told = {"told": msgspec.to_builtins(take()), "kept_at": timezone.now()}
        HeldFigure.objects.get_or_create(key=key, defaults=told)
        found = among([key], kind)
    return found[key]


def among(keys: Iterable[str], kind: Any) -> dict[str, Any]:
    """{key: what is held under it}, of those that are held."""
    rows = HeldFigure.objects.filter(key__in=list(keys)).values_list("key", "told")
    return {key: msgspec.convert(told, kind) for key, told in rows}


def replace(key: str, told: Any) -> None:
    """Hold this from now on: whoever read the figures before may read these."""
    defaults = {"told": msgspec.to_builtins(told), "kept_at": timezone.now()}
    HeldFigure.objects.update_or_create(key=key, defaults=defaults)
