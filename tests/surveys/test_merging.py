"""Two records found to be one person, then parted again: her answers, her calls, her letters."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import merge, retention
from seniors.enums import ConsentKind, Role
from seniors.models import Consent, Merge, Objection, Observation
from surveys.campaigns import counting, queries, silence
from surveys.models import Aside, Call, Campaign, Draft, Invitation, Response, Sending
from surveys.receiving import asides, call_form, call_queue, calls, intake
from surveys.sending import asked, reminder_letters, waves
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign, make_letters

pytestmark = pytest.mark.django_db
AGREED = dict.fromkeys(ConsentKind, True)
SENT = timezone.make_aware(timezone.datetime(2026, 11, 1, 9))
DAY, LATER = date(2026, 11, 2), date(2026, 11, 20)


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def manager(brest):
    return make_user(Role.MANAGER, brest)


@pytest.fixture
def two(brest):
    """Two records of one person, unknown yet."""
    home = make_dwelling(make_residence(brest))
    return [make_senior(home, phone="0298001122") for _ in range(2)]


@pytest.fixture
def campaign(brest, two):
    return make_campaign(brest, closes_on=timezone.localdate() + timedelta(30))


def answer(campaign, senior, values, consents=AGREED, *, on=DAY, channel="paper"):
    return intake.record_response(
        senior,
        campaign=campaign,
        channel=Response.Channel(channel),
        received_on=on,
        values=values,
        consents=consents,
    )


def join(two, by) -> Merge:
    chosen = {clash.field: "kept" for clash in merge.clashes(*two)}
    return merge.merge(*two, chosen, by=by)


def test_two_answers_given_before_are_compared_and_parted_again(two, campaign, manager):
    first = answer(campaign, two[0], {"cold_home": 1})
    second = answer(campaign, two[1], {"cold_home": 0}, on=LATER, channel="web")
    done = join(two, manager)
    aside = asides.waiting(manager, campaign).get()
    assert (aside.stands_on, aside.values) == (second, {"cold_home": 0})
    lines = [line for line in asides.compare(aside) if line.differs]
    assert [(one.item.code, one.first, one.second) for one in lines] == [
        ("cold_home", "oui", "non")
    ]
    merge.undo(done, by=manager)
    assert not Aside.objects.exists()
    assert [one.observation.values for one in (first, second)] == [
        {"cold_home": 1},
        {"cold_home": 0},
    ]
    assert Consent.objects.filter(senior=two[1]).count() == 4


def set_aside(two, campaign, by, consents=AGREED, **more):
    """The record absorbed answered; the person kept answers otherwise: (their merge, the aside)."""
    answer(campaign, two[1], {"cold_home": 1})
    done = join(two, by)
    phone = {"channel": Response.Channel.PHONE, "received_on": LATER, "by": by}
    told = {"values": {"cold_home": 0, "falls": 2}, "consents": consents}
    return done, intake.record_or_set_aside(two[0], campaign=campaign, **phone, **told, **more)


def test_a_second_answer_whose_first_goes_with_the_other_record_is_the_answer(
    two, campaign, manager, client
):
    refusing = AGREED | {ConsentKind.HEALTH: False}
    done, aside = set_aside(two, campaign, manager, refusing, objects=True)
    merge.undo(done, by=manager)
    told = Response.objects.select_related("observation").get(senior=two[0])
    assert (told.channel, told.received_on) == ("phone", LATER)
    assert told.content_digest == aside.content_digest
    assert (told.observation.values, told.observation.senior) == ({"cold_home": 0}, two[0])
    hers = Consent.objects.filter(senior=two[0]).values_list("kind", "given")
    assert sorted(hers) == sorted((kind.value, given) for kind, given in refusing.items())
    assert Objection.objects.get().lifted_on is None
    assert not Aside.objects.exists()
    assert queries.campaign_rates(manager, campaign).total == queries.Rate("Total", 2, 2)
    assert not asked.silent(campaign, on=LATER).exists()
    client.force_login(manager)
    page = reverse("surveys:aside-show", args=[aside.uid])
    assert client.get(page).status_code == client.post(page).status_code == 404
    join(two, manager)
    assert asides.waiting(manager, campaign).get().values == {"cold_home": 1}


@pytest.mark.parametrize(("decision", "kept"), [("first", 1), ("second", 0)])
def test_what_was_decided_on_the_answer_of_the_other_record_stays(
    two, campaign, manager, client, decision, kept
):
    done, aside = set_aside(two, campaign, manager)
    asides.decide(aside, decision, by=manager)
    merge.undo(done, by=manager)
    assert queries.campaign_rates(manager, campaign).total == queries.Rate("Total", 2, 2)
    assert not asked.silent(campaign, on=LATER).exists()
    told = Observation.objects.get()
    assert told.values["cold_home"] == kept
    assert told.response.senior == told.senior
    client.force_login(manager)
    page = client.get(reverse("surveys:aside-show", args=[aside.uid]))
    assert "Tranché par" in page.content.decode()


def test_two_answers_left_alone_are_compared_with_one_another(two, campaign, manager):
    done, _ = set_aside(two, campaign, manager)
    intake.record_or_set_aside(
        two[0], campaign=campaign, channel="web", received_on=LATER, values={}, consents={},
        objects=True,
    )  # fmt: skip
    merge.undo(done, by=manager)
    assert Response.objects.get(senior=two[0]).channel == "phone"
    assert asides.first_of(Aside.objects.get()).senior == two[0]


def test_a_comparison_with_nothing_left_says_so(two, campaign, manager, client):
    """The records are parted while its page is open."""
    _, aside = set_aside(two, campaign, manager)
    Response.objects.all().delete()
    client.force_login(manager)
    page = reverse("surveys:aside-show", args=[aside.uid])
    for send in (client.get, client.post):
        told = send(page, {"decision": "second"}, follow=True)
        assert "les fiches ont été séparées" in told.content.decode()
    assert Aside.objects.get().decision == ""
    Aside.objects.all().delete()
    with pytest.raises(asides.AsideRefusal, match="plus rien à comparer"):
        asides.decide(aside, "first", by=manager)


def test_a_refusal_set_aside_waits_whatever_records_are_joined_or_parted(two, campaign, manager):
    answer(campaign, two[0], {"cold_home": 1})
    intake.record_or_set_aside(
        two[0], campaign=campaign, channel="web", received_on=LATER, values={},
        consents={ConsentKind.VISIT: False},
    )  # fmt: skip
    done = join(two, manager)
    retention.purge()
    merge.undo(done, by=manager)
    retention.purge()
    assert Observation.objects.get().values == {"cold_home": 1}


@pytest.mark.parametrize(("decision", "kept", "on"), [("first", 1, DAY), ("second", 0, LATER)])
def test_once_decided_one_answer_is_left(two, campaign, manager, decision, kept, on):
    answer(campaign, two[0], {"cold_home": 1})
    answer(campaign, two[1], {"cold_home": 0}, on=LATER)
    done = join(two, manager)
    asides.decide(asides.waiting(manager, campaign).get(), decision, by=manager)
    told = Observation.objects.get()
    assert (told.values, told.observed_on) == ({"cold_home": kept}, on)
    assert queries.campaign_rates(manager, campaign).total == queries.Rate("Total", 1, 1)
    # Parted later, both are known to have answered; what was decided stays.
    merge.undo(done, by=manager)
    assert queries.campaign_rates(manager, campaign).total == queries.Rate("Total", 2, 2)
    assert Observation.objects.get() == told


def test_a_refusal_of_the_second_goes_when_the_first_is_kept(two, campaign, manager):
    answer(campaign, two[0], {"cold_home": 1})
    answer(campaign, two[1], {}, {ConsentKind.VISIT: False}, on=LATER)
    join(two, manager)
    aside = asides.waiting(manager, campaign).get()
    asides.decide(aside, "first", by=manager)
    assert not Consent.objects.filter(given=False).exists()


@pytest.mark.parametrize(("decision", "left"), [("first", 0), ("second", 1)])
def test_a_refusal_of_the_first_waits_for_who_compares(two, campaign, manager, decision, left):
    """No night erases the other answer meanwhile; once decided, what is refused goes."""
    answer(campaign, two[0], {}, {ConsentKind.VISIT: False}, on=LATER)
    answer(campaign, two[1], {"cold_home": 1})
    join(two, manager)
    retention.purge()
    assert Observation.objects.count() == 1
    asides.decide(asides.waiting(manager, campaign).get(), decision, by=manager)
    retention.purge()
    assert Observation.objects.count() == left


def test_what_one_record_refuses_ends_what_the_other_allowed(two, campaign, manager):
    """Looked at again when they are joined, whichever is kept, and even where the refusal had
    ended nothing on its own record."""
    answer(campaign, two[0], {"cold_home": 1})
    Consent.objects.create(
        senior=two[1], kind="visit", given=False, decided_on=LATER, wording="", source="officer"
    )
    retention.purge()
    assert Observation.objects.count() == 1
    done = join(two, manager)
    merge.undo(done, by=manager)
    retention.purge()
    assert Observation.objects.count() == 1
    join(two, manager)
    retention.purge()
    assert not Observation.objects.exists()


def test_answers_of_records_joined_since_they_were_read_are_of_one_person(two, campaign, manager):
    told = [
        intake.Answer(one.pk, Response.Channel.PAPER, DAY, {"cold_home": value}, AGREED)
        for one, value in zip((*two, two[1]), (1, 0, 1), strict=True)
    ]
    join(two, manager)
    intake.receive_many(campaign, told)
    assert Response.objects.get().senior == two[0]
    assert (Aside.objects.get().senior, Aside.objects.get().values) == (two[0], {"cold_home": 0})


def test_the_same_answer_on_both_records_is_one(two, campaign, manager):
    for senior in two:
        answer(campaign, senior, {"cold_home": 1})
    join(two, manager)
    assert not asides.waiting(manager, campaign).exists()


def test_calls_of_both_records_are_one_story(two, campaign, manager):
    now = timezone.now()
    invitation = Invitation.objects.select_related("campaign", "senior").get(senior=two[1])
    back = now + timedelta(days=3)
    calls.note(invitation, Call.Outcome.BACK, by=manager, now=now, known=0, back_at=back)
    done = join(two, manager)
    assert call_queue.how_many(campaign, manager, now) == [0, 0, 0]
    assert [one.senior for one in call_queue.later(campaign, manager, now, limit=9)] == [two[0]]
    assert call_queue.how_many(campaign, manager, back) == [1, 0, 0]
    merge.undo(done, by=manager)
    assert call_queue.how_many(campaign, manager, now) == [0, 1, 0]


def test_what_was_begun_on_either_record_is_gone_on_with(two, campaign, manager, client):
    """Of two forms begun the latest holds, and the sheet says that there was another."""
    now = timezone.now()
    kept, absorbed = (campaign.invitations.select_related("senior").get(senior=one) for one in two)
    told = {"consent_visit": 1, "cold_home": 0}, {"consent_visit": 1, "cold_home": 1}
    for invitation, coded in zip((kept, absorbed), told, strict=True):
        calls.hold(invitation, by=manager, now=now)
        call_form.save(invitation, coded, version=0, by=manager, now=now)
    Draft.objects.filter(invitation=kept).update(saved_at=now - timedelta(days=1))
    back = {"by": manager, "now": now, "known": 0, "back_at": now + timedelta(hours=1)}
    first = calls.note(absorbed, Call.Outcome.BACK, **back)
    join(two, manager)
    client.force_login(manager)
    sheet = [campaign.uid, two[0].uid]
    reference = {"reference": kept.reference}
    client.post(reverse("surveys:call-next", args=[campaign.uid]), reference)
    page = client.get(reverse("surveys:call-sheet", args=sheet)).content.decode()
    assert "Commencé par" in page
    assert "Une autre réponse, commencée sur une fiche réunie depuis" in page
    assert "Personne ne l’a encore appelée" not in page
    assert 'name="known" value="1"' in page
    again = {"cold_home": "0", "one": "cold_home", "version": "1"}
    sent = client.post(reverse("surveys:call-save", args=sheet), again)
    assert (sent.status_code, sent.json()["version"]) == (200, 2)
    assert Draft.objects.get(invitation=absorbed).values["cold_home"] == 0
    # The hour sent twice is one call, on whichever record it was noted.
    kept.senior.refresh_from_db()
    assert calls.note(kept, Call.Outcome.BACK, **back) == first
    done = {"then": "finish", "whole": "1", "version": "2", "consent_visit": "1", "cold_home": "0"}
    client.post(reverse("surveys:call-save", args=sheet), done)
    assert Response.objects.get().senior == two[0]
    assert not Draft.objects.exists()


def test_what_was_begun_on_one_record_goes_with_a_refusal_said_on_the_other(two, campaign, manager):
    now = timezone.now()
    kept, absorbed = (campaign.invitations.select_related("senior").get(senior=one) for one in two)
    calls.hold(absorbed, by=manager, now=now)
    call_form.save(absorbed, {"consent_visit": 1}, version=0, by=manager, now=now)
    done = join(two, manager)
    later = timezone.now()
    refused = calls.note(kept, Call.Outcome.REFUSED, by=manager, now=later, known=0)
    assert calls.begun_by_refusing(later + timedelta(hours=1)).get().invitation == absorbed
    merge.undo(done, by=manager)
    assert not calls.begun_by_refusing(later + timedelta(hours=1)).exists()
    assert list(calls.story(kept)) == [refused]


def test_a_person_written_to_on_both_records_counts_once_in_a_wave(two, campaign, manager):
    make_letters(campaign, SENT, manager)
    answer(campaign, two[1], {"cold_home": 1})
    join(two, manager)
    sent = silence.returns_of(manager, campaign, today=LATER).waves[-1]
    assert (sent.label, sent.sent) == ("Relance 1, par courrier", 1)
    assert [rate.answered for _, rate, _ in sent.within] == [1, 1]


def test_records_joined_while_letters_are_drawn_get_one(two, campaign, manager, monkeypatch):
    """Listed as two people, found to be one when half the letters are drawn, or before any."""
    monkeypatch.setattr(reminder_letters, "AT_ONCE", 1)
    Campaign.objects.update(opened_on=DAY)
    today = timezone.localdate()
    for kept, sent in ((0, ["sent"]), (1, ["sent", "twice"])):
        wave = waves.plan(campaign, channel="letter", planned_on=today, by=manager)
        ids = sorted(one.pk for one in two)
        first = [] if kept == 0 else reminder_letters._some(wave, ids[:1], today)
        done = join([two[kept], two[1 - kept]], manager)
        letters = [first, *(reminder_letters._some(wave, [one], today) for one in ids[kept:])]
        assert sum(map(len, letters)) == 1
        assert [one.outcome for one in wave.sendings.order_by("pk")] == sent
        merge.undo(done, by=manager)
        wave.delete()


def test_a_person_forgotten_on_both_records_counts_once_in_a_wave(two, campaign, manager):
    wave = make_letters(campaign, SENT, manager)
    join(two, manager)
    counting.forget(campaign.closes_on)
    assert not Sending.objects.exists()
    [sent] = silence.returns_of(manager, campaign, today=LATER).waves[1:]
    assert (sent.sent_on, sent.sent) == (wave.planned_on, 1)
