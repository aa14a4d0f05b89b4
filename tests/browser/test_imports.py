"""A landlord's worst files go through the pages, in a real browser, to the database."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from seniors import pulse, tasks
from seniors.enums import Role
from seniors.models import Dwelling, ImportRun, ScoreRun, Senior
from tests.browser.conftest import faults
from tests.make import make_dwelling, make_user

pytestmark = pytest.mark.django_db(transaction=True)

NIR = "284057512345612"
USELESS = [f"Champ interne {n}" for n in range(60)]
HEADINGS = (
    "Code UG;Résidence;Agence;Code INSEE;Code postal;Ville;Adresse;Étage;Ascenseur;Adapté;"
    "Loyer principal;Date DPE;Complément;N° SS;IBAN"
)
DWELLINGS = """\
00012;Kerfeunteun;Quimper;29232;29000;Quimper;"3 rue de la Paix, dite ""la Grande""
entrée sur cour";2;O;1;1 412,50 €;05/03/2021;;284057512345612;FR7612345
;
00013;Kerfeunteun;Quimper;29232;29000;Quimper;5 rue de la Paix;RC;N;2;398,10;44260;;;
2A001;Les Échelles;Bourg;1053;1000;Bourg-en-Bresse;1 quai d’Arlod;3ème;X;2;501;03/2021;cour;;
00014;=cmd|" /C calc"!A0;Quimper;29232;29000;Quimper;7 rue de la Paix;1;O;;;;;;
00015;@SOMME(A1);Quimper;29232;29000;Quimper;9 rue de la Paix;1;O;;;;;;
00016;Kerfeunteun;Quimper;29232;29000;Quimper;11 rue de la Paix;tout en haut;O;;;;;;
TOTAL;;;;;;;;;;2 311,60;;;;
"""


@pytest.fixture
def boss(page, log_in, settings) -> Page:
    """The window of an administrator; tasks run where they are asked for."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    return log_in(make_user(Role.ADMINISTRATOR))


def is_clean(page: Page) -> None:
    """No error of axe, nothing wider than the screen, on a telephone and on a desk."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page) == [], f"{page.url} at {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def send(page: Page, label: str, path: Path) -> None:
    """From the list of imports to the page of columns."""
    page.goto("/seniors/imports/")
    is_clean(page)
    page.get_by_role("link", name="Nouvel import").click()
    is_clean(page)
    page.get_by_label(label).check()
    page.get_by_label("Date de l’extrait").fill("2026-11-02")
    page.get_by_label("Le fichier").set_input_files(path)
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.wait_for_selector("#import-columns")
    is_clean(page)


def read(page: Page) -> None:
    """From the page of columns to the preview."""
    page.get_by_role("button", name="Lire le fichier").click()
    page.wait_for_selector("#import-figures")
    is_clean(page)


def counts(page: Page) -> dict[str, str]:
    """The large figures of the page."""
    numbers = page.locator("#import-figures dd").all_inner_texts()
    return dict(zip(page.locator("#import-figures dt").all_inner_texts(), numbers, strict=True))


def write_dwellings(path: Path) -> Path:
    """A text file with everything that such files have wrong."""
    title = "Extraction du parc au 02/11/2026;;;;"
    headings = ";".join([HEADINGS, *USELESS])
    text = "\n".join([title, ";;;;", headings, ";;;;", DWELLINGS])
    path.write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    return path


def write_occupants(path: Path) -> Path:
    """A workbook with merged cells, a title, dates of three kinds, a spouse in other columns."""
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    sheet = book.create_sheet("Occupants")
    sheet["A1"] = "Occupants au 02/11/2026"
    sheet.merge_cells("A1:K1")
    sheet.append([])
    for row in (
        "Code UG;N° bail;Nom;Prénom;Date naissance;Portable;Nom2;Prénom2;Né2;N° sécurité sociale",
        f"00012;B1;LE GOFF;Jeanne;;;LE GOFF;Yves;03/02/1938;{NIR}",
    ):
        sheet.append(row.split(";"))
    sheet["K3"], sheet["K4"] = "Date entrée", 32874
    sheet["E4"], sheet["F4"] = date(1940, 5, 17), 612345678
    sheet.append(["00013", "B2", "KERVELLA", "Anne", "17/01/35", "06 11 22 33 44"])
    sheet.append([None, "B2", "KERVELLA", "Paul", "1936-08-09"])
    sheet.merge_cells("A5:A6")
    sheet.append([])
    sheet.append(["2A001", "B3", "=HYPERLINK(1)", "Marie", "1941-01-01"])
    sheet["C8"].data_type = "s"
    sheet.append(["99999", "B4", "PERDU", "Luc", "01/01/1940"])
    sheet.append(["2A001", "B5", "NEVEU", "Tom", "2031-01-01"])
    book.save(path)
    return path


def test_the_worst_files_go_through_to_the_database(boss, tmp_path):
    page = boss
    send(page, "Logements", write_dwellings(tmp_path / "parc.csv"))
    text = page.inner_text("#import-columns")
    assert "Colonnes refusées, rien n’en est gardé" in text
    assert "N° SS" in text
    assert "IBAN" in text
    assert NIR not in page.content()
    codes = page.get_by_role("group", name="Ce que veulent dire les codes de Logement adapté")
    for code, word in (("« 1 »", "oui"), ("« 2 »", "non")):
        shown = page.locator("#import-columns").element_handle()
        codes.get_by_label(code).select_option(label=word)
        shown.wait_for_element_state("hidden")  # the answer takes its place
        expect(codes.get_by_label(code).locator("option:checked")).to_have_text(word)
    read(page)
    assert counts(page)["logements nouveaux"] == "3"
    assert counts(page)["lignes refusées"] == "3"
    assert not Dwelling.objects.exists()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger les lignes refusées").click()
    content = download.value.path().read_bytes()
    refused = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert {row[0] for row in refused[1:]} == {"00014", "00015", "00016"}
    page.get_by_role("button", name="Enregistrer 3 logements (3 refusés laissés de côté)").click()
    page.wait_for_selector("text=Et maintenant")
    is_clean(page)
    first, second, third = Dwelling.objects.order_by("reference")
    assert (first.reference, second.reference, third.reference) == ("00012", "00013", "2A001")
    assert (first.street_number, first.rent, first.floor) == ("3", 1412.5, 2)
    assert "Grande" in f"{first.street} {first.complement}"
    assert (first.has_lift, first.is_adapted) == (True, True)
    assert (second.floor, second.has_lift, second.is_adapted) == (0, False, False)
    assert first.energy_on == date(2021, 3, 5)
    assert second.energy_on == date(2021, 3, 5)
    assert (third.insee_code, third.postcode, third.energy_on) == (
        "01053",
        "01000",
        date(2021, 3, 1),
    )

    page.get_by_role("link", name="Importer les occupants").click()
    page.wait_for_selector("text=Le fichier")
    send(page, "Occupants et baux", write_occupants(tmp_path / "occupants.xlsx"))
    assert "N° sécurité sociale" in page.inner_text("#import-columns")
    read(page)
    assert counts(page)["occupants nouveaux"] == "4"
    page.get_by_role("button", name="Enregistrer 4 occupants").click()
    page.wait_for_selector("text=Le calcul des scores a été lancé")
    is_clean(page)
    people = {(each.last_name, each.first_name): each for each in Senior.objects.all()}
    jeanne, yves = people["LE GOFF", "Jeanne"], people["LE GOFF", "Yves"]
    assert jeanne.dwelling == yves.dwelling == first
    assert (jeanne.born_on, yves.born_on) == (date(1940, 5, 17), date(1938, 2, 3))
    assert (jeanne.mobile, jeanne.housed_since) == ("0612345678", date(1990, 1, 1))
    anne, paul = people["KERVELLA", "Anne"], people["KERVELLA", "Paul"]
    assert anne.dwelling == paul.dwelling == second
    assert (anne.born_on, paul.born_on) == (date(1935, 1, 17), date(1936, 8, 9))
    assert len(people) == 4

    page.get_by_role("link", name="Suivre le calcul").click()
    page.wait_for_selector("#run-list")
    is_clean(page)
    page.locator("#run-list th a").first.click()
    page.wait_for_selector("#run-bands")
    page.get_by_role("button", name="Vérifier le calcul").click()
    page.wait_for_selector("text=les 4 scores sont exactement")
    is_clean(page)
    assert ScoreRun.objects.get().people == 4
    assert NIR not in str([run.__dict__ for run in ImportRun.objects.all()])


def test_a_picture_renamed_is_refused_where_it_was_chosen(boss, tmp_path):
    page = boss
    photo = tmp_path / "photo.xlsx"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    page.goto("/seniors/imports/nouveau/")
    page.get_by_label("Le fichier").set_input_files(photo)
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.wait_for_selector(".errorlist")
    assert "une image" in page.inner_text(".errorlist")
    is_clean(page)
    assert not ImportRun.objects.exists()


def test_rows_without_a_birth_date_come_back_to_complete(boss, tmp_path):
    page, path = boss, tmp_path / "occupants.csv"
    make_dwelling(reference="L1")
    rows = ["Code UG;N° locataire;Nom;Prénom;Date naissance", "L1;P1;LE GOFF;Jeanne;17/05/1940"]
    rows += [f"L1;P{number};LE GOFF;Yves;" for number in (2, 3)]
    path.write_text("\n".join([*rows, "L9;P4;KERVELLA;Anne;02/02/1938\n"]), encoding="utf-8")
    send(page, "Occupants et baux", path)
    read(page)
    is_clean(page)
    assert "2 occupants sans date de naissance" in page.inner_text("#import-to-complete")
    with page.expect_download() as download:
        page.locator("#import-to-complete").get_by_role("link").click()
    content = download.value.path().read_bytes()
    returned = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert [row[1] for row in returned[1:]] == ["P2", "P3", "P4"]
    page.get_by_role("button", name="Enregistrer 1 occupant").click()
    page.wait_for_selector("text=Et maintenant")
    is_clean(page)
    assert "2 occupants sans date de naissance" in page.inner_text("#import-to-complete")


def test_a_work_under_way_is_shown_and_asks_again_by_itself(boss, settings, tmp_path):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": False}
    page = boss
    page.goto("/seniors/imports/nouveau/")
    page.get_by_label("Le fichier").set_input_files(write_dwellings(tmp_path / "parc.csv"))
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("button", name="Lire le fichier").click()
    page.wait_for_selector("text=Le travail va commencer")
    is_clean(page)
    tasks.preview_import(ImportRun.objects.get().pk)  # what the worker does
    page.wait_for_selector("#import-figures")


def test_a_dead_work_is_said_and_can_be_started_again(boss, settings, tmp_path):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": False}
    page = boss
    page.goto("/seniors/imports/nouveau/")
    page.get_by_label("Le fichier").set_input_files(write_dwellings(tmp_path / "parc.csv"))
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("button", name="Lire le fichier").click()
    page.wait_for_selector("text=Le travail va commencer")
    pulse.forget(f"import-{ImportRun.objects.get().uid}")
    page.wait_for_selector("text=s’est arrêté avant la fin")
    is_clean(page)
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    page.get_by_role("button", name="Recommencer").click()
    page.wait_for_selector("#import-figures")
