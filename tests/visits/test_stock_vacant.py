"""Pages of the stock: vacant dwellings and who needs them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role, Source
from seniors.models import AccessLog, Consent, Dwelling, Objection
from tests.make import make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, make_action
from tests.visits.stock_makers import text, told, up_high
from tests.visits.stocking import make_vacant
from visits.acting.follow_up import move
from visits.enums import State
from visits.models import Action, HomeOffer
from visits.stock.label import read_label
from visits.stock.offers import OfferRefusal, propose
from visits.stock.vacancies import against_people, homes_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings):
    """Long work is done in the request."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def place():
    return make_residence(make_territory(), name="Kerfeunteun")


@pytest.fixture
def manager(client, place):
    user = make_user(Role.MANAGER, place.territory, first_name="Anne", last_name="Kermarrec")
    client.force_login(user)
    return user


def names(client, home: Dwelling) -> list[int]:
    """Ids of those shown for a vacant dwelling, in order."""
    page = client.get(reverse("visits:stock-dwelling", args=[home.uid]))
    return [person.pk for person, _ in page.context["people"]]


def test_those_who_need_it_come_in_order_each_with_her_reason(client, manager, place):
    home = make_vacant(place, by=manager)
    near, far = up_high(place), up_high(make_residence(place.territory))
    wishes = up_high(place, floor=2)
    told(wishes, wish_move=1)
    up_high(place, has_lift=True)
    up_high(make_residence())  # another territory
    assert names(client, home) == [wishes.pk, near.pk, far.pk]
    said = text(client, "stock-dwelling", home.uid)
    assert "Souhaite changer de logement (enquête annuelle, " in said
    assert "Habite au 3e étage sans ascenseur, " in said
    logged = AccessLog.objects.filter(gesture="stock-dwelling", user=manager)
    assert {row.senior_id for row in logged} == {wishes.pk, near.pk, far.pk}


def test_mobility_counts_only_with_the_consent_on_health(client, manager, place):
    home = make_vacant(place, by=manager)
    agrees, withdrew = up_high(place), up_high(place)
    for one in (agrees, withdrew):
        told(one, health=True, walking_aid=1)
    Consent.objects.create(
        senior=withdrew, kind=ConsentKind.HEALTH, given=False, decided_on=ago(1), wording="v",
        source=Source.SURVEY,
    )  # fmt: skip
    row = against_people(manager, read_label(), [_fresh(home)], timezone.localdate())[0]
    reasons = {one.person.pk: one.reason for one in row.matches}
    assert "canne" in reasons[agrees.pk]
    assert "canne" not in reasons[withdrew.pk]


def _fresh(home: Dwelling) -> Dwelling:
    linked = Dwelling.objects.select_related("residence__territory", "standing__level")
    return linked.get(pk=home.pk)


def test_a_refusal_of_the_survey_silences_the_wish(manager, place):
    home, senior = make_vacant(place, by=manager), up_high(place, floor=0)
    told(senior, wish_move=1)
    label, today = read_label(), timezone.localdate()
    assert against_people(manager, label, [_fresh(home)], today)[0].count == 1
    Consent.objects.create(
        senior=senior, kind=ConsentKind.VISIT, given=False, decided_on=today, wording="v",
        source=Source.SURVEY,
    )  # fmt: skip
    assert against_people(manager, label, [_fresh(home)], today)[0].count == 0


def test_who_refuses_or_is_paused_is_left_out_and_counted(manager, place):
    home = make_vacant(place, by=manager)
    stays, paused, declined = up_high(place), up_high(place), up_high(place)
    told(stays, wish_move=0)
    Objection.objects.create(senior=paused, since=ago(3), reason="Ne veut pas")
    make_action("move_home", State.DECLINED, senior=declined)
    row = against_people(manager, read_label(), [_fresh(home)], timezone.localdate())[0]
    assert (row.count, row.refusing, row.paused) == (0, 2, 1)


def test_who_said_yes_comes_first(manager, place):
    home = make_vacant(place, by=manager)
    first, agreed = up_high(place), up_high(place, floor=1)
    make_action("move_home", State.ACCEPTED, senior=agreed)
    row = against_people(manager, read_label(), [_fresh(home)], timezone.localdate())[0]
    assert [one.person.pk for one in row.matches] == [agreed.pk, first.pk]
    assert row.matches[0].reason.startswith("A dit oui à un autre logement le ")


def test_people_cost_the_same_queries_for_one_and_for_many(manager, place):
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    home = make_vacant(place, by=manager)
    counts = []
    for more in (1, 12):
        for _ in range(more):
            told(up_high(place), health=True, walking_aid=1, wish_move=1)
        with CaptureQueriesContext(connection) as context:
            row = against_people(manager, read_label(), [_fresh(home)], timezone.localdate())[0]
        counts.append(len(context))
    assert row.count == 13
    assert counts[0] == counts[1]


def test_the_list_of_vacant_dwellings_names_nobody(client, manager, place):
    home = make_vacant(place, by=manager)
    make_vacant(place, by=manager, codes=(), floor=4)  # reaches no level
    senior = up_high(place)
    said = text(client, "stock-vacant")
    assert said.count("En auraient besoin") == 2  # the heading, and one row
    assert home.reference in said
    assert senior.last_name not in said
    assert "Habite au 3e étage" in said


def test_an_occupied_or_let_dwelling_is_not_vacant(client, manager, place):
    occupied = make_vacant(place, by=manager)
    make_senior(occupied)
    make_vacant(place, by=manager, mode=Dwelling.Mode.LET)
    make_vacant(place, by=manager, gone_on=ago(1))
    assert "Aucun logement vacant" in text(client, "stock-vacant")


# Proposing


def test_a_person_proposes_and_an_action_follows(client, manager, place):
    home, senior = make_vacant(place, by=manager), up_high(place)
    address = reverse("visits:stock-propose", args=[home.uid, senior.uid])
    said = client.get(address).content.decode()
    assert "Habite au 3e étage sans ascenseur" in said
    assert not Action.objects.exists()
    answer = client.post(address)
    action = Action.objects.get()
    assert answer["Location"] == reverse("visits:action-show", args=[action.uid])
    assert (action.kind.code, action.state, action.senior) == ("move_home", "proposed", senior)
    assert HomeOffer.objects.get().dwelling == home
    assert names(client, home) == []  # asked already
    assert "Déjà proposé" in text(client, "stock-dwelling", home.uid)
    client.post(address)
    assert (Action.objects.count(), HomeOffer.objects.count()) == (1, 1)


def test_a_wish_already_agreed_keeps_its_state_and_gets_a_second_offer(manager, place):
    senior = up_high(place)
    agreed = make_action("move_home", State.ACCEPTED, senior=senior)
    offers = [propose(make_vacant(place, by=manager), senior, by=manager) for _ in range(2)]
    agreed.refresh_from_db()
    assert (agreed.state, Action.objects.count()) == (State.ACCEPTED, 1)
    assert {one.action for one in offers} == {agreed}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda home, _: Dwelling.objects.filter(pk=home.pk).update(mode=1), "taken"),
        (lambda home, _: make_senior(home), "taken"),
        (
            lambda _, senior: Objection.objects.create(senior=senior, since=ago(1), reason="Non"),
            "paused",
        ),
    ],
)
def test_what_cannot_be_proposed_is_refused_and_nothing_is_written(manager, place, spoil, code):
    home, senior = make_vacant(place, by=manager), up_high(place)
    spoil(home, senior)
    with pytest.raises(OfferRefusal) as refusal:
        propose(home, senior, by=manager)
    assert refusal.value.code == code
    assert not Action.objects.exists()


def test_a_dwelling_that_does_not_suit_leaves_the_wish_open(client, manager, place):
    home, senior = make_vacant(place, by=manager), up_high(place)
    other = make_vacant(place, by=manager)
    offer = propose(home, senior, by=manager)
    move(offer.action, State.ACCEPTED, on=timezone.localdate(), by=manager)
    client.post(reverse("visits:stock-decline", args=[offer.uid]))
    offer.refresh_from_db()
    assert offer.declined_on == timezone.localdate()
    assert Action.objects.get().state == State.ACCEPTED
    matches, _ = homes_for(manager, read_label(), senior, timezone.localdate())
    assert [one.place.pk for one in matches] == [other.pk]  # not the one she declined
    said = client.post(reverse("visits:stock-decline", args=[offer.uid]), follow=True)
    assert "déjà notée" in said.content.decode()


def test_the_other_way_a_person_and_the_dwellings(client, manager, place):
    senior = up_high(place)
    far = make_vacant(make_residence(place.territory), by=manager)
    near = make_vacant(place, by=manager)
    make_vacant(make_residence(), by=make_user(Role.ADMINISTRATOR))  # another territory
    page = client.get(reverse("visits:stock-person", args=[senior.uid]))
    found = [(home.dwelling.pk, match.reason) for home, match in page.context["matches"]]
    assert [pk for pk, _ in found] == [near.pk, far.pk]
    assert "resterait dans sa résidence" in found[0][1]
    officer = make_user(Role.OFFICER, place.territory)
    client.force_login(officer)
    assert "2 logements" in text(client, "stock-person", senior.uid)


def test_a_person_without_a_known_need_is_told_so(client, manager, place):
    senior = up_high(place, floor=0)
    make_vacant(place, by=manager)
    told(senior, wish_move=0)
    said = text(client, "stock-person", senior.uid)
    assert "ne répond à ce qui est connu" in said
    assert "ne souhaite pas changer de logement" in said
