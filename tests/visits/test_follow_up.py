"""Needs and actions: what may follow what, who signs, when, and that no two moves clash."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from seniors.enums import ConsentKind, Role, Source
from seniors.models import Consent
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import (
    WORDING,
    ago,
    kind_of,
    make_action,
    make_partner,
    make_person,
    territory_of,
)
from visits.acting.finding import NEED_IS_GONE
from visits.acting.follow_up import (
    NO_LONGER_WANTED,
    FollowUpRefusal,
    add_need,
    agree,
    agreement_for,
    close_need,
    decide,
    move,
    withdraw,
)
from visits.enums import State
from visits.models import Action, ActionStep, Agreement, Need

pytestmark = pytest.mark.django_db
S = State


def refusal(gesture, *args, **kwargs) -> str:
    """The code of the refusal."""
    with pytest.raises(FollowUpRefusal) as raised:
        gesture(*args, **kwargs)
    return raised.value.code


# Every allowed pair, written again by hand: the table is held to what was decided.
BOTH = {
    (S.PROPOSED, S.ACCEPTED), (S.PROPOSED, S.DECLINED), (S.ACCEPTED, S.REQUESTED),
    (S.UNDER_WAY, S.DONE), (S.DONE, S.CONFIRMED), (S.DONE, S.UNDER_WAY),
    (S.PROPOSED, S.CANCELLED), (S.ACCEPTED, S.CANCELLED), (S.REQUESTED, S.CANCELLED),
    (S.UNDER_WAY, S.CANCELLED), (S.DONE, S.CANCELLED),
}  # fmt: skip
OWN = BOTH | {(S.REQUESTED, S.UNDER_WAY)}
PARTNER = BOTH | {
    (S.REQUESTED, S.PARTNER_ACCEPTED), (S.REQUESTED, S.PARTNER_REFUSED),
    (S.PARTNER_REFUSED, S.REQUESTED), (S.PARTNER_ACCEPTED, S.UNDER_WAY),
    (S.PARTNER_ACCEPTED, S.CANCELLED), (S.PARTNER_REFUSED, S.CANCELLED),
    (S.PARTNER_ACCEPTED, S.PARTNER_REFUSED), (S.UNDER_WAY, S.PARTNER_REFUSED),
}  # fmt: skip
BY_LINK = {
    (S.REQUESTED, S.PARTNER_ACCEPTED), (S.REQUESTED, S.PARTNER_REFUSED),
    (S.PARTNER_ACCEPTED, S.UNDER_WAY), (S.UNDER_WAY, S.DONE),
    (S.PARTNER_ACCEPTED, S.PARTNER_REFUSED), (S.UNDER_WAY, S.PARTNER_REFUSED),
}  # fmt: skip
NOT_FOR_WORKS = (S.PARTNER_ACCEPTED, S.PARTNER_REFUSED)


@pytest.mark.parametrize("code", ["grab_bars", "home_help"])
@pytest.mark.parametrize("start", list(S))
def test_staff_make_the_moves_of_the_table_and_no_other(code, start):
    if code == "grab_bars" and start in NOT_FOR_WORKS:
        return
    senior, officer = make_person()
    partner = make_partner(code, territory=territory_of(senior))
    other = make_partner(code, name="Autre", territory=territory_of(senior))
    for to in S:
        Action.objects.all().delete()
        Need.objects.all().delete()
        action = make_action(code, start, senior=senior, by=officer, partner=partner)
        agree(action, other, given_on=ago(20), by=officer, wording=WORDING)
        fields = {"on": ago(3), "by": officer, "partner": other, "note": "Dit au téléphone"}
        if (start, to) in (PARTNER if code == "home_help" else OWN):
            assert move(action, to, **fields).state == to
        else:
            assert refusal(move, action, to, **fields) == "step"
            action.refresh_from_db()
            assert action.state == start


@pytest.mark.parametrize("start", [s for s in S if s != S.PARTNER_REFUSED])
def test_a_partner_makes_his_own_moves_and_no_other(start):
    senior, officer = make_person()
    partner = make_partner()
    for to in S:
        Need.objects.all().delete()
        action = make_action("home_help", start, senior=senior, by=officer, partner=partner)
        fields = {"on": ago(3), "partner": partner, "signed": "Anne Kerjean", "note": "Complet"}
        if (start, to) in BY_LINK:
            step = move(action, to, **fields).steps.last()
            assert (step.by, step.partner, step.signed) == (None, partner, "Anne Kerjean")
        else:
            assert refusal(move, action, to, **fields) == "step"


def test_a_partner_answers_for_what_was_asked_of_him_and_signs():
    action = make_action("home_help", S.REQUESTED)
    other = make_partner(name="Autre")
    today = timezone.localdate()
    to = S.PARTNER_ACCEPTED
    assert refusal(move, action, to, on=today, partner=other, signed="A") == "partner_other"
    assert refusal(move, action, to, on=today, partner=action.partner) == "signed"
    assert refusal(move, action, to, on=today, partner=action.partner, signed=" ") == "signed"
    nir = "1 40 05 29 019 001 21"
    assert refusal(move, action, to, on=today, partner=action.partner, signed=nir) == "nir"


def test_a_landlord_asks_nobody_for_his_own_works():
    action = make_action("grab_bars", S.UNDER_WAY)
    assert action.partner is None
    assert action.due_on == ago(20) + timedelta(days=kind_of("grab_bars").due_days)


def test_a_partner_is_asked_with_the_tenants_agreement_for_that_action_and_that_partner():
    action = make_action("home_help", S.ACCEPTED)
    officer, partner = action.created_by, action.partner
    asked = {"on": ago(2), "by": officer}
    assert refusal(move, action, S.REQUESTED, **asked) == "agreement"
    far = make_partner(name="Ailleurs", territory=make_territory())
    assert refusal(move, action, S.REQUESTED, **asked | {"partner": far}) == "partner_elsewhere"
    other = make_partner(name="Autre", territory=territory_of(action.senior))
    agree(action, other, given_on=ago(2), by=officer, wording=WORDING)
    assert refusal(move, action, S.REQUESTED, **asked) == "agreement"
    agreement = agree(action, partner, given_on=ago(2), by=officer, wording=WORDING)
    withdraw(agreement, by=officer)
    assert refusal(move, action, S.REQUESTED, **asked) == "agreement"
    agree(action, partner, given_on=timezone.localdate(), by=officer, wording=WORDING)
    asked_of = move(action, S.REQUESTED, **asked)
    assert asked_of.steps.last().partner == partner


def test_who_can_be_asked():
    action = make_action("home_help", S.ACCEPTED)
    officer, partner = action.created_by, action.partner
    gone = make_partner(name="Parti", is_active=False)
    meals = make_partner("meals", name="Portage")
    asked = {"on": ago(2), "by": officer}
    assert refusal(move, action, S.REQUESTED, partner=gone, **asked) == "partner_inactive"
    assert refusal(move, action, S.REQUESTED, partner=meals, **asked) == "partner_kind"
    Action.objects.update(partner=None)
    assert refusal(move, action, S.REQUESTED, **asked) == "partner_missing"
    agree(action, partner, given_on=ago(2), by=officer, wording=WORDING)
    move(action, S.REQUESTED, partner=partner, **asked)
    move(action, S.PARTNER_REFUSED, note="Complet", **asked)
    assert refusal(move, action, S.REQUESTED, **asked) == "partner_same"


def test_a_step_is_neither_in_the_future_nor_before_the_last():
    action = make_action("grab_bars", S.ACCEPTED, on=ago(5))
    by = action.created_by
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refusal(move, action, S.REQUESTED, on=tomorrow, by=by) == "future"
    assert refusal(move, action, S.REQUESTED, on=ago(6), by=by) == "before"
    assert move(action, S.REQUESTED, on=ago(5), by=by).state == S.REQUESTED


def test_a_refusal_and_a_cancellation_say_why():
    action = make_action("home_help", S.REQUESTED)
    by = action.created_by
    for to in (S.PARTNER_REFUSED, S.CANCELLED):
        assert refusal(move, action, to, on=ago(1), by=by, note="  ") == "note"
        nir = "NIR 2 40 05 29 019 001 21"
        assert refusal(move, action, to, on=ago(1), by=by, note=nir) == "nir"
    cancelled = move(action, S.CANCELLED, on=ago(1), by=by, note="A déménagé")
    assert (cancelled.cancelled_because, cancelled.due_on) == ("A déménagé", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(cancelled_because="")


def test_each_open_state_has_a_day_by_which_something_is_expected():
    for state in S:
        action = make_action("home_help", state)
        assert (action.due_on is None) == (state in (S.DECLINED, S.CONFIRMED, S.CANCELLED))


def test_an_answer_that_comes_late_leaves_the_day_that_was_expected():
    action = make_action("home_help", S.REQUESTED, on=ago(100))
    late = move(action, S.PARTNER_ACCEPTED, on=ago(1), by=action.created_by)
    assert late.due_on == ago(100) + timedelta(days=45)
    done = move(move(late, S.UNDER_WAY, on=ago(1), by=action.created_by), S.DONE,
                on=ago(1), by=action.created_by)  # fmt: skip
    again = move(done, S.UNDER_WAY, on=ago(0), by=action.created_by)
    assert again.due_on == ago(0) + timedelta(days=45)


@pytest.mark.parametrize("role", [Role.EVALUATOR])
def test_an_evaluator_makes_no_gesture(role):
    senior, officer = make_person()
    action = make_action(senior=senior, by=officer)
    by = make_user(role, territory_of(senior))
    partner = action.partner
    assert refusal(add_need, senior, "bars", found_on=ago(1), by=by) == "role"
    assert refusal(close_need, action.need, on=ago(1), by=by) == "role"
    decided = {"state": S.ACCEPTED, "on": ago(1), "by": by}
    assert refusal(decide, action.need, action.kind, **decided) == "role"
    assert refusal(move, action, S.ACCEPTED, on=ago(1), by=by) == "role"
    given = {"given_on": ago(1), "by": by, "wording": WORDING}
    assert refusal(agree, action, partner, **given) == "role"
    agreement = agree(action, partner, **given | {"by": officer})
    assert refusal(withdraw, agreement, by=by) == "role"


# Needs


def test_one_need_of_a_kind_is_open_at_a_time():
    senior, officer = make_person()
    first = add_need(senior, "bars", found_on=ago(9), by=officer)
    assert add_need(senior, "bars", found_on=ago(2), by=officer) == first
    assert (first.family, first.found_on) == ("adaptation", ago(9))
    assert refusal(add_need, senior, "voiture", found_on=ago(2), by=officer) == "need"
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refusal(add_need, senior, "bathroom", found_on=tomorrow, by=officer) == "future"


def test_a_need_on_an_absorbed_record_is_the_persons():
    senior, officer = make_person()
    twin = make_senior(senior.dwelling, merged_into=senior)
    need = Need.objects.create(
        senior=twin, code="bars", family="adaptation", found_on=ago(9), found_by=officer
    )
    assert add_need(senior, "bars", found_on=ago(2), by=officer) == need
    assert add_need(twin, "bars", found_on=ago(2), by=officer) == need
    assert add_need(twin, "bathroom", found_on=ago(2), by=officer).senior == senior
    action = decide(need, kind_of("grab_bars"), state=S.PROPOSED, on=ago(2), by=officer)
    assert action.dwelling == senior.dwelling


def test_a_confirmed_action_closes_its_need_and_a_new_one_may_be_found():
    action = make_action("grab_bars", S.CONFIRMED)
    need = action.need
    assert need.closed_on == ago(20)
    again = add_need(action.senior, "bars", found_on=ago(1), by=action.created_by)
    assert again != need
    assert again.closed_on is None


def test_news_older_than_a_need_closed_since_do_not_open_it_again():
    action = make_action("grab_bars", S.CONFIRMED)
    late = add_need(action.senior, "bars", found_on=ago(30), by=action.created_by)
    assert late == action.need
    told = {"state": S.ACCEPTED, "on": ago(30), "by": action.created_by}
    assert decide(late, action.kind, **told) == action
    action.refresh_from_db()
    assert action.state == S.CONFIRMED


def test_a_need_that_is_gone_takes_its_open_actions_with_it():
    action = make_action("grab_bars", S.REQUESTED)
    by = action.created_by
    declined = decide(action.need, kind_of("handrail"), state=S.DECLINED, on=ago(9), by=by)
    assert refusal(close_need, action.need, on=ago(30), by=by) == "before"
    need = close_need(action.need, on=ago(1), by=by)
    action.refresh_from_db()
    declined.refresh_from_db()
    assert need.closed_on == ago(1)
    assert (action.state, action.cancelled_because) == (S.CANCELLED, NEED_IS_GONE)
    assert declined.state == S.DECLINED
    assert refusal(close_need, need, on=ago(1), by=by) == "closed"


# Decisions, as forms tell them


def test_a_decision_told_twice_counts_once():
    senior, officer = make_person()
    need = add_need(senior, "bars", found_on=ago(9), by=officer)
    told = {"state": S.ACCEPTED, "on": ago(9), "by": officer}
    first = decide(need, kind_of("grab_bars"), **told)
    assert decide(need, kind_of("grab_bars"), **told) == first
    assert [step.to_state for step in first.steps.all()] == [S.PROPOSED, S.ACCEPTED]


def test_what_is_said_later_is_followed_and_what_is_older_is_not():
    senior, officer = make_person()
    need, kind = add_need(senior, "bars", found_on=ago(9), by=officer), kind_of("grab_bars")

    def told(state, day):
        return decide(need, kind, state=state, on=ago(day), by=officer)

    first = told(S.PROPOSED, 9)
    assert told(S.ACCEPTED, 5).state == S.ACCEPTED
    assert told(S.DECLINED, 7).state == S.ACCEPTED
    assert told(S.PROPOSED, 4).state == S.ACCEPTED
    declined = told(S.DECLINED, 2)
    assert (declined.state, declined.cancelled_because) == (S.CANCELLED, NO_LONGER_WANTED)
    assert told(S.ACCEPTED, 3) == first
    again = told(S.ACCEPTED, 1)
    assert again != first
    assert again.state == S.ACCEPTED


def test_a_decision_names_its_partner_until_one_is_asked():
    senior, officer = make_person()
    need = add_need(senior, "home_help", found_on=ago(9), by=officer)
    kind, partner, other = kind_of("home_help"), make_partner(), make_partner(name="Autre")
    told = {"state": S.ACCEPTED, "on": ago(9), "by": officer}
    assert decide(need, kind, **told, partner=partner).partner == partner
    assert decide(need, kind, **told | {"on": ago(8)}, partner=other).partner == partner
    assert refusal(decide, need, kind, **told | {"state": S.DONE}) == "state"


# Agreements


def test_an_agreement_is_given_once_and_taken_back_once():
    action = make_action("home_help", S.REQUESTED)
    by, partner = action.created_by, action.partner
    given = {"given_on": ago(20), "by": by, "wording": WORDING}
    agreement = agree(action, partner, **given)
    assert Agreement.objects.get() == agreement
    withdrawn = withdraw(agreement, by=by)
    assert (withdrawn.withdrawn_on, withdrawn.withdrawn_by) == (timezone.localdate(), by)
    assert refusal(withdraw, agreement, by=by) == "withdrawn"
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refusal(agree, action, partner, **given | {"given_on": tomorrow}) == "future"


def test_an_agreement_told_late_does_not_undo_its_withdrawal():
    action = make_action("home_help", S.REQUESTED)
    withdrawn = withdraw(action.agreements.get(), by=action.created_by)
    told = {"by": action.created_by, "wording": WORDING}
    assert agree(action, action.partner, given_on=ago(1), **told) == withdrawn
    again = agree(action, action.partner, given_on=timezone.localdate(), **told)
    assert again.withdrawn_on is None


def test_a_yes_after_a_no_to_any_sharing_is_a_new_one():
    action = make_action("home_help", S.REQUESTED)
    old = action.agreements.get()
    Consent.objects.create(
        senior=action.senior, kind=ConsentKind.SHARING, given=False, decided_on=ago(5),
        wording="enquête", source=Source.SURVEY,
    )  # fmt: skip
    told = {"by": action.created_by, "wording": WORDING}
    assert agreement_for(action, action.partner) is None
    # Told late, of a day before the no: still ended.
    assert agree(action, action.partner, given_on=ago(6), **told) == old
    assert agreement_for(action, action.partner) is None
    new = agree(action, action.partner, given_on=ago(2), **told)
    old.refresh_from_db()
    assert agreement_for(action, action.partner) == new != old
    assert old.withdrawn_by == action.created_by


def test_a_step_is_signed_by_staff_or_by_a_partner_with_his_name():
    step = make_action("home_help", S.REQUESTED).steps.last()
    for broken in ({"by": None}, {"signed": "Anne"}, {"by": None, "signed": "A", "partner": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActionStep.objects.filter(pk=step.pk).update(**broken)
