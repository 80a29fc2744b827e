"""JSON from the back door turned into what the shop understands."""

from collections.abc import Mapping
from dataclasses import fields

from connectors.sandbox.shopify.faults import Fault
from connectors.sandbox.shopify.placing import ANA, Checkout
from connectors.sandbox.shopify.records import Address
from connectors.sandbox.shopify.wanted import Wanted

Json = Mapping[str, object]


class Misasked(Exception):
    """The JSON is not what this door takes."""


def text(given: Json, key: str, default: str | None = None) -> str:
    """Read a string.

    :raises Misasked: it is missing without default, or no string.
    """
    value = given.get(key, default)
    if not isinstance(value, str):
        raise Misasked(f"{key} must be a string")
    return value


def number(given: Json, key: str, default: float) -> float:
    """Read a number.

    :raises Misasked: it is none.
    """
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Misasked(f"{key} must be a number")
    return value


def texts(given: Json, key: str) -> tuple[str, ...]:
    """Read a list of strings; missing is empty.

    :raises Misasked: it is something else.
    """
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Misasked(f"{key} must be a list of strings")
    return tuple(value)


def counts(given: Json, key: str) -> dict[str, int]:
    """Read counts by id; missing is empty.

    :raises Misasked: it is something else.
    """
    value = given.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(n, int) for n in value.values()):
        raise Misasked(f"{key} must map ids to whole numbers")
    return {str(name): count for name, count in value.items()}


def lines(given: Json, key: str) -> list[Wanted]:
    """Read what a buyer wants.

    :raises Misasked: a line is no object, or has a key no line has.
    """
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Misasked(f"{key} must be a list of lines")
    return [_line(each) for each in value]


def _line(given: Json) -> Wanted:
    _only(given, {f.name for f in fields(Wanted)})
    shown = given.get("properties") or {}
    pairs = shown.items() if isinstance(shown, dict) else ()
    ships = given.get("requires_shipping")
    return Wanted(
        sku=_maybe(given, "sku"),
        variant_id=_maybe(given, "variant_id"),
        quantity=int(number(given, "quantity", 1)),
        title=_maybe(given, "title"),
        price=_maybe(given, "price"),
        requires_shipping=ships if isinstance(ships, bool) else None,
        gift_card=given.get("gift_card") is True,
        tip=given.get("tip") is True,
        location_id=_maybe(given, "location_id"),
        properties=tuple((str(name), str(value)) for name, value in pairs),
        bundle=_maybe(given, "bundle"),
    )


def checkout(given: Json) -> Checkout:
    """Read everything about an order besides its lines; `address: null` is no address."""
    _only(given, {f.name for f in fields(Checkout)} | {"lines"})
    plain = Checkout()
    rate = texts(given, "presentment")
    named = given.get("attributes") or {}
    pairs = named.items() if isinstance(named, dict) else ()
    return Checkout(
        email=_maybe(given, "email") if "email" in given else plain.email,
        financial_status=text(given, "financial_status", plain.financial_status),
        address=_address(given) if "address" in given else ANA,
        note=_maybe(given, "note"),
        tags=texts(given, "tags"),
        attributes=tuple((str(name), str(value)) for name, value in pairs),
        test=given.get("test") is True,
        confirmed=given.get("confirmed") is not False,
        source_name=text(given, "source_name", plain.source_name),
        po_number=_maybe(given, "po_number"),
        shipping_price=text(given, "shipping_price", plain.shipping_price),
        shipping_title=text(given, "shipping_title", plain.shipping_title),
        taxes_included=given.get("taxes_included") is not False,
        presentment=(rate[0], rate[1]) if len(rate) == 2 else None,
    )


def fault(given: Json) -> Fault:
    """Read a fault to set.

    :raises Misasked: no such kind, or a key no fault has.
    """
    _only(given, {f.name for f in fields(Fault)})
    plain = Fault(kind="slow")
    times, seconds = given.get("times", 1), given.get("seconds")
    try:
        return Fault(
            kind=text(given, "kind"),
            operation=_maybe(given, "operation"),
            times=int(number(given, "times", 1)) if times is not None else None,
            after=int(number(given, "after", 0)),
            chance=number(given, "chance", 1.0),
            seconds=number(given, "seconds", 0) if seconds is not None else None,
            status=int(number(given, "status", plain.status)),
            message=text(given, "message", plain.message),
            version=text(given, "version", plain.version),
            copies=int(number(given, "copies", plain.copies)),
        )
    except ValueError as unknown:
        raise Misasked(str(unknown)) from unknown


def _address(given: Json) -> Address | None:
    value = given.get("address")
    if not isinstance(value, dict):
        return None
    known = {f.name for f in fields(Address)}
    _only(value, known)
    return Address(**{name: _maybe(value, name) for name in known & set(value)})


def _maybe(given: Json, key: str) -> str | None:
    return text(given, key) if given.get(key) is not None else None


def _only(given: Json, known: set[str]) -> None:
    if unknown := set(given) - known:
        raise Misasked(f"unknown: {', '.join(sorted(unknown))}")
