"""What resolvers return: a mapping from the schema's field names to values or functions.

`look` reads the mapping and calls the functions with the field's arguments.
"""

from datetime import UTC, datetime

from graphql import GraphQLError, GraphQLResolveInfo

from connectors.sandbox.shopify.ids import gid, number_of
from connectors.sandbox.shopify.money import graph_amount
from connectors.sandbox.shopify.records import Order

Node = dict[str, object]
Info = GraphQLResolveInfo


def look(source: object, info: Info, **arguments: object) -> object:
    """Read a field out of a mapping, calling it if it is a function.

    Only payloads may leave a field out: a refused mutation has nothing but userErrors. Anywhere
    else a missing field is our mistake, and must not pass for null.
    """
    fields = source if isinstance(source, dict) else {}
    if info.field_name not in fields and not info.parent_type.name.endswith("Payload"):
        raise LookupError(f"{info.parent_type.name}.{info.field_name} has no resolver")
    value = fields.get(info.field_name)
    return value(info, **arguments) if callable(value) else value


def stamp(at: datetime | None) -> str | None:
    """Write a time as GraphQL does: UTC, whole seconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def money(order: Order, minor: int) -> Node:
    """Write an amount as a MoneyBag."""
    purse = order.purse
    shown = graph_amount(purse.presented(minor), purse.presentment)
    return {
        "shopMoney": {
            "amount": graph_amount(minor, purse.shop),
            "currencyCode": purse.shop,
        },
        "presentmentMoney": {"amount": shown, "currencyCode": purse.presentment},
    }


def attributes(pairs: tuple[tuple[str, str], ...]) -> list[Node]:
    """Write custom attributes."""
    return [{"key": key, "value": value} for key, value in pairs]


def identity(kind: str, number: int) -> Node:
    """Write the three ways a record is named."""
    return {"__typename": kind, "id": gid(kind, number), "legacyResourceId": str(number)}


def numbered(global_id: str, kind: str) -> int:
    """Read the id an argument names.

    :raises GraphQLError: it is no global id of that kind (seen on a live shop).
    """
    number = number_of(global_id, kind)
    if not number:
        raise GraphQLError(
            f"Invalid id: {global_id}", extensions={"code": "RESOURCE_NOT_FOUND"}
        )
    return number
