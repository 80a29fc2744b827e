"""What a message from Shopify says: the entry to reading it. Pure."""

from collections.abc import Callable, Mapping

from connectors.errors import PayloadError
from connectors.readings import (
    CatalogueChanged,
    Disconnected,
    Ignored,
    Message,
    OrderChanged,
    OrderDeleted,
    OrderSeen,
    PersonAsked,
    PersonErased,
    Reading,
    RightsChanged,
    ShopErased,
    StockSeen,
)
from connectors.shopify.read_graphql import rest_shape
from connectors.shopify.read_order import order_from_rest
from connectors.shopify.read_words import (
    id_of,
    list_of,
    mapping_of,
    moment,
    whole,
)
from mapping.canonical import Order
from mapping.strict_json import JsonRefused, read_mended

MOST_NODES = 250_000
"""An order of 500 lines with taxes, parcels and refunds holds more values than the usual
50,000; the front door has already refused what is longer than two megabytes."""

Body = Mapping[str, object]


def read(message: Message) -> Reading:
    """Say what a message means, whatever the order in which messages came.

    :raises PayloadError: it does not say which order or person it is about, or is not JSON.
    """
    reader = _READERS.get(message.topic) or _readers_of_kind(message.topic)
    if isinstance(reader, str):
        return Ignored(why=reader)
    if message.topic in _SAYS_ALL:
        return reader({})
    return reader(_body(message))


def order_from_graphql(node: object) -> Order:
    """Read an Order fetched with documents/order.graphql, all of its pages joined.

    The same order read from a webhook's body is equal to it.

    :raises PayloadError: it has no id, or a page of it is missing.
    """
    return order_from_rest(rest_shape(node))


def _body(message: Message) -> Body:
    try:
        body = read_mended(message.body, most_nodes=MOST_NODES).value
    except JsonRefused as e:
        raise PayloadError(f"The message cannot be read. {e}") from e
    if not isinstance(body, dict):
        raise PayloadError("The message is not an object.")
    return body


def _order(body: Body) -> Reading:
    """Read a whole order; one sent without its lines only says that it changed."""
    if isinstance(body.get("line_items"), list):
        return OrderSeen(order=order_from_rest(body))
    return OrderChanged(external_id=_id(body.get("id")))


def _edit(body: Body) -> Reading:
    """Take the order's id: `order_edit.id` is the edit's own."""
    return OrderChanged(external_id=_id(mapping_of(body.get("order_edit")).get("order_id")))


def _of_order(body: Body) -> Reading:
    return OrderChanged(external_id=_id(body.get("order_id")))


def _deleted(body: Body) -> Reading:
    return OrderDeleted(external_id=_id(body.get("id")))


def _fulfilment_order(body: Body) -> Reading:
    """Find the order where it is named; most of these only name the fulfilment order."""
    for part in (body, *map(mapping_of, body.values())):
        external_id = id_of(part.get("order_id"))
        if external_id:
            return OrderChanged(external_id=external_id)
    return Ignored(why="It names a fulfilment order and not the order it belongs to.")


def _stock(body: Body) -> Reading:
    """Read what is shown of a thing; a level that is cut off there shows nothing."""
    inventory_id, place_id = (
        id_of(body.get("inventory_item_id")),
        id_of(body.get("location_id")),
    )
    if not inventory_id or not place_id:
        raise PayloadError("The message does not say of what, or where.")
    return StockSeen(
        inventory_id=inventory_id,
        place_id=place_id,
        available=whole(body.get("available")),
        at=moment(body.get("updated_at")),
    )


def _product(body: Body) -> Reading:
    product_id = id_of(body.get("id"))
    if not product_id:
        raise PayloadError("The message does not say which product it is about.")
    return CatalogueChanged(product_id=product_id)


def _place(_body: Body) -> Reading:
    return CatalogueChanged(product_id="")


def _erased(body: Body) -> Reading:
    customer_id, order_ids = _person(body, orders="orders_to_redact")
    return PersonErased(customer_id=customer_id, order_ids=order_ids)


def _asked(body: Body) -> Reading:
    customer_id, order_ids = _person(body, orders="orders_requested")
    return PersonAsked(customer_id=customer_id, order_ids=order_ids)


def _person(body: Body, *, orders: str) -> tuple[str, tuple[str, ...]]:
    customer_id = id_of(mapping_of(body.get("customer")).get("id"))
    order_ids = tuple(filter(None, map(id_of, list_of(body.get(orders)))))
    if not customer_id and not order_ids:
        raise PayloadError("The message names nobody.")
    return customer_id, order_ids


def _id(given: object) -> str:
    external_id = id_of(given)
    if not external_id:
        raise PayloadError("The message does not say which order it is about.")
    return external_id


def _rights(_body: Body) -> Reading:
    """Take it as a wish to look: which scopes are granted is asked for, not believed."""
    return RightsChanged()


def _disconnected(_body: Body) -> Reading:
    return Disconnected()


def _shop_erased(_body: Body) -> Reading:
    return ShopErased()


_Reader = Callable[[Body], Reading]

_READERS: Mapping[str, _Reader] = {
    "orders/create": _order,
    "orders/updated": _order,
    "orders/paid": _order,
    "orders/cancelled": _order,
    "orders/fulfilled": _order,
    "orders/partially_fulfilled": _order,
    "orders/edited": _edit,
    "orders/delete": _deleted,
    "refunds/create": _of_order,
    "inventory_levels/connect": _stock,
    "inventory_levels/update": _stock,
    "inventory_levels/disconnect": _stock,
    "products/create": _product,
    "products/update": _product,
    "products/delete": _product,
    "app/uninstalled": _disconnected,
    "app/scopes_update": _rights,
    "customers/redact": _erased,
    "customers/data_request": _asked,
    "shop/redact": _shop_erased,
}

_SAYS_ALL = {"app/uninstalled", "app/scopes_update", "shop/redact"}
"""Topics that mean what they mean whatever the body says, even when it cannot be read."""

_KINDS: Mapping[str, _Reader | str] = {
    "fulfillments": _of_order,
    "fulfillment_orders": _fulfilment_order,
    "fulfillment_holds": _fulfilment_order,
    "fulfillment_events": "A carrier's event changes nothing that is made or sent here.",
    "order_transactions": "Payments reach us with the order they change.",
    "tender_transactions": "Payments reach us with the order they change.",
    "orders": "Nothing here depends on it.",
    "returns": "Goods that come back are booked in by hand.",
    "draft_orders": "A draft is no order yet.",
    "customers": "Customers reach us with their orders.",
    "products": "Nothing here depends on it.",
    "variants": "A variant reaches us with its product.",
    "inventory_items": "What a thing is reaches us with its product.",
    "inventory_levels": "Nothing here depends on it.",
    "locations": _place,
    "shop": "Nothing here depends on the shop's settings.",
    "app": "What we may do is asked for when it is needed.",
    "bulk_operations": "Nothing here was asked for in bulk.",
}
"""What the topics without a reader of their own are, by the word before the slash."""


def _readers_of_kind(topic: str) -> _Reader | str:
    kind = topic.partition("/")[0]
    return _KINDS.get(kind, f"No topic known here is called “{topic[:60]}”.")
