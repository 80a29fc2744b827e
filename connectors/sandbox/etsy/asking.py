"""JSON from the back door turned into what the Etsy shop understands."""

from dataclasses import fields

from connectors.sandbox.asking import Json, Misasked, maybe, number, only, text, texts
from connectors.sandbox.etsy.listings import Sold
from connectors.sandbox.etsy.placing import ANA, Checkout
from connectors.sandbox.etsy.records import Address
from connectors.sandbox.etsy.wanted import Wanted


def lines(given: Json, key: str) -> list[Wanted]:
    """Read what a buyer wants.

    :raises Misasked: a line is no object, or has a key no line has.
    """
    return [_line(each) for each in _objects(given, key)]


def _line(given: Json) -> Wanted:
    only(given, {f.name for f in fields(Wanted)})
    digital = given.get("digital")
    return Wanted(
        sku=maybe(given, "sku"),
        listing_id=maybe(given, "listing_id"),
        values=texts(given, "values"),
        quantity=int(number(given, "quantity", 1)),
        title=maybe(given, "title"),
        price=maybe(given, "price"),
        digital=digital if isinstance(digital, bool) else None,
        personalisation=tuple(
            (
                int(number(each, "question_id", 555)),
                text(each, "name", "Personalization"),
                text(each, "text"),
            )
            for each in _objects(given, "personalisation")
        ),
    )


def checkout(given: Json) -> Checkout:
    """Read everything about an order besides its lines.

    :raises Misasked: a key no order has.
    """
    only(given, {f.name for f in fields(Checkout)} | {"lines"})
    plain = Checkout()
    return Checkout(
        address=_address(given) if "address" in given else ANA,
        email=text(given, "email", plain.email),
        paid=given.get("paid") is not False,
        is_gift=given.get("is_gift") is True,
        gift_message=text(given, "gift_message", ""),
        gift_sender=text(given, "gift_sender", ""),
        message_from_buyer=maybe(given, "message_from_buyer"),
        shipping_price=text(given, "shipping_price", plain.shipping_price),
        tax=text(given, "tax", plain.tax),
        discount=text(given, "discount", plain.discount),
    )


def products(given: Json) -> list[Sold]:
    """Read the products of a listing.

    :raises Misasked: a key no product has.
    """
    return [_sold(each) for each in _objects(given, "products")]


def _sold(given: Json) -> Sold:
    only(given, {f.name for f in fields(Sold)})
    quantity = given.get("quantity")
    return Sold(
        sku=text(given, "sku", ""),
        values=texts(given, "values"),
        quantity=int(number(given, "quantity", 0)) if quantity is not None else None,
        price=maybe(given, "price"),
        is_enabled=given.get("is_enabled") is not False,
    )


def properties(given: Json) -> dict[str, tuple[str, ...]]:
    """Read what a listing varies by, `{"Size": ["S", "M"]}`.

    :raises Misasked: it is something else.
    """
    value = given.get("vary_by") or {}
    if not isinstance(value, dict):
        raise Misasked("vary_by must map names to lists of values")
    return {str(name): texts(value, str(name)) for name in value}


def _objects(given: Json, key: str) -> list[Json]:
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Misasked(f"{key} must be a list of objects")
    return value


def _address(given: Json) -> Address:
    value = given.get("address")
    if not isinstance(value, dict):
        raise Misasked("address must be an object")
    only(value, {f.name for f in fields(Address)})
    return Address(
        name=text(value, "name"),
        first_line=maybe(value, "first_line"),
        second_line=maybe(value, "second_line"),
        city=maybe(value, "city"),
        state=maybe(value, "state"),
        zip=maybe(value, "zip"),
        country=text(value, "country", "Spain"),
        country_iso=text(value, "country_iso", "ES"),
    )
