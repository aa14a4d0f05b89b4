"""The list of the actions and one action: who sees what, filters, waiting lists, queries."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import (
    WORDING,
    ago,
    as_officer,
    kind_of,
    make_action,
    make_partner,
    make_person,
    page_of,
    step_of,
    territory_of,
)
from visits.acting.follow_up import agree, decide, move
from visits.acting.referrals import make_link, note_read
from visits.enums import State
from visits.models import Need

pytestmark = pytest.mark.django_db
LIST = "/actions/"
S = State


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
    # Fewer: a link was read, so that the last step is not taken back.
    assert count_queries(lambda: browser.get(page_of(action))) <= before <= 24


def test_the_first_page_says_what_is_late(client):
    senior, officer = make_person()
    make_action("grab_bars", S.REQUESTED, senior=senior, by=officer, on=ago(3))
    client.force_login(officer)
    assert "Rien n’est en retard" in client.get("/").content.decode()
    late = make_action("home_help", S.REQUESTED, senior=senior, by=officer, on=ago(50))
    answer = client.get("/")
    assert (answer.context["late_count"], answer.context["late"]) == (1, [late])
    assert "5 jours de retard" in answer.content.decode()


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
