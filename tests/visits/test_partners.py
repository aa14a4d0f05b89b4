"""The directory, the catalogue and attendance: who may, what is said, what is never lost."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seniors.enums import Role
from seniors.models import AccessLog, Senior
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action, make_partner, make_person, territory_of
from visits.acting.partners import (
    PartnerRefusal,
    catalogue,
    move_kind,
    record_attendance,
    save_kind,
    save_partner,
    sessions,
    set_active,
    sheet,
    visible_partners,
)
from visits.enums import Family, State
from visits.models import ActionKind, ActionStep, Attendance, Partner

pytestmark = pytest.mark.django_db
LIST = "/partenaires/"


def partner_page(partner: Partner, name: str = "show") -> str:
    return reverse(f"visits:partner-{name}", args=[partner.uid])


def shown(client, **told) -> list[str]:
    return [one.name for one in client.get(LIST, told).context["partners"]]


# The directory


def test_a_partner_is_seen_where_he_works(client):
    here, elsewhere = make_territory(), make_territory()
    partner = make_partner(territory=here)
    make_partner(name="Nulle part")
    people = [
        (make_user(Role.OFFICER, here), 200, 403),
        (make_user(Role.MANAGER, here), 200, 200),
        (make_user(Role.ADMINISTRATOR), 200, 200),
        (make_user(Role.OFFICER, elsewhere), 404, 403),
        (make_user(Role.MANAGER, elsewhere), 404, 404),
        (make_user(Role.EVALUATOR, here), 403, 403),
    ]
    for user, read, write in people:
        client.force_login(user)
        assert client.get(partner_page(partner)).status_code == read
        for name in ("edit", "close"):
            assert client.get(partner_page(partner, name)).status_code == write
    assert visible_partners(people[0][0]).get() == partner
    assert not visible_partners(people[5][0]).exists()
    assert visible_partners(people[2][0]).count() == 2


def test_each_filter_narrows_the_directory(client):
    here = make_territory()
    make_partner("home_help", name="ADMR", territory=here, address="12 rue Foch")
    make_partner("activities", "calls", name="Club de Siam", territory=here)
    make_partner("meals", name="Parti", territory=here, is_active=False)
    client.force_login(make_user(Role.OFFICER, here))
    for told, found in [
        ({}, ["ADMR", "Club de Siam"]),
        ({"q": "foch"}, ["ADMR"]),
        ({"q": "Convivialite appels"}, ["Club de Siam"]),
        ({"family": "social"}, ["Club de Siam"]),
        ({"kind": kind_of("home_help").pk}, ["ADMR"]),
        ({"territory": here.pk}, ["ADMR", "Club de Siam"]),
        ({"closed": "on"}, ["ADMR", "Club de Siam", "Parti"]),
        ({"territory": "x"}, ["ADMR", "Club de Siam"]),
    ]:
        assert shown(client, **told) == found, told


def test_the_directory_asks_as_much_for_thirty_partners_as_for_one(client):
    here = make_territory()
    client.force_login(make_user(Role.MANAGER, here))
    counts = []
    for more in (1, 29):
        for n in range(more):
            make_partner("home_help", "meals", name=f"Partenaire {n}", territory=here)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def filled(territory, **fields) -> dict:
    return {
        "name": "Club du port",
        "kinds": [kind_of("activities").pk],
        "territories": [territory.pk],
        "phone": "0298000009",
        "is_place": "on",
    } | fields


def test_a_manager_adds_and_changes_a_partner(client):
    here, elsewhere = make_territory(), make_territory()
    client.force_login(make_user(Role.MANAGER, here))
    client.post(reverse("visits:partner-new"), filled(here))
    partner = Partner.objects.get()
    assert (partner.name, partner.is_place) == ("Club du port", True)
    assert [one.code for one in partner.kinds.all()] == ["activities"]
    # Where he works elsewhere is another manager's to say.
    partner.territories.add(elsewhere)
    client.post(partner_page(partner, "edit"), filled(here, name="Club du quai"))
    partner.refresh_from_db()
    assert partner.name == "Club du quai"
    assert set(partner.territories.all()) == {here, elsewhere}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"kinds": []},
        {"territories": []},
        {"email": "rien"},
        {"contact_name": "2 40 05 29 019 001 21"},
    ],
)
def test_a_partner_says_who_what_and_where(client, wrong):
    here = make_territory()
    client.force_login(make_user(Role.MANAGER, here))
    assert client.post(reverse("visits:partner-new"), filled(here, **wrong)).status_code == 422
    elsewhere = filled(make_territory())
    assert client.post(reverse("visits:partner-new"), elsewhere).status_code == 422
    assert not Partner.objects.exists()


def test_a_partner_put_away_says_what_stays_with_him_and_is_proposed_no_more(client):
    action = make_action("home_help", State.REQUESTED)
    partner = action.partner
    client.force_login(make_user(Role.MANAGER, territory_of(action.senior)))
    text = client.get(partner_page(partner, "close")).content.decode()
    assert "1 action</strong> en cours lui reste confiée" in text
    client.post(partner_page(partner, "close"))
    partner.refresh_from_db()
    action.refresh_from_db()
    assert (partner.is_active, action.state) == (False, State.REQUESTED)
    client.post(partner_page(partner, "close"))
    partner.refresh_from_db()
    assert partner.is_active


def test_officers_and_evaluators_change_neither_directory_nor_catalogue():
    here = make_territory()
    partner, kind = make_partner(territory=here), kind_of("apa")
    for role in (Role.OFFICER, Role.EVALUATOR):
        by = make_user(role, here)
        for gesture in (
            lambda by=by: save_partner(partner, kinds=[], territories=[], by=by),
            lambda by=by: set_active(partner, False, by=by),
            lambda by=by: save_kind(kind, by=by),
            lambda by=by: move_kind(kind, True, by=by),
        ):
            with pytest.raises(PartnerRefusal):
                gesture()


def test_the_page_of_a_partner_shows_ones_own_people_only(client):
    here, elsewhere = make_territory(), make_territory()
    partner = make_partner(territory=here)
    partner.territories.add(elsewhere)
    for name, where in (("Ici", here), ("Ailleurs", elsewhere)):
        senior, by = make_person(where, last_name=name)
        make_action("home_help", State.REQUESTED, senior=senior, by=by, partner=partner)
    client.force_login(make_user(Role.OFFICER, here))
    answer = client.get(partner_page(partner))
    assert [one.person.last_name for one in answer.context["actions"]] == ["Ici"]
    assert AccessLog.objects.get(gesture="partner-show").senior.last_name == "Ici"


# The catalogue


def kind_fields(**fields) -> dict:
    return {
        "label": "Jardin partagé", "family": "social", "needs": ["company"], "by_partner": "on",
        "due_days": 30, "hint": "",
    } | fields  # fmt: skip


def test_a_line_is_added_changed_moved_and_put_away(client):
    client.force_login(make_user(Role.MANAGER, make_territory()))
    client.post(reverse("visits:kind-new"), kind_fields())
    kind = ActionKind.objects.get(label="Jardin partagé")
    social = dict(catalogue())[Family.SOCIAL]
    assert (social[-1], kind.code, kind.needs) == (kind, "own_1", ["company"])
    client.post(reverse("visits:kind-edit", args=[kind.pk]), kind_fields(due_days=12))
    client.post(reverse("visits:kind-move", args=[kind.pk]), {"way": "up"})
    social = dict(catalogue())[Family.SOCIAL]
    assert (social[-2], social[-2].due_days) == (kind, 12)
    client.post(reverse("visits:kind-close", args=[kind.pk]))
    kind.refresh_from_db()
    assert not kind.is_active


def test_a_line_that_was_used_says_so_and_keeps_who_makes_it(client):
    action = make_action("home_help", State.REQUESTED)
    client.force_login(make_user(Role.ADMINISTRATOR))
    close = reverse("visits:kind-close", args=[action.kind_id])
    assert "1 action de ce genre existe, dont 1 en cours." in client.get(close).content.decode()
    done = reverse("visits:kind-close", args=[make_action("alarm", State.CONFIRMED).kind_id])
    assert "existe, aucune en cours." in client.get(done).content.decode()
    told = kind_fields(label="Aide à la maison", family="help", needs=["home_help"])
    del told["by_partner"]
    client.post(reverse("visits:kind-edit", args=[action.kind_id]), told)
    action.kind.refresh_from_db()
    assert (action.kind.label, action.kind.by_partner) == ("Aide à la maison", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""}, {"needs": []}, {"needs": ["?"]}, {"due_days": 0},
        {"label": "barres d’appui"}, {"label": "Dossier MaPrimeAdapt’"},
        {"hint": "Dites-lui : vous avez droit à cette aide"}, {"hint": "2 40 05 29 019 001 21"},
    ],
)  # fmt: skip
def test_a_line_of_the_catalogue_makes_sense(client, wrong):
    client.force_login(make_user(Role.ADMINISTRATOR))
    count = ActionKind.objects.count()
    assert client.post(reverse("visits:kind-new"), kind_fields(**wrong)).status_code == 422
    assert ActionKind.objects.count() == count


def test_the_first_line_does_not_go_higher():
    by = make_user(Role.ADMINISTRATOR)
    before = [kind.code for kind in dict(catalogue())[Family.HELP]]
    move_kind(kind_of(before[0]), True, by=by)
    assert [kind.code for kind in dict(catalogue())[Family.HELP]] == before
    move_kind(kind_of(before[-1]), False, by=by)
    assert [kind.code for kind in dict(catalogue())[Family.HELP]] == before


# Attendance


def make_club(*names: str):
    """A place where these people are expected, and the officer of their territory."""
    territory = make_territory()
    officer = make_user(Role.OFFICER, territory)
    club = make_partner("activities", name="Club", territory=territory, is_place=True)
    people = []
    for name in names:
        senior, by = make_person(territory, last_name=name)
        make_action("activities", State.REQUESTED, senior=senior, by=by, partner=club)
        people.append(senior)
    return club, officer, people


def attendance(partner: Partner, day: int) -> str:
    return f"{partner_page(partner, 'attendance')}?jour={ago(day).isoformat()}"


def tick(client, club: Partner, came: Senior, *missing: Senior, day: int = 2):
    """The sheet of that day sent with these people on it, of whom one came."""
    listed = [one.pk for one in (came, *missing)]
    return client.post(attendance(club, day), {"listed": listed, "came": [came.pk]})


def test_nobody_is_missing_before_she_was_asked_for(client):
    """Else the past gets absences that never were: in her history, and in the figures."""
    club, officer, (anna, berthe) = make_club("Abgrall", "Bihan")
    ActionStep.objects.filter(action__senior=anna).update(on=ago(60))
    client.force_login(officer)
    assert [seat.person for seat in sheet(club, ago(57), officer)] == [anna]
    assert [seat.person for seat in sheet(club, ago(20), officer)] == [anna, berthe]
    assert sheet(club, ago(61), officer) == []
    tick(client, club, anna, berthe, day=57)
    assert [one.senior for one in Attendance.objects.all()] == [anna]


def test_whoever_was_added_since_the_sheet_was_read_is_not_missing(client):
    club, officer, (anna, berthe, chloe) = make_club("Abgrall", "Bihan", "Corre")
    client.force_login(officer)
    tick(client, club, anna, berthe)
    marks = {seat.person: seat.came for seat in sheet(club, ago(2), officer)}
    assert marks == {anna: True, berthe: False, chloe: None}
    page = client.get(attendance(club, 2)).content.decode()
    for one in (anna, berthe, chloe):
        assert f'name="listed" value="{one.pk}"' in page


def test_who_came_is_ticked_kept_and_corrected(client):
    club, officer, (anna, berthe) = make_club("Abgrall", "Bihan")
    client.force_login(officer)
    tick(client, club, anna, berthe)
    seats = sheet(club, ago(2), officer)
    assert [(seat.person, seat.came, seat.times) for seat in seats] == [
        (anna, True, 1), (berthe, False, 0),
    ]  # fmt: skip
    tick(client, club, berthe, anna)
    assert [seat.came for seat in sheet(club, ago(2), officer)] == [False, True]
    assert Attendance.objects.count() == 2
    assert Attendance.objects.get(came=True).action.senior == berthe
    assert sessions(club, officer) == [{"on": ago(2), "came": 1, "expected": 2}]
    page = client.get(attendance(club, 2)).content.decode()
    assert "1 venue" in page
    assert page.count("1 présence en trois mois") == 1
    assert AccessLog.objects.filter(gesture="partner-attendance").count() == 2


def test_a_sheet_of_the_wrong_day_is_taken_away_and_its_count_said(client):
    club, officer, (anna, berthe) = make_club("Abgrall", "Bihan")
    client.force_login(officer)
    assert "Ce n’était pas ce jour-là" not in client.get(attendance(club, 2)).content.decode()
    tick(client, club, anna, berthe)
    assert "2 lignes du" in client.get(attendance(club, 2)).content.decode()
    answer = client.post(attendance(club, 2), {"forget": "1"}, follow=True)
    assert "retirée\u00a0: 2\u00a0lignes." in unescape(answer.content.decode())
    assert not Attendance.objects.exists()
    assert berthe.pk in {seat.person.pk for seat in sheet(club, ago(2), officer)}


def test_a_sheet_lists_ones_own_people_and_no_one_else_can_be_ticked(client):
    club, officer, (anna,) = make_club("Abgrall")
    elsewhere, by = make_person(last_name="Ailleurs")
    make_action("activities", State.REQUESTED, senior=elsewhere, by=by, partner=club)
    client.force_login(officer)
    posted = [anna.pk, elsewhere.pk, "x", "9" * 5_000]
    client.post(attendance(club, 2), {"listed": posted, "came": posted})
    assert Attendance.objects.get().senior == anna
    client.force_login(make_user(Role.OFFICER, make_territory()))
    assert client.get(partner_page(club, "attendance")).status_code == 404
    client.force_login(make_user(Role.EVALUATOR))
    assert client.get(partner_page(club, "attendance")).status_code == 403


def test_a_sheet_is_for_a_place_and_a_day_that_has_come(client):
    club, officer, people = make_club("Abgrall")
    service = make_partner(territory=territory_of(people[0]))
    client.force_login(officer)
    assert client.get(partner_page(service, "attendance")).status_code == 404
    answer = client.post(attendance(club, -2), {}, follow=True)
    assert "n’a pas encore eu lieu" in answer.content.decode()
    with pytest.raises(PartnerRefusal):
        record_attendance(service, ago(1), came=[], listed=people, by=officer)
    evaluator = make_user(Role.EVALUATOR)
    with pytest.raises(PartnerRefusal):
        record_attendance(club, ago(1), came=[], listed=people, by=evaluator)
    assert not Attendance.objects.exists()


def test_a_merged_person_is_one_seat():
    club, officer, (anna,) = make_club("Abgrall")
    twin = make_senior(anna.dwelling, merged_into=anna)
    Attendance.objects.create(partner=club, senior=twin, on=ago(9), came=True, recorded_by=officer)
    [seat] = sheet(club, ago(9), officer)
    assert (seat.person, seat.came, seat.times) == (anna, True, 1)


def test_a_sheet_asks_as_much_for_thirty_people_as_for_one(client):
    counts = []
    for names in (["A"], [f"N{n}" for n in range(30)]):
        club, officer, people = make_club(*names)
        client.force_login(officer)
        listed = {"listed": [one.pk for one in people]}
        for gesture, posted in ((client.get, {}), (client.post, listed)):
            with CaptureQueriesContext(connection) as asked:
                gesture(attendance(club, 1), posted)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
