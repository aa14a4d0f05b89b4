"""Whose questionnaires are printed, and the files that hold them."""

import os
import zipfile
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors import pulse
from seniors.enums import Role
from seniors.models import Objection, Senior
from surveys import tasks
from surveys.campaigns import counting, dispatch, queries
from surveys.models import Campaign, Response
from surveys.receiving import intake
from surveys.sending import links, printing
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _landlord(settings):
    settings.LANDLORD = "Finistère Habitat"
    settings.LANDLORD_ADDRESS = "6 rue du Port\n29000 Quimper"
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


def printed(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


def file_of(found, settings) -> Path:
    return Path(settings.MEDIA_ROOT) / found.stored_as


def test_a_printing_holds_one_copy_of_each_senior_asked_with_her_address(home, brest, settings):
    make_senior(home, reference="LOC-UN", last_name="Kerbrat")
    make_senior(home, reference="LOC-DEUX")
    campaign = make_campaign(brest)
    manager = make_user(Role.MANAGER, brest)
    found = printing.ask(campaign, territory=None, only_silent=False, by=manager)
    assert (found.copies, found.stored_as) == (2, "")
    tasks.start_printing(found)
    found.refresh_from_db()
    assert found.finished_at
    text = printed(file_of(found, settings)).replace("\u00a0", " ")
    assert len(PdfReader(file_of(found, settings)).pages) == 8
    for words in ("Kerbrat", "3 RUE DE SIAM", "6 rue du Port"):
        assert words in text
    for reference in campaign.invitations.values_list("reference", flat=True):
        grouped = links.in_groups(reference).replace("\u00a0", " ")
        assert text.count(f"Référence : {grouped}") == 4
        assert text.count(f"/enquete/{reference}") == 1
    assert "LOC-" not in text  # the paper says nothing of her but her name and address
    assert tasks.pulse_of(found) is None


def test_paper_alone_carries_the_reference_and_no_link(home, brest):
    make_senior(home)
    campaign = make_campaign(brest, on_web=False)
    [senior] = printing.invited(campaign, only_silent=False)
    reference = campaign.invitations.get().reference
    copy = printing.addressee(campaign, senior)
    assert (copy.reference, copy.code) == (links.in_groups(reference), reference)
    assert copy.address == ""


def test_someone_merged_since_is_printed_once_with_a_reference_of_hers(home, brest):
    kept, absorbed, other = (make_senior(home) for _ in range(3))
    campaign = make_campaign(brest)
    campaign.invitations.filter(senior=kept).delete()
    Senior.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    printed_for = {one.pk: one for one in printing.invited(campaign, only_silent=False)}
    assert printed_for.keys() == {kept.pk, other.pk}
    hers = campaign.invitations.get(senior=absorbed)
    assert printed_for[kept.pk].invitation_reference == hers.reference


def test_copies_are_in_the_order_of_the_post(brest):
    """Postcode, town, street, number as a number; streets in whatever case they were typed."""
    places = [
        ("29000", "Quimper", "rue de Brest", "1"),
        ("29200", "BREST", "Rue de Siam", "2"),
        ("29200", "Brest", "rue de Siam", "3 bis"),
        ("29200", "Brest", "RUE DE SIAM", "12"),
        ("29200", "Brest", "rue Jean-Jaurès", ""),
        ("29200", "Brest", "rue Jean-Jaurès", "4"),
        ("29200", "Guilers", "allée des Pins", "1"),
    ]
    for place in reversed(places):
        home = dict(zip(("postcode", "city", "street", "street_number"), place, strict=True))
        make_senior(make_dwelling(make_residence(brest), **home))
    people = printing.invited(make_campaign(brest), only_silent=False)
    fields = [f"dwelling__{one}" for one in ("postcode", "city", "street", "street_number")]
    assert list(people.values_list(*fields)) == places


def test_who_left_or_objected_since_or_lives_elsewhere_is_not_printed(home, brest):
    gone, objecting, stays = (make_senior(home) for _ in range(3))
    other = make_territory()
    elsewhere = make_senior(make_dwelling(make_residence(other)))
    campaign = make_campaign(brest, other)
    gone.dwelling, gone.ended_on, gone.end = None, date(2026, 11, 1), "left"
    gone.save()
    Objection.objects.create(senior=objecting, since=date(2026, 11, 1), reason="appel")
    manager = make_user(Role.MANAGER, brest)
    whose = printing.whose(campaign, user=manager, territory=None, only_silent=False)
    assert list(whose) == [stays]
    assert elsewhere not in whose


def test_a_reminder_is_printed_only_for_who_did_not_answer(home, brest):
    told, silent = make_senior(home), make_senior(home)
    campaign = make_campaign(brest)
    intake.record_many(
        campaign, [intake.Answer(told.pk, Response.Channel.PAPER, date(2026, 11, 2), {}, {})]
    )
    assert list(printing.invited(campaign, only_silent=True)) == [silent]


def test_many_copies_are_parted_into_files_a_printer_can_take(home, brest, tmp_path, monkeypatch):
    monkeypatch.setattr(printing, "COPIES_PER_FILE", 2)
    for _ in range(5):
        make_senior(home)
    seen = []
    copies, path = printing.write_files(
        tmp_path / "tout",
        make_campaign(brest),
        printing.invited(Campaign.objects.get(), only_silent=False),
        progress=seen.append,
    )
    assert (copies, path.name, seen) == (5, "tout.zip", [1, 2, 3, 4, 5])
    with zipfile.ZipFile(path) as archive:
        files = [BytesIO(archive.read(name)) for name in sorted(archive.namelist())]
    pages = [len(PdfReader(file).pages) for file in files]
    assert pages == [8, 8, 4]
    assert [found.name for found in tmp_path.iterdir() if found != path and found.is_dir()] == []


def test_the_address_says_door_stair_building(home):
    home.door, home.stair, home.building, home.complement = "12", "B", "C", "Le Clos des Ajoncs"
    senior = make_senior(home, title="Mme", first_name="Jeanne", last_name="Le Goff")
    assert printing.postal_address(senior) == (
        "Mme Jeanne Le Goff",
        "Porte 12, escalier B",
        "Bâtiment C, Le Clos des Ajoncs",
        "3 RUE DE SIAM",
        "29200 BREST",
    )


def test_copies_follow_residences_with_a_fixed_number_of_queries(
    brest, django_assert_num_queries, tmp_path
):
    for _ in range(30):
        make_senior(make_dwelling(make_residence(brest)))
    campaign = make_campaign(brest)
    people = printing.invited(campaign, only_silent=False)
    with django_assert_num_queries(1):
        printing.write_files(tmp_path / "a", campaign, people)


def test_several_copies_are_waited_for_with_a_progress_bar_and_one_letter_is_there_at_once(
    home, brest, settings, monkeypatch, client, django_capture_on_commit_callbacks
):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": False}
    queued = []
    monkeypatch.setattr(tasks, "async_task", lambda *told: queued.append(told))
    make_senior(home)
    campaign, by = make_campaign(brest), make_user(Role.MANAGER, brest)
    client.force_login(by)
    start, show = (f"surveys:{one}" for one in ("printing-start", "campaign-show"))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse(start, args=[campaign.uid]), {"territory": brest.pk})
        make_senior(home)
        dispatch.invite(campaign, on=campaign.opened_on)
    several, alone = printing.Printing.objects.order_by("-copies")
    assert (alone.copies, bool(alone.stored_as)) == (1, True)
    assert (several.copies, several.stored_as) == (2, "")
    assert queued == [("surveys.tasks.draw_printing", several.pk)]
    pulse._write(tasks.key_of(several), pulse.WORKING, 1)
    page = client.get(reverse(show, args=[campaign.uid])).content.decode()
    assert '<progress value="1" max="2"' in page
    tasks.draw_printing(several.pk)
    page = client.get(reverse(show, args=[campaign.uid])).content.decode()
    assert "<progress" not in page.partition("Fichiers préparés")[2]
    assert page.count("Télécharger") == 2


def test_drawing_twice_does_no_harm(home, brest, settings):
    make_senior(home)
    by = make_user(Role.MANAGER, brest)
    found = printing.ask(make_campaign(brest), territory=brest, only_silent=False, by=by)
    tasks.draw_printing(found.pk)
    first = file_of(printing.Printing.objects.get(), settings).read_bytes()
    tasks.draw_printing(found.pk)
    assert file_of(printing.Printing.objects.get(), settings).read_bytes() == first


def test_files_with_addresses_are_deleted_after_a_week(home, brest, settings):
    make_senior(home)
    by = make_user(Role.MANAGER, brest)
    found = printing.ask(make_campaign(brest), territory=brest, only_silent=False, by=by)
    tasks.draw_printing(found.pk)
    found.refresh_from_db()
    path = file_of(found, settings)
    assert tasks.purge_printings() == 0
    printing.Printing.objects.update(created_at="2026-01-01T00:00:00Z")
    out = StringIO()
    call_command("purge_printings", stdout=out)
    assert "Fichiers à effacer\u00a0: 1." in out.getvalue()
    assert path.exists()
    call_command("purge_printings", apply=True, stdout=out)
    assert "Fichiers effacés\u00a0: 1." in out.getvalue()
    assert not path.exists()


def test_what_a_drawing_that_died_left_is_deleted_after_a_day(home, brest, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_senior(home)
    by = make_user(Role.MANAGER, brest)
    found = printing.ask(make_campaign(brest), territory=brest, only_silent=False, by=by)
    tasks.draw_printing(found.pk)
    found.refresh_from_db()
    kept, left = file_of(found, settings), []
    for folder in ("printings", "waves"):
        half = tmp_path / folder / "tmpdrawing"
        half.mkdir(parents=True)
        left += [tmp_path / folder / "cut.pdf", tmp_path / folder / "cut.zip", half]
        for path in (*left[-3:-1], half / "questionnaires-001.pdf"):
            path.write_bytes(b"%PDF names and addresses")
    assert tasks.purge_printings() == 0, "they may be at work"
    for path in (kept, *left):
        os.utime(path, times=(0, 0))
    assert tasks.count_old_files() == 6
    assert tasks.purge_printings() == 6
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    assert not any(path.exists() for path in left)


def test_commands_open_a_campaign_and_print_it(home, brest, tmp_path):
    make_senior(home)
    out, today = StringIO(), timezone.localdate()
    opened = {"opened_on": today - timedelta(days=30), "stdout": out}
    call_command("open_campaign", "Enquête", **opened)
    assert "1 locataire senior à interroger" in out.getvalue()
    assert not Campaign.objects.exists()
    call_command("open_campaign", "Enquête", apply=True, **opened)
    assert Campaign.objects.get().invitations.count() == 1
    make_senior(home)
    call_command("open_campaign", "Enquête", stdout=out)
    assert "1 locataire senior à interroger" in out.getvalue().partition("est ouverte")[2]
    call_command("open_campaign", "Enquête", apply=True, stdout=out)
    assert "1 envoi ajouté" in out.getvalue()
    call_command("print_questionnaires", "Enquête", str(tmp_path / "tout"), stdout=out)
    assert len(PdfReader(tmp_path / "tout.pdf").pages) == 8
    assert "Le Goff" not in out.getvalue()


def test_a_survey_that_is_over_asks_nobody_by_command_and_keeps_its_counts(home, brest):
    """Whatever day is given: those who gave no answer may be forgotten, their counts are all
    that is left of them."""
    make_senior(home)
    over = timezone.localdate() - timedelta(days=400)
    campaign = make_campaign(brest, opened_on=over - timedelta(days=60), closes_on=over)
    counting.forget(over)
    make_senior(home)
    for more in ({}, {"apply": True}, {"apply": True, "opened_on": over}):
        with pytest.raises(CommandError, match="est terminée"):
            call_command("open_campaign", campaign.name, **more)
    total = queries.campaign_rates(make_user(Role.ADMINISTRATOR), campaign).total
    assert (total.asked, campaign.invitations.count()) == (1, 0)


def test_commands_say_what_does_not_exist(brest, tmp_path):
    with pytest.raises(CommandError, match="Territoire inconnu\u00a0: nulle-part"):
        call_command("open_campaign", "Enquête", territory=["nulle-part"])
    for day, words in (("0026-03-01", "de 2000 à 2099"), ("demain", "AAAA-MM-JJ")):
        with pytest.raises(CommandError, match=words):
            call_command("open_campaign", "Enquête", f"--opened-on={day}")
    with pytest.raises(CommandError, match="La fin est avant l’ouverture"):
        call_command("open_campaign", "Enquête", "--opened-on=2026-03-01", "--closes-on=2026-02-01")
    with pytest.raises(CommandError, match="Aucune enquête"):
        call_command("print_questionnaires", "Enquête", str(tmp_path / "x"))


def test_a_campaign_of_nobody_prints_nothing(brest, tmp_path):
    campaign = make_campaign(brest)
    assert dispatch.invite(campaign, on=date(2026, 10, 1)) == 0
    copies, _ = printing.write_files(
        tmp_path / "a", campaign, printing.invited(campaign, only_silent=False)
    )
    assert copies == 0
