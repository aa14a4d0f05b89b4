"""Lists as officers live them: proposed, changed by people, then frozen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import Objection
from tests.make import make_dwelling, make_senior, make_territory, make_user
from tests.visits.makers import FRIDAY, MONDAY, TODAY, make_agency, make_list, names_on
from visits.lists.listing import (
    ListRefusal,
    add_entry,
    discard_list,
    propose_again,
    propose_list,
    publish_list,
    recipe_of,
    seed_for,
    skip_entry,
    unskip_entry,
)
from visits.lists.selection import Recipe
from visits.models import Signal, Visit, VisitList

pytestmark = pytest.mark.django_db


def refusal(gesture, *args, **kwargs) -> str:
    """The code with which a gesture is refused."""
    with pytest.raises(ListRefusal) as refused:
        gesture(*args, **kwargs)
    return refused.value.code


def test_draft_holds_the_highest_scores_each_with_its_reason():
    territory, officer, seniors = make_agency(6)
    made = make_list(territory, officer, capacity=2)
    scores = {s.senior_id: s.total for s in made.score_run.scores.all()}
    assert names_on(made) == sorted(scores, key=scores.get, reverse=True)[:2]
    for entry in made.entries.select_related("senior"):
        assert entry.reason.startswith("Visite proposée car")
        assert entry.total == scores[entry.senior_id]
    assert made.left_out["beyond_capacity"] == len(seniors) - 2
    assert made.next_totals[0] <= made.entries.last().total


def test_people_who_said_no_moved_or_were_seen_are_left_out_and_counted():
    territory, officer, seniors = make_agency(6)
    score_seniors(territory=territory, as_of=TODAY)
    Objection.objects.create(senior=seniors[0], since=date(2026, 1, 1), reason="ne souhaite pas")
    Objection.objects.create(
        senior=seniors[1], since=date(2026, 1, 1), until=date(2026, 11, 29), reason="vacances"
    )
    Visit.objects.create(senior=seniors[2], made_on=date(2026, 6, 1), outcome="done")
    Visit.objects.create(senior=seniors[3], made_on=date(2026, 11, 23), outcome="absent")
    newcomer = make_senior(make_dwelling(seniors[4].dwelling.residence))
    made = propose_list(
        officer=officer,
        territories=[territory],
        ends_on=FRIDAY,
        recipe=Recipe(capacity=10, seed=1, starts_on=MONDAY, random_share=0, silent_share=0),
        by=officer,
    )
    assert set(names_on(made)) == {seniors[n].pk for n in (1, 3, 4, 5)}
    assert newcomer.pk not in names_on(made)
    assert made.left_out["objection"] == made.left_out["visited"] == made.left_out["no_score"] == 1


def test_urgent_signal_comes_first_with_what_was_seen_but_not_on_paper():
    territory, officer, seniors = make_agency(4)
    Signal.objects.create(
        senior=seniors[0], urgency="now", what="Volets fermés en plein jour", seen_on=TODAY
    )
    first = make_list(territory, officer).entries.first()
    assert (first.senior, first.why) == (seniors[0], "urgent")
    assert "Volets fermés en plein jour" in first.reason
    assert first.paper_reason == "Signalement du 24/11/2026"


def test_closed_or_watching_signals_do_not_make_a_visit_urgent():
    territory, officer, seniors = make_agency(2)
    Signal.objects.create(
        senior=seniors[0],
        urgency="now",
        what="x",
        seen_on=TODAY,
        closed_on=TODAY,
        outcome="fine",
    )
    Signal.objects.create(senior=seniors[1], urgency="watch", what="x", seen_on=TODAY)
    made = make_list(territory, officer)
    assert set(made.entries.values_list("why", flat=True)) == {"score"}


def test_drawn_people_carry_their_probability_and_stratum():
    territory, officer, _ = make_agency(8)
    drawn = make_list(territory, officer, capacity=4, random_share=0.5).entries.filter(why="random")
    assert [entry.probability for entry in drawn] == [0.25, 0.25]
    assert all(entry.stratum.startswith("répond, ") for entry in drawn)
    assert all("1 chance sur 4" in entry.reason for entry in drawn)


def test_reading_candidates_takes_the_same_queries_for_few_and_many(
    django_assert_num_queries, django_assert_max_num_queries
):
    small, officer, _ = make_agency(2)
    large, other, _ = make_agency(30)
    score_seniors(as_of=TODAY)
    recipe = Recipe(capacity=20, seed=1, starts_on=MONDAY)
    both = [(small, officer), (large, other)]
    counts = []
    for territory, visitor in both:
        with django_assert_max_num_queries(40) as captured:
            propose_list(
                officer=visitor, territories=[territory], ends_on=FRIDAY, recipe=recipe, by=None
            )
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_nobody_is_on_two_lists_of_one_period():
    territory, officer, _ = make_agency(4)
    colleague = make_user(Role.OFFICER, territory)
    first = make_list(territory, officer, capacity=2)
    second = make_list(territory, colleague, capacity=10)
    assert not set(names_on(first)) & set(names_on(second))
    assert second.left_out["on_other_list"] == 2
    taken = first.entries.first()
    assert refusal(add_entry, second, taken.senior, because="Demande", by=colleague) == (
        "on_other_list"
    )
    skip_entry(taken, because="Hospitalisée", by=officer)
    add_entry(second, taken.senior, because="Rentrée", by=colleague)
    assert refusal(unskip_entry, taken) == "on_other_list"


def test_one_officer_has_one_list_per_period():
    territory, officer, _ = make_agency(4)
    make_list(territory, officer)
    assert refusal(make_list, territory, officer) == "list_exists"


def test_territory_without_score_says_to_compute_first():
    territory, officer, _ = make_agency(1)
    recipe = Recipe(capacity=1, seed=1, starts_on=MONDAY)
    assert (
        refusal(
            propose_list,
            officer=officer,
            territories=[territory],
            ends_on=FRIDAY,
            recipe=recipe,
            by=officer,
        )
        == "no_score"
    )
    assert not VisitList.objects.exists()


def test_list_of_two_territories_uses_the_run_of_the_whole_stock():
    territory, officer, _ = make_agency(2)
    other, _, _ = make_agency(2)
    officer.territories.add(other)
    whole = score_seniors(as_of=TODAY)
    score_seniors(territory=other, as_of=TODAY)
    made = propose_list(
        officer=officer,
        territories=[territory, other],
        ends_on=FRIDAY,
        recipe=Recipe(capacity=4, seed=1, starts_on=MONDAY),
        by=officer,
    )
    assert made.score_run == whole
    assert made.entries.count() == 4


def test_officer_is_not_sent_where_he_does_not_work():
    _, officer, _ = make_agency(2)
    assert refusal(make_list, make_territory(), officer) == "officer_territory"


def test_proposing_again_keeps_decisions_and_fills_the_places_left():
    territory, officer, seniors = make_agency(6)
    made = make_list(territory, officer, capacity=2)
    best = made.entries.first()
    skip_entry(best, because="Hospitalisée", by=officer)
    lowest = next(s for s in seniors if s.pk not in names_on(made) and s != best.senior)
    add_entry(made, lowest, because="Sa fille a appelé", by=officer)
    again = propose_again(made)
    assert best.senior_id not in names_on(again)
    assert again.entries.filter(skipped_at=None).exclude(why="added").count() == 2
    assert again.entries.get(why="added").senior == lowest
    assert again.entries.get(pk=best.pk).skipped_because == "Hospitalisée"
    assert list(again.entries.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_proposing_again_with_nothing_new_gives_the_same_list():
    territory, officer, _ = make_agency(8)
    made = make_list(territory, officer, capacity=4, random_share=0.25, silent_share=0.25)
    before = list(made.entries.values_list("senior_id", "why", "reason", "probability"))
    again = propose_again(made)
    assert list(again.entries.values_list("senior_id", "why", "reason", "probability")) == before


def test_drawn_person_who_is_skipped_stays_drawn_and_skipped():
    territory, officer, _ = make_agency(8)
    made = make_list(territory, officer, capacity=4, random_share=0.25)
    drawn = made.entries.get(why="random")
    skip_entry(drawn, because="En vacances", by=officer)
    again = propose_again(made)
    assert again.entries.get(why="random").pk == drawn.pk
    assert again.entries.get(pk=drawn.pk).skipped_at
    assert len(names_on(again)) == 4


def test_published_list_refuses_every_change_of_the_computation():
    territory, officer, _ = make_agency(6)
    made = publish_list(make_list(territory, officer), by=officer)
    before = list(made.entries.values())
    recipe = recipe_of(made)
    for gesture in (propose_again, discard_list):
        assert refusal(gesture, made) == "published"
    assert refusal(propose_again, made, recipe=recipe) == "published"
    assert refusal(publish_list, made, by=officer) == "published"
    score_seniors(territory=territory, as_of=TODAY + timedelta(days=3))
    assert list(made.entries.values()) == before


def test_urgent_addition_to_a_published_list_is_marked_with_who_and_why():
    territory, officer, seniors = make_agency(6)
    made = publish_list(make_list(territory, officer), by=officer)
    missing = next(s for s in seniors if s.pk not in names_on(made))
    entry = add_entry(made, missing, because="Le gardien s’inquiète", by=officer)
    assert (entry.added_by, entry.reason, entry.position) == (
        officer,
        "Le gardien s’inquiète",
        4,
    )
    assert entry.added_at


def test_person_can_be_skipped_on_a_published_list_and_keeps_her_place_when_put_back():
    territory, officer, _ = make_agency(6)
    made = publish_list(make_list(territory, officer), by=officer)
    entry = made.entries.first()
    skip_entry(entry, because="Chez sa fille", by=officer)
    assert refusal(skip_entry, entry, because="encore", by=officer) == "skipped"
    unskip_entry(entry)
    assert names_on(made)[0] == entry.senior_id
    assert refusal(unskip_entry, entry) == "not_skipped"


def test_publishing_is_refused_when_the_count_shown_is_no_longer_true():
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    skip_entry(made.entries.first(), because="Absente", by=officer)
    assert refusal(publish_list, made, by=officer, expected=3) == "changed"
    assert publish_list(made, by=officer, expected=2).published_by == officer


def test_publishing_is_refused_when_everyone_is_skipped():
    territory, officer, _ = make_agency(1)
    made = make_list(territory, officer)
    skip_entry(made.entries.get(), because="Absente", by=officer)
    assert refusal(publish_list, made, by=officer) == "empty"


def test_publishing_is_refused_when_someone_has_said_no_or_left_since():
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    first, second = [entry.senior for entry in made.entries.all()[:2]]
    Objection.objects.create(senior=first, since=TODAY, reason="au téléphone")
    assert refusal(publish_list, made, by=officer) == "stale"
    Objection.objects.all().delete()
    second.dwelling, second.ended_on, second.end = None, TODAY, "left"
    second.save()
    assert refusal(publish_list, made, by=officer) == "stale"


def test_adding_is_refused_without_reason_to_who_said_no_and_to_who_lives_elsewhere():
    territory, officer, seniors = make_agency(3)
    made = make_list(territory, officer, capacity=1)
    other = next(s for s in seniors if s.pk not in names_on(made))
    assert refusal(add_entry, made, other, because="  ", by=officer) == "reason"
    assert refusal(add_entry, made, make_senior(), because="Demande", by=officer) == "elsewhere"
    listed = made.entries.get().senior
    assert refusal(add_entry, made, listed, because="Demande", by=officer) == "here"
    Objection.objects.create(senior=other, since=TODAY, reason="au téléphone")
    assert refusal(add_entry, made, other, because="Demande", by=officer) == "objection"


def test_neighbour_is_proposed_with_her_reason_and_added_beside_the_capacity():
    territory, officer, _ = make_agency(4)
    made = make_list(territory, officer, capacity=1)
    chosen = made.entries.get()
    proposed = made.neighbours.get()
    assert proposed.senior.dwelling.residence_id == chosen.senior.dwelling.residence_id
    assert "ans" in proposed.reason
    add_entry(made, proposed.senior, because=proposed.reason, by=officer, neighbour=True)
    assert not made.neighbours.exists()
    assert made.entries.last().why == "neighbour"


def test_draft_can_be_thrown_away():
    territory, officer, _ = make_agency(2)
    discard_list(make_list(territory, officer))
    assert not VisitList.objects.exists()


def test_seed_is_given_by_who_and_when():
    _, officer, _ = make_agency(0)
    assert seed_for(officer, MONDAY) == seed_for(officer, MONDAY)
    assert seed_for(officer, MONDAY) != seed_for(officer, MONDAY + timedelta(days=7))


def test_publication_is_dated_and_signed():
    territory, officer, _ = make_agency(2)
    before = timezone.now()
    made = publish_list(make_list(territory, officer), by=officer)
    assert made.published_at >= before
