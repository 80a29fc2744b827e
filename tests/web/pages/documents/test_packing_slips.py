"""Slips and pick lists: where to, what, of which lot, and in whose language."""

from sqlalchemy import select

from hub.flow.shipping.ship import ship
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from mapping.effects import Tracking
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
)
from tests.web.pages.documents.pdf_pages import pages_of, read
from tests.web.pages.goods import order_of
from tests.web.pages.house.test_brand import picture
from tests.web.pages.visitor import Visitor


def test_a_slip_says_where_to_what_and_of_which_lot_and_no_price(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, an_order)
        order.note = "Feliz cumpleaños, abuela"
        session.scalars(select(OrderLine)).one().personalisation = [["Name", "Łucja"]]
        session.add(
            Workshop(
                id=1, window_days=3, freeze_days=0, offer_days=14, updated_at=NOW,
                name="Cera y Sal", colour="#ffee00", logo=picture(), logo_type="image/png",
            )
        )  # fmt: skip

    paper = read(owner, f"/orders/{an_order}/slip.pdf")

    for said in (
        "Cera y Sal", "H-0001", "#1001", "Maria Ruiz", "Calle de la Cera 7", "18009 Granada",
        "Soy candle, fig", "CANDLE-1", "Łucja", "Feliz cumpleaños, abuela",
    ):  # fmt: skip
        assert said in paper, said
    for price in ("25,00", "25.00", "12,50", "12.50", "EUR", "€"):
        assert price not in paper


def test_a_slip_speaks_its_buyers_language(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        session.scalars(select(Lot)).one().best_before = NOW.date()
    spanish = read(owner, f"/orders/{an_order}/slip.pdf")
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, an_order)
        session.get_one(Customer, order.customer_id).locale = "en-GB"

    english = read(owner, f"/orders/{an_order}/slip.pdf")

    assert "consumir antes del 23 nov" in spanish.replace("\n", " ")
    assert "España" in spanish
    assert "Packing slip" in english
    assert "Spain" in english
    assert "23 Nov 2026" in english.replace("\n", " ")


def test_a_parcel_that_left_has_the_slip_of_what_was_in_it(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        line = session.scalars(select(OrderLine)).one()
        shipment_id = ship(
            session, order_id=an_order, lines={line.id: 1},
            tracking=Tracking(carrier="Correos", number="PK1", url=""), notify=True,
            who="user:1", now=NOW,
        )  # fmt: skip

    rest = read(owner, f"/orders/{an_order}/slip.pdf")
    left = read(owner, f"/orders/{an_order}/slip.pdf?shipment={shipment_id}")

    assert "PK1" in left
    assert "CANDLE-1" in left
    assert "PK1" not in rest
    assert owner.open(f"/orders/{an_order}/slip.pdf?shipment=99").status_code == 404


def test_nothing_of_a_cancelled_order_is_packed_any_more(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    slip = f"/orders/{an_order}/slip.pdf"
    assert slip in owner.see(f"/orders/{an_order}")
    with ports.database.begin() as session:
        session.get_one(SalesOrder, an_order).intent = "cancelled"

    assert owner.open(slip).status_code == 404
    assert owner.open(f"/papers/slips.pdf?ids={an_order}").status_code == 404
    assert slip not in owner.see(f"/orders/{an_order}")


def test_several_slips_are_one_file_and_each_its_own_page(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        other = order_of(session, pieces=1)

    pages = pages_of(owner, f"/papers/slips.pdf?ids={other},{an_order}")

    assert ["H-0002" in pages[0], "H-0001" in pages[1]] == [True, True]
    assert len(pages) == 2
    assert owner.open("/papers/slips.pdf?ids=99,x").status_code == 404


def test_an_order_of_250_lines_goes_on_over_pages(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        items = [make_item(session, code=f"THING-{n:03}") for n in range(250)]
        account = make_account(session)
        order_id = make_order(session, account=account, lines=dict.fromkeys(items, 2)).id

    pages = pages_of(owner, f"/orders/{order_id}/slip.pdf")

    text = "\n".join(pages)
    assert all(f"THING-{n:03}" in text for n in range(250))
    assert 5 <= len(pages) <= 20
    assert pages[-1].splitlines()[-1].endswith(f" {len(pages)}")


def test_a_pick_list_goes_item_by_item_and_oldest_first(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        for code, month in (("LATE", 12), ("SOON", 6)):
            make_lot(
                session, item=candle, quantity=3 * PIECE, code=code,
                best_before=NOW.date().replace(year=2027, month=month),
            )  # fmt: skip
        ids = [order_of(session, pieces=pieces) for pieces in (2, 3, 4)]

    paper = read(owner, "/papers/pick-list.pdf?" + "&".join(f"ids={each}" for each in ids))

    assert paper.index("SOON") < paper.index("LATE")
    assert paper.index("H-0001 (2 pcs), H-0002") < paper.index("LATE")
    assert "Not in stock yet" in paper
    assert "H-0003 Soy candle, fig 3 pcs" in paper


def test_the_code_of_a_lot_to_fetch_is_on_one_line(ports: Ports, owner: Visitor) -> None:
    code = "SALT-LAV-500-26222-19"
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=3 * PIECE, code=code)
        order_id = order_of(session, pieces=2)

    assert code in read(owner, f"/papers/pick-list.pdf?ids={order_id}")


def test_without_a_choice_what_is_ready_is_picked(owner: Visitor, an_order: int) -> None:
    assert "H-0001" in read(owner, "/papers/pick-list.pdf")
    assert "H-0001" in read(owner, "/papers/slips.pdf")
    assert "H-0001" not in read(owner, "/papers/pick-list.pdf?ids=none")
