"""Tables of programmes and of services: shown before they are kept, sent twice they count once."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from seniors.enums import Role
from tests.make import make_residence, make_territory, make_user
from visits.models import Programme, Surrounding
from visits.programmes import recording

pytestmark = pytest.mark.django_db
PROGRAMMES = "/pilotage/programmes/importer/"
AROUND = "/pilotage/programmes/environs/importer/"


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def armor(manager):
    return make_residence(manager.territories.get(), name="Résidence d’Armor", reference="0042")


@pytest.fixture
def balzac(manager):
    return make_residence(manager.territories.get(), name="Balzac")


def tabs(*rows) -> str:
    """As a spreadsheet copies it."""
    return "\n".join("\t".join(row) for row in rows)


NIR = "2 40 05 29 019 123 45"
HEAD = ("Résidence", "Année", "Nature des travaux", "Statut", "Précision")


def test_a_pasted_table_is_shown_then_kept_and_counts_once(client, manager, armor, balzac):
    client.force_login(manager)
    recording.save(recording.Told(balzac, 2027, ("lift",)), by=manager)
    text = tabs(
        HEAD,
        ("0042", "2027", "SDB + électricité", "Voté", "Cage B ; d’abord"),
        ("balzac", "2027", "Ascenseur, Plomberie, colonnes d’eau", "", ""),
        ("Balzac", "2028", "Ravalement", "prévu", ""),
    )
    shown = client.post(PROGRAMMES, {"text": text})
    checked = shown.context["checked"]
    assert (checked.new, len(checked.rows), checked.refused) == (2, 3, [])
    page = shown.content.decode()
    assert "2027\u00a0: Salles de bains, Électricité, décidé, Cage B ; d’abord" in page
    assert "Ascenseur, prévu" in page  # what is known of Balzac
    assert Programme.objects.count() == 1
    client.post(PROGRAMMES, {"text": shown.context["text"], "confirmed": "1"})
    kept = Programme.objects.order_by("residence__name", "year")
    assert list(kept.values_list("residence__name", "year", "natures", "state", "note")) == [
        ("Balzac", 2027, ["plumbing", "lift"], "planned", ""),
        ("Balzac", 2028, ["insulation"], "planned", ""),
        (armor.name, 2027, ["bathrooms", "electricity"], "decided", "Cage B ; d’abord"),
    ]
    again = client.post(PROGRAMMES, {"text": text}).context["checked"]
    assert (again.rows, again.same) == ([], 3)


def test_each_row_that_cannot_be_read_says_why_and_the_others_go_on(client, manager, armor):
    for _ in range(2):
        make_residence(armor.territory, name="Les Pins")
    make_residence(name="Ailleurs")
    client.force_login(manager)
    text = tabs(
        HEAD,
        ("Résidence d’Armor", "2027", "Sols", "", ""),
        ("Résidence d’Armor", "2027", "Fenêtres", "", ""),
        ("Ailleurs", "2027", "Sols", "", ""),
        ("Les Pins", "2027", "Sols", "", ""),
        ("Résidence d’Armor", "", "Sols", "", ""),
        ("Résidence d’Armor", "bientôt", "Sols", "", ""),
        ("Résidence d’Armor", "2029", "Piscine et sols", "", ""),
        ("Résidence d’Armor", "2030", "Sols", "un jour", ""),
        ("Résidence d’Armor", "3030", "Sols", "", ""),
        ("Résidence d’Armor", "2031", "Sols", "", "Elle est pénible"),
    )
    checked = client.post(PROGRAMMES, {"text": text}).context["checked"]
    assert [row.line for row in checked.rows] == [2]
    assert [line for line, _ in checked.refused] == list(range(3, 12))
    reasons = " | ".join(why for _, why in checked.refused)
    told = (
        "déjà dit à la ligne 2", "inconnue dans vos territoires", "plusieurs résidences",
        "année manquante", "nombre illisible", "travaux inconnus", "état inconnu", "L’année doit",
    )  # fmt: skip
    assert [words for words in told if words not in reasons] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Collez un tableau"),
        ("Résidence;Travaux\nArmor;Sols", "Colonne introuvable\u00a0: Année"),
        (
            f"Résidence;Année;Travaux;Précision\nA;2027;Sols;{NIR}",
            "sécurité sociale",
        ),
        ("Résidence;Année;Travaux\n" + "A;2027;Sols\n" * 2001, "plus de 2000 lignes"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(client, manager, text, said):
    client.force_login(manager)
    answer = client.post(PROGRAMMES, {"text": text, "confirmed": "1"})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Programme.objects.count() == 0


def test_services_are_imported_and_the_nearest_is_kept(client, manager, armor):
    client.force_login(manager)
    text = tabs(
        ("Résidence", "Service", "Distance (m)", "Source", "Date"),
        ("0042", "Officine", "420", "Plan", "12/10/2025"),
        ("0042", "Pharmacie", "320 m", "Plan", "12/10/2025"),
        ("0042", "Pharmacie", "900", "Plan", "12/10/2025"),
        ("0042", "Bus", "aucun", "Plan", "12/10/2025"),
        ("0042", "Commerce", "", "Plan", "12/10/2025"),
        ("0042", "Poste", "10", "", "12/10/2025"),
        ("0042", "Piscine", "10", "Plan", "12/10/2025"),
    )
    shown = client.post(AROUND, {"text": text})
    checked = shown.context["checked"]
    assert [row.line for row in checked.rows] == [3, 5]
    assert sorted(line for line, _ in checked.refused) == [2, 4, 6, 7, 8]
    client.post(AROUND, {"text": shown.context["text"], "confirmed": "1"})
    kept = Surrounding.objects.order_by("kind").values_list("kind", "metres", "known_on")
    assert list(kept) == [
        ("bus_stop", None, date(2025, 10, 12)),
        ("pharmacy", 320, date(2025, 10, 12)),
    ]


def test_an_administrator_sends_the_workbook_itself(client, armor):
    client.force_login(make_user(Role.ADMINISTRATOR))
    book = openpyxl.Workbook()
    book.active.append(["Résidence", "Année", "Travaux"])
    book.active.append([armor.name, 2027, "Chauffage"])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "plan.xlsx"
    shown = client.post(PROGRAMMES, {"file": file})
    client.post(PROGRAMMES, {"text": shown.context["text"], "confirmed": "1"})
    assert Programme.objects.get().natures == ["heating"]


def test_a_manager_is_offered_the_paste_only(client, manager):
    client.force_login(manager)
    page = client.get(PROGRAMMES).content.decode()
    assert ('name="text"' in page, 'type="file"' in page) == (True, False)
