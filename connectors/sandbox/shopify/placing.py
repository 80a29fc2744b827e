"""What a buyer does: place an order, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypedDict

from connectors.sandbox.shopify import stock
from connectors.sandbox.shopify.money import Purse, minor
from connectors.sandbox.shopify.news import tell
from connectors.sandbox.shopify.records import Address, Group, Line, Order, Refused, Variant
from connectors.sandbox.shopify.routing import route
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.wanted import Wanted

ANA = Address(
    first_name="Ana",
    last_name="García",
    address1="Calle Mayor 1",
    city="Madrid",
    zip="28013",
    province="Madrid",
    province_code="M",
)
_BOUGHT = {"PAID", "PENDING", "AUTHORIZED", "PARTIALLY_PAID"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Everything about an order besides its lines."""

    email: str | None = "ana@example.com"
    financial_status: str = "PAID"
    address: Address | None = ANA
    note: str | None = None
    tags: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    test: bool = False
    confirmed: bool = True
    source_name: str = "web"
    po_number: str | None = None
    shipping_price: str = "0"
    shipping_title: str = "Standard"
    taxes_included: bool = True
    presentment: tuple[str, str] | None = None
    """The buyer's currency and how much of it one unit of the shop's buys, ("USD", "1.10")."""


class Details(TypedDict, total=False):
    """The same, to be given by name where the rest is to stay as it is."""

    email: str | None
    financial_status: str
    address: Address | None
    note: str | None
    tags: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    test: bool
    confirmed: bool
    source_name: str
    po_number: str | None
    shipping_price: str
    shipping_title: str
    taxes_included: bool
    presentment: tuple[str, str] | None


def place(shop: Shop, wanted: Sequence[Wanted], checkout: Checkout) -> Order:
    """Place an order; its goods are set aside and routed to their locations.

    :raises Refused: no lines, or an amount or status that makes no sense.
    """
    if not wanted or checkout.financial_status not in _BOUGHT:
        raise Refused("An order needs lines and a status of an order just placed")
    shown, rate = checkout.presentment or (shop.currency, "1")
    now = shop.now()
    groups: dict[str, Group] = {}
    order = Order(
        id=shop.ids.next("Order"),
        number=shop.next_number(),
        purse=Purse(shop=shop.currency, presentment=shown, rate=Decimal(rate)),
        created_at=now,
        updated_at=now,
        financial_status=checkout.financial_status,
        email=checkout.email,
        customer_id=shop.customer(checkout.email) if checkout.email else None,
        address=checkout.address,
        note=checkout.note,
        tags=sorted(checkout.tags),
        attributes=checkout.attributes,
        test=checkout.test,
        confirmed=checkout.confirmed,
        source_name=checkout.source_name,
        po_number=checkout.po_number,
        shipping_price=minor(checkout.shipping_price, shop.currency),
        shipping_title=checkout.shipping_title,
        taxes_included=checkout.taxes_included,
        lines=[make_line(shop, each, groups) for each in wanted],
    )
    shop.orders[order.id] = order
    shop.note_in_index(order)
    stock.commit_order(shop, order)
    route(shop, order, [(line, line.quantity) for line in order.lines])
    tell(shop, order, "orders/create")
    if order.financial_status == "PAID":
        tell(shop, order, "orders/paid")
    return order


def make_line(shop: Shop, wanted: Wanted, groups: dict[str, Group]) -> Line:
    """Make an order line of what a buyer wants.

    :raises Refused: the variant is not on sale and no title says what a custom line is.
    """
    variant = _variant(shop, wanted)
    if variant is None and not (wanted.title or wanted.sku):
        raise Refused("A line needs a variant or a title")
    if wanted.quantity < 1:
        raise Refused("A line needs at least one unit")
    price = minor(wanted.price, shop.currency) if wanted.price is not None else None
    digital = wanted.gift_card or wanted.tip
    line = Line(
        id=shop.ids.next("LineItem"),
        variant_id=None,
        product_id=None,
        sku=wanted.sku,
        title=wanted.title or wanted.sku or "",
        variant_title=None,
        quantity=wanted.quantity,
        current_quantity=wanted.quantity,
        price=price or 0,
        grams=0,
        requires_shipping=not digital and wanted.requires_shipping is not False,
        gift_card=wanted.gift_card,
        tip=wanted.tip,
        properties=wanted.properties,
        location_id=int(wanted.location_id) if wanted.location_id else shop.home().id,
        group=_group(shop, wanted, groups),
    )
    return _of_variant(line, variant, wanted, price) if variant else line


def _variant(shop: Shop, wanted: Wanted) -> Variant | None:
    if wanted.variant_id:
        return shop.variants.get(int(wanted.variant_id))
    return shop.by_sku(wanted.sku) if wanted.sku else None


def _of_variant(line: Line, variant: Variant, wanted: Wanted, price: int | None) -> Line:
    shipped = variant.requires_shipping
    if wanted.requires_shipping is not None:
        shipped = wanted.requires_shipping
    return replace(
        line,
        variant_id=variant.id,
        product_id=variant.product_id,
        sku=variant.sku,
        title=wanted.title or variant.title,
        variant_title=variant.option or None,
        price=variant.price if price is None else price,
        grams=variant.grams,
        requires_shipping=shipped and not variant.gift_card,
        gift_card=variant.gift_card or wanted.gift_card,
        location_id=int(wanted.location_id) if wanted.location_id else variant.location_id,
    )


def _group(shop: Shop, wanted: Wanted, groups: dict[str, Group]) -> Group | None:
    if wanted.bundle is None:
        return None
    if wanted.bundle not in groups:
        number = shop.ids.next("LineItemGroup")
        groups[wanted.bundle] = Group(id=number, title=wanted.bundle, quantity=1, sku=None)
    return groups[wanted.bundle]
