"""Lots of works: the count said is the true one, what the rules refuse stays, the sheet tells
no more than the appointment needs."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import ConsentKind, Role, Source
from seniors.models import AccessLog, Consent, Dwelling, Senior
from seniors.phones import readable
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action
from visits.acting import lives_in
from visits.enums import State
from visits.models import Action, ActionKind, Works, WorksLot
from visits.works import lot_forms, lots
from visits.works.order_sheet import BY_LANDLORD, MOVED, order_of

pytestmark = pytest.mark.django_db
NEW = "/pilotage/travaux/lots/nouveau/"
TOLD = {"label": "Barres", "company": "", "note": "", "wanted_by": None, "residence": None}


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def residence(manager):
    return make_residence(manager.territories.get(), name="Résidence d’Armor")


def works(residence, manager, state=State.ACCEPTED, code="grab_bars", **fields) -> Action:
    home = make_dwelling(residence, floor=3, door="12")
    return make_action(code, state, senior=make_senior(home, **fields), by=manager)


def launched(actions, manager) -> WorksLot:
    kind = kind_of("grab_bars")
    return lots.launch(actions, kind=kind, on=timezone.localdate(), by=manager, **TOLD)[0]


def test_a_lot_is_chosen_confirmed_and_launched_in_one_gesture(client, manager, residence):
    ready = [works(residence, manager) for _ in range(3)]
    waiting = works(residence, manager, State.PROPOSED)
    client.force_login(manager)
    asked = {"kind": kind_of("grab_bars").pk, "residence": residence.pk}
    chosen = client.get(NEW, asked).context["works"]
    assert {one.pk: one.ticked for one in chosen} == {
        **{one.pk: True for one in ready},
        waiting.pk: False,
    }
    posted = asked | {"label": "Barres d’Armor", "action": [one.uid for one in ready]}
    answer = client.post(NEW, posted)
    said = answer.content.decode()
    assert "3 chantiers à lancer" in said
    assert "660,00" in said
    assert not WorksLot.objects.exists()
    answer = client.post(NEW, posted | {"confirmed": "1"})
    lot = WorksLot.objects.get()
    assert answer["Location"] == reverse("visits:works-lot-show", args=[lot.uid])
    assert set(Action.objects.filter(state=State.REQUESTED)) == set(ready)
    assert set(Works.objects.filter(lot=lot).values_list("action", flat=True)) == {
        one.pk for one in ready
    }
    assert client.get(NEW, asked).context["works"] == [waiting]
    for company, whom in (("", "nos équipes"), ("Ar Vro", "Ar Vro")):
        WorksLot.objects.update(company=company)
        shown = client.get(answer["Location"]).content.decode()
        assert shown.count(f"le début, par {whom}") == len(ready)


def test_from_a_residence_nothing_is_wrong_before_one_chooses(
    client, manager, residence, monkeypatch
):
    """Of very many residences, the page has no list: it says which one it is about."""
    monkeypatch.setattr(lot_forms, "MANY_RESIDENCES", 0)
    elsewhere = make_residence(name="Résidence d’Ailleurs")
    client.force_login(manager)
    for place, shown in ((residence.pk, True), (elsewhere.pk, False), ("x", False)):
        said = client.get(NEW, {"residence": place}).content.decode()
        assert "obligatoire" not in said
        assert ("Choisir partout" in said, "Ailleurs" in said) == (shown, False)
    assert "obligatoire" in client.get(NEW, {"kind": ""}).content.decode()


def test_every_state_in_which_works_cannot_be_asked_for_is_said(client, manager, residence):
    """Those of partners too, for a landlord who has some works made by them."""
    waiting = works(residence, manager)
    assert lots.WHY_NOT.keys() == set(State) - {State.ACCEPTED}
    ActionKind.objects.filter(pk=waiting.kind_id).update(by_partner=True)
    Action.objects.filter(pk=waiting.pk).update(state=State.PARTNER_REFUSED)
    client.force_login(manager)
    answer = client.get(NEW, {"kind": waiting.kind_id, "residence": residence.pk})
    assert "Un partenaire a refusé" in answer.content.decode()
    with pytest.raises(lots.LotRefusal) as error:
        launched(lots.candidates(manager, waiting.kind, residence), manager)
    assert error.value.code == "empty"


def test_what_the_rules_refuse_stays_as_it_is_with_the_reason(manager, residence):
    ready, waiting = works(residence, manager), works(residence, manager, State.PROPOSED)
    tried = lots.preview(
        list(lots.candidates(manager, ready.kind, residence)), on=timezone.localdate(), by=manager
    )
    assert ([one.pk for one in tried.moved], tried.estimate) == ([ready.pk], Decimal(220))
    lot, refused = lots.launch(
        [ready, waiting], kind=ready.kind, on=timezone.localdate(), by=manager, **TOLD
    )
    assert refused == [(waiting, "Le locataire n’a pas encore répondu.")]
    waiting.refresh_from_db()
    assert (waiting.state, lot.works.count()) == (State.PROPOSED, 1)


def test_a_lot_of_nothing_is_not_made(manager, residence):
    waiting = works(residence, manager, State.PROPOSED)
    with pytest.raises(lots.LotRefusal) as refused:
        launched([waiting], manager)
    assert (refused.value.code, WorksLot.objects.count()) == ("empty", 0)


def test_launched_twice_it_is_one_lot(manager, residence):
    ready = works(residence, manager)
    launched([ready], manager)
    with pytest.raises(lots.LotRefusal):
        launched([ready], manager)
    assert WorksLot.objects.count() == 1


def test_works_expected_before_they_are_ordered_are_refused(client, manager, residence):
    ready = works(residence, manager)
    client.force_login(manager)
    told = {"kind": ready.kind_id, "label": "Barres", "action": ready.uid, "confirmed": "1"}
    answer = client.post(NEW, told | {"wanted_by": ago(1).isoformat()})
    assert (answer.status_code, WorksLot.objects.count()) == (422, 0)
    early = TOLD | {"wanted_by": timezone.localdate() - timedelta(days=1)}
    with pytest.raises(lots.LotRefusal):
        lots.launch([ready], kind=ready.kind, on=timezone.localdate(), by=manager, **early)


def test_works_of_another_territory_ticked_by_hand_are_passed_over(client, manager, residence):
    ready, far = works(residence, manager), make_action("grab_bars", State.ACCEPTED)
    client.force_login(manager)
    told = {"kind": ready.kind_id, "label": "Barres", "confirmed": "1"}
    client.post(NEW, told | {"action": [ready.uid, far.uid]})
    far.refresh_from_db()
    assert (far.state, Works.objects.count()) == (State.ACCEPTED, 1)


def test_an_estimate_without_a_price_is_said(client, manager, residence):
    ready = works(residence, manager, code="thresholds")
    client.force_login(manager)
    told = {"kind": ready.kind_id, "label": "Seuils", "action": ready.uid}
    said = client.post(NEW, told).content.decode()
    assert "sans compter 1 prix à donner" in said


def test_what_is_not_begun_may_be_cancelled_and_the_need_comes_back(client, manager, residence):
    asked, begun = works(residence, manager), works(residence, manager)
    lot = launched([asked, begun], manager)
    Action.objects.filter(pk=begun.pk).update(state=State.UNDER_WAY)
    client.force_login(manager)
    address = reverse("visits:works-lot-cancel", args=[lot.uid])
    assert client.post(address, {"note": ""}).status_code == 422
    client.post(address, {"note": "Marché revu"})
    asked.refresh_from_db()
    begun.refresh_from_db()
    assert (asked.state, asked.cancelled_because) == (State.CANCELLED, "Marché revu")
    assert (begun.state, asked.need.closed_on) == (State.UNDER_WAY, None)
    with pytest.raises(lots.LotRefusal) as refused:
        lots.cancel(lot, note="Encore", on=timezone.localdate(), by=manager)
    assert refused.value.code == "begun"


def test_progress_counts_what_is_begun_and_ended(manager, residence):
    made = [works(residence, manager) for _ in range(4)]
    lot = launched(made, manager)
    for one, state in zip(made, (State.UNDER_WAY, State.DONE, State.CONFIRMED), strict=False):
        Action.objects.filter(pk=one.pk).update(state=state)
    told = lots.visible_lots(manager).get(pk=lot.pk)
    assert (told.count, told.begun, told.ended) == (4, 3, 2)


def test_the_sheet_says_where_what_and_whom_to_call_in_pdf_and_workbook(client, manager, residence):
    ready = works(residence, manager, mobile="0612345678")
    lot = launched([ready], manager)
    client.force_login(manager)
    pdf = b"".join(client.get(reverse("visits:works-lot-order", args=[lot.uid])).streaming_content)
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    said = said.replace("\u00a0", " ")
    book = client.get(reverse("visits:works-lot-workbook", args=[lot.uid]))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(book.streaming_content))).active
    row = [str(cell).replace("\u00a0", " ") for cell in list(sheet.iter_rows(values_only=True))[1]]
    for words in ("3 rue de Siam", "3e étage, porte 12", "Barres d’appui", "1 barre",
                  "Mme Jeanne Le Goff", "06 12 34 56 78"):  # fmt: skip
        assert words in said
        assert any(words in cell for cell in row), words
    assert f"Accord du locataire le {ago(20):%d/%m/%Y}" in said
    gestures = AccessLog.objects.values_list("gesture", flat=True)
    assert set(gestures) == {"works-lot-pdf", "works-lot-xlsx"}


def test_the_sheet_names_nobody_who_said_no_to_sharing(manager, residence):
    ready = works(residence, manager, mobile="0612345678")
    Consent.objects.create(
        senior=ready.senior,
        kind=ConsentKind.SHARING,
        given=False,
        decided_on=ago(1),
        wording="2026",
        source=Source.VISIT,
    )
    one = order_of(launched([ready], manager), manager).works[0]
    assert (one.name, one.phones) == (BY_LANDLORD, "")


def test_works_stay_with_the_dwelling_when_the_tenant_moves(client, manager):
    """Every door says the flat of the works, as the registers do; who left it is called by nobody,
    and another territory's page is no link."""
    here, away = (
        make_residence(manager.territories.get(), name=name) for name in ("Aber", "Zéphyr")
    )
    stays, moves, gone = (
        works(place, manager, mobile="0612345678") for place in (away, here, here)
    )
    waits = works(here, manager)
    for pk, street in ((stays.dwelling_id, "Quai"), (gone.dwelling_id, "Impasse")):
        Dwelling.objects.filter(pk=pk).update(street=street)
    lot = launched([stays, moves, gone], manager)
    for one in (moves, waits):
        Senior.objects.filter(pk=one.senior_id).update(dwelling=make_dwelling(away, street="Cale"))
    Senior.objects.filter(pk=gone.senior_id).update(dwelling=None, ended_on=ago(1), end="left")
    lives_in.mend()
    order = order_of(lot, make_user(Role.ADMINISTRATOR))
    assert [(one.residence, one.address, one.name, one.phones) for one in order.works] == [
        ("Aber", "3 Impasse", MOVED, ""),
        ("Aber", "3 rue de Siam", MOVED, ""),
        ("Zéphyr", "3 Quai", "Mme Jeanne Le Goff", readable("0612345678")),
    ]
    assert [one.agreed_on for one in order.works] == [None, None, ago(20)]
    client.force_login(manager)
    show, listed, place = (
        client.get(reverse(f"visits:works-{name}", args=args))
        for name, args in (("lot-show", [lot.uid]), ("list", []), ("residence", [here.pk]))
    )
    for answer in (show, listed, place):
        [line] = [line for line in answer.context["lines"] if line.action == moves]
        assert (line.residence, line.has_moved) == (here, True)
        assert "3 rue de Siam" in line.address
        assert "(n’y habite plus)" in answer.content.decode()
    sheet = openpyxl.load_workbook(
        BytesIO(b"".join(client.get(reverse("visits:works-workbook")).streaming_content))
    ).active
    said = [row[1:3] for row in sheet.iter_rows(values_only=True) if "plus)" in str(row[2])]
    assert [(where, "rue de Siam" in address) for where, address in said] == [("Aber", True)] * 2
    # What is asked for by place is found where its row says that it is, and counted there.
    for residence, found, waiting in ((here, {moves, waits}, 0), (away, {stays}, 1)):
        asked = {"residence": residence.pk, "q": residence.name, "order": "place"}
        listed = client.get(reverse("visits:works-list"), asked)
        place = client.get(reverse("visits:works-residence", args=[residence.pk]))
        shown = {line.action for line in listed.context["lines"]}
        assert (shown, listed.context["totals"].count) == (found, len(found))
        shown = {line.action for line in place.context["lines"]}
        assert shown - {gone} == found
        assert place.context["totals"].count == len(shown)
        assert place.context["counts"]["waiting"] == waiting
        chosen = client.get(NEW, {"kind": waits.kind_id, "residence": residence.pk}).context
        assert [(one.has_moved, one.ticked) for one in chosen.get("works", [])] == (
            [(True, False)] if residence == here else []
        )
    for name in ("lot-order", "lot-workbook"):  # neither the new flat nor who left the old one
        file = b"".join(
            client.get(reverse(f"visits:works-{name}", args=[lot.uid])).streaming_content
        )
        assert MOVED in _words_of(name, file)
        assert "Cale" not in _words_of(name, file)
        assert _words_of(name, file).count("Le Goff") == 1


def _words_of(name: str, file: bytes) -> str:
    """What an order sheet says, as a PDF or a workbook."""
    if name == "lot-order":
        said = " ".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages)
        return said.replace("\n", " ")
    rows = openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True)
    return " ".join(str(cell) for row in rows for cell in row)


def test_a_long_lot_is_printed_on_several_pages(client, manager, residence):
    lot = launched([works(residence, manager) for _ in range(12)], manager)
    client.force_login(manager)
    pdf = b"".join(client.get(reverse("visits:works-lot-order", args=[lot.uid])).streaming_content)
    assert len(PdfReader(BytesIO(pdf)).pages) == 2


def test_a_residence_shows_all_its_works_and_who_lives_there(client, manager, residence):
    open_, done = works(residence, manager), works(residence, manager, State.CONFIRMED)
    client.force_login(manager)
    answer = client.get(reverse("visits:works-residence", args=[residence.pk]))
    assert {line.action for line in answer.context["lines"]} == {open_, done}
    assert answer.context["counts"] == {"dwellings": 2, "adapted": 0, "seniors": 2, "waiting": 1}
    logged = AccessLog.objects.filter(gesture="works-residence").values_list("senior", flat=True)
    assert set(logged) == {open_.senior_id, done.senior_id}


@pytest.mark.parametrize("count", [1, 8])
def test_a_lot_takes_the_same_queries(client, manager, residence, count, django_assert_num_queries):
    lot = launched([works(residence, manager) for _ in range(count)], manager)
    client.force_login(manager)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("visits:works-lot-show", args=[lot.uid]))


QUERIES = 9
