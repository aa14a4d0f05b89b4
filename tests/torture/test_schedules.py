"""Three hundred random schedules in each run of the tests, in parts that share nothing.

The seed is that of the run (`pytest -p randomly` prints it, `-p randomly_seed=…` gives it), so
that each run plays other schedules. Every schedule is printed at the end of the run, one a line
with its seed, and written in var/torture.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.torture.fields import FIELDS, OUTCOMES, ROOMS
from tests.torture.schedule import draw
from tests.torture.steps import Step
from tests.torture.stored import KINDS
from visits.models import Visit
from visits.visiting import form

ROOT = Path(__file__).resolve().parents[2]
SCHEDULES, PARTS = 300, 2
STEPS = (
    Step("opens", 0, 1),
    Step("types", 0, code="known.floor", value=7),
    Step("types", 0, code="item.lonely", value=2),
    Step("kill_tab", 1),
    Step("dies", value="statement-8"),
    Step("finishes", 1),
    Step("touches", 0, 0, value="absent"),
    Step("photographs", 0, code="bathroom", value=41),
)


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The schedules in a process of their own: it has its own database and settings."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BIENVEILLE_")
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.torture", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.browser
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_doubled_or_overwritten(part, request, record_property):
    seed = str(request.config.getoption("randomly_seed", 0))
    each = SCHEDULES // PARTS
    first = part * each
    done = run("--seed", seed, "--first", str(first), "--schedules", str(each))
    folder = ROOT / "var" / "torture"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{seed}-{first}.txt").write_text(done.stdout, encoding="utf-8")
    record_property("torture", done.stdout)
    assert done.returncode == 0, _faults(done.stdout) + done.stderr[-3000:]
    # The count is no use unless it sees what is wrong.
    assert done.stdout.count("planted, found") == len(KINDS)


def test_schedule_comes_from_its_seed_alone():
    assert draw("7/3") == draw("7/3")
    assert len({str(draw(f"7/{place}")) for place in range(50)}) == 50
    schedule = replace(draw("7/3"), steps=STEPS)
    assert schedule.brief == (
        f"7/3 {schedule.officers}o {schedule.people}p: A opens P2, types ×2, B kill tab, "
        "dies statement-8, finishes, A touches P1 absent, photographs"
    )


def test_schedules_hold_every_kind_of_trouble():
    """Of three hundred, at least ten have each."""
    kinds = [{step.kind for step in draw(f"1/{place}").steps} for place in range(SCHEDULES)]
    wanted = "finishes reloads closes_tab opens_second_tab finds_it_open_elsewhere kill_browser "
    wanted += "killed_while_typing kill_tab tab_killed_while_typing offline cut loses_next_answer "
    wanted += "loses_next_form sends_again session_expires logs_out dies moves_away moves_back "
    wanted += "photographs photographs_and_finishes tab_killed_while_photographing waits_a_while "
    wanted += "loses_next_picture loses_next_picture_answer touches takes_back mends "
    wanted += "tab_killed_while_touching mends_after_a_reload mends_and_tab_is_killed"
    few = {kind: sum(kind in some for some in kinds) for kind in wanted.split()}
    assert {kind: count for kind, count in few.items() if count < 10} == {}


def test_officers_type_what_the_form_has():
    for code, values in FIELDS.items():
        field = form.field(code)
        allowed = {value for value, _ in field.choices} or {1 if field.kind == "tick" else None}
        assert field.kind in ("text", "number", "date") or set(values) <= allowed, code


def test_officers_photograph_rooms_and_note_outcomes_that_there_are():
    assert set(ROOMS) <= {room.code for room in form.ROOMS}
    assert set(OUTCOMES) == set(Visit.Outcome) - {Visit.Outcome.DONE}


def _faults(printed: str) -> str:
    """Each faulty schedule with its faults, and how to play it again."""
    lines = printed.splitlines()
    kept = [n for n, line in enumerate(lines) if line.startswith("  FAULT")]
    told = [f"{lines[n - 1]}\n{lines[n]}" if n - 1 not in kept else lines[n] for n in kept]
    return "\n".join([*told, "python -m tests.torture --seed S --only K plays « S/K » again."])
