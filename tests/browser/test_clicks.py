"""A real browser walks the pages: by clicking, without one violation of the policy, on a phone."""

from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.browser.conftest import come_in
from tests.factories import NOW, PIECE, make_lot
from tests.ground.chromium import Page
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.meaning.test_mapping import unmapped
from tests.web.pages.visitor import PASSWORD, email_of


def plan(ports: Ports) -> None:
    """Do what the planning job would do after a wake-up call."""
    with ports.database.begin() as session:
        replan(session, now=NOW)


def test_an_order_is_walked_to_the_door_by_clicking_alone(
    page: Page, link: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=5000)

    come_in(page, link)
    page.get_by_role("button", name="Start: P-0001").click()
    page.get_by_text("Started. The materials are picked.").wait_for()
    page.get_by_role("link", name="Finish").click()
    page.get_by_role("textbox", name="Scrapped").fill("1")
    page.get_by_label("Good yield").fill("9")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Finished. The new lot is in stock.").wait_for()
    plan(ports)
    page.get_by_role("link", name="Orders").click()
    page.get_by_role("link", name="H-0001").click()
    page.get_by_role("link", name="Ship", exact=True).click()
    page.get_by_role("textbox", name="Carrier as on").fill("Correos")
    page.get_by_label("Tracking number").fill("PK123")
    page.get_by_role("button", name="Ship").click()
    page.get_by_text("Shipped. The shop is told with the tracking.").wait_for()

    with ports.database.reading() as session:
        assert session.scalars(select(SalesOrder.phase)).all() == ["shipped"]
        kinds = set(session.scalars(select(OutboundMessage.kind)))
    assert "fulfil" in kinds
    assert complaints == []


def test_a_listing_is_mapped_with_a_preview_and_the_list_follows_by_itself(
    page: Page, link: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        unmapped(session)
        make_lot(session, item=item(session, "CANDLE"), quantity=50 * PIECE)

    come_in(page, link)
    page.get_by_role("link", name="Map: 1 listing").click()
    page.get_by_role("link", name="Soy candle, fig, pack of 6").click()
    page.get_by_text("needs 12 pcs of Soy candle, fig; 50 pcs are free").wait_for()
    page.get_by_label("How much").first.fill("5")
    page.get_by_label("How much").first.blur()
    page.get_by_text("needs 10 pcs of Soy candle, fig; 50 pcs are free").wait_for()
    page.get_by_role("button", name="Save and plan").click()
    page.get_by_text("Nothing waits to be mapped.").wait_for()
    page.get_by_role("link", name="Orders").click()
    page.locator("#live .badge", has_text="New").wait_for()
    plan(ports)
    page.locator("#live .badge", has_text="Ready to ship").wait_for()

    assert complaints == []


def test_every_page_fits_a_phone_and_breaks_no_policy(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        unmapped(session, title="A very long title " * 12 + "W" * 90)
    come_in(page, link)
    page.set_viewport_size({"width": 360, "height": 740})
    wide = []

    for address in (
        *("/", "/orders", "/orders/1", "/orders/2", "/orders/1/ship", "/mapping"),
        *("/mapping/2", "/production", "/production/1", "/production/1/finish", "/stock"),
        *("/stock/1", "/stock/add", "/shipments", "/channels", "/channels/connect"),
        *("/channels/1", "/channels/1/rehearsed", "/channels/connect/etsy", "/tasks"),
        *("/messages/in", "/messages/out"),
    ):
        page.goto(base + address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide.append((address, width))

    assert wide == []
    assert complaints == []


def test_the_log_in_form_works_from_the_keyboard(
    page: Page, link: str, base: str, complaints: list[str]
) -> None:
    page.goto(f"{base}/production")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(email_of(Role.OWNER))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Production").wait_for()
    page.get_by_text("Carmen").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in").wait_for()
    assert complaints == []


def test_every_field_has_a_label(page: Page, link: str, base: str, ports: Ports) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
    come_in(page, link)
    bare = []

    for address in (
        *("/orders", "/mapping/1", "/stock/1", "/stock/add", "/channels/1"),
        *("/channels/connect/shopify", "/channels/connect/etsy"),
    ):
        page.goto(base + address)
        bare += page.evaluate(
            "[...document.querySelectorAll('input,select,textarea')]"
            ".filter(e => e.type !== 'hidden' && !e.labels.length && !e.ariaLabel)"
            ".map(e => e.outerHTML)"
        )

    assert bare == []
