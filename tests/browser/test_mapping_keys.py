"""Listings are mapped from the keyboard alone: walked, edited, left, taken back, found."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.meaning.map_lines import map_order
from hub.models.records.orders import OrderLine, SalesOrder
from hub.ports import Ports
from tests.browser.conftest import come_in
from tests.browser.test_palette import AT_ONCE
from tests.factories import NOW
from tests.ground.chromium import Page
from tests.web.pages.meaning.test_mapping import unmapped


def states(ports: Ports) -> list[str]:
    with ports.database.reading() as session:
        return list(session.scalars(select(OrderLine.state).order_by(OrderLine.position)))


def shown(page: Page, words: str) -> None:
    """Wait for a page that says something, and until its keys do something."""
    page.get_by_text(words).wait_for()
    page.wait_for_load_state("load")


def a_tip(session: Session) -> None:
    """Add a line nobody makes to the order."""
    order = session.scalars(select(SalesOrder)).one()
    session.add(
        OrderLine(
            order_id=order.id,
            external_id="tip-1",
            position=2,
            kind="product",
            title="Propina",
            listing_key="variant:88",
            ordered=1,
            state="unmapped",
        )  # fmt: skip
    )
    session.flush()
    map_order(session, order_id=order.id, now=NOW)


def test_two_keys_that_lead_elsewhere_do_nothing_to_the_row_they_are_pressed_on(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    with ports.database.begin() as session:
        unmapped(session)
    come_in(page, link)
    page.goto(f"{base}/mapping")

    page.keyboard.press("ArrowDown")
    page.locator("tr[data-listing]:focus").wait_for()
    page.evaluate(AT_ONCE, ["g", "i"])
    page.wait_for_url("**/messages/in")

    assert states(ports) == ["unmapped"]


def test_a_queue_is_emptied_and_taken_back_from_the_keyboard_alone(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        unmapped(session)
        a_tip(session)
    come_in(page, link)
    page.goto(f"{base}/mapping")
    keys = page.keyboard

    keys.press("ArrowDown")
    keys.press("e")
    page.get_by_text("needs 12 pcs of Soy candle, fig").wait_for()
    keys.press("Escape")
    page.locator("tr[data-listing]:focus").wait_for()
    keys.press("Enter")
    page.get_by_text("1 order moved.").wait_for()
    assert states(ports) == ["mapped", "unmapped"]

    page.locator("tr[data-listing]:focus").wait_for()
    keys.press("x")
    assert page.locator("#chosen").text_content() == "1"
    keys.press("x")
    keys.press("i")
    shown(page, "Nothing waits to be mapped.")
    assert states(ports) == ["mapped", "service"]

    keys.press("u")
    shown(page, "Taken back.")
    assert states(ports) == ["mapped", "unmapped"]
    keys.press("/")
    keys.type("nothing such")
    page.get_by_text("No listing fits what you search for.").wait_for()

    assert complaints == []
