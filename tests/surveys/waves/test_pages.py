"""The pages of reminders, newcomers, and a campaign opened with its reminders."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from seniors import pulse
from seniors.enums import Role
from seniors.french import full_day
from seniors.models import AccessLog, Senior
from surveys import history, tasks
from surveys.campaigns import dispatch
from surveys.models import Campaign, Sending, Wave
from surveys.views import waves as pages_of_waves
from tests.make import make_dwelling, make_residence, make_territory, make_user
from tests.surveys.waves.sending import (
    TODAY,
    Outcome,
    ago,
    answer,
    logged_in,
    open_now,
    person,
    planned,
    text_of,
    url,
)

pytestmark = pytest.mark.django_db


def test_a_wave_is_planned_once_counted_then_followed_and_downloaded(brest, home, manager):
    person(home, "Kerbrat")
    gone = person(home, "Bihan")
    campaign, client = open_now(brest), logged_in(manager)
    asked_for = {"channel": "letter", "planned_on": TODAY.isoformat()}
    page = text_of(client.post(url("wave-new", campaign.uid), asked_for))
    assert "Relancer 2 personnes" in page
    assert not Wave.objects.exists()
    client.post(url("wave-new", campaign.uid), asked_for | {"confirm": "1"})
    wave = Wave.objects.get()
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "2 lettres préparées" in page
    assert "Kerbrat" in page
    assert "À retirer de la pile" not in page
    answer(campaign, gone)
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "À retirer de la pile" in page
    assert "Une lettre : depuis" in page
    letters = client.get(url("wave-file", wave.uid))
    assert letters.getvalue().startswith(b"%PDF")
    assert AccessLog.objects.filter(gesture="relances imprimées").count() == 1
    again = client.post(url("wave-new", campaign.uid), asked_for | {"confirm": "1"})
    assert (again.status_code, "déjà prévue" in text_of(again)) == (422, True)
    page = text_of(client.get(url("campaign-show", campaign.uid)))
    assert "2 envois sur 2 personnes" in page


def test_a_wave_to_come_is_cancelled_from_its_page(brest, home, manager):
    person(home, "Une")
    client = logged_in(manager)
    wave = planned(open_now(brest), manager, day=ago(-2))
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert "elle commence d’elle-même" in page
    assert "1 personne" in page
    refused = client.post(url("wave-resume", wave.uid), follow=True)
    assert "n’est pas à reprendre" in text_of(refused)
    page = text_of(client.post(url("wave-cancel", wave.uid), follow=True))
    assert "rien n’était parti" in page
    tasks.start_waves()
    assert mail.outbox == []


def test_a_wave_that_stopped_is_taken_up_from_its_page(brest, home, manager, server):
    person(home, "Une")
    client = logged_in(manager)
    server.down = True
    asked_for = {"channel": "email", "planned_on": TODAY.isoformat(), "confirm": "1"}
    campaign = open_now(brest)
    client.post(url("wave-new", campaign.uid), asked_for)
    wave = Wave.objects.get()
    assert "ne répond pas" in text_of(client.get(url("wave-show", wave.uid)))
    server.down = False
    page = text_of(client.post(url("wave-resume", wave.uid), follow=True))
    assert "1 courriel parti" in page
    assert len(mail.outbox) == 1


def test_the_progress_is_a_piece_of_its_page(brest, home, manager):
    person(home, "Une")
    client = logged_in(manager)
    wave = planned(open_now(brest), manager)
    pulse.wait(tasks.wave_key(wave))
    piece = client.get(url("wave-show", wave.uid), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in piece
    assert piece.strip() in client.get(url("wave-show", wave.uid)).content.decode()
    tasks.run_wave(wave.pk)
    last = client.get(url("wave-show", wave.uid), headers={"HX-Request": "true"})
    assert last["HX-Refresh"] == "true"  # the page has other buttons now


def test_pages_of_waves_take_as_many_queries_for_thirty_as_for_one(
    brest, home, manager, monkeypatch
):
    campaign, client = open_now(brest), logged_in(manager)
    person(home, "Une")
    dispatch.invite(campaign, on=TODAY)
    first = planned(campaign, manager, "letter")
    tasks.run_wave(first.pk)
    pages = [url("wave-show", first.uid), url("campaign-show", campaign.uid)]

    def queries() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as made:
                assert client.get(page).status_code == 200
            found.append(len(made))
        return found

    few = queries()
    for number in range(29):
        answer(campaign, person(home, f"P{number}"))
        planned(campaign, manager, "letter", ago(-1 - number % 14)) if number < 14 else None
    dispatch.invite(campaign, on=TODAY)
    rows = campaign.invitations.exclude(sendings__wave=first)
    Sending.objects.bulk_create(
        Sending(wave=first, invitation=one, outcome=Outcome.SENT, at=timezone.now()) for one in rows
    )
    assert queries() == few
    monkeypatch.setattr(pages_of_waves, "PER_PAGE", 7)
    page = text_of(client.get(url("wave-show", first.uid)))
    assert "29 lettres : depuis" in page
    late, _, _ = page.partition('id="wave-late"')[2].partition("</section>")
    assert late.count("<li>") == 29  # all of them: the others would be posted


def test_a_reminder_is_on_her_sheet(brest, home, manager):
    senior = person(home, "Une")
    tasks.run_wave(planned(open_now(brest), manager).pk)
    told = [(event.what, event.detail) for event in history.events([senior.pk])]
    assert ("Relance de l’enquête", "Enquête 2026, par courriel") in told


def test_a_wave_over_other_territories_is_named_but_not_opened(brest, home, manager):
    campaign = open_now(brest, make_territory())
    wave = planned(campaign, make_user(Role.ADMINISTRATOR))
    client = logged_in(manager)
    assert client.get(url("wave-show", wave.uid)).status_code == 404
    page = text_of(client.get(url("campaign-show", campaign.uid)))
    assert "avec d’autres territoires" in page
    assert url("wave-show", wave.uid) not in page


def test_letters_close_when_someone_of_them_is_in_a_territory_of_others(brest, home, manager):
    moving, stays = person(home, "Bihan"), person(home, "Kerbrat")
    campaign, client = open_now(brest), logged_in(manager)
    wave = planned(campaign, manager, "letter")
    tasks.run_wave(wave.pk)
    assert client.get(url("wave-file", wave.uid)).getvalue()
    elsewhere = make_dwelling(make_residence(make_territory()))
    Senior.objects.filter(pk=moving.pk).update(dwelling=elsewhere)
    for one in (moving, stays):
        answer(campaign, one)
    assert client.get(url("wave-file", wave.uid)).status_code == 404
    page = text_of(client.get(url("wave-show", wave.uid)))
    assert ("ne s’ouvre plus" in page, url("wave-file", wave.uid) in page) == (True, False)
    assert ("Kerbrat" in page, "Bihan" in page) == (True, False)


def test_newcomers_are_counted_then_added(brest, home, manager):
    person(home, "Ancienne")
    campaign, client = open_now(brest), logged_in(manager)
    address = url("campaign-newcomers", campaign.uid)
    assert "Personne n’est à ajouter" in text_of(client.get(address))
    person(home, "Nouvelle")
    assert "Ajouter 1 personne" in text_of(client.get(address))
    person(home, "Autre")
    page = text_of(client.post(address, {"count": "1"}))
    assert "Le nombre a changé" in page
    assert campaign.invitations.count() == 1
    page = text_of(client.post(address, {"count": "2"}, follow=True))
    assert "2 personnes ajoutées" in page
    assert set(campaign.invitations.values_list("sent_on", flat=True)) == {TODAY, ago(14)}
    Campaign.objects.update(closes_on=ago(1))
    assert client.post(address, {"count": "0"}).status_code == 302


def test_a_campaign_opens_with_its_reminders(brest, home, manager):
    person(home, "Une")
    form = {
        "name": "Enquête 2027",
        "territories": [brest.pk],
        "least_age": "65",
        "spared_months": "6",
        "opened_on": TODAY.isoformat(),
        "closes_on": ago(-60).isoformat(),
        "questionnaire": "bienvieillir-60-2026",
        "on_web": "on",
        "letter_on": ago(-30).isoformat(),
        "email_on": ago(-20).isoformat(),
    }
    client = logged_in(manager)
    page = text_of(client.post(reverse("surveys:campaign-new"), form))
    assert "1 personne à interroger" in page
    mail, letter = (full_day(ago(days)).replace("\u00a0", " ") for days in (-20, -30))
    assert f"par courriel le {mail}, par courrier le {letter}" in page
    late = client.post(reverse("surveys:campaign-new"), form | {"email_on": ago(-90).isoformat()})
    assert "Choisissez un jour entre" in text_of(late)
    client.post(reverse("surveys:campaign-new"), form | {"confirm": "1"})
    campaign = Campaign.objects.get()
    assert (campaign.spared_months, campaign.on_web, campaign.by_phone) == (6, True, False)
    assert [wave.channel for wave in campaign.waves.all()] == ["email", "letter"]
    assert all(wave.created_by == manager for wave in campaign.waves.all())


def test_a_reminder_of_the_opening_day_starts_once_those_asked_are_written_down(
    brest, home, manager, monkeypatch
):
    person(home, "Une")
    form = {
        "name": "Enquête 2027",
        "territories": [brest.pk],
        "least_age": "65",
        "opened_on": TODAY.isoformat(),
        "closes_on": ago(-60).isoformat(),
        "questionnaire": "bienvieillir-60-2026",
        "email_on": TODAY.isoformat(),
        "letter_on": ago(-30).isoformat(),
        "confirm": "1",
    }
    monkeypatch.setattr(tasks, "start_asking", lambda *told: None)  # it waits for its turn
    client = logged_in(manager)
    client.post(reverse("surveys:campaign-new"), form)
    campaign, wave = Campaign.objects.get(), Wave.objects.get(channel="email")
    tasks.run_wave(wave.pk)
    answer = client.post(url("wave-resume", wave.uid), follow=True)
    assert "n’est pas à reprendre" in text_of(answer)
    wave.refresh_from_db()
    assert (wave.started_at, tasks.pulse_of_wave(wave), mail.outbox) == (None, None, [])
    tasks.ask_everyone(campaign.pk)
    wave.refresh_from_db()
    assert (wave.expected, len(mail.outbox), bool(wave.finished_at)) == (1, 1, True)
    assert Wave.objects.get(channel="letter").started_at is None
    tasks.ask_everyone(campaign.pk)
    assert len(mail.outbox) == 1
