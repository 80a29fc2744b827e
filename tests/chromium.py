"""A real browser for tests: Debian's Chromium, driven by Playwright; without it they say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
HOW_TO_GET_IT = "apt-get install chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS = 15_000
Page = Any
"""A page of playwright, which is no dependency of the product."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, if this machine has one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not here")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: {HOW_TO_GET_IT}")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS])
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that had to go without a browser, and say how to get one."""
    skipped = terminalreporter.stats.get("skipped", [])
    missed = [each for each in skipped if HOW_TO_GET_IT in str(each.longrepr)]
    if missed:
        terminalreporter.section("tests without a browser")
        for each in missed:
            terminalreporter.write_line(each.nodeid)
        terminalreporter.write_line(f"skipped: {len(missed)}; to run them: {HOW_TO_GET_IT}")
