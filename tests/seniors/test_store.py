"""Scores from database to database: who, from what, kept how, found again how."""

import uuid
from datetime import date
from io import StringIO

import pandas as pd
import pytest
from django.core.checks import registry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seniors import checks
from seniors.enums import ConsentKind, Source
from seniors.fragility import grid as grids
from seniors.fragility import reasons, store
from seniors.models import Consent, FragilityScore, GridVersion, ScoreRun, Senior
from seniors.observe import record
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 24)


def tell(senior, values, on=date(2026, 10, 1), source=Source.SURVEY):
    return record(senior, uid=uuid.uuid4(), source=source, observed_on=on, values=values)


def agree(senior):
    Consent.objects.create(
        senior=senior,
        kind=ConsentKind.HEALTH,
        given=True,
        decided_on=date(2026, 1, 1),
        wording="2026",
        source=Source.SURVEY,
    )


def score_of(senior, run):
    return FragilityScore.objects.get(senior=senior, run=run)


def known(senior, run):
    values = store.values_of(score_of(senior, run))
    return {code: value for code, value in values.items() if value is not None}


def run_now(**fields):
    return store.score_seniors(as_of=AS_OF, **fields)


def test_record_and_answers_become_the_inputs_of_the_score():
    home = make_dwelling(floor=4, has_lift=False, household_size=1)
    senior = make_senior(home, born_on=date(1939, 11, 24), has_arrears=True)
    agree(senior)
    tell(senior, {"falls": 2, "lonely": 4})

    run = run_now()

    assert known(senior, run) == {
        "age": 87,
        "alone": 1,
        "floor_no_lift": 4,
        "arrears": 1,
        "falls": 2,
        "lonely": 4,
        "months_silent": 1,
    }
    assert (run.people, run.error, run.code_version) == (1, "", "1")
    assert run.finished_at is not None


def test_reason_of_a_stored_score_names_its_facts():
    home = make_dwelling(floor=4, has_lift=False, household_size=1)
    senior = make_senior(home, born_on=date(1939, 11, 24))
    tell(senior, {"lonely": 4})
    run = run_now()

    said = reasons.sentence(store.values_of(score_of(senior, run)), store.grid_of(run), sex="F")

    assert said == (
        "Visite proposée car\u00a0: 4e étage sans ascenseur, 87 ans, "
        "se sent souvent ou toujours seule, vit seule."
    )


def test_latest_answer_wins_and_what_it_leaves_out_stays():
    senior = make_senior()
    tell(senior, {"lonely": 1, "cold_home": 1}, on=date(2026, 9, 1))
    tell(senior, {"lonely": 3}, on=date(2026, 10, 1), source=Source.VISIT)
    tell(senior, {"lonely": 0}, on=date(2026, 8, 1))

    values = known(senior, run_now())

    assert (values["lonely"], values["cold_home"]) == (3, 1)


def test_answers_too_old_or_not_yet_given_do_not_count():
    senior = make_senior()
    tell(senior, {"lonely": 4}, on=date(2024, 11, 23))
    tell(senior, {"cold_home": 1}, on=date(2024, 11, 24))
    tell(senior, {"money_trouble": 1}, on=date(2026, 11, 25))

    values = known(senior, run_now())

    assert {"lonely", "money_trouble"} & values.keys() == set()
    assert values["cold_home"] == 1


def test_only_housed_unmerged_people_are_scored():
    kept = make_senior()
    absorbed = make_senior(merged_into=kept)
    left = make_senior(ended_on=date(2026, 1, 1), end=Senior.End.LEFT)
    for gone in (absorbed, left):
        tell(gone, {"lonely": 4})

    run = run_now()

    assert list(run.scores.values_list("senior", flat=True)) == [kept.pk]


def test_what_a_merged_record_told_counts_for_the_one_kept_through_a_chain():
    kept = make_senior()
    middle = make_senior(merged_into=kept)
    first = make_senior(merged_into=middle)
    tell(kept, {"lonely": 1}, on=date(2026, 5, 1))
    tell(middle, {"lonely": 4}, on=date(2026, 9, 1))
    tell(first, {"lonely": 2, "cold_home": 1}, on=date(2026, 6, 1))

    values = known(kept, run_now())

    assert (values["lonely"], values["cold_home"], values["months_silent"]) == (4, 1, 2)


def test_two_seniors_of_one_dwelling_are_not_alone():
    home = make_dwelling()
    couple = [make_senior(home), make_senior(home)]
    other = make_senior(make_dwelling())

    run = run_now()

    assert [known(senior, run).get("alone") for senior in (*couple, other)] == [0, 0, None]


@pytest.mark.parametrize(
    ("contact", "told_on", "months"),
    [
        (None, None, None),
        (date(2025, 1, 10), None, 22),
        (None, date(2025, 6, 1), 17),
        (date(2025, 1, 10), date(2025, 6, 1), 17),
        (date(2026, 9, 1), date(2023, 6, 1), 2),
        (None, date(2022, 6, 1), 53),
    ],
)
def test_silence_runs_from_the_last_news_of_any_kind(contact, told_on, months):
    senior = make_senior(last_contact_on=contact)
    if told_on:
        tell(senior, {}, on=told_on)

    run = run_now()

    assert known(senior, run).get("months_silent") == months
    silent = months is None or months >= 12
    assert (score_of(senior, run).silence is not None) is silent


def test_empty_observation_is_a_sign_of_life():
    senior = make_senior()
    tell(senior, {}, source=Source.SIGNAL)

    assert score_of(senior, run_now()).silence is None


def test_one_territory_scores_its_own_people_only():
    here, there = make_territory(), make_territory()
    mine = make_senior(make_dwelling(make_residence(here)))
    other = make_senior(make_dwelling(make_residence(there)))
    for senior in (mine, other):
        tell(senior, {"lonely": 3})

    run = run_now(territory=here, by=(user := make_user()))

    assert list(run.scores.values_list("senior", flat=True)) == [mine.pk]
    assert known(mine, run)["lonely"] == 3
    assert (run.territory, run.started_by) == (here, user)


def test_many_people_cost_the_same_number_of_queries_as_one(django_assert_num_queries):
    tell(make_senior(), {"lonely": 3})
    run_now()
    with CaptureQueriesContext(connection) as for_one:
        run_now()
    for _ in range(30):
        tell(make_senior(), {"lonely": 3})
    with django_assert_num_queries(len(for_one)):
        run_now()
    assert len(for_one) <= 14  # counts of rows refreshed by two statements on SQLite


def test_batches_give_what_one_batch_gives(monkeypatch):
    for lonely in range(5):
        tell(make_senior(), {"lonely": lonely})
    whole = store.stored(run_now())
    monkeypatch.setattr(store, "BATCH", 2)
    seen = []

    pieces = run_now(progress=seen.append)

    pd.testing.assert_frame_equal(store.stored(pieces), whole)
    assert seen == [2, 4, 5]


def test_replay_gives_exactly_the_stored_numbers_whatever_changed_since():
    senior = make_senior()
    tell(senior, {"lonely": 3, "cold_home": 1})
    make_senior(last_contact_on=date(2024, 1, 1))
    run = run_now()
    tell(senior, {"lonely": 0}, on=date(2026, 11, 1))
    Senior.objects.update(born_on=date(1960, 1, 1))

    again = store.replay(run)

    pd.testing.assert_frame_equal(again, store.stored(run), check_exact=True)
    assert len(again) == 2


def test_scoring_again_adds_rows_and_changes_none():
    senior = make_senior()
    first = run_now()
    before = FragilityScore.objects.values().get(run=first)
    tell(senior, {"lonely": 4})

    second = run_now()

    assert FragilityScore.objects.values().get(run=first) == before
    assert score_of(senior, second).total > before["total"]
    assert GridVersion.objects.count() == 1


def test_changed_grid_is_kept_as_another_version():
    make_senior()
    first = run_now()
    text = first.grid.text.replace('version = "2026.1"', 'version = "essai"')

    second = run_now(grid_text=text)

    assert (first.grid.version, second.grid.version) == ("2026.1", "essai")
    assert store.grid_of(second).text == text


def test_bad_grid_starts_nothing():
    with pytest.raises(grids.GridError):
        run_now(grid_text="version = 1")

    assert not ScoreRun.objects.exists()


def test_failure_undoes_the_rows_and_is_said_on_the_run(monkeypatch):
    make_senior()
    make_senior()
    monkeypatch.setattr(store, "BATCH", 1)

    def stop(done):
        if done == 2:
            raise RuntimeError("disque plein")

    with pytest.raises(RuntimeError):
        run_now(progress=stop)

    run = ScoreRun.objects.get()
    assert (run.finished_at, run.people, run.error) == (None, None, store.FAILED)
    assert not FragilityScore.objects.exists()
    assert store.latest_run() is None


def test_nobody_to_score_is_a_finished_run_of_nobody():
    run = run_now()

    assert run.people == 0
    assert len(store.replay(run)) == 0


def test_values_unknown_to_the_record_and_beyond_a_byte_are_kept_as_such():
    home = make_dwelling(floor=-1, has_lift=None)
    senior = make_senior(home, born_on=None, birth_year=None, last_contact_on=date(1990, 1, 1))

    values = known(senior, run_now())

    assert values == {"floor_no_lift": 0, "months_silent": 254}


def test_latest_scores_take_for_each_territory_the_newest_run_that_covers_it():
    here, there = make_territory(), make_territory()
    mine = make_senior(make_dwelling(make_residence(here)))
    other = make_senior(make_dwelling(make_residence(there)))
    whole = run_now()
    own = run_now(territory=here)

    found = dict(store.latest_scores([here, there]).values_list("senior", "run"))

    assert found == {mine.pk: own.pk, other.pk: whole.pk}
    assert (store.latest_run(here), store.latest_run(there), store.latest_run()) == (
        own,
        whole,
        whole,
    )
    assert dict(store.latest_scores([there]).values_list("senior", "run")) == {other.pk: whole.pk}
    assert not store.latest_scores([]).exists()


def test_run_of_the_whole_stock_covers_territories_scored_apart_before():
    here = make_territory()
    mine = make_senior(make_dwelling(make_residence(here)))
    run_now(territory=here)
    whole = run_now()

    assert store.latest_scores([here]).get() == score_of(mine, whole)


def call(*args):
    out = StringIO()
    call_command("score_seniors", *args, stdout=out)
    return out.getvalue()


def test_command_scores_and_counts_each_band():
    make_senior()

    said = call("--as-of", "2026-11-24")

    assert "On ne sait pas assez : 1" in said
    assert f"1 senior, calcul {ScoreRun.objects.get().uid}." in said


def test_command_scores_one_territory_with_another_grid(tmp_path):
    here = make_territory()
    make_senior(make_dwelling(make_residence(here)))
    make_senior()
    text = store.current_grid().text.replace('version = "2026.1"', 'version = "essai"')
    path = tmp_path / "grille.toml"
    path.write_text(text, encoding="utf-8")

    call("--territory", here.code, "--grid", str(path))

    run = ScoreRun.objects.get()
    assert (run.territory, run.people, run.grid.version) == (here, 1, "essai")


def test_command_replays_a_run_and_says_when_it_differs():
    make_senior()
    run = run_now()

    assert "scores identiques : 1 sur 1" in call("--replay", str(run.uid))

    FragilityScore.objects.update(total=50)
    with pytest.raises(CommandError, match="scores différents : 1 sur 1"):
        call("--replay", str(run.uid))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--territory", "nulle-part"], "n’existe pas"),
        (["--replay", "12"], "Aucun calcul"),
        (["--replay", str(uuid.UUID(int=1))], "Aucun calcul"),
        (["--grid", "absente.toml"], "ne se lit pas"),
    ],
)
def test_command_says_what_it_cannot_find(args, said):
    with pytest.raises(CommandError, match=said):
        call(*args)


def test_command_says_what_is_wrong_with_a_grid(tmp_path):
    path = tmp_path / "grille.toml"
    path.write_text(store.current_grid().text.replace('"falls"', '"fals"'), encoding="utf-8")

    with pytest.raises(CommandError, match="Vouliez-vous dire « falls »"):
        call("--grid", str(path))


def test_check_passes_on_the_shipped_grid_and_names_a_bad_one(settings, tmp_path):
    assert checks.grid_loads() == []

    settings.GRID_FILE = tmp_path / "grille.toml"
    assert [error.id for error in checks.grid_loads()] == ["seniors.E001"]
    settings.GRID_FILE.write_text("version = 3", encoding="utf-8")
    assert [error.id for error in checks.grid_loads()] == ["seniors.E002"]


def test_check_is_registered_with_django():
    assert checks.grid_loads in registry.registry.registered_checks
