"""Metafields: read on an order, written with compare-and-set."""

import hashlib
import json

from connectors.sandbox.shopify.graph.connection import by_id, pages
from connectors.sandbox.shopify.graph.node import Info, Node, identity, stamp
from connectors.sandbox.shopify.records import Metafield, Order


def metafield_fields(order: Order) -> Node:
    """Show the two ways to read an order's metafields."""

    def one(_info: Info, key: str, namespace: str | None = None) -> Node | None:
        found = order.metafields.get((full_namespace(namespace), key))
        return metafield_node(found) if found else None

    kept = order.metafields.values()
    return {
        "metafield": one,
        "metafields": pages(kept, lambda each: by_id(each.id), metafield_node),
    }


def metafield_node(metafield: Metafield) -> Node:
    """Show a metafield."""
    return identity("Metafield", metafield.id) | {
        "compareDigest": digest(metafield.value),
        "createdAt": stamp(metafield.created_at),
        "jsonValue": _json(metafield.value),
        "key": metafield.key,
        "namespace": metafield.namespace,
        "type": metafield.type,
        "updatedAt": stamp(metafield.updated_at),
        "value": metafield.value,
    }


def digest(value: str) -> str:
    """Sum up a value for compare-and-set."""
    return hashlib.sha256(value.encode()).hexdigest()


def full_namespace(namespace: str | None) -> str:
    """Write out the app's own namespace: `$app` or none stands for it."""
    app = "app--1"
    if namespace is None:
        return app
    return namespace.replace("$app:", f"{app}--").replace("$app", app)


def _json(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value
