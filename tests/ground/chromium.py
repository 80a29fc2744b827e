"""A real browser for tests: Debian's Chromium, driven by Playwright; without it they say so."""

import os
import random
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
MOST_LATE_MS = 400
PATIENCE_MS = 30_000
"""A machine that does much else at once is slow; nobody waits so long where all is well."""
Page = Any
"""A page of playwright, which is no dependency of the product."""


def slowed(browser_kind: Any, times: float) -> None:
    """Let pages of all browsers run so many times slower, on a line of an old phone."""
    plain = browser_kind.new_context

    def new_context(browser: Any, **asked: Any) -> Any:
        context = plain(browser, **asked)
        context.on("page", slow_down)
        return context

    def slow_down(page: Page) -> None:
        wire = page.context.new_cdp_session(page)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": times})
        line = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
        late = random.uniform(0, MOST_LATE_MS)  # noqa: S311 - no secret
        wire.send("Network.emulateNetworkConditions", {**line, "latency": late})

    browser_kind.new_context = new_context


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, if this machine has one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not here")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: {HOW_TO_GET_IT}")
    if times := os.environ.get("HORNADA_SLOW_BROWSER"):
        slowed(playwright.Browser, float(times))
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
