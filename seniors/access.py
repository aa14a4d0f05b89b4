"""Who sees and does what: role × territory, closed by default.

An administrator sees everything. An officer and a manager see their territories. An evaluator
sees no person: only figures that pass the small-cell rule.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from seniors.enums import Role
from seniors.models import Dwelling, Residence, Senior, Territory, User

STAFF = (Role.OFFICER, Role.MANAGER, Role.ADMINISTRATOR)
DECIDERS = (Role.MANAGER, Role.ADMINISTRATOR)


def territories_of(user: User) -> QuerySet[Territory]:
    """The territories where the user's role holds."""
    if user.role == Role.ADMINISTRATOR:
        return Territory.objects.all()
    if user.role in STAFF:
        return Territory.objects.filter(users=user)
    return Territory.objects.none()


def within(user: User, queryset: QuerySet, path: str) -> QuerySet:
    """The rows whose territory, found by following `path`, is one of the user's."""
    if user.role == Role.ADMINISTRATOR:
        return queryset
    return queryset.filter(**{f"{path}__in": list(territories_of(user))})


def visible_seniors(user: User) -> QuerySet[Senior]:
    """Seniors housed in the user's territories; an administrator also sees those who left."""
    return within(user, Senior.objects.unmerged(), "dwelling__residence__territory")


def visible_dwellings(user: User) -> QuerySet[Dwelling]:
    """Dwellings of the user's territories."""
    return within(user, Dwelling.objects.all(), "residence__territory")


def visible_residences(user: User) -> QuerySet[Residence]:
    """Residences of the user's territories."""
    return within(user, Residence.objects.all(), "territory")


def roles(*allowed: Role) -> Callable:
    """Open a view to these roles only; another role gets a 403."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.role not in allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = allowed
        return guarded

    return decorate
