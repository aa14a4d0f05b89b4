"""Measures: whom they reached, what they changed in the answers, who may change them."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.scales import LSNS_FAMILY, LSNS_FRIENDS
from seniors.fragility.store import current_grid
from seniors.models import Consent, GridVersion, Observation, ScoreRun, Senior, Stay
from surveys.models import Campaign, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action
from visits.acting.delay import Spread
from visits.acting.follow_up import move
from visits.enums import State
from visits.evaluating import effects
from visits.evaluating.effects import NoEffect
from visits.evaluating.means import Mean, mean_of
from visits.evaluating.measures import FOUND, MeasureRefusal, add_sites, decide
from visits.evaluating.outcomes import effect_on, panel_of
from visits.evaluating.reach import Count, reach_of, shown_to_evaluator
from visits.models import (
    ActionStep,
    Invoice,
    Measure,
    MeasureSite,
    Need,
    Visit,
    VisitList,
    VisitListEntry,
    Works,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
QUERIES = 17
LSNS_CODES = (*LSNS_FAMILY, *LSNS_FRIENDS)


def make_measure(*codes: str, by=None, **fields) -> Measure:
    """A measure with these actions."""
    fields = {
        "name": f"Dispositif {uuid.uuid4().hex[:6]}",
        "purpose": "Rompre l’isolement",
    } | fields
    by = by or make_user(Role.ADMINISTRATOR)
    measure = Measure.objects.create(created_by=by, **fields)
    measure.kinds.set([kind_of(code) for code in codes or ("grab_bars",)])
    return measure


def begin(measure: Measure, place, on: date) -> MeasureSite:
    """It begins there."""
    key = "territory" if place.__class__.__name__ == "Territory" else "residence"
    return MeasureSite.objects.create(measure=measure, starts_on=on, **{key: place})


def test_each_step_counts_people_once_and_says_out_of_how_many():
    territory = make_territory()
    home = make_residence(territory)
    measure = make_measure("grab_bars", "shower")
    begin(measure, territory, TODAY - timedelta(days=60))
    people = [make_senior(make_dwelling(home)) for _ in range(6)]
    make_senior(make_dwelling(home), born_on=TODAY - timedelta(days=365 * 50))  # too young
    make_action("grab_bars", State.CONFIRMED, senior=people[0])
    make_action("shower", State.DONE, senior=people[0])
    make_action("grab_bars", State.REQUESTED, senior=people[1])
    make_action("grab_bars", State.DECLINED, senior=people[2])
    make_action("raised_wc", State.DONE, senior=people[3])  # another measure's
    make_action("grab_bars", State.DONE)  # elsewhere
    reach = reach_of(measure, measure.sites.all())
    assert [(one.code, one.people, one.out_of) for one in reach.counts] == [
        ("eligible", 6, 6), ("reached", 3, 6), ("accepted", 2, 3), ("done", 1, 2),
        ("confirmed", 1, 1), ("asked", 0, 1), ("satisfied", 0, 0),
    ]  # fmt: skip
    assert (reach.delay.count, reach.delay.median) == (2, 0)  # actions, not people
    assert (reach.cost_each, reach.lost) == (None, 0)


def test_who_was_reached_and_has_left_since_was_concerned_too():
    action = make_action("grab_bars", State.DONE)
    measure = make_measure()
    begin(measure, action.dwelling.residence, TODAY - timedelta(days=60))
    Senior.objects.update(dwelling=None, ended_on=TODAY, end="died")
    reach = reach_of(measure, measure.sites.all())
    assert [(one.people, one.out_of) for one in reach.counts[:2]] == [(1, 1), (1, 1)]
    assert reach.counts[1].interval[1] == 100
    assert reach.lost == 1


def test_what_was_decided_before_it_began_there_is_not_its_doing():
    action = make_action("grab_bars", State.DONE)
    measure = make_measure()
    begin(measure, action.dwelling.residence, TODAY + timedelta(days=1))
    assert reach_of(measure, measure.sites.all()).counts[1].people == 0
    MeasureSite.objects.update(starts_on=TODAY)
    # Typed today, it was decided on the day that its first step bears.
    assert reach_of(measure, measure.sites.all()).counts[1].people == 0
    MeasureSite.objects.update(starts_on=ago(20))
    assert reach_of(measure, measure.sites.all()).counts[1].people == 1
    measure.ends_on = ago(20)
    assert reach_of(measure, measure.sites.all()).counts[1].people == 1
    measure.ends_on = ago(21)
    assert reach_of(measure, measure.sites.all()).counts[1].people == 0
    measure.ends_on = None
    # A first step taken back never was.
    by = make_user(Role.ADMINISTRATOR)
    move(action, State.CONFIRMED, on=ago(10), by=by)
    action.steps.filter(on=ago(20)).update(taken_back_at=timezone.now(), taken_back_by=by)
    MeasureSite.objects.update(starts_on=ago(15))
    assert reach_of(measure, measure.sites.all()).counts[1].people == 1


def test_its_cost_is_what_was_paid_less_subsidies_for_each_person():
    first = make_action("grab_bars", State.DONE)
    home = first.dwelling.residence
    second = make_action("grab_bars", State.DONE, senior=make_senior(make_dwelling(home)))
    measure = make_measure()
    begin(measure, home, TODAY - timedelta(days=60))
    by = make_user(Role.MANAGER)
    for action, gross, subsidy in ((first, 330, 30), (second, 100, 0)):
        works = Works.objects.create(action=action)
        Invoice.objects.create(
            works=works, supplier="Ar Vro", number="1", billed_on=TODAY, net=90, gross=gross,
            subsidy=subsidy, recorded_by=by,
        )  # fmt: skip
    reach = reach_of(measure, measure.sites.all())
    assert (reach.invoiced, reach.cost.count) == (Decimal(400), 2)
    assert reach.cost_each == Decimal("200.00")
    assert "de 100,00\u00a0€ à 300,00\u00a0€ selon la personne" in reach.cost_words
    Invoice.objects.update(gross=100, subsidy=0)
    alike = reach_of(measure, measure.sites.all()).cost_words
    assert alike.endswith("subventions déduites, pour 2 personnes")


def test_two_records_of_one_person_are_one_person_in_every_figure():
    """Her works were billed on both records before they were joined; she has not left."""
    home = make_residence(make_territory())
    kept = make_senior(make_dwelling(home))
    other, by = make_senior(kept.dwelling), make_user(Role.MANAGER)
    measure = make_measure("grab_bars", "shower")
    begin(measure, home, TODAY - timedelta(days=60))
    for code, senior in (("grab_bars", kept), ("shower", other)):
        works = Works.objects.create(action=make_action(code, State.DONE, senior=senior))
        Invoice.objects.create(
            works=works, supplier="Ar Vro", number="1", billed_on=TODAY, net=90, gross=100,
            recorded_by=by,
        )  # fmt: skip
    assert reach_of(measure, measure.sites.all()).cost.count == 2
    Senior.objects.filter(pk=other.pk).update(
        merged_into=kept, dwelling=None, ended_on=TODAY, end="left"
    )
    reach = reach_of(measure, measure.sites.all())
    assert [one.people for one in reach.counts[:4]] == [1, 1, 1, 1]
    assert (reach.cost.count, reach.cost_each, reach.lost) == (1, Decimal("200.00"), 0)


def test_a_mean_cost_has_student_s_interval_from_ten_people():
    """1 to 10: 5.5 ± 2.2622 × 3.0277 / √10."""
    told = mean_of([float(n) for n in range(1, 11)])
    assert (told.count, told.value, told.is_range) == (10, 5.5, False)
    assert (told.low, told.high) == pytest.approx((3.334, 7.666), abs=0.001)
    assert mean_of([1.0, 4.0]) == Mean(2, 2.5, 1.0, 4.0, is_range=True)
    assert mean_of([]) is None


def test_interval_of_a_share_is_wilson_s():
    """81 of 263: 25.5 % to 36.6 % (Newcombe 1998, table I, method 3)."""
    assert Count("done", "", 81, 263).interval == (26, 37)
    assert Count("done", "", 0, 0).interval is None


def test_an_evaluator_reads_no_step_that_tells_a_few_people_apart():
    counts = [
        ("eligible", 200),
        ("reached", 195),
        ("accepted", 100),
        ("done", 95),
        ("confirmed", 4),
    ]
    above, steps = 200, []
    for code, people in counts:
        steps.append(Count(code, code, people, above))
        above = people
    reach = reach_of(make_measure(), [])
    cost = Mean(5, 180.0, 100.0, 300.0, is_range=True)
    delay = Spread(90, 12.0, 40.0)
    reach = shown_to_evaluator(type(reach)(tuple(steps), 3, delay, Decimal(900), cost), 11)
    shown = {one.code: one.people for one in reach.counts if not one.hidden}
    assert shown.get("eligible") == 200
    assert "reached" not in shown
    assert "confirmed" not in shown
    for people, other in zip(shown.values(), list(shown.values())[1:], strict=False):
        assert people - other == 0 or people - other >= 11
    assert (reach.lost, reach.invoiced, reach.cost_each) == (None, None, None)
    assert reach.delay == delay


def answered(campaign: Campaign, senior, worst: int) -> None:
    """She answered, each item of LSNS-6 at `worst` (0: nobody, 5: nine or more)."""
    seen = Observation.objects.create(
        uid=uuid.uuid4(), senior=senior, source=Source.SURVEY, observed_on=campaign.opened_on,
        values=dict.fromkeys(LSNS_CODES, worst),
    )  # fmt: skip
    Response.objects.create(
        campaign=campaign, senior=senior, observation=seen, channel="paper",
        received_on=campaign.opened_on, content_digest=str(seen.uid),
    )  # fmt: skip


def agree(senior, *, on: date, given: bool = True) -> None:
    """To evaluation, or no more."""
    Consent.objects.create(
        senior=senior, kind=ConsentKind.EVALUATION, given=given, wording="q", decided_on=on,
        source=Source.SURVEY,
    )  # fmt: skip


@pytest.fixture
def tried():
    """Twenty-four residences, half of them joined between two surveys; there, ties came back."""
    territory = make_territory()
    surveys = [
        Campaign.objects.create(
            name=str(year), questionnaire="q", opened_on=date(year, 3, 1),
            closes_on=date(year, 6, 1),
        )
        for year in (2025, 2026)
    ]  # fmt: skip
    for survey in surveys:
        survey.territories.set([territory])
    measure = make_measure(effects=["lsns6"])
    homes = [make_residence(territory) for _ in range(24)]
    people = []
    for n, home in enumerate(homes):
        if n % 2:
            begin(measure, home, date(2025, 9, 1))
        for _ in range(4):
            senior = make_senior(make_dwelling(home))
            people.append(senior)
            agree(senior, on=date(2025, 3, 1))
            answered(surveys[0], senior, 0)
            answered(surveys[1], senior, 5 if n % 2 else n % 4 // 2)
    return measure, people


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


def test_a_manager_changes_what_runs_in_her_territories_only():
    here, there = make_territory(), make_territory()
    manager = make_user(Role.MANAGER, here)
    measure = make_measure()
    assert add_sites(measure, territories=[here], residences=[], starts_on=TODAY, by=manager) == 1
    assert add_sites(measure, territories=[here], residences=[], starts_on=TODAY, by=manager) == 0
    with pytest.raises(MeasureRefusal):
        add_sites(measure, territories=[there], residences=[], starts_on=TODAY, by=manager)
    decide(measure, outcome="keep", words="Utile", on=TODAY, by=manager)
    begin(measure, there, TODAY)
    with pytest.raises(MeasureRefusal):
        decide(measure, outcome="stop", words="Cher", on=TODAY, by=manager)
    assert measure.decisions.count() == 1


def test_a_measure_is_described_placed_and_decided_on_the_site(client):
    here = make_territory()
    manager = make_user(Role.MANAGER, here)
    client.force_login(manager)
    told = {"name": "Barres pour tous", "purpose": "Moins de chutes", "min_age": 70,
            "kinds": [kind_of("grab_bars").pk], "effects": ["lsns6"], "ends_on": ""}  # fmt: skip
    young = client.post(reverse("visits:measure-new"), told | {"min_age": 30})
    assert (young.status_code, "55 ans au moins" in young.content.decode()) == (422, True)
    client.post(reverse("visits:measure-new"), told)
    measure = Measure.objects.get()
    page = reverse("visits:measure-show", args=[measure.uid])
    assert "commencé nulle part" in client.get(page).content.decode()
    places = {"territories": [here.pk], "starts_on": TODAY.isoformat()}
    client.post(reverse("visits:measure-add-sites", args=[measure.uid]), places)
    decision = {"outcome": "change", "words": "Trop lent", "on": TODAY.isoformat()}
    client.post(reverse("visits:measure-decide", args=[measure.uid]), decision)
    shown = client.get(page).content.decode()
    assert "tout le territoire" in shown
    assert "Trop lent" in shown
    # Nobody to compare with, no survey: each indicator says why nothing is computed.
    client.post(reverse("visits:measure-compute-all", args=[measure.uid]))
    shown = client.get(page).content.decode()
    assert "Une seule enquête a été faite" in shown
    assert "visite tirée au sort" in shown
    empty = client.post(reverse("visits:measure-add-sites", args=[measure.uid]),
                        {"starts_on": TODAY.isoformat()})  # fmt: skip
    assert (empty.status_code, "au moins un territoire" in empty.content.decode()) == (422, True)


def test_an_evaluator_reads_no_residence_s_name(client, tried):
    measure, people = tried
    client.force_login(make_user(Role.EVALUATOR))
    pages = [reverse("visits:measure-show", args=[measure.uid]),
             reverse("visits:measure-effect", args=[measure.uid, "lsns6"])]  # fmt: skip
    for page in pages:
        shown = client.get(page).content.decode()
        assert people[4].dwelling.residence.name not in shown
        assert people[0].last_name not in shown


def test_decision_sheet_is_one_page_with_the_figures_of_the_screen(client, tried):
    measure, _ = tried
    client.force_login(make_user(Role.ADMINISTRATOR))
    screen = client.get(reverse("visits:measure-effect", args=[measure.uid, "lsns6"]))
    sentence = screen.context["found"].sentence
    answer = client.get(reverse("visits:measure-sheet", args=[measure.uid]))
    pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    text = " ".join(pages[0].extract_text().replace("\u00a0", " ").split())
    assert len(pages) == 1
    assert sentence.replace("\u00a0", " ")[:60] in text
    assert "Cible : 60 ans et plus" in text


def test_a_measure_s_page_takes_the_same_number_of_queries_whatever_it_holds(
    client, tried, django_assert_num_queries
):
    measure, _ = tried
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = reverse("visits:measure-show", args=[measure.uid])
    with django_assert_num_queries(QUERIES):
        client.get(page)
    MeasureSite.objects.filter(pk__in=measure.sites.values("pk")[:8]).delete()
    with django_assert_num_queries(QUERIES):
        client.get(page)
