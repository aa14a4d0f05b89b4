"""Forms sent together: each counts as if it had been sent alone, in the order they were made."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction

from seniors import merge
from seniors.enums import Role, Source
from seniors.models import Consent, Observation, Senior
from tests.make import make_senior, make_user
from tests.visits.acting import kind_of, make_partner, territory_of
from tests.visits.makers import make_agency
from tests.visits.sending import YES, days_ago, send, sent
from visits.acting.follow_up import add_need, decide
from visits.models import (
    Action,
    ActionStep,
    Agreement,
    AsideForm,
    Clash,
    Mute,
    Need,
    Visit,
    VisitForm,
)
from visits.visiting import recording
from visits.visiting.recording import Conflict, Recorded, Refused, record_visit, record_visits

pytestmark = pytest.mark.django_db
TABLES = {
    Visit: ("senior", "made_on", "outcome", "try_again_on", "next_contact_on", "made_by"),
    VisitForm: ("uid", "content", "replaced", "outcome", "observation__values", "visit__made_on"),
    Clash: ("visit__senior", "field", "first__uid", "second__uid"),
    AsideForm: ("uid", "senior", "content"),
    Consent: ("senior", "kind", "given", "decided_on", "wording", "source"),
    Observation: ("senior", "uid", "source", "observed_on", "values", "recorded_by"),
    Need: ("senior", "code", "found_on", "closed_on", "form__uid", "found_by"),
    Action: ("senior", "kind__code", "state", "state_on", "due_on", "partner", "form__uid"),
    ActionStep: ("action__kind__code", "action__senior", "from_state", "to_state", "on", "note"),
    Agreement: ("action__kind__code", "action__senior", "partner", "given_on", "wording"),
    Mute: ("senior", "why", "since", "until", "reason"),
    Senior: ("pk", "phone", "mobile", "email"),
}


@pytest.fixture
def agency():
    """An officer and four people."""
    _, officer, seniors = make_agency(4)
    return officer, seniors


def together(forms: Sequence[dict], by: Any) -> list:
    return record_visits([(one, None) for one in forms], by=by)


def one_by_one(forms: Sequence[dict], by: Any) -> list:
    answers = []
    for one in forms:
        try:
            answers.append(record_visit(one, by=by))
        except (Refused, Conflict) as error:
            answers.append(error)
    return answers


def left_by(record: Any, forms: Sequence[dict], by: Any) -> tuple[list, dict]:
    """The answers, and what the tables then hold; all of it is taken back."""
    with transaction.atomic():
        answers = [
            (one.is_new, one.clashes, one.consequence, str(one.form.uid))
            if isinstance(one, Recorded)
            else (type(one), getattr(one, "code", ""), str(one))
            for one in record(forms, by)
        ]
        rows = {
            model.__name__: sorted(map(repr, model.objects.values_list(*names)))
            for model, names in TABLES.items()
        }
        transaction.set_rollback(True)
    return answers, rows


def a_busy_day(officer, seniors) -> list[dict]:
    """What was known before, and thirteen forms of all sorts about four people."""
    jeanne, marie, yvonne, denise = seniors
    partner = make_partner(territory=territory_of(jeanne))
    need = add_need(jeanne, "bars", found_on=days_ago(20), by=officer)
    decide(need, kind_of("grab_bars"), state="proposed", on=days_ago(20), by=officer)
    colleague = make_user(Role.OFFICER, territory_of(marie))
    send(marie, colleague, {"item.online": 1, "need.light": 1})
    Consent.objects.create(
        senior=yvonne, kind="health", given=False, decided_on=days_ago(0), wording="x",
        source=Source.OFFICER,
    )  # fmt: skip
    send(denise, officer, {"known.phone": "02 98 11 22 33"}, days_ago=1)
    rich = {
        **YES, "consent.evaluation": 1, "item.falls": 1, "hazard.inside.rugs": 1, "need.bars": 1,
        "need.home_help": 1, "action.grab_bars": "accepted", "action.home_help": "proposed",
        "agree.home_help": str(partner.uid), "action.calls": "declined", "next.on": "2099-01-01",
        "known.mobile": "06 11 22 33 44",
    }  # fmt: skip
    first = sent(jeanne, rich)
    second = sent(marie, {**YES, "item.online": 0, "item.goes_out": 2, "need.light": 1})
    return [
        first,
        second,
        sent(yvonne, {**YES, "item.falls": 2, "action.calls": "accepted"}),
        sent(denise, {}, outcome="absent", days_ago=9),
        sent(jeanne, {"item.falls": 2, "item.online": 1, "action.grab_bars": "declined"}),
        sent(jeanne, {**YES, "item.falls": 0, "action.calls": "accepted"}, days_ago=3),
        first | {"content": {**YES, "item.falls": 2}},
        first | {"senior": str(denise.uid)},
        second,
        sent(marie, {"no.such": 1}),
        sent(yvonne, {"why.words": "Sa voisine l’a dit"}, outcome="hospital", days_ago=2),
        sent(denise, {"known.phone": "02 98 99 99 99", "known.mobile": "aucun"}, days_ago=5),
        {"uid": "12"},
    ]  # fmt: skip


def test_together_they_leave_what_they_leave_one_by_one(agency, monkeypatch):
    officer, seniors = agency
    forms = a_busy_day(officer, seniors)
    expected = left_by(one_by_one, forms, officer)
    monkeypatch.setattr(recording, "_record_alone", None)  # none of them is in the others' way
    assert left_by(together, forms, officer) == expected
    assert left_by(together, forms[::-1], officer) == left_by(one_by_one, forms[::-1], officer)


def test_sent_again_they_are_all_found_and_change_nothing(agency):
    officer, seniors = agency
    forms = a_busy_day(officer, seniors)
    together(forms, officer)
    before = left_by(together, [], officer)[1]
    answers, after = left_by(together, forms, officer)
    assert after == before
    assert [one[0] for one in answers].count(False) == 9  # the others were refused, or set aside


def test_the_same_form_twice_in_one_sending_counts_once(agency):
    officer, (jeanne, marie, *_) = agency
    one, other = sent(jeanne, {**YES, "need.bars": 1}), sent(marie)
    answers = together([one, other, one, one | {"content": {}}], officer)
    assert [type(answer) for answer in answers] == [Recorded, Recorded, Recorded, Conflict]
    assert [answer.is_new for answer in answers[:3]] == [True, True, False]
    assert answers[0].form == answers[2].form
    counts = [model.objects.count() for model in (Visit, VisitForm, Need, AsideForm)]
    assert counts == [2, 2, 1, 1]


def test_a_person_named_by_two_of_her_records_has_one_visit(agency):
    officer, (jeanne, marie, *_) = agency
    absorbed = make_senior(jeanne.dwelling, born_on=jeanne.born_on)
    merge.merge(jeanne, absorbed, {}, by=make_user(Role.ADMINISTRATOR))
    forms = [
        sent(absorbed, {"item.online": 1}),
        sent(marie),
        sent(jeanne, {"item.online": 0, "need.bars": 1}),
    ]
    answers = together(forms, officer)
    assert [answer.is_new for answer in answers] == [True] * 3
    assert answers[0].visit == answers[2].visit
    assert (answers[2].clashes, Visit.objects.count(), Need.objects.count()) == (1, 2, 1)


def test_what_stops_one_is_its_own_answer_and_not_the_others(agency, monkeypatch):
    officer, seniors = agency
    forms = [sent(one, {**YES, "need.bars": 1}) for one in seniors]
    # Its observation has the identity of another one: that of the survey, say.
    Observation.objects.create(
        senior=seniors[0], uid=uuid.UUID(forms[2]["uid"]), source=Source.SURVEY,
        observed_on=days_ago(30), values={},
    )  # fmt: skip
    answers = together(forms, officer)
    assert [isinstance(answer, Recorded) for answer in answers] == [True, True, False, True]
    assert not isinstance(answers[2], (Refused, Conflict))
    assert [visit.senior for visit in Visit.objects.order_by("pk")] == [*seniors[:2], seniors[3]]
    assert Need.objects.count() == Consent.objects.count() / 2 == 3


def test_nothing_together_is_nothing(agency):
    assert together([], agency[0]) == []
