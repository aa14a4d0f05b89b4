"""Someone erased is known no more in what joins the files of the years; others keep their path."""

import pandas as pd
import pytest

from seniors import erasing
from seniors.enums import Role
from tests.make import make_dwelling, make_senior, make_user
from visits.releasing import given
from visits.releasing.releases import memory_path
from visits.releasing.rows import key_for, link, pseudonym

pytestmark = pytest.mark.django_db


def test_her_path_goes_and_every_other_stays(settings, django_capture_on_commit_callbacks):
    home = make_dwelling()
    people = [make_senior(home) for _ in range(24)]
    hers, others = people[0], people[1:]
    key, path = key_for(settings.SECRET_KEY, ""), memory_path()
    bases = pd.Series([pseudonym(key, f"{one.uid}") for one in people])
    before = link(bases, pd.Series(["A"] * 24), None, key, k=11).memory
    path.parent.mkdir(parents=True, exist_ok=True)
    given.save(given.Memory((given.Year(2025, {}),), before), path)
    admin = make_user(Role.ADMINISTRATOR)
    told = dict(erasing.plan(hers).goes)
    assert told["pseudonyme d’un export suivi d’année en année"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(hers, by=admin, typed=hers.reference)
    assert bases[0] not in path.read_text()
    kept = given.load(path).paths
    assert len(kept) == 24
    # The next file is the one it would have been, for everyone else.
    later = bases[1:], pd.Series(["A"] * len(others), bases[1:].index)
    next_year = link(*later, kept, key, k=11)
    assert next_year.pseudonyms.equals(link(*later, before, key, k=11).pseudonyms)
