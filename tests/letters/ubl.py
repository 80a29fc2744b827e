"""Writes UBL orders as Peppol BIS Order 3 has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

_HEAD = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    sku: str
    quantity: str
    price: str = ""
    amount: str = ""
    unit: str = "EA"
    line_id: str = ""
    buyers: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order document, well-formed unless told otherwise."""

    number: str
    items: Sequence[Item] = field(default_factory=tuple)
    currency: str = "EUR"
    total: str = ""
    on: str = ""
    root: str = "Order"
    doctype: str = ""
    line_currency: str = ""
    about: str = ""
    """The order it changes or cancels."""


def order_xml(order: Order) -> bytes:
    """Write the document."""
    kind = {"Order": "order", "OrderChange": "order_change"}.get(
        order.root, "order_cancellation"
    )
    profile = "order_only" if order.root == "Order" else "advanced_ordering"
    about = order.about and (
        f"<cac:OrderReference><cbc:ID>{order.about}</cbc:ID></cac:OrderReference>"
    )
    wanted = order.on and (
        "<cac:Delivery><cac:RequestedDeliveryPeriod>"
        f"<cbc:EndDate>{order.on}</cbc:EndDate>"
        "</cac:RequestedDeliveryPeriod></cac:Delivery>"
    )
    total = order.total and (
        "<cac:AnticipatedMonetaryTotal>"
        f'<cbc:LineExtensionAmount currencyID="{order.currency}">{order.total}'
        "</cbc:LineExtensionAmount>"
        f'<cbc:PayableAmount currencyID="{order.currency}">{order.total}'
        "</cbc:PayableAmount></cac:AnticipatedMonetaryTotal>"
    )
    lines = "".join(
        _line(each, number, order.line_currency or order.currency)
        for number, each in enumerate(order.items, start=1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{order.doctype}'
        f"<{order.root} {_HEAD.format(root=order.root)}>\n"
        f"<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:{kind}:3"
        "</cbc:CustomizationID>"
        f"<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:{profile}:3</cbc:ProfileID>"
        f"<cbc:ID>{order.number}</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>"
        f"<cbc:DocumentCurrencyCode>{order.currency}</cbc:DocumentCurrencyCode>{about}"
        f"{_party('Buyer', 'Customer', 'Comprador SL')}"
        f"{_party('Seller', 'Supplier', 'Taller')}{wanted}{total}{lines}</{order.root}>"
    ).encode()


def _party(role: str, kind: str, name: str) -> str:
    return (
        f"<cac:{role}{kind}Party><cac:Party>"
        '<cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>'
        f"<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
        f"</cac:PartyLegalEntity></cac:Party></cac:{role}{kind}Party>"
    )


def _line(item: Item, number: int, currency: str) -> str:
    amount = item.amount and (
        f'<cbc:LineExtensionAmount currencyID="{currency}">{item.amount}'
        "</cbc:LineExtensionAmount>"
    )
    price = item.price and (
        f'<cac:Price><cbc:PriceAmount currencyID="{currency}">{item.price}'
        "</cbc:PriceAmount></cac:Price>"
    )
    buyers = item.buyers and (
        "<cac:BuyersItemIdentification>"
        f"<cbc:ID>{item.buyers}</cbc:ID></cac:BuyersItemIdentification>"
    )
    sellers = item.sku and (
        "<cac:SellersItemIdentification>"
        f"<cbc:ID>{item.sku}</cbc:ID></cac:SellersItemIdentification>"
    )
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{item.line_id or number}</cbc:ID>"
        f'<cbc:Quantity unitCode="{item.unit}">{item.quantity}</cbc:Quantity>{amount}'
        f"{price}<cac:Item><cbc:Name>{item.sku or item.buyers}</cbc:Name>{buyers}{sellers}"
        "</cac:Item></cac:LineItem></cac:OrderLine>"
    )
