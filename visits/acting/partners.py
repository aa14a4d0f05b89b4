"""The directory of partners and the catalogue of actions: the only door of both, and attendance.

A partner or an action of the catalogue that was used is never deleted: put away, it is proposed no
more, and what was entrusted to it goes on.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from seniors.access import DECIDERS, STAFF, territories_of, visible_seniors
from seniors.enums import Role
from seniors.models import Senior, Territory, User
from seniors.person import PERSON, rows_of
from seniors.refusal import Refusal
from visits.acting.steps import OPEN, WITH_SOMEONE
from visits.enums import Family, State
from visits.models import Action, ActionKind, ActionStep, Attendance, Partner

# Who is expected at a place: sent there, whether the place has answered or not.
EXPECTED = (*WITH_SOMEONE, State.DONE)
RECENT = timedelta(days=92)


class PartnerRefusal(Refusal):
    """A gesture that cannot be made."""


def visible_partners(user: User) -> QuerySet[Partner]:
    """Those who work in one of the user's territories; an administrator sees all."""
    if user.role not in STAFF:
        return Partner.objects.none()
    if user.role == Role.ADMINISTRATOR:
        return Partner.objects.all()
    return Partner.objects.filter(territories__in=territories_of(user)).distinct()


def offered_in(territories: Iterable[Territory | int]) -> QuerySet[Partner]:
    """Those who may be asked for someone who lives in one of these territories: active, and at work
    there. One without a territory is offered nowhere."""
    there = Partner.objects.filter(is_active=True, territories__in=list(territories))
    return there.distinct()


def offered_to(senior: Senior) -> QuerySet[Partner]:
    """Those who may be asked where this person lives; nobody for who has no home."""
    home = (senior.merged_into or senior).dwelling
    return offered_in([home.residence.territory_id] if home else [])


@transaction.atomic
def save_partner(
    partner: Partner,
    *,
    kinds: Iterable[ActionKind],
    territories: Iterable[Territory],
    by: User,
) -> Partner:
    """Add or change a partner. A manager says where in her own territories; elsewhere stays.

    Raises PartnerRefusal: role.
    """
    _check_role(by)
    elsewhere = list(
        partner.territories.exclude(pk__in=territories_of(by))
        if partner.pk
        else Territory.objects.none()
    )
    partner.save()
    partner.kinds.set(kinds)
    partner.territories.set([*territories, *elsewhere])
    return partner


@transaction.atomic
def set_active(partner: Partner, active: bool, *, by: User) -> Partner:
    """Put a partner away, or back in the directory. Raises PartnerRefusal: role."""
    _check_role(by)
    partner.is_active = active
    partner.save(update_fields=["is_active"])
    return partner


def open_actions(partner: Partner) -> QuerySet[Action]:
    """What is entrusted to this partner and not finished, everywhere."""
    return Action.objects.filter(partner=partner, state__in=OPEN)


# The catalogue


@transaction.atomic
def save_kind(kind: ActionKind, *, by: User) -> ActionKind:
    """Add a line at the end of its family, or change one. Raises PartnerRefusal: role."""
    _check_role(by)
    if kind.pk is None:
        last = ActionKind.objects.filter(family=kind.family).aggregate(last=Max("position"))
        kind.position = (last["last"] or 0) + 1
        kind.code = _free_code()
    kind.save()
    return kind


@transaction.atomic
def set_proposed(kind: ActionKind, proposed: bool, *, by: User) -> ActionKind:
    """Propose a line of the catalogue, or no more. Raises PartnerRefusal: role."""
    _check_role(by)
    kind.is_active = proposed
    kind.save(update_fields=["is_active"])
    return kind


@transaction.atomic
def move_kind(kind: ActionKind, up: bool, *, by: User) -> None:
    """Change places with its neighbour in the family. Raises PartnerRefusal: role."""
    _check_role(by)
    lines = list(ActionKind.objects.select_for_update().filter(family=kind.family))
    place = lines.index(kind)
    other = place - 1 if up else place + 1
    if 0 <= other < len(lines):
        lines[place], lines[other] = lines[other], lines[place]
    for position, line in enumerate(lines, 1):
        line.position = position
    ActionKind.objects.bulk_update(lines, ["position"])


def catalogue() -> list[tuple[Family, list[ActionKind]]]:
    """Each family with its lines, and how often each was used (`used`, `open`)."""
    lines = ActionKind.objects.annotate(
        used=Count("actions"), open=Count("actions", filter=Q(actions__state__in=OPEN))
    ).order_by("position", "label")
    groups: dict[str, list[ActionKind]] = {family.value: [] for family in Family}
    for line in lines:
        groups[line.family].append(line)
    return [(Family(family), lines) for family, lines in groups.items()]


def _free_code() -> str:
    """A code of the landlord's own; those that are shipped are words."""
    taken = set(ActionKind.objects.values_list("code", flat=True))
    number = 1
    while f"own_{number}" in taken:
        number += 1
    return f"own_{number}"


# Attendance at a place or a collective activity


@dataclass(frozen=True)
class Seat:
    """Someone expected at a place one day; `came` is None while nothing was said."""

    person: Senior
    came: bool | None
    times: int
    last_on: date | None


def sheet(partner: Partner, on: date, user: User) -> list[Seat]:
    """Who is expected there that day, asked for by then, and whoever came or was missing, of those
    `user` may see; by name."""
    seen = visible_seniors(user)
    asked = ActionStep.objects.standing().filter(to_state=State.REQUESTED, on__lte=on)
    sent = Action.objects.filter(
        Exists(asked.filter(action=OuterRef("pk"), partner=partner)),
        partner=partner,
        state__in=EXPECTED,
    )
    rows = rows_of(seen, Attendance.objects.filter(partner=partner))
    marks = dict(rows.filter(on=on).values_list("person", "came"))
    counts = rows.filter(came=True, on__gt=on - RECENT, on__lte=on).order_by().values("person")
    counts = counts.annotate(times=Count("pk"), last=Max("on"))
    times = {row["person"]: (row["times"], row["last"]) for row in counts}
    expected = set(rows_of(seen, sent).values_list("person", flat=True)) | set(marks)
    people = Senior.objects.filter(pk__in=expected).select_related("dwelling__residence")
    return [
        Seat(one, marks.get(one.pk), *times.get(one.pk, (0, None)))
        for one in people.order_by("search_name")
    ]


@transaction.atomic
def record_attendance(
    partner: Partner, on: date, *, came: Collection[int], listed: Iterable[Senior], by: User
) -> int:
    """Write down who came that day, of those `listed`; said again, it replaces. How many came.

    Raises PartnerRefusal: role, place, future.
    """
    if by.role not in STAFF:
        raise PartnerRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    if not partner.is_place:
        raise PartnerRefusal(
            "place",
            f"{partner} n’est ni un lieu ni une activité collective\u00a0: rien n’a changé.",
        )
    if on > timezone.localdate():
        raise PartnerRefusal(
            "future", "Cette séance n’a pas encore eu lieu\u00a0: rien n’a été enregistré."
        )
    listed = list(listed)
    sent = Action.objects.filter(partner=partner, senior__in=listed).order_by("pk")
    action_of = dict(sent.values_list("senior_id", "pk"))
    Attendance.objects.bulk_create(
        [
            Attendance(
                partner=partner,
                senior=person,
                on=on,
                came=person.pk in came,
                recorded_by=by,
                action_id=action_of.get(person.pk),
            )
            for person in listed
        ],
        update_conflicts=True,
        unique_fields=["partner", "senior", "on"],
        update_fields=["came", "recorded_by"],
    )
    return sum(person.pk in came for person in listed)


@transaction.atomic
def forget_sheet(partner: Partner, on: date, *, listed: Iterable[Senior], by: User) -> int:
    """A sheet noted on the wrong day: nobody of those `listed` came or was missing that day. How
    many lines went. Raises PartnerRefusal: role."""
    if by.role not in STAFF:
        raise PartnerRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    people = Senior.objects.filter(pk__in=[person.pk for person in listed])
    rows = rows_of(people, Attendance.objects.filter(partner=partner, on=on))
    return rows.delete()[0]


def sessions(partner: Partner, user: User, *, most: int = 12) -> list[dict]:
    """The latest days with how many came of how many expected, of those `user` may see."""
    rows = rows_of(visible_seniors(user), Attendance.objects.filter(partner=partner))
    days = (
        rows.order_by()
        .values("on")
        .annotate(
            came=Count(PERSON, filter=Q(came=True), distinct=True),
            expected=Count(PERSON, distinct=True),
        )
    )
    return list(days.order_by("-on")[:most])


def _check_role(by: User) -> None:
    if by.role not in DECIDERS:
        raise PartnerRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
