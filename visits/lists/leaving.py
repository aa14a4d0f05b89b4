"""Someone leaves the lists, or what they say of her is erased: at her word, published or not; or
is set aside, said gone or dead, until the landlord's file or a person says what is true.

The other door to the rows of a list, beside `listing`: a list that is published never changes but
for this, and a person does not have to be named to be counted.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from seniors.models import User
from visits.models import Mute, Neighbour, Visit, VisitListEntry

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


def set_aside(records: Collection[int], pause: Mute, *, because: str, by: User) -> int:
    """She is skipped on the lists that are not over, as long as this pause holds; on how many."""
    lines = to_come(records, timezone.localdate()).filter(skipped_at=None)
    return lines.update(
        skipped_because=because, skipped_by=by, skipped_at=timezone.now(), skipped_for=pause
    )


def put_back(pause: Mute) -> int:
    """She is again on the lists that are not over from which this pause had set her aside."""
    lines = VisitListEntry.objects.filter(skipped_for=pause, skipped_at__isnull=False)
    running = lines.filter(visit_list__ends_on__gte=timezone.localdate())
    return running.update(skipped_because="", skipped_by=None, skipped_at=None, skipped_for=None)


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
