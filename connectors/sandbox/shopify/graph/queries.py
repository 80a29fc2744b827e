"""The query roots: what may be asked for by name, and the lists that are searched and paged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar, Unpack

from graphql import GraphQLError

from connectors.sandbox.shopify.graph.connection import (
    Key,
    Listing,
    PageArguments,
    by_id,
    connect,
    page_of,
)
from connectors.sandbox.shopify.graph.node import Info, Node, numbered
from connectors.sandbox.shopify.graph.nodes import Nodes
from connectors.sandbox.shopify.graph.search import Field, Search
from connectors.sandbox.shopify.graph.shops import (
    installation_node,
    shop_node,
    version_nodes,
)
from connectors.sandbox.shopify.graph.subscriptions import subscription_lists
from connectors.sandbox.shopify.graph.visit import FULFILMENT_ORDER_READERS, Visit
from connectors.sandbox.shopify.ids import kind_of
from connectors.sandbox.shopify.records import (
    FulfilmentOrder,
    Location,
    Order,
    Refused,
    Variant,
)
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.statuses import display_status

Record = TypeVar("Record")
Asked = tuple[Order, FulfilmentOrder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun(Generic[Record]):
    """How one kind of record is searched and sorted, and the scope it takes to list it."""

    filters: Mapping[str, Field[Record]]
    keys: Mapping[str, Callable[[Record], Key]]
    scopes: tuple[str, ...] = ()
    closed: Callable[[Record], bool] = lambda _: False


def _order_statuses(order: Order) -> tuple[str, ...]:
    if order.cancelled_at:
        return ("cancelled",)
    return ("closed",) if order.closed_at else ("open", "not_closed")


def _orders(shop: Shop) -> Noun[Order]:
    """Say how orders are searched: by what the index knows, which may lag behind the shop."""
    return replace(
        _ORDERS,
        filters={**_ORDERS.filters, "updated_at": shop.indexed_at},
        keys={
            **_ORDERS.keys,
            "UPDATED_AT": lambda order: (_written(shop.indexed_at(order)), order.id),
        },
    )


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""


_ORDERS: Noun[Order] = Noun(
    filters={
        "id": lambda order: order.id,
        "name": lambda order: (order.name, str(order.number)),
        "created_at": lambda order: order.created_at,
        "processed_at": lambda order: order.created_at,
        "status": _order_statuses,
        "financial_status": lambda order: order.financial_status,
        "fulfillment_status": display_status,
        "sku": lambda order: tuple(line.sku for line in order.lines),
        "tag": lambda order: tuple(order.tags),
        "test": lambda order: str(order.test).lower(),
        "source_name": lambda order: order.source_name,
        "po_number": lambda order: order.po_number,
    },
    keys={
        "CREATED_AT": lambda order: (order.created_at.isoformat(), order.id),
        "ID": lambda order: by_id(order.id),
        "ORDER_NUMBER": lambda order: by_id(order.number),
        "PROCESSED_AT": lambda order: (order.created_at.isoformat(), order.id),
    },
    scopes=("read_orders",),
)
ASKED: Noun[Asked] = Noun(
    filters={
        "id": lambda asked: asked[1].id,
        "status": lambda asked: asked[1].status,
        "updated_at": lambda asked: asked[1].updated_at,
        "assigned_location_id": lambda asked: asked[1].location_id,
    },
    keys={
        "ID": lambda asked: by_id(asked[1].id),
        "UPDATED_AT": lambda asked: (asked[1].updated_at.isoformat(), asked[1].id),
    },
    closed=lambda asked: asked[1].closed,
)
VARIANTS: Noun[Variant] = Noun(
    filters={
        "id": lambda variant: variant.id,
        "sku": lambda variant: variant.sku,
        "product_id": lambda variant: variant.product_id,
        "title": lambda variant: variant.title,
        "updated_at": lambda variant: variant.updated_at,
    },
    keys={
        "ID": lambda variant: by_id(variant.id),
        "POSITION": lambda variant: by_id(variant.id),
        "SKU": lambda variant: (variant.sku or "", variant.id),
        "TITLE": lambda variant: (variant.title, variant.id),
        "UPDATED_AT": lambda variant: (variant.updated_at.isoformat(), variant.id),
    },
    scopes=("read_products",),
)
PLACES: Noun[Location] = Noun(
    filters={"name": lambda place: place.name},
    keys={
        "ID": lambda place: by_id(place.id),
        "NAME": lambda place: (place.name, place.id),
        "RELEVANCE": lambda place: by_id(place.id),
    },
    scopes=("read_locations",),
    closed=lambda place: not place.active,
)

_BY_ID = {
    "Fulfillment": "fulfillment",
    "FulfillmentOrder": "fulfillmentOrder",
    "InventoryItem": "inventoryItem",
    "Location": "location",
    "Order": "order",
    "Product": "product",
    "ProductVariant": "productVariant",
}


def query_roots(visit: Visit) -> Node:
    """List every query this shop answers."""
    show = Nodes(visit)
    return (
        _order_roots(visit, show)
        | _asked_roots(visit, show)
        | _catalogue_roots(visit, show)
        | subscription_lists(visit)
        | {
            "currentAppInstallation": lambda _info: installation_node(visit),
            "node": lambda _info, id: _any(visit, id),
            "nodes": lambda _info, ids: [_any(visit, each) for each in ids],
            "publicApiVersions": lambda _info: version_nodes(),
            "shop": lambda _info: shop_node(visit.shop),
        }
    )


def _searched(
    visit: Visit,
    noun: Noun[Record],
    records: Callable[[], Iterable[Record]],
    show: Callable[[Record], Node],
) -> Callable[..., Node]:
    """Make the resolver of a list that is searched, sorted and paged."""

    def answer(
        info: Info, *, include_closed: bool = True, **given: Unpack[PageArguments]
    ) -> Node:
        hidden = not (include_closed and given.get("include_inactive", True))
        if noun.scopes:
            visit.need(info.field_name, *noun.scopes)
        found = _found(visit, info, records(), noun.filters, given.get("query"))
        if hidden:
            found = [record for record in found if not noun.closed(record)]
        key = noun.keys[given.get("sort_key") or "ID"]
        return connect(Listing(found, key, show), page_of(given))

    return answer


def _order_roots(visit: Visit, show: Nodes) -> Node:
    shop, noun = visit.shop, _orders(visit.shop)

    def known() -> list[Order]:
        return [o for o in shop.orders.values() if visit.sees(o) and shop.indexed_at(o)]

    def one(_info: Info, id: str) -> Node | None:
        visit.need("order", "read_orders")
        found = shop.orders.get(numbered(id, "Order"))
        return show.order(found) if found and visit.sees(found) else None

    def count(
        info: Info,
        query: str | None = None,
        limit: int | None = None,
        **_others: object,
    ) -> Node:
        visit.need("ordersCount", "read_orders")
        found = len(_found(visit, info, known(), noun.filters, query))
        if limit is not None and found > limit:
            return {"count": limit, "precision": "AT_LEAST"}
        return {"count": found, "precision": "EXACT"}

    many = _searched(visit, noun, known, show.order)
    return {"order": one, "orders": many, "ordersCount": count}


def _asked_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def one(_info: Info, id: str) -> Node | None:
        visit.need("fulfillmentOrder", *FULFILMENT_ORDER_READERS)
        number = numbered(id, "FulfillmentOrder")
        return _or_none(lambda: show.fulfilment_order(*shop.fulfilment_order(number)))

    def sent(_info: Info, id: str) -> Node | None:
        visit.need("fulfillment", "read_orders")
        number = numbered(id, "Fulfillment")
        return _or_none(lambda: show.fulfilment(*shop.fulfilment(number)))

    def seen() -> Iterable[Asked]:
        return shop.fulfilment_orders() if visit.sees_fulfilment_orders() else ()

    many = _searched(visit, ASKED, seen, lambda asked: show.fulfilment_order(*asked))
    return {"fulfillmentOrder": one, "fulfillmentOrders": many, "fulfillment": sent}


def _catalogue_roots(visit: Visit, show: Nodes) -> Node:
    shop = visit.shop

    def variant(_info: Info, id: str) -> Node | None:
        visit.need("productVariant", "read_products")
        return _maybe(shop.variants.get(numbered(id, "ProductVariant")), show.variant)

    def product(_info: Info, id: str) -> Node | None:
        visit.need("product", "read_products")
        number = numbered(id, "Product")
        known = (v for v in shop.variants.values() if v.product_id == number)
        return _maybe(next(known, None), show.product)

    def item(_info: Info, id: str) -> Node | None:
        visit.need("inventoryItem", "read_inventory")
        return _maybe(shop.by_inventory_item(numbered(id, "InventoryItem")), show.item)

    def place(_info: Info, id: str | None = None) -> Node | None:
        visit.need("location", "read_locations")
        number = numbered(id, "Location") if id else shop.home().id
        return _maybe(shop.locations.get(number), show.location)

    def products() -> Iterable[Variant]:
        return {v.product_id: v for v in reversed(shop.variants.values())}.values()

    return {
        "productVariants": _searched(visit, VARIANTS, shop.variants.values, show.variant),
        "products": _searched(visit, VARIANTS, products, show.product),
        "locations": _searched(visit, PLACES, shop.locations.values, show.location),
        "productVariant": variant,
        "product": product,
        "inventoryItem": item,
        "location": place,
    }


def _any(visit: Visit, global_id: str) -> Node | None:
    kind = kind_of(global_id)
    if kind is None:
        raise GraphQLError(f"Invalid global id '{global_id}'")
    show = Nodes(visit)
    known = (
        _order_roots(visit, show)
        | _asked_roots(visit, show)
        | _catalogue_roots(visit, show)
    )
    answer = known.get(_BY_ID.get(kind, ""))
    found = answer(None, id=global_id) if callable(answer) else None
    return found if isinstance(found, dict) else None


def _or_none(find: Callable[[], Node]) -> Node | None:
    try:
        return find()
    except Refused:
        return None


def _maybe(record: Record | None, show: Callable[[Record], Node]) -> Node | None:
    return None if record is None else show(record)


def _found(
    visit: Visit,
    info: Info,
    records: Iterable[Record],
    filters: Mapping[str, Field[Record]],
    query: str | None,
) -> list[Record]:
    search = Search(filters)
    test = search.read(query)
    if search.warnings:
        visit.warnings.append(
            {"path": info.path.as_list(), "query": query, "warnings": search.warnings}
        )
    return [record for record in records if test(record)]
