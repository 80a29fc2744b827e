"""What we send with our documents is what Shopify's own schema takes."""

from graphql import GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from connectors.shopify.client import document
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
    Tracking,
)
from tests.connectors.shopify.shelves import Shelves
from tests.connectors.shopify.test_documents import DOCUMENTS
from tests.pretend_shopify import NOW, InProcess

OURS = {document(name): name for name in DOCUMENTS}
HOOKS = "https://hub.example/webhooks/shopify/key"


def everything_sent() -> list[tuple[str, dict[str, object]]]:
    """Do everything a channel can do once; each document sent, by name, with its variables."""
    shelves = Shelves()
    channel, carried = shelves.channel, InProcess(shelves.store)
    channel._transport = carried  # noqa: SLF001 - to see what was sent
    orders = [shelves.order(pieces=3) for _ in range(3)]
    line_id = channel.fetch_order(orders[0]).lines[0].external_id
    tracking = Tracking(carrier="correos", number="PQ 1")
    pieces = (LineQuantity(line_id=line_id, quantity=2),)
    shelves.wait(60)

    sent = channel.push(Fulfil(order_id=orders[0], lines=pieces, tracking=tracking))
    refs = (sent.remote_ref,)
    others: list[Effect] = [
        AmendTracking(
            order_id=orders[0], fulfilment_refs=refs, tracking=Tracking(number="X")
        ),
        Delivered(order_id=orders[0], fulfilment_refs=refs, at=NOW),
        Progress(order_id=orders[1], note="in the kettle"),
        Hold(order_id=orders[2], handle="hornada-1", reason="other"),
        ReleaseHold(order_id=orders[2], handle="hornada-1"),
        Promised(order_id=orders[2], on=NOW.date()),
        SetStock(ref=shelves.ref, quantity=55, key="wish"),
    ]
    for effect in others:
        channel.push(effect)
        channel.look_up(effect)
    first = channel.changes("updated", cursor="", now=shelves.hands.now(), limit=1)
    channel.changes("updated", cursor=first.cursor, now=shelves.hands.now(), limit=1)
    past = channel.history(since=NOW, until=shelves.hands.now(), cursor="", limit=1)
    channel.history(since=NOW, until=shelves.hands.now(), cursor=past.cursor, limit=1)
    channel.catalogue(cursor=channel.catalogue(cursor="", limit=1).cursor, limit=1)
    channel.places()
    channel.stock([shelves.ref])
    channel.check_up(now=NOW)
    channel.ensure_webhooks(HOOKS)
    channel.remove_webhooks(HOOKS)
    shelves.store.close()
    return [
        (OURS[str(one["query"])], one["variables"])  # type: ignore[misc]
        for one in carried.sent
    ]


def test_shopifys_own_schema_takes_every_variable_we_send(
    admin_schema: GraphQLSchema,
) -> None:
    sent = everything_sent()

    for name, variables in sent:
        [operation] = [
            part
            for part in parse(document(name)).definitions
            if isinstance(part, OperationDefinitionNode)
        ]
        wanted = operation.variable_definitions or ()
        known = {each.variable.name.value for each in wanted}
        read = get_variable_values(admin_schema, wanted, variables)
        assert not isinstance(read, list), f"{name}: {read}"
        assert set(variables) <= known, name


def test_everything_we_can_do_is_tried() -> None:
    tried = {name for name, _ in everything_sent()}

    only_beyond_the_first_page = {
        "fulfilment_lines",
        "fulfilment_order_lines",
        "order_lines",
    }
    assert set(DOCUMENTS) - tried == only_beyond_the_first_page
