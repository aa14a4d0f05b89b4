"""What a measure changed, read from the answers of its surveys and from visits drawn at random."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.fragility.store import current_grid
from seniors.models import GridVersion, ScoreRun, Stay
from surveys.models import Campaign, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.measuring import agree, answered, begin, make_measure, tried
from visits.enums import State
from visits.evaluating import effects
from visits.evaluating.effects import NoEffect
from visits.evaluating.measures import FOUND
from visits.evaluating.outcomes import effect_on, panel_of
from visits.models import (
    ActionStep,
    MeasureSite,
    Need,
    Visit,
    VisitList,
    VisitListEntry,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
__all__ = ["tried"]


def test_effect_is_read_from_the_answers_of_two_surveys(tried):
    measure, _ = tried
    effect = effect_on(measure, "lsns6")
    assert effect.method == "stepped"
    assert effect.points < -50
    assert effect.high < 0
    assert (effect.reached.people, effect.others.people) == (48, 48)
    assert (effect.reached.places, effect.others.places) == (12, 12)


def test_the_page_tells_what_each_side_became_as_the_effect_does(client, tried):
    measure, people = tried
    Response.objects.filter(campaign__name="2026", senior__in=people[4:6]).delete()
    client.force_login(make_user(Role.ADMINISTRATOR))
    client.post(reverse("visits:measure-compute-all", args=[measure.uid]))
    shown = client.get(reverse("visits:measure-show", args=[measure.uid]))
    [line] = [one for one in shown.context["indicators"] if one["code"] == "lsns6"]
    effect = effect_on(measure, "lsns6")
    assert (line["found"], line["sides"]) == (effect, (effect.reached, effect.others))
    assert (effect.reached.people, effect.reached.lost) == (46, 2)
    change = effect.reached.change
    assert change.points == pytest.approx(change.after - change.before)
    text = shown.content.decode()
    assert "46 personnes, 2 perdues de vue" in text
    assert change.words in text
    assert effect.pre_trend in text


def test_answers_count_only_while_the_consent_to_evaluation_stands(tried):
    measure, people = tried
    agree(people[0], on=date(2026, 4, 1), given=False)
    campaigns = list(Campaign.objects.order_by("opened_on"))
    panel = panel_of(measure, "lsns6", current_grid(), campaigns)
    assert people[0].pk not in set(panel["person"])
    assert panel["person"].nunique() == len(people) - 1


def test_what_is_told_once_it_had_begun_is_not_before(tried):
    """The first survey is open until June; it began in September, a reply came in October."""
    measure, people = tried
    late = Response.objects.filter(campaign__name="2025")
    late.filter(senior__in=[people[4].pk, people[0].pk]).update(received_on=date(2025, 10, 1))
    late.filter(senior=people[5]).update(received_on=date(2025, 9, 1))
    effect = effect_on(measure, "lsns6")
    # Of a residence where it has not begun, a reply is before whenever it came.
    assert (effect.reached.people, effect.reached.left_out) == (46, 2)
    assert (effect.others.people, effect.others.left_out) == (48, 0)
    assert (effect.reached.lost, effect.others.lost) == (0, 0)
    assert (
        "2 personnes ont répondu à l’enquête d’avant après le début du dispositif\u00a0: elles ne "
        "sont pas comptées." in effect.sentence
    )
    assert effect.reached.words == "46 personnes, aucune perdue de vue, 2 réponses trop tardives"
    shown = effects.shown_to_evaluator(effect, 11)
    assert shown.reached.left_out is None
    assert "Quelques personnes ont répondu" in shown.sentence
    none_late = replace(effect, reached=replace(effect.reached, left_out=0))
    assert not effects.may_follow(none_late, effect, 11)


def test_a_survey_of_another_agency_hides_neither_before_nor_after(tried):
    """It asks twice between both surveys of the people compared."""
    measure, people = tried
    effect = effect_on(measure, "lsns6")
    elsewhere = make_territory()
    for opened in (date(2025, 7, 1), date(2025, 12, 1)):
        survey = Campaign.objects.create(
            name=f"Ailleurs {opened}", questionnaire="q", opened_on=opened, closes_on=opened
        )
        survey.territories.set([elsewhere])
        senior = make_senior(make_dwelling(make_residence(elsewhere)))
        agree(senior, on=opened)
        answered(survey, senior, 3)
    assert effect_on(measure, "lsns6") == effect
    # Whose home was asked by neither is neither compared nor lost.
    asked_once = [one.dwelling.residence for one in people[:8:4]]
    for home in asked_once:
        home.territory = elsewhere
        home.save()
    now = effect_on(measure, "lsns6")
    assert (now.reached.people, now.others.people) == (44, 44)
    assert (now.reached.lost, now.others.lost) == (0, 0)


def test_where_it_began_everywhere_people_are_compared_with_others_alike(tried):
    """Half of the people of each residence had one of its actions."""
    measure, people = tried
    MeasureSite.objects.all().delete()
    for home in {senior.dwelling.residence for senior in people}:
        begin(measure, home, date(2025, 9, 1))
    by = make_user(Role.ADMINISTRATOR)
    for senior in people[::2]:
        make_action("grab_bars", State.PROPOSED, senior=senior, by=by)
    # What is decided once the second survey is open cannot have changed its answers.
    with pytest.raises(NoEffect) as caught:
        effect_on(measure, "lsns6")
    assert caught.value.code == "nobody_alike"
    assert [side.people for side in caught.value.sides] == [0, 96]
    second = date(2026, 3, 1)
    ActionStep.objects.update(on=second)
    with pytest.raises(NoEffect):
        effect_on(measure, "lsns6")
    ActionStep.objects.update(on=second - timedelta(days=2))
    # Nor can a survey of another agency in between be the one before.
    other = Campaign.objects.create(
        name="Ailleurs", questionnaire="q", opened_on=date(2025, 8, 1), closes_on=date(2026, 2, 1)
    )
    other.territories.set([make_territory()])
    effect = effect_on(measure, "lsns6")
    assert effect.method == "alike"
    assert "leur ressemblent" in effect.sentence
    assert "Une seule enquête précède le début" in effect.sentence


def test_each_place_has_the_surveys_around_its_own_start(tried):
    """Half of the residences are another agency's, asked and begun two years before."""
    measure, people = tried
    elsewhere, by = make_territory(), make_user(Role.ADMINISTRATOR)
    MeasureSite.objects.all().delete()
    theirs = people[48:]
    for year in (2023, 2024):
        survey = Campaign.objects.create(
            name=str(year), questionnaire="q", opened_on=date(year, 3, 1),
            closes_on=date(year, 6, 1),
        )  # fmt: skip
        survey.territories.set([elsewhere])
        told = Response.objects.filter(campaign__name=str(year + 2), senior__in=theirs)
        told.update(campaign=survey, received_on=survey.opened_on)
    for year, group in ((2025, people[:48]), (2023, theirs)):
        for home in {senior.dwelling.residence for senior in group}:
            if group is theirs:
                home.territory = elsewhere
                home.save()
            begin(measure, home, date(year, 9, 1))
        for senior in group[::2]:
            action = make_action("grab_bars", State.PROPOSED, senior=senior, by=by)
            action.steps.update(on=date(year, 10, 1))
    effect = effect_on(measure, "lsns6")
    assert (effect.method, effect.reached.people, effect.others.people) == ("alike", 48, 48)


def test_needs_found_in_drawn_visits_are_weighed_by_their_probability():
    """Where it had begun, one visit in four finds bars missing; elsewhere, three in four."""
    territory, by = make_territory(), make_user(Role.ADMINISTRATOR)
    measure = make_measure("grab_bars")
    visited = make_list_of_drawn(territory, by)
    for n, (home, seniors) in enumerate(visited):
        if n % 2:
            begin(measure, home, TODAY - timedelta(days=300))
        for place, senior in enumerate(seniors):
            if place % 4 == 0 or (n % 2 == 0 and place % 4 != 3):
                Need.objects.create(
                    senior=senior, code="bars", family="adaptation", found_on=TODAY, found_by=by
                )
    effect = effect_on(measure, FOUND)
    assert effect.method == "drawn"
    assert effect.points == pytest.approx(-50, abs=0.1)
    assert (effect.reached.people, effect.others.people) == (48, 48)
    assert "avaient un besoin" in effect.sentence
    # What became of them since takes nobody out, nor to the other side.
    (reached, [dead, *_]), (_, [moved, *_]) = visited[1], visited[0]
    after = TODAY + timedelta(days=1)
    for senior, end in ((dead, Stay.End.DIED), (moved, Stay.End.MOVED)):
        Stay.objects.create(senior=senior, dwelling=senior.dwelling, until=after, end=end)
    dead.dwelling, dead.ended_on, dead.end = None, after, "died"
    moved.dwelling = make_dwelling(reached)
    dead.save()
    moved.save()
    assert effect_on(measure, FOUND) == effect
    # A visit that was drawn and not made is shown as lost once the list is over.
    Visit.objects.filter(senior=visited[2][1][0]).delete()
    assert effect_on(measure, FOUND).others.lost == 0
    yesterday = timezone.localdate() - timedelta(days=1)
    VisitList.objects.update(
        starts_on=yesterday, ends_on=yesterday, published_at=timezone.now(), published_by=by
    )
    effect = effect_on(measure, FOUND)
    assert (effect.others.people, effect.others.lost, effect.reached.lost) == (47, 1, 0)
    assert "1 visite tirée au sort sur 96 n’a pas eu lieu et n’est pas comptée" in effect.sentence
    # Who agrees to evaluation no more is counted nowhere, whether visited or not.
    for senior in (visited[2][1][0], visited[3][1][0]):
        agree(senior, on=TODAY, given=False)
    effect = effect_on(measure, FOUND)
    assert (effect.reached.people, effect.others.people, effect.others.lost) == (47, 47, 0)


def make_list_of_drawn(territory, by):
    """Twenty-four residences with four people drawn and visited today in each."""
    grid = GridVersion.objects.create(version="t", digest="t", text="t")
    run = ScoreRun.objects.create(grid=grid, as_of=TODAY, code_version="t")
    made = VisitList.objects.create(
        officer=by, score_run=run, starts_on=TODAY, ends_on=TODAY, capacity=96, seed=1,
        random_share=1, silent_share=0, revisit_months=6, created_by=by,
    )  # fmt: skip
    homes = []
    for _ in range(24):
        home = make_residence(territory)
        seniors = [make_senior(make_dwelling(home)) for _ in range(4)]
        homes.append((home, seniors))
        for senior in seniors:
            entry = VisitListEntry.objects.create(
                visit_list=made, senior=senior, position=1, why="random", reason="t",
                probability=0.1, stratum="t",
            )  # fmt: skip
            Visit.objects.create(senior=senior, entry=entry, made_on=TODAY, outcome="done")
            agree(senior, on=TODAY)
    return homes


def test_an_effect_before_a_second_survey_is_refused(tried):
    measure, _ = tried
    Response.objects.filter(campaign__name="2026").delete()
    Campaign.objects.filter(name="2026").delete()
    with pytest.raises(NoEffect) as caught:
        effect_on(measure, "lsns6")
    assert caught.value.code == "one_campaign"
    Response.objects.all().delete()
    Campaign.objects.all().delete()
    with pytest.raises(NoEffect):
        effect_on(measure, "lsns6")
