"""The schedules belong to the browser tests; their count is told at the end of the run."""

import pytest

from tests.browser.chromium import find_chromium

PART = "test_nothing_is_lost_doubled_or_overwritten"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that need a Chromium are skipped where there is none. The parts, the longest tests of
    all, stand where two workers begin: neither is left with one at the end."""
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser") and "torture" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    parts = [item for item in items if getattr(item, "originalname", "") == PART]
    others = [item for item in items if item not in parts]
    each = -(-len(others) // max(len(parts), 1))
    for place, part in enumerate(parts):
        others.insert(place * (each + 1), part)
    items[:] = others


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each part played: every schedule on a line, with the seed that plays it again."""
    told = [
        value
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, value in report.user_properties
        if name == "torture" and report.when == "call"
    ]
    for one in told:
        terminalreporter.write_line(f"torture:\n{one.rstrip()}")
