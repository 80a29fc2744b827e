"""One REST-shaped Shopify order in canonical words, however odd the order is."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from connectors.errors import PayloadError
from connectors.shopify.read_lines import lines_of
from connectors.shopify.read_words import (
    RELEASES,
    currency_of,
    id_of,
    list_of,
    mapping_of,
    moment,
    money,
    money_in,
    pairs,
    payment_of,
    tags,
    words,
)
from mapping.canonical import (
    Address,
    Customer,
    Line,
    LineKind,
    Money,
    Order,
    Payment,
    Release,
)

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time nobody can read, so that every version with a time is newer."""

_CONFIRMED = (True, None)
"""Absent in bodies made before there was such a field."""

Given = Mapping[str, object]


def order_from_rest(body: object) -> Order:
    """Read the body of an orders/* webhook.

    :raises PayloadError: it is no order: no object, no id or no list of lines.
    """
    given = mapping_of(body)
    external_id = id_of(given.get("id"))
    if not external_id:
        raise PayloadError("The order has no id.")
    if not isinstance(given.get("line_items"), list):
        raise PayloadError("The order came without its lines.")
    placed_at, updated_at = _times(given)
    payment = payment_of(given.get("financial_status"))
    currency = currency_of(given.get("currency"))
    lines = lines_of(given, currency=currency)
    return Order(
        external_id=external_id,
        number=words(given.get("name")) or words(given.get("order_number")),
        placed_at=placed_at,
        updated_at=updated_at,
        payment=payment,
        release=_release(given, payment=payment, lines=lines),
        lines=lines,
        currency=currency,
        total=_total(given, currency=currency),
        presentment_total=_presentment_total(given, currency=currency),
        customer=_customer(given),
        ship_to=_ship_to(mapping_of(given.get("shipping_address"))),
        is_test=_is_said(given.get("test")),
        cancelled_at=_cancelled_at(given, updated_at=updated_at),
        closed_at=moment(given.get("closed_at")),
        note=words(given.get("note")),
        attributes=pairs(given.get("note_attributes")),
        tags=tags(given.get("tags")),
        source=words(given.get("source_name")),
        po_number=words(given.get("po_number")),
        ship_method=_ship_method(given.get("shipping_lines")),
    )


def _times(given: Given) -> tuple[datetime, datetime]:
    created, processed, updated = (
        moment(given.get(name)) for name in ("created_at", "processed_at", "updated_at")
    )
    placed = created or processed or updated or LONG_AGO
    return placed, updated or placed


def _release(given: Given, *, payment: Payment, lines: Iterable[Line]) -> Release:
    """Say whether the workshop may begin; the first thing that forbids it decides.

    `fulfillment_status` and GraphQL's ON_HOLD are left out on purpose: the holds may be our
    own, and an order must not wait for itself.
    """
    if _is_said(given.get("cancelled_at")):
        return Release.CANCELLED
    if _is_said(given.get("test")):
        return Release.TEST
    if given.get("confirmed") not in _CONFIRMED:
        return Release.HOLD_CHANNEL
    if any(line.kind == LineKind.UNKNOWN for line in lines):
        return Release.UNKNOWN
    return RELEASES[payment]


def _is_said(given: object) -> bool:
    """Say whether a value is there, readable or not, so that an odd one is never READY."""
    return given is not None and given is not False and given != ""


def _cancelled_at(given: Given, *, updated_at: datetime) -> datetime | None:
    cancelled = given.get("cancelled_at")
    return (moment(cancelled) or updated_at) if _is_said(cancelled) else None


# Money and people ------------------------------------------------------------------------


def _total(given: Given, *, currency: str) -> Money | None:
    """Return what the order costs now, edits and refunds taken off, as Shopify says it."""
    for name in ("current_total_price", "total_price"):
        found = money_in(given.get(f"{name}_set"), whose="shop_money")
        found = found or money(given.get(name), currency=currency)
        if found:
            return found
    return None


def _presentment_total(given: Given, *, currency: str) -> Money | None:
    """Return what the buyer was shown, where that was in another currency."""
    if currency_of(given.get("presentment_currency")) in {"", currency}:
        return None
    bags = (given.get(name) for name in ("current_total_price_set", "total_price_set"))
    return next(
        filter(None, (money_in(bag, whose="presentment_money") for bag in bags)), None
    )


def _customer(given: Given) -> Customer | None:
    """Return who bought; the order's own mail address and telephone come first."""
    person = mapping_of(given.get("customer"))
    customer = Customer(
        external_id=id_of(person.get("id")),
        name=_joined(person.get("first_name"), person.get("last_name")),
        email=words(given.get("email")) or words(person.get("email")),
        phone=words(given.get("phone")) or words(person.get("phone")),
        locale=words(given.get("customer_locale")),
    )
    return None if customer == Customer(locale=customer.locale) else customer


def _ship_to(given: Given) -> Address | None:
    address = Address(
        name=words(given.get("name"))
        or _joined(given.get("first_name"), given.get("last_name")),
        company=words(given.get("company")),
        line1=words(given.get("address1")),
        line2=words(given.get("address2")),
        city=words(given.get("city")),
        region=words(given.get("province")) or words(given.get("province_code")),
        postcode=words(given.get("zip")),
        country=words(given.get("country_code")).upper(),
        phone=words(given.get("phone")),
    )
    return None if address == Address() else address


def _ship_method(given: object) -> str:
    """Return how the first shipping line that was not taken off is called."""
    lines = (mapping_of(line) for line in list_of(given))
    kept = (line for line in lines if line.get("is_removed") is not True)
    first = next(kept, {})
    return words(first.get("title")) or words(first.get("code"))


def _joined(*names: object) -> str:
    return " ".join(filter(None, map(words, names)))
