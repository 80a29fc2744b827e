"""Our SDL is a subset of Shopify's own schema, word for word, and everything in it is answered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    print_ast,
)

from connectors.sandbox.shopify.graph.schema import schema, sdl
from connectors.sandbox.shopify.placing import ANA
from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import CREATE, Taller, gid, inside, sending_part


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    for name, kind in ours.type_map.items():
        if not name.startswith("__"):
            other = theirs.type_map.get(name)
            if other is None or type(other) is not type(kind):
                yield f"{name} is not theirs"
            else:
                yield from _type_differences(kind, other)
    for directive in ours.directives:
        other_one = theirs.get_directive(directive.name)
        if other_one is None or directive.locations != other_one.locations:
            yield f"@{directive.name}"
        elif {n: str(a.type) for n, a in directive.args.items()} != {
            n: str(a.type) for n, a in other_one.args.items()
        }:
            yield f"@{directive.name} takes other arguments"


def _type_differences(kind: GraphQLNamedType, other: GraphQLNamedType) -> Iterator[str]:
    if isinstance(kind, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
        yield from (
            f"{kind.name}.{value}" for value in set(kind.values) - set(other.values)
        )
    if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) and isinstance(
        other, (GraphQLObjectType, GraphQLInterfaceType)
    ):
        interfaces = {each.name for each in other.interfaces}
        yield from (
            f"{kind.name} is no {i}" for i in kind.interfaces if i.name not in interfaces
        )
        for name, field in kind.fields.items():
            yield from _field_differences(
                f"{kind.name}.{name}", field, other.fields.get(name)
            )
    if isinstance(kind, GraphQLInputObjectType) and isinstance(
        other, GraphQLInputObjectType
    ):
        yield from _input_differences(kind, other)


def _field_differences(
    where: str, field: GraphQLField, other: GraphQLField | None
) -> Iterator[str]:
    if other is None or str(field.type) != str(other.type):
        yield f"{where}: {field.type}, theirs {other.type if other else 'missing'}"
        return
    if bool(field.deprecation_reason) != bool(other.deprecation_reason):
        yield f"{where} is deprecated on one side only"
    shown = {n: f"{a.type} = {_default(a.ast_node)}" for n, a in field.args.items()}
    their = {n: f"{a.type} = {_default(a.ast_node)}" for n, a in other.args.items()}
    if shown != their:
        yield f"{where} takes {shown}, theirs {their}"


def _input_differences(
    kind: GraphQLInputObjectType, other: GraphQLInputObjectType
) -> Iterator[str]:
    for name, field in kind.fields.items():
        their = other.fields.get(name)
        if their is None or (str(field.type), _default(field.ast_node)) != (
            str(their.type),
            _default(their.ast_node),
        ):
            yield f"{kind.name}.{name}"
    for name, their in other.fields.items():
        if name not in kind.fields and str(their.type).endswith("!"):
            yield f"{kind.name}.{name} is required by them and missing here"


def _default(node: object) -> str:
    value = getattr(node, "default_value", None)
    return print_ast(value) if value is not None else ""


def test_every_word_of_our_schema_is_a_word_of_theirs(admin_schema: GraphQLSchema) -> None:
    ours = build_schema(sdl())

    assert list(differences(ours, admin_schema)) == []


@pytest.mark.parametrize(
    "right,wrong",
    [
        ("test: Boolean!", "test: Boolean"),
        ("sku: String", "sku: String!"),
        ("IN_PROGRESS ON_HOLD", "IN_PROGRESS SLEEPING"),
        ("displayable: Boolean = false", "displayable: Boolean = true"),
        ("sortKey: OrderSortKeys = PROCESSED_AT", "sortKey: OrderSortKeys = UPDATED_AT"),
        ('handle: String = ""', "handle: String"),
        ("type Count {", "type Count { extra: Int "),
        ("directive @idempotent(key: String!)", "directive @idempotent(key: String)"),
    ],
)
def test_a_word_that_is_not_theirs_is_found(
    admin_schema: GraphQLSchema, right: str, wrong: str
) -> None:
    assert right in sdl()

    ours = build_schema(sdl().replace(right, wrong), assume_valid=True)

    assert list(differences(ours, admin_schema))


def paths() -> Iterator[tuple[str, str]]:
    """Walk from the roots to every object type once: the type and a query of all its leaves."""
    built = schema()
    root = built.query_type
    assert root is not None
    seen: set[str] = set()
    queue: list[tuple[GraphQLObjectType, tuple[str, ...]]] = [(root, ())]
    while queue:
        kind, steps = queue.pop(0)
        for name, field in kind.fields.items():
            below = get_named_type(field.type)
            if isinstance(below, GraphQLObjectType) and below.name not in seen:
                step = _step(name, field)
                if step is not None:
                    seen.add(below.name)
                    queue.append((below, (*steps, step)))
                    yield below.name, _query((*steps, step), below)


def _step(name: str, field: GraphQLField) -> str | None:
    if name in {"node", "nodes"} and "id" in "".join(field.args):
        return None
    known = {
        "id": f'"{{{name}}}"',
        "names": '["available", "on_hand", "committed"]',
        "key": '"status"',
        "locationId": '"{location}"',
    }
    given = {n: known.get(n) for n, a in field.args.items() if is_required_argument(a)}
    if None in given.values():
        return None
    if "first" in field.args:
        given["first"] = "5"
    inside = ", ".join(f"{n}: {value}" for n, value in given.items())
    return f"{name}({inside})" if inside else name


def _query(steps: tuple[str, ...], kind: GraphQLObjectType) -> str:
    leaves = [
        n
        for n, f in kind.fields.items()
        if is_leaf_type(get_named_type(f.type))
        and not any(is_required_argument(a) for a in f.args.values())
    ]
    inside = " ".join(leaves) or "__typename"
    return "{" + "{".join(steps) + "{" + inside + "}" * (len(steps) + 1)


@pytest.fixture(scope="module")
def lived_in() -> tuple[Taller, dict[str, str]]:
    """A shop in which everything there is has happened once."""
    taller = Taller()
    store = taller.store
    store.scopes = store.scopes | {"read_apps"}
    order = store.place_order(
        [
            Wanted(
                sku="SOAP", quantity=5, bundle="Gift box", properties=(("Name", "Ana"),)
            ),
            Wanted(sku="CANDLE"),
        ],
        shipping_price="4.90",
        attributes=(("gift", "yes"),),
        address=replace(ANA, phone="+34 600 000 000"),
    )
    line = str(taller.lines(order)[0]["id"])
    store.refund(order, {line: 1})
    [asked, _] = taller.asked(order)
    made = taller.do(
        CREATE, fulfillment=sending_part(asked, {line: 2}, trackingInfo={"number": "T1"})
    )
    number = inside(made, "fulfillment")["id"]
    taller.do(
        "mutation($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e)"
        " { userErrors { message } } }",
        e={"fulfillmentId": number, "status": "IN_TRANSIT"},
    )
    taller.do(
        "mutation($id: ID!) { fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER, "
        'handle: "x"}) { userErrors { message } } }',
        id=gid("FulfillmentOrder", asked["id"]),
    )
    taller.do(
        "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m)"
        " { userErrors { message } } }",
        m=[
            {
                "ownerId": gid("Order", order),
                "key": "status",
                "type": "single_line_text_field",
                "value": "made",
            }
        ],
    )
    taller.do(
        "mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: "
        '{uri: "https://hub.example/x"}) { userErrors { message } } }'
    )
    [hook] = store.webhooks.subscriptions
    ids = {
        "order": gid("Order", order),
        "fulfillment": str(number),
        "fulfillmentOrder": gid("FulfillmentOrder", asked["id"]),
        "inventoryItem": gid("InventoryItem", taller.soap["inventory_item_id"]),
        "location": gid("Location", taller.madrid),
        "product": gid("Product", taller.soap["product_id"]),
        "productVariant": gid("ProductVariant", taller.soap["id"]),
        "webhookSubscription": gid("WebhookSubscription", hook),
    }
    return taller, ids


@pytest.mark.parametrize("kind,query", list(paths()), ids=lambda given: given.split("{")[0])
def test_every_field_of_our_schema_is_answered(
    lived_in: tuple[Taller, dict[str, str]], kind: str, query: str
) -> None:
    taller, ids = lived_in
    for name, number in ids.items():
        query = query.replace(f"{{{name}}}", number)

    data = taller.data(query)

    # This shop knows neither taxes nor subscriptions; it answers both with nothing.
    nothing = kind in {"TaxLine", "LineItemSellingPlan"}
    assert _reached(data, query.count("{") - 1) is not nothing, f"{query} found nothing"


def _reached(data: object, depth: int) -> bool:
    """Say whether an answer has an object as deep as the query asked."""
    if isinstance(data, list):
        return any(_reached(each, depth) for each in data)
    if not isinstance(data, dict):
        return False
    return depth == 0 or any(_reached(each, depth - 1) for each in data.values())


def test_every_object_of_our_schema_can_be_reached() -> None:
    reached = {kind for kind, _ in paths()}
    objects = {
        name
        for name, kind in schema().type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
    }

    unreached = {
        n for n in objects - reached if not n.endswith(("Payload", "Error", "Edge"))
    }

    assert unreached == {
        "InventoryAdjustmentGroup",
        "InventoryChange",
        "Mutation",
        "QueryRoot",
    }
