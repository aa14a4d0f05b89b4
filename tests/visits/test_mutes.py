"""A pause has a reason and an end, hides from the lists, and is lifted by who may."""

from datetime import timedelta

import pytest

from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_user
from tests.visits.makers import FRIDAY, MONDAY, make_agency, make_list, names_on
from tests.visits.weekly import make_week, people_of, today
from visits.agenda import mutes
from visits.agenda.mutes import MuteRefusal, lift, mute, mute_of
from visits.lists.around import left_out_lines
from visits.lists.listing import ListRefusal, add_entry, propose_again, publish_list
from visits.models import Mute, Visit

pytestmark = pytest.mark.django_db
Why = Mute.Why


@pytest.fixture
def someone():
    """A person and her officer."""
    made = make_week(1)
    return people_of(made)[0], made.officer


def test_a_pause_holds_on_its_last_day_and_not_after(someone):
    senior, officer = someone
    until = today() + timedelta(days=3)
    pause = mute(senior, why=Why.OFFICER, until=until, by=officer, reason="chez sa fille")
    assert mute_of(senior, until) == pause
    assert mute_of(senior, until + timedelta(days=1)) is None


def test_the_pause_that_lasts_longest_is_the_one_said(someone):
    senior, officer = someone
    endless = mute(senior, why=Why.MOVED, by=officer)
    mute(senior, why=Why.HOSPITAL, until=today() + timedelta(days=3), by=officer)
    assert mute_of(senior, today()) == endless


def test_a_pause_ends_after_it_began(someone):
    senior, officer = someone
    with pytest.raises(MuteRefusal) as refusal:
        mute(senior, why=Why.OFFICER, until=today() - timedelta(days=1), by=officer)
    assert (refusal.value.code, Mute.objects.count()) == ("end", 0)


def test_a_social_security_number_is_never_kept(someone):
    senior, officer = someone
    with pytest.raises(MuteRefusal) as refusal:
        mute(senior, why=Why.OFFICER, by=officer, reason="n° 2 40 05 29 019 001 42")
    assert (refusal.value.code, Mute.objects.count()) == ("nir", 0)


def test_lifted_it_no_longer_holds_and_says_by_whom(someone):
    senior, officer = someone
    pause = mute(senior, why=Why.HOSPITAL, by=officer)
    lift(pause, by=officer)
    lift(pause, by=make_user(Role.MANAGER))
    pause.refresh_from_db()
    assert (mute_of(senior, today()), pause.lifted_by) == (None, officer)
    gestures = AccessLog.objects.filter(senior=senior).values_list("gesture", flat=True)
    assert set(gestures) == {"mute", "mute-lift"}


def test_a_danger_is_lifted_by_a_manager_only(someone):
    senior, officer = someone
    pause = mute(senior, why=Why.UNSAFE, by=officer)
    with pytest.raises(MuteRefusal) as refusal:
        lift(pause, by=officer)
    assert refusal.value.code == "manager"
    assert mute_of(senior, today()) == pause
    lift(pause, by=make_user(Role.MANAGER))
    assert mute_of(senior, today()) is None


def muted(senior, by, **fields) -> Mute:
    """A pause that holds in the week of `make_list`."""
    return mute(senior, **({"why": Why.HOSPITAL, "since": MONDAY, "by": by} | fields))


def test_a_list_leaves_in_peace_whoever_is_on_pause_and_counts_her():
    territory, officer, seniors = make_agency(4)
    muted(seniors[3], officer)
    made = make_list(territory, officer, capacity=4)
    assert seniors[3].pk not in names_on(made)
    assert made.left_out["muted"] == 1
    assert (1, "en pause") in left_out_lines(made)


def test_a_pause_that_is_over_or_lifted_hides_nobody():
    territory, officer, seniors = make_agency(2)
    muted(seniors[0], officer, since=MONDAY - timedelta(days=9), until=MONDAY - timedelta(days=1))
    lift(muted(seniors[1], officer), by=officer)
    assert len(names_on(make_list(territory, officer, capacity=2))) == 2


def test_whoever_was_absent_comes_back_on_the_list_from_her_day():
    territory, officer, seniors = make_agency(2)
    for senior, days in zip(seniors, (0, 1), strict=True):
        Visit.objects.create(
            senior=senior,
            made_on=MONDAY - timedelta(days=2),
            outcome="absent",
            try_again_on=FRIDAY + timedelta(days=days),
        )
    assert names_on(make_list(territory, officer, capacity=2)) == [seniors[0].pk]


def test_an_addition_says_the_pause_and_is_refused_until_it_is_lifted():
    territory, officer, seniors = make_agency(3)
    pause = muted(seniors[0], officer)
    made = make_list(territory, officer, capacity=1)
    with pytest.raises(ListRefusal) as refusal:
        add_entry(made, seniors[0], because="Sa voisine s’inquiète", by=officer)
    assert refusal.value.code == "muted"
    assert str(refusal.value).startswith("En pause sans date de fin\u00a0: à l’hôpital.")
    lift(pause, by=officer)
    add_entry(made, seniors[0], because="Sa voisine s’inquiète", by=officer)
    assert seniors[0].pk in names_on(made)


def test_a_draft_with_someone_on_pause_since_is_not_published():
    territory, officer, seniors = make_agency(2)
    made = make_list(territory, officer, capacity=2)
    muted(seniors[0], officer)
    with pytest.raises(ListRefusal) as refusal:
        publish_list(made, by=officer)
    assert refusal.value.code == "stale"
    propose_again(made)
    assert names_on(made) == [seniors[1].pk]


def test_the_sentence_says_not_to_go_alone(someone):
    senior, officer = someone
    said = mutes.words(mute(senior, why=Why.UNSAFE, by=officer))
    assert said.endswith("Ne pas y aller seul.")
