"""Schedules one after the other, on one server and one browser that live on; what came of them."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.chromium import find_chromium
from tests.torture import stored
from tests.torture.phones import Phones
from tests.torture.play import Played, Stage, play
from tests.torture.schedule import draw
from tests.torture.server import Server
from tests.torture.steps import PROOF, Schedule
from tests.torture.total import Sum

TOLD_EVERY = 100


def play_all(seed: str, places: range, *, proves: bool) -> Sum:
    """Play the schedules of these places; first see that the count sees, if it `proves`."""
    so_far = Sum()
    with _stage() as stage:
        if proves:
            so_far += Sum(0, Counter(_blind(stage)))
        for place in places:
            played = _play_one(draw(f"{seed}/{place}"), stage, aloud=len(places) == 1)
            kinds = Counter(fault.partition(":")[0] for fault in played.faults)
            so_far += Sum(1, kinds, played.counts)
            if so_far.played % TOLD_EVERY == 0:
                tell(f"From {seed}/{places[0]}, {len(places)} to play: {so_far}")
    return so_far


@contextmanager
def _stage() -> Iterator[Stage]:
    """A server and two phones, gone at the end."""
    server = Server(Path(os.environ["BIENVEILLE_VAR_DIR"]))
    server.start()
    try:
        with sync_playwright() as playwright, closing(_phones(server, playwright)) as phones:
            yield Stage(server, phones)
    finally:
        server.kill()


def _phones(server: Server, playwright: Playwright) -> Phones:
    return Phones(server, playwright, find_chromium() or "chromium")


def _blind(stage: Stage) -> Iterator[str]:
    """Each fault is planted in the database: a word for each one that the count does not find."""
    for plant, kind in stored.KINDS.items():
        found = play(PROOF, stage, say=lambda _step: None, plant=plant).faults
        seen = any(fault.startswith(kind) for fault in found)
        tell(f"{PROOF.brief}: {plant} planted, {'found' if seen else f'FAULT not found: {found}'}")
        if not seen:
            yield "blind"


def _play_one(schedule: Schedule, stage: Stage, *, aloud: bool) -> Played:
    tell(schedule if aloud else schedule.brief)

    def say(step: str) -> None:
        if aloud:
            tell(f"  {step}")

    played = play(schedule, stage, say=say)
    if played.faults and not aloud:
        tell(schedule)
    for fault in played.faults:
        tell("  FAULT " + " | ".join(fault.split("\n")))
    return played


def tell(text: object) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
