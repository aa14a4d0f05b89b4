"""Files of answers as providers, LimeSurvey and KoboToolbox give them."""

from datetime import date
from io import StringIO

import openpyxl
import pytest
from django.core.management import call_command

from seniors.enums import ConsentKind
from seniors.extract import intake as file_intake
from seniors.extract.kinds import KINDS
from seniors.models import Consent, ImportRun, Objection, Observation
from surveys.models import Aside, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory
from tests.surveys.make import CONSENTS, bring_in, make_campaign, preview, territory_of, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def jeanne():
    return make_senior(reference="LOC-000123")


@pytest.fixture
def campaign(jeanne):
    return make_campaign(territory_of(jeanne))


def reasons(run: ImportRun) -> list[str]:
    return [row["reason"] for row in run.samples.get("refused", [])]


def test_paper_codes_become_an_observation_and_consents(tmp_path, jeanne, campaign):
    row = CONSENTS | {
        "référence": "LOC-000123",
        "bathing": "3",
        "grab_bars": "2",
        "falls": "2",
        "cold_home": "1",
        "lsns_family_seen": "0",
        "lonely": "4",
        "wish_bars": "X",
        "sport": "",
    }
    run = bring_in(write_csv(tmp_path / "papier.csv", [row]), campaign)
    assert run.state == ImportRun.State.APPLIED, run.error
    response = Response.objects.get()
    assert (response.senior, response.channel, response.read_in) == (jeanne, "paper", run)
    assert response.received_on == date(2026, 11, 24)
    assert response.observation.values == {
        "bathing": 3,
        "grab_bars": 0,
        "falls": 2,
        "cold_home": 1,
        "lsns_family_seen": 0,
        "lonely": 4,
        "wish_bars": 1,
    }
    assert dict(Consent.objects.values_list("kind", "given")) == {
        ConsentKind.VISIT: True,
        ConsentKind.HEALTH: True,
        ConsentKind.SHARING: False,
        ConsentKind.EVALUATION: True,
    }
    assert set(Consent.objects.values_list("wording", flat=True)) == {"bienvieillir-60-2026"}


def test_questions_and_words_as_printed_are_understood(tmp_path, jeanne, campaign):
    asked = "combien y a-t-il de personnes… à qui demander de l’aide ?"
    row = {
        "Réf. locataire": "LOC-000123",
        "J’accepte que mes réponses servent à préparer une visite chez moi.": "Oui",
        "Pour vous laver, vous avez :": "Une baignoire",
        "Vous sortez de chez vous :": "plusieurs fois par semaine",
        f"Dans votre famille, {asked}": "3 ou 4",
        f"Parmi vos amis et vos voisins, {asked}": "9 et +",
        "Date de saisie": "20/11/2026",
    }
    bring_in(write_csv(tmp_path / "mots.csv", [row]), campaign)
    response = Response.objects.get()
    assert response.observation.values == {
        "bathing": 3,
        "goes_out": 1,
        "lsns_family_help": 3,
        "lsns_friends_help": 5,
    }
    assert response.received_on == date(2026, 11, 20)


def test_limesurvey_export_is_read_as_it_is(tmp_path, jeanne, campaign):
    row = {
        "id": "12",
        "submitdate": "2026-11-02 10:22:31",
        "lastpage": "4",
        "startlanguage": "fr",
        "token": "LOC-000123",
        "accords[consentvisit]": "Y",
        "G01Q02[consent_health]": "Oui",
        "bathing": "A2",
        "lonely. Vous sentez-vous seul(e) ?": "A5",
        "lsns[lsnsfamilyseen]": "AO01",
        "unsteady": "N",
        "wishes[wishbars]": "Y",
        "wishes[wishwc]": "",
    }
    run = bring_in(write_csv(tmp_path / "lime.csv", [row], separator=","), campaign)
    assert run.counts["refused"] == 0
    response = Response.objects.get()
    assert (response.channel, response.received_on) == ("web", date(2026, 11, 2))
    assert response.observation.values == {
        "bathing": 2,
        "lonely": 4,
        "lsns_family_seen": 0,
        "unsteady": 0,
        "wish_bars": 1,
    }


def test_kobotoolbox_export_is_read_as_it_is(tmp_path, jeanne, campaign):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        [
            "start",
            "qui/reference",
            "accords/consent_visit",
            "logement/bathing",
            "logement/wishes",
            "logement/wishes/wish_bars",
            "logement/wishes/wish_move",
            "_id",
            "_uuid",
            "_submission_time",
        ]
    )
    sheet.append(
        ["x", "LOC-000123", "oui", 1, "wish_bars", 1, 0, 9, "uuid-1", "2026-11-03T08:00:00"]
    )
    book.save(tmp_path / "kobo.xlsx")
    bring_in(tmp_path / "kobo.xlsx", campaign)
    response = Response.objects.get()
    assert (response.channel, response.received_on) == ("web", date(2026, 11, 3))
    assert response.observation.values == {"bathing": 1, "wish_bars": 1, "wish_move": 0}


def test_same_file_again_changes_nothing(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    path = write_csv(tmp_path / "a.csv", [row])
    bring_in(path, campaign)
    again = bring_in(path, campaign)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 1)
    assert (Response.objects.count(), Observation.objects.count()) == (1, 1)
    assert Consent.objects.count() == 4


def test_other_answers_of_someone_who_answered_are_set_aside_once(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    bring_in(write_csv(tmp_path / "a.csv", [row]), campaign)
    other = write_csv(tmp_path / "b.csv", [row | {"bathing": "1"}])
    run = bring_in(other, campaign)
    assert (run.counts["new"], run.counts["aside"], run.counts["refused"]) == (1, 1, 0)
    assert Observation.objects.get().values == {"bathing": 3}
    assert Aside.objects.get().values == {"bathing": 1}
    again = bring_in(other, campaign)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 1)
    assert Aside.objects.count() == 1


def test_two_different_answers_of_one_senior_are_both_refused(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    rows = [row, row | {"bathing": "1"}]
    run = bring_in(write_csv(tmp_path / "a.csv", rows), campaign)
    assert (run.counts["rows"], run.counts["refused"], run.counts["new"]) == (2, 2, 0)
    assert not Response.objects.exists()


def test_the_same_answer_twice_in_a_file_counts_once(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    run = bring_in(write_csv(tmp_path / "a.csv", [row, row]), campaign)
    assert (run.counts["new"], run.counts["unchanged"]) == (1, 1)
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"reference": "LOC-9"}, "aucun locataire senior ne porte cette référence"),
        ({"reference": ""}, "la référence manque"),
        ({"bathing": "7"}, "ce n’est pas une réponse possible"),
        ({"grab_bars": "peut-être"}, "ce n’est ni oui ni non"),
        ({"bathing": "=1+1"}, "ce n’est pas une réponse possible"),
        ({"reference": "=cmd|' /C calc'!A0"}, "écrivez la valeur, pas une formule"),
        ({"reference": "@SUM(1)"}, "écrivez la valeur, pas une formule"),
        ({"reference": "+33"}, "aucun locataire senior ne porte cette référence"),
        ({"bathing": "2 84 05 29 019 005 61"}, "numéro de sécurité sociale"),
        ({"date": "01/01/2030"}, "cette date est après celle de l’extrait"),
        ({"date": "03/11/2024"}, "cette date est avant l’ouverture de l’enquête"),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_the_reason_and_others_pass(
    tmp_path, jeanne, campaign, cells, reason
):
    other = make_senior(reference="LOC-000124", dwelling=jeanne.dwelling)
    good = CONSENTS | {"reference": "LOC-000123", "bathing": "3", "grab_bars": "1", "date": ""}
    rows = [good | cells, good | {"reference": "LOC-000124"}]
    run = bring_in(write_csv(tmp_path / "a.csv", rows), campaign)
    assert (run.counts["new"], run.counts["refused"]) == (1, 1)
    assert reason in reasons(run)[0]
    assert Response.objects.get().senior == other


def test_a_closed_survey_takes_what_came_before_its_end_dated_at_the_latest_then(
    tmp_path, jeanne, campaign
):
    campaign.closes_on = date(2026, 11, 10)
    campaign.save()
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    run = bring_in(write_csv(tmp_path / "a.csv", [row | {"date": "11/11/2026"}]), campaign)
    assert "cette date est après la fin de l’enquête" in reasons(run)[0]
    bring_in(write_csv(tmp_path / "b.csv", [row]), campaign)
    assert Response.objects.get().received_on == campaign.closes_on
    assert set(Consent.objects.values_list("decided_on", flat=True)) == {campaign.closes_on}
    later = make_campaign(name="Enquête 2027", opened_on=date(2026, 11, 25))
    run = preview(write_csv(tmp_path / "c.csv", [row]), later)
    assert (run.state, "avant l’ouverture" in run.error) == (ImportRun.State.REFUSED, True)


def test_without_the_visit_consent_only_the_count_is_kept(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3", "consent_visit": "non"}
    run = bring_in(write_csv(tmp_path / "a.csv", [row]), campaign)
    assert run.counts["unconsented"] == 1
    assert Response.objects.get().observation is None
    assert not Observation.objects.exists()


def test_no_contact_any_more_is_an_objection(tmp_path, jeanne, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "no_contact": "X"}
    bring_in(write_csv(tmp_path / "a.csv", [row]), campaign)
    objection = Objection.objects.get()
    assert (objection.senior, objection.until) == (jeanne, None)
    assert "Enquête 2026" in objection.reason


def test_lost_zeros_of_a_reference_are_found_again(tmp_path, jeanne, campaign):
    other = make_senior(reference="000123", dwelling=jeanne.dwelling)
    row = CONSENTS | {"reference": "123", "bathing": "3"}
    bring_in(write_csv(tmp_path / "a.csv", [row]), campaign)
    assert Response.objects.get().senior == other


def test_a_lease_finds_its_only_senior_and_refuses_a_couple(tmp_path, jeanne, campaign):
    alone = make_senior(lease_reference="B1", dwelling=jeanne.dwelling)
    for _ in range(2):
        make_senior(lease_reference="B2", dwelling=jeanne.dwelling)
    rows = [CONSENTS | {"n° bail": lease, "bathing": "3"} for lease in ("B1", "B2")]
    run = bring_in(write_csv(tmp_path / "a.csv", rows), campaign)
    assert Response.objects.get().senior == alone
    assert "plusieurs locataires seniors sur ce bail" in reasons(run)[0]


def test_a_file_with_no_campaign_is_refused_and_says_what_to_do(tmp_path, jeanne):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    run = preview(write_csv(tmp_path / "a.csv", [row]))
    assert run.state == ImportRun.State.REFUSED
    assert "Ouvrez d’abord l’enquête annuelle" in run.error


def test_the_campaign_chosen_for_one_file_is_not_remembered_for_the_next(
    tmp_path, jeanne, campaign
):
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    path = write_csv(tmp_path / "a.csv", [row])
    bring_in(path, campaign)
    later = make_campaign(name="Enquête 2026 bis", opened_on=date(2026, 11, 20))
    bring_in(path)
    assert set(Response.objects.values_list("campaign", flat=True)) == {campaign.pk, later.pk}


def test_a_hundred_answers_take_as_many_queries_as_ten(
    tmp_path, campaign, django_assert_max_num_queries
):
    dwelling = make_dwelling(make_residence(make_territory()))
    rows = []
    for _ in range(100):
        senior = make_senior(dwelling)
        rows.append(CONSENTS | {"reference": senior.reference, "bathing": "2", "falls": "1"})
    run = preview(write_csv(tmp_path / "a.csv", rows), campaign)
    with django_assert_max_num_queries(48):
        file_intake.apply(run)
    assert run.counts["new"] == 100


def test_the_page_of_columns_asks_the_campaign_and_the_codes_that_nothing_explains(campaign):
    kind = KINDS["answers"]
    (question,) = kind.questions()
    assert (str(campaign.uid), "Enquête 2026") in question.choices
    assert kind.explains("bathing", "A2")
    assert not kind.explains("bathing", "7")
    assert kind.explains("reference", "n’importe quoi")


def test_a_code_explained_on_screen_is_read_so_and_unknown_if_one_cannot_tell(
    tmp_path, jeanne, campaign
):
    make_senior(reference="LOC-000124", dwelling=jeanne.dwelling)
    rows = [
        CONSENTS | {"reference": "LOC-000123", "bathing": "BAI", "cold_home": "1"},
        CONSENTS | {"reference": "LOC-000124", "bathing": "DIV", "cold_home": "1"},
    ]
    run = preview(write_csv(tmp_path / "a.csv", rows), campaign)
    assert run.counts["refused"] == 2
    file_intake.choose(run, run.choices | {"values": {"bathing": {"BAI": "3", "DIV": ""}}})
    file_intake.preview(run)
    file_intake.apply(run)
    values = Observation.objects.order_by("senior__reference").values_list("values", flat=True)
    assert list(values) == [{"bathing": 3, "cold_home": 1}, {"cold_home": 1}]


def test_two_scales_with_the_same_words_are_never_taken_for_one_another(tmp_path, campaign):
    row = CONSENTS | {"reference": "LOC-000123", "à qui demander de l’aide ?": "deux"}
    run = preview(write_csv(tmp_path / "a.csv", [row]), campaign)
    assert run.choices["columns"]["lsns_family_help"] is None
    assert run.choices["columns"]["lsns_friends_help"] is None


def test_the_command_brings_answers_in_for_the_campaign_it_names(tmp_path, jeanne, campaign):
    make_campaign(name="Enquête bis", opened_on=date(2026, 11, 20))
    row = CONSENTS | {"reference": "LOC-000123", "bathing": "3"}
    path = write_csv(tmp_path / "a.csv", [row])
    arguments = ["import_extract", "answers", str(path), "--date", "2026-11-24"]
    chosen = ["--option", "campaign=Enquête 2026"]
    call_command(*arguments, *chosen, stdout=StringIO())
    assert not Response.objects.exists()
    call_command(*arguments, *chosen, "--apply", stdout=StringIO())
    assert Response.objects.get().campaign == campaign
