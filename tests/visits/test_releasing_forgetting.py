"""Someone erased is known no more in what joins the files of the years; others keep their path."""

import pandas as pd
import pytest

from seniors import erasing
from seniors.enums import Role
from tests.make import make_dwelling, make_senior, make_user
from tests.visits.releasing import make_convention
from visits.releasing.making import _remembered
from visits.releasing.releases import memory_of
from visits.releasing.rows import key_for, link, pseudonym

pytestmark = pytest.mark.django_db


def test_her_pseudonym_goes_and_every_other_stays(settings, django_capture_on_commit_callbacks):
    home = make_dwelling()
    people = [make_senior(home) for _ in range(24)]
    hers, others = people[0], people[1:]
    memories = {}
    for convention in (make_convention(), make_convention()):
        key = key_for(settings.SECRET_KEY, f"{convention.uid}")
        bases = pd.Series([pseudonym(key, f"{one.uid}") for one in people])
        first = link(bases, pd.Series(["A"] * 24), None, key, k=11)
        path = memory_of(convention)
        path.parent.mkdir(parents=True, exist_ok=True)
        first.memory.to_csv(path, index=False)
        memories[path] = key, bases, first.memory
    admin = make_user(Role.ADMINISTRATOR)
    told = dict(erasing.plan(hers).goes)
    assert told["pseudonymes d’exports suivis d’année en année"] == 2
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(hers, by=admin, typed=hers.reference)
    for path, (key, bases, before) in memories.items():
        assert bases[0] not in path.read_text()
        kept = _remembered(path)
        assert len(kept) == 24
        # The next file is the one it would have been, for everyone else.
        later = bases[1:], pd.Series(["A"] * len(others), bases[1:].index)
        next_year = link(*later, kept, key, k=11)
        assert next_year.pseudonyms.equals(link(*later, before, key, k=11).pseudonyms)
