"""The pages of the survey: who opens them, what they say, how many queries they take."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors import pulse
from seniors.enums import Role
from seniors.models import AccessLog, ImportRun, Senior
from surveys import tasks
from surveys.campaigns import dispatch
from surveys.models import Campaign, Printing, Response
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inline(settings):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


@pytest.fixture
def campaign(brest, home):
    make_senior(home, last_name="Kerbrat")
    return make_campaign(brest)


def client_of(role: Role, *territories) -> Client:
    client = Client()
    client.force_login(make_user(role, *territories))
    return client


def url(name: str, found=None) -> str:
    return reverse(f"surveys:{name}", args=[found.uid] if found else [])


PAGES = ["campaign-show", "campaign-silent", "answers-new"]


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("campaign-show", Role.OFFICER, 200),
        ("campaign-show", Role.MANAGER, 200),
        ("campaign-show", Role.EVALUATOR, 200),
        ("campaign-show", Role.ADMINISTRATOR, 200),
        ("campaign-silent", Role.OFFICER, 200),
        ("campaign-silent", Role.EVALUATOR, 403),
        ("answers-new", Role.OFFICER, 403),
        ("answers-new", Role.MANAGER, 403),
        ("answers-new", Role.ADMINISTRATOR, 200),
        ("campaign-list", Role.EVALUATOR, 200),
        ("campaign-new", Role.OFFICER, 403),
        ("campaign-new", Role.EVALUATOR, 403),
        ("campaign-new", Role.MANAGER, 200),
    ],
)
def test_each_role_opens_what_is_its_own(campaign, brest, name, role, status):
    found = campaign if name in PAGES else None
    assert client_of(role, brest).get(url(name, found)).status_code == status


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
@pytest.mark.parametrize("name", ["campaign-show", "campaign-silent"])
def test_a_colleague_opens_the_campaign_and_a_stranger_finds_nothing(campaign, brest, role, name):
    assert client_of(role, brest).get(url(name, campaign)).status_code == 200
    stranger = client_of(role, make_territory())
    assert stranger.get(url(name, campaign)).status_code == 404
    assert "Enquête 2026" not in stranger.get(url("campaign-list")).content.decode()


def test_without_a_log_in_nothing_is_shown(campaign):
    response = Client().get(url("campaign-show", campaign))
    assert response.status_code == 302
    assert reverse("login") in response["Location"]


@pytest.mark.parametrize("name", ["campaign-new", "wave-new", "answers-new"])
def test_a_form_sent_after_the_session_ended_waits_in_the_log_in_page(campaign, name):
    page = Client().post(url(name, None if name == "campaign-new" else campaign), {"name": "Née"})
    assert page.status_code == 403
    assert json.loads(page.context["kept"]) == {"account": "", "fields": [["name", "Née"]]}


def test_an_evaluator_reads_no_name_and_no_small_figure(campaign, brest):
    settle(campaign)
    page = client_of(Role.EVALUATOR).get(url("campaign-show", campaign)).content.decode()
    assert "Kerbrat" not in page
    assert "Imprimer" not in page
    assert "<progress" not in page
    assert "les chiffres ne sont pas montrés" in page


def test_a_survey_just_opened_asks_to_print_and_the_next_has_a_name_of_its_own(campaign, brest):
    year = timezone.localdate().year
    Campaign.objects.update(name=f"Enquête {year}")
    manager = client_of(Role.MANAGER, brest)
    page = manager.get(url("campaign-show", campaign)).content.decode()
    assert page.count("printings-title") == 2
    assert page.index("printings-title") < page.index("total-title")
    assert "intervalle à 95" not in page
    assert f'value="Enquête {year + 1}"' in manager.get(url("campaign-new")).content.decode()
    manager.post(url("printing-start", campaign))
    page = manager.get(url("campaign-show", campaign)).content.decode()
    assert page.index("printings-title") > page.index("total-title")


def test_an_empty_list_says_what_a_survey_is_and_how_to_begin(brest):
    manager = client_of(Role.MANAGER, brest).get(url("campaign-list")).content.decode()
    assert "Aucune enquête pour l’instant" in manager
    assert url("campaign-new") in manager
    officer = client_of(Role.OFFICER, brest).get(url("campaign-list")).content.decode()
    assert "Aucune enquête pour l’instant" in officer
    assert url("campaign-new") not in officer


def wanted(brest, **more) -> dict[str, object]:
    return {
        "name": "Enquête 2027",
        "territories": [brest.pk],
        "least_age": "65",
        "opened_on": "2027-01-04",
        "closes_on": "2027-03-01",
        "questionnaire": QUESTIONNAIRE,
    } | more


def test_opening_says_how_many_are_asked_and_waits_for_a_confirmation(brest, home):
    make_senior(home)
    make_senior(home, born_on=date(1966, 1, 1))
    manager = client_of(Role.MANAGER, brest)
    page = manager.post(url("campaign-new"), wanted(brest)).content.decode()
    assert "1\u00a0personne à interroger" in page or "1 personne à interroger" in page
    assert not Campaign.objects.exists()
    response = manager.post(url("campaign-new"), wanted(brest, confirm="1"))
    campaign = Campaign.objects.get()
    assert response["Location"] == url("campaign-show", campaign)
    assert (campaign.least_age, campaign.invitations.count()) == (65, 1)
    assert list(campaign.territories.all()) == [brest]


def test_one_goes_back_from_the_confirmation_with_what_was_typed(brest, home):
    page = client_of(Role.MANAGER, brest).post(url("campaign-new"), wanted(brest, back="1"))
    assert 'value="Enquête 2027"' in page.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "enquête 2026"}, "Une enquête porte déjà ce nom."),
        ({"closes_on": "2026-12-01"}, "Cette date est avant la date d’envoi."),
        ({"opened_on": "0026-12-01"}, "Vérifiez l’année\u00a0: elle va de 2000 à 2099."),
        ({"opened_on": "0226-12-01"}, "Vérifiez l’année"),
        ({"opened_on": "9999-12-31", "closes_on": "9999-12-31"}, "Vérifiez l’année"),
        ({"letter_on": "0027-01-10"}, "Vérifiez l’année"),
        ({"territories": []}, "Cochez au moins un territoire."),
    ],
)
def test_a_wrong_opening_is_refused_and_said(campaign, brest, fields, sentence):
    response = client_of(Role.MANAGER, brest).post(
        url("campaign-new"), wanted(brest, confirm="1", **fields)
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Campaign.objects.count() == 1


def test_a_manager_cannot_open_for_another_territory(brest):
    other = make_territory()
    response = client_of(Role.MANAGER, brest).post(url("campaign-new"), wanted(other, confirm="1"))
    assert response.status_code == 422
    assert not Campaign.objects.exists()


def test_printing_gives_a_file_whose_download_is_written_down(campaign, brest):
    manager = client_of(Role.MANAGER, brest)
    manager.post(url("printing-start", campaign))
    printing = Printing.objects.get()
    page = manager.get(url("campaign-show", campaign)).content.decode()
    assert url("printing-file", printing) in page
    response = manager.get(url("printing-file", printing))
    assert response["Content-Disposition"] == (
        'attachment; filename="questionnaires-enquete-2026.pdf"'
    )
    assert len(PdfReader(BytesIO(response.getvalue())).pages) == 4
    assert AccessLog.objects.get().gesture == "questionnaires imprimés"


def test_only_its_author_and_an_administrator_open_a_printed_file(campaign, brest):
    client_of(Role.MANAGER, brest).post(url("printing-start", campaign))
    printing = Printing.objects.get()
    for name in ("printing-file", "printing-show"):
        address = url(name, printing)
        assert client_of(Role.MANAGER, brest).get(address).status_code == 404
        assert client_of(Role.OFFICER, brest).get(address).status_code == 403
        response = client_of(Role.ADMINISTRATOR).get(address)
        assert response.status_code in (200, 302)
        assert response.getvalue() is not None  # reads the file to its end, which closes it


def test_a_printed_file_closes_to_its_author_who_leaves_the_territory(campaign, brest):
    """Asked for « all my territories »: she had one."""
    manager = make_user(Role.MANAGER, brest)
    client = Client()
    client.force_login(manager)
    client.post(url("printing-start", campaign))
    address = url("printing-file", Printing.objects.get())
    assert client.get(address).getvalue()
    manager.territories.set([make_territory()])
    assert client.get(address).status_code == 404


def test_a_printed_file_closes_when_someone_of_it_is_in_a_territory_of_others(campaign, brest):
    """Asked for « all my territories »: one of two is lost, or one person has moved."""
    other, strange = make_territory(), make_territory()
    campaign.territories.add(other)
    moving = make_senior(make_dwelling(make_residence(brest)))
    make_senior(make_dwelling(make_residence(other)))
    dispatch.invite(campaign, on=campaign.opened_on)
    manager, client = make_user(Role.MANAGER, brest, other), Client()
    client.force_login(manager)
    client.post(url("printing-start", campaign))
    printing = Printing.objects.get()
    address, page = url("printing-file", printing), url("campaign-show", campaign)
    assert printing.people.count() == 3
    assert client.get(address).getvalue()
    left = moving.dwelling
    Senior.objects.filter(pk=moving.pk).update(
        dwelling=None, ended_on=campaign.opened_on, end="left"
    )
    assert client.get(address).getvalue()  # she lives nowhere of ours: nobody else's
    elsewhere = make_dwelling(make_residence(strange))
    Senior.objects.filter(pk=moving.pk).update(dwelling=elsewhere, ended_on=None, end="")
    assert client.get(address).status_code == 404
    assert "ne s’ouvre plus" in client.get(page).content.decode()
    Senior.objects.filter(pk=moving.pk).update(dwelling=left)
    assert client.get(address).getvalue()
    manager.territories.remove(other)
    assert client.get(address).status_code == 404
    assert address not in client.get(page).content.decode()
    assert client_of(Role.ADMINISTRATOR).get(address).getvalue()


def test_a_printing_under_way_says_how_far_it_is_and_is_asked_again(campaign, brest):
    user = make_user(Role.MANAGER, brest)
    printing = Printing.objects.create(campaign=campaign, copies=500, created_by=user)
    client = Client()
    client.force_login(user)
    piece = client.get(url("printing-show", printing), headers={"HX-Request": "true"})
    assert "en attente" in piece.content.decode()
    assert "hx-trigger" in piece.content.decode()
    assert (
        piece.content.decode().strip()
        in client.get(url("campaign-show", campaign)).content.decode()
    )
    tasks.draw_printing(printing.pk)
    piece = client.get(url("printing-show", printing), headers={"HX-Request": "true"})
    assert "Télécharger" in piece.content.decode()
    assert "hx-trigger" not in piece.content.decode()
    assert client.get(url("printing-show", printing)).status_code == 302


def test_printing_for_nobody_says_so(brest):
    campaign = make_campaign(brest)
    response = client_of(Role.MANAGER, brest).post(url("printing-start", campaign), follow=True)
    assert "rien n’est imprimé" in response.content.decode()
    assert not Printing.objects.exists()


def test_the_questionnaire_can_be_read_before_opening(brest):
    manager = client_of(Role.MANAGER, brest)
    response = manager.get(reverse("surveys:questionnaire-sample", args=[QUESTIONNAIRE]))
    assert len(PdfReader(BytesIO(response.getvalue())).pages) == 4
    missing = manager.get(reverse("surveys:questionnaire-sample", args=["inconnu"]))
    assert missing.status_code == 404


def test_a_file_of_answers_is_received_for_its_campaign(campaign):
    administrator = client_of(Role.ADMINISTRATOR)
    file = SimpleUploadedFile("reponses.csv", "référence;bathing\nLOC-1;3\n".encode())
    response = administrator.post(
        url("answers-new", campaign), {"extract_on": "2026-11-24", "file": file}
    )
    run = ImportRun.objects.get()
    assert (run.kind, run.choices["options"]) == ("answers", {"campaign": str(campaign.uid)})
    assert response["Location"] == reverse("seniors:import-columns", args=[run.uid])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("vide.csv", b"", "Ce fichier est vide"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "une image"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_once(campaign, name, content, sentence):
    response = client_of(Role.ADMINISTRATOR).post(
        url("answers-new", campaign),
        {"extract_on": "2026-11-24", "file": SimpleUploadedFile(name, content)},
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ImportRun.objects.exists()


def test_silent_people_are_listed_with_their_telephone(campaign, brest, home):
    told = make_senior(home, last_name="Ansquer")
    make_senior(home, last_name="Bihan", phone="02 98 00 00 00")
    later = make_campaign(brest, name="Enquête bis")
    intake.record_many(
        later, [intake.Answer(told.pk, Response.Channel.PAPER, date(2026, 11, 2), {}, {})]
    )
    page = client_of(Role.OFFICER, brest).get(url("campaign-silent", later)).content.decode()
    assert "Bihan" in page
    assert "02 98 00 00 00" in page
    assert "Ansquer" not in page


@pytest.mark.parametrize("name", ["campaign-show", "campaign-silent", "campaign-list"])
def test_pages_take_as_many_queries_for_thirty_as_for_one(campaign, brest, home, name):
    client = client_of(Role.MANAGER, brest)
    found = None if name == "campaign-list" else campaign
    address = url(name, found)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(30):
        make_senior(make_dwelling(make_residence(brest)))
        make_campaign(brest, name=f"Enquête {number}")
    campaign.invitations.all().delete()
    for senior in home.residence.territory.residences.values_list("dwellings__seniors", flat=True):
        campaign.invitations.create(senior_id=senior, sent_on=date(2026, 10, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_without_a_territory_the_campaign_form_says_what_to_do(client):
    client.force_login(make_user(Role.MANAGER))
    words = "Aucun territoire ne vous est confié"
    assert words in client.get(reverse("surveys:campaign-new")).content.decode()
    answer = client.post(reverse("surveys:campaign-new"), {"name": "Enquête"})
    assert "aucun territoire à cocher" in str(answer.context["form"].errors["territories"])
    assert words in answer.content.decode()


def test_clicked_twice_it_opens_once(brest, home):
    make_senior(home)
    manager = client_of(Role.MANAGER, brest)
    for _ in range(2):
        response = manager.post(url("campaign-new"), wanted(brest, confirm="1"), follow=True)
        assert response.redirect_chain[-1][0] == url("campaign-show", Campaign.objects.get())
    assert "rien n’est doublé" in response.content.decode()
    assert Campaign.objects.get().invitations.count() == 1


def test_opened_in_the_background_it_shows_how_far_and_is_taken_up_again(brest, home, settings):
    """What it shows, in turn: waiting, stopped, open; a person asked once whatever happens."""
    make_senior(home)
    manager = client_of(Role.MANAGER, brest)
    campaign = make_campaign(brest)
    campaign.invitations.all().delete()
    Campaign.objects.update(asked_at=None)
    page = manager.get(url("campaign-show", campaign)).content.decode()
    assert "L’ouverture s’est arrêtée" in page
    assert "Imprimer" not in page
    pulse.wait(tasks.asking_key(campaign))
    htmx = {"HX-Request": "true", "HX-Target": "campaign-asking"}
    piece = manager.get(url("campaign-show", campaign), headers=htmx).content.decode()
    assert "En attente" in piece
    assert "<html" not in piece
    manager.post(url("campaign-newcomers", campaign))
    tasks.ask_everyone(campaign.pk)
    assert campaign.invitations.count() == 1
    assert manager.get(url("campaign-show", campaign), headers=htmx)["HX-Refresh"] == "true"
    assert "Imprimer" in manager.get(url("campaign-show", campaign)).content.decode()
