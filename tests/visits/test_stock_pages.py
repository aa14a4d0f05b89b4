"""Pages of the stock: the register, a residence, the label."""

import io
from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from seniors.enums import Role
from seniors.models import Dwelling
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.stock_makers import text
from tests.visits.stocking import ADAPTED, criterion, level, say
from visits.enums import State
from visits.models import StockFinding, StockLabel, StockLevel
from visits.stock.label import read_label
from visits.stock.register import known_of, refresh_all, standing_of
from visits.stock.stock_list import page_rows, spread_by_residence, whole

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
        ({"on": "2099-01-01"}, "pas encore passée"),
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


def test_a_dwelling_never_computed_says_so(place):
    home = make_dwelling(place)
    with pytest.raises(ObjectDoesNotExist):
        home.standing  # noqa: B018
