"""Who holds several files: of two years, of two recipients, of tables and rows. Nobody stands out
among fewer than the threshold when they are joined by all that they share."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pandas as pd
import pytest
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.items import ITEMS
from seniors.fragility.store import score_seniors
from seniors.models import Observation
from seniors.observe import record
from tests.make import make_user
from tests.visits.acting import make_action
from tests.visits.releasing import (
    YEAR,
    consent,
    make_convention,
    make_release,
    make_stock,
    opened,
)
from tests.visits.test_releasing_exports import csv_of
from tests.visits.test_releasing_rows import LADDERS, crowd, frame
from tests.visits.test_works_money import bill
from visits.enums import ReleaseState, State
from visits.models import ActionStep, Visit
from visits.releasing import choosing, content, people_rows, releases, tables
from visits.releasing import given as memories
from visits.releasing.differences import Counted, keep_again
from visits.releasing.given import Memory, Year
from visits.releasing.rows import STEP, anonymise, classes_of, key_for, link, pseudonym

K = 11
KNOWN = ["tranche_age", "sexe", "territoire", "menage", "etage"]
TOLD = [code for code in ITEMS if not ITEMS[code].sensitive]
ABSENT = "absent"
WHOLE = "Ensemble"


def tell(senior, number: int, *, on: date) -> None:
    """A reply that nobody else gives: the number, written with the items."""
    values, turn = {}, number
    for code in TOLD:
        item = ITEMS[code]
        turn, rest = divmod(turn, item.high - item.low + 1)
        values[code] = item.low + rest
    record(senior, uid=uuid4(), source=Source.SURVEY, observed_on=on, values=values)


def rows_of(convention, year: int = YEAR) -> pd.DataFrame:
    return csv_of(opened(make_release("rows", convention=convention, year=year))["personnes.csv"])


def joined(first: pd.DataFrame, second: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The rows that are alike in both files, of fewer than K people in one of them."""
    sides = []
    for one in (first, second):
        told = one[(one[columns] != "").any(axis=1)]
        sides.append(told.groupby(columns).size())
    both = pd.concat(sides, axis=1, join="inner")
    return both[(both < K).any(axis=1)]


@pytest.mark.django_db
def test_nothing_that_two_years_share_joins_their_rows():
    """Everyone replied last year; half of them again this year. The score was computed twice."""
    people = make_stock(144, of=2)
    last_year, today = date(YEAR - 1, 6, 1), timezone.localdate()
    for number, senior in enumerate(people):
        consent(senior, ConsentKind.HEALTH)
        tell(senior, 1 + number, on=last_year)
        if number % 2:
            tell(senior, 1_000 + number, on=today)
    for day in (date(YEAR - 1, 12, 1), today):
        score_seniors(as_of=day)
    one, other = make_convention(), make_convention(recipient="CNAV")
    before = rows_of(one, YEAR - 1)
    same, now = rows_of(other, YEAR - 1), rows_of(other)
    scores = [name for name in before if name.startswith("score")]
    assert (before["score"] != "").all()
    for columns in (TOLD, [*TOLD, *scores], [f"{code}_mois" for code in TOLD]):
        assert joined(before, now, columns).empty, columns
    # The attack does see: of one year, each reply is in both files. It tells no more of anyone.
    assert len(joined(before, same, TOLD)) == len(same) == 72
    alike = before.merge(same, on=TOLD)
    assert (alike["etage_x"] == alike["etage_y"]).all()
    assert alike[[f"{name}_x" for name in KNOWN] + [f"{name}_y" for name in KNOWN]].value_counts(
    ).min() >= K  # fmt: skip
    assert set(before["pseudonyme"]).isdisjoint(same["pseudonyme"])
    # Nor do scores: the replies of the year make them, as if nothing had been told before.
    told = this_year()
    assert (told["score"].notna() == told[TOLD[0]].notna()).all()
    Observation.objects.filter(observed_on__lt=date(YEAR, 1, 1)).delete()
    score_seniors(as_of=today)
    pd.testing.assert_frame_equal(this_year(), told)


def this_year() -> pd.DataFrame:
    """The rows, without the flag of a long silence, which looks back by its definition."""
    span = content.Span.of(YEAR, timezone.localdate())
    chosen = choosing.choose(span, secret="s", convention="c", memory=None, k=K)
    return pd.concat(people_rows.frames(chosen, span)).drop(columns="invisible")


@pytest.mark.django_db
def test_a_second_recipient_of_a_year_does_not_tell_who_said_no_meanwhile():
    """Two say no, three newcomers agree; replies join both files whatever the pseudonyms."""
    people = make_stock(288, of=2)
    for number, senior in enumerate(people):
        tell(senior, 1 + number, on=timezone.localdate())
    first = rows_of(make_convention())
    for senior in people[:2]:
        consent(senior, ConsentKind.EVALUATION, given=False, days=1)
    for senior in people[12:15]:
        consent(senior, ConsentKind.EVALUATION)
    second = rows_of(make_convention(recipient="CNAV"))
    both = first.merge(second, on=TOLD, how="outer", suffixes=("", "_then")).fillna(ABSENT)
    groups = both[KNOWN + [f"{name}_then" for name in KNOWN]].value_counts()
    assert groups.min() >= K
    assert (both["pseudonyme"] != ABSENT).all()  # no newcomer
    gone = both[both["pseudonyme_then"] == ABSENT]
    assert len(gone) >= K
    third = rows_of(make_convention(recipient="Inserm"))
    assert set(third[TOLD].agg("|".join, axis=1)) == set(second[TOLD].agg("|".join, axis=1))


@pytest.mark.django_db
def test_tables_less_rows_count_no_few_who_said_no():
    """All those who were visited agree but two; of fifteen with an action, all but one."""
    people = make_stock(192, agree=False)
    visited = list(Visit.objects.values_list("senior", flat=True))
    others = [one for one in people if one.pk not in visited]
    agreed = [one for one in people if one.pk in visited][2:] + others[: len(others) // 2]
    for senior in agreed:
        consent(senior, ConsentKind.EVALUATION)
    acting = [*[one for one in agreed if one.pk in visited][:14], others[-1]]
    for senior in acting:
        make_action("home_help", State.REQUESTED, senior=senior)
    files, told = opened(make_release()), rows_of(make_convention())
    assert len(visited) - len(set(visited) & {one.pk for one in agreed}) == 2
    assert len(told) >= 60
    found = csv_of(files["indicateurs.csv"]).query("gir == 'Ensemble' and effectif != ''")
    cells = found.set_index(["territoire", "tranche_age", "sexe", "indicateur"])["effectif"]
    counts = {key: int(count) for key, count in cells.items()}
    assert counts["Ensemble", "Ensemble", "Ensemble", "visited"] == len(visited)
    shown = {"people": told["annee"] != "", "reached": told["jointe"] == "1",
             "visited": told["visitee"] == "1"}  # fmt: skip
    within = {"reached": "people", "visited": "reached"}
    compared = 0
    for (place, age, sex, measure), count in counts.items():
        if measure not in shown or not tells(told, place, age, sex):
            continue
        here = of_cell(told, place, age, sex)
        wider = counts.get((place, age, sex, within.get(measure)))
        pairs = [(count, shown[measure])]
        if wider is not None:
            pairs.append((wider - count, shown[within[measure]] & ~shown[measure]))
        for whole, mine in pairs:
            left = whole - (here & mine).sum()
            assert left == 0 or left >= K or whole < K, (place, age, sex, measure, left)
            compared += 1
    assert compared > 10
    decided = csv_of(files["actions.csv"]).query("action == 'Ensemble' and etat == 'Ensemble'")
    whole = decided.set_index("famille")["actions"]["Se faire aider à la maison"]
    mine = told["actions_help"].astype(int).sum()
    assert whole == "15"
    assert 15 - mine >= K


def tells(told: pd.DataFrame, *cell: str) -> bool:
    """Whether the file has the columns of a cell, for someone at least."""
    names = ("territoire", "tranche_age", "sexe")
    return all(
        value == "Ensemble" or (told[name] == value).any()
        for name, value in zip(names, cell, strict=True)
    )


def of_cell(told: pd.DataFrame, *cell: str) -> pd.Series:
    """The rows that say they are of a cell."""
    here = pd.Series(True, told.index)
    for name, value in zip(("territoire", "tranche_age", "sexe"), cell, strict=True):
        here &= (value == "Ensemble") | (told[name] == value)
    return here


@pytest.mark.django_db
def test_two_exports_of_tables_do_not_tell_one_more_invoice_nor_one_delay():
    """Fifteen works billed, of known delay; then one more invoice for one of them, and the request
    of another dated anew: no count moves."""
    by, day = make_user(Role.ADMINISTRATOR), date(YEAR - 1, 6, 1)
    works = [make_action("shower", State.DONE, on=day, by=by) for _ in range(15)]
    ends = ActionStep.objects.filter(to_state=State.DONE)
    for days, one in enumerate(works):
        ends.filter(action=one).update(on=day + timedelta(days=days))
        bill(one, by, billed_on=day)
    kind, seen = works[0].kind.label, []
    for _ in range(2):
        told = csv_of(opened(make_release(year=day.year))["travaux.csv"]).set_index("action")
        seen.append(told.loc[[kind, WHOLE]])
    pd.testing.assert_frame_equal(*seen)  # nothing moved: the same again
    line = seen[0].loc[kind, ["factures", "cout_ht", "delais", "delai_median", "delai_p90"]]
    assert line.tolist() == ["15", "15000", "15", "7", "13"]
    bill(works[0], by, number="Suite", billed_on=day, net=Decimal("321.09"), gross=Decimal(350))
    ends.filter(action=works[13]).update(on=day + timedelta(days=30))
    told = csv_of(opened(make_release(year=day.year))["travaux.csv"]).set_index("action")
    after = told.loc[[kind, WHOLE]]
    assert after[["factures", "delais"]].eq("15").all(axis=None)
    assert after[["cout_ht", "cout_ttc", "delai_p90"]].eq("").all(axis=None)
    assert after["subventions"].eq("0").all()  # that one did not change
    assert after["masque"].eq("oui").all()


def works_row(action: str, count: int | None, amount: float | None) -> dict:
    sums = dict.fromkeys(tables.SUMS, amount) | dict.fromkeys(tables.DELAYS)
    return {"action": action, "factures": count, "delais": None, "masque": "non"} | sums


def withheld(then: list, now: list) -> dict[str, float | None]:
    """{action: the sum that leaves} of two exports' rows."""
    before, rows = ([works_row(*one) for one in told] for told in (then, now))
    tables.withhold(rows, [{row["action"]: row for row in before}], K)
    assert all(len({row[name] for name in tables.SUMS}) == 1 for row in rows)
    return {row["action"]: row["cout_ht"] for row in rows}


def test_a_hidden_sum_is_not_what_is_left_of_the_whole():
    """Bars are billed once more; showers grew by twenty, which alone would show the whole."""
    then = [("Barre", 15, 1500.0), ("Douche", 20, 8000.0), (WHOLE, 35, 9500.0)]
    now = [("Barre", 15, 1600.0), ("Douche", 40, 16000.0), (WHOLE, 55, 17600.0)]
    assert withheld(then, now) == {"Barre": None, "Douche": 16000.0, WHOLE: None}
    # Of kinds whose counts are hidden, the rest of the whole is a sum too.
    then = [("Barre", None, None), ("Rampe", None, None), ("Douche", 20, 8000.0), (WHOLE, 40, 9e3)]
    now = [("Barre", None, None), ("Rampe", None, None), ("Douche", 40, 16000.0), (WHOLE, 63, 2e4)]
    assert withheld(then, now)[WHOLE] is None
    now[-1] = (WHOLE, 71, 2e4)  # of eleven more
    assert withheld(then, now)[WHOLE] == 2e4
    # A kind that grew by enough, and one that did not change, are told.
    then = [("Barre", 15, 1500.0), ("Douche", 20, 8000.0), (WHOLE, 35, 9500.0)]
    now = [("Barre", 15, 1500.0), ("Douche", 31, 12400.0), (WHOLE, 46, 13900.0)]
    assert withheld(then, now) == {"Barre": 1500.0, "Douche": 12400.0, WHOLE: 13900.0}


@pytest.mark.django_db
def test_a_renewed_convention_goes_on_from_the_files_it_had():
    """It ends in December, January comes, it is renewed: its key is the same."""
    make_stock(144, of=2)
    convention, today = make_convention(), timezone.localdate()
    before = rows_of(convention, YEAR - 1)
    convention.ends_on = today - timedelta(days=1)
    convention.save()
    releases.purge()
    convention.ends_on = today + timedelta(days=300)
    convention.save()
    now = rows_of(convention)
    assert [one.year for one in memories.load(releases.memory_path()).years] == [YEAR - 1, YEAR]
    both = before.merge(now, on="pseudonyme")
    assert both[[f"{one}_{side}" for one in KNOWN for side in "xy"]].value_counts().min() >= K
    # Lost with the server, or restored from before the last file, it is asked for.
    for lose in (forget_last, releases.memory_path().unlink):
        lose()
        release = make_release("rows", convention=convention)
        assert release.state == ReleaseState.FAILED
        assert str(YEAR) in release.manifest["error"]
        assert "depuis la sauvegarde" in release.manifest["error"]
        assert not releases.path_of(release).exists()


def forget_last() -> None:
    """The memory as it was before its last file."""
    memory = memories.load(releases.memory_path())
    history = memory.paths["history"].map(lambda told: told.rpartition(STEP)[0])
    shorter = Memory(memory.years[:-1], memory.paths.assign(history=history))
    memories.save(shorter, releases.memory_path())


KEY = key_for("secret", "")
NOTHING = Counted(pd.DataFrame(), pd.DataFrame(), {})


def give(memory: Memory | None, year: int, rows: dict) -> tuple[Memory, pd.DataFrame]:
    """A file of a year, as `choosing` makes it, the tables aside: {path: class}."""
    bases = {pseudonym(KEY, str(one)): person for one, person in rows.items()}
    if memory is not None and memory.place_of(year) is not None:
        lines = memory.shown_in(year)
        gone = ~lines["base"].isin(list(bases)).to_numpy()
        empty = pd.DataFrame(index=lines.index)
        kept = keep_again(empty, empty, NOTHING, k=K, groups=lines["history"], gone=gone)
        memory = memory.without(year, lines.index[~kept])
        return memory, lines[kept].set_index("pseudonym")["shown"]
    people = frame(list(bases.values())).set_axis(list(bases))
    classes = classes_of(anonymise(people, LADDERS, k=K).columns)
    paths, before = (memory.paths, memory.years) if memory else (None, ())
    bases = pd.Series(classes.index, classes.index)
    linked = link(bases, classes, paths, KEY, k=K, files=len(before))
    years = (*before, Year(year, {}))
    told = pd.Series(classes.to_numpy(), linked.pseudonyms.to_numpy())
    return Memory(years, linked.memory), told


FILES = st.lists(
    st.tuples(st.sampled_from([2024, 2025, 2026]), st.integers(0, 80), st.integers(0, 6)),
    min_size=2, max_size=6,
)  # fmt: skip


@settings(max_examples=60, phases=(Phase.generate,), deadline=None)
@given(crowd, FILES)
def test_files_of_several_years_and_recipients_joined_leave_everyone_among_k(people, files):
    """Files of one year are joined by their replies, those of two years by what a pseudonym
    follows; in each, some have come or said no."""
    memory, held = None, []
    for year, left_out, step in files:
        present = {at: one for at, one in enumerate(people) if (at * (step + 1)) % 80 >= left_out}
        memory, told = give(memory, year, present)
        held.append(told)
    seen = pd.concat(held, axis=1, keys=range(len(held))).fillna(ABSENT)
    assert seen.empty or seen.value_counts().min() >= K


def test_a_file_with_nobody_counts_as_one():
    people = dict(enumerate([("60-69", "F", "Est")] * 40))
    memory, told = give(None, 2024, {})
    assert told.empty
    memory, _ = give(memory, 2025, people)
    memory, told = give(memory, 2025, people)
    assert len(told) == 40


def test_what_was_given_is_kept_and_read_again(tmp_path):
    people = [("60-69", "F", "Le Relecq|Kerhuon / Est")] * 40
    memory, _ = give(None, 2025, dict(enumerate(people)))
    memory, _ = give(memory, 2025, dict(enumerate(people[3:])))
    path = tmp_path / "paths.csv"
    memories.save(memory, path)
    again = memories.load(path)
    assert again.years == (Year(2025, {}),)
    pd.testing.assert_frame_equal(again.paths, memory.paths)
    assert len(again.shown_in(2025)) == 29
    assert memories.load(tmp_path / "none.csv") is None
