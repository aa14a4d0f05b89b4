"""Schedules one after the other, on one server and one browser that live on; what came of them."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.chromium import find_chromium
from tests.torture.phones import Phones
from tests.torture.play import Played, Stage, play
from tests.torture.schedule import draw
from tests.torture.server import Server
from tests.torture.total import Sum

TOLD_EVERY = 100


def play_all(seed: str, places: range, *, plants: Sequence[str] = ("",)) -> Sum:
    """Play the schedules of these places.

    Each is played once with each of the `plants` (`stored.PLANTS`), an empty one for none.
    """
    so_far = Sum()
    with _stage() as stage:
        for place in places:
            for plant in plants:
                played = _play_one(f"{seed}/{place}", stage, aloud=len(places) == 1, plant=plant)
                kinds = Counter(fault.partition(":")[0] for fault in played.faults)
                so_far += Sum(0, kinds, played.counts)
            so_far.played += 1
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


def _play_one(seed: str, stage: Stage, *, aloud: bool, plant: str) -> Played:
    schedule = draw(seed)
    tell(schedule if aloud else schedule.brief)

    def say(step: str) -> None:
        if aloud:
            tell(f"  {step}")

    played = play(schedule, stage, say=say, plant=plant)
    if played.faults and not aloud:
        tell(schedule)
    for fault in played.faults:
        tell("  FAULT " + " | ".join(fault.split("\n")))
    return played


def tell(text: object) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
