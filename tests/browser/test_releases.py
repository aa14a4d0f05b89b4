"""An export in a browser: asked for, approved, downloaded, opened; no fault, nothing cut."""

import io
import zipfile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from seniors.enums import Role
from tests.browser.conftest import faults
from tests.browser.test_pages import WIDTHS, overflow
from tests.make import make_user
from tests.visits.releasing import YEAR, make_convention, make_stock
from visits.models import Release
from visits.releasing import releases

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tasks_at_once(settings):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


def seen_at_each_width(page, address: str) -> None:
    """The page has no fault, and is not cut."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.goto(address).status == 200
        assert (address, width, faults(page), max(overflow(page), 0)) == (address, width, [], 0)


def test_an_export_is_asked_for_approved_downloaded_and_opened(page, log_in, tmp_path):
    make_stock(60)
    convention, evaluator = make_convention(), make_user(Role.EVALUATOR, first_name="Enora")
    log_in(evaluator).goto(reverse("home"))
    page.get_by_role("link", name="Exports").first.click()
    page.get_by_role("link", name="Demander un export").click()
    page.get_by_label("Convention").select_option(str(convention.pk))
    page.get_by_label("Pour quoi faire").fill("Bilan annuel du programme")
    page.get_by_role("button", name="Envoyer la demande").click()
    page.get_by_text("Une autre personne, de l’administration").wait_for()

    log_in(convention.created_by).goto(reverse("visits:release-list"))
    page.get_by_role("link", name="Décider").click()
    page.get_by_role("button", name="Approuver et préparer le fichier").click()
    page.get_by_role("heading", name="Prêt").wait_for()

    log_in(evaluator).goto(reverse("visits:release-list"))
    page.get_by_role("link", name=f"Tableaux {YEAR}").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger l’archive").click()
    waiting.value.save_as(tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        book = load_workbook(io.BytesIO(archive.read("classeur.xlsx")))
    assert book["Indicateurs"]["A1"].value == "annee"
    page.reload()
    page.get_by_role("heading", name="Téléchargements").wait_for()


def test_the_pages_have_no_fault_and_nothing_is_cut(page, log_in):
    make_stock(60)
    convention, evaluator = make_convention(), make_user(Role.EVALUATOR)
    told = {"convention": convention, "year": YEAR, "purpose": "Bilan annuel"}
    asked = releases.ask(**told, kind="rows", by=evaluator)
    log_in(evaluator)
    for name in ("visits:release-list", "visits:release-new"):
        seen_at_each_width(page, reverse(name))
    log_in(convention.created_by)
    show = reverse("visits:release-show", args=[asked.uid])
    for address in (
        show,
        reverse("visits:release-list"),
        reverse("visits:convention-list"),
        reverse("visits:convention-new"),
        reverse("visits:convention-edit", args=[convention.uid]),
    ):
        seen_at_each_width(page, address)
    page.goto(show)
    page.get_by_role("button", name="Approuver").click()
    page.get_by_role("heading", name="Prêt").wait_for()
    seen_at_each_width(page, show)
    assert Release.objects.get().manifest["bilan"]
