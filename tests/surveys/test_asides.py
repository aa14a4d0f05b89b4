"""A second answer waits beside the first until a person has compared them and decided."""

from datetime import date

import pytest
from django.urls import reverse

from seniors import merge, retention
from seniors.enums import ConsentKind, Role
from seniors.models import Consent, Objection, Observation
from surveys.models import Aside, Response
from surveys.receiving import asides, intake
from tests.make import make_senior, make_user
from tests.surveys.make import make_campaign, territory_of

pytestmark = pytest.mark.django_db
ALL_YES = dict.fromkeys(ConsentKind, True)
FIRST, SECOND, MERGED = Aside.Decision
DAY, LATER = date(2026, 11, 2), date(2026, 11, 20)
WHOLE = {"cold_home": 1, "falls": 2, "goes_out": 0}


@pytest.fixture
def jeanne():
    return make_senior()


@pytest.fixture
def campaign(jeanne):
    return make_campaign(territory_of(jeanne))


@pytest.fixture
def officer(jeanne):
    return make_user(Role.OFFICER, territory_of(jeanne))


def answer(senior, campaign, values, consents=ALL_YES, *, on=DAY, channel="paper", **more):
    return intake.record_or_set_aside(
        senior,
        campaign=campaign,
        channel=Response.Channel(channel),
        received_on=on,
        values=values,
        consents=consents,
        **more,
    )


def second(senior, campaign, values, consents=ALL_YES, **more):
    """The first answer, then this one by another channel."""
    answer(senior, campaign, WHOLE)
    return answer(senior, campaign, values, consents, on=LATER, channel="web", **more)


def lines_of(aside):
    return {one.item.code: (one.first, one.second) for one in asides.compare(aside) if one.differs}


def test_the_second_waits_and_the_first_still_counts(jeanne, campaign):
    aside = second(jeanne, campaign, {"cold_home": 0, "night_light": 1})
    assert Observation.objects.get().values == WHOLE
    assert (aside.values, aside.channel) == ({"cold_home": 0, "night_light": 1}, "web")
    assert lines_of(aside) == {
        "cold_home": ("oui", "non"),
        "falls": ("deux fois ou plus", "pas de réponse"),
        "goes_out": ("tous les jours", "pas de réponse"),
        "night_light": ("pas de réponse", "oui"),
    }


def test_either_answer_sent_again_is_known_before_and_after_the_decision(jeanne, campaign, officer):
    aside = second(jeanne, campaign, {"cold_home": 0})
    for _ in range(2):
        assert answer(jeanne, campaign, WHOLE) == Response.objects.get()
        assert answer(jeanne, campaign, {"cold_home": 0}) == aside
        aside = Aside.objects.get()
        if not aside.decision:
            asides.decide(aside, SECOND, by=officer)
    assert Aside.objects.count() == 1


def test_who_held_the_pen_makes_no_other_answer(jeanne, campaign):
    answer(jeanne, campaign, WHOLE | {"filled_by": 1})
    assert isinstance(answer(jeanne, campaign, WHOLE | {"filled_by": 2}), Response)


def test_only_what_the_second_agrees_to_is_kept(jeanne, campaign):
    aside = second(jeanne, campaign, WHOLE | {"cold_home": 0}, {ConsentKind.VISIT: True})
    assert aside.values == {"cold_home": 0, "goes_out": 0}
    aside = answer(jeanne, campaign, {"cold_home": 0}, {ConsentKind.VISIT: False})
    assert aside.values == {}


def test_an_agreement_taken_back_since_keeps_a_late_paper_empty(jeanne, campaign):
    answer(jeanne, campaign, {"cold_home": 1})
    said = {"decided_on": LATER, "wording": "au téléphone", "source": "officer"}
    Consent.objects.create(senior=jeanne, kind="health", given=False, **said)
    assert answer(jeanne, campaign, WHOLE).values == {"cold_home": 1, "goes_out": 0}
    Consent.objects.create(senior=jeanne, kind="visit", given=False, **said)
    assert answer(jeanne, campaign, {"cold_home": 0}).values == {}


def test_the_first_kept_changes_nothing_and_empties_the_second(jeanne, campaign, officer):
    aside = second(jeanne, campaign, {"cold_home": 0})
    before = Observation.objects.get()
    asides.decide(aside, FIRST, by=officer)
    assert Observation.objects.get() == before
    aside = Aside.objects.get()
    assert (aside.values, aside.consents, aside.decision) == ({}, {}, "first")
    assert (aside.decided_by, aside.decided_at is not None) == (officer, True)


def test_the_second_taken_corrects_the_observation_dated_and_signed(jeanne, campaign, officer):
    asides.decide(second(jeanne, campaign, {"cold_home": 0}), SECOND, by=officer)
    response, observation = Response.objects.get(), Observation.objects.get()
    assert response.observation == observation
    assert (observation.values, observation.observed_on) == ({"cold_home": 0}, LATER)
    assert observation.recorded_by == officer
    assert (response.channel, response.received_on) == ("web", LATER)
    invitation = campaign.invitations.get(senior=jeanne)
    assert (invitation.answered_by, invitation.answered_on) == ("web", LATER)


def test_each_question_may_be_chosen(jeanne, campaign, officer):
    aside = second(jeanne, campaign, {"cold_home": 0, "night_light": 1, "falls": 0})
    chosen = {"cold_home": "first", "falls": "second", "night_light": "second"}
    with pytest.raises(asides.AsideRefusal, match="une question"):
        asides.decide(aside, MERGED, chosen=chosen, by=officer)
    assert Aside.objects.get().decision == ""
    asides.decide(aside, MERGED, chosen=chosen | {"goes_out": "first"}, by=officer)
    told = {"cold_home": 1, "falls": 0, "night_light": 1, "goes_out": 0}
    assert Observation.objects.get().values == told
    with pytest.raises(asides.AsideRefusal, match="déjà tranché"):
        asides.decide(aside, FIRST, by=officer)


def test_a_refusal_in_the_second_counts_at_once_and_the_first_kept_takes_it_back(
    jeanne, campaign, officer
):
    refusing = ALL_YES | {ConsentKind.HEALTH: False}
    aside = second(jeanne, campaign, {"cold_home": 1}, refusing, objects=True)
    assert Consent.objects.filter(kind="health").latest("pk").given is False
    assert Objection.objects.get().lifted_on is None
    falls = next(one for one in asides.compare(aside) if one.item.code == "falls")
    assert falls.first == asides.HIDDEN
    assert lines_of(aside)["consent_health"] == ("oui", "non")
    asides.decide(aside, FIRST, by=officer)
    assert Consent.objects.filter(kind="health").get().given is True
    assert Objection.objects.get().lifted_on is not None
    assert Observation.objects.get().values == WHOLE


@pytest.mark.parametrize(("decision", "left"), [(FIRST, 1), (SECOND, 0)])
def test_no_night_erases_what_waits_to_be_compared(jeanne, campaign, officer, decision, left):
    """A refusal in the second may be a slip of the pen: what it ends is seen to once decided."""
    aside = second(jeanne, campaign, WHOLE, ALL_YES | {ConsentKind.VISIT: False})
    retention.purge()
    aside.refresh_from_db()
    assert Observation.objects.get().values == WHOLE
    asides.decide(aside, decision, by=officer)
    retention.purge()
    assert Observation.objects.count() == left
    assert Consent.objects.filter(kind="visit").latest("pk").given == bool(left)


def test_health_refused_in_the_second_taken_leaves_the_observation(jeanne, campaign, officer):
    refusing = ALL_YES | {ConsentKind.HEALTH: False}
    aside = second(jeanne, campaign, {"cold_home": 0}, refusing)
    chosen = dict.fromkeys(lines_of(aside), "second") | {"goes_out": "first"}
    asides.decide(aside, MERGED, chosen=chosen, by=officer)
    assert Observation.objects.get().values == {"cold_home": 0, "goes_out": 0}


def test_an_agreement_refused_first_and_given_second(jeanne, campaign, officer):
    answer(jeanne, campaign, WHOLE, {ConsentKind.VISIT: False})
    aside = answer(jeanne, campaign, WHOLE, on=LATER)
    assert not Observation.objects.exists()
    asides.decide(aside, SECOND, by=officer)
    assert Observation.objects.get().values == WHOLE
    assert Response.objects.get().observation is not None


def test_an_agreement_refused_second_and_taken_erases_the_answers(jeanne, campaign, officer):
    aside = second(jeanne, campaign, {}, {ConsentKind.VISIT: False})
    asides.decide(aside, SECOND, by=officer)
    assert not Observation.objects.exists()
    assert Response.objects.get().observation is None


def test_two_records_merged_are_one_person(jeanne, campaign, officer):
    other = make_senior(jeanne.dwelling, reference="ZZ")
    answer(other, campaign, WHOLE)
    clashing = {one.field: "kept" for one in merge.clashes(jeanne, other)}
    merge.merge(jeanne, other, clashing, by=officer)
    other.refresh_from_db()
    assert answer(jeanne, campaign, WHOLE) == Response.objects.get()
    aside = answer(other, campaign, {"cold_home": 0}, on=LATER)
    assert answer(jeanne, campaign, {"cold_home": 0}, on=LATER) == aside
    asides.decide(aside, SECOND, by=officer)
    assert Observation.objects.get().values == {"cold_home": 0}
    assert Response.objects.count() == 1


def test_an_officer_compares_and_decides_on_the_page(client, jeanne, campaign, officer):
    aside = second(jeanne, campaign, {"cold_home": 0})
    client.force_login(officer)
    listed = client.get(reverse("surveys:aside-list", args=[campaign.uid])).content.decode()
    assert reverse("surveys:aside-show", args=[aside.uid]) in listed
    address = reverse("surveys:aside-show", args=[aside.uid])
    page = client.get(address).content.decode()
    assert "avez-vous froid" in page
    refused = client.post(address, {"decision": "merged"})
    assert refused.status_code == 422
    assert client.post(address, {}).status_code == 422
    told = {"decision": "merged", "cold_home": "second", "falls": "first", "goes_out": "first"}
    assert client.post(address, told).status_code == 302
    assert Observation.objects.get().values == WHOLE | {"cold_home": 0}
    page = client.get(address).content.decode()
    assert "chaque réponse a été choisie" in page
    assert "avez-vous froid" not in page


def test_a_list_of_many_takes_as_many_queries(
    client, jeanne, campaign, officer, django_assert_max_num_queries
):
    for _ in range(12):
        second(make_senior(jeanne.dwelling), campaign, {"cold_home": 0})
    client.force_login(officer)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("surveys:aside-list", args=[campaign.uid]))
    assert page.content.decode().count("Comparer") == 12
