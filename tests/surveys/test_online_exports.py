"""What LimeSurvey and KoboToolbox write that nobody would guess."""

from datetime import date

import openpyxl
import pytest

from surveys.models import Response
from tests.make import make_senior
from tests.seniors.importing import refusals_of
from tests.surveys.make import TODAY, bring_in, make_campaign, territory_of, write_csv

pytestmark = pytest.mark.django_db

ROW = {"id": "12", "submitdate": "2026-11-02 10:22:31", "token": "LOC-1",
       "consentvisit": "Y", "bathing": "A2"}  # fmt: skip


@pytest.fixture
def campaign():
    return make_campaign(territory_of(make_senior(reference="LOC-1")))


def test_a_survey_without_dates_is_received_on_the_day_of_the_extract(tmp_path, campaign):
    row = ROW | {"submitdate": "1980-01-01 00:00:00"}
    bring_in(write_csv(tmp_path / "a.csv", [row], separator=","), campaign)
    assert Response.objects.get().received_on == TODAY


def test_an_answer_begun_and_not_sent_is_refused(tmp_path, campaign):
    run = bring_in(write_csv(tmp_path / "a.csv", [ROW | {"submitdate": ""}]), campaign)
    assert "pas envoyée" in refusals_of(run)[0][1]
    assert not Response.objects.exists()
    bring_in(write_csv(tmp_path / "b.csv", [ROW]), campaign)
    assert Response.objects.get().received_on == date(2026, 11, 2)


def test_the_code_of_access_of_the_french_export_is_the_reference(tmp_path, campaign):
    row = {"ID de la réponse": "1", "Date de soumission": "2026-11-02 10:22:31", "Code d’accès":
           "LOC-1", "J’accepte que mes réponses servent à préparer une visite chez moi.": "Oui",
           "Pour vous laver, vous avez :": "une baignoire"}  # fmt: skip
    bring_in(write_csv(tmp_path / "a.csv", [row], separator=","), campaign)
    assert Response.objects.get().observation.values == {"bathing": 3}


def test_replies_of_several_in_groups_and_booleans_of_a_workbook(tmp_path, campaign):
    book = openpyxl.Workbook()
    wishes = ["logement/wish", "logement/wish/bars", "logement/wish/move"]
    book.active.append(["qui/reference", "accords/consent_visit", *wishes, "_submission_time"])
    book.active.append(["LOC-1", "oui", "bars", True, False, "2026-11-03T08:00:00"])
    book.save(tmp_path / "kobo.xlsx")
    bring_in(tmp_path / "kobo.xlsx", campaign)
    assert Response.objects.get().observation.values == {"wish_bars": 1, "wish_move": 0}
