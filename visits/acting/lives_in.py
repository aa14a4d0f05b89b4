"""The residence where the person of each need and action lives today, and that where each action
is made, kept on the rows themselves.

A list of many is counted and sorted by them: through her record, perhaps merged, and a dwelling,
300,000 rows cost four joins each time. They are copies: `seniors` says who lives where and what a
dwelling is of, `follow_up` writes them on new rows, `keep` and `keep_made_in` follow each change,
`mend` is the check of every night. What opens a record or changes one reads the true way
(`seniors.access`), and a page of a list leaves out a row whose copy would be wrong.
"""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db import models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
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
# Where an action is made: in the dwelling where it was decided, whoever lives there now.
MADE = Coalesce(F(_HOME), TRUE)
# What each row keeps. Needs first: an action decided meanwhile holds its need, and takes the
# residence from it.
KEPT_ON: dict[type[models.Model], dict[str, models.Expression]] = {
    Need: {"lives_in": TRUE},
    Action: {"lives_in": TRUE, "made_in": MADE},
}


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
def keep_made_in(dwellings: Collection[int]) -> int:
    """Follow these dwellings, which are of another residence now; how many actions."""
    return _mend(Action.objects.filter(dwelling__in=dwellings))


@transaction.atomic
def mend() -> int:
    """Bring every row to its true residences; how many were not there: none when all is well."""
    return sum(_mend(model.objects.all()) for model in KEPT_ON)


def astray(rows: QuerySet) -> QuerySet:
    """Those of these needs or actions one of whose copies is not `true_…`, the true one."""
    copies = KEPT_ON[rows.model]
    told = rows.annotate(
        **{f"true_{name}": true for name, true in copies.items()},
        **{f"kept_{name}": Coalesce(name, Value(0)) for name in copies},
    )
    wrong = (~Q(**{f"kept_{name}": Coalesce(F(f"true_{name}"), Value(0))}) for name in copies)
    return told.filter(reduce(or_, wrong))


def _mend(rows: QuerySet) -> int:
    copies = KEPT_ON[rows.model]
    found = list(astray(rows).order_by().values_list(*(f"true_{name}" for name in copies), "pk"))
    if found:
        bulk.update(rows.model, [f"{name}_id" for name in copies], found)
    return len(found)
