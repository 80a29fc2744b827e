"""The exports of the shops are read as they are, and only what is open in them is taken in."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.tables.table import BadTable
from hub.models.records.orders import Address, Customer, OrderLine
from tests.factories import make_account, make_item, make_order
from tests.flow.tables.order_files import (
    ETSY,
    SHOPIFY,
    counts,
    lines_of,
    more_of,
    orders,
    sheet,
    shopify,
    take,
)


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
