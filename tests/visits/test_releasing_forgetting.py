"""Someone erased is known no more in what joins the files of the years; others keep their path."""

import pandas as pd
import pytest

from seniors import erasing
from seniors.enums import ConsentKind, Role
from tests.make import make_dwelling, make_senior, make_user
from tests.visits.releasing import YEAR, consent, make_convention, make_release, make_stock
from visits.enums import ReleaseState
from visits.releasing import given, making, releases
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


@pytest.mark.parametrize("agrees", [True, False])
def test_a_file_that_is_being_made_does_not_bring_her_back(
    settings, django_capture_on_commit_callbacks, agrees
):
    """She was in the file of the year before. In this one the making is given up; she said no
    since, it is not, and ends after she was erased."""
    people, convention = make_stock(144, of=2), make_convention()
    make_release("rows", convention=convention, year=YEAR - 1)
    hers = people[0]
    base = pseudonym(key_for(settings.SECRET_KEY, ""), f"{hers.uid}")
    assert base in memory_path().read_text()
    if not agrees:
        consent(hers, ConsentKind.EVALUATION, given=False, days=1)
    told = {"convention": convention, "kind": "rows", "year": YEAR, "purpose": "Bilan"}
    release = releases.ask(**told, by=make_user(Role.EVALUATOR))
    release = releases.approve(release, by=convention.created_by)

    def erase(done: int) -> None:
        if not hers.erased_on:
            with django_capture_on_commit_callbacks(execute=True):
                erasing.erase(hers, by=convention.created_by, typed=hers.reference)
            hers.refresh_from_db()
            assert base not in memory_path().read_text()

    making.make_release(release, progress=erase)
    assert hers.erased_on
    assert release.state == (ReleaseState.FAILED if agrees else ReleaseState.READY)
    assert base not in memory_path().read_text()
    memory = given.load(memory_path())
    years = [YEAR - 1] if agrees else [YEAR - 1, YEAR]
    assert [one.year for one in memory.years] == years
    assert len(memory.shown_in(YEAR - 1)) == 72
    assert (memory.paths["base"] == "").sum() == 1


def test_an_erasure_that_ends_a_file_s_way_does_not_drop_its_year(
    settings, django_capture_on_commit_callbacks
):
    """A file is kept between the erasure and what it takes out: both stand."""
    people, convention = make_stock(144, of=2), make_convention()
    make_release("rows", convention=convention, year=YEAR - 1)
    hers = people[0]
    consent(hers, ConsentKind.EVALUATION, given=False, days=1)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(hers, by=convention.created_by, typed=hers.reference)
        make_release("rows", convention=convention)
    memory = given.load(memory_path())
    assert [one.year for one in memory.years] == [YEAR - 1, YEAR]
    assert (memory.paths["base"] == "").sum() == 1
