"""Criteria of the label brought by a table, what stands around as evidence, levels after an
import of dwellings."""

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import applied
from seniors.enums import Role
from seniors.models import ImportRun
from tests.make import make_dwelling, make_residence, make_territory, make_user
from tests.visits.acting import ago
from tests.visits.stocking import criterion, say
from visits.models import StockFinding, StockStanding
from visits.programmes import surroundings
from visits.stock.label import read_label
from visits.stock.proposals import proposals_for
from visits.stock.register import is_stale, known_of, refresh_all

pytestmark = pytest.mark.django_db
HEAD = "Logement;Critère;Rempli;Preuve;Date;Précision"
SHOWER, DOORS = "Douche sans marche", "Portes d’au moins 80 cm"


@pytest.fixture
def here():
    return make_residence(make_territory())


@pytest.fixture
def manager(client, here):
    user = make_user(Role.MANAGER, here.territory)
    client.force_login(user)
    return user


def send(client, text: str, **more):
    return client.post(reverse("visits:stock-import"), {"text": text, **more})


def test_a_table_of_criteria_is_shown_then_noted_and_counts_once(client, manager, here):
    home, other = make_dwelling(here, reference="L-1"), make_dwelling(here, reference="L-2")
    say(home, "shower", met=False, by=manager, on=ago(90))
    day = f"{ago(5):%d/%m/%Y}"
    table = "\n".join([
        HEAD,
        f"L-1;{SHOWER};oui;relevé sur place;{day};Vu par le gardien",
        f"L-2;portes d'au moins 80 cm;Non;;{day};",
        f"L-2;{SHOWER};on ne sait plus;plan ou document;{day};",
    ])  # fmt: skip
    shown = send(client, table)
    page = shown.content.decode()
    assert "3 lignes à enregistrer" in page
    assert f"pas rempli, {ago(90):%d/%m/%Y}" in page  # what was known
    assert StockFinding.objects.count() == 1
    send(client, shown.context["text"], confirmed=1)
    known = known_of([home, other], read_label().criteria)
    assert known[home.pk][criterion("shower").pk].met is True
    assert known[home.pk][criterion("shower").pk].finding.evidence == "surveyed"
    assert known[other.pk][criterion("doors").pk].met is False
    assert known[other.pk][criterion("doors").pk].finding.evidence == "document"
    assert StockStanding.objects.filter(dwelling__in=[home, other]).count() == 2
    again = send(client, table)
    assert (again.context["checked"].rows, again.context["checked"].same) == ([], 3)
    assert StockFinding.objects.count() == 4


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("L-9;{shower};oui;;{day};", "logement inconnu dans vos territoires"),
        ("L-1;Balcon;oui;;{day};", "critère inconnu"),
        ("L-1;{shower};peut-être;;{day};", "oui, non, ou on ne sait plus"),
        ("L-1;{shower};oui;ouï-dire;{day};", "preuve inconnue"),
        ("L-1;{shower};oui;;;", "date manquante"),
        ("L-1;{shower};oui;;01/01/2100;", "pas encore passée"),
        ("L-1;{shower};oui;;{day};locataire atteint d’un cancer", "aucune maladie"),
        ("ailleurs;{shower};oui;;{day};", "logement inconnu"),
    ],
)
def test_a_row_that_cannot_be_noted_says_why_and_the_others_go_on(client, manager, here, row, why):
    make_dwelling(here, reference="L-1")
    make_dwelling(make_residence(), reference="ailleurs")  # of another territory
    told = {"shower": SHOWER, "day": f"{ago(5):%d/%m/%Y}"}
    good = "L-1;{shower};oui;;{day};"
    shown = send(client, "\n".join([HEAD, row.format(**told), good.format(**told)]))
    checked = shown.context["checked"]
    assert len(checked.rows) == 1
    assert why in checked.refused[0][1]
    send(client, shown.context["text"], confirmed=1)
    assert StockFinding.objects.count() == 1


def test_services_around_are_proposed_as_evidence(manager, here):
    home, far = make_dwelling(here), make_dwelling(make_residence(here.territory))
    unknown = make_dwelling(make_residence(here.territory))
    told = {"source": "Relevé à pied", "known_on": timezone.localdate(), "by": manager}
    near = {"food_shop": 300, "pharmacy": 500, "bus_stop": 80}
    surroundings.save_all(here, near, **told)
    surroundings.save_all(far.residence, {"food_shop": None}, **told)
    surroundings.save_all(unknown.residence, {"food_shop": 300}, **told)
    homes, label = [home, far, unknown], read_label()
    offered = proposals_for(homes, label.criteria, known_of(homes, label.criteria))
    services = criterion("services")
    assert [(one.dwelling, one.met) for one in offered if one.criterion == services] == [
        (home, True), (far, False),
    ]  # fmt: skip
    assert "pharmacie 500 m" in offered[0].words


def test_levels_follow_a_file_of_dwellings_by_themselves(settings, here):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    home = make_dwelling(here, floor=3)
    refresh_all()
    home.floor, home.is_accessible = 0, True
    home.save()
    run = ImportRun.objects.create(
        kind="dwellings", state=ImportRun.State.APPLIED, applied_at=timezone.now(),
        extract_on=timezone.localdate(),
    )  # fmt: skip
    assert is_stale(read_label().row)
    applied.tell(run)
    assert StockStanding.objects.get(dwelling=home).level.name == "Accessible"
    assert not is_stale(read_label().row)
