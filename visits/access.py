"""Whose visit lists and signals one sees and works on.

An officer works on his own lists, in his territories: he may propose and publish them himself. He
also has those of a colleague he stands in for today (`cover`). A manager does so for every officer
of her territories, an administrator everywhere. A list is seen only by who holds all of its
territories; an evaluator sees none.
"""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors.access import STAFF, territories_of, visible_seniors
from seniors.enums import Role
from seniors.models import Territory, User
from seniors.person import rows_of
from visits.models import Appointment, Cover, Signal, VisitList


def visible_lists(user: User) -> QuerySet[VisitList]:
    """The lists that `user` may open, change and publish."""
    if user.role not in STAFF:
        return VisitList.objects.none()
    if user.role == Role.ADMINISTRATOR:
        return VisitList.objects.all()
    elsewhere = Territory.objects.exclude(users=user)
    lists = VisitList.objects.exclude(
        pk__in=VisitList.territories.through.objects.filter(territory__in=elsewhere).values(
            "visitlist_id"
        )
    )
    return lists.filter(_own(user)) if user.role == Role.OFFICER else lists


def visible_appointments(user: User) -> QuerySet[Appointment]:
    """The appointments that `user` may see and change, of people of her territories."""
    if user.role not in STAFF:
        return Appointment.objects.none()
    there = rows_of(visible_seniors(user), Appointment.objects.all())
    return there.filter(_own(user)) if user.role == Role.OFFICER else there


def officers_for(user: User) -> QuerySet[User]:
    """Whom `user` may make a list for: himself, or the visitors of her territories."""
    if user.role == Role.OFFICER:
        return User.objects.filter(pk=user.pk)
    visitors = User.objects.filter(is_active=True, role__in=[Role.OFFICER, Role.MANAGER])
    visitors = visitors.filter(territories__in=territories_of(user))
    return visitors.distinct().order_by("last_name", "first_name", "username")


def weeks_for(user: User) -> QuerySet[User]:
    """Whose week `user` may open: her own, those she stands in for, those of her officers."""
    if user.role == Role.OFFICER:
        return User.objects.filter(Q(pk=user.pk) | Q(pk__in=covered_by(user)))
    return officers_for(user)


def opens_on_own_week(user: User) -> bool:
    """Whether « Ma semaine » is hers; who works for several officers chooses one first."""
    return user.role == Role.OFFICER


def covered_by(user: User, on: date | None = None) -> QuerySet[User]:
    """The officers `user` stands in for that day, today unless told otherwise."""
    on = on or timezone.localdate()
    covers = Cover.objects.filter(colleague=user, starts_on__lte=on, ends_on__gte=on)
    return User.objects.filter(pk__in=covers.values("officer_id"))


def works_for(user: User, officer: User) -> bool:
    """Whether `user` may change the days of `officer` today."""
    if user.pk == officer.pk:
        return user.role in STAFF
    return user.role in STAFF and (
        user.role == Role.ADMINISTRATOR or weeks_for(user).filter(pk=officer.pk).exists()
    )


def holds(user: User, territory_id: int) -> bool:
    """Whether a territory is one of the user's."""
    return territories_of(user).filter(pk=territory_id).exists()


def _own(user: User) -> Q:
    """Rows of hers, or of an officer she stands in for today."""
    return Q(officer=user) | Q(officer__in=covered_by(user))


def visible_signals(user: User) -> QuerySet[Signal]:
    """The signals that `user` reads and answers: those about people whom he sees; of nobody yet
    known, those of the dwellings and residences of his territories."""
    if user.role == Role.ADMINISTRATOR:
        return Signal.objects.all()
    if user.role not in STAFF:
        return Signal.objects.none()
    here = list(territories_of(user))
    # Her home, or that of the record that absorbed hers; joined, not listed: people are many.
    person = Q(senior__dwelling__residence__territory__in=here, senior__merged_into=None)
    person |= Q(senior__merged_into__dwelling__residence__territory__in=here)
    place = Q(dwelling__residence__territory__in=here) | Q(residence__territory__in=here)
    return Signal.objects.filter(person | Q(place, senior=None))
