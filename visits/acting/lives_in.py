"""The residence where the person of each need and action lives today, kept on the row itself.

A list of many is counted and sorted by it: through her record, perhaps merged, and her dwelling,
300,000 rows cost four joins each time. It is a copy: `seniors` says where she lives, `follow_up`
writes it on new rows, `keep` follows each move, `mend` is the check of every night. What opens a
record or changes one reads the true way (`seniors.access`), and a page of a list leaves out a row
whose copy would be wrong.
"""

from collections.abc import Collection

from django.db import models, transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from seniors import bulk
from seniors.models import Senior
from seniors.person import records_of
from visits.models import Action, Need

_HOME = "dwelling__residence"
# Where the person of a row lives: on the record kept of her, when hers was merged.
TRUE = Case(
    When(senior__merged_into=None, then=F(f"senior__{_HOME}")),
    default=F(f"senior__merged_into__{_HOME}"),
)
# Needs first: an action decided meanwhile holds its need, and takes the residence from it.
KEPT_ON: tuple[type[models.Model], ...] = (Need, Action)


def homes_of(people: Collection[int]) -> dict[int, int | None]:
    """{person: the residence where she lives}, on records that are not merged."""
    return dict(Senior.objects.filter(pk__in=people).values_list("pk", _HOME))


@transaction.atomic
def keep(records: Collection[int]) -> int:
    """Follow the moves of these people, whichever record of theirs is given; how many rows."""
    kept = Senior.objects.filter(pk__in=records).values_list("pk", "merged_into")
    theirs = list(records_of([into or pk for pk, into in kept]))
    return sum(_mend(model.objects.filter(senior__in=theirs)) for model in KEPT_ON)


@transaction.atomic
def mend() -> int:
    """Bring every row to where its person lives; how many were not there: none when all is well."""
    return sum(_mend(model.objects.all()) for model in KEPT_ON)


def astray(rows: QuerySet) -> QuerySet:
    """Those of these needs or actions whose copy is not where the person lives, `true`."""
    told = rows.annotate(true=TRUE, kept=Coalesce("lives_in", Value(0)))
    return told.exclude(kept=Coalesce(F("true"), Value(0)))


def _mend(rows: QuerySet) -> int:
    found = list(astray(rows).order_by().values_list("true", "pk"))
    if found:
        bulk.update(rows.model, ["lives_in_id"], found)
    return len(found)
