"""The two phones of the schedules: browsers that live on, each behind a network of its own."""

from collections.abc import Sequence

from playwright.sync_api import Playwright

from seniors.models import User
from tests.torture.chromium import Chromium
from tests.torture.phone import EMPTY, Phone
from tests.torture.server import Server
from tests.torture.wire import Wire


class Phones:
    """Two browsers, each behind its wire, that become new phones at each schedule."""

    def __init__(self, server: Server, playwright: Playwright, program: str) -> None:
        self._places = [
            (Wire(server.port), Chromium(program, playwright.chromium)) for _ in range(2)
        ]

    def of(self, officers: Sequence[User]) -> list[Phone]:
        """A phone each, with nothing on it yet."""
        phones = []
        for officer, (wire, chromium) in zip(officers, self._places, strict=False):
            wire.begin_anew()
            chromium.forget(f"http://127.0.0.1:{wire.port}", EMPTY)
            phones.append(Phone(officer, wire, chromium))
        return phones

    def close(self) -> None:
        """Both browsers."""
        for wire, chromium in self._places:
            chromium.close()
            wire.close()
