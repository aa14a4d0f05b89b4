"""Programmes of works: one a year and residence, the same figures everywhere, and works launched
once."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import moves
from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import Senior
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action
from visits.acting.follow_up import add_need
from visits.enums import State
from visits.models import Action, Programme, WorksLot, WorksPrice
from visits.programmes import recording
from visits.programmes.launching import launch
from visits.programmes.natures import NATURES
from visits.programmes.proposals import Ready, proposals_of, ready_of
from visits.programmes.recording import ProgrammeRefusal, Told
from visits.programmes.residents import residents_of
from visits.works import lots
from visits.works.prices import kinds_of_works

pytestmark = pytest.mark.django_db
LIST = "/pilotage/programmes/"


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def residence(manager):
    return make_residence(manager.territories.get(), name="Résidence d’Armor")


@pytest.fixture
def programme(residence, manager):
    told = Told(residence, 2027, ("bathrooms",), Programme.State.DECIDED, "Cage B d’abord")
    return recording.save(told, by=manager)


def works(residence, manager, state=State.ACCEPTED, code="grab_bars") -> Action:
    return make_action(code, state, senior=make_senior(make_dwelling(residence)), by=manager)


def row(user, programme, code="grab_bars"):
    """The proposal of one kind of works."""
    [found] = [one for one in proposals_of(user, programme) if one.kind.code == code]
    return found


def code_of(act) -> str:
    with pytest.raises(ProgrammeRefusal) as caught:
        act()
    return caught.value.code


def test_every_nature_names_works_of_the_catalogue():
    codes = {kind.code for kind in kinds_of_works()}
    assert {code for nature in NATURES.values() for code in nature.works} <= codes


def test_a_programme_is_written_then_corrected(client, manager, residence):
    client.force_login(manager)
    posted = {"residence": residence.pk, "year": 2027, "natures": ["electricity", "bathrooms"],
              "state": "planned", "note": ""}  # fmt: skip
    answer = client.post(f"{LIST}nouveau/", posted, follow=True)
    programme = Programme.objects.get()
    assert (programme.natures, programme.recorded_by) == (["bathrooms", "electricity"], manager)
    assert "Salles de bains, Électricité" in answer.content.decode()
    posted |= {"state": "decided", "note": "Voté en conseil"}
    client.post(reverse("visits:programme-edit", args=[programme.uid]), posted)
    programme.refresh_from_db()
    assert (programme.state, programme.note) == ("decided", "Voté en conseil")


def test_what_cannot_be_kept_is_refused_and_nothing_changes(client, manager, residence, programme):
    told = Told(residence, 2028, ("bathrooms",))
    officer = make_user(Role.OFFICER, residence.territory)
    stranger = make_user(Role.MANAGER, make_territory())
    attempts = [
        (told, officer),
        (told, stranger),
        (Told(residence, 202, ("bathrooms",)), manager),
        (Told(residence, 2028, ()), manager),
        (Told(residence, 2028, ("pool",)), manager),
        (Told(residence, 2028, ("lift",), "soon"), manager),
        (Told(residence, 2028, ("lift",), note="2 40 05 29 019 123 45"), manager),
        (Told(residence, 2027, ("lift",)), manager),
    ]
    refused = [code_of(partial(recording.save, one, by=by)) for one, by in attempts]
    assert refused == ["role", "place", "year", "natures", "natures", "state", "note", "twice"]
    assert list(Programme.objects.values_list("natures", flat=True)) == [["bathrooms"]]
    client.force_login(manager)
    posted = {"residence": residence.pk, "year": 2027, "natures": ["lift"], "state": "planned"}
    answer = client.post(f"{LIST}nouveau/", posted)
    assert answer.status_code == 422
    assert "a déjà un programme en 2027" in answer.content.decode()


def test_in_a_large_stock_the_residence_is_typed(client, manager, residence, monkeypatch):
    monkeypatch.setattr("visits.programmes.forms.MANY_RESIDENCES", 0)
    client.force_login(manager)
    posted = {"year": 2027, "natures": ["lift"], "state": "planned"}
    unknown = client.post(f"{LIST}nouveau/", posted | {"residence": "Kerfeunteun"})
    assert (unknown.status_code, Programme.objects.count()) == (422, 0)
    client.post(f"{LIST}nouveau/", posted | {"residence": "résidence d’armor"})
    assert Programme.objects.get().residence == residence


def test_who_lives_there_by_age_and_band(manager, residence):
    for born in (date(1930, 1, 1), date(1942, 1, 1), date(1943, 1, 1)):
        make_senior(make_dwelling(residence), born_on=born)
    make_senior(make_dwelling(residence), born_on=None)
    make_senior(make_dwelling(make_residence(residence.territory)))
    before = residents_of(manager, residence)
    score_seniors()
    found = residents_of(manager, residence)
    assert (found.count, found.ages) == (
        4,
        [("90 ans et plus", 1), ("80 à 89 ans", 2), ("âge inconnu", 1)],
    )
    assert before.bands[-1] == ("pas assez connus", 4)
    assert sum(count for _, count in found.bands) == 4


def test_what_to_do_in_the_same_works(manager, residence, programme):
    ready = [works(residence, manager) for _ in range(2)]
    works(residence, manager, State.PROPOSED)
    works(residence, manager, State.REQUESTED)
    works(residence, manager, State.CONFIRMED)
    elsewhere = make_residence(residence.territory)
    works(elsewhere, manager)
    works(residence, manager, code="shutters")
    for old, new in ((residence, elsewhere), (elsewhere, residence)):  # moved since they said yes
        moved = works(old, manager).senior
        Senior.objects.filter(pk=moved.pk).update(dwelling=make_dwelling(new))
        moves.tell([moved.pk])
    home = ready[0].senior.dwelling
    add_need(make_senior(home), "bars", found_on=ago(9), by=manager)
    add_need(make_senior(make_dwelling(residence)), "move", found_on=ago(9), by=manager)
    bars, shutters = proposals_of(manager, programme)
    price = WorksPrice.objects.get(kind__code="grab_bars").unit_cost
    assert (bars.kind.code, bars.fits, shutters.fits) == ("grab_bars", True, False)
    assert set(bars.ready) == set(ready)
    assert (bars.asked, bars.under_way, bars.bare, bars.dwellings) == (1, 1, 1, 3)
    assert (bars.estimate, bars.unpriced, bars.if_all) == (2 * price, 0, 4 * price)
    assert ready_of(manager, [residence])[residence.pk].count == 3  # the shutters too


def test_a_need_counts_once_under_the_works_of_the_programme(manager, residence, programme):
    """Three kinds answer a floor: with common parts, the one that goes with them."""
    add_need(make_senior(make_dwelling(residence)), "floor", found_on=ago(9), by=manager)
    [first] = proposals_of(manager, programme)
    programme.natures = ["floors"]
    [fitting] = proposals_of(manager, programme)
    assert (first.kind.code, first.fits) == ("night_path", False)
    assert (fitting.kind.code, fitting.fits) == ("thresholds", True)


def test_without_a_price_the_cost_is_to_be_given(manager, residence, programme):
    WorksPrice.objects.filter(kind__code="grab_bars").delete()
    works(residence, manager)
    alone = row(manager, programme)
    works(residence, manager, State.PROPOSED)
    bars = row(manager, programme)
    assert (alone.estimate, alone.unpriced, alone.if_all) == (Decimal(0), 1, None)
    assert (bars.estimate, bars.unpriced, bars.if_all) == (Decimal(0), 1, None)
    assert ready_of(manager, [residence])[residence.pk] == Ready(1, Decimal(0), 1)


def test_list_page_and_lot_give_the_same_figures(client, manager, residence, programme):
    for code in ("grab_bars", "grab_bars", "shower", "shutters"):
        works(residence, manager, code=code)
    works(residence, manager, State.PROPOSED)
    client.force_login(manager)
    [listed] = client.get(LIST).context["programmes"]
    page = client.get(reverse("visits:programme-show", args=[programme.uid])).context
    shown = [one for _, rows in page["groups"] for one in rows]
    assert listed.ready.count == sum(len(one.ready) for one in shown) == 4
    assert listed.ready.estimate == sum(one.estimate for one in shown)
    bars = row(manager, programme)
    tried = lots.preview(bars.ready, on=timezone.localdate(), by=manager)
    assert (len(tried.moved), tried.estimate) == (len(bars.ready), bars.estimate)
    assert listed.seniors == page["residents"].count == 5


def test_the_count_is_said_before_works_are_launched_and_they_never_are_twice(
    client, manager, residence, programme
):
    ready = [works(residence, manager) for _ in range(2)]
    waiting = works(residence, manager, State.PROPOSED)
    client.force_login(manager)
    address = reverse("visits:programme-launch", args=[programme.uid, kind_of("grab_bars").pk])
    posted = {"action": [one.uid for one in [*ready, waiting]]}
    asked = client.post(address, posted)
    assert "2 chantiers à lancer" in asked.content.decode()
    assert not WorksLot.objects.exists()
    posted["confirmed"] = 1
    answer = client.post(address, posted, follow=True)
    lot = WorksLot.objects.get()
    assert "2 travaux demandés" in answer.content.decode()
    assert (list(programme.lots.all()), lot.residence, lot.works.count()) == ([lot], residence, 2)
    assert lot.label == "Barres d’appui, Résidence d’Armor, programme 2027"
    waiting.refresh_from_db()
    assert waiting.state == State.PROPOSED
    again = client.post(address, posted, follow=True)
    assert "rien n’a été lancé une deuxième fois" in again.content.decode()
    assert (WorksLot.objects.count(), row(manager, programme).ready) == (1, ())
    page = client.get(reverse("visits:programme-show", args=[programme.uid])).content.decode()
    assert lot.label in page
    assert code_of(lambda: recording.remove(programme, by=manager)) == "launched"


def test_only_what_the_page_showed_is_launched(client, manager, residence, programme):
    shown, since = works(residence, manager), works(residence, manager)
    elsewhere = works(make_residence(residence.territory), manager)
    bars = kind_of("grab_bars")
    chosen = {shown.uid, elsewhere.uid}
    launch(programme, bars, chosen, on=timezone.localdate(), by=manager)
    states = {one.pk: Action.objects.get(pk=one.pk).state for one in (shown, since, elsewhere)}
    assert states == {
        shown.pk: State.REQUESTED,
        since.pk: State.ACCEPTED,
        elsewhere.pk: State.ACCEPTED,
    }


def test_nothing_is_launched_for_works_that_are_over(client, manager, residence, programme):
    ready = works(residence, manager)
    Programme.objects.update(state=Programme.State.DONE)
    told = {"on": timezone.localdate(), "by": manager}
    refused = code_of(lambda: launch(programme, ready.kind, {ready.uid}, **told))
    client.force_login(manager)
    page = client.get(reverse("visits:programme-show", args=[programme.uid])).content.decode()
    assert (refused, "Lancer 1 chantier" in page) == ("done", False)


def test_a_mistake_is_taken_away(client, manager, programme):
    client.force_login(manager)
    client.post(reverse("visits:programme-remove", args=[programme.uid]))
    assert Programme.objects.count() == 0


def test_the_list_narrows_and_those_to_come_stand_first(client, manager, residence, programme):
    for year, state in ((2026, "done"), (2028, "planned")):
        recording.save(Told(residence, year, ("lift",), state), by=manager)
    client.force_login(manager)

    def years(**asked):
        return [one.year for one in client.get(LIST, asked).context["programmes"]]

    assert years() == [2027, 2028, 2026]
    assert years(state="decided") == [2027]
    assert years(state="x", territory="x", lacking="x") == [2027, 2028, 2026]


def test_pages_have_the_same_queries_for_one_and_for_many(
    client, manager, residence, programme, django_assert_num_queries
):
    client.force_login(manager)
    show = reverse("visits:programme-show", args=[programme.uid])
    works(residence, manager)
    with django_assert_num_queries(9):
        client.get(LIST)
    with django_assert_num_queries(14):
        client.get(show)
    for number in range(6):
        place = make_residence(residence.territory)
        recording.save(Told(place, 2027 + number, ("lift",)), by=manager)
        works(place, manager)
        works(residence, manager, code="shower")
        add_need(make_senior(make_dwelling(residence)), "light", found_on=ago(9), by=manager)
    with django_assert_num_queries(9):
        client.get(LIST)
    with django_assert_num_queries(14):
        client.get(show)
