"""What invitations keep agrees with invitations, answers and records, whatever came in between."""

import random
from datetime import date, timedelta

import pytest

from seniors import merge
from seniors.enums import Role
from seniors.models import Senior
from surveys.campaigns import counting, dispatch, queries
from surveys.models import Invitation, Response
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def answer(campaign, senior, channel=Response.Channel.PAPER, day=DAY):
    intake.record_many(campaign, [intake.Answer(senior.pk, channel, day, {}, {})])


def join(kept, absorbed):
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, absorbed)}
    return merge.merge(kept, absorbed, chosen, by=make_user(Role.ADMINISTRATOR))


def asked_and_answered(campaign) -> tuple[int, int]:
    """The plain definition: people with an invitation; those of them with an answer."""
    people = dict(Senior.objects.values_list("pk", "merged_into"))
    asked = {people[pk] or pk for pk in campaign.invitations.values_list("senior", flat=True)}
    told = {people[pk] or pk for pk in campaign.responses.values_list("senior", flat=True)}
    return len(asked), len(asked & told)


@pytest.mark.parametrize("seed", range(3))
def test_counts_follow_the_plain_definition_through_merges_and_late_answers(seed):
    dice = random.Random(seed)
    places = [make_territory("Brest"), make_territory("Crozon")]
    homes = [make_dwelling(make_residence(place)) for place in places]
    seniors = [make_senior(dice.choice(homes)) for _ in range(14)]
    campaign = make_campaign(*places)
    late = [make_senior(dice.choice(homes)) for _ in range(3)]
    admin = make_user(Role.ADMINISTRATOR)
    everyone = seniors + late
    merges = []
    for senior in dice.sample(everyone, 9):
        answer(campaign, senior, dice.choice(list(Response.Channel)))
    for _ in range(4):
        free = list(Senior.objects.filter(merged_into=None))
        merges.append(join(*dice.sample(free, 2)))
    dispatch.invite(campaign, on=DAY)
    merge.undo(merges.pop(), by=admin)
    rates = queries.campaign_rates(admin, campaign)
    expected = asked_and_answered(campaign)
    assert (rates.total.asked, rates.total.answered) == expected
    for parts in (rates.by_territory, rates.by_age):
        assert sum(rate.asked for rate in parts) == expected[0]
        assert sum(rate.answered for rate in parts) == expected[1]
    assert sum(rate.answered for rate in rates.by_channel) == expected[1]
    residences = [
        rate for place in places for rate in queries.residence_rates(admin, campaign, place)
    ]
    assert sum(rate.asked for rate in residences) == expected[0]
    assert sum(rate.answered for rate in residences) == expected[1]


def test_she_counts_where_she_lived_and_at_the_age_of_the_opening_day():
    brest, crozon = make_territory("Brest"), make_territory("Crozon")
    senior = make_senior(make_dwelling(make_residence(brest)), born_on=date(1946, 10, 2))
    campaign = make_campaign(brest, crozon)
    senior.dwelling = make_dwelling(make_residence(crozon))
    senior.save()
    answer(campaign, senior)
    rates = queries.campaign_rates(make_user(Role.ADMINISTRATOR), campaign)
    assert [(rate.label, rate.answered) for rate in rates.by_territory] == [("Brest", 1)]
    assert [rate.label for rate in rates.by_age if rate.asked] == ["70–79"]
    invitation = Invitation.objects.get()
    assert (invitation.answered_by, invitation.answered_on) == ("paper", DAY)


def test_who_answered_before_being_asked_is_counted_and_noting_again_follows_the_answers():
    brest = make_territory()
    first = make_senior(make_dwelling(make_residence(brest)))
    campaign = make_campaign(brest)
    late = make_senior(first.dwelling)
    answer(campaign, late, Response.Channel.WEB)
    dispatch.invite(campaign, on=DAY)
    admin = make_user(Role.ADMINISTRATOR)
    assert queries.campaign_rates(admin, campaign).total == queries.Rate("Total", 2, 1)
    Response.objects.filter(senior=late).update(received_on=DAY + timedelta(days=1))
    counting.note_answers(campaign, [late.pk])
    assert Invitation.objects.get(senior=late).answered_on == DAY + timedelta(days=1)
    Response.objects.all().delete()
    counting.note_answers(campaign, [late.pk])
    assert queries.campaign_rates(admin, campaign).total == queries.Rate("Total", 2, 0)


def test_rates_are_counted_in_the_same_few_queries_at_any_size(django_assert_num_queries):
    brest = make_territory()
    home = make_dwelling(make_residence(brest))
    seniors = [make_senior(home) for _ in range(12)]
    campaign = make_campaign(brest)
    manager = make_user(Role.MANAGER, brest)
    # The names of territories, her own, the count, those who have several records.
    with django_assert_num_queries(4):
        queries.campaign_rates(manager, campaign)
    for senior in seniors[:4]:
        answer(campaign, senior)
    for kept, absorbed in ((0, 8), (1, 9), (10, 2)):
        join(seniors[kept], seniors[absorbed])
    with django_assert_num_queries(5):
        total = queries.campaign_rates(manager, campaign).total
    assert (total.asked, total.answered) == (9, 4)
