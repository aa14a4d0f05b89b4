"""Drafts: each answer kept as it changes, one per officer and person, finished whole or not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seniors.enums import Role
from seniors.models import Senior
from tests.make import make_user
from tests.visits.makers import make_agency
from tests.visits.sending import YES, send
from visits.models import AsideForm, VisitDraft, VisitForm
from visits.visiting import drafts, form
from visits.visiting.fields import Refused
from visits.visiting.recording import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_agency(1)[1]


@pytest.fixture
def jeanne(officer):
    return Senior.objects.get()


def test_answers_add_up_and_an_empty_one_takes_the_former_away(officer, jeanne):
    drafts.save_fields(jeanne, {"item.online": "1"}, by=officer)
    draft, refused = drafts.save_fields(
        jeanne, {"item.goes_out": "2", "item.online": "", "wish.words": "Un banc"}, by=officer
    )
    assert refused == {}
    assert draft.content == {"present.senior": 1, "item.goes_out": 2, "wish.words": "Un banc"}


def test_what_is_refused_leaves_the_rest_kept(officer, jeanne):
    draft, refused = drafts.save_fields(
        jeanne, {"item.online": "1", "item.falls": "9", "home.words": "elle est folle"}, by=officer
    )
    assert refused.keys() == {"item.falls", "home.words"}
    assert draft.content["item.online"] == 1


def test_what_tells_of_health_is_kept_once_she_agrees_and_let_go_when_she_does_not(officer, jeanne):
    draft, refused = drafts.save_fields(jeanne, {"item.falls": "1"}, by=officer)
    assert "qu’avec son accord" in refused["item.falls"]
    assert "item.falls" not in draft.content
    values = {"consent.health": "1", "item.falls": "1"}
    draft, refused = drafts.save_fields(jeanne, values, by=officer)
    assert (refused, draft.content["item.falls"]) == ({}, 1)
    draft, refused = drafts.save_fields(jeanne, {"consent.health": "0"}, by=officer)
    assert (refused, "item.falls" in draft.content) == ({}, False)


def test_an_earlier_consent_on_health_lets_it_be_kept(officer, jeanne):
    send(jeanne, officer, YES, days_ago=30)
    draft, refused = drafts.save_fields(jeanne, {"item.falls": "1"}, by=officer)
    assert (refused, draft.content["item.falls"]) == ({}, 1)


def test_each_officer_has_a_draft_of_one_s_own(officer, jeanne):
    other = make_user(Role.OFFICER, jeanne.dwelling.residence.territory)
    for by, value in ((officer, "1"), (other, "0")):
        drafts.save_fields(jeanne, {"item.online": value}, by=by)
    assert drafts.draft_of(officer, jeanne).content["item.online"] == 1
    assert [one.officer for one in drafts.drafts_of(other)] == [other]


def test_a_form_refused_keeps_its_draft(officer, jeanne):
    values = {"outcome": "absent", "item.online": "1"}
    draft, _ = drafts.save_fields(jeanne, values, by=officer)
    with pytest.raises(Refused):
        drafts.finish(draft, by=officer)
    assert VisitDraft.objects.get() == draft
    assert not VisitForm.objects.exists()


def test_a_form_in_conflict_is_kept_aside_and_its_draft_goes(officer, jeanne):
    draft, _ = drafts.save_fields(jeanne, {"item.online": "1"}, by=officer)
    drafts.finish(draft, by=officer)
    again = VisitDraft.objects.create(
        uid=draft.uid, senior=jeanne, officer=officer, channel="desk", content={"item.online": 0}
    )
    with pytest.raises(Conflict):
        drafts.finish(again, by=officer)
    assert not VisitDraft.objects.exists()
    assert AsideForm.objects.count() == 1


def test_a_visit_not_made_needs_nobody_present(officer, jeanne):
    draft, _ = drafts.save_fields(jeanne, {"outcome": "absent"}, by=officer)
    assert drafts.finish(draft, by=officer).form.content == {}


ANSWERS = {
    one.code: st.sampled_from([str(value) for value, _ in one.choices])
    for one in form.FIELDS.values()
    if one.code.startswith(("item.", "hazard.", "right."))
}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(ANSWERS)).flatmap(
    lambda code: st.tuples(st.just(code), ANSWERS[code])), max_size=12))  # fmt: skip
def test_one_answer_at_a_time_or_all_at_once_is_the_same_form(officer, jeanne, answers):
    VisitDraft.objects.all().delete()
    for code, value in answers:
        drafts.save_fields(jeanne, {code: value}, by=officer)
    one = drafts.draft_of(officer, jeanne)
    VisitDraft.objects.all().delete()
    whole, _ = drafts.save_fields(jeanne, dict(answers), by=officer)
    assert (one.content if one else form.blank()) == whole.content
