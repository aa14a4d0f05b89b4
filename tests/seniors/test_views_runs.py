"""The pages of score computations."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors import pulse, tasks
from seniors.enums import Role
from seniors.fragility import store
from seniors.models import FragilityScore, GridVersion, ScoreRun
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tasks_at_once(settings):
    """Tasks run where they are asked for."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


def browser(role, *territories):
    """A browser where someone of that role is logged in."""
    client = Client()
    client.force_login(make_user(role, *territories))
    return client


def settle(territory, count=1):
    """Some seniors in the territory."""
    residence = make_residence(territory)
    return [make_senior(make_dwelling(residence), born_on=date(1930, 1, 1)) for _ in range(count)]


def page(client, run):
    return client.get(reverse("seniors:run-show", args=[run.uid]))


def start(client, **data):
    return client.post(reverse("seniors:run-start"), data)


# --- who ---------------------------------------------------------------------------------


def test_a_visitor_is_sent_to_the_log_in(client):
    assert client.get(reverse("seniors:run-list")).status_code == 302


def test_officers_and_evaluators_read_and_start_nothing():
    territory = make_territory()
    settle(territory)
    run = store.score_seniors()
    for role in (Role.OFFICER, Role.EVALUATOR):
        client = browser(role, territory)
        assert client.get(reverse("seniors:run-list")).status_code == 200
        assert page(client, run).status_code == 200
        assert start(client, territory=territory.pk).status_code == 403
        assert client.post(reverse("seniors:run-check", args=[run.uid])).status_code == 403
    assert ScoreRun.objects.count() == 1


def test_starting_needs_the_token_of_the_page():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert start(client).status_code == 403


def test_the_run_of_a_territory_is_hidden_from_the_others():
    mine, theirs = make_territory(), make_territory()
    run = store.score_seniors(territory=theirs)
    assert page(browser(Role.MANAGER, theirs), run).status_code == 200
    assert page(browser(Role.MANAGER, mine), run).status_code == 404
    assert page(browser(Role.EVALUATOR), run).status_code == 404
    listed = browser(Role.MANAGER, mine).get(reverse("seniors:run-list"))
    assert list(listed.context["runs"].object_list) == []


# --- starting ----------------------------------------------------------------------------


def test_an_administrator_scores_the_whole_stock():
    settle(make_territory(), 2)
    client = browser(Role.ADMINISTRATOR)
    assert start(client).status_code == 302
    run = ScoreRun.objects.get()
    assert (run.people, run.territory, run.error) == (2, None, "")
    assert run.started_by.role == Role.ADMINISTRATOR
    assert tasks.scorings() == []


def test_a_manager_scores_her_territory_and_no_other():
    mine, theirs = make_territory(), make_territory()
    settle(mine)
    client = browser(Role.MANAGER, mine)
    refused = start(client, territory=theirs.pk)
    assert refused.status_code == 422
    assert "Ce territoire n’est pas dans les vôtres" in refused.content.decode()
    assert start(client).status_code == 422
    assert start(client, territory=mine.pk).status_code == 302
    assert ScoreRun.objects.get().territory == mine


def test_a_wrong_grid_is_said_line_by_line_and_nothing_starts(settings, tmp_path):
    settings.GRID_FILE = tmp_path / "grid.toml"
    settings.GRID_FILE.write_text('version = "1"\nbands = oups\n')
    answer = start(browser(Role.ADMINISTRATOR))
    assert answer.status_code == 422
    assert "Ligne 2\u00a0: ce n’est pas du TOML valide" in answer.content.decode()
    assert not ScoreRun.objects.exists()


def test_the_list_asks_again_while_a_computation_runs():
    client, address = browser(Role.ADMINISTRATOR), reverse("seniors:run-list")
    assert "every 2s" not in client.get(address).content.decode()
    pulse.wait("score-1")
    assert "attend son tour" in client.get(address).content.decode()
    pulse._write("score-1", pulse.WORKING, 4200)
    piece = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert piece.startswith('<div id="run-list" hx-get')
    assert "4\u00a0200 personnes" in piece
    pulse._write("score-1", pulse.FAILED, 4200)
    text = client.get(address).content.decode()
    assert "s’est arrêté avant la fin" in text
    assert "every 2s" not in text
    start(client)
    assert tasks.scorings() == []


# --- one run -----------------------------------------------------------------------------


def test_a_run_shows_its_bands_its_grid_and_each_source():
    settle(make_territory(), 3)
    run = store.score_seniors()
    answer = page(browser(Role.ADMINISTRATOR), run)
    text = answer.content.decode()
    grid = store.grid_of(run)
    for band in grid.bands:
        assert band.label in text
    sources = {each.source for each in grid.indicators}
    assert all(source.replace("'", "&#x27;") in text for source in sources)
    assert sum(band.people for band in answer.context["figures"].bands) == 3
    assert "{value}" not in text
    assert "{e}" not in text


def test_a_manager_sees_the_figures_of_her_people_only():
    mine, theirs = make_territory(), make_territory()
    settle(mine, 2)
    settle(theirs, 5)
    run = store.score_seniors()
    assert page(browser(Role.MANAGER, mine), run).context["figures"].people == 2
    assert page(browser(Role.ADMINISTRATOR), run).context["figures"].people == 7


def test_an_evaluator_sees_no_small_group(settings):
    settings.SMALL_CELL = 11
    settle(make_territory(), 12)
    run = store.score_seniors()
    fields = {"least": 10, "most": 90, "total": 50, "known_share": 0.5}
    FragilityScore.objects.update(band="first", **fields)
    some = list(run.scores.values_list("pk", flat=True)[:3])
    FragilityScore.objects.filter(pk__in=some).update(band="soon")
    text = page(browser(Role.EVALUATOR), run).content.decode()
    assert text.count("masqué") >= 2
    assert "moins de 11 personnes" in text
    assert "Le Goff" not in text
    assert "masqué" not in page(browser(Role.ADMINISTRATOR), run).content.decode()


def test_an_evaluator_cannot_tell_a_newcomer_by_comparing_two_computations():
    """Every count of the two is large, their difference is one person."""
    territory = make_territory()
    people = settle(territory, 12)
    before = store.score_seniors()
    settle(territory)
    after = store.score_seniors()
    evaluator = browser(Role.EVALUATOR)

    def listed():
        rows = evaluator.get(reverse("seniors:run-list")).context["runs"].object_list
        return [(run.pk, run.shown_people) for run in rows]

    assert listed() == [(after.pk, 13)]
    assert page(evaluator, before).status_code == 404
    # The one that was read is held: until as many people came as a group must have.
    figures = page(evaluator, after).context["figures"]
    FragilityScore.objects.filter(senior=people[0]).delete()
    settle(territory)
    closer = store.score_seniors()
    assert listed() == [(after.pk, 13)]
    assert page(evaluator, after).context["figures"] == figures
    assert page(evaluator, closer).status_code == 404
    settle(territory, 10)
    last = store.score_seniors()
    assert listed() == [(last.pk, 24)]
    assert page(evaluator, after).status_code == 404
    assert page(browser(Role.MANAGER, territory), before).status_code == 200


def test_an_evaluator_does_not_see_how_few_were_scored(settings):
    settings.SMALL_CELL = 11
    settle(make_territory(), 4)
    store.score_seniors()
    rows = browser(Role.EVALUATOR).get(reverse("seniors:run-list")).context["runs"].object_list
    assert [run.shown_people for run in rows] == [None]


def test_a_computation_is_checked_by_computing_it_again():
    settle(make_territory(), 3)
    run = store.score_seniors()
    client, address = browser(Role.ADMINISTRATOR), reverse("seniors:run-check", args=[run.uid])
    piece = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert piece.startswith('<div id="run-check">')
    assert "les 3 scores sont exactement ceux qui sont gardés" in piece
    FragilityScore.objects.filter(pk=run.scores.first().pk).update(known_share=0.123)
    whole = client.post(address).content.decode()
    assert "1 score sur 3 diffère" in whole
    assert "<html" in whole


def test_a_run_that_failed_says_so():
    grid = GridVersion.objects.create(digest="d", version="1", text=store.current_grid().text)
    run = ScoreRun.objects.create(
        grid=grid, as_of=date(2026, 11, 24), code_version="1", error="Le disque est plein."
    )
    text = page(browser(Role.ADMINISTRATOR), run).content.decode()
    assert "Le disque est plein." in text
    assert "Vérifier le calcul" not in text


# --- how many queries --------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(rows, django_assert_num_queries):
    grid = GridVersion.objects.create(digest="d", version="1", text="")
    now = timezone.now()
    for _ in range(rows):
        ScoreRun.objects.create(
            grid=grid,
            territory=make_territory(),
            as_of=date(2026, 11, 24),
            code_version="1",
            people=1,
            started_by=make_user(Role.MANAGER),
            finished_at=now + timedelta(seconds=75),
        )
    client = browser(Role.ADMINISTRATOR)
    with django_assert_num_queries(5):
        answer = client.get(reverse("seniors:run-list"))
    assert len(answer.context["runs"].object_list) == rows
    assert "1 min 1" in answer.content.decode()


@pytest.mark.parametrize("people", [1, 30])
def test_a_run_costs_the_same_whatever_its_people(people, django_assert_num_queries):
    settle(make_territory(), people)
    run = store.score_seniors()
    client = browser(Role.ADMINISTRATOR)
    with django_assert_num_queries(4):
        page(client, run)
