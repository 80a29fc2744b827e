"""Pages are light, and what is shown stays where it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from hub.ports import Ports
from tests.browser.conftest import Window
from tests.browser.late_answers import wait_until
from tests.browser.pages_seed import Seeded, seed
from tests.web.pages.visitor import COOKIE

MOST_BYTES = 200_000
"""What the first page may cost somebody who was never here, everything counted."""
A_HAIR = 0.001
"""A column that grows by a pixel; a hundredth of what counts as good (web.dev, CLS)."""
ARRIVING = 0.025
"""What may move, all in all, while the page still comes in; a quarter of what counts as good."""
PATIENCE_MS = 60_000
"""Eight pages at once are slow to come on a busy machine; that is not what is asked here."""
WATCH = """
window.shifted = [];
window.whole = Infinity;
window.hasAsked = false;
addEventListener("htmx:afterRequest", () => (window.hasAsked = true));
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.whole = performance.now();
})));
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    const where = each.sources.map((one) => one.node?.outerHTML || one.node?.nodeName || "");
    const what = where.map((html) => html.slice(0, 120)).join(" | ");
    if (!each.hadRecentInput) window.shifted.push([each.value, each.startTime, what]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""

IS_FRESH = """isFinite(window.whole)
  && (window.hasAsked || !document.querySelector('#live[hx-trigger="every 3s"]'))"""
"""Whether a page is whole and what refreshes itself every few seconds has done so."""
READ = """new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(
  () => seen({ whole: window.whole, shifted: window.shifted }))))"""


@pytest.fixture
def seeded(ports: Ports) -> Seeded:
    """A workshop with a little of everything."""
    return seed(ports)


def let_in(window: Window, base: str, seeded: Seeded) -> None:
    """Give a window the cookie of the owner."""
    cookie = {"name": COOKIE, "value": seeded.logged_in["en"], "url": base}
    window.page.context.add_cookies([cookie])


def test_the_first_page_costs_less_than_200_kb(
    window: Window, base: str, seeded: Seeded
) -> None:
    let_in(window, base, seeded)
    wire = window.page.context.new_cdp_session(window.page)
    taken: list[float] = []
    wire.on("Network.loadingFinished", lambda done: taken.append(done["encodedDataLength"]))
    wire.send("Network.enable")

    window.page.goto(f"{base}/", wait_until="networkidle")

    assert len(taken) > 3
    assert sum(taken) < MOST_BYTES


def is_late(shift: list[Any], seen: dict[str, Any]) -> bool:
    """Whether something moved by more than a hair once the page was whole."""
    value, at, _ = shift
    return bool(value > A_HAIR and at > seen["whole"])


def test_nothing_moves_after_it_is_shown_nor_when_it_refreshes_itself(
    open_window: Callable[..., Window], base: str, seeded: Seeded
) -> None:
    window = open_window()
    let_in(window, base, seeded)
    context: Any = window.page.context
    context.add_init_script(WATCH)
    order, run = seeded.ids["order_id"], seeded.ids["run_id"]
    pages = {}

    for address in (
        *("/", "/orders", f"/orders/{order}", "/mapping", "/production"),
        *(f"/production/{run}", "/stock", "/overview"),
    ):
        pages[address] = context.new_page()
        pages[address].goto(base + address, wait_until="load", timeout=PATIENCE_MS)
    for page in pages.values():
        wait_until(page, partial(page.evaluate, IS_FRESH))
    seen = {address: page.evaluate(READ) for address, page in pages.items()}

    late = {
        at: [each for each in what["shifted"] if is_late(each, what)]
        for at, what in seen.items()
    }
    assert {at: found for at, found in late.items() if found} == {}
    moved = {at: sum(value for value, *_ in what["shifted"]) for at, what in seen.items()}
    assert {at: total for at, total in moved.items() if total > ARRIVING} == {}
