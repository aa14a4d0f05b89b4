"""The pages of needs and actions: who sees what, the gestures, the count said before the many."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import AccessLog
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
from visits.acting.follow_up import agree, decide, move
from visits.acting.referrals import make_link, note_read
from visits.enums import State
from visits.models import Action, Agreement, Need

pytestmark = pytest.mark.django_db
LIST = "/actions/"
S = State


def page_of(action: Action) -> str:
    return reverse("visits:action-show", args=[action.uid])


def step_of(action: Action) -> str:
    return reverse("visits:action-step", args=[action.uid])


def as_officer(client, action: Action):
    """The browser of who made the action."""
    client.force_login(action.created_by)
    return client


def names_on(answer) -> list[str]:
    return [action.person.last_name for action in answer.context["actions"]]


# Who sees what


def test_an_action_is_seen_in_its_territory_only(client):
    """The officer, a colleague of the same territory, a stranger, an administrator elsewhere."""
    action = make_action("home_help", S.REQUESTED)
    here, elsewhere = territory_of(action.senior), make_territory()
    agreement = action.agreements.get()
    addresses = [
        page_of(action),
        reverse("visits:action-paper", args=[action.uid]),
        reverse("visits:action-withdraw", args=[agreement.pk]),
        reverse("visits:action-need-close", args=[action.need.uid]),
        f"{reverse('visits:action-new')}?senior={action.senior.uid}",
    ]
    people = [
        (action.created_by, 200),
        (make_user(Role.OFFICER, here), 200),
        (make_user(Role.MANAGER, here), 200),
        (make_user(Role.OFFICER, elsewhere), 404),
        (make_user(Role.MANAGER, elsewhere), 404),
        (make_user(Role.ADMINISTRATOR), 200),
        (make_user(Role.EVALUATOR, here), 403),
    ]
    for user, status in people:
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [status] * 5
        if status != 200:
            for address in (step_of(action), reverse("visits:action-link", args=[action.uid])):
                assert client.post(address, {"to": S.CANCELLED}).status_code == status
    action.refresh_from_db()
    assert action.state == S.REQUESTED


def test_a_list_shows_the_actions_of_ones_territories(client):
    mine = make_action("grab_bars", senior=make_person(last_name="Ici")[0])
    make_action("grab_bars", senior=make_person(last_name="Ailleurs")[0])
    assert names_on(as_officer(client, mine).get(LIST)) == ["Ici"]
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert sorted(names_on(client.get(LIST))) == ["Ailleurs", "Ici"]
    client.force_login(make_user(Role.EVALUATOR))
    assert client.get(LIST).status_code == 403


def test_an_action_of_a_merged_record_is_under_the_person_kept(client):
    kept, officer = make_person(last_name="Gardée")
    absorbed = make_senior(kept.dwelling, last_name="Doublon", merged_into=kept)
    Need.objects.create(senior=absorbed, code="bars", family="adaptation", found_on=ago(9))
    need = Need.objects.get()
    action = decide(need, kind_of("grab_bars"), state=S.ACCEPTED, on=ago(9), by=officer)
    client.force_login(officer)
    assert names_on(client.get(LIST)) == ["Gardée"]
    assert "Gardée" in client.get(page_of(action)).content.decode()
    assert AccessLog.objects.get(gesture="action-show").senior == kept


def test_reading_an_action_is_written_down(client):
    action = make_action()
    as_officer(client, action).get(page_of(action))
    log = AccessLog.objects.get()
    assert (log.user, log.gesture, log.senior) == (
        action.created_by, "action-show", action.senior,
    )  # fmt: skip


# The list


def test_the_late_ones_come_first_with_what_they_wait_for(client):
    senior, officer = make_person()
    soon = make_action("grab_bars", S.REQUESTED, senior=senior, by=officer, on=ago(3))
    late = make_action("home_help", S.REQUESTED, senior=senior, by=officer, on=ago(50))
    done = make_action("apa", S.CONFIRMED, senior=senior, by=officer)
    client.force_login(officer)
    answer = client.get(LIST)
    shown = answer.context["actions"]
    assert shown == [late, soon]
    assert (shown[0].days_late, shown[0].waits) == (5, "la réponse de ADMR de l’Iroise")
    assert (shown[1].days_late, shown[1].waits) == (0, "le début, par nos équipes")
    assert answer.context["late"] == 1
    assert client.get(LIST, {"late": "on"}).context["actions"] == [late]
    assert client.get(LIST, {"silent": "on"}).context["actions"] == [late]
    assert answer.context["silent"] == 1
    assert client.get(LIST, {"state": "confirmed"}).context["actions"] == [done]
    assert len(client.get(LIST, {"state": "all"}).context["actions"]) == 3


def test_each_filter_narrows_the_list(client):
    territory = make_territory()
    anna, officer = make_person(territory, last_name="Kermarrec")
    berthe, _ = make_person(territory, last_name="Abgrall")
    partner = make_partner("home_help", territory=territory)
    help_ = make_action("home_help", S.REQUESTED, senior=anna, by=officer, partner=partner)
    bars = make_action("grab_bars", S.ACCEPTED, senior=berthe, by=officer)
    client.force_login(officer)
    for told, found in [
        ({"q": "kermarrec"}, [help_]),
        ({"q": berthe.reference}, [bars]),
        ({"q": "personne"}, []),
        ({"family": "help"}, [help_]),
        ({"kind": bars.kind_id}, [bars]),
        ({"state": "accepted"}, [bars]),
        ({"partner": partner.pk}, [help_]),
        ({"residence": berthe.dwelling.residence_id}, [bars]),
        ({"residence": "x", "kind": "-1", "state": "?"}, [bars, help_]),
    ]:
        assert client.get(LIST, told).context["actions"] == found, told


@pytest.fixture
def count_queries():
    """How many queries a gesture makes."""

    def count(gesture) -> int:
        with CaptureQueriesContext(connection) as asked:
            gesture()
        return len(asked)

    return count


def test_the_list_asks_as_much_for_thirty_actions_as_for_one(client, count_queries):
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory)
    client.force_login(officer)
    counts = []
    for more in (1, 29):
        for n in range(more):
            senior, _ = make_person(territory)
            code = ("grab_bars", "home_help")[n % 2]
            make_action(code, S.REQUESTED, senior=senior, by=officer)
        counts.append(count_queries(lambda: client.get(LIST)))
    assert counts[0] == counts[1] <= 17


def test_the_workbook_is_the_list_and_holds_no_formula(client):
    senior, officer = make_person(first_name="=1+1", last_name="@SUM(A1)")
    action = make_action("grab_bars", S.ACCEPTED, senior=senior, by=officer)
    move(action, S.CANCELLED, on=ago(1), by=officer, note="=HYPERLINK(1)")
    make_action("home_help", S.REQUESTED, senior=senior, by=officer)
    client.force_login(officer)
    answer = client.get(reverse("visits:action-workbook"), {"state": "cancelled"})
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    values = {cell.value: cell for cell in rows[1]}
    assert values["=HYPERLINK(1)"].data_type == "s"
    assert {cell.data_type for cell in rows[1]} <= {"s", "n", "d"}
    assert AccessLog.objects.get(gesture="actions-xlsx").senior == senior


# Moving


def test_one_touch_moves_an_action_and_gives_back_its_line(client):
    action = make_action("grab_bars", S.REQUESTED)
    browser = as_officer(client, action)
    htmx = {"HX-Request": "true", "HX-Target": f"action-line-{action.uid}"}
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY}, headers=htmx)
    assert answer.status_code == 200
    assert answer.content.decode().startswith(f'<li id="action-line-{action.uid}"')
    assert "en cours" in answer.content.decode()
    # The same touch again changes nothing more; a touch from an old page is refused in words.
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY}, headers=htmx)
    assert (answer.status_code, action.steps.count()) == (200, 4)
    answer = browser.post(step_of(action), {"to": S.REQUESTED}, headers=htmx)
    assert answer.status_code == 422
    assert "n’est plus possible" in answer.content.decode()
    assert action.steps.count() == 4


def test_without_script_a_gesture_comes_back_to_the_page(client):
    action = make_action("grab_bars", S.ACCEPTED)
    answer = as_officer(client, action).post(step_of(action), {"to": S.REQUESTED}, follow=True)
    assert answer.redirect_chain == [(page_of(action), 302)]
    assert "Barres d’appui est demandée" in answer.content.decode()


def test_a_step_is_dated_from_the_page(client):
    action = make_action("grab_bars", S.ACCEPTED)
    browser = as_officer(client, action)
    told = {"to": S.REQUESTED, "on": ago(3).isoformat(), "note": "Bon de travaux 12"}
    browser.post(step_of(action), told)
    step = action.steps.last()
    assert (step.on, step.note, step.by) == (ago(3), "Bon de travaux 12", action.created_by)
    tomorrow = ago(-1).isoformat()
    answer = browser.post(step_of(action), {"to": S.UNDER_WAY, "on": tomorrow}, follow=True)
    assert "pas encore passée" in answer.content.decode()
    answer = browser.post(step_of(action), {"to": S.CANCELLED, "note": ""})
    assert answer.status_code == 422
    answer = browser.post(step_of(action), {"to": S.CANCELLED, "note": "Alzheimer"}, follow=True)
    assert "aucune maladie" in answer.content.decode()
    assert action.steps.last() == step


def test_a_partner_is_asked_with_the_tenants_yes_in_one_gesture(client):
    action = make_action("home_help", S.ACCEPTED)
    browser, partner = as_officer(client, action), action.partner
    told = {"to": S.REQUESTED, "on": ago(1).isoformat(), "partner": partner.pk}
    answer = browser.post(step_of(action), told, follow=True)
    assert "Il manque l’accord" in answer.content.decode()
    assert not Agreement.objects.exists()
    browser.post(step_of(action), told | {"agreed": "on"})
    agreement = Agreement.objects.get()
    assert (agreement.partner, agreement.given_on, agreement.wording, agreement.recorded_by) == (
        partner, ago(1), WORDING, action.created_by,
    )  # fmt: skip
    action.refresh_from_db()
    assert action.state == S.REQUESTED


def test_a_yes_is_not_kept_when_the_request_is_refused(client):
    action = make_action("home_help", S.ACCEPTED)
    told = {"to": S.REQUESTED, "on": ago(30).isoformat(), "partner": action.partner_id}
    as_officer(client, action).post(step_of(action), told | {"agreed": "on"})
    assert not Agreement.objects.exists()


def test_only_partners_of_her_territory_who_do_this_are_proposed(client):
    action = make_action("home_help", S.ACCEPTED)
    territory = territory_of(action.senior)
    make_partner("home_help", name="D’ailleurs", territory=make_territory())
    make_partner("meals", name="Autre métier", territory=territory)
    make_partner("home_help", name="Parti", territory=territory, is_active=False)
    page = as_officer(client, action).get(page_of(action))
    form = page.context["moves"][0]
    assert list(form.fields["partner"].queryset) == [action.partner]


# Adding, closing


def new_for(senior) -> str:
    return f"{reverse('visits:action-new')}?senior={senior.uid}"


def test_a_need_and_its_action_are_added_from_a_persons_sheet(client):
    senior, officer = make_person()
    client.force_login(officer)
    told = {"kind": kind_of("handrail").pk, "state": S.ACCEPTED, "on": ago(2).isoformat()}
    answer = client.post(new_for(senior), told)
    action = Action.objects.get()
    assert answer["Location"] == page_of(action)
    assert (action.need.code, action.state, action.state_on) == ("bars", S.ACCEPTED, ago(2))
    client.post(new_for(senior), told | {"need": "floor"})
    assert sorted(Need.objects.values_list("code", flat=True)) == ["bars", "floor"]


def test_a_need_may_stand_alone_and_an_action_answers_its_need(client):
    senior, officer = make_person()
    client.force_login(officer)
    day = {"state": S.ACCEPTED, "on": ago(2).isoformat()}
    assert client.post(new_for(senior), day).status_code == 422
    wrong = day | {"kind": kind_of("apa").pk, "need": "bars"}
    assert client.post(new_for(senior), wrong).status_code == 422
    assert not Need.objects.exists()
    client.post(new_for(senior), day | {"need": "bars"})
    assert (Need.objects.get().code, Action.objects.count()) == ("bars", 0)
    later = day | {"need": "light", "on": ago(-2).isoformat()}
    assert client.post(new_for(senior), later).status_code == 422


def test_a_need_that_is_gone_says_what_it_takes_with_it(client):
    action = make_action("grab_bars", S.REQUESTED)
    browser = as_officer(client, action)
    address = reverse("visits:action-need-close", args=[action.need.uid])
    assert "1 action en cours sera annulée" in browser.get(address).content.decode()
    browser.post(address)
    action.refresh_from_db()
    action.need.refresh_from_db()
    assert (action.state, action.need.closed_on) == (S.CANCELLED, timezone.localdate())


# Many at once


def test_many_are_moved_once_their_number_is_said(client):
    senior, officer = make_person()
    bars = make_action("grab_bars", S.ACCEPTED, senior=senior, by=officer)
    shower = make_action("shower", S.ACCEPTED, senior=senior, by=officer)
    help_ = make_action("home_help", S.ACCEPTED, senior=senior, by=officer)
    stranger = make_action("grab_bars", S.ACCEPTED)
    client.force_login(officer)
    told = {
        "action": [one.uid for one in (bars, shower, help_, stranger)],
        "to": S.REQUESTED,
        "on": ago(0).isoformat(),
    }
    answer = client.post(reverse("visits:action-many"), told)
    page = answer.content.decode()
    assert "2 actions à marquer comme demandées" in page
    assert "Il manque l’accord de la personne" in page
    assert set(Action.objects.values_list("state", flat=True)) == {"accepted"}
    answer = client.post(reverse("visits:action-many"), told | {"confirmed": "1"}, follow=True)
    assert "2 actions à jour" in answer.content.decode()
    states = dict(Action.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (bars, shower, help_, stranger)] == [
        "requested", "requested", "accepted", "accepted",
    ]  # fmt: skip


def test_many_say_what_is_missing(client):
    action = make_action("grab_bars", S.ACCEPTED)
    browser, address = as_officer(client, action), reverse("visits:action-many")
    answer = browser.post(address, {"to": S.DONE, "on": ago(0).isoformat()}, follow=True)
    assert "Aucune action n’est cochée" in answer.content.decode()
    told = {"action": [action.uid], "to": S.CANCELLED, "on": ago(0).isoformat()}
    assert browser.post(address, told).status_code == 422
    assert browser.post(address, told | {"action": ["x"]}).status_code == 302


# Waiting lists


def test_the_waiting_list_ranks_by_the_day_of_the_yes(client):
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory)
    rows = [("Seconde", 5, None), ("Première", 30, None), ("Ailleurs", 10, make_territory())]
    for name, day, where in rows:
        senior, by = make_person(where or territory, last_name=name)
        make_action("move_home", S.REQUESTED, senior=senior, by=by, on=ago(day))
    make_action("move_home", S.PROPOSED, senior=make_person(territory, last_name="Hésite")[0])
    client.force_login(officer)
    kind, waiting = client.get(reverse("visits:action-homes")).context["lists"][0]
    assert kind.code == "move_home"
    assert [(one.person.last_name, one.rank, one.since) for one in waiting] == [
        ("Première", 1, ago(30)), ("Seconde", 3, ago(5)),
    ]  # fmt: skip


def test_the_page_of_an_action_asks_as_much_for_a_long_story(client, count_queries):
    action = make_action("home_help", S.REQUESTED)
    browser, by = as_officer(client, action), action.created_by
    make_link(action, by=by)
    before = count_queries(lambda: browser.get(page_of(action)))
    for n in range(5):
        fields = {"name": f"Partenaire {n}", "territory": territory_of(action.senior)}
        agree(action, make_partner("home_help", **fields), given_on=ago(3), by=by, wording=WORDING)
        referral, _ = make_link(action, by=by)
        note_read(referral, "read")
    assert count_queries(lambda: browser.get(page_of(action))) == before <= 24


def test_the_first_page_says_what_is_late(client):
    senior, officer = make_person()
    make_action("grab_bars", S.REQUESTED, senior=senior, by=officer, on=ago(3))
    client.force_login(officer)
    assert "Rien n’est en retard" in client.get("/").content.decode()
    late = make_action("home_help", S.REQUESTED, senior=senior, by=officer, on=ago(50))
    answer = client.get("/")
    assert (answer.context["late_count"], answer.context["late"]) == (1, [late])
    assert "5 jours de retard" in answer.content.decode()


def test_the_address_of_the_many_alone_leads_back_to_the_list(client):
    client.force_login(make_user(Role.OFFICER))
    answer = client.get(reverse("visits:action-many"), follow=True)
    assert answer.redirect_chain == [(reverse("visits:action-list"), 302)]
    assert "Rien n’a été changé" in answer.content.decode()


def test_a_long_list_shows_ten_and_the_address_of_the_rest(client):
    senior, officer = make_person()
    for _ in range(12):
        make_action("home_help", senior=make_person(territory_of(senior))[0], by=officer)
    client.force_login(officer)
    page = client.get(reverse("visits:action-list"), {"state": "proposed"})
    text = page.content.decode()
    assert text.count('name="action"') == 10
    assert "10 sur 12" in text
    assert "state=proposed&amp;page=2" in text
    rest = client.get(reverse("visits:action-list"), {"state": "proposed", "page": 2})
    text = rest.content.decode()
    assert 'id="action-rows-2"' in text
    assert (text.count('name="action"'), "action-more" in text) == (2, False)
