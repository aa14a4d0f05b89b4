"""The pages by which an administrator brings files in."""

import io
import os
import time
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors import import_words as words
from seniors import pulse, tasks
from seniors.enums import Role
from seniors.french import full_day
from seniors.models import Dwelling, ImportMapping, ImportRun, ScoreRun, Senior
from tests.make import make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
State = ImportRun.State

CSV = """IDENT_INT;RESIDENCE;DEPCOM;LIBCOM;NUMVOIE;NOMVOIE;ETAGE;ASC;NIR
L1;Kerfeunteun;29232;Quimper;3;RUE DE LA PAIX;2;1;284057512345612
L2;Kerfeunteun;29232;Quimper;3;RUE DE LA PAIX;RC;2;
L3;Kerfeunteun;29232;Quimper;5;RUE DE LA PAIX;trop haut;1;
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture(autouse=True)
def _tasks_at_once(settings):
    """Tasks run where they are asked for."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def queued(settings):
    """Tasks stay in the queue: nobody works."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": False}


@pytest.fixture
def boss(client):
    """A browser where an administrator is logged in."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def send(client, content=CSV, name="logements.csv", **data):
    """Send a file as the page does."""
    content = content.encode() if isinstance(content, str) else content
    data = {"kind": "dwellings", "extract_on": "2026-11-02"} | data
    data["file"] = SimpleUploadedFile(name, content)
    return client.post(reverse("seniors:import-new"), data)


def columns_of(response):
    """What the page of columns would send back, unchanged."""
    form = response.context["form"]
    data = {field.html_name: field.value() or "" for field in form}
    return data | response.context["look"].kept_options | {"gesture": "read"}


def previewed(client, content=CSV, **changes):
    """A run that waits for its confirmation."""
    page = client.get(send(client, content)["Location"])
    client.post(page.wsgi_request.path, columns_of(page) | changes)
    return ImportRun.objects.latest("id")


def url(name, run):
    return reverse(f"seniors:import-{name}", args=[run.uid])


# --- who ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER, Role.EVALUATOR])
def test_imports_are_the_administrators(client, boss, role):
    run = previewed(boss)
    other = Client()
    other.force_login(make_user(role, make_territory()))
    for name in ("show", "columns", "refusals"):
        assert other.get(url(name, run)).status_code == 403
    for name in ("apply", "cancel", "restart", "close-many", "columns"):
        assert other.post(url(name, run)).status_code == 403
    for name in ("list", "new"):
        assert other.get(reverse(f"seniors:import-{name}")).status_code == 403
    assert ImportRun.objects.get().state == State.PREVIEWED


def test_a_visitor_is_sent_to_the_log_in(client):
    assert client.get(reverse("seniors:import-list")).status_code == 302


def test_sending_needs_the_token_of_the_page():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(Role.ADMINISTRATOR))
    assert send(strict).status_code == 403
    assert not ImportRun.objects.exists()


# --- sending -----------------------------------------------------------------------------


def test_an_empty_list_says_in_which_order_to_begin(boss):
    page = boss.get(reverse("seniors:import-list")).content.decode()
    assert page.index("Les logements") < page.index("Les occupants") < page.index("Les réponses")


def test_the_page_proposes_today(boss):
    page = boss.get(reverse("seniors:import-new") + "?contenu=dwellings")
    assert f'value="{date.today():%Y-%m-%d}"' in page.content.decode()  # noqa: DTZ011


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PNG, "photo.xlsx", "une image"),
        (b"", "vide.csv", "vide"),
        (b"\n;;;\n", "blanc.csv", "vide"),
        (b"PK\x03\x04" + b"\x00" * 40, "faux.xlsx", "abîm"),
    ],
)
def test_what_is_not_a_table_is_refused_in_french_and_changes_nothing(boss, content, name, words):
    answer = send(boss, content, name)
    if answer.status_code == 302:  # only its opening can tell
        answer = boss.get(answer["Location"])
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Rien n’a été modifié" in answer.content.decode()
    assert not Dwelling.objects.exists()


def test_a_file_too_large_is_dropped_while_it_comes(boss, settings):
    settings.UPLOAD_MAX_BYTES = 2 * 1024**2
    answer = send(boss, b"a;b\n" * 600_000)
    assert answer.status_code == 422
    assert "dépasse 2\u00a0Mo" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not (settings.MEDIA_ROOT / "imports").exists()


def test_an_extract_of_tomorrow_is_refused(boss):
    answer = send(boss, extract_on="2099-01-01")
    assert "Cette date est dans le futur" in answer.content.decode()
    assert not ImportRun.objects.exists()


# --- columns -----------------------------------------------------------------------------


def test_columns_are_proposed_and_refused_ones_said(boss):
    page = boss.get(send(boss)["Location"])
    form = page.context["form"]
    assert form["column-reference"].value() == "IDENT_INT"
    assert form["column-floor"].value() == "ETAGE"
    text = page.content.decode()
    assert "Colonne refusée, rien n’en est gardé" in text
    assert "<strong>NIR</strong>" in text
    assert "284057512345612" not in text


def test_codes_to_decide_are_asked_and_used(boss):
    page = boss.get(send(boss)["Location"])
    names = [field.html_name for field in page.context["form"] if field.html_name[:5] == "value"]
    assert len(names) == 2
    boss.post(page.wsgi_request.path, columns_of(page) | dict(zip(names, ["1", "0"], strict=True)))
    boss.post(url("apply", ImportRun.objects.get()))
    lifts = dict(Dwelling.objects.values_list("reference", "has_lift"))
    assert lifts == {"L1": True, "L2": False}


def test_a_change_of_column_refreshes_examples_without_saving(boss):
    page = boss.get(send(boss)["Location"])
    data = columns_of(page) | {"gesture": "refresh", "column-door": "NUMVOIE"}
    data["column-street_number"] = ""
    piece = boss.post(page.wsgi_request.path, data, headers={"HX-Request": "true"})
    assert piece.status_code == 200
    assert piece.content.decode().lstrip().startswith('<div id="import-columns"')
    assert piece.context["form"]["column-door"].value() == "NUMVOIE"
    assert ImportRun.objects.get().choices == {}


def test_one_column_cannot_mean_two_things(boss):
    page = boss.get(send(boss)["Location"])
    answer = boss.post(page.wsgi_request.path, columns_of(page) | {"column-door": "ETAGE"})
    assert answer.status_code == 422
    assert "Cette colonne sert déjà pour" in answer.content.decode()


def test_a_file_without_a_key_is_not_read(boss):
    page = boss.get(send(boss)["Location"])
    nothing = {"column-reference": "", "column-street": ""}
    answer = boss.post(page.wsgi_request.path, columns_of(page) | nothing)
    assert answer.status_code == 422
    assert "Indiquez la colonne qui donne\u00a0: «\u00a0Référence" in answer.content.decode()


def test_a_wrong_detection_is_mended_on_the_page(boss):
    page = boss.get(send(boss, CSV.replace(";", "|"))["Location"])
    data = page.context["look"].kept_options | {"gesture": "reopen", "header_row": "2"}
    again = boss.post(page.wsgi_request.path, data)
    assert again.context["look"].options["header_row"] == 2
    assert "L1" in again.context["look"].headings
    unreadable = boss.post(page.wsgi_request.path, data | {"header_row": "999"})
    assert unreadable.status_code == 422
    assert "La ligne 999" in unreadable.content.decode()


def test_a_known_layout_is_prefilled_and_said(boss):
    page = boss.get(send(boss)["Location"])
    changed = {"column-floor": "", "column-door": "ETAGE"}
    boss.post(page.wsgi_request.path, columns_of(page) | changed)
    again = boss.get(send(boss, CSV + "L4;Kerfeunteun;29232;Quimper;7;RUE;1;1;\n")["Location"])
    saved = full_day(timezone.localdate(ImportMapping.objects.get().saved_at))
    assert f"réglage retenu le {saved}" in again.content.decode()
    assert again.context["form"]["column-door"].value() == "ETAGE"
    assert not again.context["form"]["column-floor"].value()


def test_a_code_decided_once_is_remembered_even_where_the_next_file_starts_without_it(boss):
    page = boss.get(send(boss)["Location"])
    names = [field.html_name for field in page.context["form"] if field.html_name[:5] == "value"]
    decided = dict(zip(names, ["1", "0"], strict=True))
    boss.post(page.wsgi_request.path, columns_of(page) | decided)
    page = boss.get(send(boss, CSV.replace("2;1;", "2;O;").replace("RC;2;", "RC;N;"))["Location"])
    boss.post(page.wsgi_request.path, columns_of(page))
    assert ImportMapping.objects.get().choices["values"]["has_lift"] == {"1": "1", "2": "0"}


def test_thousands_of_columns_are_completed_not_unrolled(boss):
    names = ";".join(f"col{n}" for n in range(3000))
    content = f"IDENT_INT;RESIDENCE;{names}\n" + "L1;Parc;" + ";" * 2999 + "\n"
    page = boss.get(send(boss, content)["Location"])
    assert len(page.content) < 600_000
    assert page.content.count(b"<datalist") == 1
    answer = boss.post(page.wsgi_request.path, columns_of(page) | {"column-door": "col99999"})
    assert "Cette colonne n’est pas dans le fichier" in answer.content.decode()


# --- preview and apply -------------------------------------------------------------------


def test_the_preview_says_all_and_writes_nothing(boss):
    run = previewed(boss)
    page = boss.get(url("show", run)).content.decode()
    assert not Dwelling.objects.exists()
    assert "Enregistrer 2 logements (1 refusé laissé de côté)" in page
    assert "ligne 4" in page
    assert "étage illisible" in page


def test_the_refused_rows_come_back_as_a_file(boss):
    run = previewed(boss)
    answer = boss.get(url("refusals", run))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"
    content = b"".join(answer.streaming_content)
    answer.close()
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert rows[1][0] == "L3"
    assert not any("NIR" in str(cell) for row in rows for cell in row)


def test_no_refusals_no_file(boss):
    run = previewed(boss, CSV.replace("trop haut", "1"))
    assert boss.get(url("refusals", run)).status_code == 404


def test_confirming_writes_and_says_what_comes_next(boss, settings):
    run = previewed(boss)
    boss.post(url("apply", run))
    run.refresh_from_db()
    assert run.state == State.APPLIED
    assert Dwelling.objects.count() == 2
    page = boss.get(url("show", run)).content.decode()
    assert "contenu=occupants" in page
    assert "Recalculer les scores" in page
    assert run.stored_as == ""
    assert not (settings.MEDIA_ROOT / "imports" / run.uid.hex).exists()


def test_confirming_twice_is_refused_and_changes_nothing_more(boss):
    run = previewed(boss)
    boss.post(url("apply", run))
    assert boss.post(url("apply", run)).status_code == 404
    assert Dwelling.objects.count() == 2


def test_the_same_file_again_has_nothing_to_change(boss):
    boss.post(url("apply", previewed(boss)))
    page = boss.get(url("show", previewed(boss))).content.decode()
    assert "Terminer\u00a0: rien à changer" in page


def test_a_change_shows_before_and_after(boss):
    boss.post(url("apply", previewed(boss)))
    page = boss.get(
        url(
            "show",
            previewed(
                boss,
                CSV.replace("L1;Kerfeunteun;29232;Quimper;3", "L1;Kerfeunteun;29232;Quimper;9"),
            ),
        )
    )
    text = page.content.decode()
    assert '<del class="before">3</del> → <strong>9</strong>' in text


def test_giving_up_erases_the_file_and_writes_nothing(boss, settings):
    run = previewed(boss)
    assert boss.post(url("cancel", run)).status_code == 302
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not Dwelling.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").glob(f"{run.uid.hex}*"))
    assert boss.get(url("show", run)).status_code == 200


def test_many_absent_dwellings_are_held_until_someone_says_they_left(boss):
    head = "IDENT_INT;RESIDENCE;AGENCE\n"
    rows = [f"L{n};Kerfeunteun;Quimper\n" for n in range(100)]
    boss.post(url("apply", previewed(boss, head + "".join(rows))))
    run = previewed(boss, head + "".join(rows[:40]))
    assert "60 fiches connues n’y sont pas" in boss.get(url("show", run)).content.decode()
    boss.post(url("close-many", run))
    run.refresh_from_db()
    assert run.counts["gone"] == 60
    boss.post(url("apply", run))
    assert Dwelling.objects.filter(gone_on=None).count() == 40
    assert "close_many" not in ImportMapping.objects.get().choices["options"]


# --- long work ---------------------------------------------------------------------------


def test_the_page_asks_again_while_the_file_is_read(boss, queued):
    run = previewed(boss)
    assert run.state == State.PREVIEWING
    page = boss.get(url("show", run))
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert "Actualiser" in page.content.decode()
    piece = boss.get(url("show", run), headers={"HX-Request": "true"})
    assert piece.content.decode().lstrip().startswith('<section id="import-progress"')


def test_the_piece_leads_to_the_preview_once_read(boss):
    run = previewed(boss)
    answer = boss.get(url("show", run), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("show", run)


def test_a_work_that_nobody_takes_is_said_after_a_minute(boss, queued):
    run = previewed(boss)
    then = time.time() - 61
    os.utime(pulse._path(f"import-{run.uid}"), (then, then))
    page = boss.get(url("show", run)).content.decode()
    assert "n’a pas encore commencé" in page
    assert "Recommencer" in page


def test_a_dead_worker_is_said_and_the_work_starts_again(boss, queued, settings):
    run = previewed(boss)
    pulse._write(f"import-{run.uid}", pulse.WORKING, 5)
    assert boss.post(url("restart", run)).status_code == 302  # still alive: nothing happens
    then = time.time() - 31
    os.utime(pulse._path(f"import-{run.uid}"), (then, then))
    page = boss.get(url("show", run)).content.decode()
    assert "s’est arrêté avant la fin" in page
    assert "every 1s" not in page
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    boss.post(url("restart", run))
    run.refresh_from_db()
    assert run.state == State.PREVIEWED


def make_old(run):
    """As if it were received last year."""
    ImportRun.objects.filter(pk=run.pk).update(created_at=run.created_at - timedelta(days=8))


def test_files_forgotten_for_a_week_are_erased(boss, settings, capsys):
    run = previewed(boss)
    assert tasks.purge_imports() == 0
    make_old(run)
    call_command("purge_imports")
    assert capsys.readouterr().out.startswith("1 import(s) à vider")
    call_command("purge_imports", "--apply")
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not list((settings.MEDIA_ROOT / "imports").glob(f"{run.uid.hex}*"))
    assert tasks.purge_imports() == 0


def test_refused_rows_are_kept_a_week_after_the_import_then_erased(boss, settings):
    run = previewed(boss)
    boss.post(url("apply", run))
    assert boss.get(url("refusals", run)).getvalue()
    make_old(run)
    assert tasks.purge_imports() == 1
    run.refresh_from_db()
    assert run.state == State.APPLIED
    assert not list((settings.MEDIA_ROOT / "imports").glob(f"{run.uid.hex}*"))
    assert boss.get(url("refusals", run)).status_code == 404


# --- occupants ---------------------------------------------------------------------------

OCCUPANTS = """Code UG;Code locataire;Nom;Prénom;Date naissance
L1;P1;LE GOFF;Jeanne;17/05/1940
L2;P2;KERVELLA;Yann;02/01/1990
"""


def test_after_occupants_the_scores_are_computed_and_it_is_said(boss):
    boss.post(url("apply", previewed(boss)))
    page = boss.get(send(boss, OCCUPANTS, "occupants.csv", kind="occupants")["Location"])
    boss.post(page.wsgi_request.path, columns_of(page))
    run = ImportRun.objects.latest("id")
    boss.post(url("apply", run))
    assert Senior.objects.get().last_name == "LE GOFF"
    assert ScoreRun.objects.get().people == 1
    text = boss.get(url("show", run)).content.decode()
    assert "Le calcul des scores a été lancé" in text
    assert "contenu=answers" in text
    page = boss.get(send(boss, OCCUPANTS, "occupants.csv", kind="occupants")["Location"])
    boss.post(page.wsgi_request.path, columns_of(page))
    boss.post(url("apply", ImportRun.objects.latest("id")))
    assert ScoreRun.objects.count() == 1  # nothing changed, nothing to compute


# --- answers -----------------------------------------------------------------------------

ANSWERS = """Référence;consent_visit;consent_health;falls;lonely;grab_bars
P1;Oui;Oui;une fois;drôle de code;Non
"""


def test_answers_name_their_campaign_and_ask_only_the_codes_that_nothing_explains(boss):
    make_senior(reference="P1")
    campaign = make_campaign(name="Enquête 2026")
    page = boss.get(send(boss, ANSWERS, "reponses.csv", kind="answers")["Location"])
    form = page.context["form"]
    asked = [field.label for field in form if field.html_name.startswith("value-")]
    assert "«\u00a0drôle de code\u00a0»" in asked
    assert "«\u00a0Oui\u00a0»" not in asked
    assert (str(campaign.uid), "Enquête 2026") in form.fields["option-campaign"].choices
    boss.post(page.wsgi_request.path, columns_of(page) | {"option-campaign": str(campaign.uid)})
    run = ImportRun.objects.get()
    text = boss.get(url("show", run)).content.decode()
    assert "Enregistrer 1 réponse" in text
    boss.post(url("apply", run))
    assert campaign.responses.count() == 1
    assert ScoreRun.objects.get().people == 1


# --- how many queries --------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(boss, rows, django_assert_num_queries):
    for n in range(rows):
        user = make_user(Role.ADMINISTRATOR)
        ImportRun.objects.create(
            kind="dwellings", file_name=f"{n}.csv", extract_on=date(2026, 11, 2), created_by=user
        )
    with django_assert_num_queries(4):
        page = boss.get(reverse("seniors:import-list"))
    assert len(page.context["imports"].object_list) == rows


def test_no_more_rows_than_a_cause_needs_are_returned_and_the_page_says_so(boss):
    run = previewed(boss)
    run.counts["refused"] = 20_001
    assert words.returned_rows(run) == "20\u00a0000 premières lignes refusées"
