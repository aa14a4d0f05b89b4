"""What invitations keep agrees with invitations, answers and records, whatever came in between."""

import random
from datetime import date, timedelta

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from seniors import merge
from seniors.enums import ConsentKind, Role
from seniors.models import Merge, Senior
from surveys.campaigns import counting, dispatch, queries
from surveys.models import Invitation, Response, Tally
from surveys.receiving import asides, intake
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


class Kept(RuleBasedStateMachine):
    """Whatever is asked, answered, joined, parted and compared, in any order: what is kept is what
    a recount finds, and that is the plain definition."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.places = [make_territory("Brest"), make_territory("Crozon")]
        self.homes = [make_dwelling(make_residence(place)) for place in self.places]
        self.seniors = [make_senior(self.homes[n % 2]) for n in range(5)]
        self.campaign = make_campaign(*self.places)
        self.admin = make_user(Role.ADMINISTRATOR)

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(at=st.integers(0, 1))
    def comes(self, at):
        self.seniors.append(make_senior(self.homes[at]))

    @rule()
    def ask(self):
        dispatch.invite(self.campaign, on=DAY)

    @rule(at=st.integers(0, 9), channel=st.sampled_from(Response.Channel), days=st.integers(0, 2))
    def tells(self, at, channel, days):
        senior = self.seniors[at % len(self.seniors)]
        day = DAY + timedelta(days)
        one = intake.Answer(senior.pk, channel, day, {}, {ConsentKind.SHARING: bool(days)})
        if not Response.objects.filter(campaign=self.campaign, senior=senior).exists():
            intake.receive_many(self.campaign, [one])

    @rule(dice=st.randoms(use_true_random=False))
    def join(self, dice):
        free = list(Senior.objects.filter(merged_into=None).order_by("pk"))
        if len(free) > 2:
            join(*dice.sample(free, 2))

    @rule()
    def part(self):
        made = Merge.objects.filter(undone_at=None).last()
        if made:
            merge.undo(made, by=self.admin)

    @rule(decision=st.sampled_from(["first", "second"]))
    def compare(self, decision):
        aside = asides.waiting(self.admin, self.campaign).first()
        if aside:
            asides.decide(aside, decision, by=self.admin)

    @invariant()
    def agrees(self):
        rows = Tally.objects.filter(campaign=self.campaign, people__gt=0)
        fields = ("by", "territory", *counting._WHOLE)
        kept = {tuple(key): people for people, *key in rows.values_list("people", *fields)}
        assert kept == +counting.counted(self.campaign)
        total = queries.campaign_rates(self.admin, self.campaign).total
        assert (total.asked, total.answered) == asked_and_answered(self.campaign)


def test_what_is_kept_is_what_a_recount_finds_whatever_comes_in_between():
    few = hypothesis.settings(max_examples=12, stateful_step_count=14, deadline=None)
    run_state_machine_as_test(Kept, settings=few)


def test_she_counts_where_she_lived_and_at_the_age_of_the_opening_day():
    brest, crozon = make_territory("Brest"), make_territory("Crozon")
    senior = make_senior(make_dwelling(make_residence(brest)), born_on=date(1946, 10, 2))
    campaign = make_campaign(brest, crozon)
    senior.dwelling = make_dwelling(make_residence(crozon))
    senior.save()
    answer(campaign, senior)
    rates = queries.campaign_rates(make_user(Role.ADMINISTRATOR), campaign)
    assert [(rate.label, rate.answered) for rate in rates.by_territory] == [("Brest", 1)]
    assert [rate.label for rate in rates.by_age if rate.asked] == ["70 à 79 ans"]
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
    # The names of territories, her own, the count.
    with django_assert_num_queries(3):
        queries.campaign_rates(manager, campaign)
    for senior in seniors[:4]:
        answer(campaign, senior)
    for kept, absorbed in ((0, 8), (1, 9), (10, 2)):
        join(seniors[kept], seniors[absorbed])
    with django_assert_num_queries(3):
        total = queries.campaign_rates(manager, campaign).total
    assert (total.asked, total.answered) == (9, 4)
