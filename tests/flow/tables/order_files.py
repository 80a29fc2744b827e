"""Files of orders as the shops and we write them, and what is taken in of them."""

import csv
import io
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.tables.imports import Report, kind_of, take_in
from hub.models.records.orders import OrderLine, SalesOrder
from tests.factories import NOW
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
