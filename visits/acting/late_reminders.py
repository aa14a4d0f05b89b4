"""Each morning, who follows actions that have just become late is told of them: once, by e-mail.

The mail names nobody. Whoever stands in for an officer today is told in his place; when the
account is closed, it is the managers of the territory. An action taken further and late again is
told again.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from seniors.access import STAFF
from seniors.enums import Role
from seniors.french import plural
from seniors.models import User
from visits.acting.charge import territory_of
from visits.acting.waiting import late
from visits.models import Action, Cover

log = logging.getLogger(__name__)


@dataclass
class Told:
    """What one morning did: counts, never a name."""

    mails: int = 0
    actions: int = 0
    unreached: int = 0  # nobody with an address follows them
    failed: int = 0  # mails that could not leave; tried again tomorrow


def due(today: date | None = None) -> QuerySet[Action]:
    """The late ones that nobody was told of since the day expected."""
    today = today or timezone.localdate()
    never = Q(told_late_on=None) | Q(told_late_on__lte=F("due_on"))
    return late(Action.objects.all(), today).filter(never).order_by("due_on", "pk")


def tell_officers(today: date | None = None) -> Told:
    """One mail to each who follows late actions; one that fails does not stop the others."""
    today, done = today or timezone.localdate(), Told()
    for officer, own in _by_officer(due(today), today).items():
        if not officer:
            done.unreached += len(own)
            continue
        try:
            _tell(officer, own, today)
        except (SMTPException, OSError) as error:
            done.failed += 1
            log.warning("late actions not told: %s", type(error).__name__)
        else:
            done.mails += len(officer)
            done.actions += len(own)
    return done


@transaction.atomic
def _tell(officers: tuple[User, ...], actions: list[Action], today: date) -> None:
    """Marked and sent together, or neither."""
    marked = Action.objects.filter(pk__in=[action.pk for action in actions])
    marked.update(told_late_on=today)
    for officer in officers:
        _mail(officer, actions).send()


def _by_officer(actions: QuerySet[Action], today: date) -> Mapping[tuple[User, ...], list[Action]]:
    """{who is to be told: actions}; () for those that nobody can be told of. Five queries."""
    rows = actions.select_related(
        "kind",
        "officer",
        "dwelling__residence",
        "senior__dwelling__residence",
        "senior__merged_into__dwelling__residence",
    )
    covers = Cover.objects.filter(starts_on__lte=today, ends_on__gte=today)
    stands_in = {one.officer_id: one.colleague for one in covers.select_related("colleague")}
    managers = _managers()
    found: dict[tuple[User, ...], list[Action]] = defaultdict(list)
    for action in rows:
        officer = stands_in.get(action.officer_id, action.officer)
        if officer and _is_reached(officer):
            found[(officer,)].append(action)
        else:
            found[managers.get(territory_of(action), ())].append(action)
    return found


def _managers() -> dict[int, tuple[User, ...]]:
    """{territory: its managers who have an address}."""
    found: dict[int, list[User]] = defaultdict(list)
    people = User.objects.filter(role=Role.MANAGER, is_active=True).exclude(email="")
    for one in people.order_by("pk").prefetch_related("territories"):
        for territory in one.territories.all():
            found[territory.pk].append(one)
    return {territory: tuple(people) for territory, people in found.items()}


def _is_reached(user: User) -> bool:
    return user.is_active and user.role in STAFF and bool(user.email)


def _mail(to: User, actions: Iterable[Action]) -> EmailMessage:
    """How many of what, and where to read them; nobody is named."""
    counts = Counter(action.kind.label for action in actions)
    count = sum(counts.values())
    whose = {action.officer_id for action in actions}
    asked = {"late": "on"}
    if len(whose) == 1 and None not in whose:
        asked["officer"] = str(whose.pop())
    address = f"{settings.SITE}{reverse('visits:action-list')}?{urlencode(asked)}"
    lines = "\n".join(f"- {label}\u00a0: {n}" for label, n in sorted(counts.items()))
    one = "attend une suite depuis plus longtemps que prévu"
    many = "attendent une suite depuis plus longtemps que prévu"
    said = plural(count, f"action {one}", f"actions {many}")
    body = (
        f"Bonjour,\n\n{count} {said}\u00a0:\n{lines}\n\nÀ lire ici\u00a0:\n{address}\n\n"
        "Chaque action en retard n’est rappelée qu’une fois.\n"
    )
    return EmailMessage(
        f"{count} {plural(count, 'action', 'actions')} en retard", body, to=[to.email]
    )
