"""Measures: whom they reached, at what cost, who may change them, their pages."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import Senior
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action
from tests.visits.measuring import begin, make_measure, tried
from visits.acting.delay import Spread
from visits.acting.follow_up import move
from visits.enums import State
from visits.evaluating.means import Mean, mean_of
from visits.evaluating.measures import MeasureRefusal, add_sites, decide
from visits.evaluating.reach import Count, reach_of, shown_to_evaluator
from visits.models import (
    Invoice,
    Measure,
    MeasureSite,
    Works,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
__all__ = ["tried"]
QUERIES = 17


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
