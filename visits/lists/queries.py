"""What the pages of lists, the workbook and the paper read, in a fixed number of queries."""

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from seniors.access import territories_of
from seniors.extract.text import plain
from seniors.models import Senior, User
from seniors.person import people_of
from seniors.queries import search
from visits.access import visible_lists
from visits.agenda import mutes
from visits.models import Neighbour, Visit, VisitList, VisitListEntry

HOME = "senior__dwelling__residence"
MOST_FOUND = 12


def lists_for(user: User) -> QuerySet[VisitList]:
    """The lists of the index, each with its number of visits, the latest period first."""
    return (
        visible_lists(user)
        .select_related("officer")
        .prefetch_related("territories")
        .annotate(visits=Count("entries", filter=Q(entries__skipped_at=None)))
        .order_by("-starts_on", "officer__last_name", "pk")
    )


def reach_of(user: User, territory_ids: list[int]) -> int | None:
    """How many seniors live in those of the user's territories; None when none is chosen."""
    if not territory_ids:
        return None
    there = territories_of(user).filter(pk__in=territory_ids)
    return Senior.objects.housed().filter(dwelling__residence__territory__in=there).count()


def entries_of(visit_list: VisitList) -> QuerySet[VisitListEntry]:
    """The entries in order, skipped ones too, each with her home, last visit and neighbours."""
    who = OuterRef(OuterRef("senior"))
    records = Senior.objects.filter(Q(pk=who) | Q(merged_into=who)).values("pk")
    done = Visit.objects.filter(senior__in=records, outcome=Visit.Outcome.DONE)
    last = done.order_by("-made_on").values("made_on")[:1]
    near = mutes.to_call_on(Neighbour.objects.all(), timezone.localdate()).select_related(HOME)
    return (
        visit_list.entries.select_related(HOME, "skipped_by", "added_by")
        .annotate(last_visit_on=Subquery(last))
        .prefetch_related(Prefetch("neighbours", near))
        .order_by("position", "pk")
    )


def entries_read(visit_list: VisitList, *links: str) -> list[VisitListEntry]:
    """`entries_of`, read with these links too, for a screen or a paper.

    The home and telephones of someone who has since moved to another territory are left out:
    they are for that territory to know.
    """
    here = set(visit_list.territories.values_list("pk", flat=True))
    entries = list(entries_of(visit_list).select_related(HOME, *links))
    for entry in entries:
        for senior in (entry.senior, *(one.senior for one in entry.neighbours.all())):
            if senior.dwelling and senior.dwelling.residence.territory_id not in here:
                senior.dwelling, senior.phone, senior.mobile = None, "", ""
    return entries


def addable(visit_list: VisitList, words: str) -> list[Senior]:
    """At most 12 seniors of the list's territories found by name, reference or street.

    `listed` says whether she is on the list already.
    """
    words = words.replace("\x00", "")
    if len(plain(words)) < 2:
        return []
    here = Senior.objects.housed().filter(
        dwelling__residence__territory__in=visit_list.territories.all()
    )
    listed = Q(pk__in=people_of(visit_list.entries))
    found = search(here, words).annotate(listed=listed).order_by("search_name", "pk")
    return list(found.select_related("dwelling__residence")[:MOST_FOUND])


def counts_of(entries: list[VisitListEntry]) -> dict[str, int]:
    """How many visits are left to make, skipped, and of each kind, from entries already read."""
    kept = [entry for entry in entries if not entry.skipped_at]
    return {"visits": len(kept), "skipped": len(entries) - len(kept)} | {
        why.value: sum(entry.why == why for entry in kept) for why in VisitListEntry.Why
    }
