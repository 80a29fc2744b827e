"""The lines of one REST-shaped Shopify order: what was sold, how much still counts, what went."""

from collections import Counter
from collections.abc import Mapping

from connectors.shopify.read_words import (
    count,
    id_of,
    kind_of,
    list_of,
    mapping_of,
    money,
    money_in,
    pairs,
    variant_words,
    words,
)
from mapping.canonical import Line, LineKind

Given = Mapping[str, object]


def lines_of(given: Given, *, currency: str) -> tuple[Line, ...]:
    """Read every line of an order, none left out.

    A line without an id of its own or without a readable quantity is UNKNOWN, under a made-up
    id, so that a person sees it and two lines never share one.
    """
    sent = _sent(given)
    refunded = _refunded(given)
    taken: set[str] = set()
    lines = []
    for position, one in enumerate(list_of(given.get("line_items")), start=1):
        line_id = id_of(mapping_of(one).get("id"))
        is_clear = bool(line_id) and line_id not in taken
        taken.add(line_id)
        lines.append(
            _line(
                mapping_of(one),
                external_id=line_id if is_clear else f"{line_id or 'line'}-{position}",
                is_clear=is_clear,
                sent=sent[line_id],
                refunded=refunded[line_id],
                currency=currency,
            )
        )
    return tuple(lines)


def _line(
    given: Given,
    *,
    external_id: str,
    is_clear: bool,
    sent: int,
    refunded: int,
    currency: str,
) -> Line:
    quantity = count(given.get("quantity"))
    ordered = quantity or 0
    fulfilled = min(sent, ordered)
    is_clear = is_clear and quantity is not None
    # Shopify's GraphQL forgets the ids of what was deleted since; so that both shapes
    # agree, its REST ids are forgotten here.
    is_deleted = given.get("product_exists") is False
    return Line(
        external_id=external_id,
        kind=kind_of(given) if is_clear else LineKind.UNKNOWN,
        title=words(given.get("title")) or words(given.get("name")),
        ordered=ordered,
        cancelled=_cancelled(
            given, ordered=ordered, fulfilled=fulfilled, refunded=refunded
        ),
        fulfilled=fulfilled,
        sku=words(given.get("sku")),
        product_id="" if is_deleted else id_of(given.get("product_id")),
        variant_id="" if is_deleted else id_of(given.get("variant_id")),
        variant_title=variant_words(given.get("variant_title")),
        personalisation=pairs(given.get("properties")),
        unit_price=money_in(given.get("price_set"), whose="shop_money")
        or money(given.get("price"), currency=currency),
        parent_id=id_of(given.get("sales_line_item_group_id")),
    )


def _cancelled(given: Given, *, ordered: int, fulfilled: int, refunded: int) -> int:
    """Count the pieces that will never have to be sent.

    What is gone from the line was either never sent, or sent and refunded since. The second
    kind is not cancelled: counted so, it would take the place of a piece still to be made.
    `fulfillable_quantity` tells the two apart where both are possible.
    """
    current = count(given.get("current_quantity"))
    left = ordered - refunded if current is None else current
    gone = min(max(ordered - left, 0), ordered)
    most = min(gone, ordered - fulfilled)
    to_send = count(given.get("fulfillable_quantity"))
    if to_send is None:
        return most
    return max(gone - fulfilled, min(most, ordered - fulfilled - to_send), 0)


def _sent(given: Given) -> Counter[str]:
    """Count the pieces by line in fulfilments that succeeded; others may still come back."""
    sent: Counter[str] = Counter()
    for parcel in map(mapping_of, list_of(given.get("fulfillments"))):
        if words(parcel.get("status")).lower() == "success":
            for piece in map(mapping_of, list_of(parcel.get("line_items"))):
                sent[id_of(piece.get("id"))] += count(piece.get("quantity")) or 0
    return sent


def _refunded(given: Given) -> Counter[str]:
    """Count the refunded pieces by line, for bodies too old to have `current_quantity`."""
    refunded: Counter[str] = Counter()
    for refund in map(mapping_of, list_of(given.get("refunds"))):
        for piece in map(mapping_of, list_of(refund.get("refund_line_items"))):
            refunded[id_of(piece.get("line_item_id"))] += count(piece.get("quantity")) or 0
    return refunded
