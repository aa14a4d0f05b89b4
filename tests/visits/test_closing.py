"""Said gone or dead: nothing more is proposed, planned or sent; a mistake opens all of it again."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import Objection, Senior, User
from surveys.campaigns import dispatch
from surveys.models import Call, Invitation
from surveys.receiving import call_queue, calls
from surveys.sending import asked
from tests.make import make_user
from tests.surveys.make import make_campaign
from tests.visits.acting import ago, make_action, make_partner
from tests.visits.sending import send
from tests.visits.weekly import make_visit, make_week, people_of, today
from visits.acting import reminders
from visits.agenda import closing, mutes, outcomes, planning
from visits.agenda.appointment_rules import PlanRefusal
from visits.agenda.outcomes import OutcomeRefusal
from visits.agenda.week import read_week
from visits.agenda.weeks import is_worked, week_name
from visits.enums import Slot, State
from visits.home import waiting_for
from visits.models import Appointment, Mute, Neighbour, Visit, VisitList, VisitListEntry
from visits.visiting.recording import record_attempt

pytestmark = pytest.mark.django_db
GONE = ("moved", "deceased")


def expected(week: VisitList, **fields) -> Appointment:
    """The first person of the list expected on its first day."""
    fields = {"day": week.starts_on, "slot": Slot.MORNING} | fields
    entry = week.entries.first()
    return planning.plan(entry.senior, officer=week.officer, entry=entry, by=week.officer, **fields)


def tap(week: VisitList, outcome: str) -> tuple[Visit, str]:
    """What was noted today at the first person's door."""
    made = record_attempt(people_of(week)[0], outcome=outcome, made_on=today(), by=week.officer)
    return made.visit, made.consequence


def lines(week: VisitList) -> list[str]:
    """Why each was set aside, in order."""
    return list(week.entries.order_by("position").values_list("skipped_because", flat=True))


@pytest.mark.parametrize(("outcome", "noted"), [("moved", "Départ"), ("deceased", "Décès")])
def test_her_appointments_and_her_place_on_every_list_are_closed_in_words(week, outcome, noted):
    expected(week)
    later = make_week(1, monday=week.starts_on + timedelta(days=7))
    VisitListEntry.objects.filter(visit_list=later).update(senior=people_of(week)[0])
    _, said = tap(week, outcome)
    assert f"{noted} noté\u00a0: plus de visite ni de courrier." in said
    assert "Son rendez-vous à venir est annulé. Elle est retirée de 2 listes de visites." in said
    assert not planning.standing().exists()
    entry = week.entries.get(senior=people_of(week)[0])
    assert entry.skipped_because.startswith(f"{noted} noté le ")
    assert (entry.skipped_by, entry.reason) == (week.officer, "82 ans, seule.")
    assert lines(week)[1:] == ["", "", ""]
    assert lines(later)[0] == entry.skipped_because


@pytest.mark.parametrize("outcome", ["absent", "refused", "hospital", "unsafe"])
def test_what_ends_nothing_leaves_the_lists_alone(week, outcome):
    tap(week, outcome)
    assert set(lines(week)) == {""}


@pytest.mark.parametrize("outcome", GONE)
def test_she_is_nowhere_to_be_called_on(week, outcome):
    """Neither in the tray, nor beside someone, nor on the first page, nor from a gesture."""
    senior, other = people_of(week)[:2]
    beside = week.entries.get(senior=other)
    Neighbour.objects.create(visit_list=week, near=beside, senior=senior, closeness=2, reason="x")
    expected(week)
    later = (week.starts_on + timedelta(days=days) for days in range(7, 14))
    expected(week, day=next(day for day in later if is_worked(day)))
    Appointment.objects.filter(day__gt=week.ends_on).update(day=today())
    VisitList.objects.filter(pk=week.pk).update(starts_on=today())
    tap(week, outcome)
    read = read_week(week.officer, week.starts_on, viewer=week.officer)
    shown = [card.senior for card in (*read.tray, *read.cards)]
    assert senior not in shown
    assert other in shown
    assert [one for card in read.tray for one in card.near] == []
    assert senior not in [entry.senior for entry in waiting_for(week.officer)["next"]]
    assert waiting_for(week.officer)["expected"] == []
    with pytest.raises(PlanRefusal, match="plus de visite ni de courrier"):
        expected(week)


@pytest.mark.parametrize("outcome", GONE)
def test_no_letter_mail_nor_call_of_a_survey_reaches_her(week, outcome):
    senior, other = people_of(week)[:2]
    Senior.objects.filter(pk__in=[senior.pk, other.pk]).update(phone="0298001122")
    campaign = make_campaign(week.territories.get())
    visit, _ = tap(week, outcome)
    on, now = today(), timezone.now()
    where = {"territories": [week.territories.get()], "least_age": 0, "on": on}

    def reached() -> list[bool]:
        parts = call_queue.silent(campaign, week.officer, now)
        called = [one.senior for part in parts for one in part]
        ways = (dispatch.whom_to_ask(**where), asked.reachable(campaign, on=on), called)
        assert all(other in way for way in ways)
        barred = asked.barred(campaign, [senior.pk], on=on)
        return [senior in way for way in ways] + [senior.pk not in barred]

    hers = Invitation.objects.get(senior=senior)
    assert reached() == [False] * 4
    assert "ne l’appelez pas" in calls.barred(hers, now)
    assert dispatch.target(**where).total.housed == 3
    outcomes.undo(visit, by=week.officer)
    assert reached() == [True] * 4
    assert calls.barred(hers, now) == ""


def test_no_partner_is_reminded_about_her(week):
    senior = people_of(week)[0]
    partner = make_partner()
    action = make_action(
        "home_help", State.REQUESTED, senior=senior, by=week.officer, partner=partner, on=ago(8)
    )
    assert list(reminders.due()) == [action]
    tap(week, "deceased")
    assert list(reminders.due()) == []


@pytest.mark.parametrize("outcome", GONE)
def test_taken_back_everything_is_as_it_was(week, outcome):
    told = expected(week)
    planning.tell([told], how="letter", by=week.officer)
    before = week.entries.values_list("pk", "skipped_at", "skipped_because", "skipped_by")
    as_it_was = list(before.order_by("pk"))
    visit, _ = tap(week, outcome)
    assert outcomes.undo(visit, by=week.officer).startswith("C’est annulé")
    assert list(before.order_by("pk")) == as_it_was
    told.refresh_from_db()
    assert (told.cancelled_at, told.told, told.day) == (None, "letter", week.starts_on)
    assert (Visit.objects.count(), Mute.objects.count()) == (0, 0)


def test_a_place_taken_meanwhile_is_said_and_left_to_who_has_it(week):
    """Someone else was promised that hour: hers does not come back, and the page says which."""
    lost = expected(week, starts_at=time(10))
    visit, _ = tap(week, "deceased")
    other = week.entries.all()[1]
    planning.plan(
        other.senior, officer=week.officer, entry=other, day=lost.day, slot=Slot.MORNING,
        starts_at=time(10), by=week.officer,
    )  # fmt: skip
    said = outcomes.undo(visit, by=week.officer)
    assert "a été remplacé entre-temps\u00a0: il reste annulé." in said
    assert [one.senior for one in planning.standing()] == [other.senior]


def test_a_form_that_came_since_is_not_lost_by_an_undo(week):
    visit, _ = tap(week, "absent")
    told = {"outcome": "refused", "made_on": today().isoformat()}
    send(people_of(week)[0], week.officer, {"why.words": "Rappeler le soir"}, **told)
    visit.refresh_from_db()
    with pytest.raises(OutcomeRefusal) as refusal:
        outcomes.undo(visit, by=week.officer)
    assert refusal.value.code == "other_form"
    assert (Visit.objects.get().outcome, visit.forms.count()) == ("refused", 2)


def test_what_a_manager_lifted_since_is_not_erased_by_an_undo(week):
    visit, _ = tap(week, "unsafe")
    closing.call_again(Mute.objects.get(), by=make_user(Role.MANAGER, week.territories.get()))
    with pytest.raises(OutcomeRefusal) as refusal:
        outcomes.undo(visit, by=week.officer)
    assert (refusal.value.code, Mute.objects.count()) == ("lifted", 1)


def test_a_mistake_found_later_puts_her_back_on_lists_that_are_not_over(week):
    """A skip that a person decided stays."""
    first, other = week.entries.all()[:2]
    over = make_week(1, monday=week.starts_on - timedelta(days=70))
    VisitListEntry.objects.filter(visit_list=over).update(
        senior=first.senior, skipped_because="en vacances", skipped_by=week.officer,
        skipped_at=timezone.now(),
    )  # fmt: skip
    tap(week, "moved")
    said = closing.call_again(Mute.objects.get(), by=week.officer)
    assert said.endswith("Elle est de nouveau sur 1\u00a0liste.")
    assert set(lines(week)) == {""}
    assert lines(over) == ["en vacances"]
    assert other.senior.dwelling_id is not None


@pytest.mark.parametrize("why", [*GONE, "hospital"])
def test_a_pause_put_from_her_sheet_closes_as_much(client, week, why):
    """Otherwise a letter would still leave for an appointment that nobody will keep."""
    senior = people_of(week)[0]
    expected(week)
    client.force_login(week.officer)
    page = client.post(
        reverse("visits:sheet-mute", args=[senior.uid]), {"why": why}, follow=True
    ).content.decode()
    assert "Son rendez-vous à venir est annulé." in page
    assert not planning.standing().exists()
    assert [bool(one) for one in lines(week)] == [why in GONE, False, False, False]


def oppose(client, week: VisitList, **posted) -> str:
    """The page after « Ne pas visiter » was noted for the first person of the list."""
    client.force_login(week.officer)
    address = reverse("seniors:objection-new", args=[people_of(week)[0].uid])
    posted = {"reason": "Ne veut aucune visite"} | posted
    return client.post(address, posted, follow=True).content.decode()


def test_who_wants_no_visit_is_expected_no_more(client, week):
    """Her refusal weighs at least as much as a pause that we decide."""
    expected(week)
    assert "Son rendez-vous à venir est annulé." in oppose(client, week)
    assert "à venir est annulé" not in oppose(client, week)
    assert not planning.standing().exists()
    assert Objection.objects.count() == 1
    assert lines(week) == [""] * 4


def test_an_opposition_until_a_day_leaves_what_comes_after_it(client, week):
    late = expected(week)
    until = week.starts_on - timedelta(days=1)
    assert "à venir est annulé" not in oppose(client, week, until=until.isoformat())
    assert planning.standing().get() == late
    (card,) = read_week(week.officer, week.starts_on, viewer=week.officer).cards
    assert card.is_left


def test_what_was_kept_today_stays_when_she_wants_no_other(client, week):
    kept = expected(week, day=today())
    make_visit(people_of(week)[0], "done", by=week.officer)
    assert "à venir est annulé" not in oppose(client, week)
    assert planning.standing().get() == kept


def test_an_opposition_heard_elsewhere_is_said_on_the_card_and_nothing_is_written_to_her(
    client, week
):
    """A survey's answer cancels nothing by itself; nobody may take her for one left to visit."""
    expected(week)
    Objection.objects.create(senior=people_of(week)[0], since=today(), reason="Enquête")
    client.force_login(week.officer)
    at = {"semaine": week_name(week.starts_on)}
    page = client.get(reverse("visits:week-show"), at)
    assert "Ne pas visiter, sans date de fin\u00a0: opposition notée" in page.content.decode()
    (card,) = page.context["week"].cards
    assert not card.is_left
    assert page.context["week"].to_tell == []
    assert client.get(reverse("visits:week-letters"), at).status_code == 404
    sheet = client.get(reverse("visits:week-round"), {"le": week.starts_on.isoformat()})
    assert sheet.status_code == 404


def test_the_sheet_and_the_card_say_it_in_words(client, week):
    tap(week, "deceased")
    pause = Mute.objects.get()
    assert mutes.words(pause).endswith("plus de visite ni de courrier, à confirmer par le fichier.")
    client.force_login(week.officer)
    page = client.get(reverse("seniors:senior-show", args=[people_of(week)[0].uid]))
    assert mutes.noted(pause) in page.content.decode()


def test_an_appointment_of_a_past_day_is_left_as_it_was(week):
    """A form that arrives late cancels what is to come, and does not rewrite what was."""
    senior, officer = people_of(week)[0], week.officer
    past = expected(week, day=today())
    Appointment.objects.filter(pk=past.pk).update(day=today() - timedelta(days=1))
    visit = make_visit(senior, "moved", by=officer, on=today() - timedelta(days=3))
    assert "rendez-vous" not in outcomes.apply(visit, by=officer)
    assert planning.standing().get() == past


def test_the_officer_of_another_list_reads_why_she_is_aside(client, week):
    other = User.objects.get(pk=make_user(Role.MANAGER, week.territories.get()).pk)
    tap(week, "moved")
    client.force_login(other)
    page = client.get(reverse("visits:list-show", args=[week.uid])).content.decode()
    assert "Départ noté le" in page
    assert "à confirmer par le fichier" in page


def called(week: VisitList, outcome: str) -> Call:
    """What the survey's telephone was told of the first person of the list."""
    campaign = make_campaign(by_phone=True, closes_on=today() + timedelta(days=30))
    asked_of = Invitation.objects.create(
        campaign=campaign, senior=people_of(week)[0], sent_on=today()
    )
    return calls.note(asked_of, outcome, by=week.officer, now=timezone.now(), known=0)


@pytest.mark.parametrize(("outcome", "noted"), [("moved", "Départ"), ("died", "Décès")])
def test_what_the_survey_s_telephone_is_told_closes_as_much_as_at_the_door(week, outcome, noted):
    expected(week)
    called(week, outcome)
    assert not planning.standing().exists()
    assert lines(week)[0].startswith(f"{noted} noté le ")
    hers = week.entries.filter(senior=people_of(week)[0])
    assert not mutes.to_call_on(hers, today()).exists()


@pytest.mark.parametrize("gesture", ["undo", "check"])
def test_found_mistaken_it_is_opened_again_and_her_other_pauses_are_left_alone(week, gesture):
    call = called(week, "died")
    mutes.mute(people_of(week)[0], why=Mute.Why.REFUSED, by=week.officer)
    if gesture == "undo":
        calls.undo(call, by=week.officer, now=timezone.now())
    else:
        manager = make_user(Role.MANAGER, people_of(week)[0].dwelling.residence.territory)
        calls.check(call, Call.Check.MISTAKEN, by=manager, now=timezone.now())
    assert set(lines(week)) == {""}
    assert [one.why for one in mutes.in_force(today())] == [Mute.Why.REFUSED]


def test_a_departure_found_true_stays_closed(week):
    manager = make_user(Role.MANAGER, people_of(week)[0].dwelling.residence.territory)
    calls.check(called(week, "moved"), Call.Check.TRUE, by=manager, now=timezone.now())
    assert lines(week)[0].startswith("Départ noté le ")
