"""One person on two records: what stands on either counts for the one kept, everywhere."""

from datetime import date
from uuid import uuid4

import pandas as pd
import pytest

from seniors import merge, observe
from seniors.enums import ConsentKind, Role, Source
from seniors.fragility import store
from seniors.fragility.store import score_seniors
from seniors.models import Consent, Objection, Senior
from seniors.queries import answered_since
from surveys.campaigns import dispatch, queries
from surveys.models import Invitation, Response
from surveys.receiving import intake, matching
from surveys.sending.printing import invited
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign
from tests.visits.makers import FRIDAY, MONDAY, TODAY
from visits.lists.listing import (
    ListRefusal,
    add_entry,
    propose_again,
    propose_list,
    publish_list,
    skip_entry,
)
from visits.lists.printing import trip_of
from visits.lists.queries import addable, entries_of
from visits.lists.selection import Recipe
from visits.models import Signal, Visit

pytestmark = pytest.mark.django_db
SAME = {"last_name": "Kerbrat", "first_name": "Yvonne", "born_on": date(1938, 2, 3)}


class Pair:
    """One person on two records of two homes, and someone else who lives near."""

    def __init__(self):
        self.territory = make_territory()
        residence = make_residence(self.territory)
        self.kept = make_senior(make_dwelling(residence), **SAME)
        self.absorbed = make_senior(make_dwelling(residence), **SAME)
        self.other = make_senior(make_dwelling(residence), last_name="Abgrall")
        self.officer = make_user(Role.OFFICER, self.territory)

    def merge(self):
        return merge.merge(self.kept, self.absorbed, {"home": "kept"}, by=make_user())

    def propose(self, *, capacity=10, officer=None):
        recipe = Recipe(capacity, 1, MONDAY, random_share=0.0, silent_share=0.0)
        return propose_list(
            officer=officer or self.officer,
            territories=[self.territory],
            ends_on=FRIDAY,
            recipe=recipe,
            by=self.officer,
        )


@pytest.fixture
def pair():
    return Pair()


def on(visit_list) -> list[int]:
    return list(visit_list.entries.filter(skipped_at=None).values_list("senior_id", flat=True))


def agree(senior, *kinds, given=True, day=date(2026, 1, 2)):
    for kind in kinds:
        Consent.objects.create(
            senior=senior, kind=kind, given=given, decided_on=day, wording="v1", source="survey"
        )


def tell(senior, values, source=Source.VISIT):
    return observe.record(
        senior, uid=uuid4(), source=source, observed_on=date(2026, 10, 1), values=values
    )


def test_her_objection_and_her_last_visit_keep_her_off_the_lists(pair):
    Objection.objects.create(senior=pair.absorbed, since=date(2026, 1, 1), reason="non merci")
    pair.merge()
    score_seniors(as_of=TODAY)
    first = pair.propose()
    assert on(first) == [pair.other.pk]
    with pytest.raises(ListRefusal, match="ne souhaite pas"):
        add_entry(first, pair.kept, because="Demande", by=pair.officer)
    Objection.objects.all().delete()
    Visit.objects.create(senior=pair.absorbed, made_on=date(2026, 10, 1), outcome="done")
    again = propose_again(first)
    assert on(again) == [pair.other.pk]
    assert again.left_out["visited"] == 1


def test_a_list_is_not_published_when_she_said_no_on_her_other_record(pair):
    pair.merge()
    score_seniors(as_of=TODAY)
    made = pair.propose()
    Objection.objects.create(senior=pair.absorbed, since=date(2026, 1, 1), reason="non merci")
    with pytest.raises(ListRefusal, match="plus être visitée"):
        publish_list(made, by=pair.officer)


def test_her_urgent_signal_comes_first_with_its_words(pair):
    Signal.objects.create(
        senior=pair.absorbed, urgency="now", what="Volets fermés en plein jour", seen_on=TODAY
    )
    pair.merge()
    score_seniors(as_of=TODAY)
    first = pair.propose().entries.first()
    assert (first.senior, first.why) == (pair.kept, "urgent")
    assert "Volets fermés en plein jour" in first.reason


def test_she_is_on_one_list_of_the_period_only(pair):
    score_seniors(as_of=TODAY)
    mine = pair.propose()
    for entry in mine.entries.exclude(senior=pair.absorbed):
        skip_entry(entry, because="Une autre fois", by=pair.officer)
    publish_list(mine, by=pair.officer)
    pair.merge()
    colleague = make_user(Role.OFFICER, pair.territory)
    theirs = pair.propose(officer=colleague)
    assert on(theirs) == [pair.other.pk]
    with pytest.raises(ListRefusal, match="déjà sur la liste"):
        add_entry(theirs, pair.kept, because="Demande", by=colleague)
    with pytest.raises(ListRefusal, match="déjà sur cette liste"):
        add_entry(mine, pair.kept, because="Demande", by=pair.officer)
    found = {one.pk: one.listed for one in addable(mine, "Kerbrat")}
    assert found == {pair.kept.pk: True}


def test_a_draft_that_holds_both_records_is_proposed_again_with_one(pair):
    score_seniors(as_of=TODAY)
    made = pair.propose()
    for senior in (pair.kept, pair.absorbed):
        skip_entry(made.entries.get(senior=senior), because="Hospitalisée", by=pair.officer)
    pair.merge()
    again = propose_again(made)
    assert on(again) == [pair.other.pk]
    assert list(again.entries.exclude(skipped_at=None).values_list("senior_id", flat=True)) == [
        pair.kept.pk
    ]


def test_a_draft_made_before_the_merge_is_not_published_as_it_is(pair):
    score_seniors(as_of=TODAY)
    made = pair.propose()
    pair.merge()
    with pytest.raises(ListRefusal, match="Proposez de nouveau"):
        publish_list(made, by=pair.officer)
    assert sorted(on(propose_again(made))) == sorted([pair.kept.pk, pair.other.pk])
    assert publish_list(made, by=pair.officer).published_at


def test_the_page_and_the_paper_know_her_other_visit_and_what_she_told(pair):
    tell(pair.absorbed, {"bathing": 3})
    Visit.objects.create(senior=pair.absorbed, made_on=date(2025, 3, 1), outcome="done")
    pair.merge()
    score_seniors(as_of=TODAY)
    made = pair.propose()
    assert entries_of(made).get(senior=pair.kept).last_visit_on == date(2025, 3, 1)
    printed = next(one for one in trip_of(made).people if one.reference == pair.kept.reference)
    assert printed.last_visit == "Dernière visite le 01/03/2025"
    assert "baignoire" in [known.value for known in printed.known]


def test_what_she_told_and_agreed_to_on_either_record_counts_in_the_score(pair):
    agree(pair.absorbed, ConsentKind.HEALTH)
    tell(pair.absorbed, {"falls": 2})
    pair.merge()
    run = score_seniors(as_of=TODAY)
    assert store.values_of(run.scores.get(senior=pair.kept))["falls"] == 2
    tell(pair.kept, {"unsteady": 1})
    assert store.values_of(score_seniors(as_of=TODAY).scores.get(senior=pair.kept))["falls"] == 2
    agree(pair.kept, ConsentKind.HEALTH, given=False, day=date(2026, 11, 1))
    again = store.values_of(score_seniors(as_of=TODAY).scores.get(senior=pair.kept))
    assert (again["falls"], again["unsteady"]) == (None, None)


def test_she_is_asked_once_and_not_again_after_she_objected(pair):
    campaign = make_campaign(pair.territory)
    Invitation.objects.filter(senior=pair.kept).delete()
    pair.merge()
    assert dispatch.invite(campaign, on=TODAY) == 0
    assert pair.kept in invited(campaign, only_silent=False)
    Objection.objects.create(senior=pair.absorbed, since=date(2026, 1, 1), reason="non merci")
    assert pair.kept not in invited(campaign, only_silent=False)
    asked = dispatch.whom_to_ask([pair.territory], least_age=60, on=TODAY)
    assert list(asked) == [pair.other]


def test_her_reply_counts_once_whichever_record_holds_it(pair):
    campaign = make_campaign(pair.territory)
    answer = {
        "campaign": campaign,
        "channel": Response.Channel.PAPER,
        "received_on": date(2026, 11, 2),
        "values": {"cold_home": 1},
        "consents": {ConsentKind.VISIT: True},
    }
    intake.record_response(pair.absorbed, **answer)
    pair.merge()
    manager = make_user(Role.MANAGER, pair.territory)
    rates = queries.campaign_rates(manager, campaign).total
    assert (rates.asked, rates.answered) == (2, 1)
    assert list(queries.silent_seniors(manager, campaign)) == [pair.other]
    assert list(invited(campaign, only_silent=True)) == [pair.other]
    answered = Senior.objects.unmerged().filter(answered_since(date(2026, 1, 1)))
    assert list(answered) == [pair.kept]
    found, _ = matching.find_seniors(pd.Series([pair.absorbed.reference]))
    assert list(found) == [pair.kept.pk]
    same = intake.Answer(pair.kept.pk, **{k: v for k, v in answer.items() if k != "campaign"})
    assert intake.record_many(campaign, [same]) == 0
    with pytest.raises(intake.Conflict):
        intake.record_response(pair.kept, **answer | {"values": {"cold_home": 0}})
    assert Response.objects.count() == 1


def test_undo_gives_each_record_back_what_stands_on_it(pair):
    Objection.objects.create(senior=pair.absorbed, since=date(2026, 1, 1), reason="non merci")
    before = list(Senior.objects.order_by("pk").values())
    merge.undo(pair.merge(), by=make_user())
    assert list(Senior.objects.order_by("pk").values()) == before
    score_seniors(as_of=TODAY)
    assert sorted(on(pair.propose())) == sorted([pair.kept.pk, pair.other.pk])
