"""One's own last step taken back the same day: by whom, until when, and what follows it."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import User
from tests.make import make_user
from tests.visits.acting import WORDING, ago, make_action, make_partner, make_person, territory_of
from visits.acting.follow_up import FollowUpRefusal, add_need, agree, close_need, decide, move
from visits.acting.referrals import Why, make_link, note_read, open_link
from visits.acting.reminders import due
from visits.acting.taking_back import last_of, open_again, take_back
from visits.enums import State
from visits.models import Action, ActionStep, Need
from visits.steering.figures import by_month
from visits.steering.periods import Period

S = State
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client) -> User:
    """The officer of the person below, logged in."""
    officer = make_person()[1]
    client.force_login(officer)
    return officer


def begun(officer: User, state: S, code: str = "home_help") -> Action:
    """An action brought to `state` 20 days ago, by this officer."""
    senior = make_person(officer.territories.get())[0]
    action = make_action(code, state, senior=senior, by=officer)
    ActionStep.objects.filter(action=action).update(at=timezone.now() - timedelta(days=20))
    return action


def back(action: Action, by: User) -> Action:
    """Take its last step back."""
    return take_back(action, seen=action.steps.standing().last().pk, by=by)


def refused(action: Action, by: User) -> str:
    """The code of the refusal, everything being as it was."""
    before = Action.objects.values().get(pk=action.pk)
    with pytest.raises(FollowUpRefusal) as refusal:
        back(action, by)
    assert Action.objects.values().get(pk=action.pk) == before
    return refusal.value.code


def test_every_step_put_back_leaves_the_action_as_it_was(officer):
    ways = {S.PROPOSED: S.DECLINED, S.ACCEPTED: S.CANCELLED, S.REQUESTED: S.PARTNER_REFUSED,
            S.PARTNER_ACCEPTED: S.UNDER_WAY, S.UNDER_WAY: S.DONE, S.DONE: S.CONFIRMED}  # fmt: skip
    for start, to in ways.items():
        action = begun(officer, start)
        before = Action.objects.values().get(pk=action.pk)
        need = Need.objects.values().get(pk=action.need_id)
        move(action, to, on=timezone.localdate(), by=officer, note="Complet")
        assert Action.objects.values().get(pk=action.pk) != before
        back(action, officer)
        assert Action.objects.values().get(pk=action.pk) == before
        assert Need.objects.values().get(pk=action.need_id) == need
        step = action.steps.last()
        assert (step.to_state, step.taken_back_by) == (to, officer)
        assert action.steps.standing().last().to_state == start


def test_the_partner_asked_by_mistake_is_asked_no_more(officer):
    action = begun(officer, S.ACCEPTED)
    first, today = action.partner, timezone.localdate()
    wrong = make_partner("home_help", name="Autre", territory=officer.territories.get())
    agree(action, wrong, given_on=today, by=officer, wording=WORDING)
    move(action, S.REQUESTED, on=today, by=officer, partner=wrong)
    secret = make_link(action, by=officer)[1]
    assert open_link(secret).is_open
    action = back(action, officer)
    assert (action.state, action.partner) == (S.ACCEPTED, first)
    assert open_link(secret).why == Why.CLOSED
    assert action.pk not in set(due(today + timedelta(days=30)).values_list("pk", flat=True))


def test_the_link_and_the_reminders_follow_an_answer_taken_back(officer):
    action = begun(officer, S.REQUESTED)
    secret = make_link(action, by=officer)[1]
    move(action, S.PARTNER_REFUSED, on=timezone.localdate(), by=officer, note="Complet")
    assert (open_link(secret).why, due().count()) == (Why.CLOSED, 0)
    back(action, officer)
    assert open_link(secret).is_open
    assert [one.pk for one in due()] == [action.pk]


def test_what_was_taken_back_is_not_counted(officer):
    action, today = begun(officer, S.UNDER_WAY), timezone.localdate()
    period = Period("x", "", today - timedelta(days=60), today)
    place = officer.territories.get()

    def done() -> int:
        return by_month([place], period)[place.pk][today.replace(day=1)]["done"]

    assert done() == 0
    move(action, S.DONE, on=today, by=officer)
    assert done() == 1
    back(action, officer)
    assert done() == 0


def test_only_who_made_it_takes_it_back_and_only_that_day(officer):
    action, today = begun(officer, S.UNDER_WAY), timezone.localdate()
    manager = make_user(Role.MANAGER, officer.territories.get())
    assert refused(action, officer) == "not_yours"  # 20 days ago
    move(action, S.DONE, on=today, by=officer)
    assert refused(action, manager) == "not_yours"
    assert refused(action, make_user(Role.EVALUATOR)) == "role"
    assert last_of(action, manager) is None
    with pytest.raises(FollowUpRefusal):  # the page showed another step
        take_back(action, seen=action.steps.first().pk, by=officer)
    back(action, officer)
    assert refused(action, officer) == "not_yours"  # the one before is of another day


def test_a_beginning_is_not_taken_back_but_cancelled(officer):
    senior, today = make_person(officer.territories.get())[0], timezone.localdate()
    need = add_need(senior, "home_help", found_on=today, by=officer)
    kind = begun(officer, S.PROPOSED).kind
    action = decide(need, kind, state=S.ACCEPTED, on=today, by=officer)
    assert back(action, officer).state == S.PROPOSED
    assert refused(action, officer) == "not_yours"


def test_what_the_partner_has_read_stays(officer):
    action = begun(officer, S.ACCEPTED)
    today, partner = timezone.localdate(), action.partner
    agree(action, partner, given_on=today, by=officer, wording=WORDING)
    move(action, S.REQUESTED, on=today, by=officer)
    note_read(make_link(action, by=officer)[0], "read")
    assert refused(action, officer) == "used"
    assert "Le partenaire a ouvert" in last_of(action, officer).why_not


def test_an_answer_of_the_partner_is_his(officer):
    action = begun(officer, S.REQUESTED)
    move(action, S.PARTNER_ACCEPTED, on=timezone.localdate(), partner=action.partner, signed="Anne")
    assert refused(action, officer) == "not_yours"


def test_a_need_closed_by_mistake_opens_again_with_its_actions(officer):
    action, today = begun(officer, S.REQUESTED), timezone.localdate()
    close_need(action.need, on=today, by=officer)
    action.refresh_from_db()
    assert (action.state, refused(action, officer)) == (S.CANCELLED, "used")
    need = Need.objects.get(pk=action.need_id)
    with pytest.raises(FollowUpRefusal):
        open_again(need, by=make_user(Role.MANAGER, officer.territories.get()))
    need = open_again(need, by=officer)
    action.refresh_from_db()
    assert (need.closed_on, need.closed_by, action.state) == (None, None, S.REQUESTED)
    assert (action.state_on, Need.objects.get(pk=need.pk).is_acted_on) == (ago(20), True)


def test_a_need_noted_again_since_is_not_opened_twice(officer):
    action, today = begun(officer, S.DONE), timezone.localdate()
    move(action, S.CONFIRMED, on=today, by=officer)
    Need.objects.filter(pk=action.need_id).update(found_on=ago(30))
    Need.objects.create(
        senior=action.senior, code=action.need.code, family=action.need.family, found_on=today,
        found_by=officer,
    )  # fmt: skip
    assert refused(action, officer) == "used"


def test_from_the_page_it_is_one_touch_and_stays_in_the_history(client, officer):
    action = begun(officer, S.UNDER_WAY)
    page = reverse("visits:action-show", args=[action.uid])
    assert "Annuler l’étape" not in client.get(page).content.decode()
    client.post(reverse("visits:action-step", args=[action.uid]), {"to": "done"})
    text = unescape(client.get(page).content.decode())
    assert "Annuler l’étape «\u00a0faite\u00a0»" in text
    step = action.steps.last()
    answer = client.post(
        reverse("visits:action-step-back", args=[action.uid]), {"step": step.pk}, follow=True
    )
    text = answer.content.decode()
    assert "L’étape est annulée et ne compte plus" in text
    assert "Étape annulée le" in text
    for made_up in ("x", "²", "9" * 18, "9" * 5_000):
        again = client.post(
            reverse("visits:action-step-back", args=[action.uid]), {"step": made_up}, follow=True
        )
        assert "Cette étape n’est plus la dernière" in again.content.decode()
    sheet = client.get(reverse("seniors:senior-show", args=[action.senior.uid])).content.decode()
    assert "Étape annulée" in sheet


def test_a_need_is_opened_again_from_the_sheet(client, officer):
    action = begun(officer, S.REQUESTED)
    sheet = reverse("seniors:senior-show", args=[action.senior.uid])
    client.post(reverse("visits:action-need-close", args=[action.need.uid]))
    assert "Clos par vous aujourd’hui" in client.get(sheet).content.decode()
    answer = client.post(reverse("visits:action-need-open", args=[action.need.uid]), follow=True)
    assert "de nouveau ouvert" in answer.content.decode()
    action.refresh_from_db()
    assert action.state == S.REQUESTED
    assert territory_of(action.senior) == officer.territories.get()
