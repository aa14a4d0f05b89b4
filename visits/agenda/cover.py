"""Leave: a colleague has an officer's lists and appointments while the officer is away.

What the absent officer's phone had not sent is still accepted: a form is received from whoever
filled it in. Signals need no hand-over: both see those of the territories that both hold.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors.access import DECIDERS
from seniors.enums import Role
from seniors.french import day_words
from seniors.models import Territory, User
from seniors.refusal import Refusal
from visits.access import officers_for
from visits.models import Cover

VISITORS = (Role.OFFICER, Role.MANAGER)


class CoverRefusal(Refusal):
    """A hand-over that cannot be."""


def hand_over(officer: User, colleague: User, *, starts_on: date, ends_on: date, by: User) -> Cover:
    """Have `colleague` stand in for `officer` on these days, both included.

    Raises CoverRefusal: who (not hers to decide, or nobody's work), dates, territories, overlap.
    """
    if by.pk != officer.pk and not (
        by.role in DECIDERS and officers_for(by).filter(pk=officer.pk).exists()
    ):
        raise CoverRefusal(
            "who", "Le remplacement se décide par la personne absente ou sa responsable."
        )
    if officer.pk == colleague.pk or not colleague.is_active:
        raise CoverRefusal("who", "Choisissez une autre personne pour le remplacement.")
    if ends_on < starts_on or ends_on < timezone.localdate():
        raise CoverRefusal(
            "dates", "Ces dates ne vont pas\u00a0: la fin vient avant le début, ou elle est passée."
        )
    if missing := missing_territories(officer, colleague):
        names = ", ".join(territory.name for territory in missing)
        raise CoverRefusal(
            "territories",
            f"{colleague} ne travaille pas dans {names}\u00a0: demandez d’abord à l’administration "
            "de lui ouvrir ce territoire.",
        )
    with transaction.atomic():
        both = sorted([officer.pk, colleague.pk])
        list(User.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk"))
        _check_overlap(officer, colleague, starts_on, ends_on)
        return Cover.objects.create(
            officer=officer,
            colleague=colleague,
            starts_on=starts_on,
            ends_on=ends_on,
            created_by=by,
        )


def end(cover: Cover) -> str:
    """Forget a hand-over that has not begun; end today's last night. Says which, in French."""
    today = timezone.localdate()
    if cover.starts_on >= today:
        cover.delete()
        return "Le remplacement est annulé."
    cover.ends_on = min(cover.ends_on, today)
    Cover.objects.filter(pk=cover.pk).update(ends_on=cover.ends_on)
    return "Le remplacement finit ce soir."


def covers_for(user: User) -> QuerySet[Cover]:
    """The hand-overs of today and to come that `user` may see, the first to begin first."""
    covers = Cover.objects.filter(ends_on__gte=timezone.localdate())
    if user.role in DECIDERS:
        covers = covers.filter(officer__in=officers_for(user))
    else:
        covers = covers.filter(Q(officer=user) | Q(colleague=user))
    return covers.select_related("officer", "colleague").order_by("starts_on", "pk")


def colleagues_of(officer: User) -> QuerySet[User]:
    """Who may stand in for her: the visitors who hold all of her territories."""
    found = User.objects.filter(is_active=True, role__in=VISITORS).exclude(pk=officer.pk)
    for territory in officer.territories.all():
        found = found.filter(territories=territory)
    return found.order_by("last_name", "first_name", "username")


def missing_territories(officer: User, colleague: User) -> list[Territory]:
    """Territories of the officer that the colleague does not hold."""
    return list(officer.territories.exclude(pk__in=colleague.territories.values("pk")))


def _check_overlap(officer: User, colleague: User, starts_on: date, ends_on: date) -> None:
    """One stands in for one at a time, and nobody who is away stands in for another."""
    met = Cover.objects.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = met.filter(Q(officer=officer) | Q(officer=colleague) | Q(colleague=officer)).first()
    if other is None:
        return
    days = f"du {day_words(other.starts_on)} au {day_words(other.ends_on)}"
    if other.officer_id == officer.pk:
        said = f"{other.colleague} remplace déjà {officer} {days}."
    elif other.officer_id == colleague.pk:
        said = f"{colleague} s’absente aussi {days}\u00a0: choisissez une autre personne."
    else:
        said = (
            f"{officer} remplace {other.officer} {days}\u00a0: réglez d’abord ce remplacement-là."
        )
    raise CoverRefusal("overlap", said)
