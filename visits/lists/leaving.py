"""Someone leaves the lists, or what they say of her is erased: at her word, published or not.

The other door to the rows of a list, beside `listing`: a list that is published never changes but
for this, and a person does not have to be named to be counted.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from visits.models import Neighbour, Visit, VisitListEntry

ERASED = "Motif effacé à la demande de la personne."


def to_come(records: Collection[int], today: date) -> QuerySet[VisitListEntry]:
    """Her lines of lists that are not over, for which no visit was made."""
    made = Visit.objects.filter(entry=OuterRef("pk"))
    lines = VisitListEntry.objects.filter(senior__in=records, visit_list__ends_on__gte=today)
    return lines.exclude(Exists(made))


def beside(records: Collection[int]) -> QuerySet[Neighbour]:
    """Where she is proposed beside a list."""
    return Neighbour.objects.filter(senior__in=records)


def take_off(records: Collection[int], today: date) -> None:
    """She is on no list that is not over, nor beside one."""
    to_come(records, today).delete()
    beside(records).delete()


def explained(records: Collection[int]) -> QuerySet[VisitListEntry]:
    """Her lines that still say why, or how high she stood."""
    told = ~Q(reason=ERASED) | ~Q(paper_reason="") | Q(total__isnull=False)
    return VisitListEntry.objects.filter(told, senior__in=records)


def forget_reasons(records: Collection[int]) -> int:
    """Her lines say nothing more of her; that she was on these lists stays."""
    lines = VisitListEntry.objects.filter(senior__in=records)
    lines.exclude(skipped_because="").update(skipped_because=ERASED)
    Neighbour.objects.filter(senior__in=records).update(reason=ERASED)
    return lines.update(reason=ERASED, paper_reason="", total=None)
