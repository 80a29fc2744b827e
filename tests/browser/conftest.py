"""A window of a real browser on the app, what it complained about, and pictures of what it saw."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from hub.domain.people.roles import Role
from hub.flow.people.entrance import add_user, make_login_link
from hub.flow.people.language import speak
from hub.ports import Ports
from tests.factories import NOW
from tests.ground.chromium import PATIENCE_MS, Page
from tests.web.conftest import (  # noqa: F401 - the app's fixtures, here too
    app,
    app_database,
    clock,
    ports,
    settings,
    woken,
)
from tests.web.pages.visitor import PASSWORD, email_of

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx logs of a request that its page gave up: it was left, or asked anew. What fails is
logged under a name of its own, too (htmx 2.0, onabort and onerror of issueAjaxRequest)."""
SHOTS = Path(os.environ.get("HORNADA_TEST_SHOTS") or ".shots")
"""Where pictures of the pages are kept, for whoever wants to look at them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a real browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def base(app: Flask) -> Iterator[str]:  # noqa: F811 - the fixture of that name
    """The address of the app, served for real on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@dataclass
class Window:
    """A window of the browser, and what it complained about: the policy's violations too."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Write down what the console says, and every error of a script."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, said: Any) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith(GIVEN_UP):
            self.complaints.append(said.text)


@pytest.fixture
def open_window(chromium: Any) -> Iterator[Callable[..., Window]]:
    """Opens windows: open_window(size=PHONE, language="es-ES")."""
    contexts = []

    def opened(*, size: dict[str, int] = DESKTOP, language: str = "en-GB") -> Window:
        has_touch = size["width"] <= PHONE["width"]
        context = chromium.new_context(viewport=size, locale=language, has_touch=has_touch)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        window = Window(context.new_page())
        window.listen()
        return window

    yield opened
    for each in contexts:
        each.close()


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Window:
    """One window of an English desktop."""
    return open_window()


@pytest.fixture
def page(window: Window) -> Page:
    """What that window shows."""
    return window.page


@pytest.fixture
def complaints(window: Window) -> list[str]:
    """What that window complained about."""
    return window.complaints


LinkFor = Callable[..., str]


@pytest.fixture
def link_for(ports: Ports, base: str) -> LinkFor:  # noqa: F811 - the fixture of that name
    """Makes somebody of a role and a one-time link for them: link_for(Role.MAKER, locale="es")."""

    def made(role: Role, *, locale: str = "en") -> str:
        with ports.database.begin() as session:
            user_id = add_user(
                session, email=email_of(role), name="Carmen", password=PASSWORD, role=role,
                who="test", now=NOW,
            )  # fmt: skip
            speak(session, user_id=user_id, locale=locale)
            return f"{base}/enter/{make_login_link(session, user_id=user_id, now=NOW)}"

    return made


@pytest.fixture
def link(link_for: LinkFor) -> str:
    """A one-time link that lets the owner in."""
    return link_for(Role.OWNER)


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a page under the test's name: keep(page, "board")."""

    def kept(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        test = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
        # Hiding the caret would write a style on every field of the page.
        page.screenshot(path=SHOTS / f"{test}.{name}.png", full_page=True, caret="initial")

    return kept


def come_in(page: Page, link: str) -> None:
    """Use a one-time link, from the keyboard: its one button has the focus."""
    page.goto(link)
    page.locator("main form button:focus").press("Enter")
    page.locator("header.top").wait_for()
    page.wait_for_load_state("load")  # Keys do something once the scripts are there.
