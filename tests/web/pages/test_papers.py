"""Papers as they are printed: what must stand on them, for whom, and that nothing breaks them."""

import io
from dataclasses import replace

import pdfplumber
import pytest
from flask import Flask
from reportlab.graphics.barcode.qr import QrCodeWidget
from sqlalchemy import select

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.recalls.recall import start_recall
from hub.flow.shipping.ship import ship
from hub.models.records.items import Item
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from hub.web.documents.frame import qr
from hub.web.documents.lot_labels import is_for_bars
from hub.web.shipping.papers import safe_name
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.web.pages.goods import order_of, order_to_make
from tests.web.pages.test_brand import picture
from tests.web.pages.visitor import Visitor, visit

HOSTILE = "<b>&amp; </para> ${x} {{7*7}} \x07 ł € 日本 " + "W" * 400


def pages_of(visitor: Visitor, path: str) -> list[str]:
    """Open a paper and read what is printed on each of its pages."""
    answer = visitor.open(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.content_type == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.data)) as paper:
        return [page.extract_text() for page in paper.pages]


def read(visitor: Visitor, path: str) -> str:
    """Read a whole paper."""
    return "\n".join(pages_of(visitor, path))


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
    assert "Packing slip" in english
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


def test_without_a_choice_what_is_ready_is_picked(owner: Visitor, an_order: int) -> None:
    assert "H-0001" in read(owner, "/papers/pick-list.pdf")
    assert "H-0001" in read(owner, "/papers/slips.pdf")
    assert "H-0001" not in read(owner, "/papers/pick-list.pdf?ids=none")


def test_a_traveller_brings_recipe_lots_and_orders(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=15, wax_grams=9_000)
        run = session.scalars(select(ProductionOrder)).one()
        run_id, number = run.id, run.number

    paper = read(owner, f"/production/{run_id}/traveller.pdf")

    for said in (
        number,
        "Soy wax",
        "WAX-1",
        "2 kg",
        "4 kg",
        "H-0001",
        "Materials",
        "New lot",
    ):
        assert said in paper, said


def test_a_code_holds_the_address_of_the_page() -> None:
    drawing = qr("https://hornada.example/production/7", size=60)

    [code] = [each for each in drawing.contents if isinstance(each, QrCodeWidget)]
    assert code.value == "https://hornada.example/production/7"


@pytest.mark.parametrize(
    "size, count, sheets", [("62x29", 3, 3), ("a4", 24, 1), ("a4", 25, 2)]
)
def test_labels_fill_the_paper_they_are_for(
    ports: Ports, owner: Visitor, size: str, count: int, sheets: int
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        candle.allergens = ["linalool"]
        lot_id = make_lot(
            session, item=candle, quantity=12 * PIECE, code="L-26-7", best_before=NOW.date()
        ).id

    pages = pages_of(owner, f"/lots/{lot_id}/label.pdf?size={size}&count={count}")

    assert len(pages) == sheets
    assert "\n".join(pages).count("L-26-7") == count
    for said in ("Soy candle, fig", "12 pcs", "linalool", "23 Nov 2026"):
        assert said in pages[0], said


@pytest.mark.parametrize(
    "asked", ["size=a9", "count=0", "count=241", "count=x", "count=-1"]
)
def test_labels_nobody_can_print_are_not_there(
    ports: Ports, owner: Visitor, asked: str
) -> None:
    with ports.database.begin() as session:
        lot_id = make_lot(session, item=make_item(session), quantity=PIECE).id

    assert owner.open(f"/lots/{lot_id}/label.pdf?{asked}").status_code == 404
    assert owner.open("/lots/99/label.pdf").status_code == 404


def test_only_plain_codes_have_bars() -> None:
    assert is_for_bars("L-26-7")
    assert not is_for_bars("Ñ-1")
    assert not is_for_bars("")
    assert not is_for_bars("x" * 25)


def test_hostile_words_break_no_paper(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=15, wax_grams=9_000)
        order = session.get_one(SalesOrder, order_id)
        order.note = HOSTILE * 20
        order.external_number = HOSTILE
        session.get_one(Address, order.ship_to_id).line1 = HOSTILE
        for line in session.scalars(select(OrderLine)):
            line.title, line.personalisation = HOSTILE, [[HOSTILE, HOSTILE * 9], "x", [1]]
        for item in session.scalars(select(Item)):
            item.name, item.allergens = HOSTILE, [HOSTILE]
        lot = session.scalars(select(Lot)).first()
        assert lot is not None
        lot.code = HOSTILE[:60]
        run_id, lot_id = session.scalars(select(ProductionOrder.id)).one(), lot.id

    for path in (
        f"/orders/{order_id}/slip.pdf",
        f"/papers/pick-list.pdf?ids={order_id}",
        f"/production/{run_id}/traveller.pdf",
        f"/lots/{lot_id}/label.pdf",
        f"/lots/{lot_id}/label.pdf?size=a4",
    ):
        assert read(owner, path), path
    assert "{{7*7}}" in read(owner, f"/orders/{order_id}/slip.pdf")


def test_a_maker_prints_no_address(app: Flask, ports: Ports, an_order: int) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    assert maker.open(f"/orders/{an_order}/slip.pdf").status_code == 403
    assert maker.open("/papers/slips.pdf").status_code == 403


def test_a_file_is_named_by_what_every_system_takes(owner: Visitor, an_order: int) -> None:
    answer = owner.open(f"/orders/{an_order}/slip.pdf")

    assert answer.headers["Content-Disposition"] == 'inline; filename="slip-H-0001.pdf"'
    assert safe_name('../a"\r\nb/ñ') == "a-b"
    assert safe_name("日本") == "paper"


def test_papers_are_linked_where_people_look(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        ready = order_of(session, pieces=1)
        shipment_id = ship(
            session, order_id=order_id, lines=None, tracking=Tracking(number="PK1"),
            notify=False, who="user:1", now=NOW,
        )  # fmt: skip
        order_to_make(session, pieces=20, wax_grams=50_000)
        run_id = session.scalars(select(ProductionOrder.id)).one()
        lot_id = session.scalars(select(Lot.id)).first()

    assert f"/orders/{ready}/slip.pdf" in owner.see(f"/orders/{ready}")
    parcel = f"/orders/{order_id}/slip.pdf?shipment={shipment_id}"
    assert parcel in owner.see(f"/shipments/{shipment_id}")
    traveller = f"/production/{run_id}/traveller.pdf"
    assert traveller in owner.see(f"/production/{run_id}")
    assert traveller in owner.see("/production")
    assert f"/lots/{lot_id}/label.pdf" in owner.see(f"/lots/{lot_id}")
    assert "/papers/pick-list.pdf" in owner.see("/")
    page = owner.see("/orders")
    for deed, paper in (("slips", "slips.pdf"), ("pick", "pick-list.pdf")):
        assert f'value="{deed}"' in page
        sent = owner.press("/orders/bulk", deed=deed, row=str(ready))
        assert sent.location == f"/papers/{paper}?ids={ready}"


def test_a_recall_is_printed_in_the_workshops_look_and_hours(ports: Ports) -> None:
    there = ports.settings.model_copy(update={"timezone": "Europe/Madrid"})
    madrid = replace(ports, settings=there)
    owner = visit(create_app(madrid), madrid, role=Role.OWNER)
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=10)
        lot_id = session.scalars(select(Lot.id)).one()
        session.add(
            Workshop(
                id=1, window_days=3, freeze_days=0, offer_days=14, updated_at=NOW,
                name="Cera y Sal",
            )
        )  # fmt: skip
        recall_id = start_recall(
            session, lot_id=lot_id, is_drill=True, reason="A drill", who="user:1", now=NOW,
        )  # fmt: skip

    paper = read(owner, f"/recalls/{recall_id}/report.pdf")

    assert "Cera y Sal" in paper
    assert f"{NOW.astimezone(there.zone):%Y-%m-%d %H:%M} CE" in paper
