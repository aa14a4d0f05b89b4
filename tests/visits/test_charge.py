"""Who follows an action: given by whom to whom, also of who has left; the late ones told once."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import AccessLog, Senior, User
from tests.make import make_territory, make_user
from tests.visits.acting import ago, make_action, make_person, territory_of
from visits.acting.charge import give, late_by_officer, may_follow
from visits.acting.follow_up import FollowUpRefusal, move
from visits.acting.late_reminders import tell_officers
from visits.acting.waiting import left_behind, visible_actions
from visits.enums import State
from visits.models import Action, ActionCharge, Cover
from visits.tasks import tell_officers as task

pytestmark = pytest.mark.django_db
S = State


@pytest.fixture
def late() -> Action:
    """Grab bars that our own people should have begun 35 days ago; its officer has an address."""
    senior, officer = make_person(last_name="Kermarrec")
    User.objects.filter(pk=officer.pk).update(email="camille@bailleur.example")
    return make_action("grab_bars", S.REQUESTED, senior=senior, by=officer, on=ago(80))


def leave(action: Action) -> None:
    """Her tenant leaves her home."""
    Senior.objects.filter(pk=action.senior_id).update(
        dwelling=None, ended_on=ago(1), end=Senior.End.LEFT
    )


def manager_of(action: Action, **fields) -> User:
    return make_user(Role.MANAGER, action.dwelling.residence.territory, **fields)


# The morning's mail


def test_the_officer_is_told_once_of_what_is_late_and_nobody_is_named(late, settings):
    done = tell_officers()
    assert (done.mails, done.actions) == (1, 1)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["camille@bailleur.example"], "1 action en retard")
    assert "- Barres d’appui\u00a0: 1" in sent.body
    assert f"{settings.SITE}/actions/?late=on&officer={late.officer_id}" in sent.body
    for hidden in ("Kermarrec", "Jeanne", "Siam"):
        assert hidden not in sent.body
    for days in range(30):
        tell_officers(timezone.localdate() + timedelta(days=days))
    assert len(mail.outbox) == 1


def test_an_action_taken_further_and_late_again_is_told_again(late):
    tell_officers()
    move(late, S.UNDER_WAY, on=timezone.localdate(), by=late.created_by)
    late.refresh_from_db()
    assert tell_officers().mails == 0 or late.due_on < timezone.localdate()
    move(late, S.DONE, on=timezone.localdate(), by=late.created_by)
    assert tell_officers(timezone.localdate() + timedelta(days=20)).mails == 0
    assert tell_officers(timezone.localdate() + timedelta(days=31)).mails == 1


def test_all_that_is_late_for_one_officer_is_in_one_mail(late):
    make_action("raised_wc", S.REQUESTED, senior=late.senior, by=late.officer, on=ago(80))
    done = tell_officers()
    assert (done.mails, done.actions, mail.outbox[0].subject) == (1, 2, "2 actions en retard")


def test_who_stands_in_is_told_in_his_place(late):
    colleague = make_user(Role.OFFICER, territory_of(late.senior), email="lea@bailleur.example")
    today = timezone.localdate()
    Cover.objects.create(
        officer=late.officer, colleague=colleague, starts_on=today, ends_on=today,
        created_by=colleague,
    )  # fmt: skip
    tell_officers()
    assert [sent.to for sent in mail.outbox] == [["lea@bailleur.example"]]


def test_of_a_closed_account_the_managers_are_told(late):
    User.objects.filter(pk=late.officer_id).update(is_active=False)
    assert tell_officers().unreached == 1
    late.refresh_from_db()
    assert late.told_late_on is None
    manager_of(late, email="chef@bailleur.example")
    make_user(Role.MANAGER, make_territory(), email="ailleurs@bailleur.example")
    tell_officers()
    assert [sent.to for sent in mail.outbox] == [["chef@bailleur.example"]]


class Broken(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        """Nothing leaves."""
        raise SMTPException


def test_a_mail_that_cannot_leave_is_tried_again(late, settings):
    settings.EMAIL_BACKEND = "tests.visits.test_charge.Broken"
    assert tell_officers().failed == 1
    late.refresh_from_db()
    assert late.told_late_on is None


def test_the_task_tells_and_is_silent_without_a_mail_server(late, settings):
    backend, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend",
    )  # fmt: skip
    task()
    late.refresh_from_db()
    assert late.told_late_on is None
    settings.EMAIL_BACKEND = backend
    task()
    assert len(mail.outbox) == 1


# Given to another


def test_given_it_is_signed_and_told_again(late):
    tell_officers()
    other = make_user(Role.OFFICER, territory_of(late.senior), email="lea@bailleur.example")
    give(late, other, by=manager_of(late))
    assert ActionCharge.objects.get().officer == other
    tell_officers(timezone.localdate() + timedelta(days=1))
    assert [sent.to for sent in mail.outbox[1:]] == [["lea@bailleur.example"]]


def test_an_officer_takes_it_over_and_gives_nothing_to_others(late):
    here = territory_of(late.senior)
    colleague, third = make_user(Role.OFFICER, here), make_user(Role.OFFICER, here)
    assert list(may_follow(colleague)) == [colleague]
    with pytest.raises(FollowUpRefusal) as refusal:
        give(late, third, by=colleague)
    assert refusal.value.code == "elsewhere"
    assert give(late, colleague, by=colleague).officer == colleague
    with pytest.raises(FollowUpRefusal) as refusal:
        give(late, colleague, by=colleague)
    assert refusal.value.code == "same"


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": Role.EVALUATOR}])
def test_nobody_who_cannot_visit_there_gets_it(late, fields):
    manager = manager_of(late)
    fields = {"role": Role.OFFICER} | fields
    other = make_user(fields.pop("role"), territory_of(late.senior), **fields)
    stranger = make_user(Role.OFFICER, make_territory())
    for one in (other, stranger):
        with pytest.raises(FollowUpRefusal) as refusal:
            give(late, one, by=manager)
        assert refusal.value.code == "elsewhere"


def test_the_list_says_who_follows_the_late_ones_and_gives_those_ticked(client, late):
    manager, other = manager_of(late), make_user(Role.OFFICER, territory_of(late.senior))
    client.force_login(manager)
    text = client.get(reverse("visits:action-list")).content.decode()
    assert "Qui suit celles en retard" in text
    assert late_by_officer(visible_actions(manager)) == [(late.officer, 1)]
    url, posted = reverse("visits:action-give-many"), {"action": late.uid, "officer": other.pk}
    assert "1 action à confier à" in client.post(url, posted).content.decode()
    late.refresh_from_db()
    assert late.officer != other
    client.post(url, posted | {"confirmed": 1})
    late.refresh_from_db()
    assert late.officer == other
    mine = client.get(reverse("visits:action-list"), {"officer": other.pk})
    assert mine.context["page"].paginator.count == 1
    again = client.post(url, posted)
    assert "Rien à confier à" in again.content.decode()
    assert "suit déjà cette action" in again.content.decode()


def test_the_page_of_an_action_gives_it(client, late):
    manager, other = manager_of(late), make_user(Role.OFFICER, territory_of(late.senior))
    client.force_login(manager)
    url = reverse("visits:action-give", args=[late.uid])
    assert "rien n’a changé" in client.post(url, {}, follow=True).content.decode()
    client.post(url, {"officer": other.pk})
    text = client.get(reverse("visits:action-show", args=[late.uid])).content.decode()
    assert f"Confiée à {other}" in text
    client.force_login(other)
    assert (
        "Je m’en occupe"
        not in client.get(reverse("visits:action-show", args=[late.uid])).content.decode()
    )


# Of people who have left


def test_the_manager_of_the_territory_sees_and_ends_what_is_left_of_who_has_gone(client, late):
    manager, stranger = manager_of(late), make_user(Role.MANAGER, make_territory())
    leave(late)
    assert list(visible_actions(manager)) == []
    assert [one.pk for one in left_behind(manager)] == [late.pk]
    assert not left_behind(late.officer).exists()
    assert not left_behind(stranger).exists()
    client.force_login(manager)
    page = client.get(reverse("visits:action-list"))
    assert "1 de personnes parties" in page.content.decode().replace("\u00a0", " ")
    listed = client.get(reverse("visits:action-list"), {"gone": "on"})
    assert [one.pk for one in listed.context["actions"]] == [late.pk]
    show = reverse("visits:action-show", args=[late.uid])
    text = client.get(show).content.decode()
    assert "qui n’habite plus ici" in text
    assert reverse("seniors:senior-show", args=[late.senior.uid]) not in text
    assert AccessLog.objects.filter(gesture="action-show", senior=late.senior).count() == 1
    other = make_user(Role.OFFICER, manager.territories.get())
    client.post(reverse("visits:action-give", args=[late.uid]), {"officer": other.pk})
    client.post(
        reverse("visits:action-step", args=[late.uid]), {"to": "cancelled", "note": "Déménagée"}
    )
    late.refresh_from_db()
    assert (late.officer, late.state) == (other, S.CANCELLED)
    for user in (late.officer, stranger):
        client.force_login(user)
        assert client.get(show).status_code == 404
