"""Who is left in peace for now: a pause with its reason, its end, and who lifted it.

A pause is the officer's decision or the consequence of a visit (`outcomes`). A person's own lasting
refusal is an Objection (`seniors.objections`), which is hers to take back.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors import guard
from seniors.access import visible_seniors
from seniors.enums import Role
from seniors.french import day_words
from seniors.models import AccessLog, Objection, Senior, User
from seniors.person import PERSON, people_of, rows_of
from seniors.queries import records_of
from seniors.refusal import Refusal
from visits.models import Mute, Visit
from visits.visiting.fields import whole

Why = Mute.Why
# What the tenant file alone confirms: the record is closed by the next extract, never here.
DEPARTURES = (Why.MOVED, Why.DECEASED)
_NOTED = {Why.MOVED: "Départ noté", Why.DECEASED: "Décès noté"}


class MuteRefusal(Refusal):
    """A pause that cannot be put or lifted."""


def in_force(first: date, last: date | None = None) -> QuerySet[Mute]:
    """The pauses that hold on `first`, or on at least one day from `first` to `last`."""
    return Mute.objects.filter(
        Q(until=None) | Q(until__gte=first), since__lte=last or first, lifted_on=None
    )


def objections(first: date, last: date) -> QuerySet[Objection]:
    """The refusals of her own in force on at least one day from `first` to `last`."""
    return Objection.objects.filter(
        Q(until=None) | Q(until__gte=first), since__lte=last, lifted_on=None
    )


def to_call_on(rows: QuerySet, on: date) -> QuerySet:
    """The rows of people whom nothing keeps from being called on that day."""
    left = unopposed(rows, on)
    return left.exclude(person__in=people_of(in_force(on)))


def unopposed(rows: QuerySet, on: date) -> QuerySet:
    """The rows of people who did not refuse every visit of that day."""
    return rows.annotate(person=PERSON).exclude(person__in=people_of(objections(on, on)))


def mute_of(senior: Senior, on: date) -> Mute | None:
    """The pause of this person that lasts longest on that day; None without any."""
    held = list(in_force(on).filter(senior__in=records_of(senior)))
    return max(held, key=lambda one: (one.until is None, one.until or date.max), default=None)


@transaction.atomic
def mute(
    senior: Senior,
    *,
    why: str,
    by: User,
    until: date | None = None,
    reason: str = "",
    since: date | None = None,
    visit: Visit | None = None,
) -> Mute:
    """Leave her in peace from `since` (today) to `until`, both included; None: until it is lifted.

    Raises MuteRefusal: end (before the first day), nir, diagnosis, judgement.
    """
    since = since or timezone.localdate()
    reason = whole(reason).strip()[:200]
    if until and until < since:
        raise MuteRefusal(
            "end", "La pause finirait avant de commencer\u00a0: choisissez un autre jour."
        )
    if found := guard.found(reason):
        raise MuteRefusal(found[0].kind, guard.explain(found))
    AccessLog.objects.create(user=by, gesture="mute", senior=senior)
    return Mute.objects.create(
        senior=senior, why=why, reason=reason, since=since, until=until, visit=visit, created_by=by
    )


@transaction.atomic
def lift(mute: Mute, *, by: User) -> None:
    """She may be called on again from today; lifting twice changes nothing.

    Raises MuteRefusal: manager (a danger is judged again by a manager).
    """
    if mute.why == Why.UNSAFE and by.role == Role.OFFICER:
        raise MuteRefusal(
            "manager",
            "Une visite dangereuse ne reprend pas sur un seul avis\u00a0: demandez à votre "
            "responsable de lever la pause. Rien n’est changé.",
        )
    AccessLog.objects.create(user=by, gesture="mute-lift", senior=mute.senior)
    Mute.objects.filter(pk=mute.pk, lifted_on=None).update(
        lifted_on=timezone.localdate(), lifted_by=by
    )


def opposed(objection: Objection) -> str:
    """The refusal of her own in one sentence."""
    until = objection.until
    end = f"jusqu’au {day_words(until, year=True)}" if until else "sans date de fin"
    return f"Ne pas visiter, {end}\u00a0: opposition notée sur sa fiche."


def words(mute: Mute) -> str:
    """The pause in one sentence."""
    if mute.why in DEPARTURES and not mute.until:
        return f"{noted(mute)}\u00a0: plus de visite ni de courrier, à confirmer par le fichier."
    end = f"jusqu’au {day_words(mute.until, year=True)}" if mute.until else "sans date de fin"
    alone = " Ne pas y aller seul." if mute.why == Why.UNSAFE else ""
    return f"En pause {end}\u00a0: {mute.get_why_display()}.{alone}"


def noted(departure: Mute) -> str:
    """« Décès noté le 3 décembre 2026 »."""
    return f"{_NOTED[departure.why]} le {day_words(departure.since, weekday=False, year=True)}"


def departures(user: User) -> QuerySet[Mute]:
    """« Départs à confirmer »: said gone or dead at the door, still housed in the tenant file."""
    told = in_force(timezone.localdate()).filter(why__in=DEPARTURES)
    housed = visible_seniors(user).filter(dwelling__isnull=False)
    found = rows_of(housed, told).select_related("senior__dwelling__residence", "created_by")
    return found.order_by("since", "pk")
