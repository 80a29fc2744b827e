"""The owner's first day on a hub of real processes: from the printed link to a second proof."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.browser.conftest import PHONE, Window
from tests.browser.hands import Hands, Words
from tests.ground.chromium import Page
from tests.journeys.hub import Hub, embedded_hub
from tests.journeys.processes import wait_for

SETUP = re.compile(r"http://\S+/setup/\S+")
EMAIL, PASSWORD = "ana@cerysal.example", "wax and wick and patience"
STEP = 30
WORKERS_MS = 60_000
"""A worker of its own process plans what was sold; on a busy machine that takes its time."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """One command on an empty folder: the hub as anybody first meets it."""
    with embedded_hub(tmp_path / "hub") as made:
        yield made


@pytest.mark.timeout(300)  # Processes of its own, on a machine that runs other tests too.
@pytest.mark.parametrize("locale", ["en", "es"])
def test_an_owner_sets_a_workshop_up_and_guards_it_with_a_second_proof(
    hub: Hub,
    open_window: Callable[..., Window],
    keep: Callable[[Page, str], None],
    tmp_path: Path,
    locale: str,
) -> None:
    owner = Hands(open_window(language=f"{locale}-ES"), Words(locale))

    become_owner(owner, hub)
    keep(owner.page, "today")
    bring_tables(owner, folder=tmp_path)
    keep(owner.page, "welcome")
    number = type_an_order(owner, keep)
    map_its_line(owner)
    wait_for_the_plan(owner, number=number, keep=keep)
    join_link = invite_a_maker(owner)
    maker = Hands(
        open_window(size=PHONE, language=f"{locale}-ES"), Words(locale), has_touch=True
    )
    join(maker, join_link)
    keep(maker.page, "maker")
    totp = set_up_second_proof(owner, keep)
    log_in_with(owner, totp)
    keep(owner.page, "again")

    assert owner.window.complaints == []
    assert maker.window.complaints == []


def become_owner(owner: Hands, hub: Hub) -> None:
    """Open the link the command printed, and choose a password."""
    found = wait_for(lambda: SETUP.search(hub.log), what="the link to set it up")
    owner.page.goto(found[0])
    owner.write("Your name", "Ana")
    owner.write("E-mail", EMAIL)
    owner.write("Password", PASSWORD)
    owner.press("Begin")
    owner.sees_heading("Three steps to the first batch")


def bring_tables(owner: Hands, *, folder: Path) -> None:
    """Take templates out, and bring them back as they are: a candle maker's goods."""
    for table, heading in (("items", "Items"), ("recipes", "Recipes"), ("lots", "Lots")):
        owner.house("First steps")
        with owner.page.expect_download() as download:
            owner.follow("Template", of=owner.words(heading))
        file = folder / f"{table}.csv"
        download.value.save_as(file)
        owner.follow("Bring a table")
        owner.page.locator('select[name="table"]').select_option(table)
        owner.page.locator('input[type="file"]').set_input_files(file)
        owner.press("Look first")
        owner.sees_heading("What would become of it")
        owner.press("Take it in")
        owner.page.locator(".did").wait_for()
    owner.house("First steps")
    owner.page.locator("#step-2 .badge.green").wait_for()


def type_an_order(owner: Hands, keep: Callable[[Page, str], None]) -> str:
    """Type an order for candles and for a gift set nobody said the meaning of yet."""
    owner.go("Orders")
    owner.follow("New order")
    owner.write("Name", "Luis Prado")
    want(owner, 1, "CND-LAV", pieces="2")
    owner.sees("Can be made, ready %(day)s", day="")
    owner.press("Next line")
    want(owner, 2, "SET-LAV-6", pieces="1")
    owner.page.locator("#answer-2 .tone-red").wait_for()
    owner.press("Next line")
    as_it_is = owner.page.get_by_label(owner.words("Take it as it is written"))
    as_it_is.wait_for()
    owner.arrive()
    as_it_is.check()
    owner.sees("Nobody said yet what this is: it waits to be mapped")
    keep(owner.page, "new order")
    owner.press("Save and open it")
    heading = owner.page.locator(".order-head h1")
    heading.wait_for()
    return str(heading.inner_text())


def want(owner: Hands, line: int, code: str, *, pieces: str) -> None:
    """Fill one line of a new order, and go on to the next field."""
    sku = owner.page.locator(f'input[name="sku-{line}"]')
    sku.wait_for()
    owner.arrive()
    sku.fill(code)
    owner.page.locator(f'input[name="quantity-{line}"]').fill(pieces)
    owner.page.keyboard.press("Tab")


def map_its_line(owner: Hands) -> None:
    """Say that a gift set is six candles."""
    owner.page.locator(".order-lines").get_by_role("link", name=owner.words("Map")).click()
    owner.page.locator("#amount-0").fill("6")
    candle = owner.page.locator("#item-0 option", has_text="CND-LAV")
    owner.page.locator("#item-0").select_option(candle.get_attribute("value"))
    owner.page.locator("#preview li").first.wait_for()
    owner.press("Save and plan")
    owner.sees("Nothing waits to be mapped.")


def wait_for_the_plan(
    owner: Hands, *, number: str, keep: Callable[[Page, str], None]
) -> None:
    """Watch the worker's plan come to the order's page by itself."""
    owner.go("Orders")
    owner.open(number)
    its_line = owner.page.locator(".order-lines tr", has_text="SET-LAV-6")
    its_line.locator("a", has_text="P-0001").first.wait_for(timeout=WORKERS_MS)
    keep(owner.page, "order")


def invite_a_maker(owner: Hands) -> str:
    """Make an invitation, and return its link."""
    owner.house("People")
    owner.write("Name", "Marta")
    owner.write("E-mail", "marta@cerysal.example")
    owner.page.locator('input[name="role"][value="maker"]').check()
    owner.page.locator('select[name="locale"]').select_option(owner.words.locale)
    owner.press("Make the invitation")
    owner.sees_heading("A link for %(name)s", name="Marta")
    return str(owner.page.locator("code.copy").inner_text())


def join(maker: Hands, link: str) -> None:
    """Come in by an invitation, on a phone."""
    maker.page.goto(link)
    maker.write("Password", "ten batches before lunch")
    maker.press("Come in")
    maker.sees_heading("Today")


def set_up_second_proof(owner: Hands, keep: Callable[[Page, str], None]) -> TOTP:
    """Let a device make codes, as its app would; return it."""
    owner.house("My account")
    owner.follow("Set it up")
    owner.write("Present password", PASSWORD)
    owner.press("Go on")
    shown = owner.page.locator("code.copy").inner_text()
    device = TOTP(base64.b32decode("".join(shown.split())), 6, SHA1(), STEP)  # noqa: S303
    owner.write("Code", code_of(device))
    keep(owner.page, "second proof")
    owner.press("Turn it on")
    owner.follow("I have kept them")
    owner.sees_heading("My account")
    return device


def log_in_with(owner: Hands, device: TOTP) -> None:
    """Log out, and in again with both proofs: a code is good once, so this is the next one."""
    owner.page.locator("header summary", has_text="Ana").click()
    owner.press("Log out", inside="header")
    owner.write("E-mail", EMAIL)
    owner.write("Password", PASSWORD)
    owner.press("Log in")
    owner.write("Code", code_of(device, ahead=STEP))
    owner.press("Log in")
    owner.sees_heading("Today")


def code_of(device: TOTP, *, ahead: int = 0) -> str:
    """Return what a device shows so many seconds from now."""
    return device.generate(int(time.time()) + ahead).decode()
