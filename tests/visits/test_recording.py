"""The door of a visit form: once, whole, merged by field, never over anything newer."""

import uuid
from datetime import date

import pytest

from seniors.enums import ConsentKind, Role, Source
from seniors.models import Consent, ImportRun, Observation, Senior
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import make_partner, territory_of
from tests.visits.makers import make_agency, make_list
from tests.visits.sending import YES, days_ago, send, sent
from visits.enums import Channel, State
from visits.lists.listing import publish_list
from visits.models import (
    Action,
    Agreement,
    AsideForm,
    Clash,
    Mute,
    Need,
    Visit,
    VisitForm,
)  # fmt: skip
from visits.visiting import confirm, form
from visits.visiting.effects import kept_out
from visits.visiting.recording import Conflict, Refused, record_attempt, record_visit, settle, told

pytestmark = pytest.mark.django_db
TODAY = days_ago(0)
# Days to come, as a form writes them.
AHEAD = {days: f"{days_ago(-days)}" for days in (20, 40, 70, 90)}


@pytest.fixture
def officer():
    return make_agency(1)[1]


@pytest.fixture
def jeanne(officer):
    return Senior.objects.get()


@pytest.fixture
def colleague(jeanne):
    return make_user(Role.OFFICER, jeanne.dwelling.residence.territory)


def latest(senior, kind):
    return Consent.objects.filter(senior=senior, kind=kind).order_by("decided_on", "pk").last()


def test_a_form_makes_a_visit_and_an_observation_with_a_receipt(officer, jeanne):
    made = send(jeanne, officer, {**YES, "item.falls": 1, "item.online": 0, "wish.words": "Douche"})
    assert made.is_new
    assert made.form.receipt == f"V{made.form.pk:06d}"
    assert (made.visit.senior, made.visit.outcome, made.visit.made_by) == (jeanne, "done", officer)
    seen = Observation.objects.get()
    assert (seen.uid, seen.source, seen.observed_on) == (made.form.uid, Source.VISIT, TODAY)
    assert seen.values == {"falls": 1, "online": 0}
    assert made.form.observation == seen
    assert made.form.wording == form.VERSION


def test_the_same_form_sent_twice_counts_once(officer, jeanne):
    one = sent(jeanne, {**YES, "item.falls": 1, "need.bars": 1, "action.grab_bars": "accepted"})
    first = record_visit(one, by=officer)
    again = record_visit(one | {"finished_at": "2026-11-24T10:00:00Z"}, by=officer)
    assert not again.is_new
    assert again.form == first.form
    counts = [kind.objects.count() for kind in (Visit, VisitForm, Observation, Consent, Action)]
    assert counts == [1, 1, 1, 2, 1]


def test_the_same_identity_with_other_content_is_kept_aside_and_changes_nothing(officer, jeanne):
    one = sent(jeanne, {"item.online": 1})
    record_visit(one, by=officer)
    for _ in range(2):
        with pytest.raises(Conflict, match="mise de côté"):
            record_visit(one | {"content": {"item.online": 0}}, by=officer)
    aside = AsideForm.objects.get()
    assert aside.content == {"outcome": "done", "made_on": TODAY.isoformat(), "item.online": 0}
    assert Observation.objects.get().values == {"online": 1}


def test_the_same_identity_for_someone_else_is_kept_aside(officer, jeanne):
    other = make_senior(jeanne.dwelling)
    one = sent(jeanne)
    record_visit(one, by=officer)
    with pytest.raises(Conflict):
        record_visit(one | {"senior": str(other.uid)}, by=officer)
    assert AsideForm.objects.get().senior == other
    assert Visit.objects.get().senior == jeanne


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uid": "12"}, "unreadable"),
        ({"senior": str(uuid.uuid4())}, "unknown_senior"),
        ({"made_on": "2999-01-01"}, "future"),
        ({"made_on": "1926-11-24"}, "too_old"),
        ({"made_on": "mardi"}, "unreadable"),
        ({"outcome": "cancelled"}, "unreadable"),
        ({"channel": "fax"}, "unreadable"),
        ({"version": ""}, "unreadable"),
        ({"content": []}, "unreadable"),
        ({"content": {"a": [1]}}, "unreadable"),
        ({"content": {"item.dreams": 1}}, "unknown_field"),
        ({"content": {"wish.words": "n° 2 40 05 29 019 005"}}, "nir"),
        ({"content": {"wish.words": "elle a Alzheimer"}}, "diagnosis"),
        ({"content": {"need.bars": 1}, "outcome": "absent"}, "not_done"),
        ({"content": {"next.on": "2021-01-01"}}, "next_before"),
    ],
)
def test_a_form_is_refused_whole_with_a_french_reason(officer, jeanne, changes, code):
    with pytest.raises(Refused) as refused:
        record_visit(sent(jeanne, {**YES, "need.bars": 1}) | changes, by=officer)
    assert refused.value.code == code
    assert "Rien n’a" in str(refused.value) or code in ("nir", "diagnosis", "unknown_field")
    assert not Visit.objects.exists()
    assert not Consent.objects.exists()
    assert not Need.objects.exists()


def test_the_officer_a_colleague_and_a_stranger(officer, jeanne, colleague):
    stranger = make_user(Role.OFFICER, make_territory())
    assert send(jeanne, officer).is_new
    assert send(jeanne, colleague, days_ago=1).is_new
    for by in (stranger, make_user(Role.EVALUATOR, jeanne.dwelling.residence.territory)):
        with pytest.raises(Refused, match="pas dans vos territoires"):
            send(jeanne, by)


def test_the_visit_of_who_had_her_on_his_list_is_accepted_after_she_is_another_s(jeanne, officer):
    territory = jeanne.dwelling.residence.territory
    made = make_list(territory, officer)
    publish_list(made, by=officer)
    officer.territories.set([make_territory()])
    assert send(jeanne, officer, entry=made.entries.get().pk).visit.entry.visit_list == made


def test_consents_are_written_before_the_observation_with_their_wording(officer, jeanne):
    send(jeanne, officer, {"consent.visit": 1, "consent.health": 0, "consent.evaluation": 1})
    kept = {c.kind: (c.given, c.decided_on, c.wording, c.source) for c in Consent.objects.all()}
    assert kept == {
        "visit": (True, TODAY, form.VERSION, "visit"),
        "health": (False, TODAY, form.VERSION, "visit"),
        "evaluation": (True, TODAY, form.VERSION, "visit"),
    }


def test_what_tells_of_health_is_kept_nowhere_without_its_consent(officer, jeanne):
    said = {"item.falls": 2, "right.apa": 1, "right.css": 1, "item.online": 1}
    for consent in ({}, {"consent.health": 0}):
        made = send(jeanne, officer, {**said, **consent}, days_ago=len(consent))
        assert {"item.falls", "right.apa"}.isdisjoint(made.form.content)
        assert made.form.content["right.css"] == 1
        assert made.form.observation.values == {"online": 1}


def test_an_earlier_consent_on_health_still_holds(officer, jeanne):
    send(jeanne, officer, YES, days_ago=30)
    assert send(jeanne, officer, {"item.falls": 2}).form.observation.values == {"falls": 2}


def test_without_the_first_consent_what_she_said_is_not_kept(officer, jeanne):
    said = {"item.online": 1, "wish.words": "Douche", "right.css": 1, "hazard.toilet.low": 1}
    made = send(jeanne, officer, {**said, "consent.visit": 0})
    assert made.form.content == {"consent.visit": 0, "hazard.toilet.low": 1}
    assert made.form.observation.values == {}


def test_a_late_form_gives_way_to_a_newer_consent(officer, jeanne):
    send(jeanne, officer, {"consent.visit": 1, "consent.health": 0}, days_ago=1)
    late = send(jeanne, officer, {**YES, "item.falls": 2}, days_ago=9)
    assert not latest(jeanne, ConsentKind.HEALTH).given
    assert "item.falls" not in late.form.content
    assert late.form.observation.values == {}


def test_a_no_told_elsewhere_the_same_day_is_the_last_word(officer, jeanne):
    Consent.objects.create(
        senior=jeanne, kind="health", given=False, decided_on=TODAY, wording="x", source="officer"
    )
    send(jeanne, officer, {**YES, "item.falls": 2})
    assert not latest(jeanne, ConsentKind.HEALTH).given


def test_what_is_seen_in_a_room_reaches_the_score(officer, jeanne):
    send(jeanne, officer, {"hazard.inside.rugs": 1, "hazard.bathroom.bars": 0})
    assert Observation.objects.get().values == {"loose_rugs": 1, "grab_bars": 1}


def test_a_number_is_corrected_and_one_confirmed_is_left(officer, jeanne):
    jeanne.phone, jeanne.mobile = "0298000000", "0600000000"
    jeanne.save()
    made = send(jeanne, officer, {"known.phone": "02 98 11 22 33", "known.mobile": "ok"})
    jeanne.refresh_from_db()
    assert jeanne.phone.replace("\u00a0", "") == "0298112233"
    assert jeanne.mobile == "0600000000"
    assert made.form.replaced == {"phone": "0298000000"}
    assert jeanne.access_log.get().gesture == "correct-phone"


def test_a_number_that_is_no_longer_hers_is_emptied(officer, jeanne):
    jeanne.phone = "0298000000"
    jeanne.save()
    send(jeanne, officer, {"known.phone": "aucun"})
    jeanne.refresh_from_db()
    assert jeanne.phone == ""


@pytest.mark.parametrize("channel", Channel.values)
def test_her_home_is_corrected_whichever_way_the_form_came(officer, jeanne, channel):
    home = jeanne.dwelling
    home.floor, home.has_lift, home.household_size = 2, True, 2
    home.save()
    said = {"known.floor": 3, "known.lift": 0, "known.household": 1, "known.door": "12"}
    made = send(jeanne, officer, said, channel=channel)
    home.refresh_from_db()
    assert (home.floor, home.has_lift, home.household_size, home.door) == (3, False, 1, "12")
    assert made.form.replaced == {"floor": 2, "lift": True, "household": 2, "door": ""}
    assert dict(home.corrections.values_list("field", "file_said")) == {
        "floor": 2, "has_lift": True, "household_size": 2, "door": "",
    }  # fmt: skip
    day = f"corrigé en visite le {TODAY:%d/%m/%Y}"
    known = confirm.known_of(Senior.objects.get(pk=jeanne.pk))
    assert known["known.lift"] == ("non", day)
    neighbour = make_senior(home)  # who lives there too
    assert confirm.known_of(neighbour)["known.household"] == ("1", day)


def test_a_home_found_right_after_all_is_as_the_file_said(officer, jeanne):
    jeanne.dwelling.floor = 2
    jeanne.dwelling.save()
    send(jeanne, officer, {"known.floor": 3})
    right = send(jeanne, officer, {"known.floor": "ok"}).form
    settle(Clash.objects.get(), keep=right, by=officer)
    jeanne.dwelling.refresh_from_db()
    assert jeanne.dwelling.floor == 2
    assert not jeanne.dwelling.corrections.exists()


def test_a_late_form_gives_way_to_a_newer_correction(officer, jeanne):
    send(jeanne, officer, {"known.phone": "02 98 11 22 33"}, days_ago=1)
    send(jeanne, officer, {"known.phone": "02 98 99 99 99"}, days_ago=5)
    jeanne.refresh_from_db()
    assert jeanne.phone.endswith("33")


def test_a_late_form_gives_way_to_a_newer_extract(officer, jeanne):
    jeanne.read_in = ImportRun.objects.create(
        kind="occupants", file_name="x.csv", extract_on=days_ago(2)
    )
    jeanne.phone = "0298000000"
    jeanne.save()
    send(jeanne, officer, {"known.phone": "02 98 99 99 99"}, days_ago=5)
    jeanne.refresh_from_db()
    assert jeanne.phone == "0298000000"


def test_needs_and_actions_follow(officer, jeanne):
    partner = make_partner(territory=territory_of(jeanne))
    content = {
        "need.bars": 1, "need.home_help": 1, "action.grab_bars": "accepted",
        "action.home_help": "proposed", "agree.home_help": str(partner.uid),
        "action.calls": "declined",
    }  # fmt: skip
    made = send(jeanne, officer, content)
    states = {one.kind.code: one.state for one in Action.objects.select_related("kind")}
    assert states == {
        "grab_bars": State.ACCEPTED, "home_help": State.ACCEPTED, "calls": State.DECLINED,
    }  # fmt: skip
    assert {need.code for need in Need.objects.all()} == {"bars", "home_help", "company"}
    given = Agreement.objects.get()
    assert (given.partner, given.wording, given.given_on) == (partner, form.VERSION, TODAY)
    assert set(Need.objects.values_list("form", flat=True)) == {made.form.pk}


def test_the_next_contact_is_kept_on_its_own_visit(officer, jeanne):
    newer = send(jeanne, officer, {"next.how": "call", "next.on": AHEAD[90]})
    late = send(jeanne, officer, {"next.how": "visit", "next.on": AHEAD[20]}, days_ago=9)
    newer.visit.refresh_from_db()
    assert newer.visit.next_contact_on == date.fromisoformat(AHEAD[90])
    assert late.visit.next_contact_on == date.fromisoformat(AHEAD[20])


def test_what_was_agreed_for_the_next_contact_stands_before_what_an_outcome_proposes(
    officer, jeanne
):
    day = days_ago(-31).isoformat()  # the day a stay in hospital would propose
    done = send(jeanne, officer, {"next.on": day}, days_ago=0)
    done.visit.refresh_from_db()
    assert done.visit.next_contact_on.isoformat() == day


def test_what_was_agreed_stands_when_an_absence_gives_way_to_a_visit(officer, jeanne):
    day = days_ago(-31).isoformat()
    send(jeanne, officer, {"next.how": "call", "next.on": day}, outcome="absent")
    visit = send(jeanne, officer).visit
    visit.refresh_from_db()
    assert (visit.outcome, visit.next_contact_on.isoformat()) == ("done", day)


def test_what_was_agreed_stands_when_a_person_chooses_how_the_visit_ended(
    officer, colleague, jeanne
):
    day = days_ago(-31).isoformat()
    visit = record_attempt(jeanne, outcome="hospital", made_on=TODAY, by=colleague).visit
    visit.refresh_from_db()
    assert visit.next_contact_on.isoformat() == day  # proposed
    made = send(jeanne, officer, {"next.how": "call", "next.on": day}).form
    clash = Clash.objects.get()
    for keep, instead_of in ((made, None), (clash.first, made)):
        settle(clash, keep=keep, by=officer, instead_of=instead_of)
        visit.refresh_from_db()
        assert (visit.outcome, visit.next_contact_on.isoformat()) == (keep.outcome, day)


def test_two_officers_the_same_day_make_one_visit_merged_by_field(officer, colleague, jeanne):
    first = send(jeanne, officer, {"item.online": 1, "need.bars": 1, "known.phone": "ok"})
    second = send(jeanne, colleague, {"item.online": 1, "item.goes_out": 2, "need.light": 1})
    assert first.visit == second.visit
    assert (first.clashes, second.clashes) == (0, 0)
    assert told(first.visit) == {
        "item.online": 1, "need.bars": 1, "known.phone": "ok", "item.goes_out": 2, "need.light": 1,
    }  # fmt: skip
    assert second.form.observation.values == {"goes_out": 2}
    assert Need.objects.count() == 2


def test_a_second_form_that_adds_no_item_makes_no_observation(officer, colleague, jeanne):
    send(jeanne, officer, {"item.online": 1})
    assert send(jeanne, colleague, {"item.online": 1, "need.bars": 1}).form.observation is None
    assert Observation.objects.count() == 1


def test_what_two_forms_tell_otherwise_waits_for_a_person(officer, colleague, jeanne):
    send(jeanne, officer, {"item.online": 1, "known.phone": "02 98 11 22 33"})
    second = send(jeanne, colleague, {"item.online": 0, "known.phone": "02 98 44 55 66"})
    assert second.clashes == 2
    assert {one.field for one in Clash.objects.all()} == {"item.online", "known.phone"}
    assert told(second.visit)["item.online"] == 1
    jeanne.refresh_from_db()
    assert jeanne.phone.endswith("33")


def test_a_clash_settled_for_the_second_form_follows_from_it(officer, colleague, jeanne):
    send(jeanne, officer, {"item.online": 1, "next.on": AHEAD[40], "known.phone": "0298112233"})
    other = {"item.online": 0, "next.on": AHEAD[70], "known.phone": "0298445566"}
    second = send(jeanne, colleague, other)
    for clash in Clash.objects.all():
        settle(clash, keep=second.form, by=officer)
    assert told(second.visit)["item.online"] == 0
    assert Observation.objects.order_by("pk").last().values == {"online": 0}
    second.visit.refresh_from_db()
    jeanne.refresh_from_db()
    assert second.visit.next_contact_on == date.fromisoformat(AHEAD[70])
    assert jeanne.phone.endswith("66")


def test_a_clash_settled_for_the_first_form_changes_nothing(officer, colleague, jeanne):
    first = send(jeanne, officer, {"item.online": 1})
    send(jeanne, colleague, {"item.online": 0})
    clash = settle(Clash.objects.get(), keep=first.form, by=colleague)
    assert (clash.chosen, clash.settled_by) == (first.form, colleague)
    assert Observation.objects.count() == 1


def test_a_number_found_right_after_all_is_put_back(officer, colleague, jeanne):
    jeanne.phone = "0298000000"
    jeanne.save()
    send(jeanne, officer, {"known.phone": "0298112233"})
    second = send(jeanne, colleague, {"known.phone": "ok"})
    settle(Clash.objects.get(), keep=second.form, by=officer)
    jeanne.refresh_from_db()
    assert jeanne.phone == "0298000000"


def test_a_choice_is_made_again_and_both_stay_written(officer, colleague, jeanne):
    """What follows goes with the last choice; the first value, the second, the first again…"""
    jeanne.phone = "0298000000"
    jeanne.save()
    first = send(
        jeanne, officer,
        {"item.online": 1, "next.on": AHEAD[40], "known.phone": "ok", "consent.health": 1,
         "action.shower": "accepted"},
    )  # fmt: skip
    second = send(
        jeanne, colleague,
        {"item.online": 0, "next.on": AHEAD[70], "known.phone": "0298445566",
         "consent.health": 0, "action.shower": "declined"},
    )  # fmt: skip
    sides = (first.form, second.form)
    stood = None
    for turn in range(4):
        keep = sides[(turn + 1) % 2]
        for clash in Clash.objects.all():
            settle(clash, keep=keep, by=officer, instead_of=stood)
        stood = keep
        visit = Visit.objects.get()
        jeanne.refresh_from_db()
        said = {code: told(visit)[code] for code in ("item.online", "consent.health")}
        assert said == {code: keep.content[code] for code in said}
        latest = Observation.objects.order_by("observed_on", "pk").last()
        assert latest.values == {"online": keep.content["item.online"]}
        assert visit.next_contact_on.isoformat() == keep.content["next.on"]
        assert jeanne.phone.replace(" ", "")[-2:] == ("00" if keep == first.form else "66")
        consent = Consent.objects.filter(kind="health").order_by("decided_on", "pk").last()
        assert consent.given == bool(keep.content["consent.health"])
        # What was accepted, then declined, is cancelled.
        state = {"accepted": State.ACCEPTED, "declined": State.CANCELLED}
        shower = Action.objects.order_by("pk").last()
        assert shower.state == state[keep.content["action.shower"]]
        for clash in Clash.objects.all():
            assert [one.chosen for one in clash.choices.all()] == [
                sides[(n + 1) % 2] for n in range(turn + 1)
            ]
    with pytest.raises(Refused) as refused:
        settle(Clash.objects.first(), keep=second.form, by=officer, instead_of=second.form)
    assert refused.value.code == "settled"


def test_a_clash_is_settled_once_by_who_has_not_seen_the_choice(officer, colleague, jeanne):
    first = send(jeanne, officer, {"item.online": 1})
    second = send(jeanne, colleague, {"item.online": 0})
    clash = Clash.objects.get()
    settle(clash, keep=first.form, by=officer)
    settle(clash, keep=first.form, by=colleague)
    with pytest.raises(Refused, match="a choisi autrement entre-temps"):
        settle(clash, keep=second.form, by=colleague)
    third = send(jeanne, colleague, days_ago=3)
    with pytest.raises(Refused, match="l’une des deux"):
        settle(clash, keep=third.form, by=colleague)


def test_a_decision_and_a_consent_are_settled_like_the_rest(officer, colleague, jeanne):
    first = {"action.grab_bars": "proposed", "consent.evaluation": 1}
    send(jeanne, officer, first)
    second = send(jeanne, colleague, {"action.grab_bars": "accepted", "consent.evaluation": 0})
    assert Action.objects.get().state == State.PROPOSED
    assert latest(jeanne, "evaluation").given
    for clash in Clash.objects.all():
        settle(clash, keep=second.form, by=officer)
    assert Action.objects.get().state == State.ACCEPTED
    assert not latest(jeanne, "evaluation").given


def test_a_partner_chosen_after_all_takes_the_place_of_the_other(officer, colleague, jeanne):
    one, two = (
        make_partner(name=name, territory=territory_of(jeanne)) for name in ("CCAS", "ADMR")
    )
    send(jeanne, officer, {"agree.home_help": str(one.uid)})
    second = send(jeanne, colleague, {"agree.home_help": str(two.uid)})
    settle(Clash.objects.get(), keep=second.form, by=officer)
    assert Agreement.objects.get(withdrawn_on=None).partner == two


@pytest.mark.parametrize("why", ["put_away", "elsewhere", "nowhere", "other_kind"])
def test_a_form_is_kept_without_the_agreement_to_a_partner_who_cannot_be_asked(
    officer, jeanne, why
):
    """Finished without network, while he was put away: nothing is lost, nothing goes to him."""
    here = territory_of(jeanne)
    partner = {
        "put_away": lambda: make_partner(territory=here, is_active=False),
        "elsewhere": lambda: make_partner(territory=make_territory()),
        "nowhere": make_partner,
        "other_kind": lambda: make_partner("meals", territory=here),
    }[why]()
    made = send(jeanne, officer, {"agree.home_help": str(partner.uid), "item.online": 1})
    assert made.form.content["agree.home_help"] == str(partner.uid)
    assert made.form.observation.values == {"online": 1}
    action = Action.objects.get()
    assert (action.state, action.partner) == (State.ACCEPTED, None)
    assert not Agreement.objects.exists()
    [said] = kept_out(made.form)
    assert partner.name in said
    assert "Le reste de la fiche l’est" in said


def test_an_agreement_that_was_kept_or_is_being_settled_is_not_said_to_be_left_out(
    officer, colleague, jeanne
):
    one, two = (
        make_partner(name=name, territory=territory_of(jeanne)) for name in ("CCAS", "ADMR")
    )
    first = send(jeanne, officer, {"agree.home_help": str(one.uid)})
    second = send(jeanne, colleague, {"agree.home_help": str(two.uid)})
    assert kept_out(first.form) == kept_out(second.form) == []
    assert kept_out(send(jeanne, officer, days_ago=3).form) == []


def test_an_absence_gives_way_to_a_visit_of_the_same_day(officer, jeanne):
    attempt = record_attempt(jeanne, outcome="absent", made_on=TODAY, by=officer)
    assert attempt.visit.try_again_on
    assert "retenter" in attempt.consequence
    done = send(jeanne, officer, {"item.online": 1})
    done.visit.refresh_from_db()
    assert (done.visit, done.visit.outcome) == (attempt.visit, "done")
    assert done.visit.try_again_on is None
    assert done.form.observation.values == {"online": 1}
    assert not Clash.objects.exists()


def test_an_absence_that_comes_after_the_visit_changes_nothing(officer, jeanne):
    done = send(jeanne, officer)
    record_attempt(jeanne, outcome="absent", made_on=TODAY, by=officer)
    done.visit.refresh_from_db()
    assert (done.visit.outcome, done.visit.try_again_on) == ("done", None)
    assert done.visit.forms.count() == 2


def test_two_ends_that_disagree_wait_for_a_person(officer, colleague, jeanne):
    refused = record_attempt(jeanne, outcome="refused", made_on=TODAY, by=officer)
    done = send(jeanne, colleague)
    assert done.clashes == 1
    assert Mute.objects.filter(visit=refused.visit).exists()
    settle(Clash.objects.get(), keep=done.form, by=officer)
    refused.visit.refresh_from_db()
    assert refused.visit.outcome == "done"
    assert not Mute.objects.filter(visit=refused.visit).exists()


def test_the_same_tap_twice_counts_once(officer, jeanne):
    first = record_attempt(jeanne, outcome="refused", made_on=TODAY, by=officer, why="Pas le temps")
    again = record_attempt(jeanne, outcome="refused", made_on=TODAY, by=officer, why="Pas le temps")
    assert (first.is_new, again.is_new) == (True, False)
    assert Mute.objects.count() == 1
    assert told(first.visit) == {"why.words": "Pas le temps"}


def test_an_attempt_told_late_mutes_nobody_seen_since(officer, jeanne):
    send(jeanne, officer)
    late = record_attempt(jeanne, outcome="hospital", made_on=days_ago(6), by=officer)
    assert "plus récente" in late.consequence
    assert not Mute.objects.exists()


def test_a_reason_is_guarded(officer, jeanne):
    with pytest.raises(Refused) as refused:
        record_attempt(jeanne, outcome="refused", made_on=TODAY, by=officer, why="elle est folle")
    assert refused.value.code == "judgement"
    assert not Visit.objects.exists()


def test_one_person_on_two_records_has_one_visit_a_day(officer, colleague, jeanne):
    twin = make_senior(jeanne.dwelling)
    first = send(twin, officer, {"item.online": 1})
    twin.merged_into = jeanne
    twin.save()
    second = send(twin, colleague, {"item.goes_out": 1})
    assert first.visit == second.visit
    assert second.form.observation.senior == jeanne
