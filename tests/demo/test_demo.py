"""The demo, as a newcomer starts it: it works by itself, and leaves nothing behind."""

import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from hub.demo.workshop import OWNER, refuse_a_real_workshop
from hub.domain.people.roles import Role
from hub.flow.people.entrance import add_user
from hub.models import migrate
from hub.models.session import Database
from hub.settings import Settings
from hub.supervise import CannotStart
from tests.factories import NOW
from tests.hub_process import descendants, free_port, is_alive
from tests.journeys import processes
from tests.journeys.processes import Program, wait_for

WITHIN_SECONDS = 60.0
OPENS_LATE = """
import time, hub.demo.run as run
from hub.cli import main
open_shop = run.run_shop
run.run_shop = lambda *plan: (time.sleep(8), open_shop(*plan))
main()
"""
"""The demo, whose shop opens long after its workshop."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Program]:
    """The demo with a maker who works alone, on a fresh folder; not yet started."""
    port = str(free_port())
    data = str(tmp_path / "demo")
    program = Program(
        *("demo", "--auto", "--no-browser", "--port", port, "--data", data),
        *("--orders-every", "4"),
        settings={"HORNADA_ALLOW_LOOPBACK": "0"},
        folder=tmp_path,
    )
    yield program
    program.stop()


def address(program: Program, name: str, *, since: int = 0) -> str:
    """Read an address the demo printed, after so many letters."""
    found = wait_for(
        lambda: re.search(rf"{name}\s+(http://\S+)", program.said[since:]),
        what=f"{name} in {program.said}",
    )
    return found[1]


def orders_at(shop: str) -> list[Any]:
    """Ask the pretended shop for its orders."""
    with urllib.request.urlopen(f"{shop}orders", timeout=5) as answer:  # noqa: S310 - http, ours
        return cast("list[Any]", json.load(answer))


def tracked_at(shop: str) -> list[Any]:
    """Find the orders that were sent with a tracking number."""
    return [
        order
        for order in orders_at(shop)
        for sent in order["fulfilments"]
        if any(parcel["number"] for parcel in sent["tracking"])
    ]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_within_a_minute_an_order_is_made_and_its_tracking_is_in_the_shop(
    demo: Program,
) -> None:
    demo.start()
    shop = address(demo, "Its shop")

    sent = wait_for(
        lambda: tracked_at(shop), what="a parcel in the shop", seconds=WITHIN_SECONDS
    )

    assert sent[0]["fulfillment_status"] == "FULFILLED"
    assert "started P-" in demo.said
    assert "finished P-" in demo.said
    assert "error" not in demo.said.lower()

    everyone = [demo.pid, *descendants(demo.pid)]
    assert len(everyone) >= 7, (
        "the supervisor, Valkey, web twice, worker, schedule, shop, maker"
    )
    demo.stop()
    wait_for(
        lambda: not any(is_alive(pid) for pid in everyone),
        what="all to be gone",
        seconds=10,
    )


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_link_lets_a_newcomer_in_and_the_second_start_goes_on(demo: Program) -> None:
    demo.start()
    shop = address(demo, "Its shop")
    wait_for(lambda: orders_at(shop), what="the first order")
    browser = requests.Session()
    page = browser.get(address(demo, "The workshop"), timeout=10)
    [csrf] = set(re.findall(r'name="csrf"[^>]*value="([^"]+)"', page.text))

    inside = browser.post(page.url, data={"csrf": csrf}, timeout=10)

    assert inside.status_code == 200
    assert "/login" not in inside.url
    demo.stop()
    before = len(demo.said)
    demo.start()
    shop = address(demo, "Its shop", since=before)
    wait_for(lambda: orders_at(shop), what="an order at the new shop")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_an_address_is_named_once_somebody_answers_there(
    demo: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = lambda *said: [sys.executable, "-c", OPENS_LATE, *said]  # noqa: E731
    monkeypatch.setattr(processes, "hornada", slow)
    demo.start()

    shop = address(demo, "Its shop")

    assert isinstance(orders_at(shop), list)


def test_the_demo_keeps_away_from_somebodys_own_workshop(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    migrate.upgrade(settings.database)
    database = Database(settings.database)
    with database.begin() as session:
        add_user(
            session,
            email="ana@example.com",
            name="Ana",
            password="a long one of her own",
            role=Role.OWNER,
            who="setup",
            now=NOW,
        )

    with pytest.raises(CannotStart, match="not the demo's"):
        refuse_a_real_workshop(settings)

    database.dispose()


def test_the_demo_takes_an_empty_folder_and_its_own(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")
    refuse_a_real_workshop(settings)
    migrate.upgrade(settings.database)
    database = Database(settings.database)
    with database.begin() as session:
        add_user(
            session,
            email=OWNER,
            name="Carmen",
            password="nobody needs to know it",
            role=Role.OWNER,
            who="system",
            now=NOW,
        )

    refuse_a_real_workshop(settings)

    database.dispose()
