"""French as templates need it: elision, streets, telephone numbers, agreement.

Every template has these without loading them (`settings.TEMPLATES`).
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from seniors.french import ago as ago_words
from seniors.french import clock, day_words, euros, full_day, of_name, plural, readable_street, that
from seniors.phones import readable

register = template.Library()
register.filter("of_name", of_name)
register.filter("that", that, is_safe=True)
register.filter("street", readable_street)
register.filter("phone", readable)
register.filter("day", day_words)
register.filter("euros", euros)
register.filter("clock", clock, expects_localtime=True)


@register.filter
def pluralize(count: Any, forms: str = "s") -> str:
    """Django's filter with the French rule: « 0 visite », « 1,5 visite », « 2 visites »."""
    single, _, many = forms.rpartition(",")
    return plural(len(count) if hasattr(count, "__len__") else count, single, many)


@register.filter("full_day", expects_localtime=True)
def full_day_or_nothing(day: date | None) -> str:
    """« 1er décembre 2026 »; nothing when the day is unknown."""
    return full_day(day) if day else ""


@register.filter
def ago(at: datetime) -> str:
    """How long ago, from now."""
    return ago_words(at, timezone.now())
