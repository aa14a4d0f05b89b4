"""What the visits add to a senior's sheet, and what is done from there."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import FragilityScore
from tests.make import make_senior, make_territory, make_user
from tests.visits.makers import TODAY
from visits import contests
from visits.acting import follow_up
from visits.agenda import mutes
from visits.agenda.weeks import holiday
from visits.field_watch import watch
from visits.models import Appointment, Contest, Mute

pytestmark = pytest.mark.django_db


@pytest.fixture
def senior():
    return make_senior(very_low_income=True)


@pytest.fixture
def officer(client, senior):
    """An officer of her territory, logged in."""
    user = make_user(Role.OFFICER, senior.dwelling.residence.territory, last_name="Bihan")
    client.force_login(user)
    return user


def sheet_of(client, senior) -> str:
    """The text of her sheet."""
    answer = client.get(reverse("seniors:senior-show", args=[senior.uid]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_holds_today_stands_above(client, senior, officer):
    watch.report(
        officer, form_uid=uuid.uuid4(), kind="mail", urgency="now", senior=senior, words="Colis"
    )
    mutes.mute(senior, why="hospital", by=officer, until=timezone.localdate() + timedelta(days=9))
    Appointment.objects.create(
        senior=senior, officer=officer, day=timezone.localdate(), slot="morning", created_by=officer
    )
    above = sheet_of(client, senior).partition("Ordre de visite")[0]
    for said in ("Signalement urgent\u00a0: Colis", "à l’hôpital", "Lever la pause", "Rendez-vous"):
        assert said in above


def test_what_is_over_is_not_shown_above(client, senior, officer):
    signal = watch.report(
        officer, form_uid=uuid.uuid4(), kind="mail", urgency="now", senior=senior, words="Colis"
    )
    watch.close(signal, outcome="fine", by=officer)
    mutes.lift(mutes.mute(senior, why="officer", by=officer), by=officer)
    Appointment.objects.create(
        senior=senior, officer=officer, day=timezone.localdate() - timedelta(days=1),
        slot="morning", created_by=officer,
    )  # fmt: skip
    above = sheet_of(client, senior).partition('class="gestures')[0]
    assert "Colis" not in above
    assert "Lever la pause" not in above
    assert "Rendez-vous" not in above


def test_rights_are_shown_as_to_check(client, senior, officer):
    text = sheet_of(client, senior)
    assert "Minimum vieillesse (ASPA)" in text
    assert "À vérifier avec la caisse de retraite" in text
    assert re.search(r"Règle (à revoir\u00a0: )?(vérifiée|notée) le 30\u00a0novembre 2026", text)
    assert "avez droit" not in text


def test_open_needs_are_shown_with_what_is_under_way(client, senior, officer):
    follow_up.add_need(senior, "alarm", found_on=timezone.localdate(), by=officer)
    text = sheet_of(client, senior)
    assert "Appeler en cas de chute" in text
    assert f"{reverse('visits:action-new')}?senior={senior.uid}&amp;besoin=alarm" in text


def test_every_gesture_of_the_sheet_opens(client, senior, officer):
    client.get(reverse("seniors:senior-show", args=[senior.uid]))
    answer = client.get(reverse("seniors:senior-show", args=[senior.uid]))
    gestures = answer.context["gestures"]
    assert len(gestures) == 8
    for gesture in gestures:
        assert client.get(gesture.url).status_code == 200


def test_who_left_has_a_history_and_no_gesture(client):
    gone = make_senior(ended_on=date(2026, 1, 1), end="left")
    client.force_login(make_user(Role.ADMINISTRATOR))
    answer = client.get(reverse("seniors:senior-show", args=[gone.uid]))
    assert answer.context["gestures"] == []
    assert 'class="gestures' not in answer.content.decode()


# Opinions


def test_opinion_is_kept_beside_a_score_that_does_not_move(client, senior, officer):
    run = score_seniors(as_of=TODAY)
    before = list(FragilityScore.objects.values())
    url = reverse("visits:sheet-contest", args=[senior.uid])
    client.post(url, {"says": "sooner", "reason": "Ne descend plus depuis un mois"})
    assert list(FragilityScore.objects.values()) == before
    one = Contest.objects.get()
    assert (one.says, one.by, one.run) == ("sooner", officer, FragilityScore.objects.get().run)
    assert run is None or one.run_id
    shown = sheet_of(client, senior).partition('id="ranking-title"')[2]
    beside = shown.partition('class="bars"')[0]
    assert "à voir plus tôt" in beside
    assert "Ne descend plus depuis un mois" in beside


def test_latest_opinion_holds_and_the_earlier_stays_in_the_history(client, senior, officer):
    score_seniors(as_of=TODAY)
    contests.contest(senior, says="sooner", reason="Première raison", by=officer)
    contests.contest(senior, says="later", reason="Seconde raison", by=officer)
    text = sheet_of(client, senior)
    beside = text.partition('id="sheet-opinion"')[2].partition('class="bars"')[0]
    assert "Seconde raison" in beside
    assert "Première raison" not in beside
    assert "Première raison" in text.partition('id="senior-history"')[2]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("", "Parce que"),
        ("never", "Parce que"),
        ("later", ""),
        ("later", "Elle est folle"),
        ("later", "Son numéro est le 2 40 05 29 019 123 45"),
    ],
)
def test_opinion_without_reason_or_with_a_judgement_is_refused(
    client, senior, officer, says, reason
):
    url = reverse("visits:sheet-contest", args=[senior.uid])
    assert client.post(url, {"says": says, "reason": reason}).status_code == 422
    assert not Contest.objects.exists()


def test_door_refuses_an_opinion_that_no_form_checked(senior):
    for says, reason in (("x", "Parce que"), ("later", " \x00")):
        with pytest.raises(contests.ContestRefusal):
            contests.contest(senior, says=says, reason=reason, by=make_user())


# Pauses


def test_visits_are_paused_from_the_sheet(client, senior, officer):
    until = timezone.localdate() + timedelta(days=20)
    url = reverse("visits:sheet-mute", args=[senior.uid])
    client.post(url, {"why": "hospital", "until": until.isoformat(), "reason": ""})
    assert (Mute.objects.get().why, Mute.objects.get().until) == ("hospital", until)


@pytest.mark.parametrize(
    "fields",
    [{"why": "x"}, {"until": "2020-01-01"}, {"until": "x"}, {"reason": "Il est alcoolique"}],
)
def test_pause_that_cannot_be_is_refused(client, senior, officer, fields):
    url = reverse("visits:sheet-mute", args=[senior.uid])
    posted = {"why": "officer", "until": "", "reason": ""} | fields
    assert client.post(url, posted).status_code == 422
    assert not Mute.objects.exists()


def test_appointment_is_placed_from_the_sheet(client, senior, officer):
    page = client.get(reverse("visits:sheet-plan", args=[senior.uid])).content.decode()
    assert f'action="{reverse("visits:week-plan")}"' in page
    day = timezone.localdate() + timedelta(days=1)
    while day.weekday() > 4 or holiday(day):
        day += timedelta(days=1)
    posted = {"senior": senior.uid, "day": day.isoformat(), "slot": "morning"}
    client.post(reverse("visits:week-plan"), posted)
    made = Appointment.objects.get()
    assert (made.senior, made.day, made.officer) == (senior, day, officer)


@pytest.mark.parametrize("name", ["sheet-contest", "sheet-mute", "sheet-plan"])
def test_gestures_belong_to_the_territory(client, senior, name):
    here = senior.dwelling.residence.territory
    url = reverse(f"visits:{name}", args=[senior.uid])
    for role, place, status in [
        (Role.OFFICER, here, 200),
        (Role.MANAGER, here, 200),
        (Role.ADMINISTRATOR, make_territory(), 200),
        (Role.OFFICER, make_territory(), 404),
        (Role.MANAGER, make_territory(), 404),
        (Role.EVALUATOR, here, 403),
    ]:
        client.force_login(make_user(role, place))
        assert client.get(url).status_code == status
