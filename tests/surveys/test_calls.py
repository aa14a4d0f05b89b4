"""Calls: the order, the hold, what a call gives, the form kept as it is typed, what is checked."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import merge, retention
from seniors.enums import Role
from seniors.fragility import items
from seniors.models import Objection, Observation, Senior
from surveys.campaigns import counting
from surveys.models import Aside, Call, Draft, Hold, Invitation, Response
from surveys.receiving import call_form, call_queue, call_state, calls, keying
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
Outcome = Call.Outcome
AGREED = {"consent_visit": 1, "consent_health": 1, "consent_sharing": 0, "consent_evaluation": 1}


def at(hour: int = 10, *, days: int = 0) -> datetime:
    """That hour of today, or of another day."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime.combine(day, time(hour), timezone.get_current_timezone())


NOW = timezone.now()


@pytest.fixture
def here():
    return make_territory()


@pytest.fixture
def residence(here):
    return make_residence(here)


@pytest.fixture
def officer(here):
    return make_user(Role.OFFICER, here, first_name="Anne")


@pytest.fixture
def colleague(here):
    return make_user(Role.OFFICER, here, first_name="Loïc")


@pytest.fixture
def people(residence):
    """Three people with a number: 96, 91 and 86 years old."""
    return [
        make_senior(make_dwelling(residence), born_on=date(year, 1, 1), phone="0298001122")
        for year in (1930, 1935, 1940)
    ]


@pytest.fixture
def campaign(here, people):
    today = timezone.localdate()
    return make_campaign(
        here, opened_on=today - timedelta(30), closes_on=today + timedelta(days=30)
    )


def asked(campaign, senior) -> Invitation:
    return Invitation.objects.select_related("campaign", "senior").get(
        campaign=campaign, senior=senior
    )


def called(campaign, senior, by, outcome, when, back_at=None) -> Call:
    """A call made before."""
    call = Call.objects.create(
        invitation=asked(campaign, senior), by=by, at=when, outcome=outcome, back_at=back_at
    )
    call_state.follow(call.invitation)
    return call


def answered(campaign, senior) -> None:
    """She answered on line."""
    Response.objects.create(
        campaign=campaign, senior=senior, channel="web", received_on=timezone.localdate()
    )
    counting.note_answers(campaign, [senior.pk])


def order(campaign, user, now=None) -> list[Senior]:
    """Who comes next, then after her, and so on."""
    parts = call_queue.due(campaign, user, now or NOW)
    assert call_queue.how_many(campaign, user, now or NOW) == [len(part) for part in parts]
    asked_of = Invitation.objects.select_related("senior").in_bulk([pk for p in parts for pk in p])
    return [asked_of[pk].senior for part in parts for pk in part]


def test_the_order_is_call_backs_due_then_never_called_then_fewest_attempts(
    campaign, people, officer, residence
):
    eldest, middle, youngest = people
    often = make_senior(make_dwelling(residence), phone="0298")
    soon = make_senior(make_dwelling(residence), phone="0298")
    for one in (often, soon):
        Invitation.objects.create(campaign=campaign, senior=one, sent_on=campaign.opened_on)
    called(campaign, middle, officer, Outcome.NOBODY, NOW - timedelta(days=2))
    called(campaign, often, officer, Outcome.NOBODY, NOW - timedelta(days=9))
    called(campaign, often, officer, Outcome.NOBODY, NOW - timedelta(days=8))
    called(campaign, youngest, officer, Outcome.BACK, NOW - timedelta(days=1), NOW)
    called(campaign, soon, officer, Outcome.BACK, NOW, NOW + timedelta(hours=1))
    assert order(campaign, officer) == [youngest, eldest, middle, often]
    later = call_queue.later(campaign, officer, NOW, limit=9)
    assert [(one.senior, one.call_from) for one in later] == [(soon, NOW + timedelta(hours=1))]
    later = NOW + timedelta(hours=2)
    assert order(campaign, officer, later)[:2] == [youngest, soon]


def test_nobody_is_called_who_answered_refused_objects_has_no_number_or_lives_elsewhere(
    campaign, people, officer, residence
):
    eldest, middle, youngest = people
    no_phone, gone, far = make_senior(make_dwelling(residence)), *[make_senior() for _ in "12"]
    for one in (no_phone, gone, far):
        Invitation.objects.create(campaign=campaign, senior=one, sent_on=campaign.opened_on)
    Senior.objects.filter(pk=far.pk).update(phone="0298")
    assert set(order(campaign, officer)) == set(people)
    answered(campaign, eldest)
    Objection.objects.create(senior=middle, since=timezone.localdate(), reason="Non")
    called(campaign, youngest, officer, Outcome.REFUSED, NOW - timedelta(days=5))
    assert order(campaign, officer) == []
    assert list(calls.refused_by_phone(campaign)) == [asked(campaign, youngest).pk]


def test_a_person_on_two_records_is_called_once_and_not_if_either_answered(
    campaign, people, officer, residence
):
    kept, absorbed, other = people
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, absorbed)}
    merge.merge(kept, absorbed, chosen, by=officer)
    assert order(campaign, officer) == [kept, other]
    answered(campaign, absorbed)
    assert order(campaign, officer) == [other]


def test_two_officers_are_never_given_the_same_person(campaign, people, officer, colleague):
    first = call_queue.next_person(campaign, officer, now=NOW)
    second = call_queue.next_person(campaign, colleague, now=NOW)
    assert [first.senior, second.senior] == people[:2]
    # She comes back to the one she holds; a hold ends by itself.
    assert call_queue.next_person(campaign, officer, now=NOW) == first
    assert not calls.take(first, by=colleague, now=NOW)
    late = NOW + calls.HELD + timedelta(seconds=1)
    assert call_queue.next_person(campaign, colleague, now=late) == first
    assert Hold.objects.filter(invitation=first, by=colleague).exists()


def test_a_hospital_waits_and_a_wrong_number_is_not_dialled_again(campaign, people, officer):
    eldest, middle, youngest = people
    for senior, outcome in ((eldest, Outcome.HOSPITAL), (middle, Outcome.WRONG_NUMBER)):
        calls.note(asked(campaign, senior), outcome, by=officer, now=NOW, known=0)
    calls.note(asked(campaign, youngest), Outcome.NOBODY, by=officer, now=NOW, known=0)
    assert order(campaign, officer) == []
    assert order(campaign, officer, NOW + call_state.AGAIN_AFTER) == [youngest]
    assert order(campaign, officer, NOW + timedelta(days=14)) == [eldest, youngest]
    # Another number on her record, from a file or from a person, is worth a call.
    Senior.objects.filter(pk=middle.pk).update(mobile="0611223344")
    assert order(campaign, officer, NOW + call_state.AGAIN_AFTER) == [middle, youngest]
    calls.note(asked(campaign, middle), Outcome.WRONG_NUMBER, by=officer, now=NOW, known=1)
    assert order(campaign, officer, NOW + call_state.AGAIN_AFTER) == [youngest]
    # Out of hospital on a day that is over: it is said, not noted.
    with pytest.raises(calls.CallRefusal, match="après maintenant"):
        calls.note(
            asked(campaign, youngest), Outcome.HOSPITAL, by=officer, now=NOW, known=1,
            back_at=NOW - timedelta(days=1),
        )  # fmt: skip
    # A letter still reaches someone whose number is wrong.
    assert not calls.refused_by_phone(campaign).exists()


def test_a_call_sent_twice_counts_once_and_is_undone_for_a_few_minutes(
    campaign, people, officer, colleague
):
    invitation = asked(campaign, people[0])
    first = calls.note(invitation, Outcome.NOBODY, by=officer, now=NOW, known=0)
    assert calls.note(invitation, Outcome.NOBODY, by=officer, now=NOW, known=0) == first
    again = calls.note(invitation, Outcome.REFUSED, by=officer, now=NOW, known=1)
    for user, call, now in (
        (colleague, again, NOW),
        (officer, first, NOW),
        (officer, again, NOW + calls.UNDO + timedelta(seconds=1)),
    ):
        with pytest.raises(calls.CallRefusal, match="s’annule"):
            calls.undo(call, by=user, now=now)
    calls.undo(again, by=officer, now=NOW)
    assert list(Call.objects.all()) == [first]
    assert calls.is_held(invitation, officer, NOW)


def test_a_death_waits_for_a_manager_and_never_changes_the_record(
    client, campaign, people, officer, here
):
    before = Senior.objects.values().get(pk=people[0].pk)
    call = calls.note(asked(campaign, people[0]), Outcome.DIED, by=officer, now=NOW, known=0)
    assert list(calls.refused_by_phone(campaign)) == [call.invitation_id]
    manager = make_user(Role.MANAGER, here)
    assert list(calls.to_check(campaign, manager)) == [call]
    assert not calls.to_check(campaign, make_user(Role.MANAGER, make_territory())).exists()
    client.force_login(manager)
    page = client.get(reverse("surveys:campaign-show", args=[campaign.uid])).content.decode()
    assert "à vérifier" in page
    check = reverse("surveys:call-check", args=[campaign.uid, call.pk])
    assert client.post(check, {"said": "mistaken"}).status_code == 302
    call.refresh_from_db()
    assert (call.check_said, call.checked_by) == ("mistaken", manager)
    assert not calls.refused_by_phone(campaign).exists()
    assert people[0] in order(campaign, officer, NOW + call_state.AGAIN_AFTER)
    assert Senior.objects.values().get(pk=people[0].pk) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by_phone": False}, "par téléphone"),
        ({"closes_on": timezone.localdate() - timedelta(days=1)}, "terminée"),
        ({"opened_on": timezone.localdate() + timedelta(days=1)}, "commence"),
    ],
)
def test_a_campaign_that_does_not_call_says_so(client, campaign, officer, change, said):
    type(campaign).objects.filter(pk=campaign.pk).update(**change)
    client.force_login(officer)
    page = client.post(reverse("surveys:call-next", args=[campaign.uid]), follow=True)
    assert said in page.content.decode()
    assert not Hold.objects.exists()


@pytest.fixture
def sheet(client, campaign, people, officer):
    """The sheet of the eldest, opened by the officer, and its addresses."""
    client.force_login(officer)
    opened = client.post(reverse("surveys:call-next", args=[campaign.uid]))
    args = [campaign.uid, people[0].uid]
    assert opened["Location"] == reverse("surveys:call-sheet", args=args)
    return {
        name: reverse(f"surveys:call-{name}", args=args) for name in ("sheet", "save", "outcome")
    }


def one(client, sheet, code, value, version):
    """What the script sends at each answer."""
    return client.post(sheet["save"], {"one": code, code: value, "version": version})


def test_each_answer_is_kept_as_its_consents_allow_and_resumed_by_a_colleague(
    client, campaign, people, colleague, sheet
):
    early = one(client, sheet, "bathing", 3, 0).json()
    assert early["unkept"].startswith("Pas gardée")
    version = early["version"]
    for code, value in (("consent_visit", 1), ("bathing", 3), ("falls", 2)):
        version = (told := one(client, sheet, code, value, version).json())["version"]
    assert told["unkept"]  # about health, without that agreement
    assert Draft.objects.get().values == {"consent_visit": 1, "bathing": 3}
    later = {"outcome": "back", "known": 0, "version": version, "consent_visit": 1, "bathing": 3}
    refused = client.post(sheet["outcome"], later)
    assert refused.status_code == 422
    assert "jour et l’heure" in refused.content.decode()
    version = Draft.objects.get().version
    when = {"back_on": f"{timezone.localdate() + timedelta(1)}", "back_time": "10:30"}
    assert client.post(sheet["outcome"], later | when | {"version": version}).status_code == 302
    assert timezone.localtime(Call.objects.get().back_at).strftime("%H:%M") == "10:30"
    client.force_login(colleague)
    assert "call-form" not in client.get(sheet["sheet"]).content.decode()
    held = {"reference": asked(campaign, people[0]).reference}
    client.post(reverse("surveys:call-next", args=[campaign.uid]), held)
    page = client.get(sheet["sheet"]).content.decode()
    assert 'id="bathing-3" name="bathing" value="3" checked' in page
    assert "à rappeler le" in page


def test_two_pages_never_write_over_each_other_unseen(client, sheet):
    assert one(client, sheet, "consent_visit", 1, 0).status_code == 200
    behind = one(client, sheet, "consent_visit", 0, 0)
    assert behind.status_code == 409
    assert "autre page" in behind.json()["said"]
    whole = client.post(sheet["save"], {"consent_visit": 0, "version": 0})
    assert whole.status_code == 409
    assert "«\u00a0oui\u00a0»" in whole.content.decode()
    assert 'href="#ask-consent_visit"' in whole.content.decode()
    assert Draft.objects.get().values == {"consent_visit": 1}
    assert one(client, sheet, "consent_visit", "7", 1).status_code == 422


def test_another_officer_cannot_type_while_she_is_held(client, colleague, sheet):
    client.force_login(colleague)
    assert "est en train d’appeler" in client.get(sheet["sheet"]).content.decode()
    refused = one(client, sheet, "consent_visit", 1, 0)
    assert refused.status_code == 409
    assert not Draft.objects.exists()


def test_an_answer_that_cannot_be_stored_is_said_and_the_call_is_not_over(
    client, people, sheet, monkeypatch
):
    monkeypatch.delitem(items.TOLD, "bathing")
    told = AGREED | {"bathing": 3, "then": "finish", "version": 0, "whole": "1"}
    page = client.post(sheet["save"], told)
    assert page.status_code == 422
    assert "n’existe pas. Rien n’est enregistré." in page.content.decode()
    assert (Response.objects.count(), Call.objects.count()) == (0, 0)


def test_the_page_without_a_script_is_kept_then_finished_once(client, campaign, people, sheet):
    told = {code: f"{value}" for code, value in (AGREED | {"bathing": 3}).items()}
    told["whole"] = "1"
    assert client.post(sheet["save"], told | {"version": 0}).status_code == 302
    empty = client.post(sheet["save"], {"then": "finish", "version": 1, "whole": "1"})
    assert empty.status_code == 422
    assert "oui ni non" in empty.content.decode()
    done = client.post(sheet["save"], told | {"falls": "2", "then": "finish", "version": 1})
    assert done.status_code == 302
    response = Response.objects.get()
    assert (response.channel, response.senior) == ("phone", people[0])
    assert Observation.objects.get().values == {"bathing": 3, "falls": 2, "filled_by": 3}
    assert Call.objects.get().outcome == Outcome.ANSWERED
    assert not Draft.objects.exists()
    assert not Hold.objects.exists()
    assert people[0] not in order(campaign, Call.objects.get().by)
    assert "Sa réponse est déjà là" in client.get(sheet["sheet"]).content.decode()


def test_a_page_cut_on_its_way_erases_nothing(client, people, sheet):
    told = {code: f"{value}" for code, value in (AGREED | {"bathing": 3}).items()}
    client.post(sheet["save"], told | {"version": 0, "whole": "1", "falls": "2"})
    half = told | {"version": 1, "bathing": "1"}  # what came after is missing
    page = client.post(sheet["save"], half, follow=True).content.decode()
    assert "qu’en partie" in page
    kept = AGREED | {"bathing": 1, "falls": 2}
    assert Draft.objects.get().values == kept
    told = {"consent_visit": "1", "version": 2, "known": 0, "outcome": "nobody"}
    client.post(sheet["outcome"], told)
    assert Draft.objects.get().values == kept


def test_without_a_script_what_her_agreement_does_not_let_be_kept_stays_on_the_page(client, sheet):
    page = client.post(sheet["save"], {"version": 0, "whole": "1", "bathing": "3"})
    assert page.status_code == 422
    text = page.content.decode()
    assert call_form.UNKEPT in text
    assert 'id="bathing-3" name="bathing" value="3" checked' in text
    assert Draft.objects.get().values == {}
    told = {"version": 1, "whole": "1", "bathing": "3", "consent_visit": "1"}
    assert client.post(sheet["save"], told).status_code == 302
    assert Draft.objects.get().values == {"consent_visit": 1, "bathing": 3}


def test_beside_what_a_call_gave_the_answers_understood_are_kept_and_the_others_said(client, sheet):
    client.post(sheet["save"], {"version": 0, "whole": "1", "consent_visit": 1, "grab_bars": 1})
    told = {"version": 1, "known": 0, "whole": "1", "outcome": "nobody", "consent_visit": 1}
    told |= {"bathing": 3, "falls": 2, "grab_bars": 99}
    page = client.post(sheet["outcome"], told, follow=True).content.decode()
    assert "Réponse pas comprise, et pas gardée" in page
    assert "1 réponse n’est pas gardée" in page  # about health
    assert Draft.objects.get().values == {"consent_visit": 1, "bathing": 3, "grab_bars": 1}
    assert Call.objects.get().outcome == Outcome.NOBODY


@pytest.mark.parametrize("told", [{"back_on": "05/12/2026"}, {"back_time": "10:30"}])
def test_a_day_out_of_hospital_that_is_not_understood_notes_nothing(client, sheet, told):
    page = client.post(sheet["outcome"], {"outcome": "hospital", "known": 0} | told)
    assert page.status_code == 422
    assert "n’est pas compris" in page.content.decode()
    assert next(iter(told.values())) in page.content.decode()
    assert not Call.objects.exists()


def test_an_answer_come_by_another_way_during_the_call_is_set_beside(
    client, campaign, people, officer, sheet
):
    keying.record(
        asked(campaign, people[0]),
        AGREED | {"bathing": 1},
        received_on=timezone.localdate(),
        by=officer,
    )
    assert "entre-temps" in one(client, sheet, "consent_visit", 1, 0).json()["said"]
    told = AGREED | {"bathing": 3, "then": "finish", "version": 0, "whole": "1"}
    page = client.post(sheet["save"], told, follow=True)
    assert "répondu autrement" in page.content.decode()
    assert Aside.objects.get().values["bathing"] == 3


@pytest.mark.parametrize("by_night", [False, True])
def test_what_someone_had_begun_to_answer_is_erased_once_her_refusal_stands(
    campaign, people, officer, by_night
):
    invitation = asked(campaign, people[0])
    call_form.save(invitation, {"consent_visit": 1}, version=0, by=officer, now=NOW)
    now = timezone.now()
    calls.note(invitation, Outcome.REFUSED, by=officer, now=now, known=0)
    call_queue.next_person(campaign, officer, now=now)
    past_undo = now + calls.UNDO + timedelta(seconds=1)
    assert retention.purge()["refused_calls"] == 0
    assert Draft.objects.exists()  # it may still be undone
    if by_night:  # nobody calls any more
        Draft.objects.update(saved_at=now - timedelta(hours=1))
        Call.objects.update(at=now - timedelta(minutes=11))
        type(campaign).objects.update(closes_on=timezone.localdate() - timedelta(days=1))
        assert retention.purge()["refused_calls"] == 1
    else:
        call_queue.next_person(campaign, officer, now=past_undo)
    assert not Draft.objects.exists()


def test_she_who_refused_then_agrees_is_called_back_and_what_she_told_is_kept(
    client, campaign, people, officer, sheet
):
    eldest, now = people[0], timezone.now()
    invitation = asked(campaign, eldest)
    before = now - timedelta(days=2)
    call = called(campaign, eldest, officer, Outcome.REFUSED, before)
    page = client.get(sheet["sheet"]).content.decode()
    assert "ne l’appelez pas" in page
    # She rings back: what she says is kept, and nobody dials her number for all that.
    one(client, sheet, "consent_visit", 1, 0)
    client.post(sheet["outcome"], {"outcome": "nobody", "known": 1})
    call_queue.next_person(campaign, officer, now=now + timedelta(hours=5))
    assert Draft.objects.get().values == {"consent_visit": 1}
    assert eldest not in order(campaign, officer, now + timedelta(days=9))
    assert list(calls.refused_by_phone(campaign)) == [invitation.pk]
    # « À rappeler » is her agreement: she is called at that hour, and written to again.
    told = {"outcome": "back", "known": 2, "back_time": "10:30"}
    tomorrow = timezone.localdate() + timedelta(days=1)
    client.post(sheet["outcome"], told | {"back_on": f"{tomorrow}"})
    again = at(11, days=1)
    assert order(campaign, officer, again)[0] == eldest
    assert not calls.refused_by_phone(campaign).exists()
    assert "ne l’appelez pas" not in client.get(sheet["sheet"]).content.decode()
    assert call_queue.next_person(campaign, officer, now=again) == invitation
    assert Draft.objects.get().values == {"consent_visit": 1}
    # She refuses for good.
    calls.note(invitation, Outcome.REFUSED, by=officer, now=again, known=3)
    call_queue.next_person(campaign, officer, now=again + timedelta(hours=1))
    assert not Draft.objects.exists()
    assert eldest not in order(campaign, officer, at(12, days=20))
    assert call.pk in calls.recent(campaign, officer).values_list("pk", flat=True)


def test_of_two_hours_to_call_back_sent_by_one_page_the_last_holds(campaign, people, officer):
    invitation = asked(campaign, people[0])
    told = {"by": officer, "now": NOW, "known": 0}
    first, second = (NOW + timedelta(hours=hours) for hours in (2, 5))
    call = calls.note(invitation, Outcome.BACK, back_at=first, **told)
    assert calls.note(invitation, Outcome.BACK, back_at=second, **told) == call
    assert list(Call.objects.values_list("back_at", flat=True)) == [second]
    invitation.refresh_from_db()
    assert (invitation.call_from, invitation.calls_made) == (second, 1)


def test_joined_records_come_back_once_a_wrong_number_is_corrected(campaign, people, officer):
    """Whichever of the two records was called."""
    kept, absorbed, _ = people
    calls.note(asked(campaign, absorbed), Outcome.WRONG_NUMBER, by=officer, now=NOW, known=0)
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, absorbed)}
    merge.merge(kept, absorbed, chosen, by=officer)
    assert kept not in order(campaign, officer)
    Senior.objects.filter(pk=kept.pk).update(phone="0298445566")
    assert kept in order(campaign, officer)
    calls.note(asked(campaign, kept), Outcome.WRONG_NUMBER, by=officer, now=NOW, known=1)
    assert kept not in order(campaign, officer)


def test_pages_of_calls_read_as_much_for_one_person_as_for_many(
    client, campaign, people, officer, residence, django_assert_max_num_queries
):
    client.force_login(officer)
    address = reverse("surveys:call-list", args=[campaign.uid])
    with django_assert_max_num_queries(25):
        client.get(address)
    just_now = timezone.now()  # an old call is no longer taken back
    for senior in people:
        called(campaign, senior, officer, Outcome.BACK, just_now, just_now + timedelta(hours=2))
    with django_assert_max_num_queries(25):
        page = client.get(address).content.decode()
    assert page.count("call-undo") or "Annuler" in page
