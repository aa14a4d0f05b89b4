"""A published list is what was decided that week: computed again it is the same, and nothing
that is learned or computed since changes it.
"""

from datetime import date

import pytest

from seniors.fragility import store
from seniors.fragility.store import score_seniors
from seniors.models import Senior
from tests.seniors.test_store import agree, tell
from tests.visits.makers import make_agency, make_list
from visits.lists.candidates import candidates, reasons
from visits.lists.listing import publish_list, recipe_of
from visits.lists.selection import select
from visits.models import VisitList

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    territory, officer, seniors = make_agency(12)
    Senior.objects.filter(pk__in=[one.pk for one in seniors[:4]]).update(last_contact_on=None)
    shares = {"random_share": 0.25, "silent_share": 0.25}
    return publish_list(make_list(territory, officer, capacity=6, **shares), by=officer)


def entries_of(visit_list) -> list[tuple]:
    columns = ("senior_id", "why", "reason", "paper_reason", "total", "probability", "stratum")
    return list(visit_list.entries.values_list(*columns))


def drawn_again(visit_list) -> list[tuple]:
    """The entries that its recipe and its computation give."""
    people = candidates(visit_list)
    made = select(people.sample(frac=1, random_state=3), recipe_of(visit_list))
    words = reasons(visit_list, people, made)
    return [
        (
            row.senior_id,
            row.why,
            *words[row.senior_id],
            row.total,
            row.probability if row.why == "random" else None,
            row.stratum if row.why == "random" else "",
        )
        for row in made.entries.itertuples(index=False)
    ]


def test_its_recipe_and_its_run_give_the_same_list_again(published):
    assert {why for _, why, *_ in entries_of(published)} == {"score", "silent", "random"}
    assert drawn_again(VisitList.objects.get()) == entries_of(published)
    run = published.score_run
    assert store.replay(run).equals(store.stored(run))


def test_what_is_told_and_computed_since_changes_neither_its_people_nor_its_reasons(published):
    before = entries_of(published), VisitList.objects.values().get()
    for entry in published.entries.select_related("senior"):
        agree(entry.senior)
        tell(entry.senior, {"falls": 2, "lonely": 4}, on=date(2026, 11, 20))
    later = score_seniors(as_of=date(2026, 12, 1))
    totals = dict(later.scores.values_list("senior_id", "total"))
    assert [totals[pk] for pk, *_ in before[0]] != [total for *_, total, _, _ in before[0]]
    assert (entries_of(published), VisitList.objects.values().get()) == before
    # Its own computation still gives it: scores are added, never written over.
    assert drawn_again(published) == before[0]
