"""Tags and metafields written on orders."""

from collections.abc import Sequence
from typing import TypedDict

from connectors.sandbox.shopify.graph.metafields import (
    digest,
    full_namespace,
    metafield_node,
)
from connectors.sandbox.shopify.graph.node import Info, Node, numbered
from connectors.sandbox.shopify.graph.nodes import Nodes
from connectors.sandbox.shopify.graph.payload import payload
from connectors.sandbox.shopify.graph.visit import Visit
from connectors.sandbox.shopify.news import tell
from connectors.sandbox.shopify.records import Metafield, Order, Refused

_MOST_METAFIELDS = 25


class MetafieldInput(TypedDict, total=False):
    """MetafieldsSetInput."""

    compare_digest: str | None
    key: str
    namespace: str | None
    owner_id: str
    type: str | None
    value: str


def tagging_roots(visit: Visit, show: Nodes) -> Node:
    """List the mutations that write on orders without changing them."""

    def add(_info: Info, id: str, tags: Sequence[str]) -> Node:
        return _retag(visit, show, id, lambda had: {*had, *tags})

    def remove(_info: Info, id: str, tags: Sequence[str]) -> Node:
        return _retag(visit, show, id, lambda had: {tag for tag in had if tag not in tags})

    def write(_info: Info, metafields: Sequence[MetafieldInput]) -> Node:
        visit.need("metafieldsSet", "write_orders")
        return payload(lambda: {"metafields": _write(visit, metafields)})

    return {"tagsAdd": add, "tagsRemove": remove, "metafieldsSet": write}


def _retag(visit: Visit, show: Nodes, global_id: str, change: object) -> Node:
    visit.need("tagsAdd", "write_orders")
    number = numbered(global_id, "Order")

    def act() -> Node:
        order = visit.shop.order(number)
        wanted = sorted(change(order.tags)) if callable(change) else order.tags
        if wanted != order.tags:
            order.tags = wanted
            visit.shop.touch(order)
            tell(visit.shop, order, "orders/updated")
        return {"node": show.order(order)}

    return payload(act)


def _write(visit: Visit, given: Sequence[MetafieldInput]) -> list[Node]:
    """Write metafields all or nothing; `compareDigest` guards, null means "must not exist"."""
    if len(given) > _MOST_METAFIELDS:
        raise Refused(
            "Exceeded the maximum metafields input limit of 25.",
            field=["metafields"],
            code="LESS_THAN_OR_EQUAL_TO",
        )
    owners = [visit.shop.order(numbered(each["owner_id"], "Order")) for each in given]
    for at, (order, each) in enumerate(zip(owners, given, strict=True)):
        _check(order, each, at)
    made = [_put(visit, order, each) for order, each in zip(owners, given, strict=True)]
    for order in {order.id: order for order in owners}.values():
        visit.shop.touch(order)
        tell(visit.shop, order, "orders/updated")
    return [metafield_node(each) for each in made]


def _check(order: Order, given: MetafieldInput, at: int) -> None:
    had = order.metafields.get((full_namespace(given.get("namespace")), given["key"]))
    where = ["metafields", str(at)]
    if "compare_digest" in given and given["compare_digest"] != (had and digest(had.value)):
        raise Refused(
            "The resource has been updated since it was loaded.",
            field=[*where, "compareDigest"],
            code="STALE_OBJECT",
        )
    if had is None and not given.get("type"):
        raise Refused("Type can't be blank", field=[*where, "type"], code="BLANK")
    if not given["value"]:
        raise Refused("Value can't be blank", field=[*where, "value"], code="BLANK")


def _put(visit: Visit, order: Order, given: MetafieldInput) -> Metafield:
    place = (full_namespace(given.get("namespace")), given["key"])
    now = visit.shop.now()
    had = order.metafields.get(place)
    made = Metafield(
        id=had.id if had else visit.shop.ids.next("Metafield"),
        namespace=place[0],
        key=place[1],
        type=given.get("type") or (had.type if had else ""),
        value=given["value"],
        created_at=had.created_at if had else now,
        updated_at=now,
    )
    order.metafields[place] = made
    return made
