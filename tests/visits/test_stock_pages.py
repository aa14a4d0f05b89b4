"""Pages of the stock: the register, a residence, the label, vacant dwellings and who needs them."""

import io
from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from seniors.enums import ConsentKind, Role, Source
from seniors.models import AccessLog, Consent, Dwelling, Objection, Observation
from seniors.observe import record
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, make_action
from tests.visits.stocking import ADAPTED, criterion, level, make_vacant, say
from visits.acting.follow_up import move
from visits.enums import State
from visits.models import Action, HomeOffer, StockFinding, StockLabel, StockLevel
from visits.stock.label import read_label
from visits.stock.offers import OfferRefusal, propose
from visits.stock.register import known_of, refresh_all, standing_of
from visits.stock.stock_list import page_rows, spread_by_residence, whole
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


def text(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"visits:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def up_high(place, **fields):
    """Someone alone on a third floor without a lift."""
    fields = {"floor": 3, "has_lift": False, "household_size": 1, "rooms": 3} | fields
    return make_senior(make_dwelling(place, **fields))


def told(senior, health: bool | None = None, **values) -> Observation:
    """Something she said last week, with or without her consent on health."""
    if health is not None:
        Consent.objects.create(
            senior=senior, kind=ConsentKind.HEALTH, given=health, decided_on=ago(8), wording="v",
            source=Source.SURVEY,
        )  # fmt: skip
    import uuid  # noqa: PLC0415

    return record(senior, uid=uuid.uuid4(), source=Source.SURVEY, observed_on=ago(7), values=values)


# The register


def test_the_summary_the_list_and_the_workbook_say_the_same(client, manager, place):
    """One figure, three places; and the rule of the level says it too."""
    homes = [make_dwelling(place, floor=n % 2, has_lift=False, rooms=n % 4) for n in range(6)]
    say(homes[0], *ADAPTED, by=manager)
    say(homes[2], "entrance", by=manager)
    refresh_all()
    said = client.get(reverse("visits:stock-list"))
    shown = {share.label: share.exactly for share in said.context["shares"]}
    assert shown == {
        "Bien vieillir": 0, "Adapté": 1, "Adaptable": 0, "Accessible": 1, "Aucun niveau": 4,
    }  # fmt: skip
    file = client.get(reverse("visits:stock-workbook"))
    sheet = load_workbook(io.BytesIO(b"".join(file.streaming_content)))["Logements"]
    rows = list(sheet.iter_rows(values_only=True))
    column = rows[0].index("Niveau atteint")
    in_file = [row[column] for row in rows[1:]]
    assert sorted(in_file) == ["Accessible", "Adapté", *["aucun"] * 4]
    label, known = read_label(), known_of(homes, read_label().criteria)
    by_rule = [label.level(standing_of(label, known[one.pk]).level) for one in homes]
    assert [str(one) for one in by_rule if one] == ["Adapté", "Accessible"]
    assert rows[1][rows[0].index("Douche sans marche")] in ("oui", "on ne sait pas")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"a", "b", "c", "d"}),
        ({"floor": "0"}, {"a", "b"}),
        ({"floor": "3"}, {"c"}),
        ({"floor": "unknown"}, {"d"}),
        ({"lift": "yes"}, {"c"}),
        ({"lift": "unknown"}, {"d"}),
        ({"rooms": "2"}, {"a"}),
        ({"rooms": "5"}, {"c"}),
        ({"rooms": "unknown"}, {"d"}),
        ({"vacant": "on"}, {"b"}),
        ({"level": "none"}, {"b", "c", "d"}),
        ({"level": "check"}, {"a", "b", "c", "d"}),
        ({"level": "Accessible"}, {"a"}),
        ({"q": "kerf"}, {"a", "b", "c", "d"}),
        ({"q": "ailleurs"}, set()),
        ({"floor": "wrong"}, {"a", "b", "c", "d"}),
    ],
)
def test_the_filters_narrow_the_list(client, manager, place, asked, expected):
    homes = {
        "a": make_dwelling(place, reference="a", floor=0, has_lift=False, rooms=2),
        "b": make_dwelling(place, reference="b", floor=0, has_lift=False, rooms=3,
                           mode=Dwelling.Mode.OFFERED),
        "c": make_dwelling(place, reference="c", floor=7, has_lift=True, rooms=6),
        "d": make_dwelling(place, reference="d"),
    }  # fmt: skip
    make_dwelling(make_residence(name="Ailleurs"), reference="e")
    say(homes["a"], "entrance", by=manager)
    refresh_all()
    if asked.get("level") == "Accessible":
        asked = {"level": level("Accessible").pk}
    found = client.get(reverse("visits:stock-list"), asked).context["homes"]
    assert {one.dwelling.reference for one in found} == expected


def test_the_pages_of_the_list_hold_every_dwelling_once_in_order():
    territory = make_territory()
    for name in ("Beta", "Alpha", "Gamma"):
        home = make_residence(territory, name=name)
        for floor in (2, 0, 1):
            make_dwelling(home, floor=floor)
    homes = Dwelling.objects.all()
    spreads = spread_by_residence(homes)
    assert whole(spreads).count == 9
    pages = [page_rows(homes, spreads, number, 4) for number in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [4, 4, 1, 0]
    seen = [(one.residence.name, one.floor) for page in pages for one in page]
    assert seen == [(name, floor) for name in ("Alpha", "Beta", "Gamma") for floor in (0, 1, 2)]


def test_the_list_costs_the_same_whatever_its_length(
    client, manager, place, django_assert_num_queries
):
    def queries(homes: int) -> int:
        from django.db import connection  # noqa: PLC0415
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        for _ in range(homes):
            make_dwelling(make_residence(place.territory), floor=0)
        refresh_all()
        with CaptureQueriesContext(connection) as context:
            text(client, "stock-list")
        return len(context)

    assert queries(1) == queries(30) <= 15


def test_a_page_says_when_levels_are_old_and_a_touch_mends_it(client, manager, place):
    make_dwelling(place)
    assert "Mettre les niveaux à jour" in text(client, "stock-list")
    assert client.post(reverse("visits:stock-refresh")).status_code == 302
    said = text(client, "stock-list")
    assert "Mettre les niveaux à jour" not in said
    assert "en cours de mise à jour" not in said


# A residence


def test_a_whole_residence_is_noted_at_once(client, manager, place):
    for _ in range(3):
        make_dwelling(place, floor=0)
    elsewhere = make_dwelling()
    told = {
        "criteria": [criterion("entrance").pk, criterion("doors").pk], "met": "yes",
        "evidence": "document", "on": timezone.localdate().isoformat(), "words": "Plan de 2019",
        "everywhere": "on", "dwelling": [elsewhere.pk],
    }  # fmt: skip
    answer = client.post(reverse("visits:stock-note", args=[place.pk]), told, follow=True)
    assert "6 constats notés." in answer.content.decode()
    assert not StockFinding.objects.filter(dwelling=elsewhere).exists()
    assert [str(one.level) for one in answer.context["homes"]] == ["Accessible"] * 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"criteria": []}, "Cochez au moins un critère."),
        ({"dwelling": []}, "Aucun logement n’est coché"),
        ({"on": "2100-01-01"}, "pas encore passée"),
        ({"words": "vu, Mme est diabétique"}, "diabétique"),
    ],
)
def test_a_note_refused_says_why_and_keeps_what_was_ticked(client, manager, place, wrong, sentence):
    home = make_dwelling(place)
    told = {
        "criteria": [criterion("shower").pk], "met": "yes", "evidence": "visit",
        "on": timezone.localdate().isoformat(), "dwelling": [home.pk],
    }  # fmt: skip
    answer = client.post(reverse("visits:stock-note", args=[place.pk]), told | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not StockFinding.objects.exists()
    if "dwelling" not in wrong:
        assert str(home.pk) in answer.context["ticked"]


def test_evidence_ticked_is_noted_from_the_page(client, manager, place):
    senior = make_senior(make_dwelling(place))
    make_action("raised_wc", State.DONE, senior=senior)
    page = client.get(reverse("visits:stock-residence", args=[place.pk]))
    assert "1 preuve à reprendre" in page.content.decode()
    key = page.context["proposals"][0].key
    address = reverse("visits:stock-evidence", args=[place.pk])
    client.post(address, {})
    assert not StockFinding.objects.exists()
    client.post(address, {"proposal": key})
    assert StockFinding.objects.get().criterion == criterion("toilet")
    assert "à reprendre" not in text(client, "stock-residence", place.pk)


def test_a_dwelling_shows_each_criterion_with_its_evidence(client, manager, place):
    home = make_dwelling(place, floor=0, is_adapted=True)
    say(home, "shower", by=manager, on=date(2026, 3, 3), words="Receveur posé")
    said = text(client, "stock-dwelling", home.uid)
    assert "relevé sur place, 03/03/2026" in said
    assert "Receveur posé" in said
    assert "fichier des logements" in said  # the ground floor
    assert "aucun critère n’en est déduit" in said
    back = reverse("visits:stock-dwelling", args=[home.uid])
    told = {
        "criteria": [criterion("bars").pk], "met": "no", "evidence": "visit", "back": back,
        "on": timezone.localdate().isoformat(), "dwelling": [home.pk],
    }  # fmt: skip
    answer = client.post(reverse("visits:stock-note", args=[place.pk]), told)
    assert answer["Location"] == back
    told["back"] = "https://ailleurs.example/"
    answer = client.post(reverse("visits:stock-note", args=[place.pk]), told)
    assert answer["Location"].startswith(reverse("visits:stock-residence", args=[place.pk]))


# The label


def test_a_manager_changes_a_level_and_the_dwellings_follow(client, manager, place):
    home = make_dwelling(place)
    say(home, "shower", by=manager)
    address = reverse("visits:stock-level", args=[level("Adapté").pk])
    answer = client.post(address, {"name": "Adapté", "meaning": "adapted", "criteria": []})
    assert answer.status_code == 422
    assert "au moins un critère" in answer.content.decode()
    told = {"name": "Adapté", "meaning": "adapted", "criteria": [criterion("shower").pk]}
    assert client.post(address, told).status_code == 302
    home.refresh_from_db()
    assert home.standing.level == level("Adapté")


def test_the_label_pages_add_and_take_away(client, manager):
    told = {"label": "Loggia de plain-pied", "help": "", "reads": "", "works": ["thresholds"]}
    assert client.post(reverse("visits:stock-criterion-new"), told).status_code == 302
    new = read_label().criteria[-1]
    assert (new.label, new.works) == ("Loggia de plain-pied", ["thresholds"])
    told = {"name": "Or", "meaning": "adapted", "criteria": [new.pk]}
    assert client.post(reverse("visits:stock-level-new"), told).status_code == 302
    top = StockLevel.objects.get(name="Or")
    answer = client.post(reverse("visits:stock-criterion-remove", args=[new.pk]), follow=True)
    assert "n’a que ce critère" in answer.content.decode()
    client.post(reverse("visits:stock-level-raise", args=[level("Bien vieillir").pk]))
    assert str(read_label().levels[-1]) == "Bien vieillir"
    client.post(reverse("visits:stock-level-remove", args=[top.pk]))
    client.post(reverse("visits:stock-criterion-remove", args=[new.pk]))
    assert len(read_label().criteria) == 11
    told = {"name": "Optidom", "source": "charte 2026"}
    client.post(reverse("visits:stock-label"), told)
    row = StockLabel.objects.get()
    assert (row.name, row.is_assumption) == ("Optidom", False)
    assert "Optidom" in text(client, "stock-label")


# Vacant dwellings and people


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


def test_a_dwelling_never_computed_says_so(place):
    home = make_dwelling(place)
    with pytest.raises(ObjectDoesNotExist):
        home.standing  # noqa: B018
