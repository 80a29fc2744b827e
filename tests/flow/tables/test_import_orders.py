"""Orders from tables: the shops' exports and our own, each order once, only what is open."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.tables.order_table import UnknownColumns
from hub.domain.tables.table import BadTable
from hub.flow.tables.imports import Report, kind_of, take_in
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Address, Customer, Demand, OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.session import Database
from tests.factories import NOW, make_account, make_item, make_order
from tests.flow.bench import WHO

OWN = """order,placed_on,customer,email,sku,title,quantity,unit_price,currency,ship_country
T-1,2026-11-20,Ana Gil,ana@ana.example,CANDLE,Candle,2,6.50,EUR,ES
T-1,,Ana Gil,,SOAP,Soap,1,4.00,EUR,
T-2,2026-11-21,Bo Berg,bo@bo.example,CANDLE,Candle,5,,,Sweden
"""

SHOPIFY = (
    "Name", "Email", "Financial Status", "Fulfillment Status", "Currency", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem fulfillment status", "Billing Name",
    "Shipping Name", "Shipping Address1", "Shipping City", "Shipping Zip",
    "Shipping Country", "Notes", "Cancelled at", "Risk Level",
)  # fmt: skip
ETSY = (
    "Sale Date", "Item Name", "Buyer", "Quantity", "Price", "Currency", "Transaction ID",
    "Listing ID", "Date Shipped", "Ship Name", "Ship Address1", "Ship City", "Ship State",
    "Ship Zipcode", "Ship Country", "Order ID", "Variations", "SKU",
)  # fmt: skip


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Session]:
    """A transaction on one engine: what is read from a cell does not depend on it."""
    with Session(sqlite_database.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()


def sheet(columns: Sequence[str], *rows: Mapping[str, str], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def shopify(number: str = "#1001", **more: str) -> dict[str, str]:
    """Write the first row of an order of Shopify's export, which is paid and open."""
    plain = {
        "Name": number,
        "Email": "ana@ana.example",
        "Financial Status": "paid",
        "Fulfillment Status": "unfulfilled",
        "Currency": "EUR",
        "Created at": "2026-11-20 10:15:30 +0100",
        "Lineitem quantity": "2",
        "Lineitem name": "Candle - Fig",
        "Lineitem price": "6.50",
        "Lineitem sku": "CANDLE",
        "Lineitem requires shipping": "true",
        "Lineitem fulfillment status": "pending",
        "Billing Name": "Ana Gil",
        "Shipping Name": "Ana Gil",
        "Shipping Address1": "Calle Sol 3",
        "Shipping City": "Granada",
        "Shipping Zip": "'18009",
        "Shipping Country": "ES",
        "Risk Level": "Low",
    }
    return plain | {name.replace("_", " "): value for name, value in more.items()}


def more_of(number: str, **more: str) -> dict[str, str]:
    """Write a further row: only its line is filled in."""
    plain = {
        "Name": number,
        "Email": "ana@ana.example",
        "Lineitem quantity": "1",
        "Lineitem name": "Soap",
        "Lineitem price": "4.00",
        "Lineitem sku": "SOAP",
        "Lineitem requires shipping": "true",
        "Lineitem fulfillment status": "pending",
    }
    return plain | {name.replace("_", " "): value for name, value in more.items()}


def take(
    session: Session, text: str | bytes, said: Mapping[str, str] | None = None
) -> Report:
    raw = text.encode() if isinstance(text, str) else text
    kind = kind_of("orders")
    return take_in(session, kind=kind, raw=raw, said=said, who=WHO, now=NOW)


def counts(report: Report) -> tuple[int, int, int, list[tuple[int, str]]]:
    faults = [(fault.row, fault.field) for fault in report.faults]
    return report.created, report.updated, report.unchanged, faults


def orders(session: Session) -> list[SalesOrder]:
    return list(session.scalars(select(SalesOrder).order_by(SalesOrder.id)))


def lines_of(session: Session, order: SalesOrder) -> list[tuple[str, str, int, int | None]]:
    query = select(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.position)
    return [
        (line.sku, line.title, line.ordered, line.unit_price_minor)
        for line in session.scalars(query)
    ]


def test_our_own_table_becomes_orders_with_their_people_and_prices(
    session: Session,
) -> None:
    candle = make_item(session, code="CANDLE")

    report = take(session, OWN)

    first, second = orders(session)
    assert (report.rows, *counts(report)) == (3, 2, 0, 0, [])
    assert (first.number, first.placed_at) == (
        "T-1",
        datetime(2026, 11, 20, 12, tzinfo=UTC),
    )
    assert lines_of(session, first) == [
        ("CANDLE", "Candle", 2, 650),
        ("SOAP", "Soap", 1, 400),
    ]
    assert session.get_one(Customer, second.customer_id).email == "bo@bo.example"
    assert session.get_one(Address, second.ship_to_id).country == "SE"
    wanted = session.scalar(select(func.sum(Demand.quantity)).filter_by(item_id=candle.id))
    assert wanted == 7_000
    assert candle.id in set(session.scalars(select(Replan.item_id)))


def test_each_order_is_kept_as_a_message_that_says_where_it_came_from(
    session: Session,
) -> None:
    take(session, OWN)

    kept = session.scalars(select(InboundMessage)).all()
    assert {(each.source, each.state, each.result) for each in kept} == {
        ("csv", "done", "created")
    }


def test_the_same_file_twice_makes_nothing_twice(session: Session) -> None:
    take(session, OWN)

    again = take(session, OWN)

    assert counts(again) == (0, 0, 2, [])
    assert len(orders(session)) == 2
    assert session.scalar(select(func.count(InboundMessage.id))) == 2


def test_what_changed_in_the_file_changes_the_order(session: Session) -> None:
    take(session, OWN)

    again = take(session, OWN.replace("CANDLE,Candle,2", "CANDLE,Candle,3"))

    assert counts(again) == (0, 1, 1, [])
    assert lines_of(session, orders(session)[0])[0][2] == 3


def test_a_line_put_in_between_leaves_the_others_what_they_are(lite: Session) -> None:
    take(lite, OWN)
    between = "T-1,,Ana Gil,,BALM,Balm,4,,,\nT-1,,Ana Gil,,SOAP"

    take(lite, OWN.replace("T-1,,Ana Gil,,SOAP", between))

    found = lines_of(lite, orders(lite)[0])
    assert sorted((sku, ordered) for sku, _, ordered, _ in found) == [
        ("BALM", 4),
        ("CANDLE", 2),
        ("SOAP", 1),
    ]


@pytest.mark.parametrize(
    "column, cell, field",
    [
        ("order", "", "order"),
        ("order", "H-0001", "order"),
        ("order", "x" * 81, "order"),
        ("placed_on", "3/4/2026", "placed_on"),
        ("placed_on", "2026-02-30", "placed_on"),
        ("placed_on", "2027-01-01", "placed_on"),
        ("customer", "x" * 501, "customer"),
        ("email", "ana at home", "email"),
        ("quantity", "", "quantity"),
        ("quantity", "0", "quantity"),
        ("quantity", "-1", "quantity"),
        ("quantity", "1.5", "quantity"),
        ("quantity", "1000001", "quantity"),
        ("sku", "x" * 201, "sku"),
        ("unit_price", "cheap", "unit_price"),
        ("unit_price", "1.005", "unit_price"),
        ("currency", "XXQ", "unit_price"),
        ("currency", "", "currency"),
        ("ship_country", "Atlantis", "ship_country"),
        ("requested_on", "soon", "requested_on"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_row_and_column(
    lite: Session, column: str, cell: str, field: str
) -> None:
    good = {
        "order": "T-1",
        "placed_on": "2026-11-20",
        "customer": "Ana",
        "email": "ana@ana.example",
        "sku": "CANDLE",
        "quantity": "2",
        "unit_price": "6.50",
        "currency": "EUR",
        "ship_country": "ES",
        "requested_on": "2026-12-01",
    }

    report = take(lite, sheet(list(good), good | {column: cell}))

    assert counts(report) == (0, 0, 0, [(2, field)])
    assert orders(lite) == []


def test_one_bad_row_keeps_its_whole_order_out_and_no_other(session: Session) -> None:
    report = take(session, OWN.replace("SOAP,Soap,1", "SOAP,Soap,one"))

    assert counts(report) == (1, 0, 0, [(3, "quantity")])
    assert [order.number for order in orders(session)] == ["T-2"]


def test_the_rows_of_an_order_cannot_contradict_each_other(session: Session) -> None:
    report = take(session, OWN.replace("T-1,,Ana Gil", "T-1,,Bea Gil"))

    assert counts(report) == (1, 0, 0, [(3, "customer")])


def test_an_order_typed_by_hand_is_not_taken_for_one_of_the_table(
    session: Session,
) -> None:
    take(session, OWN)
    other = OWN.replace("order,", "pedido,").replace("T-2", "T-3")

    report = take(session, other)

    assert counts(report) == (1, 0, 1, [])


def test_a_shopify_export_is_read_as_it_is(session: Session) -> None:
    make_item(session, code="CANDLE")
    text = sheet(SHOPIFY, shopify(), more_of("#1001"), shopify("#1002"))

    report = take(session, text)

    first, _ = orders(session)
    ship_to = session.get_one(Address, first.ship_to_id)
    assert (report.rows, *counts(report)) == (3, 2, 0, 0, [])
    assert report.notes == ("This is read as an export of Shopify.",)
    assert (first.number, first.external_number) == ("H-0001", "#1001")
    assert first.placed_at == datetime(2026, 11, 20, 9, 15, 30, tzinfo=UTC)
    assert (ship_to.line1, ship_to.postcode) == ("Calle Sol 3", "18009")
    assert lines_of(session, first) == [
        ("CANDLE", "Candle - Fig", 2, 650),
        ("SOAP", "Soap", 1, 400),
    ]
    assert (first.payment, first.release) == ("paid", "ready")
    assert counts(take(session, text)) == (0, 0, 2, [])


@pytest.mark.parametrize(
    "column, word",
    [
        ("Financial_Status", "refunded"),
        ("Financial_Status", "voided"),
        ("Financial_Status", "partially_refunded"),
        ("Financial_Status", "expired"),
        ("Fulfillment_Status", "fulfilled"),
        ("Cancelled_at", "2026-11-21 09:00:00 +0100"),
    ],
)
def test_what_is_over_at_the_shop_is_left_out_and_said(
    lite: Session, column: str, word: str
) -> None:
    report = take(lite, sheet(SHOPIFY, shopify(**{column: word})))

    [left_out] = report.left_out
    assert counts(report) == (0, 0, 0, [])
    assert (left_out.row, left_out.message != "") == (2, True)
    assert orders(lite) == []


def test_of_an_order_sent_in_part_only_the_rest_is_made(lite: Session) -> None:
    gone = more_of("#1001", Lineitem_fulfillment_status="fulfilled")
    card = more_of("#1001", Lineitem_requires_shipping="false", Lineitem_sku="CARD")
    first = shopify(Fulfillment_Status="partial")

    report = take(lite, sheet(SHOPIFY, first, gone, card))

    assert [fault.row for fault in report.left_out] == [3, 4]
    assert [sku for sku, *_ in lines_of(lite, orders(lite)[0])] == ["CANDLE"]


def test_an_order_cancelled_at_the_shop_later_is_cancelled_here(session: Session) -> None:
    take(session, sheet(SHOPIFY, shopify()))
    cancelled = sheet(SHOPIFY, shopify(Cancelled_at="2026-11-22 09:00:00 +0100"))

    report = take(session, cancelled)

    assert counts(report) == (0, 1, 0, [])
    assert orders(session)[0].intent == "cancelled"
    assert counts(take(session, cancelled)) == (0, 0, 1, [])


def test_an_order_sent_since_stays_as_it_is(session: Session) -> None:
    take(session, sheet(SHOPIFY, shopify()))

    report = take(session, sheet(SHOPIFY, shopify(Fulfillment_Status="fulfilled")))

    assert (counts(report), len(report.left_out)) == ((0, 0, 1, []), 1)
    assert orders(session)[0].intent == "open"


def test_an_unpaid_order_waits_for_its_money(session: Session) -> None:
    take(session, sheet(SHOPIFY, shopify(Financial_Status="pending")))
    waiting = orders(session)[0].release

    report = take(session, sheet(SHOPIFY, shopify()))

    assert waiting == "hold_payment"
    assert (report.updated, orders(session)[0].release) == (1, "ready")


def test_a_word_nobody_knows_about_an_order_is_refused(lite: Session) -> None:
    report = take(lite, sheet(SHOPIFY, shopify(Financial_Status="mortgaged")))

    assert counts(report) == (0, 0, 0, [(2, "Financial Status")])


def test_what_a_connected_shop_brings_is_refused_row_by_row(session: Session) -> None:
    account = make_account(session, channel="shopify", name="Cera y Sal")
    make_order(session, account=account, lines={make_item(session, code="CANDLE"): 1})
    number = orders(session)[0].external_number

    report = take(session, sheet(SHOPIFY, shopify(number), shopify("#99")))

    assert counts(report) == (1, 0, 0, [(2, "Name")])
    assert report.faults[0].message == "This order comes from Cera y Sal by itself."


def test_an_etsy_number_is_no_shopify_number(session: Session) -> None:
    row = {
        "Sale Date": "11/20/26",
        "Item Name": "Soap, olive",
        "Buyer": "bo",
        "Quantity": "3",
        "Price": "4.50",
        "Currency": "USD",
        "Transaction ID": "4711",
        "Ship Name": "Bo Berg",
        "Ship Country": "United States",
        "Order ID": "1001",
        "Variations": "Scent:Fig",
        "SKU": "SOAP",
    }
    take(session, sheet(SHOPIFY, shopify("1001")))

    report = take(session, sheet(ETSY, row, row | {"Date Shipped": "11/21/2026"}))

    order = orders(session)[1]
    line = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
    assert (report.created, len(report.left_out)) == (1, 1)
    assert order.placed_at.date().isoformat() == "2026-11-20"
    assert session.get_one(Address, order.ship_to_id).country == "US"
    assert (line.variant_title, line.ordered, line.unit_price_minor) == (
        "Scent:Fig",
        3,
        450,
    )


def test_etsys_list_of_orders_says_too_little(lite: Session) -> None:
    with pytest.raises(BadTable, match="Order Items"):
        take(lite, "Sale Date,Order ID,Number of Items,SKU\n11/20/26,1,2,A\n")


def test_the_exporters_of_woocommerce_are_known(lite: Session) -> None:
    packed = (
        "order_id,order_number,order_date,status,order_currency,billing_first_name,"
        "billing_last_name,billing_email,shipping_first_name,shipping_country,line_items\n"
        "7,7,2026-11-20 08:00:00,processing,EUR,Ana,Gil,ana@ana.example,Ana,ES,"
        '"name:Soap; olive|product_id:5|sku:SOAP|quantity:2|total:13.00;'
        'name:Candle|product_id:6|sku:CANDLE|quantity:1|total:6.50"\n'
        "8,8,2026-11-20 08:00:00,completed,EUR,Bo,Berg,bo@bo.example,Bo,ES,"
        '"name:Soap|sku:SOAP|quantity:2|total:13.00"\n'
    )
    a_row_each = (
        "order_number,order_date,order_status,item_name,item_sku,item_quantity\n"
        "9,2026-11-20 08:00:00,wc-on-hold,Soap,SOAP,2\n"
    )
    numbered = (
        "order_id,order_date,status,line_item_1,line_item_2\n"
        "10,2026-11-20 08:00,processing,name:Soap|sku:SOAP|quantity:1,"
        "name:Balm|sku:BALM|quantity:2\n"
    )

    reports = [take(lite, text) for text in (packed, a_row_each, numbered)]

    first, held, last = orders(lite)
    assert [report.created for report in reports] == [1, 1, 1]
    assert lines_of(lite, first) == [
        ("SOAP", "Soap; olive", 2, 650),
        ("CANDLE", "Candle", 1, 650),
    ]
    assert lite.get_one(Customer, first.customer_id).name == "Ana Gil"
    assert held.release == "hold_payment"
    assert [sku for sku, *_ in lines_of(lite, last)] == ["SOAP", "BALM"]


STRANGE = "Nr;Wer;Ding;Wieviel;Farbe\n77;Ana;CANDLE;2;rot\n"
SAID = {"nr": "order", "wer": "customer", "ding": "sku", "wieviel": "quantity", "farbe": ""}


def test_unknown_headings_are_asked_about_with_what_stands_there(lite: Session) -> None:
    with pytest.raises(UnknownColumns) as unknown:
        take(lite, STRANGE)

    asked = unknown.value.asked
    assert asked.headings == ("Nr", "Wer", "Ding", "Wieviel", "Farbe")
    assert asked.samples[2] == ("CANDLE",)


def test_what_was_said_of_columns_is_remembered_for_the_same_headings(
    session: Session,
) -> None:
    first = take(session, STRANGE, SAID)

    again = take(session, "Farbe;Nr;Ding;Wieviel;Wer\nrot;78;SOAP;1;Bo\n")

    assert (counts(first), counts(again)) == ((1, 0, 0, []), (1, 0, 0, []))
    assert [order.number for order in orders(session)] == ["77", "78"]


def test_letters_of_old_excel_are_read_and_said(lite: Session) -> None:
    raw = "order;customer;sku;quantity\nT-1;Begoña Muñoz;CANDLE;2\n".encode("cp1252")

    report = take(lite, raw)

    buyer = lite.scalars(select(Customer)).one()
    assert buyer.name == "Begoña Muñoz"
    assert "not in UTF-8" in report.notes[0]


def test_a_formula_in_a_cell_stays_what_was_written(lite: Session) -> None:
    evil = '=HYPERLINK("https://evil.example","x")'

    take(
        lite,
        sheet(
            ("order", "title", "quantity"), {"order": "1", "title": evil, "quantity": "1"}
        ),
    )

    assert lines_of(lite, orders(lite)[0])[0][1] == evil


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00",
        b"order,sku,quantity\n\0,1,1",
        b'order,sku,quantity\n"1,1,1',
        b"order,sku,sku,quantity\n1,a,b,1\n",
        b"order,sku,quantity\n" + b"1,a,1\n" * 10_001,
        b"order,sku,quantity\n" + b"".join(b"%d,a,1\n" % n for n in range(2_501)),
    ],
)
def test_what_is_no_table_of_orders_is_refused_whole(lite: Session, raw: bytes) -> None:
    with pytest.raises(BadTable):
        take(lite, raw)


def test_two_thousand_rows_are_taken_in(sqlite_database: Database) -> None:
    text = "order,customer,sku,quantity\n" + "".join(
        f"B-{row // 10},Buyer {row // 10},ITEM-{row % 7},{row % 5 + 1}\n"
        for row in range(2_000)
    )

    with sqlite_database.begin() as session:
        report = take(session, text)
        again = take(session, text)

    assert counts(report) == (200, 0, 0, [])
    assert counts(again) == (0, 0, 200, [])
