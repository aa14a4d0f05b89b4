"""« À placer »: who is on an officer's list and has no day yet; and a week proposed for them."""

from datetime import date, datetime
from math import ceil

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from seniors.models import User
from seniors.person import PERSON, people_of
from visits.agenda import mutes, planning, rounds
from visits.agenda.appointment_rules import PlanRefusal, standing
from visits.agenda.weeks import HalfDay, half_days
from visits.models import Appointment, Visit, VisitList, VisitListEntry

URGENT = VisitListEntry.Why.URGENT


def to_place(officer: User, first: date, last: date) -> QuerySet[VisitListEntry]:
    """The entries of her published lists of these days that wait for a day, in order.

    Left out: skipped, seen, left in peace, to be tried again later, gone from the territories. A
    day that went by without a visit counts for nothing. `person` is the record kept.
    """
    lists = VisitList.objects.filter(
        officer=officer, published_at__isnull=False, starts_on__lte=last, ends_on__gte=first
    )
    today = timezone.localdate()
    aside = (mutes.in_force(max(first, today)), mutes.objections(max(first, today), last))
    entries = VisitListEntry.objects.filter(
        visit_list__in=lists,
        skipped_at=None,
        senior__dwelling__residence__territory__in=officer.territories.all(),
    ).annotate(person=PERSON)
    for rows in aside:
        entries = entries.exclude(person__in=people_of(rows))
    return (
        entries.exclude(Exists(settled(last)))
        .exclude(Exists(_hers(standing().filter(day__gte=today)).exclude(_tried_today())))
        .order_by("visit_list__starts_on", "position", "pk")
    )


@transaction.atomic
def propose_week(
    visit_list: VisitList, *, by: User, now: datetime | None = None
) -> list[Appointment]:
    """Give a half-day to each entry that has none: urgent first, then by closeness.

    Each half-day takes an equal share, rounded up, so that the last ones stay free for what comes.
    Raises PlanRefusal: officer, draft, nothing, no_day.
    """
    planning.hold(visit_list.officer, by)
    if visit_list.published_at is None:
        raise PlanRefusal(
            "draft", "Publiez d’abord la liste\u00a0: une semaine se propose d’après elle."
        )
    entries = list(
        to_place(visit_list.officer, visit_list.starts_on, visit_list.ends_on)
        .filter(visit_list=visit_list)
        .select_related("senior__dwelling")
    )
    if not entries:
        raise PlanRefusal("nothing", "Toutes les visites de la liste ont déjà un jour.")
    free = half_days(visit_list.starts_on, visit_list.ends_on, now or timezone.localtime())
    if not free:
        raise PlanRefusal(
            "no_day",
            "La période de la liste n’a plus de jour ouvré devant elle\u00a0: placez les visites "
            "une à une. Rien n’est changé.",
        )
    places = rounds.spread(_in_order(entries), _room(visit_list, free, len(entries)))
    wished = [(stop.key, *free[place]) for place, stop in places]
    return planning.plan_many(visit_list.officer, wished, by=by)


def _in_order(entries: list[VisitListEntry]) -> list[rounds.Halt]:
    """The halts with someone urgent, by distance, then the others from there."""
    halts = rounds.halts(planning.stop_of(entry, entry.senior) for entry in entries)
    urgent = [halt for halt in halts if any(stop.key.why == URGENT for stop in halt)]
    first = rounds.halts_in_order(urgent)
    last = next((stop.point for halt in reversed(first) for stop in halt if stop.point), None)
    rest = [halt for halt in halts if halt not in urgent]
    return first + rounds.halts_in_order(rest, start=last)


def _room(visit_list: VisitList, free: list[HalfDay], count: int) -> list[int]:
    """How many more visits each half-day takes."""
    kept = standing().filter(
        officer=visit_list.officer, day__range=(visit_list.starts_on, visit_list.ends_on)
    )
    taken = [(day, slot) for day, slot in kept.values_list("day", "slot") if (day, slot) in free]
    share = ceil((count + len(taken)) / len(free))
    return [max(share - taken.count(half_day), 0) for half_day in free]


def _hers(rows: QuerySet) -> QuerySet:
    """Rows of the person of the entry looked at, on whichever record."""
    return rows.annotate(person=PERSON).filter(person=OuterRef("person"))


def settled(last: date, *, before: date | None = None) -> QuerySet[Visit]:
    """The visits after which an entry is proposed no more up to `last`: done since its list began,
    from this entry or not, or to be tried again later. `before`: none of that day or after counts.

    Made for an Exists on entries annotated with their `person`.
    """
    since = Q(entry=OuterRef("pk")) | Q(made_on__gte=OuterRef("visit_list__starts_on"))
    done = Q(outcome=Visit.Outcome.DONE) & since
    visits = Visit.objects.filter(done | Q(try_again_on__gt=last))
    return _hers(visits.filter(made_on__lt=before) if before else visits)


def _tried_today() -> Q:
    """Whether an appointment of today already had its visit."""
    today = timezone.localdate()
    visits = Visit.objects.filter(made_on=today).annotate(who=PERSON)
    return Q(day=today) & Exists(visits.filter(who=OuterRef("person")))
