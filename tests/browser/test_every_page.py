"""Every page there is, in a real browser: axe finds nothing grave, nothing spills.

A page is opened by an owner in English on a desktop, light and dark, then narrowed to a phone; and
in Spanish on a phone.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from hub.app import create_app
from hub.models.session import Database
from hub.web.list_register import LISTS
from hub.web.pages import NOUNS
from tests.browser.conftest import DESKTOP, PHONE, Window
from tests.browser.pages_seed import seed
from tests.ground.chromium import PATIENCE_MS, Page
from tests.web.pages.visitor import COOKIE
from tests.web.ports import make_ports

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="no axe-core here"
)

NARROWEST = 360
MOST_OF_A_ROW = 120
"""Pixels of a row that tell which it is and how it stands."""
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
GRAVE = {"serious", "critical"}

NO_PAGES: Mapping[str, str] = {
    "mapping_table": "a file to save: CSV",
    "download_mail": "a file to save: the mail as it came",
    "recall_report": "a PDF",
    "recall_buyers": "a file to save: CSV",
    "recall_lots": "a file to save: CSV",
    "give_template": "a file to save: CSV",
    "give_table": "a file to save: CSV",
    "export_audit": "a file to save: CSV",
    "give_logo": "a picture",
    "give_colour": "a stylesheet",
    "packing_slip": "a PDF",
    "print_slips": "a PDF",
    "pick_list": "a PDF",
    "run_traveller": "a PDF",
    "lot_label": "a PDF",
    "preview_mapping": "a part that htmx puts into the page of a listing",
    "find_buyer": "a part that htmx puts into a new order",
    "find_goods": "a part that htmx puts into a new order",
    "come_back": "where a shop sends its owner back to; alone it is an error's page",
    "go_on_connecting": "leads on to the step that comes next",
    "setup_page": "shut once there is an owner: test_owner_journey.py walks it",
    "second_page": "leads on to the log-in without the right password: test_second_step.py",
}
"""Routes that are no pages of their own, and what they are."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "connect_stage": ("create", "paste", "test", "bring", "rehearse", "live"),
    "connect_form": ("shopify", "etsy", "email"),
    "show_words": ("shipped/es",),
}
"""What fills in the words at the end of an address."""

ASKED: Mapping[str, tuple[str, ...]] = {
    "list_orders": ("?view=all", "?q=H-0013"),
    "find_anything": ("?q=soap",),
    "mapping_queue": ("?view=all",),
    "mapping_bench": ("?last=50",),
    "list_inbox": ("?state=stuck",),
    "what_if_page": ("?kind=order_added&item=CND-ORA-200&quantity=12",),
}
"""What else a page is asked for."""


def rules() -> dict[str, str]:
    """Return the rule of each page that can be opened, by its view."""
    return {
        view.__name__: rule
        for noun in NOUNS
        for method, rule, view in noun
        if method == "GET" and view.__name__ not in NO_PAGES
    }


RULES_OF = rules()
PAGES = sorted(RULES_OF)


@dataclass
class Tour:
    """A served workshop, and a window of an owner of each language."""

    base: str
    ids: Mapping[str, int | str]
    windows: dict[str, Window] = field(default_factory=dict)

    def addresses(self, view: str) -> list[str]:
        """Fill in the addresses of a page from what was seeded."""
        rule = RULES_OF[view]
        rule = rule.replace("<id:message_id>", str(self.ids.get(view, "")))
        for name, known in self.ids.items():
            rule = rule.replace(f"<id:{name}>", str(known)).replace(f"<{name}>", str(known))
        head, *words = rule.split("<", maxsplit=1)
        filled = [head + each for each in WORDS.get(view, ())] if words else [rule]
        assert filled, f"{view}: nobody said what {rule} is filled in with"
        return [self.base + each for each in filled] + [
            f"{self.base}{filled[0]}{query}" for query in ASKED.get(view, ())
        ]

    def open(self, address: str, *, language: str) -> Window:
        """Open a page that must be there."""
        window = self.windows[language]
        window.complaints.clear()
        answer = window.page.goto(address)
        assert answer.status == 200, (address, answer.status)
        return window


@pytest.fixture(scope="module")
def tour(
    chromium: Any, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tour]:
    """The seeded workshop, served once for all pages."""
    path = tmp_path_factory.mktemp("every_page") / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    ports = make_ports(Database(f"sqlite:///{path}"))
    seeded = seed(ports)
    server = make_server("127.0.0.1", 0, create_app(ports), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    tour = Tour(base=f"http://127.0.0.1:{server.server_port}", ids=seeded.ids)
    contexts = []
    for language, size in (("en", DESKTOP), ("es", PHONE)):
        context = chromium.new_context(
            viewport=size, locale=language, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        secret = seeded.logged_in[language]
        context.add_cookies([{"name": COOKIE, "value": secret, "url": tour.base}])
        window = Window(context.new_page())
        window.listen()
        tour.windows[language] = window
        contexts.append(context)
    yield tour
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
    ports.database.dispose()


def grave(page: Page, *, only: str = "") -> list[str]:
    """Return what axe-core finds that is serious or critical, with where."""
    chosen = (
        {"type": "rule", "values": [only]} if only else {"type": "tag", "values": RULES}
    )
    # Fetching stylesheets anew is for rules of CSS orientation alone, and breaks our policy.
    options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
    found = axe.Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {' '.join(node['target'])}: {node['html'][:160]}"
        f" {node['any'][0]['message'] if node['any'] else ''}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"][:4]
    ]


def narrowed(page: Page, width: int) -> str:
    """Make the window so narrow and say what does not fit; nothing, if all does."""
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return f"{wide} px wide at {width}" if wide > width else squeezed(page)


def squeezed(page: Page) -> str:
    """Say which picture that scrolls by itself is drawn small instead: nobody could read it."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('svg.gantt, svg.natural')]"
        ".filter(e => { const is = e.getBoundingClientRect().width;"
        " return is && is < 0.75 * e.width.baseVal.value; })"
        ".map(e => `svg ${e.getAttribute('class')} drawn ${e.clientWidth} px wide`)"
    )
    return ", ".join(found)


def bare(page: Page) -> list[str]:
    """Return fields without a name, and say how many first headings there are if not one."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('input,select,textarea')]"
        ".filter(e => e.type !== 'hidden' && !e.labels.length && !e.ariaLabel"
        " && !e.getAttribute('aria-labelledby')).map(e => 'no label: ' + e.outerHTML)"
    )
    heads = page.locator("h1").count()
    return found if heads == 1 else [*found, f"{heads} first headings"]


@pytest.mark.parametrize("view", PAGES)
def test_a_page_is_for_everybody_on_every_screen(
    tour: Tour, view: str, keep: Callable[[Page, str], None]
) -> None:
    wrong = []

    for number, address in enumerate(tour.addresses(view)):
        window = tour.open(address, language="en")
        page = window.page
        page.set_viewport_size(DESKTOP)
        keep(page, f"{number}-desktop")
        said = [*window.complaints]
        found = [*grave(page), *bare(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {each}" for each in grave(page, only="color-contrast")]
        page.emulate_media(color_scheme="light")
        found += [narrowed(page, NARROWEST), narrowed(page, PHONE["width"])]
        wrong += [(address, each) for each in (*found, *said) if each]
    window = tour.open(tour.addresses(view)[0], language="es")
    said = [*window.complaints]
    found = [*grave(window.page), *bare(window.page)]
    found += [narrowed(window.page, NARROWEST), narrowed(window.page, PHONE["width"])]
    keep(window.page, "phone")
    wrong += [("es", each) for each in (*found, *said) if each]

    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("view", LISTS)
def test_a_list_shows_rows_on_the_first_screen_of_a_phone(
    tour: Tour, view: str, keep: Callable[[Page, str], None]
) -> None:
    window = tour.open(tour.addresses(view)[0], language="es")
    page = window.page
    page.set_viewport_size(PHONE)

    row = page.locator("table.list tbody tr").first.bounding_box()

    keep(page, "phone")
    search = page.get_by_role("searchbox").first.bounding_box()
    assert row is not None
    assert row["y"] + MOST_OF_A_ROW < PHONE["height"]
    assert search is not None
    assert search["y"] < row["y"]


def test_filters_are_folded_on_a_phone_and_say_how_many_are_set(tour: Tour) -> None:
    window = tour.open(f"{tour.base}/orders?risk=1&from=2026-01-01", language="en")
    page = window.page
    page.set_viewport_size(PHONE)
    risk = page.get_by_label("Risk")
    assert not risk.is_visible()

    page.get_by_text("Filters · 2 set").click()
    risk.select_option("all")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_text("Filters · 1 set").wait_for()
    page.locator("table.list tbody tr").first.wait_for()

    assert "risk=all" in page.url
    page.set_viewport_size(DESKTOP)
    assert page.get_by_label("Risk").is_visible()
    assert window.complaints == []


@pytest.mark.parametrize(
    "view, answer, deeds",
    [
        ("show_order", "section[aria-labelledby=blocks]", ".order-deeds .end"),
        ("show_run", "#bench", ".run-deeds"),
    ],
)
def test_on_a_phone_a_title_and_its_one_answer_stand_above_other_deeds(
    tour: Tour, view: str, answer: str, deeds: str
) -> None:
    page = tour.open(tour.addresses(view)[0], language="es").page
    page.set_viewport_size(PHONE)
    parts = [page.locator(each).first for each in ("h1", answer, deeds)]

    tops = [(each.bounding_box() or {"y": 0.0})["y"] for each in parts]

    assert tops == sorted(tops)
    assert 0 < tops[0] < tops[1] < PHONE["height"]


def test_every_address_that_can_be_opened_is_a_page_or_named_as_none(app: Flask) -> None:
    views = {
        rule.endpoint.removeprefix("pages.")
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("pages.")
    }

    assert views == set(PAGES) | set(NO_PAGES)
