"""Who may still be written to in a campaign, and why not: what printing and reminders share.

Read twice: for many when a sending is prepared, then for a few, under a lock, when it leaves.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from seniors import departed
from seniors.models import Senior, Territory
from seniors.person import people_of, records_of
from surveys.campaigns.dispatch import running_objections
from surveys.models import Call, Campaign, Invitation, Response, Sending
from surveys.receiving.calls import DEPARTURES, refused_by_phone

Outcome = Sending.Outcome


def reachable(campaign: Campaign, *, on: date) -> QuerySet[Senior]:
    """People invited, housed, not said gone, without an objection that day: one row for each, with
    the `invitation` (its id) and the `invitation_reference` that are hers."""
    hers = Invitation.objects.filter(campaign=campaign, senior=OuterRef("pk"))
    absorbed = Invitation.objects.filter(campaign=campaign, senior__merged_into=OuterRef("pk"))
    return (
        Senior.objects.housed()
        .filter(pk__in=people_of(Invitation.objects.filter(campaign=campaign)))
        .exclude(pk__in=people_of(running_objections(on)))
        .exclude(departed.said_gone(on))
        .annotate(
            invitation=_first(hers, absorbed, "pk"),
            invitation_reference=_first(hers, absorbed, "reference"),
        )
    )


def _first(hers: QuerySet, absorbed: QuerySet, field: str) -> Coalesce:
    """That of the record kept, else of the first of those merged into it."""
    return Coalesce(
        Subquery(hers.values(field)[:1]), Subquery(absorbed.order_by("pk").values(field)[:1])
    )


def silent(
    campaign: Campaign, *, on: date, territories: Collection[Territory] | None = None
) -> QuerySet[Senior]:
    """Those of them who neither answered nor refused on the telephone."""
    refused = people_of(Invitation.objects.filter(pk__in=refused_by_phone(campaign)))
    people = (
        reachable(campaign, on=on)
        .exclude(pk__in=people_of(Response.objects.filter(campaign=campaign)))
        .exclude(pk__in=refused)
    )
    if territories is None:
        return people
    return people.filter(dwelling__residence__territory__in=territories)


def invitations_of(campaign: Campaign, people: Sequence[int]) -> dict[int, Invitation]:
    """{person: the invitation that is hers} of these people, few enough for a query."""
    records = records_of(people)
    rows = Invitation.objects.filter(campaign=campaign, senior__in=list(records))
    found: dict[int, Invitation] = {}
    for row in rows.select_related("campaign").order_by("-pk"):
        person = records[row.senior_id]
        # That of the record kept holds, else the first of those merged into it.
        if row.senior_id == person or getattr(found.get(person), "senior_id", None) != person:
            found[person] = row
    return found


def lock(people: Sequence[int]) -> None:
    """Hold these people, few enough for a query, to the end of the transaction.

    Whoever writes an answer, an objection or an end of lease refers to their rows, and so waits;
    what was being written before is waited for, then seen by `barred`.
    """
    rows = Senior.objects.select_for_update().filter(pk__in=list(records_of(people)))
    list(rows.order_by("pk").values_list("pk", flat=True))


def barred(campaign: Campaign, people: Sequence[int], *, on: date) -> dict[int, Sending.Outcome]:
    """{person: why} for those of these people, few enough for a query, whom nothing may be sent
    to any more in this campaign."""
    records = records_of(people)

    def theirs(rows: QuerySet, field: str = "senior") -> set[int]:
        found = rows.filter(**{f"{field}__in": list(records)}).order_by()
        return {records[one] for one in found.values_list(field, flat=True)}

    by_phone = Call.objects.filter(invitation__in=refused_by_phone(campaign))
    gone = by_phone.filter(outcome__in=DEPARTURES)
    here = Senior.objects.housed().filter(pk__in=people).values_list("pk", flat=True)
    # Each overrides the one before: the last is what will be read.
    return (
        dict.fromkeys(theirs(by_phone, "invitation__senior"), Outcome.REFUSED)
        | dict.fromkeys(theirs(Response.objects.filter(campaign=campaign)), Outcome.ANSWERED)
        | dict.fromkeys(theirs(running_objections(on)), Outcome.OBJECTED)
        | dict.fromkeys(theirs(gone, "invitation__senior"), Outcome.GONE)
        | dict.fromkeys((records[one] for one in departed.among(records, on)), Outcome.GONE)
        | dict.fromkeys(set(people) - set(here), Outcome.GONE)
    )
