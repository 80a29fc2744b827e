"""Answers of the server that come when a test says so: what a slow connection does by chance."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from re import Pattern
from typing import Any

from tests.ground.chromium import PATIENCE_MS, Page

LOOK_MS = 20
TOLD = "taken in: "
LISTEN = """told => addEventListener("htmx:afterOnLoad", ({ detail }) =>
    console.debug(told + detail.xhr.responseURL))"""


@dataclass
class Late:
    """Some answers of the server to one page: it has done what was asked, and has not told it."""

    page: Page
    held: list[tuple[Any, Any]] = field(default_factory=list)
    is_holding: bool = True

    def hold(self, route: Any) -> None:
        """Let the server answer, and keep the answer."""
        self.held.append((route, route.fetch(max_redirects=0)))

    def wait_for(self, many: int = 1) -> None:
        """Wait until the server has given so many answers."""
        wait_until(self.page, lambda: len(self.held) >= many)

    def let_through(self, number: int = 0) -> None:
        """Give the page one of the answers, and wait until it did with it what it does."""
        route, answer = self.held[number]
        asked = route.request
        if asked.failure:
            return
        if "hx-request" not in asked.headers:
            route.fulfill(response=answer)
            return
        heard: list[str] = []
        self.page.on("console", lambda said: heard.append(said.text))
        self.page.evaluate(LISTEN, TOLD)
        route.fulfill(response=answer)
        # A page that has asked anew by now does not want this one any more.
        wait_until(self.page, lambda: TOLD + asked.url in heard or bool(asked.failure))


def wait_until(page: Page, reached: Callable[[], bool]) -> None:
    """Wait until something is so, while the page goes on."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if reached():
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError("it never came to that")


@contextmanager
def late(page: Page, pattern: str | Pattern[str], *, method: str = "GET") -> Iterator[Late]:
    """Keep answers back that a page asks for at some addresses, until the block ends.

    What is held by then may still be let through.
    """
    answers = Late(page)

    def choose(route: Any) -> None:
        if answers.is_holding and route.request.method == method:
            answers.hold(route)
        else:
            route.fallback()

    page.route(pattern, choose)
    try:
        yield answers
    finally:
        answers.is_holding = False
