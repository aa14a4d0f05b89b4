"""What leaves the site when names, notes and places were written to do harm; links tried by force;
and what a page that is only read may write: nothing."""

import uuid
from base64 import urlsafe_b64encode
from contextlib import nullcontext
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import Consent, Residence, Senior
from tests.make import make_senior, make_user
from tests.visits.acting import make_action, make_partner, territory_of
from tests.visits.sending import send
from tests.visits.weekly import coming_monday, make_week
from visits.acting import referrals
from visits.agenda import outcomes, planning
from visits.agenda.outcomes import OutcomeRefusal
from visits.enums import State
from visits.field_watch import watch
from visits.models import Action, Appointment, Signal, Visit, VisitList
from visits.visiting.recording import Refused

pytestmark = pytest.mark.django_db
HARM = [
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "<b>gras</b><img src='http://evil.example/x.png'/>&amp;<font color=red>",
    "x\r\nDTSTART:20200101\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil",
    "</script><script>alert(1)</script>",
    "{{ 7|add:7 }}{% csrf_token %}%s{0}",
    "الاسم \u202e evil",
]


@pytest.fixture(params=HARM)
def harmed(request, client):
    """An officer logged in; everything a person types in her territory says that."""
    week = make_week(2)
    senior = week.entries.first().senior
    harm = request.param
    Senior.objects.update(last_name=harm[:60], first_name=harm[:60])
    home = senior.dwelling
    home.street, home.city, home.complement = harm[:60], harm[:60], harm[:30]
    home.save()
    Residence.objects.update(name=harm[:80])
    week.entries.update(reason=harm, paper_reason=harm)
    partner = make_partner(territory=territory_of(senior), name=harm[:100])
    action = make_action(state=State.REQUESTED, senior=senior, by=week.officer, partner=partner)
    planning.plan(
        senior, officer=week.officer, day=coming_monday(), slot="morning", by=week.officer,
        entry=week.entries.first(),
    )  # fmt: skip
    watch.report(
        week.officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior,
        words=harm[:100],
    )  # fmt: skip
    client.force_login(week.officer)
    return client, week, action, harm


def read(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_files_hold_harmful_words_as_words(harmed):
    client, week, action, _ = harmed
    monday = coming_monday().isoformat()
    books = [reverse("visits:list-workbook", args=[week.uid]), "/actions/liste.xlsx?state=all"]
    for address in books:
        for row in load_workbook(BytesIO(read(client.get(address)))).active.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f" or cell.hyperlink]
    calendar = Calendar.from_ical(read(client.get(f"/visites/semaine/agenda.ics?le={monday}")))
    assert len(calendar.walk("VEVENT")) == 1
    assert str(calendar.walk("VEVENT")[0].decoded("dtstart").date()) == monday
    _, secret = referrals.make_link(action, by=week.officer)
    papers = [
        reverse("visits:list-round", args=[week.uid]),
        reverse("visits:list-forms", args=[week.uid]),
        f"/visites/semaine/tournee.pdf?le={monday}",
        reverse("visits:week-letter", args=[Appointment.objects.get().uid]),
        reverse("visits:action-paper", args=[action.uid]),
        f"/transmission/{secret}/fiche.pdf",
    ]
    for address in papers:
        pdf = PdfReader(BytesIO(read(client.get(address))))
        assert not [page for page in pdf.pages if "/Annots" in page or page.images]


def test_pages_hold_harmful_words_as_words(harmed):
    client, week, action, harm = harmed
    _, secret = referrals.make_link(action, by=week.officer)
    signal = Signal.objects.get()
    pages = ["/", "/actions/", "/signalements/", "/partenaires/", f"/transmission/{secret}/",
             f"/visites/semaine/?semaine={coming_monday():%G-W%V}",
             reverse("visits:action-show", args=[action.uid]),
             reverse("visits:signal-show", args=[signal.uid]),
             reverse("visits:partner-show", args=[action.partner.uid]),
             reverse("visits:form-fill", args=[action.senior.uid]),
             reverse("visits:list-show", args=[week.uid]),
             reverse("seniors:senior-show", args=[action.senior.uid])]  # fmt: skip
    for page in pages:
        said = read(client.get(page)).decode()
        assert "<script>alert" not in said, page
        assert "<img src='http" not in said, page
        assert "{{ 7|add:7 }}" in said or "7|add" not in harm, page


def test_a_mail_to_a_partner_goes_to_nobody_else(client):
    """« & » and « ? » are allowed in an address: in a mailto: they would add a reader."""
    action = make_action(state=State.REQUESTED)
    action.partner.email = "a?bcc=evil&x=y@partner.example"
    action.partner.save()
    client.force_login(action.created_by)
    for page in (
        client.post(reverse("visits:action-link", args=[action.uid])),
        client.get(reverse("visits:partner-show", args=[action.partner.uid])),
        client.get("/partenaires/"),
    ):
        assert page.status_code == 200
        assert "mailto:a?" not in page.content.decode()
        assert "mailto:a%3Fbcc" in page.content.decode()


# Links


def reported(token: str, **headers) -> int:
    said = {"kind": "fall", "urgency": "now", "form_uid": uuid.uuid4(), "reporter": "caretaker"}
    return Client().post(reverse("watch-send", args=[token]), said, headers=headers).status_code


@pytest.fixture
def link():
    action = make_action()
    day = timezone.localdate() + timedelta(days=9)
    home = action.senior.dwelling.residence
    return watch.make_link(home, label="", expires_on=day, by=action.created_by)


def test_a_token_forged_cut_expired_or_revoked_opens_nothing(link):
    token = watch.token_of(link)
    body, _, signature = token.partition(".")
    forged = [
        body, f"{body}.", f"{body}.{signature[:-1]}", f"{body[:-1]}.{signature}",
        signing.Signer(salt="else", sep=".").sign(body), f"{token}=", token.swapcase(),
        str(link.uid), urlsafe_b64encode(link.uid.bytes).decode(),
        "\x00", "é", "a" * 5000,
    ]  # fmt: skip
    dead = {Client().get(f"/veille/{one}/").content for one in forged}
    assert {Client().get(f"/veille/{one}/").status_code for one in forged} == {404}
    assert {reported(one) for one in forged} == {404}
    type(link).objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    dead.add(Client().get(f"/veille/{token}/").content)
    assert reported(token) == 404
    type(link).objects.update(expires_on=timezone.localdate() + timedelta(days=9))
    watch.revoke(link, by=link.created_by)
    dead.add(Client().get(f"/veille/{token}/").content)
    assert reported(token) == 404
    assert len(dead) == 1
    assert not Signal.objects.exists()


@pytest.mark.parametrize(("proxies", "passed"), [(0, 12), (1, 12)])
def test_an_invented_address_does_not_give_more_reports(link, settings, proxies, passed):
    """Only what our own proxies add to X-Forwarded-For is believed."""
    settings.PROXIES = proxies
    token = watch.token_of(link)
    heard = [f"198.51.100.{n}, 203.0.113.9" if proxies else f"198.51.100.{n}" for n in range(14)]
    told = [reported(token, **{"X-Forwarded-For": one}) for one in heard]
    assert told.count(302) == passed
    assert told[passed:] == [429, 429]


def test_the_link_of_one_request_answers_for_no_other(client):
    one = make_action(state=State.REQUESTED)
    other = make_action(state=State.REQUESTED, senior=make_senior(one.senior.dwelling))
    _, secret = referrals.make_link(one, by=one.created_by)
    client.post(
        f"/transmission/{secret}/reponse/?action={other.uid}",
        {
            "to": "partner_accepted",
            "seen": "requested",
            "signed": "Elsa",
            "action": other.uid,
            "uid": other.uid,
        },
    )
    states = dict(Action.objects.values_list("pk", "state"))
    assert states == {one.pk: State.PARTNER_ACCEPTED, other.pk: State.REQUESTED}


def test_a_tap_taken_back_twice_is_answered():
    """Two touches of « Annuler » arrive together: the second finds nothing, and says so."""
    week = make_week(1)
    made = send(week.entries.get().senior, week.officer, {}, outcome="absent").visit
    read_before = Visit.objects.get(pk=made.pk)
    outcomes.undo(made, by=week.officer)
    with pytest.raises(OutcomeRefusal):
        outcomes.undo(read_before, by=week.officer)


def test_a_no_of_the_same_day_shuts_the_link():
    """She said yes at the door, and rang in the afternoon to take it back."""
    today = timezone.localdate()
    action = make_action(state=State.REQUESTED, on=today)
    _, secret = referrals.make_link(action, by=action.created_by)
    assert referrals.open_link(secret).is_open
    Consent.objects.create(
        senior=action.senior, kind="sharing", given=False, decided_on=today, wording="x",
        source="visit",
    )  # fmt: skip
    assert referrals.open_link(secret).why == referrals.Why.WITHDRAWN


@pytest.mark.parametrize(("days_ago", "accepted"), [(0, True), (14, True), (15, False)])
def test_having_had_someone_once_opens_nothing_for_ever(days_ago, accepted):
    """The territory was taken away: what was sent for in those weeks arrives, nothing later."""
    week = make_week(1)
    senior = week.entries.get().senior
    week.officer.territories.clear()
    day = timezone.localdate() - timedelta(days=days_ago)
    VisitList.objects.update(starts_on=day, ends_on=day)
    with nullcontext() if accepted else pytest.raises(Refused):
        send(senior, week.officer, {"present.senior": 1})
    assert Visit.objects.exists() is accepted


# What is kept by browsers and proxies


def test_no_page_about_someone_is_kept_by_a_cache(client):
    action = make_action(state=State.REQUESTED)
    _, secret = referrals.make_link(action, by=action.created_by)
    client.force_login(action.created_by)
    uid = action.senior.uid
    pages = ["/", "/actions/", "/actions/liste.xlsx", "/visites/semaine/", "/signalements/",
             "/visites/terrain/contact/", "/visites/terrain/appareils/",
             f"/visites/semaine/?pour={action.created_by.pk}",
             reverse("visits:form-fill", args=[uid]), reverse("seniors:senior-show", args=[uid]),
             reverse("visits:action-paper", args=[action.uid]), f"/transmission/{secret}/",
             f"/transmission/{secret}/fiche.pdf"]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"], page
        assert answer["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer")
    anyone = Client().get(f"/transmission/{secret}/")
    assert "no-store" in anyone["Cache-Control"]


def test_the_kept_page_is_the_same_for_everyone():
    action = make_action()
    page = "/visites/terrain/"
    known = Client()
    known.force_login(make_user(Role.OFFICER, territory_of(action.senior), first_name="Zélie"))
    assert known.get(page).content == Client().get(page).content
    assert "Zélie" not in known.get(page).content.decode()
