"""Signs of life of long work."""

import os
import time

import pytest

from seniors import pulse


def age(key, seconds):
    """Make the last sign of life of `key` older."""
    then = time.time() - seconds
    os.utime(pulse._path(key), (then, then))


def test_a_work_never_asked_for_says_nothing():
    assert pulse.read("import-1") is None


def test_a_work_asked_for_waits_and_is_late_after_a_minute():
    pulse.wait("import-1")
    assert pulse.read("import-1").state == pulse.WAITING
    assert not pulse.read("import-1").is_late
    age("import-1", 61)
    assert pulse.read("import-1").is_late
    assert not pulse.read("import-1").is_dead


def test_a_work_that_lives_says_so_and_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(pulse, "BEAT", 0.001)
    pulse.wait("import-1")
    with pulse.beating("import-1", lambda: 42):
        deadline = time.monotonic() + 5
        while pulse.read("import-1").done != 42 and time.monotonic() < deadline:
            pass
        assert pulse.read("import-1").state == pulse.WORKING
        assert pulse.read("import-1").done == 42
    assert pulse.read("import-1") is None


def test_a_killed_work_is_dead_after_its_silence():
    pulse.wait("import-1")
    pulse._write("import-1", pulse.WORKING, 7)
    assert not pulse.read("import-1").is_dead
    age("import-1", 31)
    assert pulse.read("import-1").is_dead


def test_a_work_that_fails_is_dead_at_once():
    with pytest.raises(ZeroDivisionError), pulse.beating("import-1", lambda: 3):
        1 / 0  # noqa: B018
    assert pulse.read("import-1").is_dead
    assert pulse.read("import-1").done == 3


def test_works_are_found_by_their_prefix_the_oldest_first():
    for key in ("score-a", "score-b", "import-c"):
        pulse.wait(key)
    age("score-b", 5)
    assert [each.key for each in pulse.starting_with("score-")] == ["score-b", "score-a"]
    pulse.forget("score-a")
    assert [each.key for each in pulse.starting_with("score-")] == ["score-b"]
