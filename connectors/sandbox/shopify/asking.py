"""JSON from the back door turned into what the Shopify shop understands."""

from dataclasses import fields

from connectors.sandbox.asking import Json, Misasked, maybe, number, only, text, texts
from connectors.sandbox.shopify.placing import ANA, Checkout
from connectors.sandbox.shopify.records import Address
from connectors.sandbox.shopify.wanted import Wanted


def lines(given: Json, key: str) -> list[Wanted]:
    """Read what a buyer wants.

    :raises Misasked: a line is no object, or has a key no line has.
    """
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Misasked(f"{key} must be a list of lines")
    return [_line(each) for each in value]


def _line(given: Json) -> Wanted:
    only(given, {f.name for f in fields(Wanted)})
    shown = given.get("properties") or {}
    pairs = shown.items() if isinstance(shown, dict) else ()
    ships = given.get("requires_shipping")
    return Wanted(
        sku=maybe(given, "sku"),
        variant_id=maybe(given, "variant_id"),
        quantity=int(number(given, "quantity", 1)),
        title=maybe(given, "title"),
        price=maybe(given, "price"),
        requires_shipping=ships if isinstance(ships, bool) else None,
        gift_card=given.get("gift_card") is True,
        tip=given.get("tip") is True,
        location_id=maybe(given, "location_id"),
        properties=tuple((str(name), str(value)) for name, value in pairs),
        bundle=maybe(given, "bundle"),
    )


def checkout(given: Json) -> Checkout:
    """Read everything about an order besides its lines; `address: null` is no address."""
    only(given, {f.name for f in fields(Checkout)} | {"lines"})
    plain = Checkout()
    rate = texts(given, "presentment")
    named = given.get("attributes") or {}
    pairs = named.items() if isinstance(named, dict) else ()
    return Checkout(
        email=maybe(given, "email") if "email" in given else plain.email,
        financial_status=text(given, "financial_status", plain.financial_status),
        address=_address(given) if "address" in given else ANA,
        note=maybe(given, "note"),
        tags=texts(given, "tags"),
        attributes=tuple((str(name), str(value)) for name, value in pairs),
        test=given.get("test") is True,
        confirmed=given.get("confirmed") is not False,
        source_name=text(given, "source_name", plain.source_name),
        po_number=maybe(given, "po_number"),
        shipping_price=text(given, "shipping_price", plain.shipping_price),
        shipping_title=text(given, "shipping_title", plain.shipping_title),
        taxes_included=given.get("taxes_included") is not False,
        presentment=(rate[0], rate[1]) if len(rate) == 2 else None,
    )


def _address(given: Json) -> Address | None:
    value = given.get("address")
    if not isinstance(value, dict):
        return None
    known = {f.name for f in fields(Address)}
    only(value, known)
    return Address(**{name: maybe(value, name) for name in known & set(value)})
