"""A working day of each role, clicked and tapped through what the page shows, in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder, Supplier, SupplierItem
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.ports import Ports
from tests.browser.conftest import DESKTOP, PHONE, LinkFor, Window, come_in
from tests.browser.hands import Hands, Words
from tests.factories import NOW, PIECE
from tests.ground.chromium import Page
from tests.web.pages.buyer.buyer_links import link as buyer_path
from tests.web.pages.goods import item, order_of, order_to_make
from tests.web.pages.meaning.test_mapping import unmapped

Keep = Callable[[Page, str], None]
HandsOf = Callable[..., Hands]
CANDLE = "Soy candle, fig"
PACK = "Soy candle, fig, pack of 6"


@pytest.fixture(params=["en", "es"])
def words(request: pytest.FixtureRequest) -> Words:
    """The words of each language we speak, one after the other."""
    return Words(request.param)


@pytest.fixture
def hands_of(
    open_window: Callable[..., Window], link_for: LinkFor, words: Words
) -> HandsOf:
    """Lets somebody of a role in: hands_of(Role.MAKER, size=PHONE)."""

    def let_in(role: Role, *, size: dict[str, int]) -> Hands:
        window = open_window(size=size, language=words.locale)
        come_in(window.page, link_for(role, locale=words.locale))
        return Hands(window, words, has_touch=size is PHONE)

    return let_in


def plan(ports: Ports) -> None:
    """Do what the planning job would do after a wake-up call."""
    with ports.database.begin() as session:
        replan(session, now=NOW)


def sold_by_ceres(ports: Ports) -> None:
    """Let Ceres sell wax in packs of a kilogram, within four days."""
    with ports.database.begin() as session:
        ceres = Supplier(code="CERES", name="Ceres", currency="EUR", created_at=NOW)
        session.add(ceres)
        session.flush()
        session.add(
            SupplierItem(
                supplier_id=ceres.id,
                item_id=item(session, "WAX").id,
                lead_time_days=4,
                multiple=1000 * PIECE,
                is_preferred=True,
            )
        )


def test_a_planner_maps_releases_orders_what_is_short_and_sees_the_promise(
    hands_of: HandsOf, ports: Ports, keep: Keep
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=3000)
        unmapped(session)
    sold_by_ceres(ports)
    planner = hands_of(Role.PLANNER, size=DESKTOP)
    keep(planner.page, "today")

    planner.follow(
        "Map",
        of=planner.words.many(
            "%(num)s listing not mapped", "%(num)s listings not mapped", 1
        ),
    )
    planner.open(PACK)
    planner.page.locator("#preview li").first.wait_for()
    keep(planner.page, "mapping")
    planner.press("Save and plan")
    planner.sees("Nothing waits to be mapped.")
    plan(ports)

    planner.go("Production")
    planner.press("Release", of="P-0002")
    # The card is there before the server knows; its words come from the server.
    planner.page.locator("#board-says", has_text="P-0002").wait_for()
    planner.page.locator('.column[data-state="released"] .run-card').wait_for()
    keep(planner.page, "board")
    planner.go("Purchases")
    planner.press("Order it", of="Ceres")
    planner.page.get_by_role("heading", name="PO-").wait_for()
    keep(planner.page, "purchase")
    plan(ports)
    planner.go("Orders")
    planner.open("H-0002")
    planner.sees_heading("Why this date")
    planner.page.locator(
        ".order-head", has_text=planner.words("promised %(day)s", day="")
    ).wait_for()
    keep(planner.page, "order")

    with ports.database.reading() as session:
        assert session.scalars(select(PurchaseOrder.state)).all() == ["ordered"]
        states = select(ProductionOrder.state).order_by(ProductionOrder.id)
        assert session.scalars(states).all() == ["planned", "released"]
        promised = session.scalars(select(SalesOrder.promised_on)).all()
    assert promised == [NOW.date(), NOW.date() + timedelta(days=4)]
    assert planner.window.complaints == []


def test_a_maker_makes_a_run_of_two_batches_on_a_phone(
    hands_of: HandsOf, ports: Ports, keep: Keep
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=14, wax_grams=5000)
    maker = hands_of(Role.MAKER, size=PHONE)
    keep(maker.page, "today")

    maker.go("Production")
    maker.open("P-0001")
    maker.sees_heading("Pick the lots")
    maker.hit(maker.page.locator(".pick-lot"))
    keep(maker.page, "lots")
    maker.press("Start", inside="#bench")
    maker.sees_heading("Batch %(num)s of %(all)s", num=1, all=2)
    maker.press("This batch is done", inside="#bench")
    maker.sees_heading("Batch %(num)s of %(all)s", num=2, all=2)
    keep(maker.page, "second batch")
    maker.follow("Finish", inside="#bench")
    maker.sees_heading("Finish %(number)s", number="P-0001")
    maker.page.locator('input[name="produced"]').fill("8")
    maker.write("Scrapped", "2")
    maker.page.get_by_label(maker.words("Why scrapped")).select_option(index=1)
    maker.write("Lot code", "FIG-7")
    keep(maker.page, "finish")
    maker.press("Finish")
    maker.sees("Finished. The new lot is in stock.")
    keep(maker.page, "done")

    with ports.database.reading() as session:
        run = session.scalars(select(ProductionOrder)).one()
        codes = session.scalars(select(Lot.code)).all()
    assert (run.state, run.produced, run.scrapped) == ("done", 18 * PIECE, 2 * PIECE)
    assert "FIG-7" in codes
    assert maker.window.complaints == []


def test_a_packer_packs_on_a_phone_and_the_buyer_can_follow_the_parcel(
    hands_of: HandsOf,
    open_window: Callable[..., Window],
    ports: Ports,
    base: str,
    keep: Keep,
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
    packer = hands_of(Role.PACKER, size=PHONE)
    keep(packer.page, "today")

    packer.follow("Pack")
    packer.open("H-0001")
    packer.sees_heading("Documents")
    keep(packer.page, "order")
    slip = packer.page.get_by_role("link", name=packer.words("Packing slip"))
    paper = packer.page.request.get(base + slip.get_attribute("href"))
    packer.follow("Ship")
    packer.sees_heading("Ship %(number)s", number="H-0001")
    packer.write("Carrier", "Correos")
    packer.write("Tracking number", "PK123")
    keep(packer.page, "ship")
    packer.press("Ship")
    packer.sees("Shipped. The shop is told with the tracking.")
    buyer = open_window(size=PHONE, language="es-ES")
    buyer.page.goto(base + buyer_path(ports, order_id))
    buyer.page.locator('[aria-current="step"]', has_text="Enviado").wait_for()
    buyer.page.get_by_text("PK123").wait_for()
    keep(buyer.page, "buyer")

    assert (paper.status, paper.body()[:5]) == (200, b"%PDF-")
    with ports.database.reading() as session:
        assert session.scalars(select(Shipment.tracking_number)).all() == ["PK123"]
        assert "fulfil" in session.scalars(select(OutboundMessage.kind)).all()
    assert packer.window.complaints == []
    assert buyer.complaints == []


def test_a_viewer_sees_pages_but_finds_nothing_to_press_and_is_refused_elsewhere(
    hands_of: HandsOf, ports: Ports, base: str, keep: Keep
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=3000)
        unmapped(session)
    viewer = hands_of(Role.VIEWER, size=DESKTOP)
    pressable = viewer.page.locator('main form[method="post"] button')
    found = []

    for name in (
        "Today",
        "Orders",
        "Mapping",
        "Production",
        "Stock",
        "Purchases",
        "Shipments",
    ):
        viewer.go(name)
        found += [(name, each) for each in pressable.all_inner_texts()]
        keep(viewer.page, name.lower())
    viewer.go("Orders")
    viewer.open("H-0001")
    viewer.sees_heading("Why this date")
    viewer.arrive()
    found += [("order", each) for each in pressable.all_inner_texts()]
    body = viewer.page.locator("main").inner_text()
    refused = viewer.page.goto(f"{base}/orders/1/ship")
    keep(viewer.page, "refused")

    assert found == []
    assert "Maria" not in body
    assert refused.status == 403
    viewer.sees_heading("Your role may not do that. Ask the owner of this workshop.")
