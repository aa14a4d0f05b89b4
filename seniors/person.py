"""One person, perhaps on several records: her rows stay where they were written, and count for
the record that was kept.
"""

import json
from collections.abc import Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from seniors.models import Senior

# For any row with a `senior`: the record kept. Merges leave no chain to follow (`merge.merge`).
PERSON = Coalesce("senior__merged_into", "senior")


def rows_of(people: QuerySet[Senior], rows: QuerySet) -> QuerySet:
    """The rows that stand on records of these people; `person` is the id of the one kept."""
    theirs = Q(senior__in=people) | Q(senior__merged_into__in=people)
    return rows.filter(theirs).annotate(person=PERSON)


def records_of(ids: Sequence[int]) -> dict[int, int]:
    """{record: person} of these people, few enough for a query: theirs, and those absorbed."""
    absorbed = Senior.objects.filter(merged_into__in=ids).values_list("pk", "merged_into")
    return {**{one: one for one in ids}, **dict(absorbed)}


def among(ids: Sequence[int]) -> RawSQL:
    """Thousands of ids as one parameter, for `senior__in=`: one each takes longer to bind than to
    search, and SQLite has no room for more than 250,000."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, ids))}}}"])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


def people_of(rows: QuerySet) -> QuerySet:
    """The ids of the people of these rows, to compare with seniors or to list."""
    return rows.order_by().values_list(PERSON, flat=True)
