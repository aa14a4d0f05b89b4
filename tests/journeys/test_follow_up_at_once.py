"""Two people act on one need at the same moment, on the server that production runs on."""

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from tests.journeys.test_at_once import at_once
from tests.make import make_user
from tests.visits.acting import ago, kind_of, make_action, make_person
from visits.acting.follow_up import FollowUpRefusal, add_need, decide, move, withdraw
from visits.acting.referrals import answer, make_link, open_link
from visits.acting.reminders import send_due
from visits.enums import State
from visits.models import Action, Need, Referral

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_of_two_moves_at_once_the_second_sees_the_first():
    action = make_action("home_help", State.DONE)
    today = timezone.localdate()
    officers = [action.created_by, make_user()]
    to = [State.CONFIRMED, State.UNDER_WAY]
    given = at_once(
        *(
            lambda by=by, state=state: move(action, state, on=today, by=by)
            for by in officers
            for state in to
        )
    )
    refused = [one.code for one in given if isinstance(one, FollowUpRefusal)]
    assert refused == ["step"] * 3
    action.refresh_from_db()
    assert action.steps.count() == 7
    assert action.steps.last().to_state == action.state


def test_two_forms_at_once_find_one_need_and_one_action():
    senior, officer = make_person()
    colleague, kind = make_user(), kind_of("grab_bars")

    def told(by):
        need = add_need(senior, "bars", found_on=ago(1), by=by)
        return decide(need, kind, state=State.ACCEPTED, on=ago(1), by=by)

    first, *others = at_once(*(lambda by=by: told(by) for by in [officer, colleague] * 2))
    assert others == [first] * 3
    assert (Need.objects.count(), Action.objects.count()) == (1, 1)


def test_a_partner_answers_before_the_agreement_is_taken_back_or_not_at_all():
    action = make_action("home_help", State.REQUESTED)
    referral, secret = make_link(action, by=action.created_by)
    agreement = action.agreements.get()
    _, answered = at_once(
        lambda: withdraw(agreement, by=action.created_by),
        lambda: answer(referral, State.PARTNER_ACCEPTED, seen=State.REQUESTED, signed="Anne"),
    )
    action.refresh_from_db()
    if isinstance(answered, FollowUpRefusal):
        assert (answered.code, action.state) == ("link_shut", State.REQUESTED)
    else:
        assert action.state == State.PARTNER_ACCEPTED
    assert not open_link(secret).is_open


def test_of_links_made_at_once_one_opens():
    action = make_action("home_help", State.REQUESTED)
    made = at_once(*(lambda: make_link(action, by=action.created_by) for _ in range(4)))
    assert sorted(open_link(secret).is_open for _, secret in made) == [False, False, False, True]
    assert Referral.objects.filter(revoked_at=None).count() == 1


def test_two_mornings_at_once_send_one_mail():
    make_action("home_help", State.REQUESTED, on=ago(8))
    done = at_once(send_due, send_due)
    assert sorted(one.sent for one in done) == [0, 1]
    assert len(mail.outbox) == 1
